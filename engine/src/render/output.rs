//! What is made of what comes out: meters, files, and the song's one length.

use super::{Progress, RenderError, pipeline::Listener};
use crate::{
    files::{self, Handle},
    sink::Sink,
};
use mixwright_nodes::{
    effect::Width,
    finish::{Hearer, Stored},
    meter::program::{Program, ProgramReading, Strip, StripReading},
};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Above this a tail is still heard: -90 dBFS.
const HEARD: f32 = 3.162_277_7e-5;

/// Meters a strip.
pub(super) struct StripEar(pub(super) Strip);

impl Listener for StripEar {
    fn hear(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        self.0.push(left, Some(right));
        Ok(())
    }
}

impl StripEar {
    pub(super) fn reading(&self) -> StripReading {
        self.0.reading()
    }
}

/// Where a finished signal goes.
pub(super) enum Destination {
    /// Nowhere: it is only measured.
    Nowhere,
    /// Into a file.
    File(Box<Sink>),
    /// Into a store on disk, to be heard again.
    Store(Store),
}

/// Meters an output and hands it on; what lies beyond the song's sure end is held back until its length is known.
pub(super) struct Ear {
    to: Destination,
    meter: Option<Program>,
    sure: usize,
    heard: usize,
    last_loud: usize,
    held: [Vec<f32>; 2],
}

impl Ear {
    /// `sure` frames are handed on at once.
    pub(super) fn new(to: Destination, meter: Option<Program>, sure: usize) -> Ear {
        Ear { to, meter, sure, heard: 0, last_loud: 0, held: Default::default() }
    }

    /// The frame after the last that is heard.
    pub(super) fn last_loud(&self) -> usize {
        self.last_loud
    }

    /// Hands on what was held back, up to the song's length.
    pub(super) fn settle(&mut self, length: usize) -> Result<(), RenderError> {
        let rest = length.saturating_sub(self.sure).min(self.held[0].len());
        let [left, right] = std::mem::take(&mut self.held);
        self.hand_on(&left[..rest], &right[..rest])
    }

    /// What the meter read and where the signal went.
    pub(super) fn end(self) -> (Option<ProgramReading>, Destination) {
        (self.meter.map(|meter| meter.reading()), self.to)
    }

    fn hand_on(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        if let Some(meter) = &mut self.meter {
            meter.push(left, Some(right));
        }
        match &mut self.to {
            Destination::Nowhere => Ok(()),
            Destination::File(sink) => Ok(sink.write(&[left, right])?),
            Destination::Store(store) => store.write(left, right),
        }
    }
}

impl Listener for Ear {
    fn hear(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        let loud = left.iter().zip(right).rposition(|(l, r)| l.abs() > HEARD || r.abs() > HEARD);
        if let Some(last) = loud {
            self.last_loud = self.heard + last + 1;
        }
        let now = self.sure.saturating_sub(self.heard).min(left.len());
        self.heard += left.len();
        self.held[0].extend_from_slice(&left[now..]);
        self.held[1].extend_from_slice(&right[now..]);
        self.hand_on(&left[..now], &right[..now])
    }
}

/// A stereo signal on disk that no name leads to: it is gone when it is dropped.
pub(super) struct Store {
    file: BufWriter<Handle>,
    frames: usize,
}

/// Frames that are read from a store at once.
const PIECE: usize = 4096;

impl Store {
    pub(super) fn new(folder: &Path) -> Result<Store, RenderError> {
        Ok(Store { file: BufWriter::with_capacity(1 << 16, files::scratch(folder)?), frames: 0 })
    }

    fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        for (left, right) in left.iter().zip(right) {
            let mut frame = [0; 8];
            frame[..4].copy_from_slice(&left.to_le_bytes());
            frame[4..].copy_from_slice(&right.to_le_bytes());
            self.file.write_all(&frame).map_err(RenderError::Store)?;
        }
        self.frames += left.len();
        Ok(())
    }

    /// The signal, to be heard as often as needed, until whoever listens to the progress wants to stop.
    pub(super) fn into_signal<'p>(self, progress: &'p Progress<'p>) -> Result<Signal<'p>, RenderError> {
        let file = self.file.into_inner().map_err(|error| RenderError::Store(error.into_error()))?;
        Ok(Signal { file, frames: self.frames, progress })
    }
}

/// A stored stereo signal.
pub(super) struct Signal<'p> {
    file: Handle,
    frames: usize,
    progress: &'p Progress<'p>,
}

impl Stored for Signal<'_> {
    type Error = RenderError;

    fn hear(&self, each: Hearer<'_>) -> Result<(), RenderError> {
        let mut file = self.file.again().map_err(RenderError::Store)?;
        file.seek(SeekFrom::Start(0)).map_err(RenderError::Store)?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut bytes = vec![0; PIECE * 8];
        let (mut left, mut right) = (vec![0.0; PIECE], vec![0.0; PIECE]);
        let mut done = 0;
        while done < self.frames {
            if self.progress.cancelled() {
                return Err(RenderError::Cancelled);
            }
            let frames = PIECE.min(self.frames - done);
            file.read_exact(&mut bytes[..frames * 8]).map_err(RenderError::Store)?;
            let (words, _) = bytes[..frames * 8].as_chunks::<4>();
            for (i, frame) in words.chunks(2).enumerate() {
                left[i] = f32::from_le_bytes(frame[0]);
                right[i] = f32::from_le_bytes(frame[1]);
            }
            each(&left[..frames], Some(&right[..frames]));
            done += frames;
        }
        Ok(())
    }
}

/// The meters of a stereo output.
pub(super) fn stereo_meter(rate: u32) -> Program {
    Program::new(rate, Width::Stereo)
}
