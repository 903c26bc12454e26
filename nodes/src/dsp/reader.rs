//! A line of past frames of left and right that is read between its frames: for every delay that moves.
//!
//! Reads are sums of 32 samples under a sinc that ends at 95 % of half the rate in a Kaiser window (Smith, Gossett, "A
//! Flexible Sampling-Rate Conversion Method", ICASSP 1984): -90 dB of error up to 18 kHz at 48 kHz, and no loss of highs.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    math,
};
use crate::for_every_cpu;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Frames that a read between frames hears.
const TAPS: usize = 32;
/// Places between two frames that the table holds; a straight line leads from one to the next.
const PHASES: usize = 1024;
const CUT: f64 = 0.95;
const BETA: f64 = 9.0;

/// The shortest delay that can be read between frames before the present one is written.
pub const SHORTEST: f64 = (TAPS / 2 + 1) as f64;

static TABLE: LazyLock<Vec<[f64; TAPS]>> = LazyLock::new(|| (0..=PHASES).map(row).collect());

/// The weights of the frames around a place, whose sum is 1.
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

/// A line of past frames.
#[derive(Clone, Debug)]
pub struct Line {
    frames: Vec<[f64; 2]>,
    length: usize,
    next: usize,
}

impl Line {
    /// A silent line that can be read so many frames back.
    pub fn new(reach: usize) -> Line {
        let length = reach + TAPS;
        Line { frames: vec![[0.0; 2]; length + TAPS], length, next: 0 }
    }

    /// Writes the present frames, without what has decayed below hearing, and goes on.
    pub fn write(&mut self, mut frames: &[[f64; 2]]) {
        while !frames.is_empty() {
            let n = frames.len().min(self.length - self.next);
            let (now, rest) = frames.split_at(n);
            let place = &mut self.frames[self.next..self.next + n];
            place.copy_from_slice(now);
            settle(place);
            // The first frames stand behind the end once more, so that a read never wraps.
            if self.next < TAPS {
                let end = TAPS.min(self.next + n);
                self.frames.copy_within(self.next..end, self.length + self.next);
            }
            self.next = if self.next + n == self.length { 0 } else { self.next + n };
            frames = rest;
        }
    }

    /// What was written `delay` frames before the next frames, of which there are no more than that.
    pub fn whole(&self, delay: usize, mut to: &mut [[f64; 2]]) {
        let mut start = self.place(delay);
        while !to.is_empty() {
            let n = to.len().min(self.length - start);
            let (now, rest) = to.split_at_mut(n);
            now.copy_from_slice(&self.frames[start..start + n]);
            (start, to) = (0, rest);
        }
    }

    /// The sound of so many frames before each of the next ones: of the i-th at least `i` more than [`SHORTEST`].
    pub fn between(&self, delays: &[f64], to: &mut [[f64; 2]]) {
        dispatch(Between { line: self, table: &TABLE, delays, to });
    }

    #[inline(always)]
    fn place(&self, back: usize) -> usize {
        if back > self.next { self.next + self.length - back } else { self.next - back }
    }
}

struct Between<'a> {
    line: &'a Line,
    table: &'a [[f64; TAPS]],
    delays: &'a [f64],
    to: &'a mut [[f64; 2]],
}

impl Job for Between<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Between { line, table, delays, to } = self;
        for (i, (delay, to)) in delays.iter().zip(to).enumerate() {
            let back = delay - i as f64;
            let whole = up(back);
            let phase = (whole - back) * PHASES as f64;
            let index = (phase as usize).min(PHASES - 1);
            let along = phase - index as f64;
            let start = line.place(whole as usize + TAPS / 2 - 1);
            let frames: &[[f64; 2]; TAPS] =
                line.frames[start..].first_chunk().expect("the first frames stand behind the end");
            weigh::<I::V2>(frames, &between(&table[index], &table[index + 1], along)).store(to);
        }
    }
}

/// The next whole number.
#[inline(always)]
fn up(x: f64) -> f64 {
    let whole = x as u32;
    f64::from(whole + u32::from(f64::from(whole) < x))
}

/// Weights between two rows of the table.
#[inline(always)]
fn between(now: &[f64; TAPS], next: &[f64; TAPS], along: f64) -> [f64; TAPS] {
    let mut weights = [0.0; TAPS];
    for i in 0..TAPS {
        weights[i] = now[i] + along * (next[i] - now[i]);
    }
    weights
}

/// The weighted sum of frames, of both channels in one vector.
#[inline(always)]
fn weigh<V: Vector>(frames: &[[f64; 2]; TAPS], weights: &[f64; TAPS]) -> V {
    let mut sums = [V::splat(0.0); 4];
    for i in 0..TAPS {
        sums[i % 4] = sums[i % 4] + V::load(&frames[i]) * V::splat(weights[i]);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

for_every_cpu! {
    fn settle(frames: &mut [[f64; 2]]) {
        for x in frames.as_flattened_mut() {
            *x = math::settle(*x);
        }
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
                let mut found = [[0.0; 2]];
                if t > 400 {
                    line.between(&[back], &mut found);
                }
                let x = math::sin(angle * f64::from(t));
                line.write(&[[x, -x]]);
                assert_eq!(found[0][0], -found[0][1]);
                (found[0][0], math::sin(angle * (f64::from(t) - back)))
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
    fn reads_of_many_frames_are_those_of_each() {
        let mut line = Line::new(50);
        for round in 0..100_u32 {
            let frames: Vec<[f64; 2]> =
                (0..=round % 40).map(|i| [f64::from(round * 40 + i), -f64::from(i) - 1e-30]).collect();
            line.write(&frames);
            let mut whole = [[0.0; 2]; 40];
            line.whole(50, &mut whole);
            let delays: [f64; 10] = std::array::from_fn(|i| 26.3 + 0.4 * i as f64);
            let mut between = [[0.0; 2]; 10];
            line.between(&delays, &mut between);
            let mut later = line.clone();
            for i in 0..40 {
                let mut one = [[0.0; 2]];
                later.whole(50, &mut one);
                assert_eq!(whole[i], one[0], "frame {i} after round {round}");
                if i < 10 {
                    later.between(&delays[i..=i], &mut one);
                    assert_eq!(between[i], one[0], "frame {i} after round {round}");
                }
                later.write(&[[0.0; 2]]);
            }
        }
    }

    #[test]
    fn whole_reads_are_the_frames() {
        let mut line = Line::new(50);
        for t in 0..500 {
            if t > 50 {
                let mut read = [[0.0; 2]];
                line.whole(50, &mut read);
                assert_eq!(read, [[f64::from(t - 50), 1.0]]);
                line.whole(1, &mut read);
                assert_eq!(read, [[f64::from(t - 1), 1.0]]);
                line.between(&[30.0], &mut read);
                assert!((read[0][0] - f64::from(t - 30)).abs() < 0.05);
            }
            line.write(&[[f64::from(t), 1.0]]);
        }
    }
}
