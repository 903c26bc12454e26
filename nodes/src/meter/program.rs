//! All meters of a finished signal at once.

use super::{
    level::{Level, LevelReading},
    loudness::{Course, Loudness, LoudnessReading},
    stereo::{Stereo, StereoReading},
    true_peak::{PeakReading, TruePeakMeter},
};
use crate::{
    effect::Width,
    unit::{Frames, Lu, Seconds},
};
use serde::Serialize;

/// What a mono or stereo signal measures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProgramReading {
    /// Frames from beginning to end.
    pub frames: Frames,
    /// The same in seconds.
    pub length: Seconds,
    /// Its loudness.
    #[serde(flatten)]
    pub loudness: LoudnessReading,
    /// The true peak above the integrated loudness: how much of its height a signal kept.
    pub peak_to_loudness: Option<Lu>,
    /// The larger true peak of the channels.
    pub true_peak: PeakReading,
    /// Each channel by itself.
    pub channels: Vec<ChannelReading>,
    /// The channels against each other, if there are two.
    pub stereo: Option<StereoReading>,
    /// By how much the right channel is louder than the left, if there are two and both sound.
    pub balance: Option<Lu>,
}

/// What one channel measures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ChannelReading {
    /// Its true peak.
    pub true_peak: PeakReading,
    /// Its sample levels.
    #[serde(flatten)]
    pub level: LevelReading,
}

/// All meters of a mono or stereo signal.
#[derive(Clone, Debug)]
pub struct Program {
    rate: u32,
    frames: i64,
    loudness: Loudness,
    levels: Vec<(TruePeakMeter, Level)>,
    stereo: Option<Stereo>,
}

impl Program {
    /// Meters that have heard nothing.
    pub fn new(rate: u32, width: Width) -> Self {
        Program {
            rate,
            frames: 0,
            loudness: Loudness::new(rate),
            levels: vec![Default::default(); width.channels()],
            stereo: (width == Width::Stereo).then(|| Stereo::new(rate)),
        }
    }

    /// Hears on: `right` is there exactly if the signal is stereo.
    pub fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        self.frames += left.len() as i64;
        self.loudness.push(left, right);
        for ((true_peak, level), signal) in
            self.levels.iter_mut().zip([Some(left), right].into_iter().flatten())
        {
            true_peak.push(signal);
            level.push(signal);
        }
        if let (Some(stereo), Some(right)) = (&mut self.stereo, right) {
            stereo.push(left, right);
        }
    }

    /// How loud it was on the way here.
    pub fn loudness(&self) -> Course<'_> {
        self.loudness.course()
    }

    /// How alike the channels were on the way here, if there are two: see [`Stereo::course`].
    pub fn correlation(&self) -> &[Option<f32>] {
        self.stereo.as_ref().map_or(&[], Stereo::course)
    }

    /// What the meters read now.
    pub fn reading(&self) -> ProgramReading {
        let channels: Vec<ChannelReading> = self
            .levels
            .iter()
            .map(|(true_peak, level)| ChannelReading {
                true_peak: true_peak.reading(),
                level: level.reading(),
            })
            .collect();
        let true_peak = channels
            .iter()
            .map(|channel| channel.true_peak)
            .reduce(|most, peak| if peak.level > most.level { peak } else { most })
            .expect("a signal has a channel");
        let loudness = self.loudness.reading();
        ProgramReading {
            frames: Frames(self.frames),
            length: Seconds(Frames(self.frames).seconds(self.rate)),
            loudness,
            peak_to_loudness: loudness.integrated.map(|integrated| Lu(true_peak.level.0 - integrated.0)),
            true_peak,
            channels,
            stereo: self.stereo.as_ref().map(Stereo::reading),
            balance: self.stereo.is_some().then(|| self.loudness.balance()).flatten(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plane, sine};

    fn tone(amplitude: f64) -> Vec<f32> {
        plane(amplitude, 96_000, sine(1000.0, 48_000))
    }

    #[test]
    fn a_stereo_program() {
        let (left, right) = (tone(0.5), tone(0.25));
        let mut program = Program::new(48_000, Width::Stereo);
        for (left, right) in left.chunks(999).zip(right.chunks(999)) {
            program.push(left, Some(right));
        }
        let reading = program.reading();
        assert_eq!(reading.length, Seconds(2.0));
        assert!((reading.true_peak.level.0 + 6.02).abs() < 0.01);
        assert!((reading.balance.unwrap().0 + 6.02).abs() < 0.01);
        assert!((reading.stereo.unwrap().correlation.unwrap() - 1.0).abs() < 1e-9);
        let loudness = reading.loudness.integrated.unwrap().0;
        assert!((reading.peak_to_loudness.unwrap().0 - (reading.true_peak.level.0 - loudness)).abs() < 1e-12);
        assert!((reading.channels[1].level.rms.0 + 15.05).abs() < 0.01);
    }

    #[test]
    fn a_mono_program() {
        let signal = tone(0.5);
        let mut program = Program::new(48_000, Width::Mono);
        program.push(&signal, None);
        let reading = program.reading();
        assert_eq!((reading.stereo, reading.balance, reading.channels.len()), (None, None, 1));
    }
}
