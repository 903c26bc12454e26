//! Emphasis: a first-order shelf before a stage, and its exact inverse after it.
//!
//! The pair is flat as long as the stage between is straight; where it bends, the lifted range bends first.

use super::math;
use crate::unit::{Db, Hz};
use std::f64::consts::PI;

/// The coefficients of a shelf: two of its input, one of its output.
pub type Shelf = [f64; 3];

/// A shelf that lifts what lies above a frequency; at the frequency, by half as many decibels.
///
/// The bilinear transform of `(1 + s sqrt(G)) / (1 + s / sqrt(G))`, the frequency kept.
pub fn shelf(frequency: Hz, lift: Db, rate: u32) -> Shelf {
    let k = math::tan(PI * frequency.0 / f64::from(rate));
    let root = math::sqrt(math::gain(lift.0));
    let whole = k + 1.0 / root;
    [(k + root) / whole, (k - root) / whole, (k - 1.0 / root) / whole]
}

/// One channel of a shelf or of its inverse.
#[derive(Clone, Copy, Debug, Default)]
pub struct Emphasis {
    input: f64,
    output: f64,
}

impl Emphasis {
    /// The next frame through the shelf.
    #[inline(always)]
    pub fn lift(&mut self, x: f64, [b0, b1, a1]: Shelf) -> f64 {
        self.output = b0 * x + (b1 * self.input - a1 * self.output);
        self.input = x;
        self.output
    }

    /// The next frame through the shelf's inverse.
    #[inline(always)]
    pub fn lower(&mut self, x: f64, [b0, b1, a1]: Shelf) -> f64 {
        self.output = (x + (a1 * self.input - b1 * self.output)) / b0;
        self.input = x;
        self.output
    }

    /// Clears what has decayed below hearing.
    pub fn settle(&mut self) {
        self.input = math::settle(self.input);
        self.output = math::settle(self.output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowering_undoes_lifting() {
        let shelf = shelf(Hz(3_150.0), Db(6.0), 48_000);
        let (mut up, mut down) = (Emphasis::default(), Emphasis::default());
        for n in 0..500 {
            let x = math::sin(f64::from(n * n) * 0.01);
            assert!((down.lower(up.lift(x, shelf), shelf) - x).abs() < 1e-13);
        }
    }

    #[test]
    fn it_lifts_half_at_its_frequency_and_all_at_the_top() {
        let [b0, b1, a1] = shelf(Hz(3_150.0), Db(6.0), 48_000);
        assert!(((b0 + b1) / (1.0 + a1) - 1.0).abs() < 1e-14);
        assert!((math::decibels((b0 - b1) / (1.0 - a1)) - 6.0).abs() < 1e-12);
        let angle = Hz(3_150.0).radians(48_000);
        let size = |a: f64, b: f64| math::sqrt(a * a + b * b + 2.0 * a * b * math::cos(angle));
        assert!((math::decibels(size(b0, b1) / size(1.0, a1)) - 3.0).abs() < 1e-12);
    }
}
