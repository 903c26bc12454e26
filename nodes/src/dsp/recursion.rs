//! The recursions that filters run as, over rows of `f64` in place: nothing is rounded between two sections.
//!
//! Two recursions in one loop hide each other's waits. They know coefficients, not what filter those make.

use super::{
    cpu::Vector,
    knobs::{Knobs, Way},
    matched::{Biquad, POLES},
    math::{settle, sqrt},
};
use crate::{effect::Aim, processor::Setup};
use std::marker::PhantomData;

/// A recursion of `K` knobs and `S` states.
pub(crate) trait Form<const K: usize, const S: usize>: Clone + Send {
    /// The next output.
    fn next<V: Vector>(x: V, knobs: &[V; K], states: &mut [V; S]) -> V;
}

/// A biquad in state-space form, brought to a first tap of 1: one multiplication and one addition in its loop, and as many
/// multiplications as additions in all. For coefficients that stand still.
#[derive(Clone, Debug)]
pub(crate) struct Still;

impl Still {
    /// The knobs of a biquad, and the gain that was taken out of it.
    pub(crate) fn knobs(Biquad { b: [gain, b1, b2], a: [a1, a2] }: Biquad) -> ([f64; 4], f64) {
        ([b1 / gain - a1, b2 / gain - a2, a1, a2], gain)
    }
}

impl Form<4, 2> for Still {
    #[inline(always)]
    fn next<V: Vector>(x: V, k: &[V; 4], s: &mut [V; 2]) -> V {
        let s1 = s[0];
        s[0] = (k[0] * x + s[1]) - k[2] * s1;
        s[1] = k[1] * x - k[3] * s1;
        x + s1
    }
}

/// A biquad as a state-variable filter with trapezoidal integrators, whose states mean the same while its
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

impl Form<5, 2> for Moving {
    #[inline(always)]
    fn next<V: Vector>(x: V, [g, damping, high, band, low]: &[V; 5], e: &mut [V; 2]) -> V {
        let one = V::splat(1.0);
        let over = one + *g * (*g + *damping);
        let v3 = x - e[1];
        let v1 = one / over * (e[0] + *g * v3);
        let v2 = e[1] + *g * v1;
        e[0] = v1 + v1 - e[0];
        e[1] = v2 + v2 - e[1];
        *high * x + *band * v1 + *low * v2
    }
}

/// A correction: five taps over two poles that never move, so that moving taps stay bounded.
#[derive(Clone, Debug)]
pub(super) struct Correct;

impl Form<5, 4> for Correct {
    #[inline(always)]
    fn next<V: Vector>(x: V, n: &[V; 5], s: &mut [V; 4]) -> V {
        let y = n[0] * x + s[0];
        s[0] = (n[1] * x + s[1]) - V::splat(POLES[0]) * y;
        s[1] = (n[2] * x + s[2]) - V::splat(POLES[1]) * y;
        s[2] = n[3] * x + s[3];
        s[3] = n[4] * x;
        y
    }
}

/// Rows of samples, one column for each strip, or for each channel of one strip.
pub(super) struct Rows<'a> {
    /// Row after row.
    pub(super) samples: &'a mut [f64],
    /// How many columns they have.
    pub(super) columns: usize,
    /// Where the states of the first are.
    pub(super) state: usize,
}

/// A recursion with its knobs for each strip, and its states for each channel's strips.
#[derive(Clone, Debug)]
pub(super) struct Recursion<F, const K: usize, const S: usize> {
    knobs: Knobs<K>,
    states: [Vec<f64>; S],
    /// Whether no curve moves it.
    stands: bool,
    form: PhantomData<F>,
}

impl<F: Form<K, S>, const K: usize, const S: usize> Recursion<F, K, S> {
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
    pub(super) fn aim(&mut self, to: Aim, goal: [f64; K]) {
        self.knobs.aim(to, goal);
    }

    /// Whether these knobs are all that it ever had, so that nothing is in its states but what they made.
    pub(super) fn has_only(&self, knobs: [f64; K]) -> bool {
        self.stands && self.knobs.all_at(knobs)
    }

    /// Works on rows in place, on as many columns at a time as a vector holds.
    #[inline(always)]
    pub(super) fn run<V: Vector>(&mut self, rows: &mut Rows<'_>) {
        for first in (0..rows.columns).step_by(V::N) {
            let mut live: Live<F, V, K, S> = self.live(rows.state + first);
            let each = rows.samples.chunks_exact_mut(rows.columns);
            if self.knobs.moving() {
                for row in each {
                    let part = &mut row[first..first + V::N];
                    live.next(V::load(part)).store(part);
                    live.way.advance();
                }
            } else {
                for row in each {
                    let part = &mut row[first..first + V::N];
                    live.next(V::load(part)).store(part);
                }
            }
            self.keep(rows.state + first, &live);
        }
    }

    /// Works on rows with this recursion and then another, neither of which moves, in one loop.
    #[inline(always)]
    pub(super) fn run_with<V: Vector, G: Form<L, T>, const L: usize, const T: usize>(
        &mut self,
        then: &mut Recursion<G, L, T>,
        rows: &mut Rows<'_>,
    ) {
        for first in (0..rows.columns).step_by(V::N) {
            let mut one: Live<F, V, K, S> = self.live(rows.state + first);
            let mut two: Live<G, V, L, T> = then.live(rows.state + first);
            for row in rows.samples.chunks_exact_mut(rows.columns) {
                let part = &mut row[first..first + V::N];
                two.next(one.next(V::load(part))).store(part);
            }
            self.keep(rows.state + first, &one);
            then.keep(rows.state + first, &two);
        }
    }

    /// Goes on by so many frames; clears what has decayed where the piece settles.
    pub(super) fn advance(&mut self, frames: usize, settles: bool) {
        self.knobs.advance(frames);
        if settles {
            self.states.iter_mut().flatten().for_each(|s| *s = settle(*s));
        }
    }

    #[inline(always)]
    fn live<V: Vector>(&self, column: usize) -> Live<F, V, K, S> {
        // Columns are strips, channel by channel; those of a strip alone are its channels, which share its knobs.
        let strips = self.knobs.strips();
        let states = std::array::from_fn(|s| &self.states[s][column..]);
        Live { way: self.knobs.way(column % strips), states: all_of(states), form: PhantomData }
    }

    #[inline(always)]
    fn keep<V: Vector>(&mut self, column: usize, live: &Live<F, V, K, S>) {
        for s in 0..S {
            live.states[s].store(&mut self.states[s][column..]);
        }
    }
}

#[inline(always)]
fn all_of<V: Vector, const S: usize>(states: [&[f64]; S]) -> [V; S] {
    let mut some = [V::splat(0.0); S];
    for s in 0..S {
        some[s] = V::load(states[s]);
    }
    some
}

/// A recursion's numbers for some columns, while a loop holds them in registers.
struct Live<F, V, const K: usize, const S: usize> {
    way: Way<V, K>,
    states: [V; S],
    form: PhantomData<F>,
}

impl<F: Form<K, S>, V: Vector, const K: usize, const S: usize> Live<F, V, K, S> {
    #[inline(always)]
    fn next(&mut self, x: V) -> V {
        F::next(x, &self.way.now, &mut self.states)
    }
}
