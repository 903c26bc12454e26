//! A lane's block of samples: two planes, of which a mono signal uses the first.

use mixwright_nodes::{
    block::{Block, Shape, View},
    dsp::aligned::Aligned,
    effect::Width,
};

/// A block of one or two channels.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    data: Aligned<f32>,
    /// Samples from the start of one plane to that of the next.
    stride: usize,
}

/// What planes are longer by than their block: at a power of two apart, the same frames of all planes would fall on the same
/// few places of the cache, and drive each other out.
const SHIFT: usize = 48;

impl Buffer {
    /// Silence.
    pub(super) fn new(block: usize) -> Buffer {
        let stride = block + SHIFT;
        Buffer { data: Aligned::zeros(2 * stride), stride }
    }

    /// The first frames of a channel.
    pub(super) fn plane(&self, channel: usize, frames: usize) -> &[f32] {
        &self.data[channel * self.stride..channel * self.stride + frames]
    }

    /// The first frames of a channel, to be written.
    pub(super) fn channel(&mut self, channel: usize, frames: usize) -> &mut [f32] {
        &mut self.data[channel * self.stride..channel * self.stride + frames]
    }

    /// The first frames of all channels.
    pub(super) fn planes(&mut self, width: Width, frames: usize) -> Vec<&mut [f32]> {
        self.data.chunks_mut(self.stride).take(width.channels()).map(|plane| &mut plane[..frames]).collect()
    }

    /// The first frames of both channels.
    pub(super) fn stereo(&mut self, frames: usize) -> (&mut [f32], &mut [f32]) {
        let (left, right) = self.data.split_at_mut(self.stride);
        (&mut left[..frames], &mut right[..frames])
    }

    /// Takes the first frames of another block.
    pub(super) fn copy(&mut self, other: &Buffer, width: Width, frames: usize) {
        for channel in 0..width.channels() {
            let start = channel * self.stride;
            self.data[start..start + frames].copy_from_slice(other.plane(channel, frames));
        }
    }

    /// Makes two channels of one, at the power that it had.
    pub(super) fn widen(&mut self, frames: usize) {
        let (left, right) = self.stereo(frames);
        for (left, right) in left.iter_mut().zip(right) {
            let shared = (f64::from(*left) * std::f64::consts::FRAC_1_SQRT_2) as f32;
            (*left, *right) = (shared, shared);
        }
    }

    /// The first frames, to work on.
    pub(super) fn block(&mut self, width: Width, frames: usize) -> Block<'_> {
        self.piece(width, 0, frames, false)
    }

    /// A piece, to work on.
    pub(super) fn piece(&mut self, width: Width, from: usize, frames: usize, settles: bool) -> Block<'_> {
        let shape = Shape { channels: width.channels(), strips: 1, frames, settles };
        Block::new(&mut self.data[from..], self.stride, shape)
    }

    /// A piece, to be heard.
    pub(super) fn view(&self, width: Width, from: usize, frames: usize, settles: bool) -> View<'_> {
        let shape = Shape { channels: width.channels(), strips: 1, frames, settles };
        View::new(&self.data[from..], self.stride, shape)
    }
}
