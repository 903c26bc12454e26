//! What a convolution must be: the same as the plain sum, late by one partition, and even in loudness.

use super::*;
use crate::{
    block::{Block, PIECE, Shape},
    dsp::{
        fft::{Complex, Fft},
        math,
    },
    effect::Sound,
};
use std::sync::Arc;

const RATE: u32 = 48_000;

fn noise(frames: usize, mut seed: u32) -> Vec<f32> {
    std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(seed) / f64::from(u32::MAX) - 0.5) as f32
    })
    .take(frames)
    .collect()
}

fn seen(channels: Vec<Vec<f32>>) -> Seen {
    let sound = Arc::new(Sound { file_rate: RATE, channels });
    Seen { sounds: [("space.wav".to_owned(), sound)].into() }
}

fn raw() -> Convolve {
    Convolve { file: "space.wav".into(), raw: true, trim: false, ..Convolve::default() }
}

/// What comes out when `input` goes in at a place of the song, in pieces of at most so many frames.
fn heard(convolve: &Convolve, seen: &Seen, input: &[Vec<f32>], at: i64, block: usize) -> Vec<Vec<f32>> {
    let setup = Setup { rate: RATE, channels: input.len(), strips: 1, moves: false };
    let mut kernel = convolve.prepare(&setup, seen);
    kernel.tune(convolve, Aim { strip: 0, rate: RATE, over: 0 });
    let frames = input[0].len();
    let mut data = input.concat();
    let mut spare = [0.0; PIECE];
    let mut done = 0;
    while done < frames {
        let piece = block.min(PIECE - done % PIECE).min(frames - done);
        let settles = (done + piece).is_multiple_of(PIECE);
        let shape = Shape { channels: input.len(), lanes: 1, frames: piece, settles };
        kernel.process(&mut Io {
            audio: Block::new(&mut data[done..], frames, shape),
            keys: &[],
            controls: &[],
            spare: Block::new(&mut spare, PIECE, Shape { channels: 1, ..shape }),
            at: Frames(at + done as i64),
        });
        done += piece;
    }
    data.chunks(frames).map(<[f32]>::to_vec).collect()
}

/// The plain sum at some places.
fn summed(x: &[f32], h: &[f32], place: usize) -> f64 {
    (0..h.len().min(place + 1)).map(|i| f64::from(h[i]) * f64::from(x[place - i])).sum()
}

#[test]
fn four_channels_agree_with_the_plain_sum() {
    let responses: Vec<Vec<f32>> = (0..4).map(|i| noise(20_000 - 5000 * i, 10 + i as u32)).collect();
    let input = [noise(45_000, 1), noise(45_000, 2)];
    let out = heard(&raw(), &seen(responses.clone()), &input, 1000, PIECE);
    let (mut wrong, mut whole) = (0.0, 0.0);
    for place in (0..36_000).step_by(211) {
        for to in 0..2 {
            let plain =
                summed(&input[0], &responses[to], place) + summed(&input[1], &responses[2 + to], place);
            let found = f64::from(out[to][place + PARTITION]);
            wrong += (found - plain) * (found - plain);
            whole += plain * plain;
        }
    }
    let error = 10.0 * math::log10(wrong / whole);
    assert!(error < -140.0, "{error} dB");
}

#[test]
fn an_impulse_for_a_response_is_the_latency() {
    let input = [noise(30_000, 1), noise(30_000, 2)];
    for files in [vec![vec![1.0]], vec![vec![1.0], vec![1.0]]] {
        let out = heard(&raw(), &seen(files), &input, 0, PIECE);
        for channel in 0..2 {
            assert!(out[channel][..PARTITION].iter().all(|x| *x == 0.0));
            for (y, x) in out[channel][PARTITION..].iter().zip(&input[channel]) {
                assert!((y - x).abs() < 1e-7);
            }
        }
    }
}

#[test]
fn no_cut_of_the_stream_changes_a_bit() {
    let seen = seen(vec![noise(9000, 5), noise(9000, 6)]);
    let input = [noise(20_000, 1), noise(20_000, 2)];
    let convolve = Convolve { predelay: Ms(3.0), raw: false, ..raw() };
    let whole = heard(&convolve, &seen, &input, -1234, PIECE);
    for block in [1, 37, 100] {
        assert!(heard(&convolve, &seen, &input, -1234, block) == whole, "blocks of {block}");
    }
}

/// White noise that falls by 60 dB in so many seconds.
fn falling(seconds: f64, seed: u32) -> Vec<f32> {
    let frames = Seconds(1.2 * seconds).frames(RATE).0 as usize;
    let fall = |(i, x): (usize, f32)| {
        (f64::from(x) * math::gain(-60.0 * Frames(i as i64).seconds(RATE) / seconds)) as f32
    };
    noise(frames, seed).into_iter().enumerate().map(fall).collect()
}

/// Noise with as much power in each octave, by its spectrum.
fn pink(frames: usize, seed: u32) -> Vec<f32> {
    let size = frames.next_power_of_two();
    let fft = Fft::new(size);
    let mut data = Complex::zeros(size);
    data.re = noise(size, seed).into_iter().map(f64::from).collect();
    let mut spare = Complex::zeros(size);
    fft.forward(&mut data, &mut spare);
    for k in 0..size {
        let gain = 1.0 / math::sqrt(k.min(size - k).max(size / 2400) as f64 * size as f64);
        data.re[k] *= gain;
        data.im[k] *= gain;
    }
    fft.inverse(&mut data, &mut spare);
    data.re[..frames].iter().map(|x| (0.1 * x) as f32).collect()
}

#[test]
fn loudness_stays_whatever_the_response() {
    let frames = 5 * RATE as usize;
    let loudness = |sides: &[Vec<f32>]| {
        let mut meter = ebur128::EbuR128::new(2, RATE, ebur128::Mode::I).unwrap();
        meter.add_frames_planar_f32(&[&sides[0][frames / 2..], &sides[1][frames / 2..]]).unwrap();
        meter.loudness_global().unwrap()
    };
    let dry = [pink(frames, 1), pink(frames, 2)];
    let convolve = Convolve { raw: false, trim: true, ..raw() };
    for channels in [1, 2, 4] {
        let files = (0..channels).map(|i| falling(0.4 + 0.2 * f64::from(i), 20 + i)).collect();
        let change = loudness(&heard(&convolve, &seen(files), &dry, 0, PIECE)) - loudness(&dry);
        assert!(change.abs() < 0.5, "{channels} channels: {change} LU");
    }
}

#[test]
fn trimming_takes_silence_and_keeps_the_sound() {
    let mut file = vec![0.0; 4800];
    file.extend(falling(0.3, 7));
    file.resize(96_000, 0.0);
    let sound = Sound { file_rate: RATE, channels: vec![file.clone()] };
    let paths = response::paths(&Convolve { trim: true, ..raw() }, &sound, RATE);
    let kept = &paths[0].response;
    assert!((18_000..18_400).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept[24] as f32, file[4800]);
}

#[test]
fn the_rate_of_the_file_changes_no_level() {
    let sound = Sound { file_rate: 96_000, channels: vec![vec![0.25; 100]] };
    assert_eq!(response::paths(&raw(), &sound, RATE)[0].response[7], 0.5);
}

/// Seconds in which a response falls by 60 dB, from the slope between -5 and -35 dB of its backward integral.
fn fall(response: &[f64]) -> f64 {
    let mut left: Vec<f64> = response.iter().map(|x| x * x).collect();
    (1..left.len()).rev().for_each(|i| left[i - 1] += left[i]);
    let place = |decibels: f64| left.iter().position(|l| *l < left[0] * math::gain(2.0 * decibels)).unwrap();
    2.0 * (place(-35.0) - place(-5.0)) as f64 / f64::from(RATE)
}

#[test]
fn decay_shortens_the_fall_and_keeps_the_onset() {
    // A pause before the sound is no part of its fall.
    let mut file = vec![0.0; 9600];
    file.extend(falling(1.0, 7));
    let sound = Sound { file_rate: RATE, channels: vec![file] };
    let response = |decay| {
        let convolve = Convolve { decay: Percent(decay), ..raw() };
        response::paths(&convolve, &sound, RATE).swap_remove(0).response
    };
    let whole = response(100.0);
    assert!((fall(&whole) - 1.0).abs() < 0.04, "{} s", fall(&whole));
    for decay in [50.0, 25.0] {
        let short = response(decay);
        let ratio = fall(&short) / (0.01 * decay);
        assert!((ratio - 1.0).abs() < 0.06, "{decay} %: {ratio} of the time asked for");
        for (a, b) in whole[9600..9620].iter().zip(&short[9600..9620]) {
            assert!((a - b).abs() <= 0.02 * a.abs(), "{decay} %: {a} became {b}");
        }
    }
}

#[test]
fn decay_changes_nothing_of_a_single_impulse() {
    let sound = Sound { file_rate: RATE, channels: vec![vec![0.0, 0.5, 0.0]] };
    let paths = response::paths(&Convolve { decay: Percent(20.0), ..raw() }, &sound, RATE);
    assert_eq!(paths[0].response, [0.0, 0.5, 0.0]);
}
