//! What a reverb must be: lawful in its decay, wide, even in level, and the same for any cut of the stream.

use super::*;
use crate::{
    curve::{self, Curve, Point, Points, Scale},
    dsp::fft::{Complex, Fft},
    effect::Slot,
    effects::probe::{RATE, Run, run, run_as},
    params::Params,
    testing::{self, fall, lufs, peak, pink, plane},
};

/// What comes out when `input` goes in.
fn heard(slot: &Slot, input: [Vec<f32>; 2], how: &Run<'_>) -> [Vec<f32>; 2] {
    run_as(slot, &input, how).out.try_into().expect("two sides come out")
}

fn plainly(reverb: &Reverb, input: [Vec<f32>; 2]) -> [Vec<f32>; 2] {
    heard(&Slot::new(reverb.clone().into()), input, &Run::default())
}

/// An impulse on both sides.
fn impulse(seconds: f64, rate: u32) -> [Vec<f32>; 2] {
    let mut side = vec![0.0; Seconds(seconds).frames(rate).0 as usize];
    side[0] = 1.0;
    [side.clone(), side]
}

/// What an impulse at a place of the song becomes.
fn response(reverb: &Reverb, seconds: f64, rate: u32, start: i64) -> [Vec<f32>; 2] {
    let how = Run { rate, start, ..Run::default() };
    heard(&Slot::new(reverb.clone().into()), impulse(seconds, rate), &how)
}

fn noise(frames: usize, seed: u64) -> Vec<f32> {
    plane(0.5, frames, testing::noise(seed))
}

fn reverb(kind: Space, decay: f64) -> Reverb {
    Reverb { kind, decay: Seconds(decay), ..Reverb::default() }
}

/// A narrow band around a frequency: four band passes of Q 2 in a row, in topology-preserving form.
fn band(samples: &[f32], frequency: f64, rate: u32) -> Vec<f64> {
    let g = math::tan(0.5 * Hz(frequency).radians(rate));
    let first = 1.0 / (1.0 + g * (g + 0.5));
    let mut out: Vec<f64> = samples.iter().map(|x| f64::from(*x)).collect();
    for _ in 0..4 {
        let (mut s1, mut s2) = (0.0, 0.0);
        for x in &mut out {
            let v1 = first * (s1 + g * (*x - s2));
            let v2 = s2 + g * v1;
            (s1, s2) = (2.0 * v1 - s1, 2.0 * v2 - s2);
            *x = 0.5 * v1;
        }
    }
    out
}

/// Decay time over several impulses.
fn measured(responses: &[Vec<f32>], frequency: f64, rate: u32) -> f64 {
    let mut energy = vec![0.0; responses[0].len()];
    for response in responses {
        for (sum, x) in energy.iter_mut().zip(band(response, frequency, rate)) {
            *sum += x * x;
        }
    }
    fall(energy) / f64::from(rate)
}

#[test]
fn every_octave_decays_by_the_law_at_every_rate() {
    for (kind, decay, rate) in [
        (Space::Room, 0.8, 48_000),
        (Space::Plate, 1.2, 48_000),
        (Space::Hall, 1.6, 48_000),
        (Space::Chamber, 0.9, 48_000),
        (Space::Hall, 1.6, 44_100),
        (Space::Chamber, 0.9, 44_100),
        (Space::Hall, 1.6, 96_000),
        (Space::Chamber, 0.9, 96_000),
    ] {
        let reverb = reverb(kind, decay);
        let starts = [0, 700_001, 1_234_567];
        let all: Vec<Vec<f32>> =
            starts.iter().flat_map(|at| response(&reverb, 1.2 * decay, rate, *at)).collect();
        for octave in 0..6 {
            let frequency = 250.0 * f64::from(1 << octave);
            let ratio = measured(&all, frequency, rate) / reverb.law(rate).seconds(frequency);
            assert!((0.9..1.1).contains(&ratio), "{kind:?} at {rate} Hz, {frequency} Hz: {ratio} of the law");
        }
        let ratio = measured(&all, 1000.0, rate) / decay;
        assert!((0.9..1.1).contains(&ratio), "{kind:?} at {rate} Hz: {ratio} of its decay");
    }
}

#[test]
fn the_law_holds_decay_at_1_khz_and_damping_at_the_top() {
    let reverb = Reverb { damping: Auto(Some(Percent(75.0))), ..reverb(Space::Room, 2.0) };
    let law = reverb.law(RATE);
    assert!((law.seconds(1000.0) - 2.0).abs() < 1e-12);
    assert!((law.seconds(23_500.0) / law.seconds(300.0) - 0.4).abs() < 0.02);
}

#[test]
fn the_sides_differ_and_the_mono_sum_stands() {
    let kinds = [Space::Hall, Space::Room, Space::Plate, Space::Chamber];
    for (kind, rate) in kinds.into_iter().flat_map(|kind| [44_100, 48_000, 96_000].map(|rate| (kind, rate))) {
        let [left, right] = response(&reverb(kind, 1.0), 0.8, rate, 0);
        let of = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).skip(1000).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let (ll, rr, lr) = (of(&left, &left), of(&right, &right), of(&left, &right));
        let correlation = lr / math::sqrt(ll * rr);
        let loss = -10.0 * math::log10((ll + rr + 2.0 * lr) / (2.0 * (ll + rr)));
        let balance = 10.0 * math::log10(ll / rr);
        assert!(correlation.abs() < 0.3, "{kind:?} at {rate} Hz: correlation {correlation}");
        assert!(loss < 4.0, "{kind:?} at {rate} Hz: {loss} dB lost in mono");
        assert!(balance.abs() < 1.0, "{kind:?} at {rate} Hz: left over right {balance} dB");
    }
}

#[test]
fn loudness_follows_neither_kind_nor_decay_nor_size() {
    let frames = 4 * RATE as usize;
    let loudness = |sides: &[Vec<f32>; 2]| lufs(&sides[0][frames / 2..], &sides[1][frames / 2..], RATE);
    let dry = [1, 2].map(|seed| plane(0.05, frames, pink(seed)));
    let reference = loudness(&dry);
    for (kind, decay, size) in [
        (Space::Hall, 0.5, 100.0),
        (Space::Hall, 3.0, 150.0),
        (Space::Room, 0.4, 50.0),
        (Space::Room, 1.5, 100.0),
        (Space::Plate, 2.0, 100.0),
        (Space::Chamber, 0.8, 100.0),
    ] {
        let reverb = Reverb { size: Percent(size), ..reverb(kind, decay) };
        let change = loudness(&plainly(&reverb, dry.clone())) - reference;
        assert!(change.abs() < 1.1, "{kind:?}, {decay} s, {size} %: {change} LU");
    }
}

#[test]
fn no_cut_of_the_stream_changes_a_bit() {
    let reverb = Reverb { predelay: Ms(7.0), width: Percent(130.0), ..reverb(Space::Chamber, 0.7) };
    let mut slot = Slot::new(reverb.clone().into());
    for (name, from, to) in [("decay", 0.5, 3.0), ("diffusion", 100.0, 20.0), ("high_cut", 900.0, 9000.0)] {
        let point = |at, value| Point { at: Frames(at), value, shape: curve::Shape::Line };
        let line = Points::new(vec![point(1000, from), point(4000, to)], Scale::Even, RATE);
        slot.curves.push((Reverb::INFO.find(name).unwrap().1, Curve::Points(line)));
    }
    let input = [noise(6000, 3), noise(6000, 4)];
    for slot in [Slot::new(reverb.clone().into()), slot] {
        let cut = |most| heard(&slot, input.clone(), &Run { start: -37, most, ..Run::default() });
        let whole = cut(4096);
        for most in [1, 13, 77, 128] {
            assert!(cut(most) == whole, "pieces of {most}");
        }
    }
}

#[test]
fn predelay_is_exact_and_silence_stays_silent() {
    let first = |predelay| {
        let reverb = Reverb { predelay: Ms(predelay), ..reverb(Space::Hall, 1.0) };
        let [left, right] = plainly(&reverb, impulse(0.1, RATE));
        left.iter().zip(&right).position(|(l, r)| *l != 0.0 || *r != 0.0).unwrap()
    };
    assert_eq!(first(23.5), first(0.0) + 1128);
    let quiet = plainly(&reverb(Space::Hall, 1.0), [vec![0.0; 5000], vec![0.0; 5000]]);
    assert!(quiet.iter().flatten().all(|x| *x == 0.0));
}

#[test]
fn the_tail_is_told_and_extremes_stay_bounded() {
    let short = reverb(Space::Room, 0.2);
    let tail = short.tail(RATE).0 as usize;
    let mut sides = [noise(9600, 5), noise(9600, 6)];
    sides.iter_mut().for_each(|side| side.resize(9600 + tail + 4800, 0.0));
    let out = plainly(&short, sides);
    for side in &out {
        let late = peak(&side[9600 + tail..]);
        assert!(late < 3.2e-5, "{late} after the tail");
    }

    let long = Reverb {
        size: Percent(150.0),
        damping: Auto(Some(Percent(0.0))),
        early: Percent(200.0),
        width: Percent(200.0),
        ..reverb(Space::Hall, 30.0)
    };
    let out = plainly(&long, [noise(96_000, 7), noise(96_000, 8)]);
    assert!(out.iter().all(|side| peak(side) < 8.0));
}

#[test]
fn one_channel_hears_the_left_side() {
    let reverb = reverb(Space::Plate, 1.0);
    let [left, _] = plainly(&reverb, [noise(3000, 9), noise(3000, 9)]);
    let samples = run(reverb, &[noise(3000, 9)]).out.swap_remove(0);
    let off = samples.iter().zip(&left).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(off < 1e-6, "{off}");
}

/// How far the loudest frequency of a late second stands over its neighbours, in decibels.
///
/// The median that it stands over is taken from a wider band than the peak, as one at an edge would meet itself.
fn prominence(side: &[f32], from: usize, rate: u32) -> f64 {
    let size = (32_768 * rate as usize / 48_000).next_power_of_two();
    let mut data = Complex::zeros(size);
    for (i, x) in side[from..from + size].iter().enumerate() {
        let window = 0.5 - 0.5 * math::cos(std::f64::consts::TAU * i as f64 / size as f64);
        data.re[i] = window * f64::from(*x);
    }
    Fft::new(size).forward(&mut data, &mut Complex::zeros(size));
    let bin = |frequency: f64| (frequency * size as f64 / f64::from(rate)) as usize;
    let median = |k: usize| {
        let mut around: Vec<f64> = (k - 68..=k + 68).map(|k| data.power(k)).collect();
        around.sort_by(f64::total_cmp);
        around[68]
    };
    (bin(300.0)..bin(6000.0)).map(|k| 10.0 * math::log10(data.power(k) / median(k))).fold(0.0, f64::max)
}

#[test]
fn no_late_mode_rings_over_its_neighbours() {
    for (kind, decay, rate) in [
        (Space::Hall, 5.0, 48_000),
        (Space::Room, 1.5, 48_000),
        (Space::Plate, 4.0, 48_000),
        (Space::Chamber, 1.2, 48_000),
        (Space::Hall, 5.0, 44_100),
        (Space::Chamber, 1.2, 44_100),
        (Space::Hall, 5.0, 96_000),
        (Space::Chamber, 1.2, 96_000),
    ] {
        let from = Seconds(0.3 * decay).frames(rate).0 as usize;
        for side in &response(&reverb(kind, decay), 0.3 * decay + 0.8, rate, 0) {
            let found = prominence(side, from, rate);
            assert!(found < 18.0, "{kind:?} at {rate} Hz, {decay} s: {found} dB");
        }
    }
}
