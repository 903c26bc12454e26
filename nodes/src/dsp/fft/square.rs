//! The fast Fourier transform of one large size in `f32`, for what is heard.
//!
//! Bailey, "FFTs in External or Hierarchical Memory" (J. Supercomputing 4, 1990): the numbers fill a square. Its columns
//! are transformed, turned by twiddles and laid as rows; then the columns that these make are transformed. Sixteen
//! columns at once fill vectors of every width in every pass, and stay in the nearest cache.

use super::number::{Number, eight, four};
use crate::dsp::{
    aligned::Aligned,
    cpu::{Floats, Isa, Job, Octet, dispatch},
    math,
};
use std::{array, f64::consts::TAU};

/// Rows, and columns.
const SIDE: usize = 128;
/// How many numbers are transformed.
pub const SIZE: usize = SIDE * SIDE;

/// Columns that are worked on at once: a line of the cache.
pub(super) const WIDTH: usize = 16;
/// Either part of sixteen numbers.
pub(super) type Row = [f32; WIDTH];
/// Either part of all numbers.
type Square = [[Row; SIDE / WIDTH]; SIDE];

/// Sixteen columns: row by row, real and imaginary parts.
#[repr(align(64))]
struct Panel([[Row; 2]; SIDE]);

/// A pass of four turns all results but the first.
type Twiddles = [(f32, f32); 3];

/// The transform: its twiddles.
#[derive(Debug)]
pub struct SquareFft {
    /// After the first pass over a column, of quarters of it.
    first: [Twiddles; SIDE / 4],
    /// After the second, of quarters of these.
    second: [Twiddles; SIDE / 16],
    /// Between columns and rows, as the numbers lie after the columns were transformed.
    between: [Aligned<f32>; 2],
}

impl SquareFft {
    /// Computes the twiddles.
    #[expect(clippy::new_without_default, reason = "it takes its time")]
    pub fn new() -> SquareFft {
        let mut between = [Aligned::zeros(SIZE), Aligned::zeros(SIZE)];
        for i in 0..SIZE {
            (between[0][i], between[1][i]) = turn((i / SIDE) * (i % SIDE), SIZE);
        }
        SquareFft {
            first: array::from_fn(|p| twiddles(p, SIDE)),
            second: array::from_fn(|p| twiddles(p, SIDE / 4)),
            between,
        }
    }

    /// Transforms real and imaginary parts; `spare` is room to work in. With both parts exchanged on both sides it is the
    /// inverse without its scale.
    ///
    /// # Panics
    /// If any has not [`SIZE`] numbers.
    pub fn run(&self, from: [&[f32]; 2], to: [&mut [f32]; 2], spare: [&mut [f32]; 2]) {
        let (from, to, spare) = (from.map(square), to.map(square_mut), spare.map(square_mut));
        dispatch(Transform { fft: self, from, to, spare });
    }
}

/// The turn by so many parts of a whole circle.
fn turn(parts: usize, whole: usize) -> (f32, f32) {
    let angle = TAU * parts as f64 / whole as f64;
    (math::cos(angle) as f32, -math::sin(angle) as f32)
}

fn twiddles(p: usize, whole: usize) -> Twiddles {
    [turn(p, whole), turn(2 * p, whole), turn(3 * p, whole)]
}

fn square(part: &[f32]) -> &Square {
    part.as_chunks().0.as_chunks().0.try_into().expect("as many numbers as are transformed")
}

fn square_mut(part: &mut [f32]) -> &mut Square {
    part.as_chunks_mut().0.as_chunks_mut().0.try_into().expect("as many numbers as are transformed")
}

struct Transform<'a> {
    fft: &'a SquareFft,
    from: [&'a Square; 2],
    to: [&'a mut Square; 2],
    spare: [&'a mut Square; 2],
}

impl Job for Transform<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Transform { fft, from, to: [to_re, to_im], spare: [re, im] } = self;
        let between = [square(&fft.between[0]), square(&fft.between[1])];
        let mut panel = Panel([[[0.0; WIDTH]; 2]; SIDE]);
        for place in 0..SIDE / WIDTH {
            columns::<I>(fft, from, place, &mut panel);
            lay_as_rows::<I>(&panel, between, place, [re, im]);
        }
        for place in 0..SIDE / WIDTH {
            columns::<I>(fft, [re, im], place, &mut panel);
            lay_as_columns(&panel, place, [to_re, to_im]);
        }
    }
}

/// Transforms sixteen columns by passes of four, four and eight; [`row_of`] tells where the results lie.
#[inline(always)]
fn columns<I: Isa>(fft: &SquareFft, from: [&Square; 2], place: usize, panel: &mut Panel) {
    const QUARTER: usize = SIDE / 4;
    for p in 0..QUARTER {
        let rows = [p, p + QUARTER, p + 2 * QUARTER, p + 3 * QUARTER];
        for q in (0..WIDTH).step_by(I::Register::N) {
            let mut numbers = [Number::<I::Register>::splat((0.0, 0.0)); 4];
            for i in 0..4 {
                numbers[i] = Number::load([&from[0][rows[i]][place], &from[1][rows[i]][place]], q);
            }
            put(twiddled(four(numbers), &fft.first[p]), &mut panel.0, rows, q);
        }
    }
    for part in panel.0.as_chunks_mut::<QUARTER>().0 {
        for p in 0..QUARTER / 4 {
            let rows = [p, p + QUARTER / 4, p + QUARTER / 2, p + 3 * QUARTER / 4];
            for q in (0..WIDTH).step_by(I::Register::N) {
                let numbers = take::<I::Register, 4>(part, rows, q);
                put(twiddled(four(numbers), &fft.second[p]), part, rows, q);
            }
        }
    }
    for part in panel.0.as_chunks_mut::<8>().0 {
        let rows = [0, 1, 2, 3, 4, 5, 6, 7];
        for q in (0..WIDTH).step_by(I::Register::N) {
            put(eight(take::<I::Register, 8>(part, rows, q)), part, rows, q);
        }
    }
}

/// The row of a panel that a frequency is found in: passes in place leave its digits of 4, 4 and 8 in their order, which
/// is the wrong way round.
#[inline(always)]
fn row_of(frequency: usize) -> usize {
    (frequency % 4) * (SIDE / 4) + (frequency / 4 % 4) * (SIDE / 16) + frequency / 16
}

/// Numbers of some rows of a panel; a loop, as closures are not always inlined.
#[inline(always)]
fn take<V: Floats, const N: usize>(panel: &[[Row; 2]], rows: [usize; N], q: usize) -> [Number<V>; N] {
    let mut numbers = [Number::splat((0.0, 0.0)); N];
    for i in 0..N {
        let [re, im] = &panel[rows[i]];
        numbers[i] = Number::load([re, im], q);
    }
    numbers
}

#[inline(always)]
fn put<V: Floats, const N: usize>(
    numbers: [Number<V>; N],
    panel: &mut [[Row; 2]],
    rows: [usize; N],
    q: usize,
) {
    for i in 0..N {
        let [re, im] = &mut panel[rows[i]];
        numbers[i].store([re, im], q);
    }
}

#[inline(always)]
fn twiddled<V: Floats>([a, b, c, d]: [Number<V>; 4], [w1, w2, w3]: &Twiddles) -> [Number<V>; 4] {
    [a, b.times(Number::splat(*w1)), c.times(Number::splat(*w2)), d.times(Number::splat(*w3))]
}

/// Lays transformed columns as rows, turned by the twiddles between.
#[inline(always)]
fn lay_as_rows<I: Isa>(panel: &Panel, between: [&Square; 2], place: usize, [to_re, to_im]: [&mut Square; 2]) {
    for k in (0..SIDE).step_by(8) {
        for q in (0..WIDTH).step_by(8) {
            let mut re = [I::Octet::splat(0.0); 8];
            let mut im = re;
            for i in 0..8 {
                let [row_re, row_im] = &panel.0[row_of(k + i)];
                let twiddle = Number::load([&between[0][k + i][place], &between[1][k + i][place]], q);
                let number = Number::<I::Octet>::load([row_re, row_im], q).times(twiddle);
                (re[i], im[i]) = (number.re, number.im);
            }
            let (re, im) = (I::Octet::turned(re), I::Octet::turned(im));
            for i in 0..8 {
                let row = place * WIDTH + q + i;
                re[i].store(&mut to_re[row][k / WIDTH][k % WIDTH..]);
                im[i].store(&mut to_im[row][k / WIDTH][k % WIDTH..]);
            }
        }
    }
}

/// Lays transformed columns as columns, in the order of their frequencies.
#[inline(always)]
fn lay_as_columns(panel: &Panel, place: usize, [to_re, to_im]: [&mut Square; 2]) {
    for k in 0..SIDE {
        [to_re[k][place], to_im[k][place]] = panel.0[row_of(k)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::fft::{Complex, Fft},
        testing,
    };

    fn noise(seed: u64) -> Vec<f32> {
        testing::plane(0.5, SIZE, testing::noise(seed))
    }

    #[test]
    fn it_agrees_with_the_general_one() {
        let (re, im) = (noise(1), noise(2));
        let wide = |part: &[f32]| part.iter().map(|x| f64::from(*x)).collect();
        let mut right = Complex { re: wide(&re), im: wide(&im) };
        Fft::new(SIZE).forward(&mut right, &mut Complex::zeros(SIZE));
        let [mut to_re, mut to_im, mut a, mut b] = [(); 4].map(|()| vec![0.0; SIZE]);
        SquareFft::new().run([&re, &im], [&mut to_re, &mut to_im], [&mut a, &mut b]);
        let found = to_re.iter().chain(&to_im).map(|x| f64::from(*x));
        let error = testing::error(found.zip(right.re.into_iter().chain(right.im)));
        assert!(error < -135.0, "{error} dB");
    }
}
