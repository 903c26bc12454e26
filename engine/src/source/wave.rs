//! The samples of a WAV file, read straight into planes: what stems mostly are, and what a session of a thousand tracks must
//! not copy from hand to hand.

use super::pcm::{Plain, part, pick};
use crate::{files::Input, song::ChannelPick};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Where a file has its samples, and how they lie there.
#[derive(Debug)]
pub(super) struct Wave {
    input: Input,
    /// The place of the first sample.
    start: u64,
    plain: Plain,
    channels: usize,
}

/// Samples that are read at once: they stay near the core from the disk's copy to the planes.
const SAMPLES: usize = 4096;

impl Wave {
    /// The most channels that are read here.
    pub(super) const CHANNELS: usize = SAMPLES;

    /// A file whose samples begin at byte `start`.
    pub(super) fn new(input: Input, start: u64, plain: Plain, channels: usize) -> Wave {
        Wave { input, start, plain, channels }
    }

    /// Whether its samples are whole numbers, none of which is damage or too small for sound.
    pub(super) fn is_whole(&self) -> bool {
        self.plain != Plain::Float32
    }

    /// The frame after the last that the file has room for.
    pub(super) fn end(&self) -> u64 {
        self.input.size().saturating_sub(self.start) / self.frame() as u64
    }

    /// Bytes of a frame.
    fn frame(&self) -> usize {
        self.plain.bytes() * self.channels
    }

    /// Fills a part of planes, one for each channel that is played, from a frame on; tells how many frames it got at once,
    /// none at the end of the file.
    pub(super) fn read(
        &mut self,
        at: u64,
        pick: ChannelPick,
        planes: &mut [&mut [f32]],
        to: Range<usize>,
    ) -> io::Result<usize> {
        let mut bytes = [0; SAMPLES * Plain::WIDEST];
        let (frame, asked) = (self.frame(), to.len().min(SAMPLES / self.channels));
        self.input.seek(SeekFrom::Start(self.start.saturating_add(at.saturating_mul(frame as u64))))?;
        let frames = fill(&mut self.input, &mut bytes[..asked * frame])? / frame;
        let (bytes, to) = (&bytes[..frames * frame], to.start..to.start + frames);
        match planes {
            [plane] if self.channels == 1 => self.plain.decode(bytes, &mut plane[to]),
            planes => {
                let mut mixed = [0.0; SAMPLES];
                let mixed = &mut mixed[..frames * self.channels];
                self.plain.decode(bytes, mixed);
                self.lay(mixed, pick, planes, to);
            }
        }
        Ok(frames)
    }

    /// Lays mixed samples into planes.
    fn lay(&self, mixed: &[f32], picked: ChannelPick, planes: &mut [&mut [f32]], to: Range<usize>) {
        match (planes, picked) {
            ([plane], ChannelPick::One(channel)) => {
                pick(mixed, channel as usize - 1, self.channels, &mut plane[to]);
            }
            ([left, right], _) if self.channels == 2 => part(mixed, &mut left[to.clone()], &mut right[to]),
            (planes, _) => {
                for (channel, plane) in planes.iter_mut().enumerate() {
                    pick(mixed, channel, self.channels, &mut plane[to.clone()]);
                }
            }
        }
    }
}

/// Reads until the buffer is full or the file ends; tells how many bytes that were.
fn fill(input: &mut Input, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match input.read(&mut buffer[done..]) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
