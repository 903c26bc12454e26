//! The Kaiser window and low-pass filters made with it: near to the best that a length can do, in closed form.
//!
//! Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (ISCAS 1974). Knows no rates: all
//! frequencies are shares of the rate.

use super::math;
use std::f64::consts::PI;

/// A window that falls from 1 in its middle to nearly nothing at -1 and 1, the steeper the larger `beta`.
#[derive(Clone, Copy, Debug)]
pub struct Kaiser {
    beta: f64,
    top: f64,
}

impl Kaiser {
    /// The window of a `beta`.
    pub fn new(beta: f64) -> Self {
        Kaiser { beta, top: bessel(beta) }
    }

    /// Its height at `x`; 0 beyond its ends.
    pub fn at(self, x: f64) -> f64 {
        if x.abs() > 1.0 { 0.0 } else { bessel(self.beta * math::sqrt(1.0 - x * x)) / self.top }
    }

    /// A low-pass kernel at `t` frames from its middle: `cutoff` is a share of the rate, `reach` where the window ends.
    pub fn low_pass(self, t: f64, cutoff: f64, reach: f64) -> f64 {
        let sinc = if t == 0.0 { 2.0 * cutoff } else { math::sin(2.0 * PI * cutoff * t) / (PI * t) };
        sinc * self.at(t / reach)
    }
}

/// The `beta` that keeps what is stopped so many decibels down (Kaiser's fit, for 50 dB and more).
pub fn beta(decibels: f64) -> f64 {
    0.1102 * (decibels - 8.7)
}

/// The taps, less one, that a filter needs for a transition this wide (a share of the rate) and so many decibels.
pub fn order(decibels: f64, transition: f64) -> f64 {
    (decibels - 8.0) / (2.285 * 2.0 * PI * transition)
}

/// The modified Bessel function of the first kind and order 0, by its power series (Abramowitz, Stegun 9.6.12).
fn bessel(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-17 * sum {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bessel_agrees_with_tables() {
        // Abramowitz, Stegun, table 9.8.
        assert!((bessel(1.0) - 1.266_065_877_8).abs() < 1e-9);
        assert!((bessel(5.0) - 27.239_871_823_6).abs() < 1e-8);
    }

    #[test]
    fn the_window_falls_from_one() {
        let window = Kaiser::new(16.0);
        assert_eq!(window.at(0.0), 1.0);
        assert!((window.at(1.0) - 1.0 / bessel(16.0)).abs() < 1e-18);
        assert_eq!(window.at(1.001), 0.0);
    }
}
