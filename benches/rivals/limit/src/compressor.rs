//! The compressor of the reference mix: peak, hard knee, feed-forward, smoothed in decibels.

use crate::session::Ballistics;
use std::f32::consts::LN_2;

/// Decibels of a doubling.
pub const OCTAVE: f32 = 6.020_6;
/// Frames that the fast form works on at once.
const BLOCK: usize = 512;
/// What is softer counts as this.
pub const SILENCE: f32 = 1e-6;

/// log2 on 1 to 2, from the highest power down: seven digits' worth of gain.
pub const LOG2: [f32; 7] =
    [-0.025_123_203, 0.270_037_47, -1.247_962_5, 3.249_466_7, -5.301_709, 6.089_895_7, -3.034_602_9];
/// 2 to the power of -0.5 to 0.5, from the highest power down.
pub const EXP2: [f32; 6] = [0.001_340_043_3, 0.009_676_037, 0.055_503_27, 0.240_221_07, LN_2, 1.0];

pub struct Compressor {
    set: Ballistics,
    /// The present reduction in decibels.
    reduction: f32,
}

impl Compressor {
    pub fn new(set: Ballistics) -> Self {
        Self { set, reduction: 0.0 }
    }

    /// As textbooks write it.
    pub fn run(&mut self, left: &mut [f32], right: Option<&mut [f32]>) {
        match right {
            Some(right) => {
                for (l, r) in left.iter_mut().zip(right) {
                    let gain = self.gain(l.abs().max(r.abs()));
                    *l *= gain;
                    *r *= gain;
                }
            }
            None => left.iter_mut().for_each(|sample| *sample *= self.gain(sample.abs())),
        }
    }

    fn gain(&mut self, level: f32) -> f32 {
        let over = (20.0 * level.max(SILENCE).log10() - self.set.threshold).max(0.0);
        let target = -over * (1.0 - 1.0 / self.set.ratio);
        let step = if target < self.reduction { self.set.attack } else { self.set.release };
        self.reduction += (target - self.reduction) * step;
        10f32.powf(self.reduction * 0.05)
    }

    /// In passes over a block: all but the recursion is vectorised over time.
    pub fn run_well(&mut self, left: &mut [f32], mut right: Option<&mut [f32]>) {
        let mut gains = [0f32; BLOCK];
        for at in (0..left.len()).step_by(BLOCK) {
            let left = &mut left[at..at + BLOCK];
            let right = right.as_deref_mut().map(|right| &mut right[at..at + BLOCK]);
            levels(&mut gains, left, right.as_deref());
            self.targets(&mut gains);
            self.smooth(&mut gains);
            for gain in &mut gains {
                *gain = exp2(*gain);
            }
            for (sample, gain) in left.iter_mut().zip(&gains) {
                *sample *= gain;
            }
            for (sample, gain) in right.into_iter().flatten().zip(&gains) {
                *sample *= gain;
            }
        }
    }

    /// Levels into wanted reductions, in octaves.
    fn targets(&self, gains: &mut [f32; BLOCK]) {
        let (threshold, slope) = (self.set.threshold / OCTAVE, 1.0 / self.set.ratio - 1.0);
        for gain in gains {
            // Comparisons, not `max`: it would ask about NaN and not become one instruction.
            let level = if *gain > SILENCE { *gain } else { SILENCE };
            let over = log2(level) - threshold;
            *gain = if over > 0.0 { over * slope } else { 0.0 };
        }
    }

    /// The attack is the faster of the two, so the smaller of both candidates is the right one.
    fn smooth(&mut self, gains: &mut [f32; BLOCK]) {
        let Ballistics { attack, release, .. } = self.set;
        let (stay_attack, stay_release) = (1.0 - attack, 1.0 - release);
        let mut reduction = self.reduction / OCTAVE;
        for gain in gains {
            let down = reduction.mul_add(stay_attack, *gain * attack);
            let up = reduction.mul_add(stay_release, *gain * release);
            reduction = if down < up { down } else { up };
            *gain = reduction;
        }
        self.reduction = reduction * OCTAVE;
    }
}

fn levels(levels: &mut [f32; BLOCK], left: &[f32], right: Option<&[f32]>) {
    match right {
        Some(right) => {
            for (level, (l, r)) in levels.iter_mut().zip(left.iter().zip(right)) {
                let (l, r) = (l.abs(), r.abs());
                *level = if l > r { l } else { r };
            }
        }
        None => {
            for (level, sample) in levels.iter_mut().zip(left) {
                *level = sample.abs();
            }
        }
    }
}

#[inline(always)]
fn log2(x: f32) -> f32 {
    let bits = x.to_bits() as i32;
    let exponent = ((bits >> 23) - 127) as f32;
    let mantissa = f32::from_bits((bits & 0x7f_ffff | 0x3f80_0000) as u32);
    exponent + polynomial(LOG2, mantissa)
}

/// For -126 to 0.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    let whole = (x - 0.5) as i32;
    f32::from_bits(((whole + 127) << 23) as u32) * polynomial(EXP2, x - whole as f32)
}

#[inline(always)]
fn polynomial<const N: usize>(coefficients: [f32; N], x: f32) -> f32 {
    let mut sum = coefficients[0];
    for coefficient in &coefficients[1..] {
        sum = sum.mul_add(x, *coefficient);
    }
    sum
}
