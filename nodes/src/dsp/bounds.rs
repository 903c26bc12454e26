//! Curves that bend without a corner, fast and with the same bits everywhere: hyperbolic tangent and area sine.
//!
//! They err by less than 1e-10, smoothly, and compile to straight lines of arithmetic that run on several samples at once.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// Adding this to a small number leaves its nearest whole number in the lowest bits.
const WHOLE: f64 = 6_755_399_441_055_744.0;
const MANTISSA: u64 = (1 << 52) - 1;
const ONE: u64 = 1023 << 52;

/// The hyperbolic tangent: `1 - 2 / (1 + e^2x)`.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    // Beyond 20 it is 1 to the last bit.
    let x = x.clamp(-20.0, 20.0);
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// The inverse of the hyperbolic sine: `ln(|x| + sqrt(x^2 + 1))` with the sign of `x`.
#[inline(always)]
pub fn asinh(x: f64) -> f64 {
    let size = x.abs();
    ln(size + (size * size + 1.0).sqrt()).copysign(x)
}

/// `e^x` for `|x| < 700`: a power of two by its bits, times Taylor's series on what is left.
#[inline(always)]
fn exp(x: f64) -> f64 {
    let shifted = x * LOG2_E + WHOLE;
    let r = x - (shifted - WHOLE) * LN_2;
    // Horner's form of 1 + r + r^2/2! + ... + r^9/9!; |r| <= ln 2 / 2 leaves 7e-12.
    let series = horner(TAYLOR, r);
    f64::from_bits(series.to_bits().wrapping_add(shifted.to_bits() << 52))
}

const TAYLOR: [f64; 10] = [
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// The natural logarithm for `x >= 1`: the exponent, and a series of `artanh` on the mantissa.
#[inline(always)]
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mantissa = f64::from_bits((bits & MANTISSA) | ONE);
    let upper = mantissa > SQRT_2;
    let mantissa = if upper { 0.5 * mantissa } else { mantissa };
    // The exponent, put into the mantissa of 2^52, is read as a number.
    let exponent = f64::from_bits((bits >> 52) | (1075 << 52)) - 4_503_599_627_370_496.0 - 1023.0;
    let exponent = if upper { exponent + 1.0 } else { exponent };
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    // |z| < 0.172 leaves 3e-13.
    let series = horner(ARTANH, square);
    exponent * LN_2 + 2.0 * z * series
}

const ARTANH: [f64; 7] = [1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 0.2, 1.0 / 3.0, 1.0];

/// A polynomial, the term of the highest power first.
#[inline(always)]
fn horner<const N: usize>(terms: [f64; N], x: f64) -> f64 {
    let mut sum = 0.0;
    for term in terms {
        sum = sum * x + term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::math;

    fn worst(of: fn(f64) -> f64, is: fn(f64) -> f64, reach: f64) -> f64 {
        (-20_000..=20_000)
            .map(|n| f64::from(n) * reach / 20_000.0)
            .map(|x| (of(x) - is(x)).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn they_agree_with_the_library() {
        assert!(worst(tanh, math::tanh, 30.0) < 1e-10);
        assert!(worst(tanh, math::tanh, 1.0) < 1e-10);
        assert!(worst(asinh, math::asinh, 2_000.0) < 1e-10);
        assert!(worst(asinh, math::asinh, 1.0) < 1e-10);
    }

    #[test]
    fn ends_and_middle() {
        assert_eq!((tanh(0.0), tanh(1e9), tanh(-1e9)), (0.0, 1.0, -1.0));
        assert_eq!(asinh(0.0), 0.0);
    }
}
