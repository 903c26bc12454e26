//! Runs an effect over signals, for the tests of effects.

use super::AnyEffect;
use crate::{
    block::{Block, PIECE, Shape, View},
    dsp::math,
    effect::{Seen, Slot},
    processor::{Io, Processor, Setup},
    testing::{pieces, power},
    unit::{Db, Frames, Hz, Seconds},
};
use std::ops::Range;

/// The rate of most tests.
pub(super) const RATE: u32 = 48_000;

/// One plane of samples for each channel.
pub(super) type Planes = Vec<Vec<f32>>;

/// A cosine of a peak level in decibels: its first sample is its peak.
pub(super) fn tone(frequency: f64, level: f64, seconds: f64) -> Vec<f32> {
    let angle = Hz(frequency).radians(RATE);
    (0..frames(seconds)).map(|i| (Db(level).gain() * math::cos(angle * i as f64)) as f32).collect()
}

/// A plane that shows the gain that an effect gives it.
pub(super) fn ones(length: usize) -> Planes {
    vec![vec![1.0; length]]
}

/// The frames of a time.
pub(super) fn frames(seconds: f64) -> usize {
    Seconds(seconds).frames(RATE).0 as usize
}

/// Levels in decibels of samples.
pub(super) fn levels(plane: &[f32]) -> Vec<f64> {
    plane.iter().map(|x| Db::of(f64::from(x.abs())).0).collect()
}

/// Milliseconds from `from` until 63.2 % of the way to `goal` are gone.
pub(super) fn time_to(levels: &[f64], from: usize, goal: f64) -> f64 {
    let start = levels[from.saturating_sub(1)];
    let share = |level: f64| (level - start) / (goal - start);
    let past = levels[from..].iter().position(|level| share(*level) >= 0.632_12).expect("it gets there");
    (past + 1) as f64 * 1000.0 / f64::from(RATE)
}

/// The root of the mean square in decibels.
pub(super) fn rms(plane: &[f32]) -> f64 {
    Db::of(math::sqrt(power(plane))).0
}

/// How an effect is run.
#[derive(Clone)]
pub(super) struct Run<'r> {
    pub(super) rate: u32,
    /// The place of the song at which the signals begin.
    pub(super) start: i64,
    /// Frames of the longest piece.
    pub(super) most: usize,
    pub(super) key: Option<&'r Planes>,
    pub(super) seen: Seen,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Run { rate: RATE, start: 0, most: 333, key: None, seen: Seen::default() }
    }
}

/// What came out, and the reading.
pub(super) struct Heard {
    pub(super) out: Planes,
    pub(super) reduction: f64,
}

/// Runs `audio` through an effect.
pub(super) fn run(effect: impl Into<AnyEffect>, audio: &[Vec<f32>]) -> Heard {
    run_as(&Slot::new(effect.into()), audio, &Run::default())
}

/// As [`run`], with a key.
pub(super) fn run_keyed(effect: impl Into<AnyEffect>, audio: &[Vec<f32>], key: Option<&Planes>) -> Heard {
    run_as(&Slot::new(effect.into()), audio, &Run { key, ..Run::default() })
}

/// As [`run`], with curves and all else that may differ.
pub(super) fn run_as(slot: &Slot, audio: &[Vec<f32>], how: &Run<'_>) -> Heard {
    assert_eq!(slot.effect.check(), Ok(()));
    let setup = Setup { rate: how.rate, channels: audio.len(), strips: 1, moves: slot.moves() };
    let mut live = AnyEffect::prepare(&[slot], &setup, &how.seen);
    let mut out = audio.to_vec();
    for piece in pieces(audio[0].len(), how.most) {
        run_piece(&mut *live, &mut out, piece, how);
    }
    Heard { out, reduction: live.reading(0).reduction.unwrap_or(0.0) }
}

fn run_piece(live: &mut dyn Processor, audio: &mut Planes, piece: Range<usize>, how: &Run<'_>) {
    let frames = piece.len();
    let shape = |channels| Shape { channels, strips: 1, frames, settles: piece.end.is_multiple_of(PIECE) };
    let cut = |planes: &Planes| -> Vec<f32> {
        planes.iter().flat_map(|plane| plane[piece.clone()].to_vec()).collect()
    };
    let mut data = cut(audio);
    let heard = how.key.map(|key| (cut(key), key.len()));
    let keys: Vec<View<'_>> =
        heard.iter().map(|(data, channels)| View::new(data, frames, shape(*channels))).collect();
    let mut spare = vec![0.0; frames];
    live.process(&mut Io {
        audio: Block::new(&mut data, frames, shape(audio.len())),
        keys: &keys,
        controls: &[],
        spare: Block::new(&mut spare, frames, shape(1)),
        at: Frames(how.start + piece.start as i64),
    });
    for (plane, part) in audio.iter_mut().zip(data.chunks(frames)) {
        plane[piece.clone()].copy_from_slice(part);
    }
}
