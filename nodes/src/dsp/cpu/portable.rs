//! Vectors for CPUs whose own are not written out here: compilers make some of loops over so many numbers.

use super::{Floats, Isa, Octet, Two};
use std::ops::{Add, Mul, Sub};

/// Vectors of plain numbers, for CPUs whose own are not written out here: compilers make vectors of many of them.
pub(super) struct Portable;

impl Isa for Portable {
    type V2 = Two<f64>;
    type V4 = Two<Self::V2>;
    type V8 = Two<Self::V4>;
    type V16 = Two<Self::V8>;
    type Wide = Self::V4;
    type Pair = Self::V4;
    const PAIRED: usize = 2;
    type Register = Plain<4>;
    type Quad = Plain<4>;
    type Octet = Plain<8>;
    type Sixteen = Plain<16>;
}

/// Plain samples.
#[derive(Clone, Copy)]
pub(super) struct Plain<const N: usize>([f32; N]);

macro_rules! plain_op {
    ($trait:ident $op:ident) => {
        impl<const N: usize> $trait for Plain<N> {
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
plain_op!(Add add);
plain_op!(Sub sub);
plain_op!(Mul mul);

impl<const N: usize> Floats for Plain<N> {
    const N: usize = N;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        Plain([x; N])
    }
    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        Plain(*from.first_chunk().expect("as many samples as places"))
    }
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[..N].copy_from_slice(&self.0);
    }
    #[inline(always)]
    fn larger(mut self, other: Self) -> Self {
        for i in 0..N {
            self.0[i] = if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] };
        }
        self
    }
    #[inline(always)]
    fn zero_below(mut self, limit: f32) -> Self {
        for x in &mut self.0 {
            *x = x.zero_below(limit);
        }
        self
    }
}

impl Octet for Plain<8> {
    #[inline(always)]
    fn turned(rows: [Self; 8]) -> [Self; 8] {
        let mut columns = rows;
        for i in 0..8 {
            for j in 0..8 {
                columns[j].0[i] = rows[i].0[j];
            }
        }
        columns
    }
}

/// Rows as columns.
#[inline(always)]
pub fn turn4(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let mut columns = rows;
    for i in 0..4 {
        for j in 0..4 {
            columns[j][i] = rows[i][j];
        }
    }
    columns
}
