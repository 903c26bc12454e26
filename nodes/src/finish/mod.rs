//! Loudness and ceiling met together: the gain into the limiter that brings a whole signal to a loudness.
//!
//! The signal is heard once, as it comes, for a small proxy of it; the gain is found on that, then checked in trials with
//! the limiter and the meters themselves. Who runs them, and where the signal is stored, is not known here.

mod proxy;
mod run;
mod written;

pub use proxy::Draft;
pub use run::{Finisher, Gauge, Heard, Setting};

use crate::{
    effect::Width,
    effects::limit::LimitStyle,
    params,
    unit::{Db, Dbtp, Lufs},
};
use proxy::Proxy;
use serde::Serialize;

params! {
    /// Brings the finished song to a loudness, with no peak over the ceiling: the master's last phase, wherever it is
    /// written. It finds the gain into its limiter by itself and says when a loudness costs too much.
    pub struct Finish = "finish"(loudness, ceiling) {
        /// How loud the whole song is to be. Streaming services play at about -14 LUFS.
        loudness: Lufs = -14.0 in -40.0..=-5.0,
        /// What no peak passes, between the samples neither.
        ceiling: Dbtp = -1.0 in -12.0..=0.0,
        /// How its limiter moves the gain: "clean", "loud" or "soft".
        fixed style: LimitStyle = LimitStyle::Clean,
    }
}

/// What hears a signal piece by piece: left (or the only channel) and right.
pub type Hearer<'a> = &'a mut (dyn FnMut(&[f32], Option<&[f32]>) + 'a);

/// What became of the wish for a loudness.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Finished {
    /// It is met to 0.05 LU.
    Reached(Solution),
    /// It is not; the method is not changed to get there.
    OutOfReach(OutOfReach),
    /// There is nothing to measure: under 400 ms, or silence.
    NoLoudness,
}

/// A setting and what it gives, measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Solution {
    /// What to run.
    pub setting: Setting,
    /// The integrated loudness of the result.
    pub loudness: Lufs,
    /// The true peak of the result.
    pub true_peak: Dbtp,
    /// The largest gain reduction.
    pub max_reduction: Db,
    /// The mean gain reduction while there is any.
    pub mean_reduction: Db,
    /// How often limiter and meters heard the signal.
    pub runs: u32,
}

/// A loudness that is not reached, and why.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OutOfReach {
    /// The loudness that was wanted.
    pub wanted: Lufs,
    /// What stands in the way.
    pub obstacle: Obstacle,
    /// The nearest that is reached.
    pub nearest: Solution,
}

/// What stands between a signal and a loudness.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Obstacle {
    /// The limiter would take off too much.
    Reduction {
        /// The largest reduction that it would need; none if over 35 dB.
        needs: Option<Db>,
    },
    /// Loudness jumps over the target, where quiet passages come to count.
    Gate,
}

/// How near is near enough, in LU.
const NEAR: f64 = 0.05;
/// How often limiter and meters may hear the signal.
const RUNS: u32 = 4;

/// Finds the setting that brings a signal to a loudness under a ceiling.
///
/// A trial is to hear the whole signal through a finisher. The last that is run is that of the solution, so that what it
/// made can stay; without a loudness there is none.
///
/// # Errors
/// If a trial fails.
pub fn solve<E>(
    wish: &Finish,
    draft: Draft,
    trial: impl FnMut(Finisher<'_>) -> Result<Heard, E>,
) -> Result<Finished, E> {
    let width = draft.width();
    let proxy = draft.end(wish.style);
    let Some(reach) = proxy.reach(wish.loudness, wish.ceiling) else {
        return Ok(Finished::NoLoudness);
    };
    let mut search = Search {
        wish,
        proxy: &proxy,
        width,
        trial,
        inner: wish.ceiling,
        lowered: false,
        offset: 0.0,
        runs: 0,
        best: None,
    };
    if let Some(needs) = reach.lacks {
        let mut nearest = search.measure(reach.most)?;
        if search.lower_for(nearest.true_peak) {
            nearest = search.measure(reach.most)?;
        }
        let obstacle = Obstacle::Reduction { needs };
        return Ok(Finished::OutOfReach(OutOfReach { wanted: wish.loudness, obstacle, nearest }));
    }
    search.run(reach.most)
}

/// The search by trials of limiter and meters, each of which mends the proxy's error.
struct Search<'a, T> {
    wish: &'a Finish,
    proxy: &'a Proxy,
    width: Width,
    trial: T,
    /// The ceiling that the limiter is given.
    inner: Dbtp,
    lowered: bool,
    /// What the proxy reads too low.
    offset: f64,
    runs: u32,
    best: Option<Solution>,
}

impl<E, T: FnMut(Finisher<'_>) -> Result<Heard, E>> Search<'_, T> {
    fn run(&mut self, most: Db) -> Result<Finished, E> {
        let mut last = None;
        while self.runs < RUNS {
            let goal = Lufs(self.wish.loudness.0 - self.offset);
            let gain = self.proxy.gain_for(goal, self.inner, most);
            let solution = self.measure(gain)?;
            last = Some(solution.setting);
            if self.lower_for(solution.true_peak) {
                continue;
            }
            if self.miss(&solution) <= NEAR {
                return Ok(Finished::Reached(solution));
            }
            self.keep(solution);
        }
        let nearest = self.best.expect("at most one run goes to lowering the ceiling");
        if last != Some(nearest.setting) {
            self.hear(&nearest.setting)?;
        }
        let obstacle = Obstacle::Gate;
        Ok(Finished::OutOfReach(OutOfReach { wanted: self.wish.loudness, obstacle, nearest }))
    }

    /// Hears the signal through the limiter and learns what the proxy did not know.
    fn measure(&mut self, gain: Db) -> Result<Solution, E> {
        let setting = Setting { gain, ceiling: self.inner, style: self.wish.style };
        let heard = self.hear(&setting)?;
        let loudness = heard.loudness.unwrap_or(Lufs(-70.0));
        self.runs += 1;
        self.offset = loudness.0 - self.proxy.loudness(gain, self.inner).map_or(loudness.0, |l| l.0);
        Ok(Solution {
            setting,
            loudness,
            true_peak: heard.true_peak,
            max_reduction: Db(heard.applied.most),
            mean_reduction: Db(heard.applied.mean()),
            runs: self.runs,
        })
    }

    fn hear(&mut self, setting: &Setting) -> Result<Heard, E> {
        (self.trial)(Finisher::new(setting, self.proxy.rate(), self.width).knowing(self.proxy))
    }

    /// Lowers the limiter's ceiling, once, by what the meter finds above the wanted one.
    fn lower_for(&mut self, true_peak: Dbtp) -> bool {
        let excess = true_peak.0 - self.wish.ceiling.0;
        let lowers = !self.lowered && excess > NEAR;
        if lowers {
            self.inner = Dbtp(self.inner.0 - excess);
            self.lowered = true;
        }
        lowers
    }

    fn miss(&self, solution: &Solution) -> f64 {
        (solution.loudness.0 - self.wish.loudness.0).abs()
    }

    /// Keeps the nearer solution; of two as near, the one with less gain.
    fn keep(&mut self, solution: Solution) {
        let better = self.best.is_none_or(|best| {
            let (new, old) = (self.miss(&solution), self.miss(&best));
            new < old || (new == old && solution.setting.gain < best.setting.gain)
        });
        if better {
            self.best = Some(solution);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Dice, plane, sine};
    use std::convert::Infallible;
    use std::f64::consts::TAU;

    const RATE: u32 = 44_100;

    struct Song(Vec<Vec<f32>>);

    impl Song {
        fn width(&self) -> Width {
            if self.0.len() == 2 { Width::Stereo } else { Width::Mono }
        }

        fn hear(&self, mut each: impl FnMut(&[f32], Option<&[f32]>)) {
            for from in (0..self.0[0].len()).step_by(1_000) {
                let part = from..self.0[0].len().min(from + 1_000);
                each(&self.0[0][part.clone()], self.0.get(1).map(|right| &right[part]));
            }
        }

        fn through(&self, mut finisher: Finisher<'_>) -> Heard {
            let mut gauge = Gauge::new(RATE, self.width());
            let mut meter = |left: &[f32], right: Option<&[f32]>| gauge.push(left, right);
            self.hear(|left, right| finisher.run(left, right, &mut meter));
            let applied = finisher.end(&mut meter);
            gauge.heard(applied)
        }
    }

    /// Drums, bass and a chord: a quiet verse, a loud chorus, about -20 LUFS.
    fn song(seconds: u32) -> Song {
        let mut dice = Dice(1);
        let mut planes = vec![Vec::new(), Vec::new()];
        for n in 0..seconds * RATE {
            let time = f64::from(n) / f64::from(RATE);
            let beat = (time * 2.0).fract();
            let loud = if (time / 8.0).fract() < 0.5 { 0.4 } else { 1.0 };
            let kick =
                libm::exp(-beat * 12.0) * libm::sin(TAU * 55.0 * beat * (1.0 + libm::exp(-beat * 40.0)));
            let snare = if (time as u64) % 2 == 1 { libm::exp(-beat * 30.0) * dice.swing() } else { 0.0 };
            let bass = 0.3 * libm::sin(TAU * 82.4 * time);
            let chord = |shift: f64| {
                [220.0, 277.2, 329.6].iter().map(|f| libm::sin(TAU * (f * time + shift))).sum::<f64>() * 0.08
            };
            let middle = 0.5 * kick + 0.45 * snare + bass;
            planes[0].push((0.5 * loud * (middle + chord(0.0))) as f32);
            planes[1].push((0.5 * loud * (middle + chord(0.3))) as f32);
        }
        Song(planes)
    }

    fn finish(wish: &Finish, song: &Song) -> Finished {
        let (finished, last) = finish_and_last(wish, song);
        let solution = match finished {
            Finished::Reached(solution) => Some(solution),
            Finished::OutOfReach(out) => Some(out.nearest),
            Finished::NoLoudness => None,
        };
        // What the last trial made can be kept.
        assert_eq!(last.map(|last| last.true_peak), solution.map(|solution| solution.true_peak));
        finished
    }

    fn finish_and_last(wish: &Finish, song: &Song) -> (Finished, Option<Heard>) {
        let mut draft = Draft::new(RATE, song.width());
        song.hear(|left, right| draft.push(left, right));
        let mut last = None;
        let trial = |finisher: Finisher<'_>| {
            let heard = song.through(finisher);
            last = Some(heard);
            Ok::<_, Infallible>(heard)
        };
        let Ok(finished) = solve(wish, draft, trial);
        (finished, last)
    }

    #[test]
    fn songs_reach_their_loudness_under_the_ceiling_in_few_runs() {
        let song = song(16);
        for (style, loudest) in
            [(LimitStyle::Clean, -9.0), (LimitStyle::Loud, -9.0), (LimitStyle::Soft, -11.0)]
        {
            for loudness in [-20.0, -14.0, loudest] {
                let wish = Finish { loudness: Lufs(loudness), style, ..Finish::default() };
                let finished = finish(&wish, &song);
                let Finished::Reached(solution) = finished else { panic!("{loudness}: {finished:?}") };
                assert!((solution.loudness.0 - loudness).abs() <= 0.05);
                assert!(solution.true_peak.0 <= -1.0 + 0.1, "{}", solution.true_peak);
                assert!(solution.runs <= 4);
                assert!(solution.mean_reduction <= solution.max_reduction);
            }
        }
    }

    #[test]
    fn quiet_and_loud_signals_only_change_their_gain_where_no_peak_is_in_the_way() {
        let song = song(8);
        let wish = Finish { loudness: Lufs(-35.0), ..Finish::default() };
        let Finished::Reached(solution) = finish(&wish, &song) else { panic!("out of reach") };
        assert_eq!((solution.max_reduction, solution.runs), (Db(0.0), 1));
        assert!((solution.loudness.0 + 35.0).abs() < 0.01);
    }

    #[test]
    fn what_costs_too_much_is_said_with_the_nearest() {
        // Clicks: all peak and no loudness.
        let clicks =
            (0..10 * RATE).map(|n| if n % 22_050 < 2 { 0.9 } else { 0.003 * libm::sin(f64::from(n)) as f32 });
        let song = Song(vec![clicks.collect()]);
        let wish = Finish { loudness: Lufs(-9.0), ..Finish::default() };
        let Finished::OutOfReach(out) = finish(&wish, &song) else { panic!("reached") };
        assert_eq!((out.wanted, out.obstacle), (Lufs(-9.0), Obstacle::Reduction { needs: None }));
        assert!(out.nearest.loudness < Lufs(-9.5) && out.nearest.true_peak.0 < -0.9);
        assert!(out.nearest.max_reduction.0 <= 35.5);
        assert!(out.nearest.runs <= 2);
    }

    /// Bursts of random full-scale signs: between such samples peaks stand higher than a limiter's detector sees.
    fn signs() -> Song {
        let mut dice = Dice(1);
        let mut plane = vec![0.0; 8 * RATE as usize];
        for burst in (0..plane.len() - 40).step_by(700) {
            for x in &mut plane[burst..burst + 40] {
                *x = if dice.roll() < 0.5 { 0.9 } else { -0.9 };
            }
        }
        Song(vec![plane.clone(), plane])
    }

    #[test]
    fn peaks_that_pass_the_limiter_lower_its_ceiling_once() {
        let song = signs();
        let finished = |loudness| finish(&Finish { loudness: Lufs(loudness), ..Finish::default() }, &song);
        let Finished::Reached(reached) = finished(-14.4) else { panic!("out of reach") };
        let Finished::OutOfReach(out) = finished(-8.0) else { panic!("reached") };
        for solution in [reached, out.nearest] {
            let lowered = -1.0 - solution.setting.ceiling.0;
            assert!((NEAR..0.5).contains(&lowered), "lowered by {lowered} dB");
            assert!(solution.true_peak.0 <= -1.0 + NEAR, "{}", solution.true_peak);
            assert_eq!(solution.runs, 2);
            // With the ceiling where it was, the same gain lets them pass.
            let plain = Setting { ceiling: Dbtp(-1.0), ..solution.setting };
            let heard = song.through(Finisher::new(&plain, RATE, Width::Stereo));
            assert!(heard.true_peak.0 > -1.0 + NEAR, "{}", heard.true_peak);
        }
    }

    #[test]
    fn a_loudness_that_the_gate_jumps_over_is_said() {
        // A tone with headroom, then clicks without: as gain lifts the tone alone, the clicks fall under the gate.
        let mut plane = plane(0.1, 8 * RATE as usize, sine(1_000.0, RATE));
        plane.extend((0..8 * RATE).map(|n| if n % 2_000 == 0 { 0.9 } else { 0.0 }));
        let song = Song(vec![plane.clone(), plane]);
        let finished = |loudness| finish(&Finish { loudness: Lufs(loudness), ..Finish::default() }, &song);
        for (wanted, nearest) in [(-16.5, -17.5), (-15.8, -15.2)] {
            let Finished::OutOfReach(out) = finished(wanted) else {
                panic!("{wanted}: {:?}", finished(wanted))
            };
            assert_eq!((out.wanted, out.obstacle), (Lufs(wanted), Obstacle::Gate));
            assert!((out.nearest.loudness.0 - nearest).abs() < 0.1, "{wanted}: {}", out.nearest.loudness);
        }
        for wanted in [-17.6, -15.0] {
            assert!(matches!(finished(wanted), Finished::Reached(_)), "{wanted}: {:?}", finished(wanted));
        }
    }

    #[test]
    fn silence_and_shreds_have_no_loudness() {
        let wish = Finish::default();
        assert_eq!(finish(&wish, &Song(vec![vec![0.0; 50_000]])), Finished::NoLoudness);
        assert_eq!(finish(&wish, &Song(vec![vec![0.5; 5_000]])), Finished::NoLoudness);
        assert_eq!(finish(&wish, &Song(vec![vec![]])), Finished::NoLoudness);
    }

    #[test]
    fn what_the_proxy_knows_changes_no_bit() {
        for song in [song(9), signs()] {
            let mut draft = Draft::new(RATE, Width::Stereo);
            song.hear(|left, right| draft.push(left, right));
            let proxy = draft.end(LimitStyle::Clean);
            for gain in [-3.0, 6.0, 14.0] {
                let setting = Setting { gain: Db(gain), ceiling: Dbtp(-1.0), style: LimitStyle::Clean };
                let finished = |mut finisher: Finisher<'_>| {
                    let mut out = Vec::new();
                    let mut each = |left: &[f32], right: Option<&[f32]>| {
                        out.extend(left.iter().chain(right.unwrap()).map(|x| x.to_bits()));
                    };
                    song.hear(|left, right| finisher.run(left, right, &mut each));
                    let applied = finisher.end(&mut each);
                    (out, applied)
                };
                let plain = Finisher::new(&setting, RATE, Width::Stereo);
                assert!(finished(plain.clone()) == finished(plain.knowing(&proxy)), "{gain} dB");
            }
        }
    }

    #[test]
    fn the_finisher_gives_as_many_frames_as_it_hears_in_their_places() {
        let song = song(1);
        let setting = Setting { gain: Db(0.0), ceiling: Dbtp(0.0), style: LimitStyle::Clean };
        for piece in [100, 1_000] {
            let mut finisher = Finisher::new(&setting, RATE, Width::Stereo);
            let mut out = vec![Vec::new(), Vec::new()];
            let mut each = |left: &[f32], right: Option<&[f32]>| {
                out[0].extend_from_slice(left);
                out[1].extend_from_slice(right.unwrap());
            };
            for (left, right) in song.0[0].chunks(piece).zip(song.0[1].chunks(piece)) {
                finisher.run(left, Some(right), &mut each);
            }
            finisher.end(&mut each);
            assert!(out == song.0);
        }
    }
}
