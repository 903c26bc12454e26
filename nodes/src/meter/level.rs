//! Sample levels of one channel: the largest sample with its place, RMS, and the constant in it.

use super::sums::{Sums, Terms};
use crate::{
    dsp::fast::largest,
    unit::{Db, Frames},
};
use serde::Serialize;

/// What the levels of a channel are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LevelReading {
    /// The largest sample against full scale.
    pub peak: Db,
    /// Its frame.
    pub peak_at: Frames,
    /// The root of the mean square against full scale: a full-scale sine is at -3.01 dB.
    pub rms: Db,
    /// The mean: a constant that eats headroom. 1 is full scale.
    pub dc: f64,
}

/// A meter of sample levels of one channel.
#[derive(Clone, Debug, Default)]
pub struct Level {
    peak: f32,
    peak_at: i64,
    frames: i64,
    sums: Sums<Moments, 2>,
}

/// A sample and its square.
#[derive(Clone, Debug)]
struct Moments;

impl Terms<2> for Moments {
    #[inline(always)]
    fn of(x: f64, _: f64) -> [f64; 2] {
        [x, x * x]
    }
}

impl Level {
    /// Hears on.
    pub fn push(&mut self, signal: &[f32]) {
        let largest = largest(signal);
        if largest > self.peak {
            let place = signal.iter().position(|x| x.abs() == largest).expect("it is one of them");
            (self.peak, self.peak_at) = (largest, self.frames + place as i64);
        }
        self.sums.push(signal, signal);
        self.frames += signal.len() as i64;
    }

    /// What the meter reads now.
    pub fn reading(&self) -> LevelReading {
        let (frames, [sum, energy]) = (self.frames.max(1) as f64, self.sums.all());
        LevelReading {
            peak: Db::of(f64::from(self.peak)),
            peak_at: Frames(self.peak_at),
            rms: Db::of((energy / frames).sqrt()),
            dc: sum / frames,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plane, sine};

    #[test]
    fn a_sine_on_a_constant() {
        let mut meter = Level::default();
        let signal = plane(1.0, 48_000, sine(1000.0, 48_000).map(|x| 0.1 + 0.5 * x));
        signal.chunks(77).for_each(|piece| meter.push(piece));
        let reading = meter.reading();
        assert!((reading.peak.0 - Db::of(0.6).0).abs() < 1e-6);
        assert_eq!(reading.peak_at, Frames(12));
        assert!((reading.rms.0 - Db::of((0.125_f64 + 0.01).sqrt()).0).abs() < 1e-6);
        assert!((reading.dc - 0.1).abs() < 1e-7);
    }

    #[test]
    fn silence_is_off() {
        let reading = Level::default().reading();
        assert_eq!((reading.peak, reading.rms, reading.dc), (Db::OFF, Db::OFF, 0.0));
    }
}
