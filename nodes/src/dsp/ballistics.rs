//! How a gain reduction follows the one that is asked for: attack, release, and the manners of known circuits.
//!
//! All in decibels. A time is that in which 63.2 % of a change is made.

use super::{
    cpu::Vector,
    knobs::{Recur, Step},
};
use crate::{block::Block, effect::Aim, processor::Setup, unit::Ms};

/// How a reduction comes and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// Time to reduce.
    pub attack: Ms,
    /// Time to let go; without one the time follows the material.
    pub release: Option<Ms>,
    /// How long the level was held on the way here; the release is shortened by it.
    pub held: Ms,
    /// Decibels in for each decibel out, for a circuit that hears its own output.
    pub ratio: f64,
    /// The largest reduction that is let through.
    pub most: f64,
}

impl Times {
    fn attack(&self, rate: u32) -> f64 {
        self.attack.share(rate)
    }

    /// The share for a release so many times as long.
    fn release(&self, times: f64, rate: u32) -> f64 {
        let release = self.release.map_or(80.0, |release| release.0);
        Ms(times * (release - self.held.0).max(0.0)).share(rate)
    }

    /// Shares of the slow store under a release that follows the material: filled in 400 ms, empty in 800 ms; what was loud
    /// for long lets go slowly. At fixed times it stays empty.
    fn store(&self, rate: u32) -> [f64; 2] {
        match self.release {
            Some(_) => [0.0, 0.0],
            None => [Ms(400.0).share(rate), Ms(800.0).share(rate)],
        }
    }
}

/// The circuits.
#[derive(Clone, Debug)]
pub enum Ballistics {
    /// Follows the asked reduction by attack and release.
    Direct(Recur<Direct, 5, 2>),
    /// Hears its own output.
    Feedback(Recur<Feedback, 7, 2>),
    /// A cell that lets go fast at first, then slowly.
    Cell(Recur<Cell, 6, 3>),
}

impl Ballistics {
    /// At rest, following directly.
    pub fn direct(setup: &Setup) -> Self {
        Ballistics::Direct(Recur::new(setup))
    }

    /// At rest, in a loop.
    pub fn feedback(setup: &Setup) -> Self {
        Ballistics::Feedback(Recur::new(setup))
    }

    /// At rest, with a cell.
    pub fn cell(setup: &Setup) -> Self {
        Ballistics::Cell(Recur::new(setup))
    }

    /// Sends one strip's numbers to new places.
    pub fn aim(&mut self, to: Aim, times: &Times) {
        let rate = to.rate;
        let (attack, [fill, drain]) = (times.attack(rate), times.store(rate));
        match self {
            Ballistics::Direct(run) => {
                run.aim(to, [attack, times.release(1.0, rate), fill, drain, times.most]);
            }
            Ballistics::Feedback(run) => {
                let reach = 1.0 / (1.0 - 1.0 / times.ratio).max(1e-3);
                let fast = times.release(1.0 / times.ratio, rate);
                run.aim(to, [attack, times.release(1.0, rate), fill, drain, times.most, fast, reach]);
            }
            // Together 63.2 % of the way in the stated time.
            Ballistics::Cell(run) => {
                let (fast, slow) = (times.release(0.505, rate), times.release(10.0, rate));
                run.aim(to, [attack, fast, slow, fill, drain, times.most]);
            }
        }
    }

    /// Turns asked reductions into those that are given.
    pub fn run(&mut self, reduction: &mut Block<'_>) {
        match self {
            Ballistics::Direct(run) if run.rests_at(FILL, 0.0) => run.run_as::<Fixed>(reduction),
            Ballistics::Direct(run) => run.run(reduction),
            Ballistics::Feedback(run) => run.run(reduction),
            Ballistics::Cell(run) => run.run(reduction),
        }
    }
}

/// Goes from `from` toward `to` by a share: only one multiplication and one addition wait for `from`.
#[inline(always)]
fn toward<V: Vector>(from: V, to: V, share: V) -> V {
    from * (V::splat(1.0) - share) + to * share
}

/// What the store holds after this frame.
#[inline(always)]
fn stored<V: Vector>(store: V, asked: V, fill: V, drain: V) -> V {
    toward(store, asked, V::less(store, asked, fill, drain))
}

/// Attack and release of a gain cell that obeys.
#[derive(Clone, Debug)]
pub struct Direct;

impl Step<5, 2> for Direct {
    #[inline(always)]
    fn step<V: Vector>(
        asked: V,
        &[attack, release, fill, drain, most]: &[V; 5],
        [now, store]: &mut [V; 2],
    ) -> V {
        *store = stored(*store, asked, fill, drain);
        let rises = toward(*now, asked, attack);
        let falls = toward(*now, store.max(asked), release);
        *now = V::less(*now, asked, rises, falls);
        now.min(most)
    }
}

/// Where [`Direct`] has the share that fills the store.
const FILL: usize = 2;

/// As [`Direct`] while its store stays empty.
#[derive(Clone, Debug)]
struct Fixed;

impl Step<5, 2> for Fixed {
    #[inline(always)]
    fn step<V: Vector>(asked: V, &[attack, release, _, _, most]: &[V; 5], [now, _]: &mut [V; 2]) -> V {
        *now = V::less(*now, asked, toward(*now, asked, attack), toward(*now, asked, release));
        now.min(most)
    }
}

/// A circuit that hears its own output.
///
/// Solved for its input: while its output is above the threshold, a loop of ratio R goes R times as fast as its resistor
/// and capacitor (the attack is scaled to the stated time). When the level falls, the loop is open until the output
/// rises through the threshold, and closes on the new reduction R times as fast.
#[derive(Clone, Debug)]
pub struct Feedback;

impl Step<7, 2> for Feedback {
    #[inline(always)]
    fn step<V: Vector>(
        asked: V,
        &[attack, release, fill, drain, most, fast, reach]: &[V; 7],
        [now, store]: &mut [V; 2],
    ) -> V {
        *store = stored(*store, asked, fill, drain);
        let rises = toward(*now, asked, attack);
        let open = toward(*now, *store, release);
        let closed = toward(*now, store.max(asked), fast);
        let falls = V::less(*now, asked * reach, closed, open);
        *now = V::less(*now, asked, rises, falls);
        now.min(most)
    }
}

/// What a memory holds after this frame.
#[inline(always)]
fn after<V: Vector>(now: V, asked: V, floor: V, attack: V, release: V) -> V {
    V::less(now, asked, toward(now, asked, attack), toward(now, floor, release))
}

/// A light-dependent resistor: two memories, one that lets go at half the stated time, one at ten times it.
#[derive(Clone, Debug)]
pub struct Cell;

impl Step<6, 3> for Cell {
    #[inline(always)]
    fn step<V: Vector>(
        asked: V,
        &[attack, fast, slow, fill, drain, most]: &[V; 6],
        [quick, lazy, store]: &mut [V; 3],
    ) -> V {
        *store = stored(*store, asked, fill, drain);
        let floor = store.max(asked);
        *quick = after(*quick, asked, floor, attack, fast);
        *lazy = after(*lazy, asked, floor, attack, slow);
        (*quick * V::splat(0.7) + *lazy * V::splat(0.3)).min(most)
    }
}
