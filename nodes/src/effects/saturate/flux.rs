//! What a transformer's core sees instead of the signal.

use super::OFFSET;
use crate::dsp::math;
use std::f64::consts::TAU;

/// The flux in a core, `p += g x` with a leak, and the voltage that it gives back: the exact inverse.
#[derive(Clone)]
pub(super) struct Flux {
    keep: f64,
    gain: f64,
    held: f64,
    released: f64,
}

impl Flux {
    /// With a corner at 5 Hz and a gain of 1 at 60 Hz.
    pub(super) fn new(rate: f64) -> Self {
        let keep = math::exp(-TAU * OFFSET.0 / rate);
        let turn = math::cos(TAU * 60.0 / rate);
        Flux { keep, gain: math::sqrt(1.0 - 2.0 * keep * turn + keep * keep), held: 0.0, released: 0.0 }
    }

    /// Clears what has decayed below hearing.
    pub(super) fn settle(&mut self) {
        self.held = math::settle(self.held);
        self.released = math::settle(self.released);
    }

    /// From samples to the flux that they make.
    pub(super) fn gather(&mut self, samples: &mut [f64]) {
        for x in samples {
            self.held = self.keep * self.held + self.gain * *x;
            *x = self.held;
        }
    }

    /// Back from the flux, bent or not, to samples.
    pub(super) fn release(&mut self, samples: &mut [f64]) {
        for x in samples {
            let before = std::mem::replace(&mut self.released, *x);
            *x = (*x - self.keep * before) / self.gain;
        }
    }
}
