//! Digital filters that follow their analog prototypes up to 20 kHz, where the bilinear transform falls short.
//!
//! A section takes the poles and zeros of its prototype by `z = exp(s T)`. What the magnitude then lacks is made up by a
//! correction of two fixed poles and four zeros, fitted by least squares in closed form: 0.03 dB for bells, 0.1 for
//! shelves. The phase is the minimum phase of that curve. It knows no signals, only coefficients.
//!
//! The matching of poles and zeros is after Vicanek, "Matched Second Order Digital Filters" (2016).

use super::{
    math::{cos, exp, sin, sqrt},
    prototype::{Correction, Prototype, Section, squared},
};
use std::f64::consts::{PI, TAU};
use std::sync::LazyLock;

/// The highest frequency of a filter, in parts of the rate: what is set higher is brought down to it.
pub const HIGHEST: f64 = 0.49;

/// The two poles of every correction, at -0.35 and -0.75: `1 + POLES[0] / z + POLES[1] / z^2`.
pub const POLES: [f64; 2] = [1.1, 0.2625];

/// The taps of the correction that does nothing: its zeros lie on its poles.
pub const NO_CORRECTION: [f64; 5] = [1.0, POLES[0], POLES[1], 0.0, 0.0];

/// A section of second order: `(b0 + b1/z + b2/z^2) / (1 + a1/z + a2/z^2)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Biquad {
    /// The numerator.
    pub b: [f64; 3],
    /// The denominator behind its leading 1.
    pub a: [f64; 2],
}

/// Where the fit looks, in parts of the rate up to 0.4581: dense at both ends, the same at every rate, as a fit that
/// ends lower turns negative above.
const NODES: usize = 12;

struct Node {
    position: f64,
    phi: f64,
    /// Chebyshev polynomials of `2 phi - 1`.
    basis: [f64; 5],
    /// The squared magnitude of the correction's poles.
    poles: f64,
}

static GRID: LazyLock<[Node; NODES]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        let position = 0.4581 * (0.5 - 0.5 * cos(PI * (i as f64 + 0.5) / NODES as f64));
        let phi = phi(position);
        let x = 2.0 * phi - 1.0;
        let mut basis = [1.0, x, 0.0, 0.0, 0.0];
        for k in 2..5 {
            basis[k] = 2.0 * x * basis[k - 1] - basis[k - 2];
        }
        Node { position, phi, basis, poles: power([1.0, POLES[0], POLES[1]], phi) }
    })
});

/// The squared sine of half the angle that a frame turns, at a frequency in parts of the rate.
fn phi(position: f64) -> f64 {
    let s = sin(PI * position);
    s * s
}

/// The squared magnitude of a polynomial in `1/z`.
fn power([b0, b1, b2]: [f64; 3], phi: f64) -> f64 {
    let (low, high) = (b0 + b1 + b2, b0 - b1 + b2);
    low * low * (1.0 - phi) + high * high * phi - 16.0 * b0 * b2 * phi * (1.0 - phi)
}

/// The angle that a frame turns at a filter's frequency, kept below half a turn.
pub fn angle(prototype: &Prototype, rate: u32) -> f64 {
    TAU * (prototype.frequency().0 / f64::from(rate)).min(HIGHEST)
}

/// A section of a prototype with its digital form.
#[derive(Clone, Copy, Debug)]
pub struct Matched {
    section: Section,
    angle: f64,
    /// The digital form.
    pub biquad: Biquad,
    /// What its magnitude lacks.
    pub lack: Residual,
}

impl Matched {
    /// No section's.
    pub const NONE: Matched = Matched {
        section: Section { zeros: [0.0; 3], poles: [0.0; 3] },
        angle: 0.0,
        biquad: Biquad { b: [0.0; 3], a: [0.0; 2] },
        lack: Residual::NONE,
    };

    /// Matches a section whose frequency turns by `angle` in a frame.
    pub fn new(section: Section, angle: f64, correction: Correction) -> Matched {
        let [_, a1, a2] = to_z(section.poles, angle);
        let a = [a1, a2];
        if correction == Correction::Needless {
            // An all-pass: its zeros mirror its poles.
            return Matched { section, angle, biquad: Biquad { b: [a2, a1, 1.0], a }, lack: Residual::NONE };
        }
        let shape = Biquad { b: to_z(section.zeros, angle), a };
        let mut lack = Residual(std::array::from_fn(|i| shape.lack(&section, angle, &GRID[i])));
        // Brought near 1, as many low passes together would leave the range of numbers.
        let first = lack.0[0];
        lack.0.iter_mut().for_each(|r| *r /= first);
        let scale = sqrt(first);
        Matched { section, angle, biquad: Biquad { b: shape.b.map(|b| b * scale), a }, lack }
    }

    /// Whether it is the digital form of a section at an angle.
    pub fn is_of(&self, section: &Section, angle: f64) -> bool {
        self.angle == angle && self.section == *section
    }
}

/// What the magnitudes of matched sections lack: squared factors at the points of the fit.
#[derive(Clone, Copy, Debug)]
pub struct Residual([f64; NODES]);

impl Residual {
    /// Nothing lacks.
    pub const NONE: Residual = Residual([1.0; NODES]);

    /// Adds what another section lacks.
    pub fn join(&mut self, other: &Residual) {
        self.0.iter_mut().zip(&other.0).for_each(|(all, one)| *all *= one);
    }

    /// The zeros of the correction that makes up for it all.
    pub fn correction(&self) -> [f64; 5] {
        // Less than 0.02 dB is left alone.
        if self.0.iter().all(|r| (0.995_405..1.004_616).contains(r)) {
            return NO_CORRECTION;
        }
        // Where a fit falls below zero between its points, as in a few of a million, fewer taps do.
        self.taps::<5>()
            .or_else(|| self.taps::<4>())
            .or_else(|| self.taps::<3>())
            .or_else(|| self.taps::<2>())
            .unwrap_or(NO_CORRECTION)
    }

    /// The first `N` taps of a correction that has no others.
    fn taps<const N: usize>(&self) -> Option<[f64; 5]> {
        let mut taps = [0.0; 5];
        taps[..N].copy_from_slice(&factor(self.fit::<N>())?);
        Some(taps)
    }

    /// The squared magnitude of the zeros as a sum of Chebyshev polynomials, by least squares of the relative error.
    fn fit<const N: usize>(&self) -> [f64; N] {
        let mut normal = [[0.0; N]; N];
        let mut right = [0.0; N];
        for (r, node) in self.0.iter().zip(GRID.iter()) {
            let weight = 1.0 / (r * node.poles);
            for j in 0..N {
                let row = weight * node.basis[j];
                right[j] += row;
                for k in 0..=j {
                    normal[j][k] += row * weight * node.basis[k];
                    normal[k][j] = normal[j][k];
                }
            }
        }
        solve(normal, right)
    }
}

/// The polynomial in `1/z` whose roots are those of a polynomial in `s`, at `w` radians a frame.
fn to_z([p0, p1, p2]: [f64; 3], w: f64) -> [f64; 3] {
    if p2 == 0.0 {
        return if p1 == 0.0 { [1.0, 0.0, 0.0] } else { [1.0, -exp(-w * p0 / p1), 0.0] };
    }
    let (b, c) = (w * p1 / (2.0 * p2), w * w * p0 / p2);
    if b * b < c {
        // What would turn by more than half a turn in a frame, such as the outer roots of a shelf, decays faster instead.
        let turn = sqrt(c - b * b);
        let radius = exp(-b - (turn - PI).max(0.0));
        [1.0, -2.0 * radius * cos(turn.min(PI)), radius * radius]
    } else {
        let r = sqrt(b * b - c);
        let slow = if c == 0.0 { 0.0 } else { c / (b + r) };
        [1.0, -(exp(-slow) + exp(-b - r)), exp(-2.0 * b)]
    }
}

impl Biquad {
    /// The squared factor by which it is below its prototype at one frequency.
    fn lack(&self, section: &Section, angle: f64, node: &Node) -> f64 {
        let ratio = node.position * TAU / angle;
        let (up, down) = (squared(section.zeros, ratio), squared(section.poles, ratio));
        if up < 1e-8 * down {
            // Beside a zero, where both vanish, the ratio is only known a little way off.
            let beside = 1.001 * node.position;
            return section.power(beside * TAU / angle) / self.power(phi(beside));
        }
        up / (down * self.power(node.phi))
    }

    fn power(&self, phi: f64) -> f64 {
        power(self.b, phi) / power([1.0, self.a[0], self.a[1]], phi)
    }
}

/// The most rounds of Newton's method. Five are usual, nine the most ever seen: exact digits double in each.
const ROUNDS: usize = 16;

/// The taps whose squared magnitude is a sum of Chebyshev polynomials of `-cos`, all zeros inside the unit circle.
///
/// Newton's method on the autocorrelation (Wilson, SIAM J. Numer. Anal. 6, 1969), which stays inside from a start that
/// is. Nothing, if the sum is not the square of a magnitude.
fn factor<const N: usize>(sum: [f64; N]) -> Option<[f64; N]> {
    let goal: [f64; N] = std::array::from_fn(|k| match k {
        0 => sum[0],
        _ => 0.5 * if k % 2 == 0 { sum[k] } else { -sum[k] },
    });
    let level = goal[0] / correlation(&NO_CORRECTION)[0];
    let mut taps: [f64; N] = std::array::from_fn(|i| sqrt(level) * NO_CORRECTION[i]);
    for _ in 0..ROUNDS {
        let had = correlation(&taps);
        if (0..N).all(|k| (had[k] - goal[k]).abs() < 1e-13 * goal[0]) {
            return Some(taps);
        }
        let tap = |i: usize| if i < N { taps[i] } else { 0.0 };
        let slope = std::array::from_fn(|k| {
            std::array::from_fn(|j| tap(j + k) + if j < k { 0.0 } else { taps[j - k] })
        });
        taps = solve(slope, std::array::from_fn(|k| goal[k] + had[k]));
    }
    None
}

fn correlation<const N: usize>(taps: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|k| (k..N).map(|i| taps[i] * taps[i - k]).sum())
}

/// Solves a small system of linear equations by elimination.
///
/// Without pivots: normal equations need none, and those of [`factor`] have positive ones while all zeros are inside the
/// unit circle, as in the test of Jury.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for column in 0..N {
        let inverse = 1.0 / matrix[column][column];
        for row in column + 1..N {
            let factor = matrix[row][column] * inverse;
            for k in column + 1..N {
                matrix[row][k] -= factor * matrix[column][k];
            }
            right[row] -= factor * right[column];
        }
        matrix[column][column] = inverse;
    }
    for row in (0..N).rev() {
        for k in row + 1..N {
            right[row] -= matrix[row][k] * right[k];
        }
        right[row] *= matrix[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Db, Hz, Q};

    fn designed(prototype: &Prototype) -> (Biquad, [f64; 5]) {
        let one =
            Matched::new(prototype.sections()[0], angle(prototype, 44_100), prototype.correction(&mut 0));
        (one.biquad, one.lack.correction())
    }

    fn near(a: &[f64], b: &[f64]) {
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() < 1e-8, "{a} is not {b}");
        }
    }

    /// Coefficients made by another program from the same formulas.
    #[test]
    fn coefficients_agree_with_an_independent_design() {
        let (main, taps) = designed(&Prototype::bell(Hz(16_000.0), Db(8.0), Q(1.0)));
        near(&main.b, &[1.840_122_103_78, -0.108_425_787_466, 0.049_632_355_406_9]);
        near(&main.a, &[0.544_014_340_892, 0.237_321_618_609]);
        near(
            &taps,
            &[
                0.889_037_608_499,
                1.115_369_399_46,
                0.347_626_506_625,
                0.011_292_110_160_5,
                -0.000_795_155_993_651,
            ],
        );
        let (main, taps) =
            designed(&Prototype::high_shelf(Hz(12_000.0), Db(5.0), Q(std::f64::consts::FRAC_1_SQRT_2)));
        near(&main.b, &[1.263_206_672_09, -0.443_637_870_328, 0.155_648_073_706]);
        near(&main.a, &[-0.086_073_154_593_4, 0.061_289_781_784_6]);
        near(
            &taps,
            &[
                1.009_871_957_27,
                1.096_899_348_72,
                0.255_903_798_377,
                -0.000_155_090_375_137,
                -5.132_129_954_7e-5,
            ],
        );
    }

    #[test]
    fn no_gain_is_exactly_nothing() {
        let f = Hz(9000.0);
        for flat in [
            Prototype::bell(f, Db(0.0), Q(3.0)),
            Prototype::low_shelf(f, Db(0.0), Q(0.5)),
            Prototype::high_shelf(f, Db(0.0), Q(7.0)),
            Prototype::tilt(f, Db(0.0)),
        ] {
            let (main, taps) = designed(&flat);
            assert_eq!(main.b, [1.0, main.a[0], main.a[1]]);
            assert_eq!(taps, NO_CORRECTION);
        }
    }

    #[test]
    fn a_notch_on_a_point_of_the_fit_is_well_designed() {
        let there = Hz(GRID[6].position * 44_100.0);
        let (_, on) = designed(&Prototype::notch(there, Q(2.0)));
        let (_, beside) = designed(&Prototype::notch(Hz(there.0 * 1.0001), Q(2.0)));
        for (a, b) in on.iter().zip(beside) {
            assert!((a - b).abs() < 1e-4);
        }
    }
}
