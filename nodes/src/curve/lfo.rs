//! A low-frequency oscillator.

use super::{Clock, GLIDE, Scale};
use crate::{
    dsp::{fast, math},
    for_every_cpu,
};
use std::sync::Arc;

/// The form of one turn of a low-frequency oscillator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wave {
    /// A sine that begins in the middle and rises.
    Sine,
    /// Straight up and down, beginning at the bottom.
    Triangle,
    /// High for half a turn, then low; edges glide 5 ms.
    Square,
    /// Rises, then falls back in 5 ms.
    Saw,
}

/// A low-frequency oscillator: a function of position, not a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Lfo {
    /// The form of a turn.
    pub wave: Wave,
    /// What it counts: beats, or seconds.
    pub clock: Arc<Clock>,
    /// The length of a turn in the clock's count.
    pub every: f64,
    /// Where in a turn it begins, 0 to 1.
    pub phase: f64,
    /// The lowest and the highest value.
    pub between: (f64, f64),
    /// Whether it moves in octaves.
    pub scale: Scale,
    /// The song's rate.
    pub rate: u32,
}

impl Lfo {
    /// The values from a frame on.
    pub(super) fn values(&self, at: i64, values: &mut [f64]) {
        self.clock.counts(at, values);
        turns(values, self.every, self.phase);
        if self.wave == Wave::Sine {
            sines(values);
        } else {
            (at..).zip(&mut *values).for_each(|(at, x)| *x = self.corner(at, *x));
        }
        let (low, high) = self.between;
        for y in values {
            *y = match self.scale {
                Scale::Octaves => low * math::exp2(*y * math::log2((high / low).max(1e-9))),
                _ => low + (high - low) * *y,
            };
        }
    }

    /// Where a wave of corners is at a share of its turn.
    fn corner(&self, at: i64, x: f64) -> f64 {
        let edge = || (GLIDE * f64::from(self.rate) * self.clock.pace(at as f64) / self.every).min(0.25);
        match self.wave {
            Wave::Sine | Wave::Triangle => 1.0 - (2.0 * x - 1.0).abs(),
            Wave::Square if x < 0.5 => (x / edge()).min(1.0),
            Wave::Square => 1.0 - ((x - 0.5) / edge()).min(1.0),
            Wave::Saw if x > 1.0 - edge() => (1.0 - x) / edge(),
            Wave::Saw => x / (1.0 - edge()),
        }
    }
}

for_every_cpu! {
    /// Turns counts into shares of a turn.
    fn turns(counts: &mut [f64], every: f64, phase: f64) {
        for x in counts {
            let turns = *x / every + phase;
            *x = turns - turns.floor();
        }
    }

    fn sines(turns: &mut [f64]) {
        for x in turns {
            *x = 0.5 + 0.5 * fast::sine(*x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lfos_stay_between_their_ends() {
        for wave in [Wave::Sine, Wave::Triangle, Wave::Square, Wave::Saw] {
            let lfo = Lfo {
                wave,
                clock: Arc::new(Clock::seconds(48_000)),
                every: 0.5,
                phase: 0.0,
                between: (-3.0, 2.0),
                scale: Scale::Even,
                rate: 48_000,
            };
            let mut values = vec![0.0; 48_000];
            lfo.values(0, &mut values);
            let step = values.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
            assert!(values.iter().all(|v| (-3.0..=2.0).contains(v)), "{wave:?}");
            assert!(step <= 5.0 / 239.0, "{wave:?} steps by {step}");
        }
    }
}
