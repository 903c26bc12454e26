//! A delay of whole frames: look-ahead, dry paths, and the alignment of paths.

use crate::{block::Block, processor::Setup, unit::Frames};

/// A delay of a constant number of whole frames for all channels and strips.
#[derive(Clone, Debug)]
pub struct Delay {
    lines: Vec<Vec<f32>>,
    next: usize,
}

impl Delay {
    /// A delay that holds silence.
    pub fn new(setup: &Setup, length: Frames) -> Self {
        let samples = usize::try_from(length.0).unwrap_or(0) * setup.strips;
        Delay { lines: vec![vec![0.0; samples]; setup.channels], next: 0 }
    }

    /// Delays a piece.
    pub fn run(&mut self, block: &mut Block<'_>) {
        let length = self.lines[0].len();
        if length == 0 {
            return;
        }
        let mut end = self.next;
        for channel in 0..block.channels() {
            end = exchange(&mut self.lines[channel], self.next, block.plane(channel));
        }
        self.next = end;
    }
}

/// Exchanges samples with a ring from `next` on and returns where it ended.
fn exchange(ring: &mut [f32], mut next: usize, mut samples: &mut [f32]) -> usize {
    while !samples.is_empty() {
        let n = samples.len().min(ring.len() - next);
        let (now, rest) = samples.split_at_mut(n);
        now.swap_with_slice(&mut ring[next..next + n]);
        samples = rest;
        next = (next + n) % ring.len();
    }
    next
}
