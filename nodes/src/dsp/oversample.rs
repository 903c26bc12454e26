//! A detour through a higher rate, for curves that make harmonics above what the song's rate can hold.
//!
//! Each doubling is a half-band filter, linear in phase. Half-bands alone leave the octave's edge open, where harmonics fold
//! back; so the last step down is a longer filter that stops at the song's Nyquist frequency. There and back takes a
//! whole number of the song's frames. Crochiere, Rabiner, "Multirate Digital Signal Processing" (1983), chapter 4.

mod octave;

use super::kaiser::{self, Kaiser};
use crate::{choice, unit::Frames};
use octave::{Down, Up};

choice! {
    /// How many times the song's rate a bent curve runs at.
    pub enum Oversample {
        /// As many as the curve needs.
        Auto = "auto",
        /// Twice.
        X2 = "x2",
        /// Four times.
        X4 = "x4",
        /// Eight times.
        X8 = "x8",
        /// Sixteen times.
        X16 = "x16",
    }
}

impl Oversample {
    /// The factor that was chosen, or what the curve needs.
    pub fn or(self, needed: Factor) -> Factor {
        match self {
            Oversample::Auto => needed,
            Oversample::X2 => Factor::X2,
            Oversample::X4 => Factor::X4,
            Oversample::X8 => Factor::X8,
            Oversample::X16 => Factor::X16,
        }
    }
}

/// How many times the song's rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// Twice.
    X2,
    /// Four times.
    X4,
    /// Eight times.
    X8,
    /// Sixteen times.
    X16,
}

impl Factor {
    /// The number.
    pub fn times(self) -> usize {
        1 << self.octaves()
    }

    /// How often the rate is doubled.
    fn octaves(self) -> usize {
        match self {
            Factor::X2 => 1,
            Factor::X4 => 2,
            Factor::X8 => 3,
            Factor::X16 => 4,
        }
    }

    /// The next one up; sixteen times is the end.
    pub fn doubled(self) -> Factor {
        match self {
            Factor::X2 => Factor::X4,
            Factor::X4 => Factor::X8,
            Factor::X8 | Factor::X16 => Factor::X16,
        }
    }
}

/// The way of one or two channels up and down, whose samples lie side by side in a row for each frame. The bits of its
/// output do not depend on how the input is cut.
#[derive(Clone, Debug)]
pub struct Oversampler {
    /// From the song's rate to the top.
    ups: Vec<Up>,
    /// From the top to the song's rate.
    downs: Vec<Down>,
    rooms: [Vec<f32>; 2],
}

impl Oversampler {
    /// A way that holds silence, for pieces of at most `most` frames.
    pub fn new(rate: u32, factor: Factor, channels: usize, most: usize) -> Self {
        let octaves = factor.octaves();
        let up = |octave| Up::new(&half_band(rate, octave), channels, most << octave);
        let down = |octave| {
            let taps = if octave == 0 { last(rate) } else { half_band(rate, octave) };
            Down::new(&taps, padding(rate, factor, octave), channels, most << octave)
        };
        let room = vec![0.0; (channels * most) << octaves];
        Oversampler {
            ups: (0..octaves).map(up).collect(),
            downs: (0..octaves).rev().map(down).collect(),
            rooms: [room.clone(), room],
        }
    }

    /// Frames of the song's rate by which the output comes late: 58, 64, 66 or 67 at 48 kHz and above.
    pub fn latency(rate: u32, factor: Factor) -> Frames {
        let top = factor.times();
        Frames(delay(rate, factor).div_ceil(top) as i64)
    }

    /// Works on a piece in place: `bend` works on the same piece at the higher rate.
    pub fn run(&mut self, piece: &mut [f32], bend: impl FnOnce(&mut [f32])) {
        let [from, to] = &mut self.rooms;
        let (mut from, mut to) = (from, to);
        let mut samples = piece.len();
        from[..samples].copy_from_slice(piece);
        for up in &mut self.ups {
            up.run(&from[..samples], &mut to[..2 * samples]);
            std::mem::swap(&mut from, &mut to);
            samples *= 2;
        }
        bend(&mut from[..samples]);
        for down in &mut self.downs {
            down.run(&from[..samples], &mut to[..samples / 2]);
            std::mem::swap(&mut from, &mut to);
            samples /= 2;
        }
        piece.copy_from_slice(&from[..samples]);
    }
}

/// How far down images and aliases are.
const DECIBELS: f64 = 100.0;

/// The highest frequency that passes untouched, as a share of the song's rate: 20 kHz at 44.1 and 48 kHz.
fn pass(rate: u32) -> f64 {
    (20_000.0 / f64::from(rate)).clamp(20.0 / 48.0, 20.0 / 44.1)
}

/// The filter between two rates, `octave` doublings above the song's, that mirrors at a quarter of the upper one.
fn half_band(rate: u32, octave: usize) -> Vec<f64> {
    let pass = pass(rate) / (2 << octave) as f64;
    low_pass(pass, 0.5 - pass)
}

/// The filter of the last step down: nothing is left above the song's Nyquist frequency.
fn last(rate: u32) -> Vec<f64> {
    low_pass(pass(rate) / 2.0, 0.25)
}

/// An odd number of taps, the outermost of which lie an odd number of frames from the middle.
fn low_pass(pass: f64, stop: f64) -> Vec<f64> {
    let half = (kaiser::order(DECIBELS, stop - pass) / 4.0 + 0.5).ceil() as usize * 2 - 1;
    let (cutoff, window) = (0.5 * (pass + stop), Kaiser::new(kaiser::beta(DECIBELS)));
    (0..=2 * half).map(|k| window.low_pass(k as f64 - half as f64, cutoff, half as f64 + 1.0)).collect()
}

/// Frames of the top rate that the filters take there and back.
fn delay(rate: u32, factor: Factor) -> usize {
    let octaves = factor.octaves();
    (0..octaves)
        .map(|octave| {
            let up = half_band(rate, octave).len() / 2;
            let down = if octave == 0 { last(rate).len() / 2 } else { up };
            (up + down) << (octaves - 1 - octave)
        })
        .sum()
}

/// Frames that the first step down adds, to make the whole way a whole number of the song's frames.
fn padding(rate: u32, factor: Factor, octave: usize) -> usize {
    let delay = delay(rate, factor);
    if octave + 1 == factor.octaves() { delay.next_multiple_of(factor.times()) - delay } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::math,
        testing::{plane, sine},
    };
    use std::f64::consts::TAU;

    const FACTORS: [Factor; 4] = [Factor::X2, Factor::X4, Factor::X8, Factor::X16];

    fn run(rate: u32, factor: Factor, input: &[f32], cuts: usize) -> Vec<f32> {
        let mut way = Oversampler::new(rate, factor, 1, 128);
        let mut out = input.to_vec();
        out.chunks_mut(cuts).for_each(|piece| way.run(piece, |_| {}));
        out
    }

    #[test]
    fn what_goes_there_and_back_is_late_and_else_the_same() {
        for rate in [44_100, 48_000, 96_000] {
            for factor in FACTORS {
                let latency = Oversampler::latency(rate, factor).0 as usize;
                for hertz in [50.0, 1_000.0, 10_000.0, 15_000.0, 20_000.0] {
                    let input = plane(1.0, 2_000, sine(hertz, rate));
                    let out = run(rate, factor, &input, 128);
                    let error = (latency + 400..2_000)
                        .map(|n| (out[n] - input[n - latency]).abs())
                        .fold(0.0, f32::max);
                    // 0.001 dB.
                    assert!(error < 1.2e-4, "{rate} {factor:?} {hertz} Hz: {error}");
                }
            }
        }
    }

    #[test]
    fn an_impulse_comes_back_at_the_latency_and_mirrors_about_it() {
        for rate in [44_100, 48_000] {
            for factor in FACTORS {
                let latency = Oversampler::latency(rate, factor).0 as usize;
                let mut input = vec![0.0; 400];
                input[3] = 1.0;
                let out = run(rate, factor, &input, 128);
                let peak = (0..400).max_by(|a, b| out[*a].abs().total_cmp(&out[*b].abs())).unwrap();
                assert_eq!(peak, latency + 3, "{rate} {factor:?}");
                for k in 1..60 {
                    assert!((out[peak - k] - out[peak + k]).abs() < 1e-8, "{rate} {factor:?} at {k}");
                }
            }
        }
    }

    #[test]
    fn latencies_are_as_documented() {
        let of = |rate| FACTORS.map(|factor| Oversampler::latency(rate, factor).0);
        assert_eq!(of(48_000), [58, 64, 66, 67]);
        assert_eq!(of(44_100), [104, 111, 113, 114]);
    }

    #[test]
    fn cuts_change_no_bit() {
        let input = plane(1.0, 1_500, sine(2_481.6, 48_000));
        for factor in FACTORS {
            let whole = run(48_000, factor, &input, 128);
            for cuts in [1, 7, 64, 127] {
                assert!(run(48_000, factor, &input, cuts) == whole, "{factor:?} cut at {cuts}");
            }
        }
    }

    #[test]
    fn two_channels_are_as_each_alone() {
        let alone = [997.0, 4_321.0].map(|hertz| plane(1.0, 700, sine(hertz, 48_000)));
        for factor in FACTORS {
            let mut both: Vec<f32> = alone[0].iter().zip(&alone[1]).flat_map(|(l, r)| [*l, *r]).collect();
            let mut way = Oversampler::new(48_000, factor, 2, 128);
            both.chunks_mut(2 * 100).for_each(|piece| way.run(piece, |_| {}));
            for (channel, input) in alone.iter().enumerate() {
                let out = run(48_000, factor, input, 128);
                assert!(both.iter().skip(channel).step_by(2).eq(&out), "{factor:?}");
            }
        }
    }

    #[test]
    fn what_is_made_above_the_nyquist_frequency_does_not_fold_back() {
        let mut way = Oversampler::new(48_000, Factor::X4, 1, 128);
        let mut phase = 0.0;
        let mut out = vec![0.0; 4_096];
        for piece in out.chunks_mut(128) {
            way.run(piece, |high| {
                for x in high {
                    *x = math::sin(TAU * phase) as f32;
                    phase = (phase + 25_000.0 / 192_000.0) % 1.0;
                }
            });
        }
        let loudest = out[512..].iter().fold(0.0, |a: f32, x| a.max(x.abs()));
        assert!(loudest < 2e-5, "{} dB", math::decibels(f64::from(loudest)));
    }
}
