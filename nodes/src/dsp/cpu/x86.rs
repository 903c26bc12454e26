//! The vectors of x86-64.

use super::{Floats, Isa, Job, Level, Octet, Two, Vector, level};
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
    const PAIRED: usize = 2;
    type Register = F32x4;
    type Quad = F32x4;
    type Octet = F32x4x2;
    type Sixteen = F32x4x4;
}

impl Isa for Avx2 {
    type V2 = F64x2;
    type V4 = F64x4;
    type V8 = Two<F64x4>;
    type V16 = Two<Self::V8>;
    type Wide = Self::V8;
    type Pair = Self::V8;
    const PAIRED: usize = 8;
    type Register = F32x8;
    type Quad = F32x4;
    type Octet = F32x8;
    type Sixteen = F32x8x2;
}

impl Isa for Avx512 {
    type V2 = F64x2;
    type V4 = F64x4;
    type V8 = F64x8;
    type V16 = Two<F64x8>;
    type Wide = Self::V16;
    type Pair = Self::V16;
    const PAIRED: usize = 16;
    type Register = F32x16;
    type Quad = F32x4;
    type Octet = F32x8;
    type Sixteen = F32x16;
}

/// Rows as columns.
#[inline(always)]
pub fn turn4(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    // SAFETY: arrays of four `f32` are as long as the registers that are loaded and stored.
    unsafe {
        let mut quarter = [_mm_setzero_ps(); 4];
        for i in 0..4 {
            quarter[i] = _mm_loadu_ps(rows[i].as_ptr());
        }
        std::mem::transmute::<[__m128; 4], [[f32; 4]; 4]>(turn_quarter(quarter))
    }
}

#[inline(always)]
fn turn_quarter([a, b, c, d]: [__m128; 4]) -> [__m128; 4] {
    // SAFETY: SSE is part of x86-64.
    unsafe {
        let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
        let (ef, gh) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
        [_mm_movelh_ps(ab, cd), _mm_movehl_ps(cd, ab), _mm_movelh_ps(ef, gh), _mm_movehl_ps(gh, ef)]
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

/// Declares samples in one or more registers; the last rule keeps those that are not below a limit.
macro_rules! floats {
    ($name:ident($($part:tt at $at:literal),+ in $raw:ty) of $n:literal:
     $add:ident $sub:ident $mul:ident $max:ident $splat:ident $load:ident $store:ident,
     |$x:ident, $limit:ident| $kept:expr) => {
        #[derive(Clone, Copy)]
        struct $name($(floats!(@raw $part $raw)),+);

        floats!(@op $name Add add $add $($part),+);
        floats!(@op $name Sub sub $sub $($part),+);
        floats!(@op $name Mul mul $mul $($part),+);

        // SAFETY, for all that follows: as with the vectors above.
        impl Floats for $name {
            const N: usize = $n;
            #[inline(always)]
            fn splat(x: f32) -> Self {
                $name($(floats!(@part $part unsafe { $splat(x) })),+)
            }
            #[inline(always)]
            fn load(from: &[f32]) -> Self {
                assert!(from.len() >= $n);
                $name($(unsafe { $load(from.as_ptr().add($at)) }),+)
            }
            #[inline(always)]
            fn store(self, to: &mut [f32]) {
                assert!(to.len() >= $n);
                $(unsafe { $store(to.as_mut_ptr().add($at), self.$part) };)+
            }
            #[inline(always)]
            fn larger(self, other: Self) -> Self {
                // The instruction gives the second where neither is larger.
                $name($(unsafe { $max(self.$part, other.$part) }),+)
            }
            #[inline(always)]
            fn zero_below(self, limit: f32) -> Self {
                let $limit = unsafe { $splat(limit) };
                $name($({
                    let $x = self.$part;
                    unsafe { $kept }
                }),+)
            }
        }
    };
    (@raw $part:tt $raw:ty) => { $raw };
    (@part $part:tt $made:expr) => { $made };
    (@op $name:ident $trait:ident $op:ident $instruction:ident $($part:tt),+) => {
        impl $trait for $name {
            type Output = Self;
            #[inline(always)]
            fn $op(self, other: Self) -> Self {
                // SAFETY: as below.
                $name($(unsafe { $instruction(self.$part, other.$part) }),+)
            }
        }
    };
}

/// Declares samples in registers of SSE2.
macro_rules! floats_of_16_bytes {
    ($name:ident($($part:tt at $at:literal),+) of $n:literal) => {
        floats!($name($($part at $at),+ in __m128) of $n:
            _mm_add_ps _mm_sub_ps _mm_mul_ps _mm_max_ps _mm_set1_ps _mm_loadu_ps _mm_storeu_ps,
            |x, limit| _mm_andnot_ps(_mm_cmplt_ps(_mm_andnot_ps(_mm_set1_ps(-0.0), x), limit), x));
    };
}

/// Declares samples in registers of AVX2.
macro_rules! floats_of_32_bytes {
    ($name:ident($($part:tt at $at:literal),+) of $n:literal) => {
        floats!($name($($part at $at),+ in __m256) of $n:
            _mm256_add_ps _mm256_sub_ps _mm256_mul_ps _mm256_max_ps _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps,
            |x, limit| {
                let magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0), x);
                _mm256_andnot_ps(_mm256_cmp_ps::<_CMP_LT_OQ>(magnitude, limit), x)
            });
    };
}

floats_of_16_bytes!(F32x4(0 at 0) of 4);
floats_of_16_bytes!(F32x4x2(0 at 0, 1 at 4) of 8);
floats_of_16_bytes!(F32x4x4(0 at 0, 1 at 4, 2 at 8, 3 at 12) of 16);
floats_of_32_bytes!(F32x8(0 at 0) of 8);
floats_of_32_bytes!(F32x8x2(0 at 0, 1 at 8) of 16);

floats!(F32x16(0 at 0 in __m512) of 16:
    _mm512_add_ps _mm512_sub_ps _mm512_mul_ps _mm512_max_ps _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps,
    |x, limit| _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_NLT_UQ>(_mm512_abs_ps(x), limit), x));

impl Octet for F32x4x2 {
    #[inline(always)]
    fn turned(rows: [Self; 8]) -> [Self; 8] {
        let [a, b, c, d, e, f, g, h] = rows;
        let (top_left, top_right) = (turn_quarter([a.0, b.0, c.0, d.0]), turn_quarter([a.1, b.1, c.1, d.1]));
        let (low_left, low_right) = (turn_quarter([e.0, f.0, g.0, h.0]), turn_quarter([e.1, f.1, g.1, h.1]));
        let mut columns = rows;
        for i in 0..4 {
            columns[i] = F32x4x2(top_left[i], low_left[i]);
            columns[4 + i] = F32x4x2(top_right[i], low_right[i]);
        }
        columns
    }
}

impl Octet for F32x8 {
    #[inline(always)]
    fn turned(rows: [Self; 8]) -> [Self; 8] {
        // SAFETY: as with the vectors above.
        unsafe {
            let mut pairs = rows;
            for i in 0..4 {
                let (a, b) = (rows[2 * i].0, rows[2 * i + 1].0);
                pairs[2 * i] = F32x8(_mm256_unpacklo_ps(a, b));
                pairs[2 * i + 1] = F32x8(_mm256_unpackhi_ps(a, b));
            }
            let mut fours = pairs;
            for i in 0..2 {
                let [a, b, c, d] =
                    [pairs[4 * i].0, pairs[4 * i + 1].0, pairs[4 * i + 2].0, pairs[4 * i + 3].0];
                fours[4 * i] = F32x8(_mm256_shuffle_ps::<0x44>(a, c));
                fours[4 * i + 1] = F32x8(_mm256_shuffle_ps::<0xEE>(a, c));
                fours[4 * i + 2] = F32x8(_mm256_shuffle_ps::<0x44>(b, d));
                fours[4 * i + 3] = F32x8(_mm256_shuffle_ps::<0xEE>(b, d));
            }
            let mut columns = fours;
            for i in 0..4 {
                let (low, high) = (fours[i].0, fours[4 + i].0);
                columns[i] = F32x8(_mm256_permute2f128_ps::<0x20>(low, high));
                columns[4 + i] = F32x8(_mm256_permute2f128_ps::<0x31>(low, high));
            }
            columns
        }
    }
    /// Four samples from the front and four from the back, each brought into the upper three bytes of its place.
    #[inline(always)]
    fn int24(bytes: &[u8; 24]) -> Self {
        // SAFETY: as with the vectors above; both halves of 16 bytes lie within the 24.
        unsafe {
            let front = _mm_loadu_si128(bytes.as_ptr().cast());
            let back = _mm_loadu_si128(bytes.as_ptr().add(8).cast());
            let places = _mm256_setr_epi8(
                -1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, //
                -1, 4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15,
            );
            let upper = _mm256_shuffle_epi8(_mm256_set_m128i(back, front), places);
            F32x8(_mm256_cvtepi32_ps(_mm256_srai_epi32::<8>(upper)))
        }
    }
}
