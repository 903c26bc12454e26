//! True peak: the largest level between the samples too, with its place (ITU-R BS.1770-5, annex 2, read more exactly).

use crate::{
    block::PIECE,
    dsp::true_peak::TruePeak,
    unit::{Dbtp, Frames},
};
use serde::Serialize;

/// A largest level and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PeakReading {
    /// The level; that of silence is -240 dBTP.
    pub level: Dbtp,
    /// The frame nearest to it.
    pub at: Frames,
}

/// A true-peak meter of one channel.
///
/// It interpolates only where a new peak is possible, so quiet music costs little.
#[derive(Clone, Debug)]
pub struct TruePeakMeter {
    detector: TruePeak,
    most: f32,
    at: i64,
    frames: i64,
}

impl Default for TruePeakMeter {
    fn default() -> Self {
        TruePeakMeter { detector: TruePeak::metering(), most: 0.0, at: 0, frames: 0 }
    }
}

impl TruePeakMeter {
    /// Hears on.
    pub fn push(&mut self, signal: &[f32]) {
        let mut levels = [0.0; PIECE];
        for piece in signal.chunks(PIECE) {
            let levels = &mut levels[..piece.len()];
            self.detector.run(piece, self.most, levels);
            for level in levels.iter() {
                if *level > self.most {
                    self.most = *level;
                    // The first frame that knows of a peak is the one before it, as envelopes look a frame ahead.
                    self.at = self.frames + 1 - self.detector.latency() as i64;
                }
                self.frames += 1;
            }
        }
    }

    /// The largest level so far, as if silence followed.
    pub fn reading(&self) -> PeakReading {
        let mut ended = self.clone();
        ended.push(&[0.0; PIECE][..self.detector.latency() + 1]);
        let last = (self.frames - 1).max(0);
        PeakReading { level: Dbtp(level(f64::from(ended.most))), at: Frames(ended.at.clamp(0, last)) }
    }
}

/// The level of an amplitude; silence is given a number that every format can write.
fn level(amplitude: f64) -> f64 {
    crate::dsp::math::decibels(amplitude.max(1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{noise, plane};
    use std::f64::consts::PI;

    fn measured(signal: &[f32]) -> PeakReading {
        let mut meter = TruePeakMeter::default();
        meter.push(signal);
        meter.reading()
    }

    /// Tech 3341 allows 0.2 dB more and 0.4 dB less.
    fn assert_within(level: Dbtp, wanted: f64, case: &str) {
        assert!(level.0 > wanted - 0.03 && level.0 < wanted + 0.03, "{case}: {level}");
    }

    #[test]
    fn sines_of_tech_3341_cases_15_to_19() {
        let cases = [
            (4.0, 0.5, 0.0, -6.02),
            (4.0, 0.5, 45.0, -6.02),
            (6.0, 0.5, 60.0, -6.02),
            (8.0, 0.5, 67.5, -6.02),
            (4.0, 1.41, 45.0, 2.98),
        ];
        for (i, (divisor, amplitude, degrees, wanted)) in cases.into_iter().enumerate() {
            let mut signal: Vec<f32> = (0..48_000)
                .map(|n| {
                    (amplitude * libm::sin(2.0 * PI * (f64::from(n) / divisor + degrees / 360.0))) as f32
                })
                .collect();
            // The standard fades its tones in and out, as a cut is a click.
            for n in 0..500 {
                let fade = (0.5 - 0.5 * libm::cos(PI * n as f64 / 500.0)) as f32;
                let end = signal.len() - 1 - n;
                signal[n] *= fade;
                signal[end] *= fade;
            }
            assert_within(measured(&signal).level, wanted, &format!("case {}", i + 15));
        }
    }

    #[test]
    fn a_peak_at_each_quarter_of_a_frame_as_in_cases_20_to_23() {
        for quarter in 0..4 {
            let signal: Vec<f32> = (0..4_000)
                .map(|n| {
                    let distance = f64::from(n) - 2_000.0 + f64::from(quarter) / 4.0;
                    (libm::cos(2.0 * PI * distance / 6.0) * libm::exp(-distance * distance / 800.0)) as f32
                })
                .collect();
            let peak = measured(&signal);
            assert_within(peak.level, 0.0, &format!("case {}", 20 + quarter));
            assert!((peak.at.0 - 2_000).abs() <= 1, "{:?}", peak.at);
        }
    }

    #[test]
    fn cuts_change_nothing() {
        let swelling = noise(1).enumerate().map(|(i, x)| x * i as f64 / 20_000.0);
        let noise = plane(1.0, 20_000, swelling);
        let whole = measured(&noise);
        for piece in [1, 13, 4096] {
            let mut meter = TruePeakMeter::default();
            noise.chunks(piece).for_each(|piece| meter.push(piece));
            assert_eq!(meter.reading(), whole);
        }
    }

    #[test]
    fn a_peak_at_the_very_ends_is_seen() {
        for at in [0, 99] {
            let mut signal = vec![0.0; 100];
            signal[at] = 0.5;
            let peak = measured(&signal);
            assert_within(peak.level, -6.02, "an impulse");
            assert_eq!(peak.at, Frames(at as i64));
        }
    }
}
