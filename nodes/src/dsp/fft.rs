//! The fast Fourier transform with the same bits on every CPU: here of any power of two in `f64`, for what is measured
//! and prepared; in [`square`] of one size in `f32`, for what is heard.
//!
//! Stockham's self-sorting form (Cochran et al., "What is the Fast Fourier Transform?", Proc. IEEE 55, 1967) in passes of
//! four and at last two, over separate planes of real and imaginary parts. Sizes are powers of two.

mod number;
pub mod pair;
pub mod spectra;
pub mod square;

use super::math;
use std::f64::consts::TAU;

/// Complex numbers: their real and imaginary parts in planes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real parts.
    pub re: Vec<f64>,
    /// The imaginary parts.
    pub im: Vec<f64>,
}

impl Complex {
    /// So many zeros.
    pub fn zeros(size: usize) -> Complex {
        Complex { re: vec![0.0; size], im: vec![0.0; size] }
    }

    /// The power at an index.
    pub fn power(&self, index: usize) -> f64 {
        self.re[index] * self.re[index] + self.im[index] * self.im[index]
    }
}

/// A transform of one size: its twiddles.
#[derive(Clone, Debug)]
pub struct Fft {
    size: usize,
    passes: Vec<Vec<[(f64, f64); 3]>>,
}

impl Fft {
    /// A transform of `size` numbers.
    ///
    /// # Panics
    /// If the size is no power of two.
    pub fn new(size: usize) -> Fft {
        assert!(size.is_power_of_two());
        let mut passes = Vec::new();
        let mut length = size;
        while length >= 4 {
            let turn = |turns: usize| {
                let angle = TAU * turns as f64 / length as f64;
                (math::cos(angle), -math::sin(angle))
            };
            passes.push((0..length / 4).map(|p| [turn(p), turn(2 * p), turn(3 * p)]).collect());
            length /= 4;
        }
        Fft { size, passes }
    }

    /// How many numbers it transforms.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Transforms in place; `spare` is a second such set to work in.
    pub fn forward(&self, data: &mut Complex, spare: &mut Complex) {
        let mut stride = 1;
        for twiddles in &self.passes {
            four(data, spare, stride, twiddles);
            std::mem::swap(data, spare);
            stride *= 4;
        }
        if stride < self.size {
            two(data, stride);
        }
    }

    /// The inverse without its scale: back and forth multiplies by the size.
    pub fn inverse(&self, data: &mut Complex, spare: &mut Complex) {
        // Real and imaginary parts exchanged on both sides turn the transform round.
        std::mem::swap(&mut data.re, &mut data.im);
        self.forward(data, spare);
        std::mem::swap(&mut data.re, &mut data.im);
    }
}

/// One pass of four: over each twiddle, a row of `stride` numbers from each quarter.
fn four(from: &Complex, to: &mut Complex, stride: usize, twiddles: &[[(f64, f64); 3]]) {
    let quarter = from.re.len() / 4;
    let rows =
        twiddles.iter().zip(to.re.chunks_exact_mut(4 * stride).zip(to.im.chunks_exact_mut(4 * stride)));
    for (p, (twiddles, (re, im))) in rows.enumerate() {
        let row = |i: usize| {
            let start = i * quarter + p * stride;
            (&from.re[start..start + stride], &from.im[start..start + stride])
        };
        butterfly([row(0), row(1), row(2), row(3)], split(re, stride), split(im, stride), twiddles);
    }
}

fn split(row: &mut [f64], stride: usize) -> [&mut [f64]; 4] {
    let (low, high) = row.split_at_mut(2 * stride);
    let ((a, b), (c, d)) = (low.split_at_mut(stride), high.split_at_mut(stride));
    [a, b, c, d]
}

#[inline(always)]
fn butterfly(
    [a, b, c, d]: [(&[f64], &[f64]); 4],
    re: [&mut [f64]; 4],
    im: [&mut [f64]; 4],
    [w1, w2, w3]: &[(f64, f64); 3],
) {
    let [re0, re1, re2, re3] = re;
    let [im0, im1, im2, im3] = im;
    for q in 0..re0.len() {
        let (sum_re, sum_im) = (a.0[q] + c.0[q], a.1[q] + c.1[q]);
        let (less_re, less_im) = (a.0[q] - c.0[q], a.1[q] - c.1[q]);
        let (odd_re, odd_im) = (b.0[q] + d.0[q], b.1[q] + d.1[q]);
        // The difference of the odd ones, turned by a quarter.
        let (turn_re, turn_im) = (d.1[q] - b.1[q], b.0[q] - d.0[q]);
        (re0[q], im0[q]) = (sum_re + odd_re, sum_im + odd_im);
        (re1[q], im1[q]) = times((less_re - turn_re, less_im - turn_im), *w1);
        (re2[q], im2[q]) = times((sum_re - odd_re, sum_im - odd_im), *w2);
        (re3[q], im3[q]) = times((less_re + turn_re, less_im + turn_im), *w3);
    }
}

#[inline(always)]
fn times(x: (f64, f64), w: (f64, f64)) -> (f64, f64) {
    (x.0 * w.0 - x.1 * w.1, x.0 * w.1 + x.1 * w.0)
}

/// The last pass of two, of sizes that are no power of four.
fn two(data: &mut Complex, stride: usize) {
    for plane in [&mut data.re, &mut data.im] {
        let (low, high) = plane.split_at_mut(stride);
        for (a, b) in low.iter_mut().zip(high) {
            (*a, *b) = (*a + *b, *a - *b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use rustfft::{FftPlanner, num_complex};

    /// Complex noise.
    fn noise(size: usize, seed: u64) -> Complex {
        let part = |seed| testing::noise(seed).take(size).collect();
        Complex { re: part(seed), im: part(seed + 1) }
    }

    /// Power of the difference to another implementation, relative to the power of the whole, in decibels.
    fn error(size: usize) -> f64 {
        let (mut data, mut spare) = (noise(size, 1), Complex::zeros(size));
        let mut other: Vec<num_complex::Complex<f64>> =
            data.re.iter().zip(&data.im).map(|(re, im)| num_complex::Complex::new(*re, *im)).collect();
        FftPlanner::new().plan_fft_forward(size).process(&mut other);
        Fft::new(size).forward(&mut data, &mut spare);
        let parts = |(i, other): (usize, &num_complex::Complex<f64>)| {
            [(data.re[i], other.re), (data.im[i], other.im)]
        };
        testing::error(other.iter().enumerate().flat_map(parts))
    }

    #[test]
    fn it_agrees_with_another_implementation() {
        for size in [2, 4, 8, 64, 512, 16_384, 32_768] {
            assert!(error(size) < -280.0, "{size}: {} dB", error(size));
        }
    }

    #[test]
    fn back_and_forth_is_the_size() {
        let start = noise(128, 3);
        let (mut data, mut spare) = (start.clone(), Complex::zeros(128));
        let fft = Fft::new(128);
        fft.forward(&mut data, &mut spare);
        fft.inverse(&mut data, &mut spare);
        for i in 0..128 {
            assert!((data.re[i] / 128.0 - start.re[i]).abs() < 1e-15);
            assert!((data.im[i] / 128.0 - start.im[i]).abs() < 1e-15);
        }
    }
}
