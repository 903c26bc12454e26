//! The state-variable filter of two integrators: low, band and all pass at once, steady while its numbers move.
//!
//! Zavalishin, "The Art of VA Filter Design", 2.1.2, section 4; solved as by Simper, "Solving the continuous SVF equations
//! using trapezoidal integration and equivalent currents", 2013.

use super::{
    cpu::Vector,
    math::{self, settle},
};
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

/// What a filter remembers of one channel, or of two side by side.
#[derive(Clone, Copy, Debug, Default)]
pub struct State([[f64; 2]; 2]);

/// What comes out of a filter.
#[derive(Clone, Copy, Debug)]
pub struct Passed<V> {
    /// Below the frequency, 12 dB an octave.
    pub low: V,
    /// Around the frequency, where it is 1.
    pub band: V,
}

impl State {
    /// The next outputs of as many channels as the vector holds.
    #[inline(always)]
    pub fn step<V: Vector>(&mut self, x: V, tuning: &Tuning) -> Passed<V> {
        let (s1, s2) = (V::load(&self.0[0]), V::load(&self.0[1]));
        let (a1, a2, a3) = (V::splat(tuning.a[0]), V::splat(tuning.a[1]), V::splat(tuning.a[2]));
        let two = V::splat(2.0);
        let rest = x - s2;
        let band = a1 * s1 + a2 * rest;
        let low = s2 + a2 * s1 + a3 * rest;
        (two * band - s1).store(&mut self.0[0]);
        (two * low - s2).store(&mut self.0[1]);
        Passed { low, band: V::splat(tuning.damping) * band }
    }

    /// The next output of the all pass.
    #[inline(always)]
    pub fn all<V: Vector>(&mut self, x: V, tuning: &Tuning) -> V {
        x - V::splat(2.0) * self.step(x, tuning).band
    }

    /// The next output of the high pass.
    #[inline(always)]
    pub fn high<V: Vector>(&mut self, x: V, tuning: &Tuning) -> V {
        let passed = self.step(x, tuning);
        x - passed.band - passed.low
    }

    /// Clears what has decayed.
    pub fn settle(&mut self) {
        self.0.as_flattened_mut().iter_mut().for_each(|state| *state = settle(*state));
    }
}
