//! A bell whose depth follows a gain from frame to frame: `y = x + (G - 1) b`, where `b` is the band pass at the bell's
//! frequency.
//!
//! The filter itself stands still, so any gain may come after any other without a click, and a gain of 1 changes no bit.

use super::{
    knobs::Knobs,
    math,
    state_variable::{State, Tuning, warped},
};
use crate::{
    block::Block,
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
    states: Vec<Vec<State>>,
}

impl DynamicBell {
    /// At rest.
    pub fn new(setup: &Setup) -> Self {
        DynamicBell {
            knobs: Knobs::new(setup.strips),
            states: vec![vec![State::default(); setup.strips]; setup.channels],
        }
    }

    /// Sends one strip's bell to a new place. `q` is that of the bell at its full `depth`: with `d = Q (f/f0 - f0/f)` of the
    /// band pass, `|H|^2 = (G^2 + d^2)/(1 + d^2)`, which is G (half of the decibels) at `d^2 = G`.
    pub fn aim(&mut self, to: Aim, frequency: Hz, q: Q, depth: Db) {
        self.knobs.aim(to, [warped(frequency, to.rate), damping(q, depth)]);
    }

    /// Turns the band of each channel down by its own gains, or by the only ones.
    pub fn run(&mut self, audio: &mut Block<'_>, gains: &mut Block<'_>) {
        let strips = audio.strips();
        for channel in 0..audio.channels() {
            let gains = gains.plane(channel.min(gains.channels() - 1));
            let plane = audio.plane(channel);
            for (strip, state) in self.states[channel].iter_mut().enumerate() {
                let samples =
                    plane[strip..].iter_mut().step_by(strips).zip(gains[strip..].iter().step_by(strips));
                let at = |frame| Tuning::at(self.knobs.at(0, strip, frame), self.knobs.at(1, strip, frame));
                let (moving, mut tuning) = (self.knobs.moving(), at(0));
                for (frame, (x, gain)) in samples.enumerate() {
                    if moving {
                        tuning = at(frame);
                    }
                    let band = state.step(f64::from(*x), &tuning).band;
                    *x = (f64::from(*x) + (f64::from(*gain) - 1.0) * band) as f32;
                }
            }
        }
        if audio.shape().settles {
            self.states.iter_mut().flatten().for_each(State::settle);
        }
        self.knobs.advance(audio.frames());
    }
}
