//! From planes of samples to interleaved integers, with dither.

use super::Depth;
use mixwright_nodes::dsp::dither::Dither;

/// Makes integers of samples.
#[derive(Debug)]
pub(super) struct Quantiser {
    /// One for each channel.
    dithers: Vec<Dither>,
    plane: Vec<i32>,
    interleaved: Vec<i32>,
    clipped: u64,
}

impl Quantiser {
    pub(super) fn new(depth: Depth, seed: u64, channels: usize) -> Quantiser {
        let dithers = (0..channels).map(|channel| Dither::new(depth, seed, channel as u32)).collect();
        Quantiser { dithers, plane: Vec::new(), interleaved: Vec::new(), clipped: 0 }
    }

    /// The frames from `at` on, interleaved.
    pub(super) fn quantised(&mut self, planes: &[&[f32]], at: u64) -> &[i32] {
        let channels = planes.len();
        let frames = planes[0].len();
        self.plane.resize(frames, 0);
        self.interleaved.resize(frames * channels, 0);
        for (channel, (plane, dither)) in planes.iter().zip(&self.dithers).enumerate() {
            dither.quantise(at, plane, &mut self.plane);
            self.clipped += plane.iter().filter(|x| x.abs() > 1.0).count() as u64;
            for (frame, x) in self.plane.iter().enumerate() {
                self.interleaved[frame * channels + channel] = *x;
            }
        }
        &self.interleaved
    }

    /// Samples so far that went beyond full scale, and stand at it.
    pub(super) fn clipped(&self) -> u64 {
        self.clipped
    }
}
