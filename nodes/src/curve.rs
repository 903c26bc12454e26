//! Automation as a value: a curve evaluated at absolute frames of the song.
//!
//! A curve holds no state, so a render may begin anywhere and blocks may end anywhere. Places are frames and values are
//! in the unit of the parameter; the symbolic curves of a song become these once, when its tempo map is known.

mod clock;
mod lfo;
mod points;
mod splices;

pub use self::{
    clock::{Clock, Stretch},
    lfo::{Lfo, Wave},
    points::{GLIDE, Point, Points, Scale, Shape},
    splices::{Splice, Splices},
};

use crate::{block::PIECE, unit::Frames};
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
        let controls: Vec<&[f32]> = controls.iter().map(std::slice::from_ref).collect();
        let mut value = 0.0;
        self.values(at, &controls, std::slice::from_mut(&mut value));
        value
    }

    /// The values from a frame of the song on, of at most [`PIECE`] frames; `controls` holds what the followers say there.
    pub fn values(&self, at: Frames, controls: &[&[f32]], values: &mut [f64]) {
        match self {
            Curve::Hold(value) => values.fill(*value),
            Curve::Points(points) => points.values(at.0, values),
            Curve::Lfo(lfo) => lfo.values(at.0, values),
            Curve::Echo { clock, beats, rate } => {
                for (at, value) in (at.0..).zip(values) {
                    let t = at as f64;
                    *value = (t - clock.frame(clock.beats(t) - beats)) * 1000.0 / f64::from(*rate);
                }
            }
            Curve::Control { input, between } => {
                // Behind a look-ahead a follower's wire is silent at first, and 0 need not be among its values.
                let (low, high) = (between.0.min(between.1) as f32, between.0.max(between.1) as f32);
                values.fill(f64::from(low));
                for (value, said) in values.iter_mut().zip(controls.get(*input).copied().unwrap_or_default())
                {
                    *value = f64::from(said.max(low).min(high));
                }
            }
            Curve::Sum(all) => {
                values.fill(0.0);
                let mut own = [0.0; PIECE];
                let own = &mut own[..values.len()];
                for curve in all {
                    curve.values(at, controls, own);
                    values.iter_mut().zip(&*own).for_each(|(sum, value)| *sum += *value);
                }
            }
            Curve::Scaled(curve, factor) => {
                curve.values(at, controls, values);
                values.iter_mut().for_each(|value| *value *= factor);
            }
            Curve::Shifted(curve, by) => curve.values(at - *by, controls, values),
            Curve::Spliced(curve, splices) => {
                for (i, value) in values.iter_mut().enumerate() {
                    let controls: Vec<&[f32]> = controls.iter().map(|said| &said[i..]).collect();
                    let before = splices.before(at + Frames(i as i64));
                    curve.values(before, &controls, std::slice::from_mut(value));
                }
            }
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
            Curve::Points(points) => points.largest(),
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
            Curve::Points(points) => points.smallest(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follower_that_has_said_nothing_yet_stays_between_its_values() {
        let curve = Curve::Control { input: 0, between: (8000.0, 300.0) };
        assert_eq!(curve.value(Frames(-1), &[0.0]), 300.0);
        assert_eq!(curve.value(Frames(-1), &[]), 300.0);
        assert_eq!(curve.value(Frames(5), &[441.0]), 441.0);
    }
}
