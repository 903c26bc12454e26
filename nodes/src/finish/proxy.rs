//! A signal in two numbers for each 64 frames, on which limiter and loudness meter run in milliseconds.

use crate::{
    block::PIECE,
    dsp::{
        math::{gain, share},
        reduction::{Reduction, Times, over},
        true_peak::TruePeak,
    },
    effect::Width,
    effects::limit::{Applied, LimitStyle, MARGIN},
    meter::{
        energy::{Blocks, Energies},
        loudness::gated,
    },
    unit::{Db, Dbtp, Lufs},
};
use std::ops::Range;

/// Frames to a step.
const STEP: u64 = 64;
/// Less loudness for each decibel of gain than this, over three of them, and gain only flattens.
const LEAST_SLOPE: f64 = 0.15;
/// More reduction than this while acting, in decibels, and nothing of the music's own movement is left.
const MOST_MEAN: f64 = 12.0;
/// The largest reduction that is thought of at all.
const MOST: f64 = 35.0;

const NO_CEILING: Dbtp = Dbtp(f64::INFINITY);

/// The signal's proxy.
pub(super) struct Proxy {
    steps: Vec<Step>,
    /// Frames of the signal.
    frames: u64,
    rate: u32,
    times: Times,
}

/// What 64 frames are.
#[derive(Clone, Copy, Default)]
struct Step {
    /// The largest true peak.
    level: f32,
    /// The mean K-weighted power of all channels together.
    power: f32,
}

/// How far gain goes.
pub(super) struct Reach {
    /// The gain that is enough, or the most that is bearable.
    pub(super) most: Db,
    /// What is lacking if it is not enough: the reduction it would take, if that can be said.
    pub(super) lacks: Option<Option<Db>>,
}

/// What a gain gives.
struct Outcome {
    loudness: Lufs,
    applied: Applied,
}

impl Proxy {
    /// Frames a second of the signal.
    pub(super) fn rate(&self) -> u32 {
        self.rate
    }

    /// The largest true peak in a span of frames; none where that is not within the signal.
    pub(super) fn level(&self, frames: Range<u64>) -> Option<f32> {
        let steps = (frames.start / STEP) as usize..frames.end.div_ceil(STEP) as usize;
        let steps = (frames.end <= self.frames).then(|| &self.steps[steps])?;
        Some(steps.iter().fold(0.0, |most, step| most.max(step.level)))
    }

    /// The loudness at a gain under a ceiling.
    pub(super) fn loudness(&self, gain: Db, ceiling: Dbtp) -> Option<Lufs> {
        self.outcome(gain, ceiling).map(|outcome| outcome.loudness)
    }

    /// How far gain brings the signal towards a loudness; none if it has no loudness.
    pub(super) fn reach(&self, goal: Lufs, ceiling: Dbtp) -> Option<Reach> {
        let plain = self.loudness(Db(0.0), NO_CEILING)?;
        let peak = self.steps.iter().fold(0.0_f32, |most, step| most.max(step.level));
        let untouched = ceiling.0 - Db::of(f64::from(peak)).0;
        let mut now = Db(untouched.min(goal.0 - plain.0));
        let mut before = self.outcome(now, ceiling)?;
        let mut past = [before.loudness.0 - 2.0, before.loudness.0 - 1.0, before.loudness.0];
        let mut bearable = None;
        while before.loudness < goal {
            let next = Db(now.0 + 1.0);
            let after = self.outcome(next, ceiling)?;
            let flat = after.loudness.0 - past[0] < LEAST_SLOPE * past.len() as f64;
            let too_much = after.applied.mean() > MOST_MEAN || after.applied.most > MOST;
            if bearable.is_none() && (flat || too_much) {
                bearable = Some(now);
            }
            if after.applied.most > MOST {
                return Some(Reach { most: bearable.unwrap_or(now), lacks: Some(None) });
            }
            past = [past[1], past[2], after.loudness.0];
            (now, before) = (next, after);
        }
        Some(match bearable {
            Some(most) => Reach { most, lacks: Some(Some(Db(before.applied.most))) },
            None => Reach { most: now, lacks: None },
        })
    }

    /// The gain for a loudness, near `most`: a step of the way there, and what a mended proxy asks for beside.
    pub(super) fn gain_for(&self, goal: Lufs, ceiling: Dbtp, most: Db) -> Db {
        let (mut low, mut high) = (most.0 - 3.0, most.0 + 3.0);
        for _ in 0..20 {
            let middle = 0.5 * (low + high);
            match self.loudness(Db(middle), ceiling) {
                Some(loudness) if loudness > goal => high = middle,
                _ => low = middle,
            }
        }
        Db(0.5 * (low + high))
    }

    /// What a gain gives: the limiter's steps at this rate, and gated loudness of windows of four times 100 ms.
    fn outcome(&self, before: Db, ceiling: Dbtp) -> Option<Outcome> {
        let rate = f64::from(self.rate) / STEP as f64;
        let latency = Reduction::latency(&self.times, rate);
        let mut reduction = Reduction::new(&self.times, rate);
        let (release, amplitude) = (share(self.times.release, rate), before.gain());
        let ceiling = gain(ceiling.0 - MARGIN);
        let mut applied = Applied::default();
        let mut hops = Hops::new(self.rate);
        for i in 0..self.steps.len() + latency {
            let level = self.steps.get(i).map_or(0.0, |step| f64::from(step.level));
            let down = reduction.next(over(level * amplitude, ceiling), release);
            if let Some(step) = i.checked_sub(latency).map(|i| self.steps[i]) {
                applied.add(down);
                hops.push(f64::from(step.power) * if down > 0.0 { gain(-2.0 * down) } else { 1.0 });
            }
        }
        let factor = amplitude * amplitude;
        let loudness = gated(hops.windows().map(|power| power * factor))?;
        Some(Outcome { loudness, applied })
    }
}

/// Mean powers of stretches of 100 ms.
struct Hops {
    rate: u64,
    /// Ten times the frames since the open stretch began: at the rate the next does.
    open: u64,
    /// Of each stretch the sum and the number of its steps.
    sums: Vec<(f64, f64)>,
}

impl Hops {
    fn new(rate: u32) -> Self {
        Hops { rate: u64::from(rate), open: 0, sums: vec![(0.0, 0.0)] }
    }

    fn push(&mut self, power: f64) {
        let (sum, count) = self.sums.last_mut().expect("one is open");
        *sum += power;
        *count += 1.0;
        self.open += STEP * 10;
        if self.open >= self.rate {
            self.open -= self.rate;
            self.sums.push((0.0, 0.0));
        }
    }

    /// The mean powers of windows of 400 ms, as far as they are complete.
    fn windows(&self) -> impl Iterator<Item = f64> + Clone {
        self.sums[..self.sums.len() - 1].windows(4).map(|four| {
            let (sum, count) = four.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
            sum / count
        })
    }
}

/// A proxy in the making: hears the whole signal once, as it comes.
#[derive(Clone)]
pub struct Draft {
    rate: u32,
    detectors: Vec<TruePeak>,
    energies: Energies,
    steps: Vec<Step>,
    /// Frames of the envelope that are still to come before the first of the signal.
    early: usize,
    envelope_frames: u64,
}

impl Draft {
    /// Of a signal that is about to begin.
    pub fn new(rate: u32, width: Width) -> Self {
        let detector = TruePeak::limiting();
        Draft {
            rate,
            early: detector.latency(),
            detectors: vec![detector; width.channels()],
            energies: Energies::new(rate, width.channels(), Blocks::Frames(STEP)),
            steps: Vec::new(),
            envelope_frames: 0,
        }
    }

    /// Hears on: `right` is there exactly if the signal is stereo.
    pub fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        self.weigh(left, right);
        for from in (0..left.len()).step_by(PIECE) {
            let part = from..left.len().min(from + PIECE);
            self.detect(&left[part.clone()], right.map(|right| &right[part]));
        }
    }

    fn weigh(&mut self, left: &[f32], right: Option<&[f32]>) {
        let (mut index, mut powers) = (self.energies.done(), Vec::new());
        let both = [left, right.unwrap_or_default()];
        self.energies.push(&both[..self.detectors.len()], |energy| {
            powers.push((energy.iter().sum::<f64>() / STEP as f64) as f32);
        });
        for power in powers {
            self.step(index).power = power;
            index += 1;
        }
    }

    fn detect(&mut self, left: &[f32], right: Option<&[f32]>) {
        let (mut levels, mut own) = ([0.0; PIECE], [0.0; PIECE]);
        for (detector, plane) in self.detectors.iter_mut().zip([Some(left), right].into_iter().flatten()) {
            detector.run(plane, 0.0, &mut own);
            levels.iter_mut().zip(own).for_each(|(level, own)| *level = own.max(*level));
        }
        let skipped = self.early.min(left.len());
        self.early -= skipped;
        for level in &levels[skipped..left.len()] {
            let index = self.envelope_frames / STEP;
            let step = self.step(index);
            step.level = step.level.max(*level);
            self.envelope_frames += 1;
        }
    }

    fn step(&mut self, index: u64) -> &mut Step {
        let index = index as usize;
        if index >= self.steps.len() {
            self.steps.resize(index + 1, Step::default());
        }
        &mut self.steps[index]
    }

    /// The channels of the signal.
    pub(super) fn width(&self) -> Width {
        if self.detectors.len() == 2 { Width::Stereo } else { Width::Mono }
    }

    /// The proxy of the whole signal; the power of an incomplete step is left out, as meters leave out windows.
    pub(super) fn end(mut self, style: LimitStyle) -> Proxy {
        let silence = vec![0.0; self.detectors[0].latency()];
        let stereo = self.width() == Width::Stereo;
        for piece in silence.chunks(PIECE) {
            self.detect(piece, stereo.then_some(piece));
        }
        Proxy { steps: self.steps, frames: self.envelope_frames, rate: self.rate, times: style.times() }
    }
}
