//! A notch of second order.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Hz, Q},
};

params! {
    /// A notch: cuts one frequency out, such as mains hum.
    pub struct Notch = "notch"(frequency, q) {
        /// The frequency that is silenced. Above 0.49 of the rate it stays there.
        frequency: Hz = 50.0 in 10.0..=22000.0,
        /// How narrow the cut is; the higher, the less is lost around it.
        q: Q = 10.0 in 0.1..=40.0,
    }
}

impl Filter for Notch {
    fn prototype(&self) -> Prototype {
        Prototype::notch(self.frequency, self.q)
    }
}
