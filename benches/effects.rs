//! What each effect costs: one strip of stereo noise through the same processor that the engine runs.
//!
//! A sample is a thousand frames: as many microseconds as it takes are nanoseconds a frame.

#![allow(clippy::unwrap_used, reason = "a bench may fail")]

use divan::{Bencher, counter::ItemsCount};
use mixwright_nodes::{
    block::{Block, PIECE, Shape, View},
    effect::{KeyUse, Seen, Slot, Sound},
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

#[divan::bench(args = names(), sample_size = 16)]
fn stereo(bencher: Bencher<'_, '_>, name: &str) {
    let slot = Slot::new(effect(name));
    let setup = Setup { rate: RATE, channels: 2, strips: 1, moves: false };
    let mut live = AnyEffect::prepare(&[&slot], &setup, &seen());
    let hears = slot.effect.info().key != KeyUse::None;
    let input = noise(3 * PIECE, 1);
    let (mut data, mut spare) = (vec![0.0; 2 * PIECE], vec![0.0; PIECE]);
    let mut at = 0;
    bencher.counter(ItemsCount::new(LENGTH)).bench_local(|| {
        let end = at + LENGTH;
        while at < end {
            let frames = (PIECE - at % PIECE).min(end - at);
            let settles = (at + frames).is_multiple_of(PIECE);
            let shape = Shape { channels: 2, lanes: 1, frames, settles };
            let one = Shape { channels: 1, ..shape };
            data.copy_from_slice(&input[..2 * PIECE]);
            let keys = [View::new(&input[2 * PIECE..], PIECE, one)];
            live.process(&mut Io {
                audio: Block::new(&mut data, PIECE, shape),
                keys: if hears { &keys } else { &[] },
                controls: &[],
                spare: Block::new(&mut spare, PIECE, one),
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
