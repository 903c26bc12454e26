//! Logarithm, power and the largest of a whole plane at once: flat loops, which compilers turn into vectors.
//!
//! Logarithm and power are short polynomials for gains and levels only: good to 2e-7, against the 1e-16 of [`math`](super::math).
//! Factors of faders and sines of curves are longer ones, good to 1e-14.

use super::math::OCTAVES_PER_DB;
use crate::{for_every_cpu, unit::Db};
use std::f64::consts::{LN_2, TAU};

for_every_cpu! {
    /// Turns amplitudes into levels in decibels, not below -120 dB.
    pub fn decibels(plane: &mut [f32]) {
        let per_octave = (1.0 / OCTAVES_PER_DB) as f32;
        for x in plane {
            *x = log2(larger(*x, 1e-6)) * per_octave;
        }
    }

    /// Turns mean squares into levels in decibels, not below -120 dB.
    pub fn decibels_of_squares(plane: &mut [f32]) {
        let per_octave = (0.5 / OCTAVES_PER_DB) as f32;
        for x in plane {
            *x = log2(larger(*x, 1e-12)) * per_octave;
        }
    }

    /// Raises each place of a row to the largest magnitude that falls on it.
    fn raise(most: &mut [f32; ROW], plane: &[f32]) {
        let (rows, rest) = plane.as_chunks::<ROW>();
        let mut row_most = *most;
        for row in rows {
            for i in 0..ROW {
                row_most[i] = larger(row_most[i], row[i].abs());
            }
        }
        for (most, x) in row_most.iter_mut().zip(rest) {
            *most = larger(*most, x.abs());
        }
        *most = row_most;
    }

    /// Turns gains in decibels into factors: exactly 1 at 0 dB.
    pub fn gains(plane: &mut [f32]) {
        for x in plane {
            *x = gain(*x);
        }
    }

    /// Turns levels of faders in decibels into [`factor`]s.
    pub fn factors(levels: &mut [f64]) {
        for level in levels {
            *level = factor(*level);
        }
    }
}

/// The factor of a fader's level in decibels, as [`Db::gain`]: good to 1e-14, exactly 1 at 0 dB and 0 at "off".
#[inline(always)]
pub fn factor(level: f64) -> f64 {
    // Adding this leaves the nearest whole number in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const TAYLOR: [f64; 12] = powers_of_two();
    let octaves = (level * OCTAVES_PER_DB).clamp(-1000.0, 1000.0);
    let rounded = octaves + ROUND;
    let rest = octaves - (rounded - ROUND);
    // What is left reaches half an octave: `0.3466^12/12!` is 6e-15.
    let mut series = 0.0;
    for c in TAYLOR.into_iter().rev() {
        series = series * rest + c;
    }
    let power = f64::from_bits(series.to_bits().wrapping_add(rounded.to_bits() << 52));
    if level <= Db::OFF.0 { 0.0 } else { power }
}

/// Taylor's series of `2^x`: `(ln 2)^k / k!`.
const fn powers_of_two<const N: usize>() -> [f64; N] {
    let mut terms = [1.0; N];
    let mut k = 1;
    while k < N {
        terms[k] = terms[k - 1] * LN_2 / k as f64;
        k += 1;
    }
    terms
}

/// The factor of a gain in decibels: exactly 1 at 0 dB.
#[inline(always)]
pub fn gain(decibels: f32) -> f32 {
    exp2(decibels * OCTAVES_PER_DB as f32)
}

/// The sine of a share of a turn, from 0 to 1: good to 1e-14.
#[inline(always)]
pub fn sine(turn: f64) -> f64 {
    const TAYLOR: [f64; 10] = odd_powers_of_a_turn();
    // Half a turn on, its negative; from a quarter on, it comes back as it went.
    let half = turn - 0.5;
    let rest = if half.abs() > 0.25 { 0.5f64.copysign(half) - half } else { half };
    let square = rest * rest;
    // What is left reaches a quarter of a turn: `1.571^21/21!` is 3e-16.
    let mut series = 0.0;
    for c in TAYLOR.into_iter().rev() {
        series = series * square + c;
    }
    -(rest * series).clamp(-1.0, 1.0)
}

/// Taylor's series of `sin(2 pi x) / x` in the square of `x`.
const fn odd_powers_of_a_turn<const N: usize>() -> [f64; N] {
    let mut terms = [TAU; N];
    let mut k = 1;
    while k < N {
        terms[k] = -terms[k - 1] * (TAU * TAU) / ((2 * k) * (2 * k + 1)) as f64;
        k += 1;
    }
    terms
}

/// The largest magnitude.
pub fn largest(plane: &[f32]) -> f32 {
    let mut most = [0.0; ROW];
    raise(&mut most, plane);
    most.into_iter().fold(0.0, larger)
}

/// Samples that are compared at once: two registers of the widest, so that one comparison need not wait for the other.
const ROW: usize = 32;

/// The larger of two numbers in one instruction, where `f32::max` with its care for NaN takes four.
#[inline(always)]
pub fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The smaller of two numbers, as [`larger`].
#[inline(always)]
pub fn smaller(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

/// The binary logarithm of a positive normal number.
///
/// With `x = m 2^e` and `m` within `sqrt(1/2)..sqrt(2)`: `e + 2/ln 2 (s + s^3/3 + s^5/5 + ..)`, where
/// `s = (m - 1)/(m + 1)` (Abramowitz and Stegun, 4.1.27). Exactly 0 at 1.
#[inline(always)]
fn log2(x: f32) -> f32 {
    const HALF_ROOT: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    const SERIES: [f32; 5] = [2.885_39, 0.961_796_7, 0.577_078, 0.412_198_6, 0.320_598_9];
    let exponent = (x.to_bits().wrapping_sub(HALF_ROOT) as i32) >> 23;
    let m = f32::from_bits(x.to_bits().wrapping_sub((exponent as u32) << 23));
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let mut series = 0.0;
    for c in SERIES.into_iter().rev() {
        series = series * s2 + c;
    }
    exponent as f32 + s * series
}

/// Two to the power of `x`, which is held within -126 and 126.
///
/// The nearest whole power times the Taylor series of the rest, which reaches half an octave: `0.3466^7/7!` is 1.2e-7.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    // Adding this leaves the nearest whole number in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const TAYLOR: [f32; 7] = [
        1.0,
        std::f32::consts::LN_2,
        0.240_226_5,
        0.055_504_11,
        0.009_618_129,
        0.001_333_355_8,
        0.000_154_035_3,
    ];
    let x = x.clamp(-126.0, 126.0);
    let rounded = x + ROUND;
    let rest = x - (rounded - ROUND);
    let power = f32::from_bits(rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23);
    let mut series = 0.0;
    for c in TAYLOR.into_iter().rev() {
        series = series * rest + c;
    }
    power * series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::math;

    #[test]
    fn logarithm_and_power_are_near_the_exact_ones() {
        let (mut log, mut power) = (0.0f64, 0.0f64);
        for i in 0..200_000 {
            let t = -20.0 + 0.0002 * f64::from(i);
            let x = math::exp2(t) as f32;
            let error = f64::from(log2(x)) - math::log2(f64::from(x));
            log = log.max(error.abs() / t.abs().max(1.0));
            let t = t as f32;
            power = power.max((f64::from(exp2(t)) / math::exp2(f64::from(t)) - 1.0).abs());
        }
        assert!(log < 1.3e-7, "log2 is off by {log}");
        assert!(power < 2.5e-7, "exp2 is off by {power}");
    }

    #[test]
    fn factors_of_faders_are_exact_but_for_the_last_bits() {
        let mut levels: Vec<f64> = (0..200_001).map(|i| -144.0 + 0.001 * f64::from(i)).collect();
        let right: Vec<f64> = levels.iter().map(|level| Db(*level).gain()).collect();
        factors(&mut levels);
        let error = levels.iter().zip(&right).map(|(found, right)| (found - right).abs() / right.max(1e-9));
        let most = error.fold(0.0, f64::max);
        assert!(most < 1e-14, "off by {most}");
        assert_eq!([factor(0.0), factor(-0.0), factor(Db::OFF.0), factor(-1e9)], [1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn sines_of_turns_are_exact_but_for_the_last_bits() {
        for i in 0..100_000 {
            let turn = f64::from(i) / 100_000.0;
            let (found, right) = (sine(turn), math::sin(TAU * turn));
            assert!((found - right).abs() < 1e-14 && found.abs() <= 1.0, "{found} for {right} at {turn}");
        }
        assert_eq!([sine(0.0), sine(0.5)], [0.0, 0.0]);
    }

    #[test]
    fn unity_is_exact() {
        let mut plane = [0.0f32, -0.0, 6.020_6, -6.020_6];
        gains(&mut plane);
        assert_eq!(plane[..2], [1.0, 1.0]);
        assert!((plane[2] - 2.0).abs() < 1e-6 && (plane[3] - 0.5).abs() < 1e-6);
        let mut levels = [1.0f32, 0.0];
        decibels(&mut levels);
        assert_eq!(levels[0], 0.0);
        assert!((levels[1] + 120.0).abs() < 1e-4);
    }

    #[test]
    fn a_pair_of_both_returns_where_it_came_from() {
        let mut plane: Vec<f32> = (0..1000).map(|i| 0.001 + 0.003 * i as f32).collect();
        let before = plane.clone();
        decibels(&mut plane);
        gains(&mut plane);
        assert!(before.iter().zip(&plane).all(|(a, b)| (a / b - 1.0).abs() < 2e-6));
    }
}
