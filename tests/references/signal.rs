//! What a rendered file holds, and what is measured of it: loudness by the meters of the product, spectra by plain periodograms.

use mixwright_nodes::{
    dsp::fft::{Complex, Fft},
    effect::Width,
    meter::program::{Program, ProgramReading},
};
use std::f64::consts::TAU;
use std::path::Path;

/// Frames of one periodogram: lines 1.5 Hz apart at 48 kHz.
const WINDOW: usize = 32_768;

/// Two channels of sound.
#[derive(Clone)]
pub(crate) struct Signal {
    rate: u32,
    channels: [Vec<f32>; 2],
}

impl Signal {
    /// What a file of 32-bit samples and two channels holds.
    pub(crate) fn read(file: &Path) -> Signal {
        let mut reader = hound::WavReader::open(file).unwrap();
        let spec = reader.spec();
        assert_eq!(spec.channels, 2, "{}", file.display());
        let samples: Vec<f32> = reader.samples::<f32>().map(Result::unwrap).collect();
        let channel = |side: usize| samples.iter().skip(side).step_by(2).copied().collect();
        Signal { rate: spec.sample_rate, channels: [channel(0), channel(1)] }
    }

    /// A part of it, in seconds.
    pub(crate) fn between(&self, start: f64, end: f64) -> Signal {
        let frame = |seconds: f64| (seconds * f64::from(self.rate)).round() as usize;
        let part = |channel: &Vec<f32>| channel[frame(start)..frame(end).min(channel.len())].to_vec();
        Signal { rate: self.rate, channels: [part(&self.channels[0]), part(&self.channels[1])] }
    }

    /// Both channels' mean, on both sides.
    pub(crate) fn folded(&self) -> Signal {
        let mean: Vec<f32> = self.channels[0]
            .iter()
            .zip(&self.channels[1])
            .map(|(left, right)| (left + right) / 2.0)
            .collect();
        Signal { rate: self.rate, channels: [mean.clone(), mean] }
    }

    /// What is left without a part of it.
    pub(crate) fn without(&self, other: &Signal) -> Signal {
        let less = |side: usize| {
            self.channels[side].iter().zip(&other.channels[side]).map(|(all, part)| all - part).collect()
        };
        Signal { rate: self.rate, channels: [less(0), less(1)] }
    }

    /// What the meters read.
    pub(crate) fn reading(&self) -> ProgramReading {
        let mut meter = Program::new(self.rate, Width::Stereo);
        meter.push(&self.channels[0], Some(&self.channels[1]));
        meter.reading()
    }

    /// Integrated loudness, in LUFS.
    pub(crate) fn loudness(&self) -> f64 {
        self.reading().loudness.integrated.expect("it sounds").0
    }

    /// The loudness that is lost on one loudspeaker, in LU.
    pub(crate) fn lost_in_mono(&self) -> f64 {
        self.loudness() - self.folded().loudness()
    }

    /// The larger of both channels' means.
    pub(crate) fn offset(&self) -> f64 {
        let mean =
            |channel: &Vec<f32>| channel.iter().map(|s| f64::from(*s)).sum::<f64>() / channel.len() as f64;
        mean(&self.channels[0]).abs().max(mean(&self.channels[1]).abs())
    }

    /// The power between two frequencies, in decibels of any reference that is the same for all signals.
    pub(crate) fn power(&self, from: f64, to: f64) -> f64 {
        let fft = Fft::new(WINDOW);
        let line = f64::from(self.rate) / WINDOW as f64;
        let lines = (from / line).ceil() as usize..((to / line).ceil() as usize).min(WINDOW / 2);
        let mut power = 0.0;
        for start in (0..self.channels[0].len().saturating_sub(WINDOW) + 1).step_by(WINDOW / 2) {
            let mut data = self.windowed(start);
            fft.forward(&mut data, &mut Complex::zeros(WINDOW));
            // The right channel rides on the imaginary part; both powers are in the sum of a line and its mirror.
            power += lines.clone().map(|k| data.power(k) + data.power((WINDOW - k) % WINDOW)).sum::<f64>();
        }
        10.0 * power.log10()
    }

    /// Hann's window over both channels, one as the real part, one as the imaginary part.
    fn windowed(&self, start: usize) -> Complex {
        let mut data = Complex::zeros(WINDOW);
        for k in 0..WINDOW {
            let hann = 0.5 - 0.5 * (TAU * k as f64 / WINDOW as f64).cos();
            let at = |side: usize| self.channels[side].get(start + k).map_or(0.0, |s| f64::from(*s) * hann);
            (data.re[k], data.im[k]) = (at(0), at(1));
        }
        data
    }

    /// How alike the sums of both channels are: 1 the same, -1 the same upside down.
    pub(crate) fn likeness(&self, other: &Signal) -> f64 {
        let sum = |signal: &Signal, k: usize| f64::from(signal.channels[0][k] + signal.channels[1][k]);
        let frames = self.channels[0].len().min(other.channels[0].len());
        let product = |a: &Signal, b: &Signal| (0..frames).map(|k| sum(a, k) * sum(b, k)).sum::<f64>();
        product(self, other) / (product(self, self) * product(other, other)).sqrt()
    }
}
