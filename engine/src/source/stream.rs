//! A file's sound at the song's rate, from any frame of the song's rate on; behind its end is silence.

use super::{Reader, SourceError};
use crate::{panic::locked, song::ChannelPick};
use mixwright_nodes::{dsp::resample::Resampler, for_every_cpu};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

/// The filters between rates, each made once.
#[derive(Debug, Default)]
pub struct Converters {
    made: Mutex<BTreeMap<(u32, u32), Resampler>>,
}

impl Converters {
    fn between(&self, from: u32, to: u32) -> Resampler {
        let mut made = locked(&self.made);
        made.entry((from, to)).or_insert_with(|| Resampler::new(from, to)).clone()
    }
}

/// A file being played forward.
#[derive(Debug)]
pub struct Stream {
    reader: Reader,
    /// One for each channel; none where the rates are equal.
    resamplers: Vec<Resampler>,
    /// What was read and goes into the resamplers.
    chunk: Vec<Vec<f32>>,
    ended: bool,
}

/// Frames of the file that are read at once.
const CHUNK: usize = 1024;

impl Stream {
    /// Opens a file to be heard at `rate` from a frame of that rate on.
    ///
    /// # Errors
    /// If it cannot be played.
    pub fn open(
        path: &Path,
        pick: ChannelPick,
        rate: u32,
        from: u64,
        converters: &Converters,
    ) -> Result<Stream, SourceError> {
        let mut reader = Reader::open(path, pick)?;
        let (file_rate, channels) = (reader.info().rate, reader.info().channels);
        let mut resamplers = Vec::new();
        if file_rate == rate {
            reader.seek(from)?;
        } else {
            resamplers = vec![converters.between(file_rate, rate); channels];
            let first = resamplers.iter_mut().map(|resampler| resampler.begin(from)).max();
            reader.seek(first.unwrap_or(0))?;
        }
        Ok(Stream { reader, resamplers, chunk: vec![vec![0.0; CHUNK]; channels], ended: false })
    }

    /// Channels that are played, 1 or 2.
    pub fn channels(&self) -> usize {
        self.chunk.len()
    }

    /// Fills the planes, one for each channel and all of one length, with what comes next.
    ///
    /// # Errors
    /// If the file is damaged or ends before its time.
    pub fn read(&mut self, planes: &mut [&mut [f32]]) -> Result<(), SourceError> {
        let frames = planes.first().map_or(0, |plane| plane.len());
        let mut done = 0;
        if self.resamplers.is_empty() {
            done = self.reader.read(planes)?;
        } else {
            while done < frames {
                let pulled = self.pull(planes, done);
                done += pulled;
                if done < frames && !self.push()? {
                    done += self.pull(planes, done);
                    break;
                }
            }
            planes.iter_mut().for_each(|plane| plus_zero(plane));
        }
        planes.iter_mut().for_each(|plane| plane[done..].fill(0.0));
        Ok(())
    }

    fn pull(&mut self, planes: &mut [&mut [f32]], done: usize) -> usize {
        let pulled = self.resamplers.iter_mut().zip(planes).map(|(one, plane)| one.pull(&mut plane[done..]));
        pulled.min().unwrap_or(0)
    }

    /// Gives the resamplers more to hear, and tells whether there was more.
    fn push(&mut self) -> Result<bool, SourceError> {
        let n = self.reader.read(&mut self.chunk.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
        for (resampler, plane) in self.resamplers.iter_mut().zip(&self.chunk) {
            resampler.push(&plane[..n]);
            if n < CHUNK && !self.ended {
                resampler.end();
            }
        }
        let more = !self.ended;
        self.ended |= n < CHUNK;
        Ok(more)
    }
}

for_every_cpu! {
    /// As a sum begins at zero, so that nothing is ever a negative one: of what readers give, nothing is.
    fn plus_zero(plane: &mut [f32]) {
        for x in plane {
            *x += 0.0;
        }
    }
}
