//! Spectra of real signals, kept so that the products of many are soon summed.

use super::{
    number::Number,
    square::{SIZE, WIDTH},
};
use crate::dsp::cpu::{Floats, Isa, Job, dispatch};

/// Rows of a spectrum from 0 to half the rate. The last row begins with that half and goes on with what mirrors the bins
/// below it, so that no row is an exception.
pub const ROWS: usize = SIZE / 2 / WIDTH + 1;

/// A row of a spectrum: sixteen bins, in lines of the cache of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub struct Bins {
    pub(super) re: [f32; WIDTH],
    pub(super) im: [f32; WIDTH],
}

impl Bins {
    #[inline(always)]
    pub(super) fn load<V: Floats>(&self, q: usize) -> Number<V> {
        Number::load([&self.re, &self.im], q)
    }

    #[inline(always)]
    pub(super) fn store<V: Floats>(&mut self, number: Number<V>, q: usize) {
        number.store([&mut self.re, &mut self.im], q);
    }
}

/// So many spectra: the first rows of all, the second rows of all, and so on, in the order that sums read them in.
#[derive(Clone, Debug)]
pub struct Spectra {
    count: usize,
    bins: Vec<Bins>,
}

impl Spectra {
    /// Of silence.
    ///
    /// # Panics
    /// If there are none.
    pub fn silent(count: usize) -> Spectra {
        assert!(count > 0);
        Spectra { count, bins: vec![Bins::default(); count * ROWS] }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Puts one in its place.
    pub fn put(&mut self, place: usize, spectrum: &[Bins]) {
        for (row, bins) in self.bins.chunks_exact_mut(self.count).zip(spectrum) {
            row[place] = *bins;
        }
    }

    /// Adds to a spectrum the products of these, from a place on and around the end, with all of `others` in their order.
    pub fn add_products(&self, place: usize, others: &Spectra, sum: &mut [Bins]) {
        dispatch(Products { spectra: self, place, others, sum });
    }
}

struct Products<'a> {
    spectra: &'a Spectra,
    place: usize,
    others: &'a Spectra,
    sum: &'a mut [Bins],
}

impl Job for Products<'_> {
    type Out = ();

    /// All products of a row before the next: its sums stay in registers, and memory is read in the order that it lies in.
    #[inline(always)]
    fn run<I: Isa>(self) {
        let ours = self.spectra.bins.chunks_exact(self.spectra.count);
        let others = self.others.bins.chunks_exact(self.others.count);
        for (sum, (ours, others)) in self.sum.iter_mut().zip(ours.zip(others)) {
            let (around, ahead) = ours.split_at(self.place);
            let (first, rest) = others.split_at(ahead.len().min(others.len()));
            for q in (0..WIDTH).step_by(I::Register::N) {
                let some = added::<I::Register>(sum.load(q), ahead, first, q);
                sum.store(added(some, around, rest, q), q);
            }
        }
    }
}

#[inline(always)]
fn added<V: Floats>(mut sum: Number<V>, a: &[Bins], b: &[Bins], q: usize) -> Number<V> {
    for (a, b) in a.iter().zip(b) {
        sum = sum + a.load(q).times(b.load(q));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A spectrum with the same number in all its bins.
    fn even(re: f32, im: f32) -> Vec<Bins> {
        vec![Bins { re: [re; WIDTH], im: [im; WIDTH] }; ROWS]
    }

    #[test]
    fn products_go_around_the_end() {
        let (mut ours, mut others) = (Spectra::silent(3), Spectra::silent(2));
        for (place, spectrum) in [even(1.0, 2.0), even(100.0, 100.0), even(3.0, -1.0)].iter().enumerate() {
            ours.put(place, spectrum);
        }
        others.put(0, &even(5.0, 0.0));
        others.put(1, &even(0.0, 1.0));
        let mut sum = even(0.5, 0.0);
        ours.add_products(2, &others, &mut sum);
        // 0.5 + (3 - i) 5 + (1 + 2i) i
        assert_eq!(sum, even(13.5, -4.0));
    }
}
