//! Functions of one sample, run over every shape of block: one strip or a pack, mono or stereo.
//!
//! An author writes a [`Sample`]; [`Each`] makes flat loops of it and moves its knobs in straight lines.

use super::{
    cpu::{Isa, Job, dispatch},
    knobs::Knobs,
};
use crate::{block::Block, effect::Aim, processor::Setup};
use std::marker::PhantomData;

/// A function of one sample and `K` knobs.
pub trait Sample<const K: usize>: Clone + Send {
    /// The output. Mark it `#[inline(always)]`.
    fn sample(x: f32, knobs: [f32; K]) -> f32;
}

/// Samples that a loop works on: strips side by side fit in it a whole number of times.
const TILE: usize = 128;

/// Knobs as their samples lie, where a line of the cache begins: no vector of theirs lies across two.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Laid<const K: usize>([[f32; TILE]; K]);

/// A function of samples over every channel and strip of a block.
#[derive(Clone, Debug)]
pub struct Each<F, const K: usize> {
    knobs: Knobs<K>,
    /// The knobs laid out as the samples are, so that both lie in flat loops: a loop of strips within a loop of frames
    /// runs many times slower whenever the compiler makes vectors of the wrong one.
    laid: Box<Laid<K>>,
    /// Whether the knobs rest where they are laid out.
    rests: bool,
    sample: PhantomData<F>,
}

impl<F: Sample<K>, const K: usize> Each<F, K> {
    /// With all knobs at 0.
    pub fn new(setup: &Setup) -> Self {
        let laid = Box::new(Laid([[0.0; TILE]; K]));
        Each { knobs: Knobs::new(setup.strips), laid, rests: false, sample: PhantomData }
    }

    /// Sends one strip's knobs to new places.
    pub fn aim(&mut self, to: Aim, goal: [f64; K]) {
        self.knobs.aim(to, goal);
        self.rests = false;
    }

    /// Works on a block in place.
    pub fn run(&mut self, block: &mut Block<'_>) {
        dispatch(Run { each: self, block });
        self.rests = !self.knobs.moving();
        self.knobs.advance(block.frames());
    }

    #[inline(always)]
    fn plane(&mut self, plane: &mut [f32]) {
        let strips = self.knobs.strips();
        let (tiles, rest) = plane.as_chunks_mut::<TILE>();
        let whole = tiles.len();
        for (index, tile) in tiles.iter_mut().enumerate() {
            self.lay(index * TILE / strips);
            shape::<F, K>(tile, &self.laid.0);
        }
        if !rest.is_empty() {
            self.lay(whole * TILE / strips);
            let mut tile = [0.0; TILE];
            tile[..rest.len()].copy_from_slice(rest);
            shape::<F, K>(&mut tile, &self.laid.0);
            rest.copy_from_slice(&tile[..rest.len()]);
        }
    }

    /// Lays out the knobs from so many frames on, unless they rest there.
    #[inline(always)]
    fn lay(&mut self, frames: usize) {
        if !self.rests {
            self.knobs.lay(frames, &mut self.laid.0);
            self.rests = !self.knobs.moving();
        }
    }
}

struct Run<'r, 'b, 'd, F, const K: usize> {
    each: &'r mut Each<F, K>,
    block: &'b mut Block<'d>,
}

impl<F: Sample<K>, const K: usize> Job for Run<'_, '_, '_, F, K> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        for channel in 0..self.block.channels() {
            self.each.plane(self.block.plane(channel));
        }
    }
}

/// A whole tile: where lengths are known there are no bounds to check, for which compilers would leave some samples to be
/// done one by one.
#[inline(always)]
fn shape<F: Sample<K>, const K: usize>(tile: &mut [f32; TILE], knobs: &[[f32; TILE]; K]) {
    for i in 0..TILE {
        let mut now = [0.0; K];
        for k in 0..K {
            now[k] = knobs[k][i];
        }
        tile[i] = F::sample(tile[i], now);
    }
}
