//! What every effect promises, held for each entry of `AnyEffect::ALL`: registering an effect is writing these tests.

use mixwright_nodes::{
    block::{Block, PIECE, Shape, View},
    curve::{Curve, Point, Points, Scale, Shape as Way},
    effect::{EffectInfo, KeyUse, Packs, Seen, Slot, Sound},
    effects::AnyEffect,
    params::{Kind, Value},
    processor::{Io, Processor, Setup},
    unit::{Frames, Percent, Unit},
};
use std::sync::Arc;

const RATE: u32 = 48_000;
const LENGTH: usize = 20_011;

type Planes = Vec<Vec<f32>>;

/// A processor under test with what it hears.
struct Rig {
    live: Box<dyn Processor>,
    strips: usize,
    start: i64,
}

impl Rig {
    fn new(slots: &[&Slot], channels: usize, start: i64) -> Rig {
        let moves = slots.iter().any(|slot| slot.moves());
        let setup = Setup { rate: RATE, channels, strips: slots.len(), moves };
        Rig { live: AnyEffect::prepare(slots, &setup, &seen()), strips: slots.len(), start }
    }

    /// Runs `audio` (planes of rows) through in blocks of `block` frames, with a key.
    fn run(&mut self, audio: &mut Planes, key: Option<&Planes>, from: usize, to: usize, block: usize) {
        let mut spare = vec![0.0; PIECE * self.strips];
        let mut at = from;
        while at < to {
            let to_grid = PIECE - at % PIECE;
            let to_block = block - at % block;
            let frames = to_grid.min(to_block).min(to - at);
            let shape = Shape {
                channels: audio.len(),
                strips: self.strips,
                frames,
                settles: (at + frames).is_multiple_of(PIECE),
            };
            let rows = at * self.strips..(at + frames) * self.strips;
            let mut data: Vec<f32> = audio.iter().flat_map(|plane| plane[rows.clone()].to_vec()).collect();
            let heard: Option<Vec<f32>> = key.map(|key| key[0][rows.clone()].to_vec());
            let one = Shape { channels: 1, ..shape };
            let keys: Vec<View<'_>> =
                heard.iter().map(|data| View::new(data, frames * self.strips, one)).collect();
            self.live.process(&mut Io {
                audio: Block::new(&mut data, frames * self.strips, shape),
                keys: &keys,
                controls: &[],
                spare: Block::new(&mut spare, PIECE * self.strips, one),
                at: Frames(self.start + at as i64),
            });
            for (plane, rows_out) in audio.iter_mut().zip(data.chunks(frames * self.strips)) {
                plane[rows.clone()].copy_from_slice(rows_out);
            }
            at += frames;
        }
    }
}

fn seen() -> Seen {
    let ring = (0..4_000).map(|i| if i == 0 { 1.0 } else { noise(i, 9) * 0.3 * (1.0 - i as f32 / 4_000.0) });
    let sound = Arc::new(Sound { file_rate: RATE, channels: vec![ring.collect()] });
    Seen { sounds: [(String::new(), sound)].into() }
}

fn noise(i: usize, seed: u64) -> f32 {
    let mut x = (i as u64).wrapping_add(seed << 40).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x >> 40) as f32 / (1u64 << 23) as f32) - 1.0
}

fn music(channels: usize, length: usize, seed: u64) -> Planes {
    // Loud and quiet by turns, so that dynamics have something to do.
    (0..channels)
        .map(|c| {
            (0..length)
                .map(|i| match i % 97 {
                    5 => -0.0,
                    _ => noise(i, seed + c as u64) * if (i / 3_000) % 2 == 0 { 0.7 } else { 0.02 },
                })
                .collect()
        })
        .collect()
}

/// Samples to be compared: `==` takes a negative zero for a zero.
fn bits(plane: &[f32]) -> Vec<u32> {
    plane.iter().map(|x| x.to_bits()).collect()
}

fn same(a: &Planes, b: &Planes) -> bool {
    a.iter().map(|plane| bits(plane)).eq(b.iter().map(|plane| bits(plane)))
}

fn run(slot: &Slot, audio: &Planes, block: usize) -> Planes {
    run_at(slot, audio, block, 0)
}

fn run_at(slot: &Slot, audio: &Planes, block: usize, start: i64) -> Planes {
    let mut out = audio.clone();
    let length = audio[0].len();
    Rig::new(&[slot], audio.len(), start).run(&mut out, key_of(slot, length).as_ref(), 0, length, block);
    out
}

fn key_of(slot: &Slot, length: usize) -> Option<Planes> {
    (slot.effect.info().key != KeyUse::None).then(|| music(1, length, 77))
}

/// The effect at its defaults, and with each number, word and switch at each of its ends.
fn settings(info: &EffectInfo) -> Vec<(String, Slot)> {
    let default = AnyEffect::named(info.params.name).expect("it is in the list");
    let mut all = vec![(format!("{} as it comes", info.params.name), Slot::new(default.clone()))];
    for param in info.params.flat() {
        let ends: Vec<Value> = match param.kind {
            Kind::Number(unit) => vec![Value::Number(param.min, unit), Value::Number(param.max, unit)],
            Kind::Auto(unit) => {
                vec![
                    Value::Number(param.min, unit),
                    Value::Number(param.max, unit),
                    Value::Text("auto".into()),
                ]
            }
            Kind::Choice(words) => words.iter().map(|word| Value::Text((*word).to_owned())).collect(),
            Kind::Switch => vec![Value::Switch(false), Value::Switch(true)],
            Kind::File | Kind::Numbers(_) | Kind::List(_) | Kind::Group(_) => Vec::new(),
        };
        for value in ends {
            let mut effect = default.clone();
            effect.set(param.name, &value).expect("the ends of a range are in it");
            let name = format!("{} with {} {value}", info.params.name, param.name);
            if effect.check().is_ok() {
                all.push((name, Slot::new(effect)));
            }
        }
    }
    all
}

fn for_all(mut test: impl FnMut(&str, &Slot)) {
    for info in AnyEffect::ALL {
        for (name, slot) in settings(info) {
            test(&name, &slot);
        }
    }
}

fn for_defaults(mut test: impl FnMut(&str, &Slot)) {
    for info in AnyEffect::ALL {
        test(info.params.name, &settings(info)[0].1);
    }
}

fn peak(planes: &Planes) -> f32 {
    planes.iter().flatten().fold(0.0, |peak: f32, x| peak.max(x.abs()))
}

#[test]
fn the_list_is_sorted_and_every_default_is_sound() {
    let names: Vec<_> = AnyEffect::ALL.iter().map(|info| info.params.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for_defaults(|name, slot| assert_eq!(slot.effect.check(), Ok(()), "{name}"));
}

#[test]
fn everything_is_documented() {
    for info in AnyEffect::ALL {
        assert!(info.params.doc().len() > 10, "{}", info.params.name);
        for param in info.params.flat() {
            assert!(param.doc().len() > 5, "{} {}", info.params.name, param.name);
            assert!(param.doc().ends_with('.'), "{} {}", info.params.name, param.name);
            assert!(!matches!(param.kind, Kind::Number(_) | Kind::Auto(_)) || param.min < param.max);
        }
        for positional in info.params.positional {
            assert!(info.params.names().contains(positional), "{} {positional}", info.params.name);
        }
    }
}

#[test]
fn silence_gives_silence() {
    for_all(|name, slot| {
        let out = run(slot, &vec![vec![0.0; LENGTH]; 2], 512);
        assert!(peak(&out) < 1e-9, "{name}: {}", peak(&out));
    });
}

#[test]
fn noise_stays_finite() {
    for_all(|name, slot| {
        for channels in [1, 2] {
            let out = run(slot, &music(channels, LENGTH, 1), 512);
            assert!(out.iter().flatten().all(|x| x.is_finite()), "{name} on {channels}");
        }
    });
}

#[test]
fn blocks_change_no_bit() {
    for_all(|name, slot| {
        let audio = music(2, LENGTH, 2);
        let whole = run(slot, &audio, 4096);
        for block in [1, 64, 333] {
            assert!(same(&run(slot, &audio, block), &whole), "{name} in blocks of {block}");
        }
    });
}

#[test]
fn a_checkpoint_changes_no_bit() {
    for_defaults(|name, slot| {
        let audio = music(2, LENGTH, 3);
        let whole = run(slot, &audio, 512);
        let (mut rig, mut out) = (Rig::new(&[slot], 2, 0), audio.clone());
        let key = key_of(slot, LENGTH);
        rig.run(&mut out, key.as_ref(), 0, 7_001, 512);
        rig.live = rig.live.checkpoint();
        rig.run(&mut out, key.as_ref(), 7_001, LENGTH, 512);
        assert!(same(&out, &whole), "{name}");
    });
}

#[test]
fn all_dry_is_a_pure_delay_of_the_latency() {
    for_all(|name, slot| {
        let audio = music(2, LENGTH, 4);
        let latency = slot.effect.latency(RATE).0 as usize;
        let out = run(&Slot { mix: Percent(0.0), ..slot.clone() }, &audio, 333);
        for (out, dry) in out.iter().zip(&audio) {
            assert!(out[..latency].iter().all(|x| *x == 0.0), "{name}");
            assert!(out[latency..] == dry[..LENGTH - latency], "{name}");
        }
    });
}

#[test]
fn nothing_rings_longer_than_the_tail() {
    for_all(|name, slot| {
        let tail = (slot.effect.latency(RATE) + slot.effect.tail(RATE)).0 as usize;
        if tail > 20 * RATE as usize {
            return;
        }
        let mut audio = music(2, tail + 30_000, 5);
        audio.iter_mut().for_each(|plane| plane[20_000..].fill(0.0));
        let out = run(slot, &audio, 512);
        let late = out.iter().map(|plane| plane[20_000 + tail..].to_vec()).collect();
        // -90 dB under the loudest that came out, and of what went in.
        let floor = 3.2e-5 * peak(&out).max(1.0);
        assert!(peak(&late) <= floor, "{name}: {} against {floor}", peak(&late));
    });
}

#[test]
fn the_written_form_reads_back() {
    for_all(|name, slot| {
        let text = ron::to_string(&slot.effect).expect("it can be written");
        assert_eq!(ron::from_str::<AnyEffect>(&text).as_ref(), Ok(&slot.effect), "{name}: {text}");
    });
}

#[test]
fn curves_stay_finite_and_blocks_change_no_bit_of_them() {
    for info in AnyEffect::ALL {
        let (_, default) = &settings(info)[0];
        for param in info.params.flat().into_iter().filter(|param| param.moves()) {
            let (_, place) = info.params.find(param.name).expect("it is there");
            let scale = if param.unit() == Some(Unit::Hz) { Scale::Octaves } else { Scale::Even };
            let points =
                [(0, param.min, Way::Step), (5_003, param.max, Way::Line), (9_001, param.min, Way::Line)];
            let list = points.map(|(at, value, shape)| Point { at: Frames(at), value, shape }).to_vec();
            let curve = Curve::Points(Points::new(list, scale, RATE));
            let slot = Slot { curves: vec![(place, curve)], ..default.clone() };
            let audio = music(2, 12_007, 6);
            // Behind a latency: ticks lie on the song's grid, not the stream's.
            let whole = run_at(&slot, &audio, 4096, -37);
            assert!(whole.iter().flatten().all(|x| x.is_finite()), "{} {}", info.params.name, param.name);
            assert!(peak(&whole) < 1e6, "{} {}: {}", info.params.name, param.name, peak(&whole));
            for block in [1, 61] {
                let again = run_at(&slot, &audio, block, -37);
                assert!(same(&again, &whole), "{} {} in blocks of {block}", info.params.name, param.name);
            }
        }
    }
}

#[test]
fn a_member_of_a_pack_is_as_it_is_alone() {
    for info in AnyEffect::ALL.iter().filter(|info| info.packs != Packs::Never) {
        let default = &settings(info)[0].1;
        for strips in [2, 4, 8, 16] {
            for channels in [1, 2] {
                packed_as_alone(info, default, strips, channels);
            }
        }
    }
}

fn packed_as_alone(info: &EffectInfo, default: &Slot, strips: usize, channels: usize) {
    const LENGTH: usize = 5_003;
    // Strips that differ in what may differ.
    let mut slots = vec![default.clone(); strips];
    for param in info.params.flat().into_iter().filter(|param| param.moves()) {
        let unit = param.unit().expect("what moves is a number");
        for (i, slot) in slots.iter_mut().enumerate() {
            let value = param.min + (param.max - param.min) * (0.1 + 0.8 * i as f64 / strips as f64);
            slot.effect.set(param.name, &Value::Number(value, unit)).expect("it is in range");
        }
    }
    let key = key_of(default, LENGTH);
    let members: Vec<Planes> = (0..strips).map(|i| music(channels, LENGTH, 10 * i as u64)).collect();
    let rows = |plane: &dyn Fn(usize) -> Vec<f32>| -> Vec<f32> {
        let planes: Vec<Vec<f32>> = (0..strips).map(plane).collect();
        (0..LENGTH * strips).map(|i| planes[i % strips][i / strips]).collect()
    };
    let mut packed: Planes = (0..channels).map(|c| rows(&|i| members[i][c].clone())).collect();
    let packed_key = key.as_ref().map(|key| vec![rows(&|_| key[0].clone())]);
    let all: Vec<&Slot> = slots.iter().collect();
    Rig::new(&all, channels, 0).run(&mut packed, packed_key.as_ref(), 0, LENGTH, 512);
    for i in 0..strips {
        let alone = run(&slots[i], &members[i], 512);
        for c in 0..channels {
            let member: Vec<f32> = packed[c].iter().skip(i).step_by(strips).copied().collect();
            let same = bits(&member) == bits(&alone[c]);
            assert!(same, "{} on {channels}, strip {i} of {strips}", info.params.name);
        }
    }
}
