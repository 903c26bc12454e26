//! A Butterworth high pass of any order to 16.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Hz, Q, Slope},
};

params! {
    /// A high pass: takes away what lies below a frequency.
    pub struct HighPass = "high_pass"(frequency, slope, q) {
        /// Where it begins to fall: 3 dB down at the usual q. Above 0.49 of the rate it stays there.
        frequency: Hz = 80.0 in 10.0..=22000.0,
        /// How steeply it falls, in steps of 6 dB an octave.
        fixed slope: Slope = 12.0 in 6.0..=96.0,
        /// 0.707 is flattest; more lifts the corner, less rounds it. No effect at 6 dB an octave.
        q: Q = 0.707 in 0.1..=40.0,
    }
}

impl Filter for HighPass {
    fn prototype(&self) -> Prototype {
        Prototype::high_pass(self.frequency, self.slope, self.q)
    }

    fn slope(&self) -> Option<Slope> {
        Some(self.slope)
    }
}
