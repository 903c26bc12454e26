//! Numbers side by side, whatever the CPU does them with.

use std::ops::{Add, Div, Mul, Sub};

/// Numbers side by side: all arithmetic is the same in each.
pub trait Vector:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// How many.
    const N: usize;
    /// The same number in all.
    fn splat(x: f64) -> Self;
    /// The first `N` numbers.
    ///
    /// # Panics
    /// If there are fewer.
    fn load(from: &[f64]) -> Self;
    /// Numbers again and again until all places are filled: of one, or of as many as half the places, or of at least all.
    ///
    /// # Panics
    /// If there are too few.
    #[inline(always)]
    fn cycle(from: &[f64]) -> Self {
        if from.len() == 1 { Self::splat(from[0]) } else { Self::load(from) }
    }
    /// Puts them in the first `N` places.
    ///
    /// # Panics
    /// If there are fewer.
    fn store(self, to: &mut [f64]);
    /// The first `N` samples.
    ///
    /// # Panics
    /// If there are fewer.
    fn of(samples: &[f32]) -> Self;
    /// Puts them, rounded, in the first `N` places.
    ///
    /// # Panics
    /// If there are fewer.
    fn to(self, samples: &mut [f32]);
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
    const N: usize = 1;
    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn load(from: &[f64]) -> Self {
        from[0]
    }
    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        to[0] = self;
    }
    #[inline(always)]
    fn of(samples: &[f32]) -> Self {
        f64::from(samples[0])
    }
    #[inline(always)]
    fn to(self, samples: &mut [f32]) {
        samples[0] = self as f32;
    }
    #[inline(always)]
    fn less(a: f64, b: f64, x: f64, y: f64) -> f64 {
        if a < b { x } else { y }
    }
}

/// Samples side by side.
pub trait Floats: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// How many.
    const N: usize;
    /// The same sample in all places.
    fn splat(x: f32) -> Self;
    /// The first `N` samples.
    ///
    /// # Panics
    /// If there are fewer.
    fn load(from: &[f32]) -> Self;
    /// Puts them in the first `N` places.
    ///
    /// # Panics
    /// If there are fewer.
    fn store(self, to: &mut [f32]);
    /// The larger ones; the other where neither is.
    fn larger(self, other: Self) -> Self;
    /// Zero where the magnitude is below a limit.
    fn zero_below(self, limit: f32) -> Self;
}

/// Eight samples side by side.
pub trait Octet: Floats {
    /// Rows as columns.
    fn turned(rows: [Self; 8]) -> [Self; 8];
    /// Whole numbers of 24 bits, the lowest byte first.
    #[inline(always)]
    fn int24(bytes: &[u8; 24]) -> Self {
        let mut octet = [0.0; 8];
        for (x, [low, middle, high]) in octet.iter_mut().zip(bytes.as_chunks().0) {
            *x = (i32::from_le_bytes([0, *low, *middle, *high]) >> 8) as f32;
        }
        Self::load(&octet)
    }
}

impl Floats for f32 {
    const N: usize = 1;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        x
    }
    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        from[0]
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[0] = self;
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn zero_below(self, limit: f32) -> Self {
        if self.abs() < limit { 0.0 } else { self }
    }
}

/// Two vectors as one of twice their numbers.
#[derive(Clone, Copy, Debug)]
pub struct Two<V>(V, V);

impl Two<f64> {
    /// Both numbers made anew.
    pub fn map(self, make: impl Fn(f64) -> f64) -> Self {
        Two(make(self.0), make(self.1))
    }
}

macro_rules! two_op {
    ($trait:ident $op:ident) => {
        impl<V: Vector> $trait for Two<V> {
            type Output = Self;
            #[inline(always)]
            fn $op(self, other: Self) -> Self {
                Two($trait::$op(self.0, other.0), $trait::$op(self.1, other.1))
            }
        }
    };
}
two_op!(Add add);
two_op!(Sub sub);
two_op!(Mul mul);
two_op!(Div div);

impl<V: Vector> Vector for Two<V> {
    const N: usize = 2 * V::N;
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Two(V::splat(x), V::splat(x))
    }
    #[inline(always)]
    fn load(from: &[f64]) -> Self {
        Two(V::load(from), V::load(&from[V::N..]))
    }
    #[inline(always)]
    fn cycle(from: &[f64]) -> Self {
        let first = V::cycle(from);
        // The same numbers in both halves stay in the same registers.
        if from.len() <= V::N { Two(first, first) } else { Two(first, V::cycle(&from[V::N..])) }
    }
    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        self.0.store(to);
        self.1.store(&mut to[V::N..]);
    }
    #[inline(always)]
    fn of(samples: &[f32]) -> Self {
        Two(V::of(samples), V::of(&samples[V::N..]))
    }
    #[inline(always)]
    fn to(self, samples: &mut [f32]) {
        self.0.to(samples);
        self.1.to(&mut samples[V::N..]);
    }
    #[inline(always)]
    fn less(a: Self, b: Self, x: Self, y: Self) -> Self {
        Two(V::less(a.0, b.0, x.0, y.0), V::less(a.1, b.1, x.1, y.1))
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Two(self.0.min(other.0), self.1.min(other.1))
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Two(self.0.max(other.0), self.1.max(other.1))
    }
}
