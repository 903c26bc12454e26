//! Functions of samples, run over every shape of block: one strip or a pack, mono or stereo.
//!
//! An author writes [`Sample`] (no memory) or [`Step`] (a recursion); [`Each`] and [`Recur`] make loops of it, move its
//! knobs in straight lines, and clear what decays below hearing.

use super::math::settle;
use crate::{block::Block, effect::Aim, processor::Setup};
use std::marker::PhantomData;
use std::ops::{Add, Mul, Sub};

/// Numbers side by side, one for each strip of a pack or channel: all arithmetic is the same in each.
pub trait Vector: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// The same number in all.
    fn splat(x: f64) -> Self;
    /// `x` where `a < b`, else `y`.
    fn less(a: Self, b: Self, x: Self, y: Self) -> Self;
    /// The smaller ones.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::less(self, other, self, other)
    }
    /// The larger ones.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::less(self, other, other, self)
    }
}

impl Vector for f64 {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn less(a: f64, b: f64, x: f64, y: f64) -> f64 {
        if a < b { x } else { y }
    }
}

/// A row of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Row<const N: usize>(pub [f64; N]);

macro_rules! row_op {
    ($trait:ident $op:ident) => {
        impl<const N: usize> $trait for Row<N> {
            type Output = Self;
            #[inline(always)]
            fn $op(mut self, other: Self) -> Self {
                for i in 0..N {
                    self.0[i] = $trait::$op(self.0[i], other.0[i]);
                }
                self
            }
        }
    };
}
row_op!(Add add);
row_op!(Sub sub);
row_op!(Mul mul);

impl<const N: usize> Vector for Row<N> {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Row([x; N])
    }
    #[inline(always)]
    fn less(a: Self, b: Self, x: Self, y: Self) -> Self {
        let mut out = y;
        for i in 0..N {
            out.0[i] = if a.0[i] < b.0[i] { x.0[i] } else { y.0[i] };
        }
        out
    }
}

/// A recursion of `K` knobs and `S` states.
pub trait Step<const K: usize, const S: usize>: Clone + Send {
    /// The next output. Mark it `#[inline(always)]`.
    fn step<V: Vector>(x: V, knobs: &[V; K], states: &mut [V; S]) -> V;
}

/// A function of one sample and `K` knobs.
pub trait Sample<const K: usize>: Clone + Send {
    /// The output. Mark it `#[inline(always)]`.
    fn sample(x: f32, knobs: [f32; K]) -> f32;
}

/// Samples that flat loops work on at once: strips side by side fit in it a whole number of times.
pub const TILE: usize = 16;

/// Numbers of all strips, each on its way to a goal in a straight line.
///
/// A place is always reckoned from where the way began, so that no cut on the way changes a bit.
#[derive(Clone, Debug)]
pub struct Knobs<const K: usize> {
    pub(super) from: [Vec<f64>; K],
    pub(super) step: [Vec<f64>; K],
    goal: [Vec<f64>; K],
    pub(super) done: u32,
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

    /// Whether any is on its way.
    pub fn moving(&self) -> bool {
        self.over > 0
    }

    /// Knob `k` of one strip, `frames` frames from now.
    #[inline(always)]
    pub fn at(&self, k: usize, strip: usize, frames: usize) -> f64 {
        self.from[k][strip] + self.step[k][strip] * (self.done as usize + frames) as f64
    }

    /// Makes new samples of a plane's, each with the knobs of its strip at its frame.
    #[inline(always)]
    pub fn over(&self, plane: &mut [f32], make: impl Fn(f32, [f32; K]) -> f32) {
        let strips = self.from.first().map_or(1, Vec::len);
        let knobs_at = |first: usize| -> [[f32; TILE]; K] {
            let at = |k, i: usize| self.at(k, i % strips, (first + i) / strips) as f32;
            std::array::from_fn(|k| std::array::from_fn(|i| at(k, i)))
        };
        let mut knobs = knobs_at(0);
        let whole = plane.len() - plane.len() % TILE;
        let (tiles, rest) = plane.as_chunks_mut::<TILE>();
        for (index, tile) in tiles.iter_mut().enumerate() {
            if self.moving() {
                knobs = knobs_at(index * TILE);
            }
            for i in 0..TILE {
                tile[i] = make(tile[i], std::array::from_fn(|k| knobs[k][i]));
            }
        }
        if self.moving() {
            knobs = knobs_at(whole);
        }
        for (i, x) in rest.iter_mut().enumerate() {
            *x = make(*x, std::array::from_fn(|k| knobs[k][i]));
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
        match (block.lanes(), block.channels()) {
            (1, 1) => self.single(block),
            (1, _) => self.pair(block),
            (2, _) => self.rows::<2>(block),
            (4, _) => self.rows::<4>(block),
            (8, _) => self.rows::<8>(block),
            (16, _) => self.rows::<16>(block),
            (lanes, _) => unreachable!("packs hold 1, 2, 4, 8 or 16 strips, not {lanes}"),
        }
        if block.shape().settles {
            self.states.iter_mut().flatten().flatten().for_each(|s| *s = settle(*s));
        }
        self.knobs.advance(block.frames());
    }

    fn single(&mut self, block: &mut Block<'_>) {
        let mut states: [f64; S] = std::array::from_fn(|s| self.states[0][s][0]);
        let plane = block.plane(0);
        run(
            &self.knobs,
            |k, step| if step { self.knobs.step[k][0] } else { self.knobs.from[k][0] },
            plane.len(),
            |i, knobs| {
                plane[i] = F::step(f64::from(plane[i]), knobs, &mut states) as f32;
            },
        );
        (0..S).for_each(|s| self.states[0][s][0] = states[s]);
    }

    fn pair(&mut self, block: &mut Block<'_>) {
        let mut states: [Row<2>; S] =
            std::array::from_fn(|s| Row([self.states[0][s][0], self.states[1][s][0]]));
        let (left, right) = block.stereo();
        let right = &mut right[..left.len()];
        let knob = |k: usize, step: bool| {
            Row::splat(if step { self.knobs.step[k][0] } else { self.knobs.from[k][0] })
        };
        run(&self.knobs, knob, left.len(), |i, knobs| {
            let y = F::step(Row([f64::from(left[i]), f64::from(right[i])]), knobs, &mut states);
            left[i] = y.0[0] as f32;
            right[i] = y.0[1] as f32;
        });
        for s in 0..S {
            self.states[0][s][0] = states[s].0[0];
            self.states[1][s][0] = states[s].0[1];
        }
    }

    fn rows<const N: usize>(&mut self, block: &mut Block<'_>) {
        let row = |all: &[f64]| Row::<N>(std::array::from_fn(|i| all[i]));
        for channel in 0..block.channels() {
            let mut states: [Row<N>; S] = std::array::from_fn(|s| row(&self.states[channel][s]));
            let (rows, _) = block.plane(channel).as_chunks_mut::<N>();
            let knob =
                |k: usize, step: bool| row(if step { &self.knobs.step[k] } else { &self.knobs.from[k] });
            run(&self.knobs, knob, rows.len(), |i, knobs| {
                let y = F::step(Row(std::array::from_fn(|n| f64::from(rows[i][n]))), knobs, &mut states);
                (0..N).for_each(|n| rows[i][n] = y.0[n] as f32);
            });
            for s in 0..S {
                self.states[channel][s].copy_from_slice(&states[s].0);
            }
        }
    }
}

/// Calls `make` for each frame with the knobs of that frame.
#[inline(always)]
fn run<V: Vector, const K: usize>(
    knobs: &Knobs<K>,
    knob: impl Fn(usize, bool) -> V,
    frames: usize,
    mut make: impl FnMut(usize, &[V; K]),
) {
    let start: [V; K] = std::array::from_fn(|k| knob(k, false));
    if !knobs.moving() {
        return (0..frames).for_each(|i| make(i, &start));
    }
    let step: [V; K] = std::array::from_fn(|k| knob(k, true));
    for i in 0..frames {
        let along = V::splat((knobs.done as usize + i) as f64);
        let now: [V; K] = std::array::from_fn(|k| start[k] + step[k] * along);
        make(i, &now);
    }
}

/// A function of samples over every channel and strip of a block.
#[derive(Clone, Debug)]
pub struct Each<F, const K: usize> {
    knobs: Knobs<K>,
    sample: PhantomData<F>,
}

impl<F: Sample<K>, const K: usize> Each<F, K> {
    /// With all knobs at 0.
    pub fn new(setup: &Setup) -> Self {
        Each { knobs: Knobs::new(setup.strips), sample: PhantomData }
    }

    /// Sends one strip's knobs to new places.
    pub fn aim(&mut self, to: Aim, goal: [f64; K]) {
        self.knobs.aim(to, goal);
    }

    /// Works on a block in place.
    pub fn run(&mut self, block: &mut Block<'_>) {
        for channel in 0..block.channels() {
            self.knobs.over(block.plane(channel), F::sample);
        }
        self.knobs.advance(block.frames());
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
