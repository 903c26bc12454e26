//! What the tests of this crate share: sounds to run through, and measures of what became of them.

use crate::{block::PIECE, dsp::math};
use rustfft::{FftPlanner, num_complex::Complex};
use std::f64::consts::TAU;
use std::ops::Range;

/// Numbers that look random, the same ones for a seed (Knuth's multiplier).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// From 0 up to 1.
    pub(crate) fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From -1 up to 1.
    pub(crate) fn swing(&mut self) -> f64 {
        2.0 * self.roll() - 1.0
    }
}

/// White noise of full scale.
pub(crate) fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut dice = Dice(seed);
    std::iter::repeat_with(move || dice.swing())
}

/// Pink noise by Kellet's sum of one-poles, within 0.05 dB from 10 Hz up.
pub(crate) fn pink(seed: u64) -> impl Iterator<Item = f64> {
    let poles = [
        (0.99886, 0.0555179),
        (0.99332, 0.0750759),
        (0.969, 0.153852),
        (0.8665, 0.3104856),
        (0.55, 0.5329522),
        (-0.7616, -0.016898),
    ];
    let (mut states, mut last) = ([0.0; 6], 0.0);
    noise(seed).map(move |white| {
        for (state, (pole, gain)) in states.iter_mut().zip(poles) {
            *state = pole * *state + gain * white;
        }
        let sum: f64 = states.iter().sum::<f64>() + last + 0.5362 * white;
        last = 0.115926 * white;
        sum
    })
}

/// A sine of full scale.
pub(crate) fn sine(hertz: f64, rate: u32) -> impl Iterator<Item = f64> {
    (0..).map(move |n| math::sin(TAU * (hertz * f64::from(n) / f64::from(rate)).fract()))
}

/// The first frames of a sound, brought to a peak.
pub(crate) fn plane(peak: f64, frames: usize, sound: impl Iterator<Item = f64>) -> Vec<f32> {
    sound.take(frames).map(|x| (peak * x) as f32).collect()
}

/// A walk through so many frames in pieces that end on every multiple of `most` and of [`PIECE`], as those of a render.
pub(crate) fn pieces(frames: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let after = move |at: usize| (at + PIECE - at % PIECE).min(at + most - at % most).min(frames);
    std::iter::successors(Some(0..after(0)), move |last| Some(last.end..after(last.end)))
        .take_while(|piece| !piece.is_empty())
}

/// The largest sample.
pub(crate) fn peak(plane: &[f32]) -> f32 {
    plane.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

/// The mean square.
pub(crate) fn power(plane: &[f32]) -> f64 {
    plane.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>() / plane.len() as f64
}

/// The power of what is found beside what is right, in decibels under what is right.
pub(crate) fn error(found_and_right: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (wrong, whole) = found_and_right.fold((0.0, 0.0), |(wrong, whole), (found, right)| {
        (wrong + (found - right) * (found - right), whole + right * right)
    });
    10.0 * math::log10(wrong / whole)
}

/// The spectrum of real samples, by a transform that is not ours.
pub(crate) fn spectrum(samples: impl Iterator<Item = f64>) -> Vec<Complex<f64>> {
    let mut bins: Vec<_> = samples.map(|x| Complex::new(x, 0.0)).collect();
    FftPlanner::new().plan_fft_forward(bins.len()).process(&mut bins);
    bins
}

/// The loudness of two channels in LUFS, by a meter that is not ours.
pub(crate) fn lufs(left: &[f32], right: &[f32], rate: u32) -> f64 {
    let mut meter = ebur128::EbuR128::new(2, rate, ebur128::Mode::I).expect("it takes this rate");
    meter.add_frames_planar_f32(&[left, right]).expect("the channels are as long as each other");
    meter.loudness_global().expect("it was asked to measure it")
}

/// Frames in which an energy falls by 60 dB: from the slope between -5 and -35 dB of its backward integral
/// (Schroeder 1965).
pub(crate) fn fall(mut energy: Vec<f64>) -> f64 {
    (1..energy.len()).rev().for_each(|i| energy[i - 1] += energy[i]);
    let place = |decibels: f64| {
        let level = energy[0] * math::gain(2.0 * decibels);
        energy.iter().position(|left| *left < level).expect("it decays so far") as f64
    };
    2.0 * (place(-35.0) - place(-5.0))
}
