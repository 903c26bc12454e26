//! The run itself: gain, limiter, and what the meters say of it.

use super::{Hearer, proxy::Proxy};
use crate::{
    block::{Block, PIECE, Shape},
    dsp::true_peak::TruePeak,
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
pub struct Finisher<'p> {
    gain: f64,
    limiter: Limiter,
    width: Width,
    /// What tells beforehand where no peak is high enough to be looked at.
    proxy: Option<&'p Proxy>,
    /// Frames of the signal so far.
    heard: u64,
    /// Frames of the output that are still to come before the first of the signal.
    early: usize,
    latency: usize,
}

impl<'p> Finisher<'p> {
    /// At the beginning of a signal.
    pub fn new(setting: &Setting, rate: u32, width: Width) -> Self {
        let limit = Limit { ceiling: setting.ceiling, style: setting.style, ..Limit::default() };
        let setup = Setup { rate, channels: width.channels(), strips: 1, moves: false };
        let mut limiter = limit.prepare(&setup, &Seen::default());
        limiter.tune(&limit, Aim { strip: 0, rate, over: 0 });
        let latency = limit.latency(rate).0 as usize;
        Finisher { gain: setting.gain.gain(), limiter, width, proxy: None, heard: 0, early: latency, latency }
    }

    /// Of the signal that a proxy is of.
    pub(super) fn knowing(self, proxy: &'p Proxy) -> Self {
        Finisher { proxy: Some(proxy), ..self }
    }

    /// The largest level that the limiter's detector will find in the next frames, if it is known.
    fn known(&self, frames: usize) -> f32 {
        let from = self.heard.checked_sub(TruePeak::limiting_latency() as u64);
        let level = from.and_then(|from| self.proxy?.level(from..from + frames as u64));
        level.map_or(f32::INFINITY, |level| level * self.gain as f32)
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
            let known = self.known(part.len());
            self.limiter.run_known(&mut Block::new(&mut planes, PIECE, shape), known);
            self.heard += part.len() as u64;
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
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// Its integrated loudness, if it has one.
    pub loudness: Option<Lufs>,
    /// The larger true peak of its channels.
    pub true_peak: Dbtp,
    /// What the limiter took off.
    pub applied: Applied,
}

/// The meters that a trial needs, for those who need no more.
#[derive(Clone, Debug)]
pub struct Gauge {
    loudness: Loudness,
    peaks: Vec<TruePeakMeter>,
}

impl Gauge {
    /// Meters that have heard nothing.
    pub fn new(rate: u32, width: Width) -> Self {
        Gauge { loudness: Loudness::new(rate), peaks: vec![TruePeakMeter::default(); width.channels()] }
    }

    /// Hears on: `right` is there exactly if the signal is stereo.
    pub fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        self.loudness.push(left, right);
        let planes = [Some(left), right].into_iter().flatten();
        self.peaks.iter_mut().zip(planes).for_each(|(peak, plane)| peak.push(plane));
    }

    /// What the meters read of what a limiter took so much off.
    pub fn heard(&self, applied: Applied) -> Heard {
        let levels = self.peaks.iter().map(|peak| peak.reading().level.0);
        let true_peak = Dbtp(levels.fold(f64::NEG_INFINITY, f64::max));
        Heard { loudness: self.loudness.reading().integrated, true_peak, applied }
    }
}
