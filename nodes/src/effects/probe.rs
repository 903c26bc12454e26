//! Runs an effect over signals, for the tests of effects.

use super::AnyEffect;
use crate::{
    block::{Block, PIECE, Shape, View},
    dsp::math,
    effect::{Seen, Slot},
    processor::{Io, Processor, Setup},
    unit::{Db, Frames, Hz, Seconds},
};

/// The rate of all tests.
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
    let sum: f64 = plane.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
    Db::of(math::sqrt(sum / plane.len() as f64)).0
}

/// What came out, and the reading.
pub(super) struct Heard {
    pub(super) out: Planes,
    pub(super) reduction: f64,
}

/// Runs `audio` through an effect in blocks of 333 frames.
pub(super) fn run(effect: impl Into<AnyEffect>, audio: &Planes) -> Heard {
    run_keyed(effect, audio, None)
}

/// As [`run`], with a key.
pub(super) fn run_keyed(effect: impl Into<AnyEffect>, audio: &Planes, key: Option<&Planes>) -> Heard {
    let effect = effect.into();
    assert_eq!(effect.check(), Ok(()));
    let slot = Slot::new(effect);
    let setup = Setup { rate: RATE, channels: audio.len(), strips: 1, moves: false };
    let mut live = AnyEffect::prepare(&[&slot], &setup, &Seen::default());
    let mut out = audio.clone();
    let (length, mut at) = (audio[0].len(), 0);
    while at < length {
        let frames = (PIECE - at % PIECE).min(333 - at % 333).min(length - at);
        piece(&mut *live, &mut out, key, at, frames);
        at += frames;
    }
    Heard { out, reduction: live.reading(0).reduction.unwrap_or(0.0) }
}

fn piece(live: &mut dyn Processor, audio: &mut Planes, key: Option<&Planes>, at: usize, frames: usize) {
    let settles = (at + frames).is_multiple_of(PIECE);
    let shape = |channels| Shape { channels, lanes: 1, frames, settles };
    let cut = |planes: &Planes| -> Vec<f32> {
        planes.iter().flat_map(|plane| plane[at..at + frames].to_vec()).collect()
    };
    let mut data = cut(audio);
    let heard = key.map(|key| (cut(key), key.len()));
    let keys: Vec<View<'_>> =
        heard.iter().map(|(data, channels)| View::new(data, frames, shape(*channels))).collect();
    let mut spare = vec![0.0; frames];
    live.process(&mut Io {
        audio: Block::new(&mut data, frames, shape(audio.len())),
        keys: &keys,
        controls: &[],
        spare: Block::new(&mut spare, frames, shape(1)),
        at: Frames(at as i64),
    });
    for (plane, part) in audio.iter_mut().zip(data.chunks(frames)) {
        plane[at..at + frames].copy_from_slice(part);
    }
}
