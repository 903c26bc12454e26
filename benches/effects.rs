//! What each effect costs, for a strip alone and for packs: noise through the same processor that the engine runs.
//!
//! A sample is a thousand frames: as many microseconds as it takes are nanoseconds a frame (of the whole pack).
//! `MIXWRIGHT_CPU=sse2` or `avx2` holds the CPU's level down.

#![allow(clippy::unwrap_used, reason = "a bench may fail")]

use divan::{Bencher, counter::ItemsCount};
use mixwright_nodes::{
    block::{Block, PIECE, Shape, View},
    effect::{KeyUse, Packs, Seen, Slot, Sound, Width},
    effects::AnyEffect,
    params::{Kind, ParamsInfo, Value},
    processor::{Io, Setup},
    unit::{Frames, Unit},
};
use std::sync::Arc;

const RATE: u32 = 48_000;
/// Frames that a sample of the bench works on.
const LENGTH: usize = 1_000;

fn main() {
    divan::main();
}

/// All that are registered.
fn names() -> impl Iterator<Item = &'static str> {
    AnyEffect::ALL.iter().map(|info| info.params.name)
}

/// Those that can be packed.
fn packable() -> impl Iterator<Item = &'static str> {
    AnyEffect::ALL.iter().filter(|info| info.packs != Packs::Never).map(|info| info.params.name)
}

#[divan::bench(args = names(), sample_size = 16)]
fn stereo(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 2, 1);
}

#[divan::bench(args = packable(), sample_size = 16)]
fn mono(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 1, 1);
}

#[divan::bench(args = packable(), sample_size = 16)]
fn pack_of_16_mono(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 1, 16);
}

#[divan::bench(args = packable(), sample_size = 16)]
fn pack_of_8_stereo(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 2, 8);
}

fn run(bencher: Bencher<'_, '_>, name: &str, channels: usize, strips: usize) {
    let slot = Slot::new(effect(name));
    let channels = if slot.effect.width(Width::Mono) == Width::Stereo { 2 } else { channels };
    let setup = Setup { rate: RATE, channels, strips, moves: false };
    let mut live = AnyEffect::prepare(&vec![&slot; strips], &setup, &seen());
    let hears = slot.effect.info().key != KeyUse::None;
    let plane = PIECE * strips;
    let input = noise((channels + 1) * plane, 1);
    let (mut data, mut spare) = (vec![0.0; channels * plane], vec![0.0; plane]);
    let mut at = 0;
    bencher.counter(ItemsCount::new(LENGTH)).bench_local(|| {
        let end = at + LENGTH;
        while at < end {
            let frames = (PIECE - at % PIECE).min(end - at);
            let settles = (at + frames).is_multiple_of(PIECE);
            let shape = Shape { channels, strips, frames, settles };
            let one = Shape { channels: 1, ..shape };
            data.copy_from_slice(&input[..channels * plane]);
            let keys = [View::new(&input[channels * plane..], plane, one)];
            live.process(&mut Io {
                audio: Block::new(&mut data, plane, shape),
                keys: if hears { &keys } else { &[] },
                controls: &[],
                spare: Block::new(&mut spare, plane, one),
                at: Frames(at as i64),
            });
            at += frames;
        }
        data[0]
    });
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
