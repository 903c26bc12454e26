//! A band pass of second order, 0 dB at its middle.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Hz, Q},
};

params! {
    /// A band pass: keeps what lies around a frequency, which passes at its own level.
    pub struct BandPass = "band_pass"(frequency, q) {
        /// The middle of what is kept. Above 0.49 of the rate it stays there.
        frequency: Hz = 1000.0 in 10.0..=22000.0,
        /// How narrow the band is: its width is the frequency divided by q.
        q: Q = 1.0 in 0.1..=40.0,
    }
}

impl Filter for BandPass {
    fn prototype(&self) -> Prototype {
        Prototype::band_pass(self.frequency, self.q)
    }
}
