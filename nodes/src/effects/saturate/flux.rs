//! What a transformer's core sees instead of the signal.

use super::OFFSET;
use crate::dsp::{
    cpu::{Isa, Job, Vector, dispatch},
    math,
};
use std::f64::consts::TAU;

/// The flux in a core, `p += g x` with a leak, and the voltage that it gives back: the exact inverse. Rows hold a sample
/// of each channel; the flux itself is `f64`, as the way back lifts its last bits by 50 dB.
#[derive(Clone)]
pub(super) struct Flux {
    keep: f64,
    gain: f64,
    held: Vec<f64>,
    released: Vec<f64>,
    /// The flux of a piece.
    rows: Vec<f64>,
}

impl Flux {
    /// With a corner at 5 Hz and a gain of 1 at 60 Hz, for pieces of at most `most` frames.
    pub(super) fn new(rate: f64, channels: usize, most: usize) -> Self {
        let keep = math::exp(-TAU * OFFSET.0 / rate);
        let turn = math::cos(TAU * 60.0 / rate);
        let gain = math::sqrt(1.0 - 2.0 * keep * turn + keep * keep);
        let rest = vec![0.0; channels];
        Flux { keep, gain, held: rest.clone(), released: rest, rows: vec![0.0; channels * most] }
    }

    /// Clears what has decayed below hearing.
    pub(super) fn settle(&mut self) {
        self.held.iter_mut().chain(&mut self.released).for_each(|state| *state = math::settle(*state));
    }

    /// From samples to the flux that they make.
    pub(super) fn gather(&mut self, samples: &[f32]) -> &mut [f64] {
        dispatch(Gather { flux: self, samples });
        &mut self.rows[..samples.len()]
    }

    /// Back from the flux, bent or not, to samples.
    pub(super) fn release(&mut self, samples: &mut [f32]) {
        dispatch(Release { flux: self, samples });
    }
}

struct Gather<'a> {
    flux: &'a mut Flux,
    samples: &'a [f32],
}

impl Job for Gather<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        if self.flux.held.len() == 1 { self.rows::<f64>() } else { self.rows::<I::V2>() }
    }
}

impl Gather<'_> {
    #[inline(always)]
    fn rows<V: Vector>(self) {
        let Flux { keep, gain, held, rows, .. } = self.flux;
        let (keep, gain, mut flux) = (V::splat(*keep), V::splat(*gain), V::load(held));
        for (row, x) in rows.chunks_exact_mut(V::N).zip(self.samples.chunks_exact(V::N)) {
            flux = keep * flux + gain * V::of(x);
            flux.store(row);
        }
        flux.store(held);
    }
}

struct Release<'a> {
    flux: &'a mut Flux,
    samples: &'a mut [f32],
}

impl Job for Release<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        if self.flux.held.len() == 1 { self.rows::<f64>() } else { self.rows::<I::V2>() }
    }
}

impl Release<'_> {
    #[inline(always)]
    fn rows<V: Vector>(self) {
        let Flux { keep, gain, released, rows, .. } = self.flux;
        let (keep, over, mut before) = (V::splat(*keep), V::splat(1.0 / *gain), V::load(released));
        for (x, row) in self.samples.chunks_exact_mut(V::N).zip(rows.chunks_exact(V::N)) {
            let flux = V::load(row);
            ((flux - keep * before) * over).to(x);
            before = flux;
        }
        before.store(released);
    }
}
