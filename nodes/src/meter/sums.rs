//! Sums over time of what is made of two channels' samples, in double precision.
//!
//! In parts that take frames in turn: no addition waits for the one before it, and cuts change no bit.

use crate::dsp::cpu::{Isa, Job, dispatch};
use std::marker::PhantomData;

/// What of a frame is summed.
pub(super) trait Terms<const K: usize>: Clone {
    /// The terms. Mark it `#[inline(always)]`.
    fn of(left: f64, right: f64) -> [f64; K];
}

/// Parts of each sum, which is what the longest vectors hold.
const PARTS: usize = 8;

/// The sums so far.
#[derive(Clone, Debug)]
pub(super) struct Sums<T, const K: usize> {
    parts: [[f64; PARTS]; K],
    /// The part whose turn it is.
    turn: usize,
    terms: PhantomData<T>,
}

impl<T, const K: usize> Default for Sums<T, K> {
    fn default() -> Self {
        Sums { parts: [[0.0; PARTS]; K], turn: 0, terms: PhantomData }
    }
}

impl<T: Terms<K>, const K: usize> Sums<T, K> {
    /// Adds frames: both channels, or one of them twice.
    pub(super) fn push(&mut self, left: &[f32], right: &[f32]) {
        let first = ((PARTS - self.turn) % PARTS).min(left.len());
        let rows = (left.len() - first) / PARTS * PARTS;
        let (start, end) = (..first, first + rows..);
        self.one_by_one(&left[start], &right[start]);
        dispatch(Add { sums: self, left: &left[first..end.start], right: &right[first..end.start] });
        self.one_by_one(&left[end.clone()], &right[end]);
    }

    /// The sums.
    pub(super) fn all(&self) -> [f64; K] {
        self.parts.map(|parts| parts.iter().sum())
    }

    fn one_by_one(&mut self, left: &[f32], right: &[f32]) {
        for (left, right) in left.iter().zip(right) {
            let terms = T::of(f64::from(*left), f64::from(*right));
            for k in 0..K {
                self.parts[k][self.turn] += terms[k];
            }
            self.turn = (self.turn + 1) % PARTS;
        }
    }
}

/// Adds whole rows.
struct Add<'s, T, const K: usize> {
    sums: &'s mut Sums<T, K>,
    left: &'s [f32],
    right: &'s [f32],
}

impl<T: Terms<K>, const K: usize> Job for Add<'_, T, K> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let mut parts = self.sums.parts;
        let rows = self.left.as_chunks::<PARTS>().0.iter().zip(self.right.as_chunks::<PARTS>().0);
        for (left, right) in rows {
            for i in 0..PARTS {
                let terms = T::of(f64::from(left[i]), f64::from(right[i]));
                for k in 0..K {
                    parts[k][i] += terms[k];
                }
            }
        }
        self.sums.parts = parts;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{noise, plane};

    #[derive(Clone)]
    struct Both;

    impl Terms<2> for Both {
        fn of(left: f64, right: f64) -> [f64; 2] {
            [left, left * right]
        }
    }

    #[test]
    fn sums_are_those_of_a_plain_loop_whatever_the_cuts() {
        let (left, right) = (plane(1.0, 1_003, noise(1)), plane(1.0, 1_003, noise(2)));
        let mut whole = Sums::<Both, 2>::default();
        whole.push(&left, &right);
        let plain: f64 = left.iter().zip(&right).map(|(l, r)| f64::from(*l) * f64::from(*r)).sum();
        assert!((whole.all()[1] - plain).abs() < 1e-12);
        for piece in [1, 5, 8, 100] {
            let mut parts = Sums::<Both, 2>::default();
            for (left, right) in left.chunks(piece).zip(right.chunks(piece)) {
                parts.push(left, right);
            }
            assert_eq!(parts.all(), whole.all(), "pieces of {piece}");
        }
    }
}
