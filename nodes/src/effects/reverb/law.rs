//! How long each frequency lasts, and what follows from it: the absorption in the loop and the loudness of the whole.
//!
//! The decay is a gain and two shelves for each line, in decibels in proportion to its length, so that all modes of one
//! frequency fall alike (Jot, Chaigne, "Digital Delay Networks for Designing Artificial Reverberators", AES 90, 1991).

use super::kinds::Shelf;
use crate::dsp::math;
use std::f64::consts::PI;

/// The decay time at every frequency: `decay` at 1 kHz, shorter and longer at the ends.
pub(super) struct Law {
    decay: f64,
    rate: f64,
    high: Shelf,
    low: Shelf,
    middle: f64,
}

/// A first-order filter with a direct part `b0 + b1/z` over `1 + a1/z`.
#[derive(Clone, Copy)]
pub(super) struct FirstOrder {
    pub(super) b0: f64,
    pub(super) b1: f64,
    pub(super) a1: f64,
}

impl Law {
    pub(super) fn new(decay: f64, rate: u32, high: Shelf, low: Shelf) -> Law {
        let mut law = Law { decay, rate: f64::from(rate), high, low, middle: 1.0 };
        law.middle = law.haste(1000.0);
        law
    }

    /// The tangent of a frequency that bilinear filters know it by; those beyond half the rate stay below it.
    fn warped(&self, frequency: f64) -> f64 {
        math::tan(PI * (frequency / self.rate).min(0.49))
    }

    /// How much faster than the loop's flat gain a frequency decays.
    fn haste(&self, frequency: f64) -> f64 {
        let above = self.warped(frequency) / self.warped(self.high.corner);
        let below = self.warped(frequency) / self.warped(self.low.corner);
        let high = above * above / (1.0 + above * above);
        let low = 1.0 / (1.0 + below * below);
        1.0 + (1.0 / self.high.ratio - 1.0) * high + (1.0 / self.low.ratio - 1.0) * low
    }

    /// Seconds in which a frequency falls by 60 dB.
    pub(super) fn seconds(&self, frequency: f64) -> f64 {
        self.decay * self.middle / self.haste(frequency)
    }

    /// Seconds in which the slowest frequency falls by 60 dB.
    pub(super) fn longest(&self) -> f64 {
        self.decay * self.middle * self.low.ratio.max(1.0)
    }

    /// The filters of a line of so many frames: the high shelf, with the flat gain in it, and the low shelf.
    pub(super) fn absorption(&self, length: f64) -> [FirstOrder; 2] {
        let flat = -60.0 * length / (self.rate * self.decay * self.middle);
        let gain = math::gain(flat);
        let high = self.high_shelf(flat * (1.0 / self.high.ratio - 1.0));
        let low = self.low_shelf(flat * (1.0 / self.low.ratio - 1.0));
        [FirstOrder { b0: gain * high.b0, b1: gain * high.b1, a1: high.a1 }, low]
    }

    /// `(G s + w sqrt G)/(s + w sqrt G)`: half the decibels at the corner.
    fn high_shelf(&self, decibels: f64) -> FirstOrder {
        let gain = math::gain(decibels);
        let corner = self.warped(self.high.corner) * math::gain(decibels / 2.0);
        let scale = 1.0 / (1.0 + corner);
        FirstOrder { b0: (gain + corner) * scale, b1: (corner - gain) * scale, a1: (corner - 1.0) * scale }
    }

    /// `(s + w sqrt G)/(s + w/sqrt G)`: half the decibels at the corner.
    fn low_shelf(&self, decibels: f64) -> FirstOrder {
        let (corner, root) = (self.warped(self.low.corner), math::gain(decibels / 2.0));
        let (zero, pole) = (corner * root, corner / root);
        let scale = 1.0 / (1.0 + pole);
        FirstOrder { b0: (1.0 + zero) * scale, b1: (zero - 1.0) * scale, a1: (pole - 1.0) * scale }
    }

    /// Power of the tail for a power of 1 at the input, over the octaves that loudness lives in, each counted alike, in a
    /// loop of so many frames.
    pub(super) fn power(&self, length: f64) -> f64 {
        const PLACES: u32 = 60;
        let octaves = math::log2(8000.0 / 150.0);
        let sum: f64 = (0..PLACES)
            .map(|i| {
                let frequency = 150.0 * math::exp2(octaves * f64::from(i) / f64::from(PLACES - 1));
                let kept = math::gain(-120.0 * length / (self.rate * self.seconds(frequency)));
                kept / (1.0 - kept)
            })
            .sum();
        sum / f64::from(PLACES)
    }
}
