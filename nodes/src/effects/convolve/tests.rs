//! What a convolution must be: the same as the plain sum, late by one partition, and even in loudness.

use super::*;
use crate::{
    block::PIECE,
    dsp::math,
    effect::{Slot, Sound},
    effects::probe::{RATE, Run, run_as},
    testing::{self, fall, lufs, pink, plane},
};
use std::sync::Arc;

fn noise(frames: usize, seed: u64) -> Vec<f32> {
    plane(0.5, frames, testing::noise(seed))
}

fn seen(channels: Vec<Vec<f32>>) -> Seen {
    let sound = Arc::new(Sound { file_rate: RATE, channels });
    Seen { sounds: [("space.wav".to_owned(), sound)].into() }
}

fn raw() -> Convolve {
    Convolve { file: "space.wav".into(), raw: true, trim: false, ..Convolve::default() }
}

/// What comes out when `input` goes in at a place of the song, in pieces of at most so many frames.
fn heard(convolve: &Convolve, seen: &Seen, input: &[Vec<f32>], start: i64, most: usize) -> Vec<Vec<f32>> {
    let how = Run { start, most, seen: seen.clone(), ..Run::default() };
    run_as(&Slot::new(convolve.clone().into()), input, &how).out
}

/// The plain sum at some places.
fn summed(x: &[f32], h: &[f32], place: usize) -> f64 {
    (0..h.len().min(place + 1)).map(|i| f64::from(h[i]) * f64::from(x[place - i])).sum()
}

#[test]
fn four_channels_agree_with_the_plain_sum() {
    let responses: Vec<Vec<f32>> = (0..4).map(|i| noise(20_000 - 5000 * i, 10 + i as u64)).collect();
    let input = [noise(45_000, 1), noise(45_000, 2)];
    let out = heard(&raw(), &seen(responses.clone()), &input, 1000, PIECE);
    let places = (0..36_000).step_by(211).flat_map(|place| [(place, 0), (place, 1)]);
    let error = testing::error(places.map(|(place, to)| {
        let plain = summed(&input[0], &responses[to], place) + summed(&input[1], &responses[2 + to], place);
        (f64::from(out[to][place + PARTITION]), plain)
    }));
    assert!(error < -130.0, "{error} dB");
}

#[test]
fn an_impulse_for_a_response_is_the_latency() {
    let input = [noise(30_000, 1), noise(30_000, 2)];
    for files in [vec![vec![1.0]], vec![vec![1.0], vec![1.0]]] {
        let out = heard(&raw(), &seen(files), &input, 0, PIECE);
        for channel in 0..2 {
            assert!(out[channel][..PARTITION].iter().all(|x| *x == 0.0));
            for (y, x) in out[channel][PARTITION..].iter().zip(&input[channel]) {
                assert!((y - x).abs() < 1e-6);
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
fn falling(seconds: f64, seed: u64) -> Vec<f32> {
    let frames = Seconds(1.2 * seconds).frames(RATE).0 as usize;
    let fall = |(i, x): (usize, f32)| {
        (f64::from(x) * math::gain(-60.0 * Frames(i as i64).seconds(RATE) / seconds)) as f32
    };
    noise(frames, seed).into_iter().enumerate().map(fall).collect()
}

#[test]
fn loudness_stays_whatever_the_response() {
    let frames = 5 * RATE as usize;
    let loudness = |sides: &[Vec<f32>]| lufs(&sides[0][frames / 2..], &sides[1][frames / 2..], RATE);
    let dry = [1, 2].map(|seed| plane(0.05, frames, pink(seed)));
    let convolve = Convolve { raw: false, trim: true, ..raw() };
    for channels in [1, 2, 4] {
        let files = (0..channels).map(|i| falling(0.4 + 0.2 * i as f64, 20 + i)).collect();
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
    let fall = |response: &[f64]| fall(response.iter().map(|x| x * x).collect()) / f64::from(RATE);
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
