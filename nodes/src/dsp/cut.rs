//! What a space leaves out at both ends of the spectrum: a high-pass and a low-pass of 12 dB an octave, in a row.
//!
//! Second-order Butterworth in topology-preserving form (Zavalishin, "The Art of VA Filter Design", 2012, chapter 4),
//! which stays true while its frequencies move and nowhere passes more than 1.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    knobs::{Recur, Step},
    math,
    recursion::{Form, Recursion, Rows},
};
use crate::{block::Block, effect::Aim, processor::Setup, unit::Hz};

/// A low cut and a high cut for every channel and strip.
#[derive(Clone, Debug)]
pub struct Cuts {
    low: Recur<LowCut, 3, 2>,
    high: Recur<HighCut, 3, 2>,
}

impl Cuts {
    /// At rest.
    pub fn new(setup: &Setup) -> Cuts {
        Cuts { low: Recur::new(setup), high: Recur::new(setup) }
    }

    /// Sends one strip's frequencies to new places.
    pub fn aim(&mut self, to: Aim, low: Hz, high: Hz) {
        self.low.aim(to, knobs(low, to.rate));
        self.high.aim(to, knobs(high, to.rate));
    }

    /// Works on a block in place.
    pub fn run(&mut self, block: &mut Block<'_>) {
        self.low.run(block);
        self.high.run(block);
    }
}

/// A low cut and a high cut in a loop of left and right, which lie side by side in its rows: nothing is rounded on its
/// way round.
#[derive(Clone, Debug)]
pub struct LoopCuts {
    low: Recursion<LowCut, 3, 2>,
    high: Recursion<HighCut, 3, 2>,
    /// Which of them work.
    work: [bool; 2],
    stand: bool,
}

impl LoopCuts {
    /// At rest.
    pub fn new(setup: &Setup) -> LoopCuts {
        let rows = Setup { channels: 2, strips: 1, ..*setup };
        let (low, high) = (Recursion::new(&rows), Recursion::new(&rows));
        LoopCuts { low, high, work: [false; 2], stand: !setup.moves }
    }

    /// Sends the frequencies to new places, and says which of both work.
    pub fn aim(&mut self, to: Aim, low: Hz, high: Hz, work: [bool; 2]) {
        self.low.aim(to, knobs(low, to.rate));
        self.high.aim(to, knobs(high, to.rate));
        self.work = work;
    }

    /// Works on rows in place; clears what has decayed where the piece settles.
    pub fn run(&mut self, rows: &mut [[f64; 2]], settles: bool) {
        let frames = rows.len();
        dispatch(Run { cuts: self, rows });
        self.low.advance(frames, settles);
        self.high.advance(frames, settles);
    }
}

struct Run<'a> {
    cuts: &'a mut LoopCuts,
    rows: &'a mut [[f64; 2]],
}

impl Job for Run<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let LoopCuts { low, high, work, stand } = self.cuts;
        let mut rows = Rows { samples: self.rows.as_flattened_mut(), columns: 2, state: 0 };
        if *stand && *work == [true; 2] {
            return low.run_with::<I::V2, _, _, _>(high, &mut rows);
        }
        if work[0] {
            low.run::<I::V2>(&mut rows);
        }
        if work[1] {
            high.run::<I::V2>(&mut rows);
        }
    }
}

/// The three products that both forms step by: `1/(1 + g(g + k))`, that times `g`, and that times `g` squared, where
/// `g` is the prewarped frequency and `k` is the square root of 2.
fn knobs(frequency: Hz, rate: u32) -> [f64; 3] {
    let g = math::tan(0.5 * frequency.radians(rate).min(0.98 * std::f64::consts::PI));
    let first = 1.0 / (1.0 + g * (g + std::f64::consts::SQRT_2));
    [first, first * g, first * g * g]
}

/// Both integrators' outputs, the band (first) and the low one.
#[inline(always)]
fn integrate<V: Vector>(x: V, [first, band, low]: &[V; 3], states: &mut [V; 2]) -> [V; 2] {
    let rest = x - states[1];
    let v1 = *first * states[0] + *band * rest;
    let v2 = states[1] + *band * states[0] + *low * rest;
    let two = V::splat(2.0);
    *states = [two * v1 - states[0], two * v2 - states[1]];
    [v1, v2]
}

/// The recursion of a low cut (a high-pass).
#[derive(Clone, Debug)]
pub struct LowCut;

impl Step<3, 2> for LowCut {
    #[inline(always)]
    fn step<V: Vector>(x: V, knobs: &[V; 3], states: &mut [V; 2]) -> V {
        let [band, low] = integrate(x, knobs, states);
        x - V::splat(std::f64::consts::SQRT_2) * band - low
    }
}

/// The recursion of a high cut (a low-pass).
#[derive(Clone, Debug)]
pub struct HighCut;

impl Step<3, 2> for HighCut {
    #[inline(always)]
    fn step<V: Vector>(x: V, knobs: &[V; 3], states: &mut [V; 2]) -> V {
        integrate(x, knobs, states)[1]
    }
}

impl Form<3, 2> for LowCut {
    #[inline(always)]
    fn next<V: Vector>(x: V, knobs: &[V; 3], states: &mut [V; 2]) -> V {
        LowCut::step(x, knobs, states)
    }
}

impl Form<3, 2> for HighCut {
    #[inline(always)]
    fn next<V: Vector>(x: V, knobs: &[V; 3], states: &mut [V; 2]) -> V {
        HighCut::step(x, knobs, states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        block::{PIECE, Shape},
        testing::{plane, power, sine},
    };

    /// Power that a sine keeps.
    fn kept(frequency: f64) -> f64 {
        let setup = Setup { rate: 48_000, channels: 1, strips: 1, moves: false };
        let mut cuts = Cuts::new(&setup);
        cuts.aim(Aim { strip: 0, rate: 48_000, over: 0 }, Hz(100.0), Hz(5000.0));
        let mut samples = plane(1.0, 48_000, sine(frequency, 48_000));
        for piece in samples.chunks_mut(PIECE) {
            let shape = Shape { channels: 1, strips: 1, frames: PIECE, settles: true };
            cuts.run(&mut Block::new(piece, PIECE, shape));
        }
        2.0 * power(&samples[24_000..])
    }

    #[test]
    fn both_cuts_are_butterworth_of_second_order() {
        for (frequency, decibels) in [(25.0, -24.1), (100.0, -3.01), (700.0, 0.0), (5000.0, -3.01)] {
            let found = 10.0 * math::log10(kept(frequency));
            assert!((found - decibels).abs() < 0.06, "{frequency} Hz: {found} dB");
        }
    }
}
