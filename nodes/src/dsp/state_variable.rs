//! The state-variable filter of two integrators: low, band and all pass at once, steady while its numbers move.
//!
//! Zavalishin, "The Art of VA Filter Design", 2.1.2, section 4; solved as by Simper, "Solving the continuous SVF equations
//! using trapezoidal integration and equivalent currents", 2013.

use super::math::{self, settle};
use crate::unit::Hz;

/// The numbers of a filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    a: [f64; 3],
    damping: f64,
}

/// A frequency bent so that the filter has it exactly where it should: `tan(pi f / fs)`.
pub fn warped(frequency: Hz, rate: u32) -> f64 {
    let highest = 0.49 * f64::from(rate);
    math::tan(0.5 * Hz(frequency.0.min(highest)).radians(rate))
}

impl Tuning {
    /// A filter at a [`warped`] frequency; `damping` is 1/Q.
    #[inline(always)]
    pub fn at(warped: f64, damping: f64) -> Self {
        let a1 = 1.0 / (1.0 + warped * (warped + damping));
        let a2 = warped * a1;
        Tuning { a: [a1, a2, warped * a2], damping }
    }
}

/// What a filter remembers.
#[derive(Clone, Copy, Debug, Default)]
pub struct State([f64; 2]);

/// What comes out of a filter.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// Below the frequency, 12 dB an octave.
    pub low: f64,
    /// Around the frequency, where it is 1.
    pub band: f64,
}

impl State {
    /// The next outputs.
    #[inline(always)]
    pub fn step(&mut self, x: f64, tuning: &Tuning) -> Passed {
        let [s1, s2] = self.0;
        let [a1, a2, a3] = tuning.a;
        let rest = x - s2;
        let band = a1 * s1 + a2 * rest;
        let low = s2 + a2 * s1 + a3 * rest;
        self.0 = [2.0 * band - s1, 2.0 * low - s2];
        Passed { low, band: tuning.damping * band }
    }

    /// The next output of the all pass.
    #[inline(always)]
    pub fn all(&mut self, x: f64, tuning: &Tuning) -> f64 {
        x - 2.0 * self.step(x, tuning).band
    }

    /// The next output of the high pass.
    #[inline(always)]
    pub fn high(&mut self, x: f64, tuning: &Tuning) -> f64 {
        let passed = self.step(x, tuning);
        x - passed.band - passed.low
    }

    /// Clears what has decayed.
    pub fn settle(&mut self) {
        self.0 = self.0.map(settle);
    }
}
