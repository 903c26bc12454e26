//! Analog filters: what an equaliser promises, as sections of first and second order in `s`.
//!
//! The formulas are those of the Audio EQ Cookbook (W3C), before any transform to digital. Nothing here knows a rate.

use super::math::{cos, gain, sqrt};
use crate::unit::{Db, Hz, Q, Slope};
use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

/// The most sections that one filter has: order 16, 96 dB an octave.
const MOST: usize = 8;

/// A ratio of two polynomials in `s = j f / f0`, lowest power first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// The numerator.
    pub zeros: [f64; 3],
    /// The denominator.
    pub poles: [f64; 3],
}

impl Section {
    const NONE: Section = Section { zeros: [1.0, 0.0, 0.0], poles: [1.0, 0.0, 0.0] };

    /// The squared magnitude at `ratio` times the filter's frequency.
    pub fn power(&self, ratio: f64) -> f64 {
        squared(self.zeros, ratio) / squared(self.poles, ratio)
    }

    /// How fast it rings out, in nepers for each radian of its frequency; nothing if it does nothing.
    fn decay(&self) -> Option<f64> {
        if self.zeros == self.poles {
            return None;
        }
        let [p0, p1, p2] = self.poles;
        if p2 == 0.0 {
            return Some(p0 / p1);
        }
        let (b, c) = (p1 / (2.0 * p2), p0 / p2);
        Some(if b * b < c { b } else { c / (b + sqrt(b * b - c)) })
    }
}

/// The squared magnitude of a polynomial at `s = j ratio`.
pub(super) fn squared([p0, p1, p2]: [f64; 3], ratio: f64) -> f64 {
    let (real, imaginary) = (p0 - p2 * ratio * ratio, p1 * ratio);
    real * real + imaginary * imaginary
}

/// How the digital form of a filter is made to follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// One correction serves all sections, and other filters beside it.
    Shared,
    /// Each section has its own, as what low passes lack above order 4 in all is too much for one.
    Own,
    /// None: the magnitude is right by construction.
    Needless,
}

/// An analog filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prototype {
    frequency: Hz,
    sections: [Section; MOST],
    count: usize,
    correction: Correction,
}

impl Prototype {
    /// A bell: `gain` at the frequency, nothing far from it.
    pub fn bell(frequency: Hz, gain: Db, q: Q) -> Self {
        let a = root_of_gain(gain);
        let poles = [1.0, 1.0 / (a * q.0), 1.0];
        Self::single(frequency, Section { zeros: [1.0, a / q.0, 1.0], poles })
    }

    /// A shelf that moves what lies below the frequency by `gain`, half of it (in decibels) at the frequency.
    pub fn low_shelf(frequency: Hz, gain: Db, q: Q) -> Self {
        let a = root_of_gain(gain);
        let p1 = sqrt(a) / q.0;
        Self::single(frequency, Section { zeros: [a * a, a * p1, a], poles: [1.0, p1, a] })
    }

    /// A shelf that moves what lies above the frequency by `gain`, half of it (in decibels) at the frequency.
    pub fn high_shelf(frequency: Hz, gain: Db, q: Q) -> Self {
        let a = root_of_gain(gain);
        let p1 = sqrt(a) / q.0;
        Self::single(frequency, Section { zeros: [a, a * p1, a * a], poles: [a, p1, 1.0] })
    }

    /// A Butterworth low pass; `q` in place of 0.7071 lifts or lowers its corner.
    pub fn low_pass(frequency: Hz, slope: Slope, q: Q) -> Self {
        Self::butterworth(frequency, slope, q, |_| [1.0, 0.0, 0.0])
    }

    /// A Butterworth high pass; `q` in place of 0.7071 lifts or lowers its corner.
    pub fn high_pass(frequency: Hz, slope: Slope, q: Q) -> Self {
        Self::butterworth(
            frequency,
            slope,
            q,
            |second| if second { [0.0, 0.0, 1.0] } else { [0.0, 1.0, 0.0] },
        )
    }

    /// A notch: silence at the frequency, nothing far from it.
    pub fn notch(frequency: Hz, q: Q) -> Self {
        Self::single(frequency, Section { zeros: [1.0, 0.0, 1.0], poles: [1.0, 1.0 / q.0, 1.0] })
    }

    /// A band pass: 0 dB at the frequency, falling to both sides.
    pub fn band_pass(frequency: Hz, q: Q) -> Self {
        Self::single(frequency, Section { zeros: [0.0, 1.0 / q.0, 0.0], poles: [1.0, 1.0 / q.0, 1.0] })
    }

    /// A tilt about the frequency: `gain` far above it, as much less far below.
    pub fn tilt(frequency: Hz, gain: Db) -> Self {
        let b = gain.gain();
        Self::single(frequency, Section { zeros: [1.0, b, 0.0], poles: [b, 1.0, 0.0] })
    }

    /// An all-pass: turns the phase by half a turn at the frequency and changes no level.
    pub fn all_pass(frequency: Hz, q: Q) -> Self {
        let p1 = 1.0 / q.0;
        let section = Section { zeros: [1.0, -p1, 1.0], poles: [1.0, p1, 1.0] };
        Prototype { correction: Correction::Needless, ..Self::single(frequency, section) }
    }

    fn single(frequency: Hz, section: Section) -> Self {
        let mut sections = [Section::NONE; MOST];
        sections[0] = section;
        Prototype { frequency, sections, count: 1, correction: Correction::Shared }
    }

    /// Sections with the poles of a Butterworth filter, the highest quality last.
    fn butterworth(frequency: Hz, slope: Slope, q: Q, zeros: impl Fn(bool) -> [f64; 3]) -> Self {
        let n = order(slope);
        let (odd, pairs) = (n % 2, n / 2);
        let mut all = Self::single(frequency, Section { zeros: zeros(false), poles: [1.0, 1.0, 0.0] });
        for k in 0..pairs {
            let turn = (2 * k + 1 + odd) as f64 / (2 * n) as f64;
            let scale = if k + 1 == pairs { q.0 / FRAC_1_SQRT_2 } else { 1.0 };
            let poles = [1.0, 2.0 * cos(PI * turn) / scale, 1.0];
            all.sections[odd + k] = Section { zeros: zeros(true), poles };
        }
        all.count = odd + pairs;
        all
    }

    /// The frequency that its sections are measured in.
    pub fn frequency(&self) -> Hz {
        self.frequency
    }

    /// Its sections, which work one after another.
    pub fn sections(&self) -> &[Section] {
        &self.sections[..self.count]
    }

    /// How its digital form is made to follow it, beside filters that share a correction and fall towards the top with
    /// order `shared` in all; adds its own order, if it joins them.
    pub fn correction(&self, shared: &mut usize) -> Correction {
        let falls: usize = self.sections().iter().map(|s| degree(s.poles) - degree(s.zeros)).sum();
        match self.correction {
            Correction::Shared if falls == 0 || *shared + falls <= 4 => *shared += falls,
            Correction::Shared => return Correction::Own,
            Correction::Own | Correction::Needless => {}
        }
        self.correction
    }

    /// The exact magnitude at a frequency, as a factor: what tests hold digital forms to.
    #[cfg(test)]
    pub(crate) fn magnitude(&self, frequency: Hz) -> f64 {
        let ratio = frequency.0 / self.frequency.0;
        self.sections().iter().map(|section| sqrt(section.power(ratio))).product()
    }

    /// Seconds until it has rung out by `decibels`, gain and steepness allowed for.
    pub fn ring(&self, decibels: f64) -> f64 {
        let slowest = self.sections().iter().filter_map(Section::decay).fold(f64::MAX, f64::min);
        if slowest == f64::MAX {
            return 0.0;
        }
        // Each section may add its own resonance, and one that decays alike adds a factor that grows with time.
        let resonance = |s: &Section| s.power(1.0).max(s.power(0.0)).max(1.0);
        let peak: f64 = self.sections().iter().map(resonance).map(|power| 4.0 * power).product();
        let nepers = decibels * std::f64::consts::LN_10 / 20.0 + 0.5 * super::math::ln(peak);
        nepers / (slowest * TAU * self.frequency.0)
    }
}

/// The degree of a polynomial.
fn degree([_, p1, p2]: [f64; 3]) -> usize {
    if p2 != 0.0 { 2 } else { usize::from(p1 != 0.0) }
}

/// The square root of a gain: the `A` of the cookbook.
fn root_of_gain(decibels: Db) -> f64 {
    gain(decibels.0 / 2.0)
}

/// The order of a filter that falls so steeply: 1 for each 6 dB an octave.
fn order(slope: Slope) -> usize {
    ((slope.0 / 6.0).round() as usize).clamp(1, 2 * MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decibels(filter: &Prototype, frequency: f64) -> f64 {
        Db::of(filter.magnitude(Hz(frequency))).0
    }

    #[test]
    fn passes_are_butterworth_at_every_order() {
        for n in 1..=16 {
            let slope = Slope(6.0 * f64::from(n));
            let low = Prototype::low_pass(Hz(1000.0), slope, Q(FRAC_1_SQRT_2));
            let high = Prototype::high_pass(Hz(1000.0), slope, Q(FRAC_1_SQRT_2));
            for ratio in [0.5, 0.9, 1.0, 1.1, 1.5] {
                let power = (0..2 * n).fold(1.0, |power, _| power * ratio);
                let truth = -10.0 * libm::log10(1.0 + power);
                assert!((decibels(&low, 1000.0 * ratio) - truth).abs() < 1e-9, "order {n} at {ratio}");
                assert!((decibels(&high, 1000.0 / ratio) - truth).abs() < 1e-9, "order {n} at {ratio}");
            }
        }
    }

    #[test]
    fn gains_stand_where_they_should() {
        let (f, gain, q) = (Hz(1000.0), Db(9.0), Q(0.7));
        assert!((decibels(&Prototype::bell(f, gain, q), 1000.0) - 9.0).abs() < 1e-9);
        let shelf = Prototype::low_shelf(f, gain, q);
        assert!((decibels(&shelf, 1.0) - 9.0).abs() < 1e-4);
        assert!(
            (decibels(&shelf, 1000.0) - 4.5 - decibels(&Prototype::high_shelf(f, gain, q), 1000.0) + 4.5)
                .abs()
                < 1e-9
        );
        assert!(decibels(&shelf, 1e6).abs() < 1e-4);
        let tilt = Prototype::tilt(f, gain);
        assert!((decibels(&tilt, 0.1) + 9.0).abs() < 1e-4);
        assert!(decibels(&tilt, 1000.0).abs() < 1e-9);
        assert!((decibels(&tilt, 1e7) - 9.0).abs() < 1e-4);
        assert_eq!(Prototype::bell(f, Db(0.0), q).ring(90.0), 0.0);
    }

    #[test]
    fn the_corner_of_a_pass_is_its_quality() {
        let low = Prototype::low_pass(Hz(1000.0), Slope(12.0), Q(4.0));
        assert!((low.magnitude(Hz(1000.0)) - 4.0).abs() < 1e-12);
    }
}
