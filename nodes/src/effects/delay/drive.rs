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
    ways: [Oversampler; 2],
    curve: Colour,
    point: Point,
    /// Frames by which what was bent comes late.
    pub(super) late: usize,
}

impl Drive {
    /// None at 0 dB, where the curve is a straight line.
    pub(super) fn new(drive: Db, rate: u32) -> Option<Drive> {
        let curve = Colour { bound: Bound::Tanh, scale: drive.gain() - 1.0 };
        let way = || Oversampler::new(rate, Factor::X2, CHUNK);
        (drive.0 > 0.0).then(|| Drive {
            ways: [way(), way()],
            curve,
            point: curve.point(0.0),
            late: Oversampler::latency(rate, Factor::X2).0 as usize,
        })
    }

    /// Bends the first `count` frames of both channels.
    pub(super) fn run(&mut self, channels: &mut [[f64; CHUNK]; 2], count: usize) {
        for (way, samples) in self.ways.iter_mut().zip(channels) {
            way.run(&mut samples[..count], |fine| self.curve.bend(fine, self.point));
        }
    }
}
