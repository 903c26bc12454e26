//! The bent curves of analog stages: `f(x) = (s(k x + b) - s(b)) / (k s'(b))`.
//!
//! Every curve goes through 0 with slope 1, so that what is quiet passes unchanged; `s` has no corner, so that harmonics
//! fall fast and little oversampling holds them. `b` shifts the working point and makes even harmonics. Knows no rates.

use super::{
    bounds,
    cpu::{Isa, Job, dispatch},
    knobs::Knobs,
    math,
};

/// How a curve is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Towards a limit: tape, tubes, cores of iron.
    Tanh,
    /// Ever more slowly without a limit: diodes.
    Asinh,
}

/// A family of curves: one for each working point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// What bounds them.
    pub bound: Bound,
    /// How early they bend: `k`.
    pub scale: f64,
}

/// The constants of one curve for [`Colour::bend`]: `b`, `s(b)` and `1 / (k s'(b))`.
pub type Point = [f64; 3];

impl Colour {
    /// The constants of the curve at a working point.
    pub fn point(self, bias: f64) -> Point {
        let (height, slope) = match self.bound {
            Bound::Tanh => {
                let height = bounds::tanh(bias);
                (height, 1.0 - height * height)
            }
            Bound::Asinh => (bounds::asinh(bias), 1.0 / math::sqrt(1.0 + bias * bias)),
        };
        [bias, height, 1.0 / (self.scale * slope)]
    }

    /// Bends samples in place.
    pub fn bend<S: Sample>(self, samples: &mut [S], point: Point) {
        dispatch(Bend { colour: self, samples, point });
    }

    /// Bends samples in place while the working point is on its way: each `group` of them is a frame.
    pub fn bend_along<S: Sample>(self, samples: &mut [S], way: &Knobs<3>, group: usize) {
        dispatch(BendAlong { colour: self, samples, way, group });
    }

    #[inline(always)]
    fn all<S: Sample>(self, samples: &mut [S], [bias, height, rise]: Point) {
        match self.bound {
            Bound::Tanh => {
                for x in samples {
                    *x = S::rounded((bounds::tanh(self.scale * (*x).into() + bias) - height) * rise);
                }
            }
            Bound::Asinh => {
                for x in samples {
                    *x = S::rounded((bounds::asinh(self.scale * (*x).into() + bias) - height) * rise);
                }
            }
        }
    }

    /// How much louder noise of this effective height comes out, with its samples spread as those of music are.
    ///
    /// Samples of music lie near to a Laplace distribution: `p(x) = exp(-|x| / c) / 2c` with `c = rms / sqrt(2)`.
    pub fn loudening(self, point: Point, rms: f64) -> f64 {
        const STEP: f64 = 0.25;
        let unit = rms / math::sqrt(2.0);
        let (mut mean, mut square) = (0.0, 0.0);
        // Simpson's rule over both sides, up to e^-16.
        let place = |i: usize| STEP * i as f64;
        let mut bent: [[f64; 2]; 65] = std::array::from_fn(|i| [unit * place(i), -unit * place(i)]);
        self.bend(bent.as_flattened_mut(), point);
        for (i, sides) in bent.into_iter().enumerate() {
            let rule = if i == 0 || i == 64 { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
            let share = 0.5 * rule * STEP / 3.0 * math::exp(-place(i));
            mean += share * (sides[0] + sides[1]);
            square += share * (sides[0] * sides[0] + sides[1] * sides[1]);
        }
        math::sqrt(square - mean * mean) / rms
    }
}

/// What is bent: samples, or numbers that must not be rounded. Between, all is `f64`.
pub trait Sample: Copy + Into<f64> {
    /// The nearest.
    fn rounded(x: f64) -> Self;
}

impl Sample for f32 {
    #[inline(always)]
    fn rounded(x: f64) -> f32 {
        x as f32
    }
}

impl Sample for f64 {
    #[inline(always)]
    fn rounded(x: f64) -> f64 {
        x
    }
}

struct Bend<'s, S> {
    colour: Colour,
    samples: &'s mut [S],
    point: Point,
}

impl<S: Sample> Job for Bend<'_, S> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        self.colour.all(self.samples, self.point);
    }
}

struct BendAlong<'s, S> {
    colour: Colour,
    samples: &'s mut [S],
    way: &'s Knobs<3>,
    group: usize,
}

impl<S: Sample> Job for BendAlong<'_, S> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        for (frame, group) in self.samples.chunks_exact_mut(self.group).enumerate() {
            let point = [self.way.at(0, 0, frame), self.way.at(1, 0, frame), self.way.at(2, 0, frame)];
            self.colour.all(group, point);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUBE: Colour = Colour { bound: Bound::Tanh, scale: 0.5 };
    const DIODE: Colour = Colour { bound: Bound::Asinh, scale: 4.0 };

    #[test]
    fn curves_go_through_zero_with_slope_one() {
        for (colour, bias) in [(TUBE, 0.3), (DIODE, 0.05)] {
            let mut samples = [0.0f64, 1e-5, -1e-5];
            colour.bend(&mut samples, colour.point(bias));
            assert!(samples[0].abs() < 1e-15);
            assert!((samples[1] - samples[2] - 2e-5).abs() < 1e-13, "{samples:?}");
        }
    }

    #[test]
    fn quiet_noise_stays_as_loud_and_loud_noise_is_held() {
        for (colour, bias) in [(TUBE, 0.3), (DIODE, 0.05)] {
            let point = colour.point(bias);
            assert!((colour.loudening(point, 1e-4) - 1.0).abs() < 1e-3);
            assert!(colour.loudening(point, 0.5) < 0.95);
        }
    }
}
