//! An all-pass of second order: phase without level.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Hz, Q},
};

params! {
    /// An all-pass: turns the phase around a frequency and leaves all levels as they are.
    pub struct AllPass = "all_pass"(frequency, q) {
        /// Where the phase has turned by half a turn. Above 0.49 of the rate it stays there.
        frequency: Hz = 1000.0 in 10.0..=22000.0,
        /// How suddenly the phase turns.
        q: Q = 0.707 in 0.1..=40.0,
    }
}

impl Filter for AllPass {
    fn prototype(&self) -> Prototype {
        Prototype::all_pass(self.frequency, self.q)
    }
}
