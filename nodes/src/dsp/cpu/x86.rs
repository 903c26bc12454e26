//! The vectors of x86-64.

use super::{Isa, Job, Level, Two, Vector, level};
use std::arch::x86_64::*;
use std::ops::{Add, Div, Mul, Sub};

pub(super) fn best() -> Level {
    let has_avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl");
    match (has_avx512, is_x86_feature_detected!("avx2")) {
        (true, true) => Level::Avx512,
        (false, true) => Level::Avx2,
        (_, false) => Level::Base,
    }
}

#[inline]
pub(super) fn dispatch<J: Job>(job: J) -> J::Out {
    match level() {
        // SAFETY: the level is at most what `best` found, and that asked for every feature of the function.
        Level::Avx512 => unsafe { avx512(job) },
        // SAFETY: as above.
        Level::Avx2 => unsafe { avx2(job) },
        Level::Base => job.run::<Sse2>(),
    }
}

#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx2")]
fn avx512<J: Job>(job: J) -> J::Out {
    job.run::<Avx512>()
}

#[target_feature(enable = "avx2")]
fn avx2<J: Job>(job: J) -> J::Out {
    job.run::<Avx2>()
}

struct Sse2;
struct Avx2;
struct Avx512;

impl Isa for Sse2 {
    type V2 = F64x2;
    type V4 = Two<F64x2>;
    type V8 = Two<Self::V4>;
    type V16 = Two<Self::V8>;
    type Wide = Self::V4;
    type Pair = Self::V4;
}

impl Isa for Avx2 {
    type V2 = F64x2;
    type V4 = F64x4;
    type V8 = Two<F64x4>;
    type V16 = Two<Self::V8>;
    type Wide = Self::V8;
    type Pair = Self::V4;

    #[inline(always)]
    fn turn8(rows: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
        // SAFETY: a job at this level was dispatched, so the CPU has AVX.
        unsafe { turn8(rows) }
    }
}

impl Isa for Avx512 {
    type V2 = F64x2;
    type V4 = F64x4;
    type V8 = F64x8;
    type V16 = Two<F64x8>;
    type Wide = Self::V16;
    type Pair = Self::V16;

    #[inline(always)]
    fn turn8(rows: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
        Avx2::turn8(rows)
    }
}

/// Rows as columns.
#[inline(always)]
pub fn turn4(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    // SAFETY: SSE is part of x86-64; arrays of four `f32` are as long as the registers that are loaded and stored.
    unsafe {
        let (a, b) = (_mm_loadu_ps(rows[0].as_ptr()), _mm_loadu_ps(rows[1].as_ptr()));
        let (c, d) = (_mm_loadu_ps(rows[2].as_ptr()), _mm_loadu_ps(rows[3].as_ptr()));
        let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
        let (ef, gh) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
        let columns =
            [_mm_movelh_ps(ab, cd), _mm_movehl_ps(cd, ab), _mm_movelh_ps(ef, gh), _mm_movehl_ps(gh, ef)];
        std::mem::transmute::<[__m128; 4], [[f32; 4]; 4]>(columns)
    }
}

/// # Safety
/// The CPU must have AVX.
#[inline(always)]
unsafe fn turn8(rows: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
    // SAFETY: the caller knows of AVX; arrays of eight `f32` are as long as the registers that are loaded and stored.
    unsafe {
        let mut r = [_mm256_setzero_ps(); 8];
        for i in 0..8 {
            r[i] = _mm256_loadu_ps(rows[i].as_ptr());
        }
        let mut pairs = r;
        for i in 0..4 {
            pairs[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
            pairs[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
        }
        let mut fours = pairs;
        for i in 0..2 {
            let [a, b, c, d] = [pairs[4 * i], pairs[4 * i + 1], pairs[4 * i + 2], pairs[4 * i + 3]];
            fours[4 * i] = _mm256_shuffle_ps::<0x44>(a, c);
            fours[4 * i + 1] = _mm256_shuffle_ps::<0xEE>(a, c);
            fours[4 * i + 2] = _mm256_shuffle_ps::<0x44>(b, d);
            fours[4 * i + 3] = _mm256_shuffle_ps::<0xEE>(b, d);
        }
        let mut columns = [[0.0; 8]; 8];
        for i in 0..4 {
            let (low, high) = (fours[i], fours[4 + i]);
            _mm256_storeu_ps(columns[i].as_mut_ptr(), _mm256_permute2f128_ps::<0x20>(low, high));
            _mm256_storeu_ps(columns[4 + i].as_mut_ptr(), _mm256_permute2f128_ps::<0x31>(low, high));
        }
        columns
    }
}

/// Declares a vector with the instructions of its level.
macro_rules! vector {
    (
        $name:ident($raw:ty) of $n:literal: $add:ident $sub:ident $mul:ident $div:ident $min:ident $max:ident
        $splat:ident $load:ident $store:ident,
        |$from:ident| $of:expr, |$into:ident, $row:ident| $to:expr,
        |$a:ident, $b:ident, $x:ident, $y:ident| $less:expr
    ) => {
        #[derive(Clone, Copy)]
        struct $name($raw);

        vector!(@op $name Add add $add);
        vector!(@op $name Sub sub $sub);
        vector!(@op $name Mul mul $mul);
        vector!(@op $name Div div $div);

        // SAFETY, for all that follows: values of this type are made by jobs at its level only (see `cpu.rs`), so the
        // CPU has its instructions; and what is read or written lies within the slices, whose lengths are asserted.
        impl Vector for $name {
            const N: usize = $n;
            #[inline(always)]
            fn splat(x: f64) -> Self {
                $name(unsafe { $splat(x) })
            }
            #[inline(always)]
            fn load(from: &[f64]) -> Self {
                assert!(from.len() >= $n);
                $name(unsafe { $load(from.as_ptr()) })
            }
            #[inline(always)]
            fn store(self, to: &mut [f64]) {
                assert!(to.len() >= $n);
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }
            #[inline(always)]
            fn of(samples: &[f32]) -> Self {
                assert!(samples.len() >= $n);
                let $from = samples.as_ptr();
                $name(unsafe { $of })
            }
            #[inline(always)]
            fn to(self, samples: &mut [f32]) {
                assert!(samples.len() >= $n);
                let ($into, $row) = (samples.as_mut_ptr(), self.0);
                unsafe { $to }
            }
            #[inline(always)]
            fn less($a: Self, $b: Self, $x: Self, $y: Self) -> Self {
                let ($a, $b, $x, $y) = ($a.0, $b.0, $x.0, $y.0);
                $name(unsafe { $less })
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // The instruction gives the second where neither is smaller, as `less` does.
                $name(unsafe { $min(self.0, other.0) })
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                $name(unsafe { $max(other.0, self.0) })
            }
        }
    };
    (@op $name:ident $trait:ident $op:ident $instruction:ident) => {
        impl $trait for $name {
            type Output = Self;
            #[inline(always)]
            fn $op(self, other: Self) -> Self {
                // SAFETY: as below.
                $name(unsafe { $instruction(self.0, other.0) })
            }
        }
    };
}

vector!(F64x2(__m128d) of 2: _mm_add_pd _mm_sub_pd _mm_mul_pd _mm_div_pd _mm_min_pd _mm_max_pd
_mm_set1_pd _mm_loadu_pd _mm_storeu_pd,
|from| _mm_cvtps_pd(_mm_castpd_ps(_mm_set_sd(from.cast::<f64>().read_unaligned()))),
|to, x| to.cast::<f64>().write_unaligned(_mm_cvtsd_f64(_mm_castps_pd(_mm_cvtpd_ps(x)))),
|a, b, x, y| {
    let mask = _mm_cmplt_pd(a, b);
    _mm_or_pd(_mm_and_pd(mask, x), _mm_andnot_pd(mask, y))
});

vector!(F64x4(__m256d) of 4: _mm256_add_pd _mm256_sub_pd _mm256_mul_pd _mm256_div_pd _mm256_min_pd _mm256_max_pd
    _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd,
    |from| _mm256_cvtps_pd(_mm_loadu_ps(from)),
    |to, x| _mm_storeu_ps(to, _mm256_cvtpd_ps(x)),
    |a, b, x, y| _mm256_blendv_pd(y, x, _mm256_cmp_pd::<_CMP_LT_OQ>(a, b)));

vector!(F64x8(__m512d) of 8: _mm512_add_pd _mm512_sub_pd _mm512_mul_pd _mm512_div_pd _mm512_min_pd _mm512_max_pd
    _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd,
    |from| _mm512_cvtps_pd(_mm256_loadu_ps(from)),
    |to, x| _mm256_storeu_ps(to, _mm512_cvtpd_ps(x)),
    |a, b, x, y| _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b), y, x));
