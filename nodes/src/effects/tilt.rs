//! A tilt of first order: a low and a high shelf that move against each other.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Db, Hz},
};

params! {
    /// A tilt: makes a sound brighter or darker about a frequency.
    pub struct Tilt = "tilt"(frequency, gain) {
        /// The pivot, whose level stays. Above 0.49 of the rate it stays there.
        frequency: Hz = 1000.0 in 10.0..=22000.0,
        /// How much louder the highs become, and how much quieter the lows; negative is darker.
        gain: Db = 0.0 in -24.0..=24.0,
    }
}

impl Filter for Tilt {
    fn prototype(&self) -> Prototype {
        Prototype::tilt(self.frequency, self.gain)
    }
}
