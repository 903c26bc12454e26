//! Emphasis: a first-order shelf before a stage, and its exact inverse after it.
//!
//! The pair is flat as long as the stage between is straight; where it bends, the lifted range bends first. What goes
//! with it on the way is done in the same loops: the gains before and after the stage, and the removal of its offset.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    math,
    recursion::{Form, Recursion, Rows},
};
use crate::{
    block::{Block, PIECE},
    effect::Aim,
    processor::Setup,
    unit::{Db, Hz},
};
use std::f64::consts::{PI, TAU};

/// The coefficients of a shelf: two of its input, one of its output.
pub type Shelf = [f64; 3];

/// A shelf that lifts what lies above a frequency; at the frequency, by half as many decibels.
///
/// The bilinear transform of `(1 + s sqrt(G)) / (1 + s / sqrt(G))`, the frequency kept.
pub fn shelf(frequency: Hz, lift: Db, rate: u32) -> Shelf {
    let k = math::tan(PI * frequency.0 / f64::from(rate));
    let root = math::sqrt(math::gain(lift.0));
    let whole = k + 1.0 / root;
    [(k + root) / whole, (k - root) / whole, (k - 1.0 / root) / whole]
}

/// The way into a stage and out of it, of one strip's channels. Between both, rows hold a sample of each channel.
#[derive(Clone, Debug)]
pub struct Emphasis {
    lift: Recursion<Lift, 4, 2>,
    lower: Recursion<Lower, 5, 3>,
    /// The share by which the offset follows the signal.
    offset: f64,
    work: [f64; 2 * PIECE],
}

impl Emphasis {
    /// At rest. What lies below `lowest` is taken for the stage's offset.
    pub fn new(setup: &Setup, lowest: Hz) -> Self {
        let offset = math::share(1.0 / (TAU * lowest.0), f64::from(setup.rate));
        Emphasis { lift: Recursion::new(setup), lower: Recursion::new(setup), offset, work: [0.0; 2 * PIECE] }
    }

    /// Sends the shelf, and the factors before and after the stage, to new places.
    pub fn aim(&mut self, to: Aim, [b0, b1, a1]: Shelf, [before, after]: [f64; 2]) {
        self.lift.aim(to, [before, b0, b1, a1]);
        self.lower.aim(to, [b0, b1, a1, self.offset, after]);
    }

    /// From a block to the rows that enter the stage.
    pub fn lift(&mut self, audio: &mut Block<'_>, rows: &mut [f32]) {
        dispatch(Enter { emphasis: self, audio, rows });
        self.lift.advance(audio.frames(), audio.shape().settles);
    }

    /// From the rows that leave the stage to a block.
    pub fn lower(&mut self, rows: &[f32], audio: &mut Block<'_>) {
        dispatch(Leave { emphasis: self, rows, audio });
        self.lower.advance(audio.frames(), audio.shape().settles);
    }
}

struct Enter<'a, 'd> {
    emphasis: &'a mut Emphasis,
    audio: &'a mut Block<'d>,
    rows: &'a mut [f32],
}

impl Job for Enter<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Enter { emphasis: Emphasis { lift, work, .. }, audio, rows } = self;
        let samples = &mut work[..rows.len()];
        if audio.channels() == 1 {
            for (row, x) in samples.iter_mut().zip(audio.plane(0)) {
                *row = f64::from(*x);
            }
            lift.run::<f64>(&mut Rows { samples, columns: 1, state: 0 });
        } else {
            let (left, right) = audio.stereo();
            for ((row, l), r) in samples.as_chunks_mut().0.iter_mut().zip(left).zip(right) {
                *row = [f64::from(*l), f64::from(*r)];
            }
            lift.run::<I::V2>(&mut Rows { samples, columns: 2, state: 0 });
        }
        for (to, x) in rows.iter_mut().zip(work) {
            *to = *x as f32;
        }
    }
}

struct Leave<'a, 'd> {
    emphasis: &'a mut Emphasis,
    rows: &'a [f32],
    audio: &'a mut Block<'d>,
}

impl Job for Leave<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Leave { emphasis: Emphasis { lower, work, .. }, rows, audio } = self;
        let samples = &mut work[..rows.len()];
        for (to, x) in samples.iter_mut().zip(rows) {
            *to = f64::from(*x);
        }
        if audio.channels() == 1 {
            lower.run::<f64>(&mut Rows { samples, columns: 1, state: 0 });
            for (x, row) in audio.plane(0).iter_mut().zip(work) {
                *x = *row as f32;
            }
            return;
        }
        lower.run::<I::V2>(&mut Rows { samples, columns: 2, state: 0 });
        let (left, right) = audio.stereo();
        for ((row, l), r) in work.as_chunks().0.iter().zip(left).zip(right) {
            let [left, right] = *row;
            (*l, *r) = (left as f32, right as f32);
        }
    }
}

/// A gain, and the shelf.
#[derive(Clone, Debug)]
struct Lift;

impl Form<4, 2> for Lift {
    #[inline(always)]
    fn next<V: Vector>(x: V, [gain, b0, b1, a1]: &[V; 4], [input, output]: &mut [V; 2]) -> V {
        let x = x * *gain;
        *output = *b0 * x + (*b1 * *input - *a1 * *output);
        *input = x;
        *output
    }
}

/// The shelf's inverse, without offset, and a gain.
#[derive(Clone, Debug)]
struct Lower;

impl Form<5, 3> for Lower {
    #[inline(always)]
    fn next<V: Vector>(x: V, [b0, b1, a1, share, gain]: &[V; 5], [input, output, offset]: &mut [V; 3]) -> V {
        // Only one multiplication and one subtraction wait for the last output.
        let over = V::splat(1.0) / *b0;
        *output = (x + *a1 * *input) * over - (*b1 * over) * *output;
        *input = x;
        *offset = *offset + *share * (*output - *offset);
        (*output - *offset) * *gain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowering_undoes_lifting() {
        let [b0, b1, a1] = shelf(Hz(3_150.0), Db(6.0), 48_000);
        let (mut up, mut down) = ([0.0; 2], [0.0; 3]);
        for n in 0..500 {
            let x = math::sin(f64::from(n * n) * 0.01);
            let lifted = Lift::next(x, &[2.0, b0, b1, a1], &mut up);
            assert!((Lower::next(lifted, &[b0, b1, a1, 0.0, 0.5], &mut down) - x).abs() < 1e-13);
        }
    }

    #[test]
    fn it_lifts_half_at_its_frequency_and_all_at_the_top() {
        let [b0, b1, a1] = shelf(Hz(3_150.0), Db(6.0), 48_000);
        assert!(((b0 + b1) / (1.0 + a1) - 1.0).abs() < 1e-14);
        assert!((math::decibels((b0 - b1) / (1.0 - a1)) - 6.0).abs() < 1e-12);
        let angle = Hz(3_150.0).radians(48_000);
        let size = |a: f64, b: f64| math::sqrt(a * a + b * b + 2.0 * a * b * math::cos(angle));
        assert!((math::decibels(size(b0, b1) / size(1.0, a1)) - 3.0).abs() < 1e-12);
    }
}
