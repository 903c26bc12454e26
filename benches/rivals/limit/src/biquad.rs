//! Second-order filters by the RBJ cookbook, in the transposed direct form II.

use crate::session::RATE;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// b0, b1, b2, a1, a2, with a0 = 1.
pub type Coefficients = [f32; 5];

/// A Butterworth high pass.
pub fn high_pass(frequency: f64) -> Coefficients {
    let w = 2.0 * PI * frequency / RATE;
    let (alpha, cos) = (w.sin() / (2.0 * FRAC_1_SQRT_2), w.cos());
    let a0 = 1.0 + alpha;
    let b0 = (1.0 + cos) / 2.0 / a0;
    [b0, -(1.0 + cos) / a0, b0, -2.0 * cos / a0, (1.0 - alpha) / a0].map(|value| value as f32)
}

pub fn bell(frequency: f64, gain_db: f64, q: f64) -> Coefficients {
    let w = 2.0 * PI * frequency / RATE;
    let (alpha, cos, a) = (w.sin() / (2.0 * q), w.cos(), 10f64.powf(gain_db / 40.0));
    let a0 = 1.0 + alpha / a;
    let turn = -2.0 * cos / a0;
    [(1.0 + alpha * a) / a0, turn, (1.0 - alpha * a) / a0, turn, (1.0 - alpha / a) / a0]
        .map(|value| value as f32)
}

pub struct Biquad {
    coefficients: Coefficients,
    state: [f32; 2],
}

impl Biquad {
    pub fn all(eq: &[Coefficients]) -> Vec<Self> {
        eq.iter().map(|&coefficients| Self { coefficients, state: [0.0; 2] }).collect()
    }

    /// As textbooks write it.
    pub fn run(&mut self, samples: &mut [f32]) {
        let [b0, b1, b2, a1, a2] = self.coefficients;
        let [mut s1, mut s2] = self.state;
        for sample in samples {
            let x = *sample;
            let y = b0 * x + s1;
            s1 = b1 * x - a1 * y + s2;
            s2 = b2 * x - a2 * y;
            *sample = y;
        }
        self.state = [s1, s2];
    }
}

/// N biquads of C channels in one loop, so that their latencies overlap. Plain loops over constants: with iterators the
/// compiler shuffles lanes instead.
#[inline(always)]
pub fn cascade<const N: usize, const C: usize>(eq: &mut [Vec<Biquad>], samples: [&mut [f32]; C]) {
    let mut c = [[[0f32; C]; 5]; N];
    let mut s = [[[0f32; C]; 2]; N];
    for n in 0..N {
        for h in 0..C {
            for k in 0..5 {
                c[n][k][h] = eq[h][n].coefficients[k];
            }
            for k in 0..2 {
                s[n][k][h] = eq[h][n].state[k];
            }
        }
    }
    for i in 0..samples[0].len() {
        let mut v = [0f32; C];
        for h in 0..C {
            v[h] = samples[h][i];
        }
        for n in 0..N {
            for h in 0..C {
                let y = c[n][0][h].mul_add(v[h], s[n][0][h]);
                s[n][0][h] = (-c[n][3][h]).mul_add(y, c[n][1][h].mul_add(v[h], s[n][1][h]));
                s[n][1][h] = (-c[n][4][h]).mul_add(y, c[n][2][h] * v[h]);
                v[h] = y;
            }
        }
        for h in 0..C {
            samples[h][i] = v[h];
        }
    }
    for n in 0..N {
        for h in 0..C {
            for k in 0..2 {
                eq[h][n].state[k] = s[n][k][h];
            }
        }
    }
}
