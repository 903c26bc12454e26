//! The high shelf of the Audio EQ Cookbook, exact to the top of hearing.

use super::filter::Filter;
use crate::{
    dsp::prototype::Prototype,
    params,
    unit::{Db, Hz, Q},
};

params! {
    /// A high shelf: lifts or lowers everything above a frequency.
    pub struct HighShelf = "high_shelf"(frequency, gain, q) {
        /// The middle of the slope, where half the gain is reached. Above 0.49 of the rate it stays there.
        frequency: Hz = 8000.0 in 10.0..=22000.0,
        /// The gain of all that lies well above.
        gain: Db = 0.0 in -36.0..=36.0,
        /// 0.707 is steepest without overshoot; less is gentler, more adds a bump on either side.
        q: Q = 0.707 in 0.1..=4.0,
    }
}

impl Filter for HighShelf {
    fn prototype(&self) -> Prototype {
        Prototype::high_shelf(self.frequency, self.gain, self.q)
    }
}
