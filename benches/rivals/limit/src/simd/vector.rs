//! Sixteen numbers at once: what AVX-512 lacks of decoding, logarithms and turning.

use crate::compressor::{EXP2, LOG2};
use std::arch::x86_64::*;

pub type V = __m512;
pub const LANES: usize = 16;

/// Sixteen numbers in memory.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Row(pub [f32; LANES]);

pub const SILENT: Row = Row([0.0; LANES]);

#[inline(always)]
pub unsafe fn set(value: f32) -> V {
    _mm512_set1_ps(value)
}

#[inline(always)]
pub unsafe fn load(row: &Row) -> V {
    _mm512_load_ps(row.0.as_ptr())
}

#[inline(always)]
pub unsafe fn store(row: &mut Row, v: V) {
    _mm512_store_ps(row.0.as_mut_ptr(), v);
}

#[inline(always)]
pub unsafe fn log2(x: V) -> V {
    let mantissa = _mm512_getmant_ps::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_SRC>(x);
    _mm512_add_ps(_mm512_getexp_ps(x), polynomial(LOG2, mantissa))
}

#[inline(always)]
pub unsafe fn exp2(x: V) -> V {
    let whole = _mm512_roundscale_ps::<0>(x);
    _mm512_scalef_ps(polynomial(EXP2, _mm512_sub_ps(x, whole)), whole)
}

#[inline(always)]
unsafe fn polynomial<const N: usize>(coefficients: [f32; N], x: V) -> V {
    let mut sum = set(coefficients[0]);
    for coefficient in &coefficients[1..] {
        sum = _mm512_fmadd_ps(sum, x, set(*coefficient));
    }
    sum
}

/// The next 16 samples of three bytes; it reads a whole register.
#[inline(always)]
pub unsafe fn decode(bytes: *const u8) -> V {
    /// Where each byte of a 32-bit number comes from; the lowest is left empty.
    const FROM: [u8; 64] = {
        let mut from = [0; 64];
        let mut at = 0;
        while at < 64 {
            if at % 4 != 0 {
                from[at] = (at / 4 * 3 + at % 4 - 1) as u8;
            }
            at += 1;
        }
        from
    };
    const UPPER_THREE: u64 = 0xEEEE_EEEE_EEEE_EEEE;
    let from = _mm512_loadu_si512(FROM.as_ptr().cast());
    let whole = _mm512_maskz_permutexvar_epi8(UPPER_THREE, from, _mm512_loadu_si512(bytes.cast()));
    _mm512_mul_ps(_mm512_cvtepi32_ps(whole), set(1.0 / 2_147_483_648.0))
}

/// Left and right of 16 frames that stand side by side.
#[inline(always)]
pub unsafe fn apart(first: V, second: V) -> [V; 2] {
    const EVEN: [i32; 16] = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
    const ODD: [i32; 16] = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31];
    [pick(first, &EVEN, second), pick(first, &ODD, second)]
}

#[inline(always)]
unsafe fn pick(a: V, from: &[i32; 16], b: V) -> V {
    _mm512_permutex2var_ps(a, _mm512_loadu_si512(from.as_ptr().cast()), b)
}

/// Sixteen lanes of 16 frames become 16 frames of 16 lanes, and back.
#[inline(always)]
pub unsafe fn transpose(rows: &mut [V; LANES]) {
    exchange::<1>(rows);
    exchange::<2>(rows);
    exchange::<4>(rows);
    exchange::<8>(rows);
}

/// Exchanges the off-diagonal squares of side D.
#[inline(always)]
unsafe fn exchange<const D: usize>(rows: &mut [V; LANES]) {
    let (low, high) = (const { picks(D, 0) }, const { picks(D, D) });
    for i in (0..LANES).filter(|i| i & D == 0) {
        let (a, b) = (rows[i], rows[i + D]);
        rows[i] = pick(a, &low, b);
        rows[i + D] = pick(a, &high, b);
    }
}

/// Lanes of the first of two rows where the bit `side` is not set, of the second where it is; from `offset` on.
const fn picks(side: usize, offset: usize) -> [i32; 16] {
    let mut picks = [0; LANES];
    let mut lane = 0;
    while lane < LANES {
        let from = if lane & side == 0 { lane } else { LANES + lane - side };
        picks[lane] = (from + offset) as i32;
        lane += 1;
    }
    picks
}
