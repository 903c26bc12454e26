//! What a meter read in the course of time, in hundredths: small enough to be sent whole.

use mixwright_nodes::{
    dsp::math::decibels,
    meter::{
        loudness::{Course, loudness},
        steps::Step,
    },
};

/// The value of silence, and of what a meter does not know yet.
pub const SILENCE: i16 = i16::MIN;

/// What is quieter is silence.
const LEAST: f64 = -150.0;

/// Values that follow each other in even steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// What is read.
    pub name: &'static str,
    /// Frames from one value to the next; the first ends so many frames after the start.
    pub every: f64,
    /// The values: hundredths of a decibel or LU, of a correlation hundredths of 1.
    pub values: Vec<i16>,
}

impl Track {
    /// Peak and RMS, the larger of the channels: of each its steps and what it is multiplied by.
    pub(super) fn levels(rate: u32, channels: &[(&[Step], f64)]) -> [Track; 2] {
        let steps = channels.iter().map(|(steps, _)| steps.len()).max().unwrap_or_default();
        let largest = |of: fn(&Step) -> f32| {
            let at =
                |i: usize| channels.iter().map(move |(steps, gain)| f64::from(of(&steps[i])) * gain.abs());
            (0..steps).map(|i| level(decibels(at(i).fold(0.0, f64::max).max(1e-12)))).collect()
        };
        let track = |name, values| Track { name, every: f64::from(rate) / 50.0, values };
        [track("peak", largest(|step| step.peak)), track("rms", largest(|step| step.rms))]
    }

    /// Momentary and short-term loudness.
    pub(super) fn loudness(rate: u32, course: Course<'_>) -> [Track; 2] {
        let track = |name, powers: &[f32], before| {
            let value = |power: &f32| level(loudness(f64::from(power.max(1e-30))).0);
            let unknown = std::iter::repeat_n(SILENCE, before);
            let values = unknown.chain(powers.iter().map(value)).collect();
            Track { name, every: f64::from(rate) / 10.0, values }
        };
        let [momentary, short] = Course::BEFORE;
        [track("momentary", course.momentary, momentary), track("short", course.short_term, short)]
    }

    /// The correlation of the channels.
    pub(super) fn correlation(rate: u32, course: &[Option<f32>]) -> Track {
        let value = |here: &Option<f32>| here.map_or(SILENCE, |here| (100.0 * here).round() as i16);
        let unknown = std::iter::repeat_n(SILENCE, Course::BEFORE[0]);
        let values = unknown.chain(course.iter().map(value)).collect();
        Track { name: "correlation", every: f64::from(rate) / 10.0, values }
    }

    /// The same, of the first frames.
    pub(super) fn cut(mut self, frames: usize) -> Track {
        self.values.truncate((frames as f64 / self.every).ceil() as usize);
        self
    }
}

/// A level in hundredths.
fn level(decibels: f64) -> i16 {
    if decibels < LEAST { SILENCE } else { (100.0 * decibels).round() as i16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_louder_channel_in_hundredths() {
        let quiet = [Step { peak: 0.5, rms: 0.0 }; 2];
        let loud = [Step { peak: 0.25, rms: 0.0 }, Step { peak: 1.5, rms: 0.1 }];
        let [peak, rms] = Track::levels(48_000, &[(&quiet, 1.0), (&loud, -1.0)]);
        assert_eq!((peak.every, peak.values), (960.0, vec![-602, 352]));
        assert_eq!(rms.values, [SILENCE, -2_000]);
    }

    #[test]
    fn what_no_window_has_heard_yet_is_silence() {
        let course = Course { momentary: &[1.0, 0.0], short_term: &[] };
        let [momentary, short] = Track::loudness(44_100, course);
        assert_eq!(momentary.values, [SILENCE, SILENCE, SILENCE, -69, SILENCE]);
        assert_eq!((short.every, short.values.len()), (4_410.0, 29));
        let correlation = Track::correlation(44_100, &[Some(-0.5), None]);
        assert_eq!(correlation.values[3..], [-50, SILENCE]);
        assert_eq!(correlation.cut(4 * 4_410).values.len(), 4);
    }
}
