//! A true-peak limiter: one gain for all channels, in place before each peak, so that no peak between the samples passes
//! the ceiling either.
//!
//! Peaks are found at four times the rate, the gain is applied at the rate itself: a gain that is smooth makes no peaks,
//! a decimator would.

use crate::{
    block::{Block, PIECE},
    choice,
    dsp::{
        delay::Delay,
        fast::{self, larger},
        gain_curve,
        knobs::Ramp,
        math::gain,
        reduction::{Reduction, Times},
        true_peak::TruePeak,
    },
    effect::{Aim, Effect, Kernel, Reading, Seen},
    for_every_cpu, params,
    params::Auto,
    processor::{Io, Setup},
    unit::{Dbtp, Frames, Ms},
};

/// What the gain may move by between two frames, and the detector's own error: kept free below the ceiling.
pub(crate) const MARGIN: f64 = 0.05;

choice! {
    /// How a limiter moves its gain.
    pub enum LimitStyle {
        /// Keeps low notes free of distortion; the one for most music.
        Clean = "clean",
        /// Comes back sooner: louder by up to half a decibel, rougher on low notes.
        Loud = "loud",
        /// Moves slowly and is heard least; costs the most loudness.
        Soft = "soft",
    }
}

impl LimitStyle {
    /// Its times.
    pub fn times(self) -> Times {
        let [lookahead, hold, release, learn, forget] = match self {
            LimitStyle::Clean => [0.005, 0.010, 0.050, 0.2, 0.6],
            LimitStyle::Loud => [0.001_5, 0.008, 0.030, 0.1, 0.3],
            LimitStyle::Soft => [0.008, 0.012, 0.100, 0.2, 1.5],
        };
        Times { lookahead, hold, release, learn, forget }
    }
}

params! {
    /// Keeps peaks below a ceiling. It turns down before a peak arrives and lets go slowly, so it does not distort; the
    /// peaks between the samples, which players and encoders make heard, count as well.
    pub struct Limit = "limit"(ceiling) {
        /// What no peak passes. -1 dBTP leaves room for the encoders of streaming services.
        ceiling: Dbtp = -1.0 in -40.0..=0.0,
        /// Time to let go after a short peak; lasting reduction lets go more slowly by itself. By the style if "auto".
        release: Auto<Ms> = auto in 1.0..=2000.0,
        /// How early it begins to turn down. Less is punchier and dirtier. By the style if "auto".
        fixed lookahead: Auto<Ms> = auto in 0.2..=20.0,
        /// Whether peaks between the samples count. Without, it hears samples only and comes less late.
        fixed true_peak: bool = true,
        /// How the gain moves: "clean" for most music, "loud" for the last half decibel, "soft" to be heard least.
        fixed style: LimitStyle = LimitStyle::Clean,
    }
}

impl Limit {
    fn times(&self) -> Times {
        let mut times = self.style.times();
        if let Some(lookahead) = self.lookahead.0 {
            times.lookahead = lookahead.0 / 1000.0;
        }
        times
    }

    fn release(&self) -> Ms {
        self.release.0.unwrap_or(Ms(self.style.times().release * 1000.0))
    }
}

impl Effect for Limit {
    type Kernel = Limiter;
    const COST: f64 = 90.0;

    fn latency(&self, rate: u32) -> Frames {
        let detector = if self.true_peak { TruePeak::limiting().latency() } else { 0 };
        Frames((Reduction::latency(&self.times(), f64::from(rate)) + detector) as i64)
    }

    fn prepare(&self, setup: &Setup, _: &Seen) -> Limiter {
        let detectors = if self.true_peak { setup.channels } else { 0 };
        Limiter {
            detectors: vec![TruePeak::limiting(); detectors],
            reduction: Reduction::new(&self.times(), f64::from(setup.rate)),
            late: Delay::new(setup, self.latency(setup.rate)),
            ceiling: Ramp::default(),
            release: Ramp::default(),
            applied: Applied::default(),
        }
    }
}

/// The kernel of [`Limit`].
#[derive(Clone)]
pub struct Limiter {
    detectors: Vec<TruePeak>,
    reduction: Reduction,
    late: Delay,
    ceiling: Ramp,
    release: Ramp,
    applied: Applied,
}

/// The reduction that was applied so far, in decibels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Applied {
    /// The largest.
    pub most: f64,
    sum: f64,
    frames: u64,
}

impl Applied {
    /// Reduction that counts as acting, in decibels.
    const ACTING: f64 = 0.1;

    /// Adds a frame.
    #[inline]
    pub fn add(&mut self, reduction: f64) {
        self.most = self.most.max(reduction);
        if reduction > Applied::ACTING {
            self.sum += reduction;
            self.frames += 1;
        }
    }

    /// The mean over the frames in which there was more than a tenth of a decibel.
    pub fn mean(&self) -> f64 {
        if self.frames == 0 { 0.0 } else { self.sum / self.frames as f64 }
    }
}

impl Limiter {
    /// Works on a piece in place.
    pub fn run(&mut self, audio: &mut Block<'_>) {
        self.run_known(audio, f32::INFINITY);
    }

    /// As [`Limiter::run`], where the largest level is known that its detector will find, at least before the gain that the
    /// piece came with.
    pub(crate) fn run_known(&mut self, audio: &mut Block<'_>, known: f32) {
        let frames = audio.frames();
        let (mut ceilings, mut gains) = ([0.0; PIECE], [0.0; PIECE]);
        let (ceilings, gains) = (&mut ceilings[..frames], &mut gains[..frames]);
        self.ceilings(ceilings);
        self.detect(audio, known, ceilings, gains);
        self.late.run(audio);
        // Exactly nothing where no ceiling is passed.
        excess(gains, ceilings);
        if self.reduction.rests() && fast::largest(gains) == 1.0 {
            self.reduction.skip(frames);
            (0..frames).for_each(|_| _ = self.release.advance());
            return;
        }
        fast::decibels(gains);
        for x in gains.iter_mut() {
            let reduction = self.reduction.next(f64::from(*x), self.release.advance());
            self.applied.add(reduction);
            *x = -reduction as f32;
        }
        fast::gains(gains);
        for channel in 0..audio.channels() {
            gain_curve::scale(audio.plane(channel), gains);
        }
    }

    /// The amplitude that each frame may reach.
    fn ceilings(&mut self, ceilings: &mut [f32]) {
        let amplitude = |level: f64| gain(level - MARGIN) as f32;
        if !self.ceiling.moving() {
            return ceilings.fill(amplitude(self.ceiling.now()));
        }
        ceilings.iter_mut().for_each(|ceiling| *ceiling = amplitude(self.ceiling.advance()));
    }

    /// The largest level of all channels around each frame; 0 where it cannot pass a ceiling.
    fn detect(&mut self, audio: &mut Block<'_>, known: f32, ceilings: &[f32], levels: &mut [f32]) {
        let floor = ceilings.iter().copied().fold(f32::INFINITY, f32::min);
        let mut own = [0.0; PIECE];
        for channel in 0..audio.channels() {
            let plane = audio.plane(channel);
            match self.detectors.get_mut(channel) {
                Some(detector) => {
                    let own = &mut own[..plane.len()];
                    detector.run_known(plane, floor, known, own);
                    raise(levels, own);
                }
                None => raise(levels, plane),
            }
        }
    }

    /// What was taken off so far.
    pub fn applied(&self) -> Applied {
        self.applied
    }
}

for_every_cpu! {
    /// Raises levels to magnitudes.
    fn raise(levels: &mut [f32], samples: &[f32]) {
        for (level, x) in levels.iter_mut().zip(samples) {
            *level = larger(*level, x.abs());
        }
    }

    /// Turns levels into how many times they are over their ceilings, not below once.
    fn excess(levels: &mut [f32], ceilings: &[f32]) {
        for (level, ceiling) in levels.iter_mut().zip(ceilings) {
            *level = larger(1.0, *level / *ceiling);
        }
    }
}

impl Kernel<Limit> for Limiter {
    fn tune(&mut self, now: &Limit, to: Aim) {
        self.ceiling.aim(to, now.ceiling.0);
        self.release.aim(to, now.release().share(to.rate));
    }

    fn process(&mut self, io: &mut Io<'_>) {
        self.run(&mut io.audio);
    }

    fn reading(&self, _: usize) -> Reading {
        Reading::reduction(self.applied.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::math::decibels,
        effect::Slot,
        effects::probe::{Run, run_as},
        testing::{Dice, peak},
    };
    use std::f64::consts::TAU;

    const RATE: u32 = 44_100;

    /// Limits a mono or stereo signal in pieces of at most `most` frames, and takes off the latency.
    fn limited(limit: &Limit, planes: &[Vec<f32>], most: usize) -> Vec<Vec<f32>> {
        let latency = limit.latency(RATE).0 as usize;
        let mut padded = planes.to_vec();
        padded.iter_mut().for_each(|plane| plane.extend(vec![0.0; latency]));
        let how = Run { rate: RATE, most, ..Run::default() };
        let out = run_as(&Slot::new(limit.clone().into()), &padded, &how).out;
        out.iter().map(|plane| plane[latency..].to_vec()).collect()
    }

    /// The largest level in decibels by an interpolation of its own: 16-fold, 128 zero crossings wide.
    fn true_peak(signal: &[f32]) -> f64 {
        const SIDE: i64 = 64;
        let window = |place: f64| {
            // Blackman and Harris's four terms.
            let angle = std::f64::consts::PI * (place + 1.0);
            0.358_75 - 0.488_29 * libm::cos(angle) + 0.141_28 * libm::cos(2.0 * angle)
                - 0.011_68 * libm::cos(3.0 * angle)
        };
        let tables: Vec<Vec<f64>> = (1..16)
            .map(|phase| {
                let along = f64::from(phase) / 16.0;
                (1 - SIDE..=SIDE)
                    .map(|k| {
                        let x = k as f64 - along;
                        let angle = std::f64::consts::PI * x;
                        libm::sin(angle) / angle * window(x / SIDE as f64)
                    })
                    .collect()
            })
            .collect();
        let mut most = f64::from(peak(signal));
        for around in signal.windows(2 * SIDE as usize) {
            if around.iter().all(|x| f64::from(x.abs()) * 3.5 < most) {
                continue;
            }
            for taps in &tables {
                let sum: f64 = taps.iter().zip(around).map(|(tap, x)| tap * f64::from(*x)).sum();
                most = most.max(sum.abs());
            }
        }
        decibels(most)
    }

    fn signal(frames: usize, mut make: impl FnMut(usize) -> f64) -> Vec<f32> {
        (0..frames).map(|i| make(i) as f32).collect()
    }

    /// Signals whose peaks lie between the samples.
    fn hostile() -> Vec<(&'static str, Vec<f32>)> {
        let quarter = |i: usize| 2.0 * libm::sin(TAU * (i as f64 / 4.0 + 0.125));
        let square = |hertz: f64| {
            signal(9_000, move |i| if (i as f64 * hertz / 44_100.0).fract() < 0.5 { 1.5 } else { -1.5 })
        };
        let mut dice = Dice(1);
        let mut noise = |scale: f64| signal(12_000, |_| scale * dice.swing());
        let (white, other, raw) = (noise(3.0), noise(1.0), noise(1.0));
        let bursts = signal(12_000, |i| f64::from(other[i]) * if i / 1500 % 2 == 0 { 4.0 } else { 0.05 });
        let signs = signal(12_000, |i| if raw[i] > 0.0 { 1.2 } else { -1.2 });
        // The sum of a sinc's tails all of one sign, halfway between two samples.
        let worst = signal(4_000, |i| {
            let distance = i as f64 - 2_000.5;
            if libm::sin(std::f64::consts::PI * distance) / distance > 0.0 { 0.9 } else { -0.9 }
        });
        let steps = signal(9_000, |i| [0.0, 1.8, -1.8, 0.3][i / 1_000 % 4]);
        let high = signal(12_000, |i| {
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            3.0 * sign * (0..8).map(|k| f64::from(other[i.saturating_sub(k)])).sum::<f64>() / 4.0
        });
        vec![
            ("a quarter of the rate at 45 degrees", signal(6_000, quarter)),
            ("bursts of it", signal(9_000, |i| if i / 700 % 2 == 0 { quarter(i) } else { 0.0 })),
            ("a square of 50 Hz", square(50.0)),
            ("a square of 997 Hz", square(997.0)),
            ("a square of 5003 Hz", square(5_003.0)),
            ("steps", steps),
            ("white noise", white),
            ("bursts of noise", bursts),
            ("random signs", signs),
            ("worst signs", worst),
            ("noise near half the rate", high),
        ]
    }

    #[test]
    fn hostile_signals_pass_no_more_than_a_tenth_of_a_decibel() {
        for style in [LimitStyle::Clean, LimitStyle::Loud] {
            let limit = Limit { style, ..Limit::default() };
            for (name, signal) in hostile() {
                let mut padded = vec![0.0; 300];
                padded.extend(signal);
                padded.extend([0.0; 300]);
                let out = limited(&limit, &[padded], 128);
                let peak = true_peak(&out[0]);
                assert!(peak < -1.0 + 0.1, "{name}, {}: {peak} dBTP", style.word());
                assert!(peak > -3.0, "{name}, {}: {peak} dBTP is too quiet", style.word());
            }
        }
    }

    #[test]
    fn what_needs_no_limiting_passes_bit_for_bit_and_late_by_the_latency() {
        let mut dice = Dice(5);
        let quiet = vec![signal(5_000, |_| 0.3 * dice.swing()), signal(5_000, |_| 0.3 * dice.swing())];
        for limit in [
            Limit::default(),
            Limit { true_peak: false, ..Limit::default() },
            Limit { style: LimitStyle::Soft, lookahead: Auto::from(3.3), ..Limit::default() },
        ] {
            assert!(limited(&limit, &quiet, 100) == quiet);
        }
    }

    #[test]
    fn cuts_change_no_bit() {
        let mut dice = Dice(11);
        let loud = vec![
            signal(9_000, |i| dice.swing() * if i / 2000 % 2 == 0 { 1.5 } else { 0.2 }),
            signal(9_000, |_| 0.5),
        ];
        let whole = limited(&Limit::default(), &loud, 128);
        for piece in [1, 7, 63] {
            assert!(whole == limited(&Limit::default(), &loud, piece), "pieces of {piece}");
        }
    }

    #[test]
    fn sample_peaks_stay_under_the_ceiling_without_true_peak() {
        let mut dice = Dice(17);
        let loud = signal(20_000, |_| 2.0 * dice.swing());
        let out = limited(&Limit { true_peak: false, ..Limit::default() }, &[loud], 128);
        let peak = decibels(f64::from(peak(&out[0])));
        assert!(peak <= -1.0 - MARGIN + 1e-5, "{peak}");
    }

    /// Everything but the tone itself and a constant, against the tone, in decibels; over whole periods.
    fn distortion(signal: &[f32], hertz: f64) -> f64 {
        let n = signal.len() as f64;
        let (mut sin, mut cos) = (0.0, 0.0);
        let angle = |i: usize| TAU * hertz * i as f64 / f64::from(RATE);
        for (i, x) in signal.iter().enumerate() {
            sin += f64::from(*x) * libm::sin(angle(i)) * 2.0 / n;
            cos += f64::from(*x) * libm::cos(angle(i)) * 2.0 / n;
        }
        let rest: f64 = signal
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let rest = f64::from(*x) - sin * libm::sin(angle(i)) - cos * libm::cos(angle(i));
                rest * rest
            })
            .sum();
        10.0 * libm::log10(rest / n / (0.5 * (sin * sin + cos * cos)))
    }

    #[test]
    fn low_notes_stay_clean_under_three_decibels_of_reduction() {
        for (style, hertz, most) in [
            (LimitStyle::Clean, 997.0, -140.0),
            (LimitStyle::Clean, 100.0, -140.0),
            (LimitStyle::Clean, 50.0, -140.0),
            (LimitStyle::Clean, 30.0, -120.0),
            (LimitStyle::Loud, 50.0, -140.0),
            (LimitStyle::Soft, 30.0, -140.0),
        ] {
            let tone = signal(9 * RATE as usize + 2_000, |i| {
                1.258_925_4 * libm::sin(TAU * hertz * i as f64 / f64::from(RATE))
            });
            let out = limited(&Limit { style, ..Limit::default() }, &[tone], 128);
            // The end of the tone is a peak of its own.
            let figure = distortion(&out[0][8 * RATE as usize..9 * RATE as usize], hertz);
            assert!(figure < most, "{} at {hertz} Hz: {figure} dB", style.word());
        }
    }
}
