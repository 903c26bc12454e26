//! The slow turning of the loop's mixing, which keeps long tails from ringing on single modes.
//!
//! A time-varying orthogonal matrix keeps the loop's energy whatever it does (Schlecht, Habets, "Time-Varying Feedback
//! Matrices in Feedback Delay Networks", JASA 138, 2015). Angles are functions of the song's position, not of the past.

use super::kinds;
use crate::{
    dsp::{
        cpu::{Floats, Isa, Vector},
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
    /// Turns in a frame, and those at the song's start.
    turns: [f64; PAIRS],
    begin: [f64; PAIRS],
    most: f64,
    /// The places at the last tick that was asked for: each chunk ends where the next begins.
    latest: (i64, Places),
}

/// Cosine and sine of every pair's angle.
type Places = [[f64; PAIRS]; 2];

/// Straight lines from a tick's places to those of the next: where they begin, and how far they go in a frame.
struct Ways {
    from: [[f32; PAIRS]; 2],
    slope: [[f32; PAIRS]; 2],
}

impl Motion {
    pub(super) fn new(rate: u32) -> Motion {
        let speed = |k| 0.3 + 0.8 * ((7 * k) % PAIRS) as f64 / 15.0;
        Motion {
            turns: std::array::from_fn(|k| speed(k) / f64::from(rate)),
            begin: std::array::from_fn(|k| 0.414_214 * k as f64),
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
    pub(super) fn turn<I: Isa>(&mut self, lines: &mut Lines, at: Frames) {
        let tick = at.0.div_euclid(CHUNK as i64) * CHUNK as i64;
        let mut along = [(at.0 - tick) as f32; CHUNK];
        for f in 0..CHUNK {
            along[f] += f as f32;
        }
        let along = I::Sixteen::load(&along);
        let Ways { from, slope } = self.ways::<I>(tick);
        for (k, [a, b]) in lines.0.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let cos = I::Sixteen::splat(from[0][k]) + I::Sixteen::splat(slope[0][k]) * along;
            let sin = I::Sixteen::splat(from[1][k]) + I::Sixteen::splat(slope[1][k]) * along;
            let (x, y) = (I::Sixteen::load(a), I::Sixteen::load(b));
            (cos * x - sin * y).store(a);
            (sin * x + cos * y).store(b);
        }
    }

    /// The ways from a tick to the next.
    #[inline(always)]
    fn ways<I: Isa>(&mut self, tick: i64) -> Ways {
        let now = if self.latest.0 == tick { self.latest.1 } else { self.places::<I::V4>(tick) };
        let next = self.places::<I::V4>(tick + CHUNK as i64);
        self.latest = (tick + CHUNK as i64, next);
        let mut ways = Ways { from: [[0.0; PAIRS]; 2], slope: [[0.0; PAIRS]; 2] };
        for i in 0..2 {
            for k in 0..PAIRS {
                ways.from[i][k] = now[i][k] as f32;
                ways.slope[i][k] = ((next[i][k] - now[i][k]) / CHUNK as f64) as f32;
            }
        }
        ways
    }

    #[inline(always)]
    fn places<V: Vector>(&self, at: i64) -> Places {
        let mut places = [[0.0; PAIRS]; 2];
        for k in (0..PAIRS).step_by(V::N) {
            let turns = V::load(&self.turns[k..]) * V::splat(at as f64) + V::load(&self.begin[k..]);
            let angle = V::splat(self.most) * sine(turns);
            let square = angle * angle;
            // Taylor series: off by less than 4e-8 up to 0.8 rad.
            let cos = series(square, [1.0, -1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0]);
            let sin = angle * series(square, [1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 0.0]);
            cos.store(&mut places[0][k..]);
            sin.store(&mut places[1][k..]);
        }
        places
    }
}

/// The sine of a number of turns, by its Taylor series over a quarter: off by less than 6e-6, and an angle need be no
/// more exact than that.
#[inline(always)]
fn sine<V: Vector>(turns: V) -> V {
    // Added and taken away again, this leaves the nearest whole number.
    let (whole, half, quarter) = (V::splat(1.5 * (1_u64 << 52) as f64), V::splat(0.5), V::splat(0.25));
    let (minus_half, minus_quarter) = (V::splat(-0.5), V::splat(-0.25));
    let share = turns - ((turns + whole) - whole);
    let folded = V::less(quarter, share, half - share, share);
    let folded = V::less(share, minus_quarter, minus_half - share, folded);
    let x = V::splat(TAU) * folded;
    x * series(x * x, [1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0])
}

/// A polynomial.
#[inline(always)]
fn series<V: Vector>(x: V, [a, b, c, d, e]: [f64; 5]) -> V {
    V::splat(a) + x * (V::splat(b) + x * (V::splat(c) + x * (V::splat(d) + x * V::splat(e))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{
        cpu::{Job, dispatch},
        math,
    };

    struct Turn<'a>(&'a mut Motion, &'a mut Lines, Frames);

    impl Job for Turn<'_> {
        type Out = ();

        #[inline(always)]
        fn run<I: Isa>(self) {
            self.0.turn::<I>(self.1, self.2);
        }
    }

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
        let mut lines = Lines([[1.0; CHUNK]; LINES]);
        dispatch(Turn(&mut motion, &mut lines, Frames(1_234_560)));
        for f in 0..CHUNK {
            let power: f32 = lines.0.iter().map(|line| line[f] * line[f]).sum();
            assert!((power / LINES as f32 - 1.0).abs() < 1e-6, "{power}");
        }
    }
}
