//! What is made of the mix, the master and stems: meters, files, and the song's one length.

use super::{RenderError, finish::Unfinished, pipeline::Listener};
use crate::sink::Sink;
use mixwright_nodes::{
    effect::Width,
    meter::program::{Program, ProgramReading},
};

/// Above this a tail is still heard: -90 dBFS.
const HEARD: f32 = 3.162_277_7e-5;

/// Where a finished signal goes.
pub(super) enum Destination {
    /// Nowhere: it is only measured.
    Nowhere,
    /// Into a file.
    File(Box<Sink>),
    /// To the last phase of the master.
    Finish(Box<Unfinished>),
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
            Destination::Finish(master) => master.hear(left, right),
        }
    }
}

impl Listener for Ear {
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError> {
        let &[left, right] = planes else { unreachable!("the mix, the master and stems are stereo") };
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

/// The meters of a stereo output.
pub(super) fn stereo_meter(rate: u32) -> Program {
    Program::new(rate, Width::Stereo)
}
