//! From a peak envelope to a gain reduction that is in place before each peak: the part of a limiter that looks ahead.
//!
//! The reduction wanted is held by a sliding maximum, let go by a release over a slow store, and smoothed by three
//! running means. Each mean takes in only values that are at least what its peak wants, so the ceiling is kept without a
//! clipper (Hamalainen, DAFx 2002; Luff, "Designing a straightforward limiter", 2022; the hold: Sanfilippo, IFC 2022).

use super::math::{decibels, share};

/// The times of a limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// Seconds that the reduction takes to be in place before a peak.
    pub lookahead: f64,
    /// Seconds for which it stays after the peak.
    pub hold: f64,
    /// Seconds in which it falls by 63.2 % after a short peak.
    pub release: f64,
    /// Seconds in which lasting reduction is learnt.
    pub learn: f64,
    /// Seconds in which lasting reduction is forgotten.
    pub forget: f64,
}

/// The most that is ever taken off.
const MOST: f64 = 240.0;
/// Below this many decibels no bit of an `f32` changes.
const NOTHING: f64 = 1e-7;

/// The reduction in decibels, reckoned frame by frame.
#[derive(Clone, Debug)]
pub struct Reduction {
    wanted: SlidingMaximum,
    means: [RunningMean; 3],
    learn: f64,
    forget: f64,
    lasting: f64,
    now: f64,
}

impl Reduction {
    /// At rest, for so many frames a second.
    pub fn new(times: &Times, rate: f64) -> Self {
        let span = span(times, rate);
        let hold = (times.hold * rate).round() as usize;
        let third = span.div_ceil(3);
        let lengths = [third, third, span + 2 - 2 * third];
        Reduction {
            wanted: SlidingMaximum::new(span + hold),
            means: lengths.map(RunningMean::new),
            learn: share(times.learn, rate),
            forget: share(times.forget, rate),
            lasting: 0.0,
            now: 0.0,
        }
    }

    /// Frames by which the reduction comes after the envelope.
    pub fn latency(times: &Times, rate: f64) -> usize {
        span(times, rate) - 1
    }

    /// Whether nothing exceeded the ceiling for so long that nothing is reduced, nor will be.
    pub fn rests(&self) -> bool {
        self.now == 0.0 && self.lasting == 0.0 && self.means.iter().all(|mean| mean.sum == 0.0)
    }

    /// Goes on by frames of which none exceeds the ceiling, while it rests: each would give 0.
    pub fn skip(&mut self, frames: usize) {
        self.wanted.skip(frames);
    }

    /// The reduction after one more frame, whose envelope is `over` decibels over the ceiling: exactly 0 while nothing
    /// exceeds it for long. `release` is the share of a step that the fast release takes each frame.
    #[inline]
    pub fn next(&mut self, over: f64, release: f64) -> f64 {
        let wanted = self.wanted.next(over.min(MOST));
        let share = if wanted > self.lasting { self.learn } else { self.forget };
        self.lasting += (wanted - self.lasting) * share;
        if self.lasting < NOTHING {
            self.lasting = 0.0;
        }
        self.now = if self.now > self.lasting {
            self.lasting + (self.now - self.lasting) * (1.0 - release)
        } else {
            self.lasting
        };
        if self.now < NOTHING {
            self.now = 0.0;
        }
        self.now = self.now.max(wanted);
        self.means.iter_mut().fold(on_grid(self.now), |reduction, mean| mean.next(reduction))
    }
}

/// Decibels by which a level exceeds a ceiling.
pub fn over(level: f64, ceiling: f64) -> f64 {
    if level > ceiling { decibels(level / ceiling) } else { 0.0 }
}

/// The frames of the look-ahead: odd, so that the means are symmetric around a peak.
fn span(times: &Times, rate: f64) -> usize {
    2 * (times.lookahead * rate / 2.0).round() as usize + 1
}

/// Rounds to a multiple of 2^-32, on which sums of numbers up to 2^20 are exact: running means never drift, and they come
/// back to exactly 0.
#[inline(always)]
fn on_grid(x: f64) -> f64 {
    const SHIFT: f64 = 1_572_864.0;
    (x + SHIFT) - SHIFT
}

/// The mean of the last so many values on the grid.
#[derive(Clone, Debug)]
struct RunningMean {
    ring: Vec<f64>,
    at: usize,
    sum: f64,
    share: f64,
}

impl RunningMean {
    fn new(length: usize) -> Self {
        RunningMean { ring: vec![0.0; length], at: 0, sum: 0.0, share: 1.0 / length as f64 }
    }

    #[inline(always)]
    fn next(&mut self, x: f64) -> f64 {
        self.sum += x - self.ring[self.at];
        self.ring[self.at] = x;
        self.at = if self.at + 1 == self.ring.len() { 0 } else { self.at + 1 };
        on_grid(self.sum * self.share)
    }
}

/// The largest of the last so many values: candidates in falling order (Lemire, "Streaming maximum-minimum filter", 2006).
#[derive(Clone, Debug)]
struct SlidingMaximum {
    /// Values and the times at which they leave, in a ring.
    values: Vec<f64>,
    leaves: Vec<u64>,
    first: usize,
    count: usize,
    time: u64,
}

impl SlidingMaximum {
    fn new(length: usize) -> Self {
        SlidingMaximum { values: vec![0.0; length], leaves: vec![0; length], first: 0, count: 0, time: 0 }
    }

    /// Takes in so many zeros, while it holds nothing else.
    fn skip(&mut self, frames: usize) {
        self.count = 0;
        self.time += frames as u64;
    }

    #[inline]
    fn next(&mut self, x: f64) -> f64 {
        let length = self.values.len();
        let wrap = |i: usize| if i >= length { i - length } else { i };
        if self.count > 0 && self.leaves[self.first] == self.time {
            self.first = wrap(self.first + 1);
            self.count -= 1;
        }
        while self.count > 0 && self.values[wrap(self.first + self.count - 1)] <= x {
            self.count -= 1;
        }
        let end = wrap(self.first + self.count);
        self.values[end] = x;
        self.leaves[end] = self.time + length as u64;
        self.count += 1;
        self.time += 1;
        self.values[self.first]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dsp::math::gain, testing::Dice};

    const CLEAN: Times = Times { lookahead: 0.005, hold: 0.01, release: 0.05, learn: 0.2, forget: 0.6 };

    #[test]
    fn the_sliding_maximum_equals_a_plain_one() {
        let mut dice = Dice(7);
        let values: Vec<f64> = (0..500).map(|_| (16.0 * dice.roll()).floor()).collect();
        let mut sliding = SlidingMaximum::new(13);
        for i in 0..values.len() {
            let plain = values[i.saturating_sub(12)..=i].iter().copied().fold(0.0, f64::max);
            assert_eq!(sliding.next(values[i]), plain);
        }
    }

    #[test]
    fn what_a_peak_wants_is_in_place_at_the_peak_for_any_envelope() {
        let rate = 8_000.0;
        let latency = Reduction::latency(&CLEAN, rate);
        let mut reduction = Reduction::new(&CLEAN, rate);
        let mut dice = Dice(3);
        let mut levels = Vec::new();
        for i in 0..20_000 {
            let peak = if dice.roll() < 1.0 / 128.0 { 32.0 * dice.roll() } else { 0.0 };
            levels.push(gain(peak));
            let given = reduction.next(over(levels[i], 1.0), 0.01);
            if i >= latency {
                let wanted = decibels(levels[i - latency]);
                assert!(given >= wanted - 1e-8, "{given} of {wanted} dB at {i}");
            }
        }
    }

    #[test]
    fn reduction_comes_back_to_exactly_nothing() {
        let mut reduction = Reduction::new(&CLEAN, 1_000.0);
        let release = share(CLEAN.release, 1_000.0);
        for _ in 0..500 {
            reduction.next(6.0, release);
        }
        let mut given = 1.0;
        for _ in 0..20_000 {
            given = reduction.next(0.0, release);
        }
        assert_eq!(given, 0.0);
    }
}
