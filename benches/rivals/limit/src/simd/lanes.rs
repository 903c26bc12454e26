//! N biquads and a compressor, sixteen channels wide.

use super::vector::{LANES, Row, SILENT, V, exp2, load, log2, set, store};
use crate::biquad::Coefficients;
use crate::compressor::{OCTAVE, SILENCE};
use crate::session::Ballistics;
use std::arch::x86_64::*;

/// No level reaches it: what an unused lane has as its threshold.
const NEVER: f32 = 100.0;

pub struct Lanes<const N: usize> {
    coefficients: [[Row; 5]; N],
    state: [[Row; 2]; N],
    threshold: Row,
    slope: Row,
    attack: Row,
    release: Row,
    /// The present reductions in octaves.
    reduction: Row,
    /// Whether neighbours are two sides of one sound.
    linked: bool,
    eq_first: bool,
}

impl<const N: usize> Lanes<N> {
    pub fn eq_first(linked: bool) -> Self {
        Self::new(linked, true)
    }

    pub fn compressor_first(linked: bool) -> Self {
        Self::new(linked, false)
    }

    fn new(linked: bool, eq_first: bool) -> Self {
        let mut coefficients = [[SILENT; 5]; N];
        for band in &mut coefficients {
            band[0] = Row([1.0; LANES]);
        }
        Self {
            coefficients,
            state: [[SILENT; 2]; N],
            threshold: Row([NEVER; LANES]),
            slope: SILENT,
            attack: SILENT,
            release: SILENT,
            reduction: SILENT,
            linked,
            eq_first,
        }
    }

    /// Sets a channel up; the gain before it goes into its first filter.
    pub fn set(&mut self, lane: usize, eq: &[Coefficients], gain: f32, ballistics: &Ballistics) {
        for (band, coefficients) in eq.iter().enumerate() {
            for (k, coefficient) in coefficients.iter().enumerate() {
                let is_input = band == 0 && k < 3;
                self.coefficients[band][k].0[lane] = coefficient * if is_input { gain } else { 1.0 };
            }
        }
        self.threshold.0[lane] = ballistics.threshold / OCTAVE;
        self.slope.0[lane] = 1.0 / ballistics.ratio - 1.0;
        self.attack.0[lane] = ballistics.attack;
        self.release.0[lane] = ballistics.release;
    }

    /// Sixteen frames, a row of lanes each.
    #[inline(always)]
    pub unsafe fn run(&mut self, frames: &mut [V; LANES]) {
        let mut state = [[set(0.0); 2]; N];
        for (state, row) in state.iter_mut().flatten().zip(self.state.iter().flatten()) {
            *state = load(row);
        }
        let mut reduction = load(&self.reduction);
        // Two loops: each recursion then has the processor for itself.
        if self.eq_first {
            frames.iter_mut().for_each(|frame| *frame = self.filter(*frame, &mut state));
            frames.iter_mut().for_each(|frame| *frame = self.compress(*frame, &mut reduction));
        } else {
            frames.iter_mut().for_each(|frame| *frame = self.compress(*frame, &mut reduction));
            frames.iter_mut().for_each(|frame| *frame = self.filter(*frame, &mut state));
        }
        for (state, row) in state.iter().flatten().zip(self.state.iter_mut().flatten()) {
            store(row, *state);
        }
        store(&mut self.reduction, reduction);
    }

    #[inline(always)]
    unsafe fn filter(&self, x: V, state: &mut [[V; 2]; N]) -> V {
        let mut x = x;
        for (c, [s1, s2]) in self.coefficients.iter().zip(state) {
            let y = _mm512_fmadd_ps(load(&c[0]), x, *s1);
            *s1 = _mm512_fnmadd_ps(load(&c[3]), y, _mm512_fmadd_ps(load(&c[1]), x, *s2));
            *s2 = _mm512_fnmadd_ps(load(&c[4]), y, _mm512_mul_ps(load(&c[2]), x));
            x = y;
        }
        x
    }

    #[inline(always)]
    unsafe fn compress(&self, x: V, reduction: &mut V) -> V {
        let mut level = _mm512_abs_ps(x);
        if self.linked {
            level = _mm512_max_ps(level, _mm512_permute_ps::<0b10_11_00_01>(level));
        }
        let level = log2(_mm512_max_ps(level, set(SILENCE)));
        let over = _mm512_max_ps(_mm512_sub_ps(level, load(&self.threshold)), set(0.0));
        let way = _mm512_sub_ps(_mm512_mul_ps(over, load(&self.slope)), *reduction);
        let down = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(way, set(0.0));
        let step = _mm512_mask_blend_ps(down, load(&self.release), load(&self.attack));
        *reduction = _mm512_fmadd_ps(way, step, *reduction);
        _mm512_mul_ps(x, exp2(*reduction))
    }
}
