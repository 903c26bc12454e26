//! Complex numbers side by side, and the smallest transforms of them.

use super::square::Row;
use crate::dsp::cpu::Floats;
use std::{
    f32::consts::FRAC_1_SQRT_2,
    ops::{Add, Sub},
};

/// Complex numbers: in each place a real and an imaginary part.
#[derive(Clone, Copy)]
pub(super) struct Number<V> {
    pub(super) re: V,
    pub(super) im: V,
}

impl<V: Floats> Number<V> {
    /// The same number in all places.
    #[inline(always)]
    pub(super) fn splat((re, im): (f32, f32)) -> Self {
        Number { re: V::splat(re), im: V::splat(im) }
    }

    /// Those of a row from a place on.
    #[inline(always)]
    pub(super) fn load([re, im]: [&Row; 2], q: usize) -> Self {
        Number { re: V::load(&re[q..]), im: V::load(&im[q..]) }
    }

    /// Puts them in a row from a place on.
    #[inline(always)]
    pub(super) fn store(self, [re, im]: [&mut Row; 2], q: usize) {
        self.re.store(&mut re[q..]);
        self.im.store(&mut im[q..]);
    }

    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        Number { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    /// `self - i other`.
    #[inline(always)]
    fn less_turned(self, other: Self) -> Self {
        Number { re: self.re + other.im, im: self.im - other.re }
    }

    /// `self + i other`.
    #[inline(always)]
    fn plus_turned(self, other: Self) -> Self {
        Number { re: self.re - other.im, im: self.im + other.re }
    }

    #[inline(always)]
    fn scaled(self, factor: V) -> Self {
        Number { re: self.re * factor, im: self.im * factor }
    }
}

impl<V: Floats> Add for Number<V> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Number { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<V: Floats> Sub for Number<V> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Number { re: self.re - other.re, im: self.im - other.im }
    }
}

/// The transform of four.
#[inline(always)]
pub(super) fn four<V: Floats>([a, b, c, d]: [Number<V>; 4]) -> [Number<V>; 4] {
    let (even, less, odd, turned) = (a + c, a - c, b + d, b - d);
    [even + odd, less.less_turned(turned), even - odd, less.plus_turned(turned)]
}

/// The transform of eight.
#[inline(always)]
pub(super) fn eight<V: Floats>([a, b, c, d, e, f, g, h]: [Number<V>; 8]) -> [Number<V>; 8] {
    let [r0, r2, r4, r6] = four([a + e, b + f, c + g, d + h]);
    let eighth = V::splat(FRAC_1_SQRT_2);
    let (first, last) = (b - f, d - h);
    // Turned by one and by three eighths of a circle.
    let first = Number { re: first.re + first.im, im: first.im - first.re }.scaled(eighth);
    let last = Number { re: last.im - last.re, im: V::splat(0.0) - (last.re + last.im) }.scaled(eighth);
    let (start, middle) = (a - e, c - g);
    let (even, less) = (start.less_turned(middle), start.plus_turned(middle));
    let (odd, turned) = (first + last, first - last);
    [r0, even + odd, r2, less.less_turned(turned), r4, even - odd, r6, less.plus_turned(turned)]
}
