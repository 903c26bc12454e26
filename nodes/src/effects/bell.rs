//! The bell of the Audio EQ Cookbook, exact to the top of hearing.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Db, Hz, Q},
};

params! {
    /// A bell: lifts or lowers what lies around a frequency.
    pub struct Bell = "bell"(frequency, gain, q) {
        /// The middle of the bell. Above 0.49 of the rate it stays there.
        frequency: Hz = 1000.0 in 10.0..=22000.0,
        /// The gain in the middle.
        gain: Db = 0.0 in -36.0..=36.0,
        /// How narrow it is: 0.5 is broad, 1 about an octave and a half, 8 surgical.
        q: Q = 1.0 in 0.1..=40.0,
    }
}

impl Filter for Bell {
    fn prototype(&self) -> Prototype {
        Prototype::bell(self.frequency, self.gain, self.q)
    }
}
