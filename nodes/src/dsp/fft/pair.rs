//! Two real signals in one complex transform, one as its real part, one as its imaginary part.

use super::{
    number::Number,
    spectra::{Bins, ROWS},
    square::{SIZE, SquareFft, WIDTH},
};
use crate::dsp::{
    aligned::Aligned,
    cpu::{Floats, Isa, Job, dispatch},
};
use std::sync::Arc;

/// Two signals, or a real and an imaginary part.
pub type Planes = [Aligned<f32>; 2];

/// The transform of two real signals at once, with its room to work in.
#[derive(Clone, Debug)]
pub struct PairFft {
    fft: Arc<SquareFft>,
    data: Planes,
    spare: Planes,
}

impl PairFft {
    /// How much louder signals come back: by the size, and twice as loud for being taken apart without a scale.
    pub const SCALE: f64 = 2.0 * SIZE as f64;

    /// Computes what it needs.
    #[expect(clippy::new_without_default, reason = "it takes its time")]
    pub fn new() -> PairFft {
        PairFft { fft: Arc::new(SquareFft::new()), data: PairFft::silence(), spare: PairFft::silence() }
    }

    /// Two signals of its size.
    pub fn silence() -> Planes {
        [Aligned::zeros(SIZE), Aligned::zeros(SIZE)]
    }

    /// The spectra of two signals.
    pub fn forward(&mut self, signals: &Planes, spectra: &mut [Vec<Bins>; 2]) {
        let (data, spare) = (&mut self.data, &mut self.spare);
        self.fft.run(signals.each_ref().map(|x| &x[..]), parts(data), parts(spare));
        dispatch(Part {
            spectrum: self.data.each_ref().map(|x| &x[..]),
            mirror: parts(spare),
            sides: spectra,
        });
    }

    /// The signals of two spectra.
    pub fn inverse(&mut self, spectra: &[Vec<Bins>; 2], [left, right]: &mut Planes) {
        let (data, spare) = (&mut self.data, &mut self.spare);
        dispatch(Join { sides: spectra, spectrum: parts(data), mirror: parts(spare) });
        let [re, im] = &self.data;
        // Real and imaginary parts exchanged on both sides turn the transform round.
        self.fft.run([im, re], [right, left], parts(spare));
    }
}

fn parts(planes: &mut Planes) -> [&mut [f32]; 2] {
    planes.each_mut().map(|plane| &mut plane[..])
}

/// Takes the spectra of both signals out of the complex one, twice as large.
struct Part<'a> {
    spectrum: [&'a [f32]; 2],
    mirror: [&'a mut [f32]; 2],
    sides: &'a mut [Vec<Bins>; 2],
}

impl Job for Part<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Part { spectrum: [re, im], mirror: [mirror_re, mirror_im], sides: [left, right] } = self;
        turn_round(re, mirror_re);
        turn_round(im, mirror_im);
        let here = rows(re).iter().zip(rows(im));
        let there = rows(mirror_re).iter().zip(rows(mirror_im));
        for ((here, there), (left, right)) in here.zip(there).zip(left.iter_mut().zip(right)) {
            for q in (0..WIDTH).step_by(I::Register::N) {
                let here = Number::<I::Register>::load([here.0, here.1], q);
                let there = Number::load([there.0, there.1], q);
                let (sum, difference) = (here + there, here - there);
                left.store(Number { re: sum.re, im: difference.im }, q);
                right.store(Number { re: sum.im, im: there.re - here.re }, q);
            }
        }
    }
}

/// Packs the spectra of both signals into a complex one.
struct Join<'a> {
    sides: &'a [Vec<Bins>; 2],
    spectrum: [&'a mut [f32]; 2],
    mirror: [&'a mut [f32]; 2],
}

impl Job for Join<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Join { sides: [left, right], spectrum: [re, im], mirror: [mirror_re, mirror_im] } = self;
        let here = rows_mut(re).iter_mut().zip(rows_mut(im));
        let there = rows_mut(mirror_re).iter_mut().zip(rows_mut(mirror_im));
        for ((here, there), (left, right)) in here.zip(there).zip(left.iter().zip(right)) {
            for q in (0..WIDTH).step_by(I::Register::N) {
                let (left, right) = (left.load::<I::Register>(q), right.load::<I::Register>(q));
                let forth = Number { re: left.re - right.im, im: left.im + right.re };
                let back = Number { re: left.re + right.im, im: right.re - left.im };
                forth.store([here.0, here.1], q);
                back.store([there.0, there.1], q);
            }
        }
        turn_back(mirror_re, re);
        turn_back(mirror_im, im);
    }
}

/// The rows of either part of a complex spectrum, up to half the rate.
#[inline(always)]
fn rows(part: &[f32]) -> &[[f32; WIDTH]; ROWS] {
    part.as_chunks().0.first_chunk().expect("a whole spectrum")
}

#[inline(always)]
fn rows_mut(part: &mut [f32]) -> &mut [[f32; WIDTH]; ROWS] {
    part.as_chunks_mut().0.first_chunk_mut().expect("a whole spectrum")
}

/// Fills the rows of a mirror: each bin stands in the place of that which it mirrors at half the rate.
#[inline(always)]
fn turn_round(part: &[f32], mirror: &mut [f32]) {
    mirror[0] = part[0];
    for (to, from) in mirror[1..ROWS * WIDTH].iter_mut().zip(part.iter().rev()) {
        *to = *from;
    }
}

/// Fills the bins above half the rate from their mirror.
#[inline(always)]
fn turn_back(mirror: &[f32], part: &mut [f32]) {
    for (to, from) in part[SIZE / 2 + 1..].iter_mut().rev().zip(&mirror[1..SIZE / 2]) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn spectra() -> [Vec<Bins>; 2] {
        [(); 2].map(|()| vec![Bins::default(); ROWS])
    }

    #[test]
    fn either_signal_has_a_spectrum_of_its_own() {
        let (flat, none) = (Bins { re: [2.0; WIDTH], im: [0.0; WIDTH] }, Bins::default());
        for side in 0..2 {
            let (mut impulse, mut found) = (PairFft::silence(), spectra());
            impulse[side][0] = 1.0;
            PairFft::new().forward(&impulse, &mut found);
            assert!(found[side].iter().all(|bins| *bins == flat));
            assert!(found[1 - side].iter().all(|bins| *bins == none));
        }
    }

    #[test]
    fn back_and_forth_is_the_scale() {
        let mut start = PairFft::silence();
        for (side, seed) in start.iter_mut().zip(1..) {
            side.copy_from_slice(&testing::plane(0.5, SIZE, testing::noise(seed)));
        }
        let (mut found, mut end) = (spectra(), PairFft::silence());
        let mut fft = PairFft::new();
        fft.forward(&start, &mut found);
        fft.inverse(&found, &mut end);
        let sides = start.iter().flat_map(|side| &**side).zip(end.iter().flat_map(|side| &**side));
        let error =
            testing::error(sides.map(|(start, end)| (f64::from(*end) / PairFft::SCALE, f64::from(*start))));
        assert!(error < -130.0, "{error} dB");
    }
}
