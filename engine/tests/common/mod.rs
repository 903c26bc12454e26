//! Songs and sounds for tests: sources that are computed, listeners that keep what they hear.
#![allow(dead_code, reason = "each test file uses its own share")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail, and its sounds need no equal bits"
)]

use mixwright_engine::{
    check::{FileFacts, Files, check},
    diagnostic::Diagnostic,
    graph,
    plan::{self, Machine, Plan},
    render::{
        Progress, RenderError,
        pipeline::{Listener, Pipeline, Tap, Window},
        sources::{Player, Sources},
    },
    resolved::PlayedClip,
    song::{ChannelPick, Clip, Insert, InsertEffect, Setting, Song, Strip, StripKind},
};
use mixwright_nodes::{
    effect::{Sound, Width},
    effects::AnyEffect,
    params::{Kind, Value},
    unit::{Frames, Unit},
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub(crate) const RATE: u32 = 48_000;

/// Sound by name: `impulse`, `ones`, `noise 3`, `sine 1000`; with `stereo` in front the right channel differs.
pub(crate) struct Made;

impl Files for Made {
    fn facts(&self, path: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
        let name = path.to_string_lossy();
        let channels = if name.starts_with("stereo") { 2 } else { 1 };
        if name.contains("missing") {
            return Err(Diagnostic::error(format!("cannot read `{name}`: no such file")));
        }
        Ok(FileFacts { rate: RATE, channels, frames: 30_000, late: 0 })
    }
}

pub(crate) fn sample(name: &str, channel: usize, frame: i64) -> f32 {
    let (name, channel) = match name.strip_prefix("stereo ") {
        Some(name) => (name, channel as u64),
        None => (name, 0),
    };
    match name.split_once(' ').unwrap_or((name, "0")) {
        ("impulse", _) => f32::from(u8::from(frame == 1000)),
        ("ones", _) => 1.0,
        ("noise", seed) => noise(frame as u64, seed.parse::<u64>().unwrap() * 2 + channel),
        ("sine", hertz) => {
            let hertz: f64 = hertz.parse().unwrap();
            (std::f64::consts::TAU * hertz * frame as f64 / f64::from(RATE)).sin() as f32
        }
        other => panic!("no sound {other:?}"),
    }
}

pub(crate) fn noise(i: u64, seed: u64) -> f32 {
    let mut x = i.wrapping_add(seed << 40).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x >> 40) as f32 / (1u64 << 23) as f32) - 1.0
}

struct MadePlayer(Vec<PlayedClip>);

impl Sources for Made {
    fn player(&self, clips: &[PlayedClip], _: u32, _: Width) -> Result<Box<dyn Player>, RenderError> {
        Ok(Box::new(MadePlayer(clips.to_vec())))
    }

    fn sound(&self, _: &str, _: u32) -> Result<Arc<Sound>, RenderError> {
        let ring = (0..2_000).map(|i| noise(i, 99) * 0.1 * (1.0 - i as f32 / 2_000.0)).collect();
        Ok(Arc::new(Sound { file_rate: RATE, channels: vec![ring] }))
    }

    fn clip_stamp(&self, _: &Path) -> Option<String> {
        Some("the same for ever".to_owned())
    }

    fn sound_stamp(&self, _: &str) -> Option<String> {
        Some("the same for ever".to_owned())
    }
}

impl Player for MadePlayer {
    fn fill(&mut self, at: Frames, planes: &mut [&mut [f32]]) -> Result<(), RenderError> {
        for (channel, plane) in planes.iter_mut().enumerate() {
            plane.fill(0.0);
            for clip in &self.0 {
                let name = clip.path.to_string_lossy();
                for (i, x) in plane.iter_mut().enumerate() {
                    let frame = at.0 + i as i64;
                    if (clip.at.0..clip.end().0).contains(&frame) {
                        let (since, left) = (frame - clip.at.0, clip.end().0 - frame);
                        let fade = |done: i64, length: i64| (done as f32 / length.max(1) as f32).min(1.0);
                        let gain = if clip.fade_in.0 > 0 { fade(since, clip.fade_in.0) } else { 1.0 };
                        let gain = gain * if clip.fade_out.0 > 0 { fade(left, clip.fade_out.0) } else { 1.0 };
                        *x += gain * sample(&name, channel, clip.from.0 + since);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Keeps what it hears, as it is behind a fader of these gains.
pub(crate) struct Kept(pub(crate) Vec<f32>, pub(crate) Vec<f32>, [f64; 2]);

impl Listener for Kept {
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError> {
        let (left, right) = (planes[0], planes[planes.len() - 1]);
        let behind =
            |plane: &[f32], gain| plane.iter().map(|x| (f64::from(*x) * gain) as f32).collect::<Vec<_>>();
        self.0.extend(behind(left, self.2[0]));
        self.1.extend(behind(right, self.2[1]));
        Ok(())
    }
}

pub(crate) fn song() -> Song {
    Song { rate: RATE, ..Song::new("test") }
}

pub(crate) fn track(name: &str, sound: &str) -> Strip {
    let mut strip = Strip::new(name, StripKind::Track);
    strip.clips.push(Clip::new(sound));
    strip
}

pub(crate) fn effect(name: &str, params: &[(&str, f64)]) -> InsertEffect {
    let mut effect = AnyEffect::named(name).unwrap_or_else(|| panic!("no effect {name}"));
    for file in effect.info().params.flat().iter().filter(|param| param.kind == Kind::File) {
        effect.set(file.name, &Value::Text("ring".to_owned())).unwrap();
    }
    for (param, value) in params {
        effect.set(param, &Value::Number(*value, Unit::Plain)).unwrap();
    }
    InsertEffect::new(name, effect)
}

pub(crate) fn insert(strip: &mut Strip, effect: InsertEffect) {
    let name = format!("{}#{}", effect.name, strip.chain.len());
    strip.chain.push(Insert::Effect(InsertEffect { name, ..effect }));
}

/// An effect that is late but changes nothing: all dry.
pub(crate) fn late(name: &str, params: &[(&str, f64)]) -> InsertEffect {
    InsertEffect { mix: Setting::Is(0.0), ..effect(name, params) }
}

pub(crate) fn planned(song: &Song, on: &Machine) -> (graph::Graph, Plan) {
    let checked = check(song, &Made).unwrap_or_else(|errors| panic!("{}", listed(&errors)));
    let graph = graph::build(&checked.song).unwrap_or_else(|error| panic!("{error}"));
    let plan = plan::plan(&graph, song.rate, on, &plan::Place::ALL);
    (graph, plan)
}

pub(crate) fn listed(errors: &[mixwright_engine::diagnostic::Diagnostic]) -> String {
    errors.iter().map(|error| format!("{error}\n")).collect()
}

/// Everything that comes out of a song, by place and name.
pub(crate) fn render(song: &Song, on: Machine, window: Window) -> BTreeMap<String, Kept> {
    let (graph, plan) = planned(song, &on);
    let gains = |output: &plan::Output| output.share.map_or([1.0; 2], |share| share.gains);
    let mut kept: Vec<Kept> =
        plan.outputs.iter().map(|output| Kept(Vec::new(), Vec::new(), gains(output))).collect();
    let taps = kept
        .iter_mut()
        .enumerate()
        .map(|(output, listener)| Tap {
            outputs: vec![output],
            listener: listener as &mut dyn Listener,
            whole: false,
        })
        .collect();
    let stop = AtomicBool::new(false);
    let progress = Progress { told: &|_, _, _| {}, stop: &stop };
    let mut pipeline = Pipeline::new(&plan, &graph, &on, window, &Made, taps).unwrap();
    pipeline.run(&progress).unwrap();
    drop(pipeline);
    plan.outputs.iter().map(|o| format!("{:?} {}", o.place, o.name)).zip(kept).collect()
}

pub(crate) fn whole(frames: i64) -> Window {
    Window { start: Frames(0), from: Frames(0), to: Frames(frames) }
}

pub(crate) fn machine(threads: usize, block: usize) -> Machine {
    Machine { threads, block, ..Machine::default() }
}
