//! Automation as a value: a curve evaluated at absolute frames of the song.
//!
//! A curve holds no state, so a render may begin anywhere and blocks may end anywhere. Places are frames and values are
//! in the unit of the parameter; the symbolic curves of a song become these once, when its tempo map is known.

use crate::{dsp::math, unit::Db, unit::Frames};
use std::sync::Arc;

/// A value over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Curve {
    /// The same value for ever.
    Hold(f64),
    /// From point to point.
    Points(Points),
    /// A low-frequency oscillator.
    Lfo(Lfo),
    /// A musical length as a time in milliseconds, measured back from now along the tempo map.
    Echo {
        /// The tempo map.
        clock: Arc<Clock>,
        /// The length.
        beats: f64,
        /// The song's rate.
        rate: u32,
    },
    /// What a follower says at the same time.
    Control {
        /// Which of the node's control inputs it is.
        input: usize,
        /// The values that it lies between.
        between: (f64, f64),
    },
    /// The sum of several curves.
    Sum(Vec<Curve>),
    /// A curve times a factor.
    Scaled(Box<Curve>, f64),
    /// A curve that comes later by so many frames.
    Shifted(Box<Curve>, Frames),
    /// A curve on the clock of a song before time was cut out of it or let in.
    Spliced(Box<Curve>, Splices),
}

impl Curve {
    /// The value at a frame of the song; `controls` holds what the followers say there.
    pub fn value(&self, at: Frames, controls: &[f32]) -> f64 {
        match self {
            Curve::Hold(value) => *value,
            Curve::Points(points) => points.value(at.0),
            Curve::Lfo(lfo) => lfo.value(at.0),
            Curve::Echo { clock, beats, rate } => {
                let t = at.0 as f64;
                (t - clock.frame(clock.beats(t) - beats)) * 1000.0 / f64::from(*rate)
            }
            Curve::Control { input, between } => {
                // Behind a look-ahead a follower's wire is silent at first, and 0 need not be among its values.
                let (low, high) = (between.0.min(between.1) as f32, between.0.max(between.1) as f32);
                f64::from(controls.get(*input).map_or(low, |said| said.max(low).min(high)))
            }
            Curve::Sum(all) => all.iter().map(|curve| curve.value(at, controls)).fold(0.0, |a, b| a + b),
            Curve::Scaled(curve, factor) => curve.value(at, controls) * factor,
            Curve::Shifted(curve, by) => curve.value(at - *by, controls),
            Curve::Spliced(curve, splices) => curve.value(splices.before(at), controls),
        }
    }

    /// The value, if it is one and the same from `from` up to and including `to`.
    pub fn still(&self, from: Frames, to: Frames) -> Option<f64> {
        match self {
            Curve::Hold(value) => Some(*value),
            Curve::Points(points) => points.still(from.0, to.0),
            Curve::Lfo(_) | Curve::Control { .. } => None,
            Curve::Echo { clock, .. } => clock.is_even().then(|| self.value(from, &[])),
            Curve::Sum(all) => all.iter().try_fold(0.0, |sum, curve| Some(sum + curve.still(from, to)?)),
            Curve::Scaled(curve, factor) => Some(curve.still(from, to)? * factor),
            Curve::Shifted(curve, by) => curve.still(from - *by, to - *by),
            Curve::Spliced(curve, splices) => {
                splices.holds(from, to).then(|| curve.still(splices.before(from), splices.before(to)))?
            }
        }
    }

    /// The largest value that the curve can take, for what must be known beforehand, such as a tail.
    pub fn largest(&self) -> f64 {
        match self {
            Curve::Hold(value) => *value,
            Curve::Points(points) => points.list.iter().map(|p| p.value).fold(f64::MIN, f64::max),
            Curve::Lfo(lfo) => lfo.between.0.max(lfo.between.1),
            Curve::Echo { clock, beats, rate } => beats / clock.slowest() * 1000.0 / f64::from(*rate),
            Curve::Control { between, .. } => between.0.max(between.1),
            Curve::Sum(all) => all.iter().map(Curve::largest).sum(),
            Curve::Scaled(curve, factor) if *factor >= 0.0 => curve.largest() * factor,
            Curve::Scaled(curve, factor) => curve.smallest() * factor,
            Curve::Shifted(curve, _) | Curve::Spliced(curve, _) => curve.largest(),
        }
    }

    /// The smallest value that the curve can take.
    pub fn smallest(&self) -> f64 {
        match self {
            Curve::Points(points) => points.list.iter().map(|p| p.value).fold(f64::MAX, f64::min),
            Curve::Lfo(lfo) => lfo.between.0.min(lfo.between.1),
            Curve::Control { between, .. } => between.0.min(between.1),
            Curve::Sum(all) => all.iter().map(Curve::smallest).sum(),
            Curve::Scaled(curve, factor) if *factor >= 0.0 => curve.smallest() * factor,
            Curve::Scaled(curve, factor) => curve.largest() * factor,
            Curve::Shifted(curve, _) | Curve::Spliced(curve, _) => curve.smallest(),
            Curve::Echo { beats, clock, rate } => beats / clock.fastest() * 1000.0 / f64::from(*rate),
            Curve::Hold(value) => *value,
        }
    }
}

/// Where the clock of before goes on after a cut, or waits while something is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The first frame.
    pub at: Frames,
    /// The frame of before that it stands for.
    pub from: Frames,
    /// Whether the clock runs on from there.
    pub runs: bool,
}

/// All splices of a song, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splices(pub Arc<[Splice]>);

impl Splices {
    /// The frame of before that a frame stands for.
    fn before(&self, at: Frames) -> Frames {
        let Some(splice) = self.at(at) else { return at };
        if splice.runs { splice.from + (at - splice.at) } else { splice.from }
    }

    /// Whether two frames lie between the same splices.
    fn holds(&self, from: Frames, to: Frames) -> bool {
        self.at(from) == self.at(to)
    }

    fn at(&self, at: Frames) -> Option<&Splice> {
        let after = self.0.partition_point(|splice| splice.at <= at);
        self.0.get(after.saturating_sub(1))
    }
}

/// How values lie between two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// Evenly in the parameter's own unit; decibels move in decibels.
    Even,
    /// Levels: as [`Scale::Even`], where "off" is approached by way of -90 dB.
    Level,
    /// Evenly in octaves.
    Octaves,
}

/// How a point is reached from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Shape {
    /// At once, at its place, by a glide of 5 ms.
    Step,
    /// In a straight line.
    Line,
    /// Slowly at both ends (a raised cosine).
    Ease,
    /// Fast at first, as a capacitor charges (five time constants).
    Exp,
}

/// A place that a curve goes through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where.
    pub at: Frames,
    /// The value there, in the parameter's unit.
    pub value: f64,
    /// How it is reached.
    pub shape: Shape,
}

/// A curve through points.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    list: Vec<Point>,
    scale: Scale,
    glide: i64,
}

/// Seconds that a step glides.
pub const GLIDE: f64 = 0.005;

impl Points {
    /// A curve through points, sorted by their places here; the first value holds before the first place.
    ///
    /// # Panics
    /// If there is no point.
    pub fn new(mut list: Vec<Point>, scale: Scale, rate: u32) -> Self {
        assert!(!list.is_empty());
        list.sort_by_key(|point| point.at);
        Points { list, scale, glide: (GLIDE * f64::from(rate)).round() as i64 }
    }

    /// Index of the last point at or before a frame.
    fn before(&self, at: i64) -> usize {
        self.list.partition_point(|point| point.at.0 <= at).saturating_sub(1)
    }

    fn value(&self, at: i64) -> f64 {
        let i = self.before(at);
        let here = self.list[i];
        let base = match self.list.get(i + 1) {
            Some(next) if next.shape != Shape::Step && at >= here.at.0 => self.between(here, *next, at),
            _ => self.inner(here.value),
        };
        let left = self.glide - (at - here.at.0);
        if here.shape == Shape::Step && i > 0 && (1..=self.glide).contains(&left) {
            let jump = self.inner(self.list[i - 1].value) - self.inner(here.value);
            return self.outer(base + jump * left as f64 / self.glide as f64);
        }
        if self.rests(i) { here.value } else { self.outer(base) }
    }

    /// Whether the curve holds its value from point `i` to the next.
    fn rests(&self, i: usize) -> bool {
        self.list.get(i + 1).is_none_or(|next| next.shape == Shape::Step || next.value == self.list[i].value)
    }

    fn between(&self, from: Point, to: Point, at: i64) -> f64 {
        let x = (at - from.at.0) as f64 / ((to.at.0 - from.at.0) as f64).max(1.0);
        let x = match to.shape {
            Shape::Step | Shape::Line => x,
            Shape::Ease => 0.5 - 0.5 * math::cos(std::f64::consts::PI * x),
            Shape::Exp => (1.0 - math::exp(-5.0 * x)) / (1.0 - math::exp(-5.0)),
        };
        let (a, b) = (self.inner(from.value), self.inner(to.value));
        a + (b - a) * x
    }

    fn inner(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Even => value,
            Scale::Level => {
                if value <= Db::OFF.0 {
                    -90.0
                } else {
                    value
                }
            }
            Scale::Octaves => math::log2(value.max(1e-6)),
        }
    }

    fn outer(&self, value: f64) -> f64 {
        if self.scale == Scale::Octaves { math::exp2(value) } else { value }
    }

    fn still(&self, from: i64, to: i64) -> Option<f64> {
        let i = self.before(from);
        let here = self.list[i];
        let glides = here.shape == Shape::Step && i > 0 && from < here.at.0 + self.glide;
        let next = self.list.get(i + 1).map_or(i64::MAX, |next| next.at.0);
        let before_all = from < here.at.0;
        let until = if before_all { here.at.0 } else { next };
        ((before_all || (self.rests(i) && !glides)) && to < until).then_some(here.value)
    }
}

/// The form of one turn of a low-frequency oscillator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wave {
    /// A sine that begins in the middle and rises.
    Sine,
    /// Straight up and down, beginning at the bottom.
    Triangle,
    /// High for half a turn, then low; edges glide 5 ms.
    Square,
    /// Rises, then falls back in 5 ms.
    Saw,
}

/// A low-frequency oscillator: a function of position, not a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Lfo {
    /// The form of a turn.
    pub wave: Wave,
    /// What it counts: beats, or seconds.
    pub clock: Arc<Clock>,
    /// The length of a turn in the clock's count.
    pub every: f64,
    /// Where in a turn it begins, 0 to 1.
    pub phase: f64,
    /// The lowest and the highest value.
    pub between: (f64, f64),
    /// Whether it moves in octaves.
    pub scale: Scale,
    /// The song's rate.
    pub rate: u32,
}

impl Lfo {
    fn value(&self, at: i64) -> f64 {
        let turns = self.clock.beats(at as f64) / self.every + self.phase;
        let x = turns - turns.floor();
        let edge = (GLIDE * f64::from(self.rate) * self.clock.pace(at as f64) / self.every).min(0.25);
        let y = match self.wave {
            Wave::Sine => 0.5 + 0.5 * math::sin(std::f64::consts::TAU * x),
            Wave::Triangle => 1.0 - (2.0 * x - 1.0).abs(),
            Wave::Square if x < 0.5 => (x / edge).min(1.0),
            Wave::Square => 1.0 - ((x - 0.5) / edge).min(1.0),
            Wave::Saw if x > 1.0 - edge => (1.0 - x) / edge,
            Wave::Saw => x / (1.0 - edge),
        };
        let (low, high) = self.between;
        match self.scale {
            Scale::Octaves => low * math::exp2(y * math::log2((high / low).max(1e-9))),
            _ => low + (high - low) * y,
        }
    }
}

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
        let s = self.stretch(|s| s.at <= frame);
        let dt = frame - s.at;
        s.beats + if s.growth == 0.0 { s.pace * dt } else { s.pace * libm::expm1(s.growth * dt) / s.growth }
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

    fn is_even(&self) -> bool {
        self.stretches.len() == 1 && self.stretches[0].growth == 0.0
    }

    fn paces(&self) -> impl Iterator<Item = f64> {
        self.stretches.iter().map(|s| s.pace)
    }

    fn slowest(&self) -> f64 {
        self.paces().fold(f64::MAX, f64::min)
    }

    fn fastest(&self) -> f64 {
        self.paces().fold(f64::MIN_POSITIVE, f64::max)
    }

    fn stretch(&self, begun: impl Fn(&Stretch) -> bool) -> Stretch {
        self.stretches[self.stretches.partition_point(begun).saturating_sub(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(list: &[(i64, f64, Shape)], scale: Scale) -> Points {
        let list = list.iter().map(|&(at, value, shape)| Point { at: Frames(at), value, shape }).collect();
        Points::new(list, scale, 48_000)
    }

    #[test]
    fn lines_are_straight_and_steps_glide_five_milliseconds() {
        let p = points(
            &[(0, 0.0, Shape::Step), (1000, 10.0, Shape::Line), (2000, 0.0, Shape::Step)],
            Scale::Even,
        );
        assert_eq!(p.value(500), 5.0);
        assert_eq!(p.value(1500), 10.0);
        assert_eq!(p.value(2000), 10.0);
        assert_eq!(p.value(2120), 5.0);
        assert_eq!(p.value(2240), 0.0);
        assert_eq!(p.still(1000, 1999), Some(10.0));
        assert_eq!(p.still(1000, 2000), None);
        assert_eq!(p.still(2240, 1 << 40), Some(0.0));
    }

    #[test]
    fn frequencies_move_in_octaves_and_off_is_reached_by_minus_ninety() {
        let p = points(&[(0, 100.0, Shape::Step), (1000, 400.0, Shape::Line)], Scale::Octaves);
        assert!((p.value(500) - 200.0).abs() < 1e-9);
        let p = points(&[(0, 0.0, Shape::Step), (1000, Db::OFF.0, Shape::Line)], Scale::Level);
        assert!((p.value(500) + 45.0).abs() < 1e-9);
        assert_eq!(p.value(1000), Db::OFF.0);
    }

    #[test]
    fn a_follower_that_has_said_nothing_yet_stays_between_its_values() {
        let curve = Curve::Control { input: 0, between: (8000.0, 300.0) };
        assert_eq!(curve.value(Frames(-1), &[0.0]), 300.0);
        assert_eq!(curve.value(Frames(-1), &[]), 300.0);
        assert_eq!(curve.value(Frames(5), &[441.0]), 441.0);
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

    #[test]
    fn lfos_stay_between_their_ends() {
        for wave in [Wave::Sine, Wave::Triangle, Wave::Square, Wave::Saw] {
            let lfo = Lfo {
                wave,
                clock: Arc::new(Clock::seconds(48_000)),
                every: 0.5,
                phase: 0.0,
                between: (-3.0, 2.0),
                scale: Scale::Even,
                rate: 48_000,
            };
            let values: Vec<f64> = (0..48_000).map(|at| lfo.value(at)).collect();
            let step = values.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
            assert!(values.iter().all(|v| (-3.0..=2.0).contains(v)), "{wave:?}");
            assert!(step <= 5.0 / 239.0, "{wave:?} steps by {step}");
        }
    }
}
