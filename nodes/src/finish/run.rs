//! The run itself: gain, limiter, and what the meters say of it.

use super::{Hearer, Stored};
use crate::{
    block::{Block, PIECE, Shape},
    effect::{Aim, Effect, Kernel, Seen, Width},
    effects::limit::{Applied, Limit, LimitStyle, Limiter},
    meter::{loudness::Loudness, true_peak::TruePeakMeter},
    processor::Setup,
    unit::{Db, Dbtp, Lufs},
};
use serde::Serialize;

/// A gain into a limiter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// The gain before the limiter.
    pub gain: Db,
    /// The ceiling that the limiter is given; below the wanted one where its own error must be made good.
    pub ceiling: Dbtp,
    /// How the limiter moves.
    pub style: LimitStyle,
}

/// Gain and limiter, live: gives as many frames as it hears, none of them late.
#[derive(Clone)]
pub struct Finisher {
    gain: f64,
    limiter: Limiter,
    width: Width,
    /// Frames of the output that are still to come before the first of the signal.
    early: usize,
    latency: usize,
}

impl Finisher {
    /// At the beginning of a signal.
    pub fn new(setting: &Setting, rate: u32, width: Width) -> Self {
        let limit = Limit { ceiling: setting.ceiling, style: setting.style, ..Limit::default() };
        let setup = Setup { rate, channels: width.channels(), strips: 1, moves: false };
        let mut limiter = limit.prepare(&setup, &Seen::default());
        limiter.tune(&limit, Aim { strip: 0, rate, over: 0 });
        let latency = limit.latency(rate).0 as usize;
        Finisher { gain: setting.gain.gain(), limiter, width, early: latency, latency }
    }

    /// Hears on, and hands on what is ready.
    pub fn run(&mut self, left: &[f32], right: Option<&[f32]>, each: Hearer<'_>) {
        let mut planes = [0.0; 2 * PIECE];
        for from in (0..left.len()).step_by(PIECE) {
            let part = from..left.len().min(from + PIECE);
            let sources = [Some(left), right].into_iter().flatten();
            for (plane, source) in planes.chunks_mut(PIECE).zip(sources) {
                for (x, source) in plane.iter_mut().zip(&source[part.clone()]) {
                    *x = (f64::from(*source) * self.gain) as f32;
                }
            }
            let shape = Shape {
                channels: self.width.channels(),
                strips: 1,
                frames: part.len(),
                settles: part.len() == PIECE,
            };
            self.limiter.run(&mut Block::new(&mut planes, PIECE, shape));
            let skipped = self.early.min(part.len());
            self.early -= skipped;
            let (left, right) = planes.split_at(PIECE);
            let right = (self.width == Width::Stereo).then(|| &right[skipped..part.len()]);
            each(&left[skipped..part.len()], right);
        }
    }

    /// Hands on the rest, after the last frame of the signal.
    pub fn end(mut self, each: Hearer<'_>) -> Applied {
        let silence = vec![0.0; self.latency];
        self.run(&silence, (self.width == Width::Stereo).then_some(&silence), each);
        self.limiter.applied()
    }
}

/// What the meters say of a signal that went through.
pub(super) struct Heard {
    pub(super) loudness: Lufs,
    pub(super) true_peak: Dbtp,
    pub(super) applied: Applied,
}

impl Heard {
    pub(super) fn through<S: Stored>(
        setting: &Setting,
        signal: &S,
        rate: u32,
        width: Width,
    ) -> Result<Heard, S::Error> {
        let mut finisher = Finisher::new(setting, rate, width);
        let mut loudness = Loudness::new(rate);
        let mut peaks = [TruePeakMeter::default(), TruePeakMeter::default()];
        let mut meter = |left: &[f32], right: Option<&[f32]>| {
            loudness.push(left, right);
            peaks
                .iter_mut()
                .zip([Some(left), right].into_iter().flatten())
                .for_each(|(peak, x)| peak.push(x));
        };
        signal.hear(&mut |left, right| finisher.run(left, right, &mut meter))?;
        let applied = finisher.end(&mut meter);
        let levels = peaks.iter().map(|peak| peak.reading().level.0);
        Ok(Heard {
            loudness: loudness.reading().integrated.unwrap_or(Lufs(-70.0)),
            true_peak: Dbtp(levels.fold(f64::NEG_INFINITY, f64::max)),
            applied,
        })
    }
}
