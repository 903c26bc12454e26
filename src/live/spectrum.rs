//! The third octaves of a whole sound.

use mixwright_engine::{files::FileError, render::take::Sound};
use mixwright_nodes::dsp::{
    fft::{Complex, Fft},
    math,
};
use std::f64::consts::TAU;

/// Frames of a window: its bins tell 25 Hz from 31.5 Hz at 48 kHz.
const SIZE: usize = 1 << 14;

/// Windows that are heard at most, spread evenly: an hour's spectrum takes no longer than that of five minutes.
const WINDOWS: usize = 1000;

/// The bands from 20 Hz to 20 kHz, by their number from 1 kHz.
const BANDS: std::ops::RangeInclusive<i32> = -17..=13;

/// The level of nothing.
pub(super) const NOTHING: f64 = -150.0;

/// A band and the level of both channels in it against a full-scale sine in one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Band {
    pub(super) hertz: f64,
    /// In decibels, at least [`NOTHING`].
    pub(super) level: f64,
}

/// The bands of a sound.
///
/// # Errors
/// If it cannot be read.
pub(super) fn bands(sound: &Sound, rate: u32) -> Result<Vec<Band>, FileError> {
    let fft = Fft::new(SIZE);
    let window: Vec<f64> = (0..SIZE).map(|n| 0.5 - 0.5 * math::cos(TAU * n as f64 / SIZE as f64)).collect();
    let mut powers = vec![0.0; SIZE / 2];
    let hop = (sound.frames() / WINDOWS).max(SIZE / 2);
    let mut windows = 0;
    let (mut data, mut spare) = (Complex::zeros(SIZE), Complex::zeros(SIZE));
    // What is shorter than a window is heard as it is; else only whole ones count.
    let last = sound.frames().saturating_sub(SIZE);
    for from in (0..=last).step_by(hop) {
        // Both channels at once, one as the imaginary part: their powers come apart from each other's mirror image.
        let [left, right] = sound.planes(from, SIZE)?;
        for (plane, samples) in [(&mut data.re, left), (&mut data.im, right)] {
            plane.fill(0.0);
            for (to, (x, weight)) in plane.iter_mut().zip(samples.iter().zip(&window)) {
                *to = f64::from(*x) * weight;
            }
        }
        fft.forward(&mut data, &mut spare);
        for bin in 1..SIZE / 2 {
            powers[bin] += 0.5 * (data.power(bin) + data.power(SIZE - bin));
        }
        windows += 1;
    }
    // A full-scale sine has the power of a half; a Hann window leaves three eighths of it.
    let full = 0.5 * 0.375 * (SIZE * SIZE) as f64 / 2.0 * f64::from(windows.max(1));
    let width = f64::from(rate) / SIZE as f64;
    let band = |number: i32| {
        let hertz = math::power(10.0, 3.0 + f64::from(number) / 10.0);
        let edge = math::power(10.0, 0.05);
        let power = between(&powers, hertz / edge / width, hertz * edge / width) / full;
        Band { hertz, level: (0.5 * math::decibels(power.max(1e-30))).max(NOTHING) }
    };
    Ok(BANDS.map(band).filter(|band| band.hertz < f64::from(rate) / 2.25).collect())
}

/// The power between two places among bins, each of which reaches half a bin to both sides.
fn between(powers: &[f64], from: f64, to: f64) -> f64 {
    let (first, last) = ((from + 0.5) as usize, (to + 0.5) as usize);
    let share = |bin: usize| (to.min(bin as f64 + 0.5) - from.max(bin as f64 - 0.5)).max(0.0);
    (first..=last.min(powers.len() - 1)).map(|bin| powers[bin] * share(bin)).sum()
}
