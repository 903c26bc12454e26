//! Numbers that an effect works with, moved in straight lines, and recursions over every shape of block: one strip or a
//! pack, mono or stereo.
//!
//! An author writes a [`Step`]; [`Recur`] makes loops of it, moves its knobs, and clears what decays below hearing.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    math::settle,
};
use crate::{block::Block, effect::Aim, processor::Setup};
use std::marker::PhantomData;

/// A recursion of `K` knobs and `S` states.
pub trait Step<const K: usize, const S: usize>: Clone + Send {
    /// The next output. Mark it `#[inline(always)]`.
    fn step<V: Vector>(x: V, knobs: &[V; K], states: &mut [V; S]) -> V;
}

/// Numbers of all strips, each on its way to a goal in a straight line.
///
/// A place is always reckoned from where the way began, so that no cut on the way changes a bit.
#[derive(Clone, Debug)]
pub struct Knobs<const K: usize> {
    from: [Vec<f64>; K],
    step: [Vec<f64>; K],
    goal: [Vec<f64>; K],
    done: u32,
    over: u32,
}

impl<const K: usize> Knobs<K> {
    /// Knobs of so many strips, all 0.
    pub fn new(strips: usize) -> Self {
        let zero = || std::array::from_fn(|_| vec![0.0; strips]);
        Knobs { from: zero(), step: zero(), goal: zero(), done: 0, over: 0 }
    }

    /// Sends one strip's knobs to new places. All strips set out at the same tick.
    pub fn aim(&mut self, to: Aim, goal: [f64; K]) {
        for (k, goal) in goal.into_iter().enumerate() {
            self.goal[k][to.strip] = goal;
            if to.over == 0 {
                self.from[k][to.strip] = goal;
                self.step[k][to.strip] = 0.0;
            } else {
                self.step[k][to.strip] = (goal - self.from[k][to.strip]) / f64::from(to.over);
            }
        }
        self.over = self.over.max(to.over);
    }

    /// Whether those of all strips stand at these places.
    pub fn all_at(&self, places: [f64; K]) -> bool {
        !self.moving() && self.from.iter().zip(places).all(|(from, place)| from.iter().all(|k| *k == place))
    }

    /// How many strips they are of.
    pub fn strips(&self) -> usize {
        self.from.first().map_or(1, Vec::len)
    }

    /// Whether any is on its way.
    pub fn moving(&self) -> bool {
        self.over > 0
    }

    /// Knob `k` of one strip, `frames` frames from now.
    #[inline(always)]
    pub fn at(&self, k: usize, strip: usize, frames: usize) -> f64 {
        self.from[k][strip] + self.step[k][strip] * (self.done as usize + frames) as f64
    }

    /// Lays out the knobs of the next samples as those lie in a plane, from `frames` frames from now on.
    #[inline(always)]
    pub(super) fn lay<const N: usize>(&self, frames: usize, tiles: &mut [[f32; N]; K]) {
        let first = self.done + frames as u32;
        for k in 0..K {
            let (from, step, tile) = (&self.from[k][..], &self.step[k][..], &mut tiles[k]);
            if let ([from], [step]) = (from, step) {
                for (frame, knob) in tile.iter_mut().enumerate() {
                    *knob = (*from + *step * f64::from(first + frame as u32)) as f32;
                }
                continue;
            }
            for (frame, row) in tile.chunks_exact_mut(from.len()).enumerate() {
                let along = f64::from(first + frame as u32);
                for ((knob, from), step) in row.iter_mut().zip(from).zip(step) {
                    *knob = (*from + *step * along) as f32;
                }
            }
        }
    }

    /// Goes on by `frames` frames. Pieces end where a way ends (at a tick), so no way is overrun.
    pub fn advance(&mut self, frames: usize) {
        if self.over == 0 {
            return;
        }
        self.done += frames as u32;
        if self.done >= self.over {
            self.from.clone_from(&self.goal);
            self.step.iter_mut().flatten().for_each(|step| *step = 0.0);
            (self.done, self.over) = (0, 0);
        }
    }
}

/// A recursion over every channel and strip of a block.
#[derive(Clone, Debug)]
pub struct Recur<F, const K: usize, const S: usize> {
    knobs: Knobs<K>,
    states: Vec<[Vec<f64>; S]>,
    step: PhantomData<F>,
}

impl<F: Step<K, S>, const K: usize, const S: usize> Recur<F, K, S> {
    /// At rest.
    pub fn new(setup: &Setup) -> Self {
        Recur {
            knobs: Knobs::new(setup.strips),
            states: (0..setup.channels).map(|_| std::array::from_fn(|_| vec![0.0; setup.strips])).collect(),
            step: PhantomData,
        }
    }

    /// Sends one strip's knobs to new places.
    pub fn aim(&mut self, to: Aim, goal: [f64; K]) {
        self.knobs.aim(to, goal);
    }

    /// Whether a knob of all strips rests at a place.
    pub fn rests_at(&self, k: usize, place: f64) -> bool {
        !self.knobs.moving() && self.knobs.from[k].iter().all(|knob| *knob == place)
    }

    /// A state of the first channel.
    pub fn state(&self, strip: usize, state: usize) -> f64 {
        self.states[0][state][strip]
    }

    /// Puts every channel's and strip's states where they are to begin.
    pub fn begin(&mut self, states: [f64; S]) {
        for channel in &mut self.states {
            for (rows, value) in channel.iter_mut().zip(states) {
                rows.fill(value);
            }
        }
    }

    /// Works on a block in place: on as many channels as it has.
    pub fn run(&mut self, block: &mut Block<'_>) {
        self.run_as::<F>(block);
    }

    /// The same with another function of these knobs and states, for when that comes to the same and costs less.
    pub fn run_as<G: Step<K, S>>(&mut self, block: &mut Block<'_>) {
        dispatch(Run { recur: self, block, step: PhantomData::<G> });
        if block.shape().settles {
            self.states.iter_mut().flatten().flatten().for_each(|s| *s = settle(*s));
        }
        self.knobs.advance(block.frames());
    }

    // No closure stands in these loops: one that is not inlined would be compiled for the lowest level.

    #[inline(always)]
    fn single<G: Step<K, S>>(&mut self, block: &mut Block<'_>) {
        let mut states: [f64; S] = side_by_side(&self.states[0], 0);
        let (mut way, moving): (Way<f64, K>, _) = (self.knobs.way(0), self.knobs.moving());
        for x in block.plane(0) {
            *x = G::step(f64::from(*x), &way.now, &mut states) as f32;
            if moving {
                way.advance();
            }
        }
        (0..S).for_each(|s| self.states[0][s][0] = states[s]);
    }

    /// Left and right side by side.
    #[inline(always)]
    fn pair<V: Vector, G: Step<K, S>>(&mut self, block: &mut Block<'_>) {
        let mut states = [V::splat(0.0); S];
        for s in 0..S {
            states[s] = V::load(&[self.states[0][s][0], self.states[1][s][0]]);
        }
        let (mut way, moving): (Way<V, K>, _) = (self.knobs.way(0), self.knobs.moving());
        let (left, right) = block.stereo();
        for (left, right) in left.iter_mut().zip(right) {
            let mut frame = [*left, *right];
            G::step(V::of(&frame), &way.now, &mut states).to(&mut frame);
            [*left, *right] = frame;
            if moving {
                way.advance();
            }
        }
        for s in 0..S {
            let mut both = [0.0; 2];
            states[s].store(&mut both);
            (self.states[0][s][0], self.states[1][s][0]) = (both[0], both[1]);
        }
    }

    /// The strips of each channel, as many at a time as a vector holds.
    #[inline(always)]
    fn rows<V: Vector, G: Step<K, S>>(&mut self, block: &mut Block<'_>) {
        let strips = block.strips();
        for channel in 0..block.channels() {
            for first in (0..strips).step_by(V::N) {
                let mut states: [V; S] = side_by_side(&self.states[channel], first);
                let mut way: Way<V, K> = self.knobs.way(first);
                let rows = block.plane(channel).chunks_exact_mut(strips);
                if self.knobs.moving() {
                    for row in rows {
                        let row = &mut row[first..first + V::N];
                        G::step(V::of(row), &way.now, &mut states).to(row);
                        way.advance();
                    }
                } else {
                    for row in rows {
                        let row = &mut row[first..first + V::N];
                        G::step(V::of(row), &way.now, &mut states).to(row);
                    }
                }
                for s in 0..S {
                    states[s].store(&mut self.states[channel][s][first..]);
                }
            }
        }
    }
}

/// Numbers of neighbouring strips.
#[inline(always)]
pub(super) fn side_by_side<V: Vector, const S: usize>(all: &[Vec<f64>; S], first: usize) -> [V; S] {
    let mut some = [V::splat(0.0); S];
    for s in 0..S {
        some[s] = V::cycle(&all[s][first..]);
    }
    some
}

/// Knobs of neighbouring strips on their way, while a loop holds them in registers.
pub(super) struct Way<V, const K: usize> {
    pub(super) now: [V; K],
    from: [V; K],
    step: [V; K],
    done: f64,
}

impl<const K: usize> Knobs<K> {
    /// Those of the strips from `first` on, again and again where there are fewer than places.
    #[inline(always)]
    pub(super) fn way<V: Vector>(&self, first: usize) -> Way<V, K> {
        let from = side_by_side(&self.from, first);
        let step = side_by_side(&self.step, first);
        let mut way = Way { now: from, from, step, done: f64::from(self.done) };
        way.place();
        way
    }
}

impl<V: Vector, const K: usize> Way<V, K> {
    /// Goes on by a frame.
    #[inline(always)]
    pub(super) fn advance(&mut self) {
        self.done += 1.0;
        self.place();
    }

    #[inline(always)]
    fn place(&mut self) {
        let along = V::splat(self.done);
        for k in 0..K {
            self.now[k] = self.from[k] + self.step[k] * along;
        }
    }
}

struct Run<'r, 'b, 'd, F, G, const K: usize, const S: usize> {
    recur: &'r mut Recur<F, K, S>,
    block: &'b mut Block<'d>,
    step: PhantomData<G>,
}

impl<F: Step<K, S>, G: Step<K, S>, const K: usize, const S: usize> Job for Run<'_, '_, '_, F, G, K, S> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Run { recur, block, .. } = self;
        match (block.strips(), block.channels()) {
            (1, 1) => recur.single::<G>(block),
            (1, _) => recur.pair::<I::V2, G>(block),
            (2, _) => recur.rows::<I::V2, G>(block),
            (4, _) => recur.rows::<I::V4, G>(block),
            (8, _) if I::Wide::N < 8 => recur.rows::<I::Wide, G>(block),
            (8, _) => recur.rows::<I::V8, G>(block),
            (16, _) => recur.rows::<I::Wide, G>(block),
            (strips, _) => unreachable!("packs hold 1, 2, 4, 8 or 16 strips, not {strips}"),
        }
    }
}

/// One number of one strip on its way to a goal in a straight line, for plain loops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ramp {
    now: f64,
    step: f64,
    goal: f64,
    left: u32,
}

impl Ramp {
    /// Sends it to a new place.
    pub fn aim(&mut self, to: Aim, goal: f64) {
        self.goal = goal;
        self.left = to.over;
        if to.over == 0 {
            self.now = goal;
        } else {
            self.step = (goal - self.now) / f64::from(to.over);
        }
    }

    /// The number at this frame; goes on by one.
    #[inline(always)]
    pub fn advance(&mut self) -> f64 {
        let now = self.now;
        if self.left > 0 {
            self.left -= 1;
            self.now = if self.left == 0 { self.goal } else { self.now + self.step };
        }
        now
    }

    /// Whether it is on its way.
    pub fn moving(&self) -> bool {
        self.left > 0
    }

    /// The number now.
    pub fn now(&self) -> f64 {
        self.now
    }
}
