//! The samples of a WAV file, read straight into planes: what stems mostly are, and what a session of a thousand tracks must
//! not copy from hand to hand.

use super::pcm::{Plain, part, pick};
use crate::{
    files::{Ahead, Input},
    song::ChannelPick,
};
use std::io;
use std::ops::Range;

/// Where a file has its samples, and how they lie there.
#[derive(Debug)]
pub(super) struct Wave {
    ahead: Ahead,
    /// The place of the first sample.
    start: u64,
    plain: Plain,
    channels: usize,
}

/// Samples that are decoded at once: they stay near the core until they lie in their planes.
const SAMPLES: usize = 1024;

impl Wave {
    /// The most channels that are read here.
    pub(super) const CHANNELS: usize = SAMPLES;

    /// A file whose samples begin at byte `start`.
    pub(super) fn new(input: Input, start: u64, plain: Plain, channels: usize) -> Wave {
        Wave { ahead: Ahead::new(input), start, plain, channels }
    }

    /// Whether its samples are whole numbers, none of which is damage or too small for sound.
    pub(super) fn is_whole(&self) -> bool {
        self.plain != Plain::Float32
    }

    /// The frame after the last that the file has room for.
    pub(super) fn end(&self) -> u64 {
        self.ahead.size().saturating_sub(self.start) / self.frame() as u64
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
        let (frame, plain, channels) = (self.frame(), self.plain, self.channels);
        let asked = to.len().min(SAMPLES / channels);
        let bytes =
            self.ahead.bytes(self.start.saturating_add(at.saturating_mul(frame as u64)), asked * frame)?;
        let frames = bytes.len() / frame;
        let (bytes, to) = (&bytes[..frames * frame], to.start..to.start + frames);
        match planes {
            [plane] if channels == 1 => plain.decode(bytes, &mut plane[to]),
            planes => {
                let mut mixed = [0.0; SAMPLES];
                let mixed = &mut mixed[..frames * channels];
                plain.decode(bytes, mixed);
                lay(mixed, channels, pick, planes, to);
            }
        }
        Ok(frames)
    }
}

/// Lays mixed samples into planes.
fn lay(mixed: &[f32], channels: usize, picked: ChannelPick, planes: &mut [&mut [f32]], to: Range<usize>) {
    match (planes, picked) {
        ([plane], ChannelPick::One(channel)) => {
            pick(mixed, channel as usize - 1, channels, &mut plane[to]);
        }
        ([left, right], _) if channels == 2 => part(mixed, &mut left[to.clone()], &mut right[to]),
        (planes, _) => {
            for (channel, plane) in planes.iter_mut().enumerate() {
                pick(mixed, channel, channels, &mut plane[to.clone()]);
            }
        }
    }
}
