//! A bell whose depth follows a gain from frame to frame: `y = x + (G - 1) b`, where `b` is the band pass at the bell's
//! frequency.
//!
//! The filter itself stands still, so any gain may come after any other without a click, and a gain of 1 changes no bit.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    knobs::Knobs,
    math,
    state_variable::{State, Tuning, warped},
};
use crate::{
    block::{Block, View},
    effect::Aim,
    processor::Setup,
    unit::{Db, Frames, Hz, Q},
};

/// 1/Q of the band pass of a bell that has this quality at its full depth.
fn damping(q: Q, depth: Db) -> f64 {
    1.0 / (q.0 * Db(-0.5 * depth.0).gain())
}

/// The frames in which a bell rings down by 90 dB.
///
/// The poles of `s^2 + d s + 1` come to `z = (1 + g s)/(1 - g s)` with the warped frequency g: a pair of one radius if they
/// swing, else two of which either may be the slower, as a fast one comes to lie near -1. 12 nepers are 104 dB.
pub fn ring(frequency: Hz, q: Q, depth: Db, rate: u32) -> Frames {
    let (g, d) = (warped(frequency, rate), damping(q, depth));
    let radius = if d < 2.0 {
        math::sqrt((1.0 - g * d + g * g) / (1.0 + g * d + g * g))
    } else {
        let fast = 0.5 * d + math::sqrt(0.25 * d * d - 1.0);
        [fast, 1.0 / fast]
            .map(|pole| ((1.0 - g * pole) / (1.0 + g * pole)).abs())
            .into_iter()
            .fold(0.0, f64::max)
    };
    Frames((12.0 / -math::ln(radius.clamp(1e-6, 1.0 - 1e-9))).ceil() as i64)
}

/// The bells of all strips.
#[derive(Clone, Debug)]
pub struct DynamicBell {
    knobs: Knobs<2>,
    /// For each strip.
    states: Vec<State>,
}

impl DynamicBell {
    /// At rest.
    pub fn new(setup: &Setup) -> Self {
        DynamicBell { knobs: Knobs::new(setup.strips), states: vec![State::default(); setup.strips] }
    }

    /// Sends one strip's bell to a new place. `q` is that of the bell at its full `depth`: with `d = Q (f/f0 - f0/f)` of the
    /// band pass, `|H|^2 = (G^2 + d^2)/(1 + d^2)`, which is G (half of the decibels) at `d^2 = G`.
    pub fn aim(&mut self, to: Aim, frequency: Hz, q: Q, depth: Db) {
        self.knobs.aim(to, [warped(frequency, to.rate), damping(q, depth)]);
    }

    /// Turns the band of each channel down by its own gains, or by the only ones.
    pub fn run(&mut self, audio: &mut Block<'_>, gains: &mut Block<'_>) {
        dispatch(Run { bell: self, audio, gains: gains.view() });
        if audio.shape().settles {
            self.states.iter_mut().for_each(State::settle);
        }
        self.knobs.advance(audio.frames());
    }

    #[inline(always)]
    fn tuning(&self, strip: usize, frame: usize) -> Tuning {
        Tuning::at(self.knobs.at(0, strip, frame), self.knobs.at(1, strip, frame))
    }
}

struct Run<'a, 'd> {
    bell: &'a mut DynamicBell,
    audio: &'a mut Block<'d>,
    gains: View<'a>,
}

impl Job for Run<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(mut self) {
        for strip in 0..self.bell.states.len() {
            if self.audio.channels() == 1 { self.mono(strip) } else { self.stereo::<I::V2>(strip) }
        }
    }
}

impl Run<'_, '_> {
    #[inline(always)]
    fn mono(&mut self, strip: usize) {
        let (strips, bell) = (self.bell.states.len(), &mut *self.bell);
        let (moving, mut tuning, mut state) =
            (bell.knobs.moving(), bell.tuning(strip, 0), bell.states[strip]);
        let rows = self.audio.plane(0).chunks_exact_mut(strips);
        for (frame, (row, gains)) in rows.zip(self.gains.plane(0).chunks_exact(strips)).enumerate() {
            if moving {
                tuning = bell.tuning(strip, frame);
            }
            row[strip] = turned(f64::from(row[strip]), f64::from(gains[strip]), &tuning, &mut state) as f32;
        }
        bell.states[strip] = state;
    }

    /// Left and right side by side.
    #[inline(always)]
    fn stereo<V: Vector>(&mut self, strip: usize) {
        let (strips, bell) = (self.bell.states.len(), &mut *self.bell);
        let (moving, mut tuning, mut state) =
            (bell.knobs.moving(), bell.tuning(strip, 0), bell.states[strip]);
        let gains = [0, self.gains.shape().channels - 1].map(|channel| self.gains.plane(channel));
        let gains = gains[0].chunks_exact(strips).zip(gains[1].chunks_exact(strips));
        let (left, right) = self.audio.stereo();
        let rows = left.chunks_exact_mut(strips).zip(right.chunks_exact_mut(strips));
        for (frame, ((left, right), gains)) in rows.zip(gains).enumerate() {
            if moving {
                tuning = bell.tuning(strip, frame);
            }
            let mut both = [left[strip], right[strip]];
            let gain = V::of(&[gains.0[strip], gains.1[strip]]);
            turned(V::of(&both), gain, &tuning, &mut state).to(&mut both);
            [left[strip], right[strip]] = both;
        }
        bell.states[strip] = state;
    }
}

#[inline(always)]
fn turned<V: Vector>(x: V, gain: V, tuning: &Tuning, state: &mut State) -> V {
    x + (gain - V::splat(1.0)) * state.step(x, tuning).band
}
