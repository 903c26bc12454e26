//! Freeverb with both sides' sixteen combs in the lanes.

use super::vector::{LANES, Row, SILENT, V, load, set, store, transpose};
use crate::freeverb::{ALL_PASSES, COMBS, INPUT, OUTPUT, SPREAD};
use crate::session::Reverb;
use std::arch::x86_64::*;

pub struct Freeverb {
    combs: Vec<Ring>,
    all_passes: Vec<Ring>,
    now: usize,
    low: Row,
    feedback: f32,
    damp: f32,
}

impl Freeverb {
    pub fn new(reverb: &Reverb) -> Self {
        Self {
            combs: (0..2 * COMBS.len()).map(|_| Ring::new(4096)).collect(),
            all_passes: (0..2 * ALL_PASSES.len()).map(|_| Ring::new(1024)).collect(),
            now: 0,
            low: SILENT,
            feedback: reverb.feedback,
            damp: reverb.damp,
        }
    }

    pub unsafe fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        let mut low = load(&self.low);
        for at in (0..left.len()).step_by(LANES) {
            let (l, r) = (left.as_mut_ptr().add(at), right.as_mut_ptr().add(at));
            let x = _mm512_mul_ps(_mm512_add_ps(_mm512_loadu_ps(l), _mm512_loadu_ps(r)), set(INPUT));
            let [out_left, out_right] = self.comb(x, &mut low);
            _mm512_storeu_ps(l, _mm512_mul_ps(self.all_pass(0, out_left), set(OUTPUT)));
            _mm512_storeu_ps(r, _mm512_mul_ps(self.all_pass(1, out_right), set(OUTPUT)));
            self.now += LANES;
        }
        store(&mut self.low, low);
    }

    /// Sixteen frames of both sides' combs: over time in the rings, over combs in the recursion.
    #[inline(always)]
    unsafe fn comb(&mut self, x: V, low: &mut V) -> [V; 2] {
        let (feedback, damp) = (set(self.feedback), set(self.damp));
        let mut v = [x; LANES];
        let mut out = [set(0.0); 2];
        for k in 0..LANES {
            v[k] = self.combs[k].get(self.now, COMBS[k & 7] + (k >> 3) * SPREAD);
            out[k >> 3] = _mm512_add_ps(out[k >> 3], v[k]);
        }
        transpose(&mut v);
        for y in &mut v {
            *low = _mm512_fmadd_ps(_mm512_sub_ps(*low, *y), damp, *y);
            *y = *low;
        }
        transpose(&mut v);
        for (ring, v) in self.combs.iter_mut().zip(v) {
            ring.put(self.now, _mm512_fmadd_ps(v, feedback, x));
        }
        out
    }

    #[inline(always)]
    unsafe fn all_pass(&mut self, side: usize, out: V) -> V {
        let mut out = out;
        for (k, delay) in ALL_PASSES.iter().enumerate() {
            let ring = &mut self.all_passes[side * ALL_PASSES.len() + k];
            let y = ring.get(self.now, delay + side * SPREAD);
            ring.put(self.now, _mm512_fmadd_ps(y, set(0.5), out));
            out = _mm512_sub_ps(y, out);
        }
        out
    }
}

/// A delay line of a power of two; its first sixteen values stand behind its end once more, so that reads never wrap.
struct Ring {
    values: Vec<f32>,
    mask: usize,
}

impl Ring {
    fn new(length: usize) -> Self {
        Self { values: vec![0.0; length + LANES], mask: length - 1 }
    }

    #[inline(always)]
    unsafe fn get(&self, now: usize, delay: usize) -> V {
        _mm512_loadu_ps(self.values.as_ptr().add(now.wrapping_sub(delay) & self.mask))
    }

    #[inline(always)]
    unsafe fn put(&mut self, now: usize, v: V) {
        let at = now & self.mask;
        _mm512_storeu_ps(self.values.as_mut_ptr().add(at), v);
        if at == 0 {
            _mm512_storeu_ps(self.values.as_mut_ptr().add(self.mask + 1), v);
        }
    }
}
