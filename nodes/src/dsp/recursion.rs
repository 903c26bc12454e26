//! The recursions that filters run as, over rows of `f64` in place: nothing is rounded between two sections.
//!
//! Two recursions in one loop hide each other's waits. They know coefficients, not what filter those make.

use super::{
    lanes::{Knobs, Row},
    matched::{Biquad, POLES},
    math::{settle, sqrt},
};
use crate::{effect::Aim, processor::Setup};
use std::marker::PhantomData;

/// A recursion of five knobs and `S` states.
pub(crate) trait Form<const S: usize>: Clone + Send {
    /// The next output.
    fn next<const N: usize>(x: Row<N>, knobs: &[Row<N>; 5], states: &mut [Row<N>; S]) -> Row<N>;
}

/// A biquad in state-space form: one multiplication and one addition in its loop. For coefficients that stand still.
#[derive(Clone, Debug)]
pub(crate) struct Still;

impl Still {
    /// The knobs of a biquad.
    pub(crate) fn knobs(Biquad { b: [b0, b1, b2], a: [a1, a2] }: Biquad) -> [f64; 5] {
        [b0, b1 - a1 * b0, b2 - a2 * b0, a1, a2]
    }
}

impl Form<2> for Still {
    #[inline(always)]
    fn next<const N: usize>(x: Row<N>, k: &[Row<N>; 5], s: &mut [Row<N>; 2]) -> Row<N> {
        let s1 = s[0];
        s[0] = (k[1] * x + s[1]) - k[3] * s1;
        s[1] = k[2] * x - k[4] * s1;
        k[0] * x + s1
    }
}

/// The same biquad as a state-variable filter with trapezoidal integrators, whose states mean the same while its
/// coefficients move: it stays smooth and bounded (Zavalishin, "The Art of VA Filter Design", chapters 3 to 6).
#[derive(Clone, Debug)]
pub(super) struct Moving;

impl Moving {
    /// The knobs of a biquad: the integrators' gain, the damping, and the shares of high, band and low pass.
    pub(super) fn knobs(Biquad { b: [b0, b1, b2], a: [a1, a2] }: Biquad) -> [f64; 5] {
        let (low, high) = (1.0 + a1 + a2, 1.0 - a1 + a2);
        let g = sqrt(low / high);
        let damping = 2.0 * g * (1.0 - a2) / low;
        let (at_zero, at_top) = ((b0 + b1 + b2) / low, (b0 - b1 + b2) / high);
        let band = 2.0 * g * (b0 - b2) / low;
        [g, damping, at_top, band - at_top * damping, at_zero - at_top]
    }
}

impl Form<2> for Moving {
    #[inline(always)]
    fn next<const N: usize>(
        x: Row<N>,
        [g, damping, high, band, low]: &[Row<N>; 5],
        e: &mut [Row<N>; 2],
    ) -> Row<N> {
        let over = Row::<N>([1.0; N]) + *g * (*g + *damping);
        let v3 = x - e[1];
        let v1 = inverse(over) * (e[0] + *g * v3);
        let v2 = e[1] + *g * v1;
        e[0] = v1 + v1 - e[0];
        e[1] = v2 + v2 - e[1];
        *high * x + *band * v1 + *low * v2
    }
}

#[inline(always)]
fn inverse<const N: usize>(mut row: Row<N>) -> Row<N> {
    for x in &mut row.0 {
        *x = 1.0 / *x;
    }
    row
}

/// A correction: five taps over two poles that never move, so that moving taps stay bounded.
#[derive(Clone, Debug)]
pub(super) struct Correct;

impl Form<4> for Correct {
    #[inline(always)]
    fn next<const N: usize>(x: Row<N>, n: &[Row<N>; 5], s: &mut [Row<N>; 4]) -> Row<N> {
        let y = n[0] * x + s[0];
        s[0] = (n[1] * x + s[1]) - Row([POLES[0]; N]) * y;
        s[1] = (n[2] * x + s[2]) - Row([POLES[1]; N]) * y;
        s[2] = n[3] * x + s[3];
        s[3] = n[4] * x;
        y
    }
}

/// `W` neighbouring columns of rows of `N`.
pub(super) struct Columns<'a, const N: usize, const W: usize> {
    /// The rows.
    pub(super) rows: &'a mut [[f64; N]],
    /// The first of the columns.
    pub(super) first: usize,
    /// Where its states are: strip by strip, channel by channel.
    pub(super) state: usize,
}

impl<const N: usize, const W: usize> Columns<'_, N, W> {
    #[inline(always)]
    fn each(&mut self, mut make: impl FnMut(usize, Row<W>) -> Row<W>) {
        let group = self.first / W;
        for (i, row) in self.rows.iter_mut().enumerate() {
            let part = &mut row.as_chunks_mut::<W>().0[group];
            *part = make(i, Row(*part)).0;
        }
    }
}

/// A recursion with its knobs for each strip, and its states for each channel's strips.
#[derive(Clone, Debug)]
pub(super) struct Recursion<F, const S: usize> {
    knobs: Knobs<5>,
    states: [Vec<f64>; S],
    /// Whether no curve moves it.
    stands: bool,
    form: PhantomData<F>,
}

impl<F: Form<S>, const S: usize> Recursion<F, S> {
    /// At rest.
    pub(super) fn new(setup: &Setup) -> Self {
        let columns = setup.channels * setup.strips;
        Recursion {
            knobs: Knobs::new(setup.strips),
            states: std::array::from_fn(|_| vec![0.0; columns]),
            stands: !setup.moves,
            form: PhantomData,
        }
    }

    /// Sends one strip's knobs to new places.
    pub(super) fn aim(&mut self, to: Aim, goal: [f64; 5]) {
        self.knobs.aim(to, goal);
    }

    /// Whether these knobs are all that it ever had, so that nothing is in its states but what they made.
    pub(super) fn has_only(&self, knobs: [f64; 5]) -> bool {
        self.stands && self.knobs.all_at(knobs)
    }

    /// Works on columns in place.
    pub(super) fn run<const N: usize, const W: usize>(&mut self, columns: &mut Columns<'_, N, W>) {
        let mut live: Live<F, S, W> = self.live(columns.state);
        if self.knobs.moving() {
            columns.each(|i, x| live.moving(x, i));
        } else {
            columns.each(|_, x| live.next(x));
        }
        self.keep(columns.state, &live);
    }

    /// Works on columns with this recursion and then another, neither of which moves, in one loop.
    pub(super) fn run_with<G: Form<T>, const T: usize, const N: usize, const W: usize>(
        &mut self,
        then: &mut Recursion<G, T>,
        columns: &mut Columns<'_, N, W>,
    ) {
        let mut first: Live<F, S, W> = self.live(columns.state);
        let mut second: Live<G, T, W> = then.live(columns.state);
        columns.each(|_, x| second.next(first.next(x)));
        self.keep(columns.state, &first);
        then.keep(columns.state, &second);
    }

    /// Goes on by so many frames; clears what has decayed where the piece settles.
    pub(super) fn advance(&mut self, frames: usize, settles: bool) {
        self.knobs.advance(frames);
        if settles {
            self.states.iter_mut().flatten().for_each(|s| *s = settle(*s));
        }
    }

    #[inline(always)]
    fn live<const N: usize>(&self, column: usize) -> Live<F, S, N> {
        // Columns are strips, channel by channel; those of a strip alone are its channels, which share its knobs.
        let knob = |all: &[f64]| Row(std::array::from_fn(|i| all[(column + i) % all.len()]));
        Live {
            from: std::array::from_fn(|k| knob(&self.knobs.from[k])),
            step: std::array::from_fn(|k| knob(&self.knobs.step[k])),
            done: self.knobs.done as usize,
            states: std::array::from_fn(|s| Row(std::array::from_fn(|i| self.states[s][column + i]))),
            form: PhantomData,
        }
    }

    #[inline(always)]
    fn keep<const N: usize>(&mut self, column: usize, live: &Live<F, S, N>) {
        for (all, row) in self.states.iter_mut().zip(&live.states) {
            all[column..column + N].copy_from_slice(&row.0);
        }
    }
}

/// A recursion's numbers for some columns, while a loop holds them in registers.
struct Live<F, const S: usize, const N: usize> {
    from: [Row<N>; 5],
    step: [Row<N>; 5],
    done: usize,
    states: [Row<N>; S],
    form: PhantomData<F>,
}

impl<F: Form<S>, const S: usize, const N: usize> Live<F, S, N> {
    #[inline(always)]
    fn next(&mut self, x: Row<N>) -> Row<N> {
        F::next(x, &self.from, &mut self.states)
    }

    #[inline(always)]
    fn moving(&mut self, x: Row<N>, frame: usize) -> Row<N> {
        let along = Row([(self.done + frame) as f64; N]);
        let now: [Row<N>; 5] = std::array::from_fn(|k| self.from[k] + self.step[k] * along);
        F::next(x, &now, &mut self.states)
    }
}
