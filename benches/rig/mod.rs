//! Effects as the engine runs them, on noise: what the benches of single effects share.

#![allow(clippy::unwrap_used, reason = "a bench may fail")]

use mixwright_nodes::{
    block::{Block, PIECE, Shape, View},
    effect::{KeyUse, Packs, Seen, Slot, Sound, Width},
    effects::AnyEffect,
    params::{Kind, ParamsInfo, Value},
    processor::{Io, Processor, Setup},
    unit::{Frames, Unit},
};
use std::sync::Arc;

const RATE: u32 = 48_000;

/// All effects that are registered.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    AnyEffect::ALL.iter().map(|info| info.params.name)
}

/// Those that can be packed.
pub(crate) fn packable() -> impl Iterator<Item = &'static str> {
    AnyEffect::ALL.iter().filter(|info| info.packs != Packs::Never).map(|info| info.params.name)
}

/// An effect at work, alone or in a pack of its like.
pub(crate) struct Rig {
    live: Box<dyn Processor>,
    channels: usize,
    strips: usize,
    hears: bool,
    input: Vec<f32>,
    data: Vec<f32>,
    spare: Vec<f32>,
    at: usize,
}

impl Rig {
    /// One that comes out in stereo is stereo.
    pub(crate) fn new(name: &str, channels: usize, strips: usize) -> Rig {
        let slot = Slot::new(effect(name));
        let channels = if slot.effect.width(Width::Mono) == Width::Stereo { 2 } else { channels };
        let setup = Setup { rate: RATE, channels, strips, moves: false };
        let plane = PIECE * strips;
        Rig {
            live: AnyEffect::prepare(&vec![&slot; strips], &setup, &seen()),
            channels,
            strips,
            hears: slot.effect.info().key != KeyUse::None,
            input: noise((channels + 1) * plane, 1),
            data: vec![0.0; channels * plane],
            spare: vec![0.0; plane],
            at: 0,
        }
    }

    /// Works on so many frames more.
    pub(crate) fn run(&mut self, length: usize) -> f32 {
        let (channels, strips, plane) = (self.channels, self.strips, PIECE * self.strips);
        let end = self.at + length;
        while self.at < end {
            let frames = (PIECE - self.at % PIECE).min(end - self.at);
            let settles = (self.at + frames).is_multiple_of(PIECE);
            let shape = Shape { channels, strips, frames, settles };
            let one = Shape { channels: 1, ..shape };
            self.data.copy_from_slice(&self.input[..channels * plane]);
            let keys = [View::new(&self.input[channels * plane..], plane, one)];
            self.live.process(&mut Io {
                audio: Block::new(&mut self.data, plane, shape),
                keys: if self.hears { &keys } else { &[] },
                controls: &[],
                spare: Block::new(&mut self.spare, plane, one),
                at: Frames(self.at as i64),
            });
            self.at += frames;
        }
        self.data[0]
    }
}

/// An effect that does something: gains are raised, lists have four entries, files are there.
fn effect(name: &str) -> AnyEffect {
    let mut effect = AnyEffect::named(name).unwrap();
    // Its own: what hears for a sidechain stays as it comes.
    let own = effect.info().params.params;
    let has_bands = own.iter().any(|param| matches!(param.kind, Kind::List(_)));
    for param in own {
        let value = match param.kind {
            Kind::File => Value::Text("ring".to_owned()),
            Kind::List(entry) => Value::List(vec![Value::Map(raised(entry)); 4]),
            // Where the bands part.
            Kind::Numbers(unit) if has_bands => {
                Value::List([200.0, 1_000.0, 5_000.0].map(|n| Value::Number(n, unit)).into())
            }
            _ => continue,
        };
        effect.set(param.name, &value).unwrap();
    }
    for (name, value) in raised(effect.info().params) {
        effect.set(&name, &value).unwrap();
    }
    effect.check().unwrap();
    effect
}

/// What would change nothing as it comes.
fn raised(params: &ParamsInfo) -> Vec<(String, Value)> {
    let known = params.names();
    let raised = [("gain", 3.0), ("ratio", 2.0)].into_iter().filter(|(name, _)| known.contains(name));
    raised.map(|(name, value)| (name.to_owned(), Value::Number(value, Unit::Plain))).collect()
}

/// A second of fading noise, for what hears files.
fn seen() -> Seen {
    let length = RATE as usize;
    let channel = |seed| {
        let noise = noise(length, seed).into_iter().enumerate();
        noise.map(|(i, x)| x * (1.0 - i as f32 / length as f32)).collect()
    };
    let sound = Arc::new(Sound { file_rate: RATE, channels: vec![channel(3), channel(4)] });
    Seen { sounds: [("ring".to_owned(), sound)].into() }
}

/// White noise of an eighth of full scale.
fn noise(frames: usize, mut seed: u32) -> Vec<f32> {
    std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(seed) / f64::from(u32::MAX) - 0.5) as f32 / 4.0
    })
    .take(frames)
    .collect()
}
