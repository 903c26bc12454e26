//! Where clips sound, how they join, and that no cut of the stream changes a bit.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use super::*;
use crate::sink::{Form, Format, Sink};
use crate::song::ChannelPick;

const RATE: u32 = 48_000;

struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        Bench { dir: tempfile::tempdir().unwrap() }
    }

    /// Writes a file of 32-bit floats and returns a clip that plays it all at a frame.
    fn clip(&self, name: &str, rate: u32, at: i64, planes: &[Vec<f32>]) -> PlayedClip {
        let path = self.dir.path().join(name);
        let mut sink =
            Sink::create(&path, Form { format: Format::WavFloat, rate, channels: planes.len() }, 0).unwrap();
        sink.write(&planes.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
        sink.finish().unwrap();
        PlayedClip {
            path,
            at: Frames(at),
            from: Frames(0),
            length: Frames(planes[0].len() as i64 * i64::from(RATE) / i64::from(rate)),
            repeat: 1,
            gain: 1.0,
            fade_in: Frames(0),
            fade_out: Frames(0),
            shape: FadeShape::Linear,
            reverse: false,
            channel: ChannelPick::All,
            overlap: Overlap::Sum,
        }
    }

    fn clips(&self, clips: &[PlayedClip], width: Width) -> Clips {
        Clips::new(clips, RATE, width, self.dir.path(), Arc::default())
    }

    /// What is heard from a frame on, asked for in blocks.
    fn heard(
        &self,
        clips: &[PlayedClip],
        width: Width,
        from: i64,
        frames: usize,
        block: usize,
    ) -> Vec<Vec<f32>> {
        let mut clips = self.clips(clips, width);
        let mut planes = vec![vec![7.0; frames]; width.channels()];
        for at in (0..frames).step_by(block) {
            let end = (at + block).min(frames);
            let mut part: Vec<&mut [f32]> = planes.iter_mut().map(|plane| &mut plane[at..end]).collect();
            clips.fill(Frames(from + at as i64), &mut part).unwrap();
        }
        assert!(clips.cues.iter().all(|cue| cue.voice.is_none() || cue.clip.end().0 > from + frames as i64));
        planes
    }
}

fn ramp(frames: usize) -> Vec<f32> {
    (1..=frames).map(|n| n as f32).collect()
}

fn ones(frames: usize) -> Vec<f32> {
    vec![1.0; frames]
}

#[test]
fn a_clip_sounds_in_its_place_and_nowhere_else() {
    let bench = Bench::new();
    let mut clip = bench.clip("a.wav", RATE, 100, &[ramp(1000)]);
    (clip.from, clip.length, clip.gain) = (Frames(10), Frames(500), 0.5);
    let heard = &bench.heard(&[clip], Width::Mono, 0, 1000, 64)[0];
    assert!(heard[..100].iter().chain(&heard[600..]).all(|x| *x == 0.0));
    assert!((100..600).all(|n| heard[n] == (n - 100 + 11) as f32 * 0.5));
}

#[test]
fn clips_sum_in_f64_and_widen_by_the_pan_law() {
    let bench = Bench::new();
    let mono = bench.clip("mono.wav", RATE, 0, &[ones(50)]);
    let stereo = bench.clip("stereo.wav", RATE, 20, &[ones(50), vec![-2.0; 50]]);
    let heard = bench.heard(&[mono.clone(), stereo.clone()], Width::Stereo, 0, 70, 7);
    let centre = std::f64::consts::FRAC_1_SQRT_2;
    assert_eq!((heard[0][10], heard[1][10]), (centre as f32, centre as f32));
    assert_eq!((heard[0][30], heard[1][30]), ((centre + 1.0) as f32, (centre - 2.0) as f32));
    assert_eq!((heard[0][60], heard[1][60]), (1.0, -2.0));
    assert_eq!(bench.heard(&[stereo], Width::Mono, 20, 1, 1)[0][0], -0.5);
}

#[test]
fn backwards_and_over_again() {
    let bench = Bench::new();
    let mut clip = bench.clip("a.wav", RATE, 5, &[ramp(20_000)]);
    (clip.from, clip.length, clip.repeat) = (Frames(100), Frames(9000), 3);
    let forward = bench.heard(&[clip.clone()], Width::Mono, 0, 28_000, 333);
    assert!((0..27_000).all(|n| forward[0][5 + n] == (101 + n % 9000) as f32));
    assert!(forward[0][27_005..].iter().all(|x| *x == 0.0));
    clip.reverse = true;
    let back = bench.heard(&[clip.clone()], Width::Mono, 0, 28_000, 1024);
    assert!((0..27_000).all(|n| back[0][5 + n] == (9100 - n % 9000) as f32));
    // From the middle on, as a section of a song is rendered.
    let part = bench.heard(&[clip], Width::Mono, 12_345, 1000, 100);
    assert_eq!(part[0], back[0][12_345..13_345]);
}

#[test]
fn fades_rise_and_fall_by_their_shapes() {
    let bench = Bench::new();
    for (shape, quarter) in
        [(FadeShape::Linear, 0.25), (FadeShape::Power, 0.382_683), (FadeShape::Smooth, 0.146_447)]
    {
        let mut clip = bench.clip("a.wav", RATE, 0, &[ones(3000)]);
        (clip.fade_in, clip.fade_out, clip.shape) = (Frames(1000), Frames(2000), shape);
        let heard = &bench.heard(&[clip], Width::Mono, 0, 3000, 128)[0];
        let between = |n: usize| f64::from(heard[n - 1] + heard[n]) / 2.0;
        assert!((between(250) - quarter).abs() < 1e-5 && (between(2500) - quarter).abs() < 1e-5, "{shape:?}");
        assert!(heard[0] < 2e-3 && heard[2999] < 1e-3);
    }
}

#[test]
fn a_crossfade_keeps_power_or_level() {
    let bench = Bench::new();
    let first = bench.clip("a.wav", RATE, 0, &[ones(1000), vec![0.0; 1000]]);
    let mut second = bench.clip("b.wav", RATE, 600, &[vec![0.0; 1000], ones(1000)]);
    (second.overlap, second.shape) = (Overlap::Crossfade, FadeShape::Power);
    let heard = bench.heard(&[first.clone(), second.clone()], Width::Stereo, 0, 1600, 100);
    assert!((0..1600).all(|n| (heard[0][n].powi(2) + heard[1][n].powi(2) - 1.0).abs() < 1e-6));
    second.shape = FadeShape::Linear;
    let heard = bench.heard(&[first, second], Width::Stereo, 0, 1600, 100);
    assert!((0..1600).all(|n| (heard[0][n] + heard[1][n] - 1.0).abs() < 1e-6));
}

#[test]
fn another_rate_is_brought_to_the_songs() {
    let bench = Bench::new();
    let sine = |rate: f64, frames: usize| -> Vec<f32> {
        (0..frames).map(|n| (std::f64::consts::TAU * 997.0 * n as f64 / rate).sin() as f32).collect()
    };
    let mut clip = bench.clip("a.wav", 44_100, 300, &[sine(44_100.0, 44_100)]);
    let heard = &bench.heard(&[clip.clone()], Width::Mono, 300, 48_000, 512)[0];
    let wanted = sine(48_000.0, 48_000);
    assert!((1000..47_000).all(|n| (heard[n] - wanted[n]).abs() < 1e-6));
    // A clip that begins within the file meets the same frames.
    (clip.from, clip.length, clip.at) = (Frames(12_345), Frames(20_000), Frames(0));
    let part = &bench.heard(&[clip], Width::Mono, 0, 20_000, 333)[0];
    assert_eq!(part[..], heard[12_345..32_345]);
}

#[test]
fn blocks_change_no_bit() {
    let bench = Bench::new();
    let noise = |seed: u32, frames: usize| -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..frames).map(|_| next()).collect()
    };
    let mut clips = vec![
        bench.clip("a.wav", RATE, 17, &[noise(1, 9000), noise(2, 9000)]),
        bench.clip("b.wav", 44_100, 4000, &[noise(3, 8000)]),
        bench.clip("c.wav", 96_000, 7000, &[noise(4, 6000), noise(5, 6000)]),
    ];
    (clips[1].overlap, clips[1].fade_out) = (Overlap::Crossfade, Frames(500));
    (clips[2].reverse, clips[2].repeat) = (true, 2);
    let whole = bench.heard(&clips, Width::Stereo, 0, 14_000, 14_000);
    for block in [1, 64, 333, 1024, 4096] {
        assert!(bench.heard(&clips, Width::Stereo, 0, 14_000, block) == whole, "{block}");
    }
    assert!(
        whole[0][4000..13_000].iter().all(|x| x.is_finite()) && whole[0][13_000..].iter().all(|x| *x == 0.0)
    );
}

#[test]
fn of_many_clips_those_sound_whose_time_it_is_also_after_a_step_back() {
    let bench = Bench::new();
    let one = bench.clip("a.wav", RATE, 0, &[ones(30)]);
    // Declared last to first; each overlaps the next by a third.
    let clips: Vec<PlayedClip> =
        (0..500).rev().map(|i| PlayedClip { at: Frames(20 * i), ..one.clone() }).collect();
    let mut played = bench.clips(&clips, Width::Mono);
    for start in [0, 70, 5000, 200, 9990] {
        let mut plane = vec![0.0; 70];
        played.fill(Frames(start), &mut [&mut plane]).unwrap();
        for (n, x) in plane.iter().enumerate() {
            let at = start + n as i64;
            let both = at >= 20 && at % 20 < 10 && at < 10_000;
            let expected = if both {
                2.0
            } else if at < 10_010 {
                1.0
            } else {
                0.0
            };
            assert_eq!(*x, expected, "{at}");
        }
        assert!(played.on.sounding.len() <= 5);
    }
}
