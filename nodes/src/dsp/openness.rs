//! A gate's decision and how it moves: open at a threshold, closed when the level has been below a lower one for a while.
//!
//! The gate and the duck share it: a gate reduces while closed, a duck while open.

use super::{
    cpu::Vector,
    knobs::{Recur, Step},
};
use crate::{
    block::Block,
    effect::Aim,
    processor::Setup,
    unit::{Db, Ms},
};

/// How long the level that it hears is held; the hold is shortened by it.
pub const HELD: Ms = Ms(10.0);

/// When it opens and closes, and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening {
    /// The level at which it opens.
    pub threshold: Db,
    /// How far below that the level must be to close it.
    pub hysteresis: Db,
    /// How long the signal must have been low to close it.
    pub hold: Ms,
    /// The time to open.
    pub attack: Ms,
    /// The time to close.
    pub release: Ms,
    /// The reduction in decibels at the far end.
    pub depth: Db,
}

impl Opening {
    fn knobs(&self, rate: u32) -> [f64; 6] {
        let hold = (self.hold.0 - HELD.0).max(0.0);
        [
            self.threshold.0,
            self.threshold.0 - self.hysteresis.0,
            Ms(hold).frames(rate).0 as f64,
            self.attack.share(rate),
            self.release.share(rate),
            self.depth.0,
        ]
    }
}

/// Levels in, reductions out: none while open.
#[derive(Clone, Debug)]
pub struct Gating(Recur<Gated, 6, 3>);

impl Gating {
    /// Closed.
    pub fn new(setup: &Setup) -> Self {
        let mut run = Recur::new(setup);
        run.begin([0.0, 0.0, 1.0]);
        Gating(run)
    }

    /// Sends one strip's numbers to new places.
    pub fn aim(&mut self, to: Aim, opening: &Opening) {
        self.0.aim(to, opening.knobs(to.rate));
    }

    /// Turns levels into reductions.
    pub fn run(&mut self, levels: &mut Block<'_>) {
        self.0.run(levels);
    }
}

/// Levels in, reductions out: none while closed.
#[derive(Clone, Debug)]
pub struct Ducking(Recur<Ducked, 6, 3>);

impl Ducking {
    /// Closed.
    pub fn new(setup: &Setup) -> Self {
        Ducking(Recur::new(setup))
    }

    /// Sends one strip's numbers to new places.
    pub fn aim(&mut self, to: Aim, opening: &Opening) {
        self.0.aim(to, opening.knobs(to.rate));
    }

    /// Turns levels into reductions.
    pub fn run(&mut self, levels: &mut Block<'_>) {
        self.0.run(levels);
    }
}

/// States: 1 while open, the frames for which the level has been low, the share of the depth.
#[derive(Clone, Debug)]
struct Gated;

impl Step<6, 3> for Gated {
    #[inline(always)]
    fn step<V: Vector>(level: V, knobs: &[V; 6], states: &mut [V; 3]) -> V {
        let closed = V::splat(1.0) - open(level, knobs, states);
        follow(closed, knobs[4], knobs[3], &mut states[2]) * knobs[5]
    }
}

/// States as of [`Gated`].
#[derive(Clone, Debug)]
struct Ducked;

impl Step<6, 3> for Ducked {
    #[inline(always)]
    fn step<V: Vector>(level: V, knobs: &[V; 6], states: &mut [V; 3]) -> V {
        let open = open(level, knobs, states);
        follow(open, knobs[3], knobs[4], &mut states[2]) * knobs[5]
    }
}

#[inline(always)]
fn open<V: Vector>(level: V, knobs: &[V; 6], [open, low, _]: &mut [V; 3]) -> V {
    let (zero, one) = (V::splat(0.0), V::splat(1.0));
    *low = V::less(level, knobs[1], *low + one, zero);
    let stays = V::less(knobs[2], *low, zero, *open);
    *open = V::less(level, knobs[0], stays, one);
    *open
}

/// One share on the way up, another on the way down.
#[inline(always)]
fn follow<V: Vector>(goal: V, up: V, down: V, now: &mut V) -> V {
    *now = *now + (goal - *now) * V::less(*now, goal, up, down);
    *now
}
