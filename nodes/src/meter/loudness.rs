//! Loudness after ITU-R BS.1770-5, EBU Tech 3341 (momentary, short-term, integrated) and Tech 3342 (range).
//!
//! Power is kept in sub-blocks of 10 ms whose borders are the frames nearest to multiples of 10 ms, so that every window
//! falls right at every rate. A mono signal counts as one channel: played from two, it would be 3 LU louder.

use super::energy::{Blocks, Energies};
use crate::{
    dsp::math::{exp2, log2},
    unit::{Lu, Lufs},
};
use serde::Serialize;

/// Sub-blocks in a momentary window of 400 ms.
const MOMENTARY: usize = 40;
/// Sub-blocks in a short-term window of 3 s.
const SHORT_TERM: usize = 300;
/// Sub-blocks from one gated window to the next: 100 ms, a quarter of the momentary window.
const HOP: usize = 10;
const ABSOLUTE_GATE: Lufs = Lufs(-70.0);

/// What the loudness of a signal is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LoudnessReading {
    /// The loudness of the whole; none under 400 ms or where all is below the gate of -70 LUFS.
    pub integrated: Option<Lufs>,
    /// The loudness range; none under 3 s.
    pub range: Option<Lu>,
    /// The loudest 400 ms.
    pub max_momentary: Option<Lufs>,
    /// The loudest 3 s.
    pub max_short_term: Option<Lufs>,
}

/// A loudness meter of one or two channels.
#[derive(Clone, Debug)]
pub struct Loudness {
    energies: Energies,
    /// Of each channel, in the sub-blocks that have ended.
    total: [f64; 2],
    windows: Windows,
}

impl Loudness {
    /// A meter that has heard nothing.
    pub fn new(rate: u32) -> Self {
        let energies = Energies::new(rate, 2, Blocks::Hundredths(rate));
        Loudness { energies, total: [0.0; 2], windows: Windows::new(rate) }
    }

    /// Hears on. A signal is mono (`right` is none) or stereo from its beginning to its end.
    pub fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        let Loudness { energies, total, windows } = self;
        let both = [left, right.unwrap_or_default()];
        energies.push(&both[..1 + usize::from(right.is_some())], |energy| {
            total.iter_mut().zip(energy).for_each(|(total, energy)| *total += energy);
            windows.close(energy[0] + energy[1]);
        });
    }

    /// What the meter reads now. Of the last window only what is complete counts.
    pub fn reading(&self) -> LoudnessReading {
        self.windows.reading()
    }

    /// How loud it was on the way here.
    pub fn course(&self) -> Course<'_> {
        self.windows.course()
    }

    /// By how much the right channel is louder than the left over the whole; none where one of them is silent.
    pub fn balance(&self) -> Option<Lu> {
        let [left, right] = self.total;
        (left > 0.0 && right > 0.0).then(|| Lu(loudness(right).0 - loudness(left).0))
    }
}

/// What windows are listened to for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// All that a [`LoudnessReading`] holds.
    All,
    /// The integrated loudness and the [`Course`], but no largest values.
    Course,
    /// The integrated loudness alone.
    Integrated,
}

/// How loud a signal is in the course of time: the powers of windows that end 100 ms after each other, the first of each
/// kind where its length is full. [`loudness`] makes loudness of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course<'m> {
    /// Those of 400 ms.
    pub momentary: &'m [f32],
    /// Those of 3 s.
    pub short_term: &'m [f32],
}

impl Course<'_> {
    /// Windows that would have ended before the first of 400 ms, and before the first of 3 s.
    pub const BEFORE: [usize; 2] = [MOMENTARY / HOP - 1, SHORT_TERM / HOP - 1];
}

/// The windows of a signal, by the K-weighted energies of its sub-blocks.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    blocks: Blocks,
    /// Energies of the last [`SHORT_TERM`] sub-blocks, by their number modulo that.
    recent: Vec<f64>,
    done: u64,
    /// Powers of all windows so far, one each 100 ms: what is kept of hours of music is a few megabytes.
    momentary: Vec<f32>,
    short_term: Vec<f32>,
    tells: Tells,
    max_momentary: f64,
    max_short_term: f64,
}

impl Windows {
    /// None yet.
    pub(super) fn new(rate: u32) -> Self {
        Windows {
            blocks: Blocks::Hundredths(rate),
            recent: vec![0.0; SHORT_TERM],
            done: 0,
            momentary: Vec::new(),
            short_term: Vec::new(),
            tells: Tells::All,
            max_momentary: 0.0,
            max_short_term: 0.0,
        }
    }

    /// For a meter that tells less, for strips, of which there are many.
    pub(super) fn telling(rate: u32, tells: Tells) -> Self {
        Windows { tells, ..Windows::new(rate) }
    }

    /// Takes the next sub-block, by the energy of all its channels.
    pub(super) fn close(&mut self, energy: f64) {
        self.recent[(self.done % SHORT_TERM as u64) as usize] = energy;
        self.done += 1;
        // The hops of both windows fall on the same sub-blocks.
        let hops = self.done.is_multiple_of(HOP as u64);
        if self.tells != Tells::All && !hops {
            return;
        }
        if let Some(power) = self.window(MOMENTARY) {
            self.max_momentary = self.max_momentary.max(power);
            self.momentary.extend(hops.then_some(power as f32));
        }
        if self.tells == Tells::Integrated {
            return;
        }
        if let Some(power) = self.window(SHORT_TERM) {
            self.max_short_term = self.max_short_term.max(power);
            self.short_term.extend(hops.then_some(power as f32));
        }
    }

    /// The mean power of the last `length` sub-blocks, once there are so many.
    fn window(&self, length: usize) -> Option<f64> {
        let first = self.done.checked_sub(length as u64)?;
        let energy: f64 =
            (first..self.done).map(|block| self.recent[(block % SHORT_TERM as u64) as usize]).sum();
        Some(energy / (self.blocks.border(self.done) - self.blocks.border(first)) as f64)
    }

    pub(super) fn course(&self) -> Course<'_> {
        Course { momentary: &self.momentary, short_term: &self.short_term }
    }

    pub(super) fn reading(&self) -> LoudnessReading {
        let loudest = |power: f64, known: u64| (self.done >= known && power > 0.0).then(|| loudness(power));
        LoudnessReading {
            integrated: gated(self.momentary.iter().map(|power| f64::from(*power))),
            range: range(&self.short_term),
            max_momentary: loudest(self.max_momentary, MOMENTARY as u64),
            max_short_term: loudest(self.max_short_term, SHORT_TERM as u64),
        }
    }
}

/// The loudness of a mean K-weighted power, summed over the channels (BS.1770, equation 2).
pub fn loudness(power: f64) -> Lufs {
    Lufs(-0.691 + decibels(power))
}

/// The power of a loudness.
fn power(loudness: Lufs) -> f64 {
    exp2((loudness.0 + 0.691) / 10.0 * std::f64::consts::LOG2_10)
}

fn decibels(power: f64) -> f64 {
    10.0 * std::f64::consts::LOG10_2 * log2(power)
}

/// The integrated loudness of windows of 400 ms each 100 ms, by their powers (BS.1770, equations 3 to 7).
pub fn gated(momentary: impl Iterator<Item = f64> + Clone) -> Option<Lufs> {
    let audible = mean_above(momentary.clone(), power(ABSOLUTE_GATE))?;
    mean_above(momentary, audible * 0.1).map(loudness)
}

/// The range between the 10th and the 95th percentile of short-term loudness, gated (Tech 3342).
fn range(short_term: &[f32]) -> Option<Lu> {
    let absolute = power(ABSOLUTE_GATE);
    let powers = short_term.iter().map(|power| f64::from(*power));
    let gate = (mean_above(powers.clone(), absolute)? * 0.01).max(absolute);
    let mut kept: Vec<f64> = powers.filter(|power| *power > gate).collect();
    kept.sort_by(f64::total_cmp);
    let at = |share: f64| kept[((kept.len() - 1) as f64 * share).round() as usize];
    Some(Lu(decibels(at(0.95) / at(0.10))))
}

/// The mean of the powers above a gate. The gates rise, so none that a lower one shut comes back.
fn mean_above(powers: impl Iterator<Item = f64>, gate: f64) -> Option<f64> {
    let gate = gate.max(power(ABSOLUTE_GATE));
    let (sum, count) = powers
        .filter(|power| *power > gate)
        .fold((0.0, 0_u64), |(sum, count), power| (sum + power, count + 1));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::math::gain,
        testing::{noise, plane, sine},
    };

    /// A stereo tone of 1 kHz: stretches of seconds at peak levels in dBFS; below -200 is silence.
    fn tone(rate: u32, stretches: &[(f64, f64)]) -> Vec<f32> {
        let mut tone = sine(1000.0, rate);
        let mut stretch = |&(level, seconds): &(f64, f64)| {
            let amplitude = if level < -200.0 { 0.0 } else { gain(level) };
            plane(amplitude, (seconds * f64::from(rate)).round() as usize, tone.by_ref())
        };
        stretches.iter().flat_map(&mut stretch).collect()
    }

    fn measured(rate: u32, stretches: &[(f64, f64)]) -> LoudnessReading {
        let signal = tone(rate, stretches);
        let mut meter = Loudness::new(rate);
        meter.push(&signal, Some(&signal));
        meter.reading()
    }

    fn assert_near(got: Option<Lufs>, wanted: f64, case: &str) {
        let got = got.expect("loud enough").0;
        assert!((got - wanted).abs() < 0.1, "{case}: {got}");
    }

    #[test]
    fn integrated_loudness_of_tech_3341() {
        let cases: [&[(f64, f64)]; 5] = [
            &[(-23.0, 20.0)],
            &[(-33.0, 20.0)],
            &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
            &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
            &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
        ];
        for rate in [44_100, 48_000] {
            for (i, case) in cases.iter().enumerate() {
                let wanted = if i == 1 { -33.0 } else { -23.0 };
                assert_near(measured(rate, case).integrated, wanted, &format!("case {} at {rate}", i + 1));
            }
            let steady = measured(rate, cases[0]);
            assert_near(steady.max_momentary, -23.0, "case 1, momentary");
            assert_near(steady.max_short_term, -23.0, "case 1, short-term");
        }
    }

    #[test]
    fn the_largest_short_term_and_momentary_of_tech_3341() {
        let silence = -300.0;
        let pattern = |parts: [(f64, f64); 2], times: usize| parts.repeat(times);
        for rate in [44_100, 48_000] {
            let nine = measured(rate, &pattern([(-20.0, 1.34), (-30.0, 1.66)], 5));
            assert_near(nine.max_short_term, -23.0, "case 9");
            let twelve = measured(rate, &pattern([(-20.0, 0.18), (-30.0, 0.22)], 25));
            assert_near(twelve.max_momentary, -23.0, "case 12");
            for i in 0..20 {
                let before = f64::from(i) * 0.15;
                let ten = measured(rate, &[(silence, before), (-23.0, 3.0), (silence, 1.0)]);
                assert_near(ten.max_short_term, -23.0, &format!("case 10, part {i}"));
                let before = f64::from(i) * 0.02;
                let thirteen = measured(rate, &[(silence, before), (-23.0, 0.4), (silence, 1.0)]);
                assert_near(thirteen.max_momentary, -23.0, &format!("case 13, part {i}"));
            }
            // Cases 11 and 14 play such tones in a row, each louder than the last.
            let (mut eleven, mut fourteen) = (Loudness::new(rate), Loudness::new(rate));
            for i in 0..20 {
                let (level, at) = (f64::from(i) - 38.0, f64::from(i));
                let part = tone(rate, &[(silence, at * 0.15), (level, 3.0), (silence, 3.0 - at * 0.15)]);
                eleven.push(&part, Some(&part));
                assert_near(eleven.reading().max_short_term, level, &format!("case 11, part {i}"));
                let part = tone(rate, &[(silence, at * 0.02), (level, 0.4), (silence, 0.4 - at * 0.02)]);
                fourteen.push(&part, Some(&part));
                assert_near(fourteen.reading().max_momentary, level, &format!("case 14, part {i}"));
            }
        }
    }

    #[test]
    fn short_term_over_time_stays_level_in_case_9() {
        let signal = tone(48_000, &[(-20.0, 1.34), (-30.0, 1.66)].repeat(5));
        let mut meter = Loudness::new(48_000);
        meter.push(&signal, Some(&signal));
        assert_eq!(meter.windows.short_term.len(), 121);
        for power in &meter.windows.short_term {
            assert_near(Some(loudness(f64::from(*power))), -23.0, "case 9 over time");
        }
    }

    #[test]
    fn the_range_of_tech_3342() {
        let cases: [(&[(f64, f64)], f64); 4] = [
            (&[(-20.0, 20.0), (-30.0, 20.0)], 10.0),
            (&[(-20.0, 20.0), (-15.0, 20.0)], 5.0),
            (&[(-40.0, 20.0), (-20.0, 20.0)], 20.0),
            (&[(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
        ];
        for rate in [44_100, 48_000] {
            for (case, wanted) in cases {
                let got = measured(rate, case).range.expect("long enough").0;
                // The standard allows 1 LU.
                assert!((got - wanted).abs() < 0.05, "{got} instead of {wanted} LU");
            }
        }
    }

    /// Noise that swells, with a beat in it: something like music.
    fn music(rate: u32, seconds: u32, seed: u64) -> Vec<f32> {
        let mut low = 0.0;
        (0..rate * seconds)
            .zip(noise(seed))
            .map(|(i, noise)| {
                low += (noise - low) * 0.1;
                let time = f64::from(i) / f64::from(rate);
                let beat = libm::exp(-(time * 2.0).fract() * 6.0);
                let swell = 0.03 + 0.3 * (0.5 - 0.5 * libm::cos(time * 0.7));
                (swell * (low + 0.3 * noise + beat * libm::sin(440.0 * time))) as f32
            })
            .collect()
    }

    #[test]
    fn agrees_with_another_meter_at_every_rate() {
        for rate in [22_050, 44_100, 48_000, 96_000] {
            let (left, right) = (music(rate, 25, 1), music(rate, 25, 99));
            for stereo in [true, false] {
                let mut meter = Loudness::new(rate);
                meter.push(&left, stereo.then_some(&right));
                let mode = ebur128::Mode::I | ebur128::Mode::LRA;
                let mut other = ebur128::EbuR128::new(1 + u32::from(stereo), rate, mode).unwrap();
                let planes: &[&[f32]] = if stereo { &[&left, &right] } else { &[&left] };
                other.add_frames_planar_f32(planes).unwrap();
                let ours = meter.reading();
                let integrated = ours.integrated.unwrap().0;
                let range = ours.range.unwrap().0;
                assert!((integrated - other.loudness_global().unwrap()).abs() < 1e-6, "{rate}: {integrated}");
                // The other hops by 1 s, which Tech 3342 allows, and has a tenth of our values to sort.
                assert!((range - other.loudness_range().unwrap()).abs() < 0.5, "{rate}: {range}");
            }
        }
    }

    #[test]
    fn cuts_change_no_bit() {
        let (left, right) = (music(22_050, 5, 3), music(22_050, 5, 4));
        let mut whole = Loudness::new(22_050);
        whole.push(&left, Some(&right));
        for piece in [1, 37, 1000] {
            let mut parts = Loudness::new(22_050);
            for (left, right) in left.chunks(piece).zip(right.chunks(piece)) {
                parts.push(left, Some(right));
            }
            assert_eq!(whole.reading(), parts.reading());
            assert_eq!(whole.windows.short_term, parts.windows.short_term);
            assert_eq!(whole.balance(), parts.balance());
        }
    }

    #[test]
    fn silence_and_what_is_too_short_have_no_loudness() {
        assert_eq!(measured(48_000, &[(-300.0, 5.0)]), LoudnessReading::default());
        assert_eq!(measured(48_000, &[(-20.0, 0.399)]), LoudnessReading::default());
        assert_eq!(measured(48_000, &[(-90.0, 5.0)]).integrated, None);
        assert_near(measured(48_000, &[(-20.0, 0.4)]).integrated, -20.0, "400 ms");
    }

    #[test]
    fn a_mono_signal_is_one_channel() {
        let signal = tone(48_000, &[(-20.0, 2.0)]);
        let mut meter = Loudness::new(48_000);
        meter.push(&signal, None);
        assert_near(meter.reading().integrated, -23.01, "mono");
    }
}
