//! What counts along a song.

use crate::{dsp::math, for_every_cpu};

/// A stretch of a clock: from a frame on, so many counts a frame, growing exponentially.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Its first frame.
    pub at: f64,
    /// The count there.
    pub beats: f64,
    /// Counts a frame at its start.
    pub pace: f64,
    /// Growth of the pace a frame: 0 for a steady tempo. A tempo that is straight over beats grows exponentially in time.
    pub growth: f64,
}

/// What counts along the song: beats along its tempo map, or seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    stretches: Vec<Stretch>,
}

impl Clock {
    /// A clock of stretches in order; the first and the last go on beyond their ends.
    ///
    /// # Panics
    /// If there is none.
    pub fn new(stretches: Vec<Stretch>) -> Self {
        assert!(!stretches.is_empty());
        Clock { stretches }
    }

    /// Seconds at a rate.
    pub fn seconds(rate: u32) -> Self {
        Clock::new(vec![Stretch { at: 0.0, beats: 0.0, pace: 1.0 / f64::from(rate), growth: 0.0 }])
    }

    /// The count at a frame.
    pub fn beats(&self, frame: f64) -> f64 {
        self.stretch(|s| s.at <= frame).beats(frame)
    }

    /// The counts from a frame on.
    pub(super) fn counts(&self, at: i64, counts: &mut [f64]) {
        let (first, last) = (at as f64, (at + counts.len() as i64 - 1) as f64);
        let s = self.stretch(|s| s.at <= first);
        // One look-up serves all that lie on one steady stretch.
        if s.growth == 0.0 && s == self.stretch(|s| s.at <= last) {
            return steady(counts, first - s.at, s.pace, s.beats);
        }
        for (i, count) in counts.iter_mut().enumerate() {
            *count = self.beats(first + i as f64);
        }
    }

    /// The frame of a count.
    pub fn frame(&self, beats: f64) -> f64 {
        let s = self.stretch(|s| s.beats <= beats);
        let x = (beats - s.beats) / s.pace;
        s.at + if s.growth == 0.0 { x } else { libm::log1p((s.growth * x).max(-0.999_999)) / s.growth }
    }

    /// Counts a frame at a frame.
    pub fn pace(&self, frame: f64) -> f64 {
        let s = self.stretch(|s| s.at <= frame);
        s.pace * math::exp(s.growth * (frame - s.at))
    }

    /// Whether it runs at one pace throughout.
    pub(super) fn is_even(&self) -> bool {
        self.stretches.len() == 1 && self.stretches[0].growth == 0.0
    }

    fn paces(&self) -> impl Iterator<Item = f64> {
        self.stretches.iter().map(|s| s.pace)
    }

    /// The slowest of the paces that stretches begin with.
    pub(super) fn slowest(&self) -> f64 {
        self.paces().fold(f64::MAX, f64::min)
    }

    /// The fastest of the paces that stretches begin with.
    pub fn fastest(&self) -> f64 {
        self.paces().fold(f64::MIN_POSITIVE, f64::max)
    }

    fn stretch(&self, begun: impl Fn(&Stretch) -> bool) -> Stretch {
        self.stretches[self.stretches.partition_point(begun).saturating_sub(1)]
    }
}

impl Stretch {
    fn beats(&self, frame: f64) -> f64 {
        let dt = frame - self.at;
        self.beats
            + if self.growth == 0.0 {
                self.pace * dt
            } else {
                self.pace * libm::expm1(self.growth * dt) / self.growth
            }
    }
}

for_every_cpu! {
    fn steady(counts: &mut [f64], first: f64, pace: f64, beats: f64) {
        for (i, count) in counts.iter_mut().enumerate() {
            *count = beats + pace * (first + f64::from(i as u32));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_each_frame() {
        let clock = Clock::new(vec![
            Stretch { at: 0.0, beats: 0.0, pace: 1e-4, growth: 0.0 },
            Stretch { at: 40.5, beats: 0.00405, pace: 2e-4, growth: 0.0 },
            Stretch { at: 300.0, beats: 0.05595, pace: 2e-4, growth: -1e-5 },
        ]);
        for at in [-20, 0, 100, 250] {
            let mut counts = [0.0; 90];
            clock.counts(at, &mut counts);
            for (at, count) in (at..).zip(counts) {
                assert_eq!(count, clock.beats(at as f64), "{at}");
            }
        }
    }

    #[test]
    fn a_clock_and_its_inverse_agree_along_a_ramp() {
        let clock = Clock::new(vec![
            Stretch { at: 0.0, beats: 0.0, pace: 1e-4, growth: 0.0 },
            Stretch { at: 1000.0, beats: 0.1, pace: 1e-4, growth: -1e-5 },
            Stretch {
                at: 9000.0,
                beats: 0.1 + 1e-4 * (1.0 - math::exp(-0.08)) / 1e-5,
                pace: 1e-4 * math::exp(-0.08),
                growth: 0.0,
            },
        ]);
        for frame in [-500.0, 10.0, 999.0, 1000.0, 5000.0, 8999.0, 20_000.0] {
            assert!((clock.frame(clock.beats(frame)) - frame).abs() < 1e-6);
        }
    }
}
