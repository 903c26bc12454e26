//! The slow turning of the loop's mixing, which keeps long tails from ringing on single modes.
//!
//! A time-varying orthogonal matrix keeps the loop's energy whatever it does (Schlecht, Habets, "Time-Varying Feedback
//! Matrices in Feedback Delay Networks", JASA 138, 2015). Angles are functions of the song's position, not of the past.

use super::kinds;
use crate::{
    dsp::{
        hadamard::{LINES, Lines},
        ring::CHUNK,
    },
    unit::Frames,
};
use std::f64::consts::TAU;

const PAIRS: usize = LINES / 2;

/// How far and how fast each pair of lines turns into one another.
#[derive(Clone, Debug)]
pub(super) struct Motion {
    turns: [f64; PAIRS],
    most: f64,
    /// The places at the last tick that was asked for: each chunk ends where the next begins.
    latest: (i64, Places),
}

/// Cosine and sine of every pair's angle.
type Places = [[f64; PAIRS]; 2];

impl Motion {
    pub(super) fn new(rate: u32) -> Motion {
        let speed = |k| 0.3 + 0.8 * ((7 * k) % PAIRS) as f64 / 15.0;
        Motion {
            turns: std::array::from_fn(|k| speed(k) / f64::from(rate)),
            most: 0.0,
            latest: (i64::MIN, [[0.0; PAIRS]; 2]),
        }
    }

    /// Long tails need more of it, short ones must not waver.
    pub(super) fn tune(&mut self, figures: &kinds::Motion, decay: f64) {
        let most = (figures.angle * decay).clamp(0.1, figures.most);
        if most != self.most {
            (self.most, self.latest.0) = (most, i64::MIN);
        }
    }

    /// Turns each pair of lines in a chunk that lies within 16 frames of the song from a multiple of 16 on.
    #[inline(always)]
    pub(super) fn turn(&mut self, lines: &mut Lines, at: Frames) {
        let tick = at.0.div_euclid(CHUNK as i64) * CHUNK as i64;
        let along = (at.0 - tick) as f32;
        let now = if self.latest.0 == tick { self.latest.1 } else { self.places(tick) };
        let next = self.places(tick + CHUNK as i64);
        self.latest = (tick + CHUNK as i64, next);
        let (pairs, _) = lines.as_chunks_mut::<2>();
        for (k, [a, b]) in pairs.iter_mut().enumerate() {
            let from = [now[0][k] as f32, now[1][k] as f32];
            let [across, up] = [0, 1].map(|i| ((next[i][k] - now[i][k]) / CHUNK as f64) as f32);
            for f in 0..CHUNK {
                let frames = along + f as f32;
                let (cos, sin) = (from[0] + across * frames, from[1] + up * frames);
                (a[f], b[f]) = (cos * a[f] - sin * b[f], sin * a[f] + cos * b[f]);
            }
        }
    }

    #[inline(always)]
    fn places(&self, at: i64) -> Places {
        let mut places = [[0.0; PAIRS]; 2];
        for k in 0..PAIRS {
            let angle = self.most * sine(self.turns[k] * at as f64 + 0.414_214 * k as f64);
            let square = angle * angle;
            // Taylor series: off by less than 4e-8 up to 0.8 rad.
            places[0][k] = series(square, [1.0, -1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0]);
            places[1][k] = angle * series(square, [1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 0.0]);
        }
        places
    }
}

/// The sine of a number of turns, by its Taylor series over a quarter: off by less than 6e-6, and an angle need be no
/// more exact than that.
#[inline(always)]
fn sine(turns: f64) -> f64 {
    // Added and taken away again, this leaves the nearest whole number; unlike a call of `round`, in a vector.
    const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;
    let share = turns - ((turns + WHOLE) - WHOLE);
    let folded = if share > 0.25 { 0.5 - share } else { share };
    let folded = if share < -0.25 { -0.5 - share } else { folded };
    let x = TAU * folded;
    x * series(x * x, [1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0])
}

/// A polynomial.
#[inline(always)]
fn series(x: f64, [a, b, c, d, e]: [f64; 5]) -> f64 {
    a + x * (b + x * (c + x * (d + x * e)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::math;

    #[test]
    fn the_series_are_sines() {
        for i in 0..1000 {
            let share = f64::from(i) / 1000.0;
            assert!((sine(share) - math::sin(TAU * share)).abs() < 6e-6, "{share}");
        }
    }

    #[test]
    fn turning_keeps_energy() {
        let mut motion = Motion::new(48_000);
        motion.tune(&kinds::Motion { angle: 0.2, most: 0.8 }, 3.0);
        let mut lines = [[1.0; CHUNK]; LINES];
        motion.turn(&mut lines, Frames(1_234_560));
        for f in 0..CHUNK {
            let power: f32 = lines.iter().map(|line| line[f] * line[f]).sum();
            assert!((power / LINES as f32 - 1.0).abs() < 1e-6, "{power}");
        }
    }
}
