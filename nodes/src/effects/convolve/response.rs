//! From a file's samples to responses: trimmed, brought to a level, and laid along the ways from input to output.

use super::Convolve;
use crate::{
    dsp::{
        convolver::Path,
        fft::{Complex, Fft},
        math,
    },
    effect::Sound,
    meter::weighting::power_at,
    unit::Ms,
};
use std::f64::consts::PI;

/// What is heard before the first sample above -40 dB of the peak, when trimmed.
const LEAD: Ms = Ms(0.5);
/// Length of the fade at the end of a cut response.
const FADE: Ms = Ms(20.0);

/// The ways from inputs to outputs of a file at the song's rate: one channel plays on both sides, two play left and
/// right, four are left to left, left to right, right to left, right to right.
pub(super) fn paths(convolve: &Convolve, sound: &Sound, rate: u32) -> Vec<Path> {
    // A response is a density in time: its sum, not its samples, stays when the rate changes.
    let density = f64::from(sound.file_rate) / f64::from(rate);
    let mut channels: Vec<Vec<f64>> = sound
        .channels
        .iter()
        .map(|channel| channel.iter().map(|x| density * f64::from(*x)).collect())
        .collect();
    if convolve.trim {
        trim(&mut channels, rate);
    }
    hasten(&mut channels, convolve.decay.factor());
    shorten(&mut channels, convolve.longest.frames(rate).0 as usize, rate);
    let ways: &[(usize, usize, usize)] = match channels.len() {
        0 => &[],
        1 => &[(0, 0, 0), (0, 1, 1)],
        2 | 3 => &[(0, 0, 0), (1, 1, 1)],
        _ => &[(0, 0, 0), (1, 0, 1), (2, 1, 0), (3, 1, 1)],
    };
    let mut paths: Vec<Path> = ways
        .iter()
        .map(|&(channel, from, to)| Path { from, to, response: channels[channel].clone() })
        .collect();
    let level = if convolve.raw { 1.0 } else { evened(&paths, rate) };
    paths.iter_mut().flat_map(|path| &mut path.response).for_each(|x| *x *= level);
    paths
}

/// Cuts silence off the head and what lies 100 dB under the whole off the tail.
fn trim(channels: &mut [Vec<f64>], rate: u32) {
    let Some(first) = onset(channels) else { return };
    let head = first.saturating_sub(LEAD.frames(rate).0 as usize);
    let end = left(channels).iter().rposition(|left| *left > 1e-10).filter(|end| *end >= head);
    for channel in channels.iter_mut() {
        channel.drain(..head.min(channel.len()));
    }
    shorten(channels, end.map_or(0, |end| end + 1 - head) + FADE.frames(rate).0 as usize, rate);
}

/// The first frame above -40 dB of the peak.
fn onset(channels: &[Vec<f64>]) -> Option<usize> {
    let peak = channels.iter().flatten().fold(0.0, |peak: f64, x| peak.max(x.abs()));
    let first = |channel: &Vec<f64>| channel.iter().position(|x| x.abs() > 0.01 * peak);
    channels.iter().filter_map(first).min()
}

/// The share of the whole energy that is left from each frame on (Schroeder 1965).
fn left(channels: &[Vec<f64>]) -> Vec<f64> {
    let length = channels.iter().map(Vec::len).max().unwrap_or(0);
    let power = |i: usize| -> f64 { channels.iter().filter_map(|c| c.get(i)).map(|x| x * x).sum() };
    let mut left: Vec<f64> = (0..length).map(power).collect();
    for i in (1..length).rev() {
        left[i - 1] += left[i];
    }
    let whole = left.first().copied().unwrap_or(0.0);
    left.iter_mut().for_each(|energy| *energy /= whole.max(f64::MIN_POSITIVE));
    left
}

/// Lets the response fall in a share of its time: by `(1 / share - 1)` times what it falls by itself.
fn hasten(channels: &mut [Vec<f64>], share: f64) {
    let Some(first) = onset(channels).filter(|_| share < 1.0) else { return };
    let left = left(channels);
    let place =
        |decibels: f64| left.iter().position(|l| *l < math::gain(2.0 * decibels)).unwrap_or(left.len());
    // Its own fall of 60 dB, by the slope from -5 to -35 dB (ISO 3382-1).
    let frames = 2.0 * (place(-35.0) - place(-5.0)) as f64;
    if frames == 0.0 {
        return;
    }
    let fall = -60.0 * (1.0 / share - 1.0) / frames;
    for channel in channels {
        for (i, x) in channel.iter_mut().skip(first).enumerate() {
            *x *= math::gain(fall * i as f64);
        }
    }
}

/// Cuts off what lies beyond a length, with half a cosine as the fade.
fn shorten(channels: &mut [Vec<f64>], length: usize, rate: u32) {
    for channel in channels.iter_mut().filter(|channel| channel.len() > length) {
        channel.truncate(length);
        let fade = (FADE.frames(rate).0 as usize).min(length);
        for (i, x) in channel[length - fade..].iter_mut().enumerate() {
            *x *= 0.5 + 0.5 * math::cos(PI * (i as f64 + 0.5) / fade as f64);
        }
    }
}

/// The factor that keeps the K-weighted power of pink noise through the paths: that of both outputs together, when both
/// inputs hear noise of their own.
fn evened(paths: &[Path], rate: u32) -> f64 {
    let powers = powers(paths);
    let (mut passed, mut whole) = (0.0, 0.0);
    for (k, power) in powers.iter().enumerate().skip(1) {
        let frequency = (k * rate as usize) as f64 / (2 * powers.len()) as f64;
        if (20.0..20_000.0).contains(&frequency) {
            let weight = power_at(frequency) / frequency;
            passed += power * weight;
            whole += paths.len() as f64 * weight;
        }
    }
    // Every output hears as many paths as there are inputs to it; `whole` has counted each of them.
    let inputs = paths.iter().filter(|path| path.to == 0).count().max(1) as f64;
    if passed > 0.0 { math::sqrt(whole / (inputs * passed)) } else { 1.0 }
}

/// The power of all paths together at each frequency below half the rate.
fn powers(paths: &[Path]) -> Vec<f64> {
    let longest = paths.iter().map(|path| path.response.len()).max().unwrap_or(0);
    let fft = Fft::new((2 * longest).next_power_of_two().max(4096));
    let mut powers = vec![0.0; fft.size() / 2];
    let mut spare = Complex::zeros(fft.size());
    // Two at once: both their powers are in the mean of a bin and its mirror.
    for pair in paths.chunks(2) {
        let mut data = Complex::zeros(fft.size());
        for (part, path) in [&mut data.re, &mut data.im].into_iter().zip(pair) {
            part[..path.response.len()].copy_from_slice(&path.response);
        }
        fft.forward(&mut data, &mut spare);
        for (k, power) in powers.iter_mut().enumerate().skip(1) {
            *power += 0.5 * (data.power(k) + data.power(fft.size() - k));
        }
    }
    powers
}
