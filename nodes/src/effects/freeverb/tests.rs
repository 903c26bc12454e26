//! What Freeverb must be: what the published loop makes, sample by sample, at any rate, on the way and until silence.

use super::*;
use crate::{
    curve::{Curve, Point, Points, Scale, Shape},
    effect::Slot,
    effects::probe::{RATE, Run, run_as},
    params::Params,
    testing::{self, peak, plane, power},
};

/// What the parameters are at a frame, as shares.
#[derive(Clone, Copy)]
struct Shares {
    room: f64,
    damp: f64,
    width: f64,
}

/// A line as it is published, with the low pass of a comb.
struct Loop {
    samples: Vec<f64>,
    next: usize,
    low: f64,
}

impl Loop {
    fn new(frames: u32, rate: u32) -> Loop {
        let frames = (f64::from(frames * rate) / 44_100.0).round() as usize;
        Loop { samples: vec![0.0; frames], next: 0, low: 0.0 }
    }

    fn comb(&mut self, x: f64, feedback: f64, damping: f64) -> f64 {
        let y = self.samples[self.next];
        self.low = y * (1.0 - damping) + self.low * damping;
        self.put(x + self.low * feedback);
        y
    }

    fn all_pass(&mut self, x: f64) -> f64 {
        let y = self.samples[self.next];
        self.put(x + 0.5 * y);
        y - x
    }

    fn put(&mut self, x: f64) {
        self.samples[self.next] = x;
        self.next = (self.next + 1) % self.samples.len();
    }
}

/// The published loop, frame by frame in `f64`.
fn published(input: &[Vec<f32>; 2], rate: u32, shares: impl Fn(usize) -> Shares) -> [Vec<f64>; 2] {
    let lines = |frames: &[u32], side: u32| -> Vec<Loop> {
        frames.iter().map(|frames| Loop::new(frames + 23 * side, rate)).collect()
    };
    let mut combs = [0, 1].map(|side| lines(&[1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617], side));
    let mut all_passes = [0, 1].map(|side| lines(&[556, 441, 341, 225], side));
    let mut out = [Vec::new(), Vec::new()];
    for (f, (l, r)) in input[0].iter().zip(&input[1]).enumerate() {
        let Shares { room, damp, width } = shares(f);
        let enters = (f64::from(*l) + f64::from(*r)) * 0.015;
        let heard = [0, 1].map(|side| {
            let sum =
                combs[side].iter_mut().map(|comb| comb.comb(enters, 0.7 + 0.28 * room, 0.4 * damp)).sum();
            all_passes[side].iter_mut().fold(sum, |x, line| line.all_pass(x))
        });
        let (own, other) = (3.0 * (width / 2.0 + 0.5), 3.0 * ((1.0 - width) / 2.0));
        for side in 0..2 {
            out[side].push(own * heard[side] + other * heard[1 - side]);
        }
    }
    out
}

/// A burst of noise of full scale on both sides, and silence.
fn burst(noise: usize, silence: usize) -> [Vec<f32>; 2] {
    [11, 12].map(|seed| {
        let mut side = plane(1.0, noise, testing::noise(seed));
        side.resize(noise + silence, 0.0);
        side
    })
}

fn freeverb(room: f64, damp: f64, width: f64) -> Freeverb {
    Freeverb { room: Percent(room), damp: Percent(damp), width: Percent(width) }
}

fn heard(slot: &Slot, input: &[Vec<f32>], how: &Run<'_>) -> Vec<Vec<f32>> {
    run_as(slot, input, how).out
}

/// The largest difference of two sides.
fn off(out: &[Vec<f32>], right: &[Vec<f64>; 2]) -> f64 {
    let sides = out.iter().zip(right).flat_map(|(out, right)| out.iter().zip(right));
    sides.map(|(out, right)| (f64::from(*out) - right).abs()).fold(0.0, f64::max)
}

/// -110 dBFS.
const NOTHING: f64 = 3.2e-6;

#[test]
fn it_nulls_against_the_published_loop_at_every_rate() {
    for (rate, most) in
        [(8_000, 128), (11_025, 77), (44_100, 128), (48_000, 13), (96_000, 128), (384_000, 128)]
    {
        for (room, damp, width) in [(50.0, 50.0, 100.0), (100.0, 0.0, 30.0), (0.0, 100.0, 0.0)] {
            let input = burst(rate as usize / 4, rate as usize / 4);
            let slot = Slot::new(freeverb(room, damp, width).into());
            let out = heard(&slot, &input, &Run { rate, most, ..Run::default() });
            let shares = Shares { room: room / 100.0, damp: damp / 100.0, width: width / 100.0 };
            let right = published(&input, rate, |_| shares);
            let off = off(&out, &right);
            assert!(off < NOTHING, "{rate} Hz, {room} %, {damp} %, {width} %: {off}");
            assert!(peak(&out[0]) > 0.05, "{rate} Hz, {room} %, {damp} %: it sounds");
        }
    }
}

#[test]
fn curves_move_it_in_a_straight_line() {
    let input = burst(6000, 4000);
    let mut slot = Slot::new(Freeverb::default().into());
    for (name, from, to) in [("room", 20.0, 90.0), ("damp", 100.0, 0.0), ("width", 0.0, 100.0)] {
        let point = |at, value| Point { at: Frames(at), value, shape: Shape::Line };
        let line = Points::new(vec![point(1600, from), point(8000, to)], Scale::Even, RATE);
        slot.curves.push((Freeverb::INFO.find(name).unwrap().1, Curve::Points(line)));
    }
    let out = heard(&slot, &input, &Run::default());
    let right = published(&input, RATE, |f| {
        let along = ((f as f64 - 1600.0) / 6400.0).clamp(0.0, 1.0);
        Shares { room: 0.2 + 0.7 * along, damp: 1.0 - along, width: along }
    });
    let off = off(&out, &right);
    assert!(off < NOTHING, "{off}");
}

#[test]
fn no_cut_of_the_stream_changes_a_bit_where_lines_are_short() {
    let input = burst(1500, 1500);
    let slot = Slot::new(freeverb(80.0, 30.0, 70.0).into());
    let cut = |most| heard(&slot, &input, &Run { rate: 8_000, most, ..Run::default() });
    let whole = cut(4096);
    for most in [1, 13, 41, 77] {
        assert!(cut(most) == whole, "pieces of {most}");
    }
}

#[test]
fn one_channel_hears_the_left_side() {
    let [side, _] = burst(3000, 3000);
    let slot = Slot::new(Freeverb::default().into());
    let both = heard(&slot, &[side.clone(), side.clone()], &Run::default());
    assert!(heard(&slot, &[side], &Run::default())[0] == both[0]);
}

#[test]
fn at_no_width_it_is_mono() {
    let out = heard(&Slot::new(freeverb(50.0, 50.0, 0.0).into()), &burst(3000, 3000), &Run::default());
    assert!(out[0] == out[1]);
}

#[test]
fn lows_fall_in_the_time_that_the_manual_tells() {
    for (room, seconds) in [(0.0, 0.6), (50.0, 1.2), (100.0, 11.0)] {
        let frames = |seconds: f64| (seconds * f64::from(RATE)) as usize;
        let input = burst(frames(0.5), frames(seconds + 0.5));
        let out = heard(&Slot::new(freeverb(room, 100.0, 100.0).into()), &input, &Run::default());
        let level = |from: f64| 10.0 * math::log10(power(&out[0][frames(from)..][..frames(0.2)]));
        let fall = level(0.5 + 0.3 * seconds) - level(0.5 + 0.7 * seconds);
        let time = 60.0 * 0.4 * seconds / fall;
        assert!((0.9..1.1).contains(&(time / seconds)), "{room} %: {time} s");
    }
}

#[test]
fn what_decays_ends_in_silence() {
    let out = heard(&Slot::new(freeverb(0.0, 100.0, 100.0).into()), &burst(3000, 217_000), &Run::default());
    assert!(out.iter().all(|side| peak(&side[100_000..]) > 0.0));
    // Lines settle at -360 dB; all-passes that did not would sound on for a second.
    assert!(out.iter().all(|side| peak(&side[200_000..]) == 0.0));
}
