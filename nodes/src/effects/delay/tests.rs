//! What echoes must be: in time, at their levels, on their sides, and the same for any cut of the stream.

use super::*;
use crate::{
    block::PIECE,
    curve::{self, Curve, Point, Points, Scale},
    effect::Slot,
    effects::probe::{RATE, Run, run_as},
    params::Params,
    testing::{self, peak, plane, power},
};

/// What comes out when `input` goes in, in pieces of so many frames.
fn heard(delay: &Delay, curve: Option<(&str, Curve)>, input: &[Vec<f32>], most: usize) -> Vec<Vec<f32>> {
    let mut slot = Slot::new(delay.clone().into());
    slot.curves.extend(curve.map(|(name, curve)| (Delay::INFO.find(name).unwrap().1, curve)));
    run_as(&slot, input, &Run { most, ..Run::default() }).out
}

fn impulse(frames: usize) -> Vec<f32> {
    let mut samples = vec![0.0; frames];
    samples[0] = 1.0;
    samples
}

fn sine(frequency: f64, frames: usize) -> Vec<f32> {
    plane(1.0, frames, testing::sine(frequency, RATE))
}

fn stepped(from: f64, to: f64, at: i64) -> Curve {
    let point = |at, value| Point { at: Frames(at), value, shape: curve::Shape::Step };
    Curve::Points(Points::new(vec![point(0, from), point(at, to)], Scale::Even, RATE))
}

#[test]
fn echo_n_comes_after_n_times_at_the_power_n() {
    let delay = Delay { time: Ms(10.0), feedback: Percent(70.0), ..Delay::default() };
    let out = heard(&delay, None, &[impulse(6000), vec![0.0; 6000]], PIECE);
    let mut level = 1.0;
    for (i, x) in out[0].iter().enumerate() {
        if i > 0 && i.is_multiple_of(480) {
            assert!((f64::from(*x) - level).abs() < 1e-6, "echo at {i}: {x}");
            level *= 0.7;
        } else {
            assert_eq!(*x, 0.0);
        }
    }
    assert!(out[1].iter().all(|x| *x == 0.0));
}

#[test]
fn ping_pong_goes_from_side_to_side() {
    let delay = Delay { time: Ms(5.0), feedback: Percent(50.0), ping_pong: true, ..Delay::default() };
    let out = heard(&delay, None, &[impulse(1500), impulse(1500)], PIECE);
    for (echo, level) in [1.0, 0.5, 0.25, 0.125].into_iter().enumerate() {
        let place = 240 * (echo + 1);
        assert_eq!([out[echo % 2][place], out[1 - echo % 2][place]], [level, 0.0]);
    }
}

#[test]
fn a_time_between_frames_is_met() {
    let delay = Delay { time: Ms(20.007), feedback: Percent(0.0), ..Delay::default() };
    for frequency in [440.0, 5000.0, 16_000.0] {
        let out = heard(&delay, None, &[sine(frequency, 6000)], PIECE);
        let right = |i: usize| math::sin(Hz(frequency).radians(RATE) * (i as f64 - 20.007 * 48.0));
        let error = testing::error((2000..6000).map(|i| (f64::from(out[0][i]), right(i))));
        assert!(error < -88.0, "{frequency} Hz: {error} dB");
    }
}

#[test]
fn many_echoes_between_frames_keep_their_highs() {
    let delay = Delay { time: Ms(10.007), feedback: Percent(90.0), ..Delay::default() };
    let mut burst = sine(15_000.0, 6000);
    burst[300..].fill(0.0);
    let out = heard(&delay, None, &[burst], PIECE);
    let level = |echo: f64| {
        let start = (echo * 10.007 * 48.0) as usize + 50;
        10.0 * math::log10(2.0 * power(&out[0][start..start + 200]))
    };
    for echo in [1.0, 5.0, 10.0] {
        let right = 20.0 * math::log10(0.9) * (echo - 1.0);
        assert!((level(echo) - right).abs() < 0.1, "echo {echo}: {} dB, not {right}", level(echo));
    }
}

#[test]
fn a_step_fades_and_lands_at_the_new_time() {
    let delay = Delay { feedback: Percent(0.0), ..Delay::default() };
    let input = sine(500.0, 16_000);
    let out = heard(&delay, Some(("time", stepped(20.0, 100.5, 6400))), std::slice::from_ref(&input), PIECE);
    // 5 ms of the step, then 50 ms of fade.
    for i in 10_000..16_000 {
        assert!((out[0][i] - input[i - 4824]).abs() < 1e-4, "{i}");
    }
    let steepest = out[0][5000..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.1, "a click of {steepest}");
}

#[test]
fn no_cut_of_the_stream_changes_a_bit() {
    let delay = Delay {
        time: Ms(13.3),
        feedback: Percent(80.0),
        low_cut: Hz(200.0),
        high_cut: Hz(4000.0),
        modulate: Percent(60.0),
        ..Delay::default()
    };
    let driven = Delay { drive: Db(15.0), time: Ms(6.0), ..delay.clone() };
    let input = [sine(333.0, 6000), sine(777.0, 6000)];
    for curve in [None, Some(("time", stepped(6.0, 1.0, 1001)))] {
        let whole = heard(&driven, curve.clone(), &input, PIECE);
        for block in [1, 13, 77] {
            assert!(heard(&driven, curve.clone(), &input, block) == whole, "driven, in blocks of {block}");
        }
    }
    for curve in
        [None, Some(("time", stepped(13.3, 40.0, 1001))), Some(("high_cut", stepped(20_000.0, 900.0, 999)))]
    {
        let whole = heard(&delay, curve.clone(), &input, PIECE);
        for block in [1, 13, 77] {
            assert!(heard(&delay, curve.clone(), &input, block) == whole, "blocks of {block}");
        }
    }
}

/// A sine that swells and fades.
fn burst(frequency: f64, peak: f32, frames: usize) -> Vec<f32> {
    let swell = |i: usize| 0.5 - 0.5 * math::cos(TAU * i as f64 / 2000.0) as f32;
    let sine = sine(frequency, frames).into_iter().enumerate();
    sine.map(|(i, x)| if i < 2000 { peak * x * swell(i) } else { 0.0 }).collect()
}

#[test]
fn drive_leaves_quiet_echoes_where_and_as_they_are() {
    for (time, modulate) in [(20.0, 0.0), (20.007, 0.0), (20.0, 50.0)] {
        let clean = Delay {
            time: Ms(time),
            feedback: Percent(80.0),
            modulate: Percent(modulate),
            ..Delay::default()
        };
        let driven = Delay { drive: Db(12.0), ..clean.clone() };
        let input = [burst(1000.0, 0.01, 9000), burst(300.0, 0.01, 9000)];
        let (clean, driven) = (heard(&clean, None, &input, PIECE), heard(&driven, None, &input, PIECE));
        for (a, b) in clean.iter().flatten().zip(driven.iter().flatten()) {
            assert!((a - b).abs() < 2e-5, "{time} ms, {modulate} %: {a} or {b}");
        }
    }
}

#[test]
fn drive_bends_loud_echoes_by_the_curve() {
    let delay = Delay { time: Ms(20.0), feedback: Percent(0.0), drive: Db(12.0), ..Delay::default() };
    let input = plane(0.8, 6000, testing::sine(100.0, RATE));
    let out = heard(&delay, None, std::slice::from_ref(&input), PIECE);
    let hardness = Db(12.0).gain() - 1.0;
    for i in 3000..6000 {
        let x = f64::from(input[i - 960]);
        let bent = libm::tanh(hardness * x) / hardness;
        assert!((f64::from(out[0][i]) - bent).abs() < 1e-4, "{i}: {} for {bent}", out[0][i]);
    }
}

#[test]
fn each_round_of_the_loop_bends_again() {
    let delay = Delay { time: Ms(50.0), feedback: Percent(95.0), drive: Db(18.0), ..Delay::default() };
    let out = heard(&delay, None, &[burst(500.0, 0.9, 14_000)], PIECE);
    let peak = |echo: usize| peak(&out[0][2400 * echo..2400 * echo + 2000]);
    let hardness = Db(18.0).gain() - 1.0;
    let mut right = 0.9;
    for echo in 1..5 {
        right = libm::tanh(hardness * right) / hardness;
        assert!(
            (f64::from(peak(echo)) - right).abs() < 0.01 * right,
            "echo {echo}: {} for {right}",
            peak(echo)
        );
        right *= 0.95;
    }
}

#[test]
fn drive_needs_four_milliseconds() {
    let delay = Delay { time: Ms(3.9), drive: Db(6.0), ..Delay::default() };
    assert!(delay.check().unwrap_err().contains("4 ms"));
    assert_eq!(Delay { drive: Db(0.0), ..delay }.check(), Ok(()));
}

#[test]
fn the_tail_is_told() {
    let delay =
        Delay { time: Ms(15.0), feedback: Percent(60.0), modulate: Percent(100.0), ..Delay::default() };
    let tail = delay.tail(RATE).0 as usize;
    let mut input = sine(1000.0, 2000);
    input.resize(2000 + tail + 4000, 0.0);
    let out = heard(&delay, None, &[input], PIECE);
    assert!(peak(&out[0][2000 + tail..]) < 3.2e-5);
}
