//! A line of past samples that is read between its samples: for every delay that moves.
//!
//! Reads are sums of 32 samples under a sinc that ends at 95 % of half the rate in a Kaiser window (Smith, Gossett, "A
//! Flexible Sampling-Rate Conversion Method", ICASSP 1984): -90 dB of error up to 18 kHz at 48 kHz, and no loss of highs.

use super::math;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Samples that a read between samples hears.
const TAPS: usize = 32;
/// Places between two samples that the table holds; a straight line leads from one to the next.
const PHASES: usize = 1024;
const CUT: f64 = 0.95;
const BETA: f64 = 9.0;

/// The shortest delay that can be read between samples before the present one is written.
pub const SHORTEST: f64 = (TAPS / 2 + 1) as f64;

static TABLE: LazyLock<Vec<[f64; TAPS]>> = LazyLock::new(|| (0..=PHASES).map(row).collect());

/// The weights of the samples around a place, whose sum is 1.
fn row(phase: usize) -> [f64; TAPS] {
    let share = phase as f64 / PHASES as f64;
    let half = TAPS as f64 / 2.0;
    let mut row: [f64; TAPS] = std::array::from_fn(|tap| {
        let away = tap as f64 - (half - 1.0) - share;
        let inside = (1.0 - (away / half) * (away / half)).max(0.0);
        sinc(CUT * away) * bessel(BETA * math::sqrt(inside))
    });
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|weight| *weight /= sum);
    row
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { math::sin(PI * x) / (PI * x) }
}

/// The modified Bessel function of order 0 by its power series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        let factor = x / (2.0 * f64::from(k));
        term *= factor * factor;
        sum += term;
    }
    sum
}

/// A line of past samples.
#[derive(Clone, Debug)]
pub struct Line {
    samples: Vec<f64>,
    length: usize,
    next: usize,
}

impl Line {
    /// A silent line that can be read so many frames back.
    pub fn new(reach: usize) -> Line {
        let length = reach + TAPS;
        Line { samples: vec![0.0; length + TAPS], length, next: 0 }
    }

    /// Writes the present sample and goes on.
    #[inline]
    pub fn write(&mut self, x: f64) {
        self.samples[self.next] = x;
        // The first samples stand behind the end once more, so that a read never wraps.
        if self.next < TAPS {
            self.samples[self.length + self.next] = x;
        }
        self.next = if self.next + 1 == self.length { 0 } else { self.next + 1 };
    }

    /// The sample of `back` frames ago; 1 is the latest one written.
    #[inline]
    pub fn whole(&self, back: usize) -> f64 {
        self.samples[self.place(back)]
    }

    /// The sound of `back` frames ago, at least [`SHORTEST`].
    #[inline]
    pub fn between(&self, back: f64) -> f64 {
        let whole = libm::ceil(back);
        let phase = (whole - back) * PHASES as f64;
        let index = (phase as usize).min(PHASES - 1);
        let along = phase - index as f64;
        let start = self.place(whole as usize + TAPS / 2 - 1);
        let (now, next) = (&TABLE[index], &TABLE[index + 1]);
        let mut sums = [0.0; 4];
        for (i, x) in self.samples[start..start + TAPS].iter().enumerate() {
            sums[i % 4] += x * (now[i] + along * (next[i] - now[i]));
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    #[inline]
    fn place(&self, back: usize) -> usize {
        if back > self.next { self.next + self.length - back } else { self.next - back }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing, unit::Hz};

    /// Error of a read that drifts through a sine, in decibels under it.
    fn error(frequency: f64) -> f64 {
        let angle = Hz(frequency).radians(48_000);
        let mut line = Line::new(300);
        let found_and_right: Vec<(f64, f64)> = (0..6000)
            .map(|t| {
                let back = 150.0 + 0.015 * f64::from(t);
                let found = if t > 400 { line.between(back) } else { 0.0 };
                line.write(math::sin(angle * f64::from(t)));
                (found, math::sin(angle * (f64::from(t) - back)))
            })
            .collect();
        testing::error(found_and_right.into_iter().skip(401))
    }

    #[test]
    fn a_moving_read_is_clean_up_to_18_khz() {
        for frequency in [100.0, 1000.0, 5000.0, 10_000.0, 15_000.0, 18_000.0] {
            assert!(error(frequency) < -88.0, "{frequency} Hz: {} dB", error(frequency));
        }
    }

    #[test]
    fn whole_reads_are_the_samples() {
        let mut line = Line::new(50);
        for t in 0..500 {
            if t > 50 {
                assert_eq!(line.whole(50), f64::from(t - 50));
                assert_eq!(line.whole(1), f64::from(t - 1));
                assert!((line.between(30.0) - f64::from(t - 30)).abs() < 0.05);
            }
            line.write(f64::from(t));
        }
    }
}
