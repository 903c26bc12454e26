//! What bends loud echoes on their way into the line, as tape does: `tanh(k x) / k`, at twice the rate.
//!
//! Its slope is 1 at rest, so quiet echoes pass unchanged. The detour through the higher rate takes time, which whoever
//! reads the line takes off its delay.

use crate::{
    dsp::{
        colour::{Bound, Colour, Point},
        oversample::{Factor, Oversampler},
    },
    unit::{Db, Ms},
};

/// Frames that are bent at once: their echoes must be read before the first of them is written.
pub(super) const CHUNK: usize = 8;
/// The shortest time between echoes that leaves room for the detour, at 44.1 kHz and above.
pub(super) const SHORTEST: Ms = Ms(4.0);

/// The curve in both channels' loops.
#[derive(Clone)]
pub(super) struct Drive {
    way: Oversampler,
    curve: Colour,
    point: Point,
    /// Frames by which what was bent comes late.
    pub(super) late: usize,
}

impl Drive {
    /// None at 0 dB, where the curve is a straight line.
    pub(super) fn new(drive: Db, rate: u32) -> Option<Drive> {
        let curve = Colour { bound: Bound::Tanh, scale: drive.gain() - 1.0 };
        (drive.0 > 0.0).then(|| Drive {
            way: Oversampler::new(rate, Factor::X2, 2, CHUNK),
            curve,
            point: curve.point(0.0),
            late: Oversampler::latency(rate, Factor::X2).0 as usize,
        })
    }

    /// Bends frames of both channels, of which there are at most [`CHUNK`].
    pub(super) fn run(&mut self, frames: &mut [[f64; 2]]) {
        let frames = frames.as_flattened_mut();
        let mut samples = [0.0; 2 * CHUNK];
        let samples = &mut samples[..frames.len()];
        samples.iter_mut().zip(&*frames).for_each(|(to, x)| *to = *x as f32);
        self.way.run(samples, |fine| self.curve.bend(fine, self.point));
        frames.iter_mut().zip(samples).for_each(|(to, x)| *to = f64::from(*x));
    }
}
