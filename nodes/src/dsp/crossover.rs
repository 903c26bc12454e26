//! Linkwitz-Riley crossovers whose bands add up to an all pass, to the last bits.
//!
//! Linkwitz, "Active Crossover Networks for Noncoincident Drivers", JAES 24(1), 1976; the tree's bands are brought in phase
//! as by D'Appolito, "Active Realization of Multiway All-Pass Crossover Systems", JAES 35(4), 1987.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    state_variable::{State, Tuning, warped},
};
use crate::{
    block::{PIECE, View},
    unit::{Hz, Seconds},
};

/// How steep a crossover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// 24 dB an octave.
    Fourth,
    /// 48 dB an octave.
    Eighth,
}

impl Order {
    /// 1/Q of the sections of the Butterworth filter that the low pass is the square of.
    fn damping(self) -> &'static [f64] {
        match self {
            Order::Fourth => &[std::f64::consts::SQRT_2],
            Order::Eighth => &[1.847_759_065_022_573_5, 0.765_366_864_730_179_6],
        }
    }

    /// The time in which a crossover at a frequency rings down by 90 dB, with room for those beside it.
    pub fn ring(self, frequency: Hz) -> Seconds {
        let turns = match self {
            Order::Fourth => 6.0,
            Order::Eighth => 12.0,
        };
        Seconds(turns / frequency.0)
    }
}

/// A split in two, of one channel or of two side by side.
///
/// The high part is the all pass less the low part: exactly the Linkwitz-Riley high pass, as the sum of both is that all pass.
#[derive(Clone, Debug)]
pub struct Split {
    sections: Vec<Tuning>,
    dampings: &'static [f64],
    all: Vec<State>,
    low: Vec<State>,
}

impl Split {
    /// A split at a frequency, at rest.
    pub fn new(order: Order, frequency: Hz, rate: u32) -> Self {
        let dampings = order.damping();
        let mut split = Split {
            sections: Vec::new(),
            dampings,
            all: vec![State::default(); dampings.len()],
            low: vec![State::default(); 2 * dampings.len() - 1],
        };
        split.sections =
            dampings.iter().map(|damping| Tuning::at(warped(frequency, rate), *damping)).collect();
        split
    }

    /// Moves to a [`warped`] frequency.
    pub fn tune(&mut self, warped: f64) {
        for (section, damping) in self.sections.iter_mut().zip(self.dampings) {
            *section = Tuning::at(warped, *damping);
        }
    }

    /// The next frame's low and high parts.
    #[inline(always)]
    pub fn step<V: Vector>(&mut self, x: V) -> (V, V) {
        let (low, all) = self.low_and_all(x);
        (low, all - low)
    }

    /// The next frame's low part, and the all pass that both parts add up to.
    #[inline(always)]
    pub fn low_and_all<V: Vector>(&mut self, x: V) -> (V, V) {
        let first = self.all[0].step(x, &self.sections[0]);
        let mut low = first.low;
        let mut all = x - V::splat(2.0) * first.band;
        for (state, section) in self.all[1..].iter_mut().zip(&self.sections[1..]) {
            all = state.all(all, section);
        }
        let once = self.sections.len() - 1;
        let (before, again) = self.low.split_at_mut(once);
        for (state, section) in before.iter_mut().zip(&self.sections[1..]) {
            low = state.step(low, section).low;
        }
        for (state, section) in again.iter_mut().zip(&self.sections) {
            low = state.step(low, section).low;
        }
        (low, all)
    }

    /// Clears what has decayed.
    pub fn settle(&mut self) {
        self.all.iter_mut().chain(&mut self.low).for_each(State::settle);
    }
}

/// The all pass that a [`Split`]'s parts add up to.
#[derive(Clone, Debug)]
pub struct Phase {
    sections: Vec<Tuning>,
    dampings: &'static [f64],
    states: Vec<State>,
}

impl Phase {
    /// The all pass of a split at a frequency, at rest.
    pub fn new(order: Order, frequency: Hz, rate: u32) -> Self {
        let dampings = order.damping();
        let sections = dampings.iter().map(|damping| Tuning::at(warped(frequency, rate), *damping));
        Phase { sections: sections.collect(), dampings, states: vec![State::default(); dampings.len()] }
    }

    /// Moves to a [`warped`] frequency.
    pub fn tune(&mut self, warped: f64) {
        for (section, damping) in self.sections.iter_mut().zip(self.dampings) {
            *section = Tuning::at(warped, *damping);
        }
    }

    /// The next frame.
    #[inline(always)]
    pub fn step<V: Vector>(&mut self, x: V) -> V {
        let mut all = x;
        for (state, section) in self.states.iter_mut().zip(&self.sections) {
            all = state.all(all, section);
        }
        all
    }

    /// Clears what has decayed.
    pub fn settle(&mut self) {
        self.states.iter_mut().for_each(State::settle);
    }
}

/// The most bands of a [`Crossover`].
pub const BANDS: usize = 5;

/// A band of both channels: a plane for each.
pub type Planes = [[f32; PIECE]; 2];

/// A split of one or two channels in up to [`BANDS`] bands: upward from the lowest split, each lower band through the all passes of
/// all later splits, so that all bands are in phase and their sum is flat wherever the splits lie.
#[derive(Clone, Debug)]
pub struct Crossover {
    splits: Vec<Split>,
    /// For each split, the all passes of the bands below it.
    phases: Vec<Vec<Phase>>,
}

impl Crossover {
    /// A crossover at ascending frequencies, at rest.
    pub fn new(order: Order, frequencies: &[Hz], rate: u32) -> Self {
        let phase = |frequency: Hz, count: usize| vec![Phase::new(order, frequency, rate); count];
        Crossover {
            splits: frequencies.iter().map(|f| Split::new(order, *f, rate)).collect(),
            phases: frequencies.iter().enumerate().map(|(i, f)| phase(*f, i)).collect(),
        }
    }

    /// The next frame's bands from the lowest up; those that there are not are 0.
    #[inline(always)]
    pub fn step<V: Vector>(&mut self, x: V) -> [V; BANDS] {
        let mut bands = [V::splat(0.0); BANDS];
        let mut rest = x;
        for (i, (split, phases)) in self.splits.iter_mut().zip(&mut self.phases).enumerate() {
            (bands[i], rest) = split.step(rest);
            for (band, phase) in bands.iter_mut().zip(phases) {
                *band = phase.step(*band);
            }
        }
        bands[self.splits.len()] = rest;
        bands
    }

    /// Splits a signal into bands.
    pub fn split(&mut self, signal: View<'_>, bands: &mut [Planes]) {
        dispatch(Part { crossover: self, signal, bands });
        if signal.shape().settles {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.splits.iter_mut().for_each(Split::settle);
        self.phases.iter_mut().flatten().for_each(Phase::settle);
    }
}

struct Part<'a> {
    crossover: &'a mut Crossover,
    signal: View<'a>,
    bands: &'a mut [Planes],
}

impl Job for Part<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Part { crossover, signal, bands } = self;
        let left = signal.plane(0);
        if signal.shape().channels == 1 {
            for (frame, x) in left.iter().enumerate() {
                let parts = crossover.step(f64::from(*x));
                for (band, part) in bands.iter_mut().zip(parts) {
                    band[0][frame] = part as f32;
                }
            }
            return;
        }
        for (frame, (l, r)) in left.iter().zip(signal.plane(1)).enumerate() {
            let parts = crossover.step(I::V2::of(&[*l, *r]));
            for (band, part) in bands.iter_mut().zip(parts) {
                let mut both = [0.0; 2];
                part.to(&mut both);
                [band[0][frame], band[1][frame]] = both;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::math;

    /// The level in decibels of each band and of their sum, for an impulse seen at a frequency.
    fn seen_at(crossover: &mut Crossover, frequency: f64) -> ([f64; BANDS], f64) {
        let mut sums = [[0.0; 2]; BANDS];
        for frame in 0..48_000 {
            let angle = Hz(frequency).radians(48_000) * f64::from(frame);
            let bands: [f64; BANDS] = crossover.step(if frame == 0 { 1.0 } else { 0.0 });
            for (sum, band) in sums.iter_mut().zip(bands) {
                sum[0] += band * math::cos(angle);
                sum[1] -= band * math::sin(angle);
            }
        }
        let level = |[re, im]: [f64; 2]| math::decibels(math::sqrt(re * re + im * im).max(1e-20));
        let whole = sums.iter().fold([0.0; 2], |all, band| [all[0] + band[0], all[1] + band[1]]);
        (sums.map(level), level(whole))
    }

    #[test]
    fn bands_add_up_to_an_all_pass() {
        for order in [Order::Fourth, Order::Eighth] {
            for splits in [&[1000.0][..], &[120.0, 2500.0], &[150.0, 200.0, 250.0, 18_000.0]] {
                let splits: Vec<Hz> = splits.iter().map(|f| Hz(*f)).collect();
                for frequency in [30.0, 170.0, 1000.0, 17_000.0] {
                    let (_, sum) = seen_at(&mut Crossover::new(order, &splits, 48_000), frequency);
                    assert!(sum.abs() < 1e-9, "{order:?} {splits:?}: {sum} dB at {frequency} Hz");
                }
            }
        }
    }

    #[test]
    fn both_sides_are_6_db_down_where_they_meet_and_fall_by_the_slope() {
        for (order, slope) in [(Order::Fourth, 24.0), (Order::Eighth, 48.0)] {
            let level = |frequency| seen_at(&mut Crossover::new(order, &[Hz(1000.0)], 48_000), frequency).0;
            let [low, high, ..] = level(1000.0);
            assert!((low + 6.0206).abs() < 1e-3 && (high + 6.0206).abs() < 1e-3, "{low} {high}");
            let fall = level(250.0)[1] - level(125.0)[1];
            assert!((fall - slope).abs() < 0.3, "{order:?}: {fall} dB an octave");
        }
    }
}
