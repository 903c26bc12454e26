//! Numbers that may move: symbolic curves, oscillators and followers.

use super::{Length, Place};
use crate::diagnostic::Origin;
use mixwright_nodes::curve::{Shape, Wave};
use serde::{Deserialize, Serialize};

/// A number in the unit of its parameter, or a curve of such numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Setting {
    /// The same all the time.
    Is(f64),
    /// It moves.
    Moves(Motion),
}

impl Default for Setting {
    fn default() -> Self {
        Setting::Is(0.0)
    }
}

/// A symbolic curve: values are of type `V` (numbers in the parameter's unit, once that is known).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Motion<V = f64> {
    /// The same value for ever.
    Hold(V),
    /// From point to point; the first value holds from the start of the song.
    Points(V, Vec<MotionPoint<V>>),
    /// A low-frequency oscillator.
    Lfo {
        /// The form of a turn.
        wave: Wave,
        /// The length of a turn.
        every: Turn,
        /// Where in a turn it begins, 0 to 1.
        phase: f64,
        /// Its lowest and highest value.
        between: (V, V),
        /// Where it was written.
        #[serde(skip)]
        origin: Origin,
    },
    /// The level of another strip, from `quiet` to `loud`, as a value between two.
    Follow {
        /// What is listened to.
        heard: Tap,
        /// The level that gives the first value, in decibels.
        quiet: f64,
        /// The level that gives the second value, in decibels.
        loud: f64,
        /// Milliseconds to rise.
        attack: f64,
        /// Milliseconds to fall.
        release: f64,
        /// The values for quiet and loud.
        between: (V, V),
    },
    /// A musical length as a time, along the tempo map: for delays.
    Echo(Length),
    /// The sum of several curves.
    Sum(Vec<Motion<V>>),
    /// A curve times a factor.
    Scaled(Box<Motion<V>>, f64),
    /// A curve that comes later.
    Shifted(Box<Motion<V>>, Length),
}

impl<V> Motion<V> {
    /// The same curve with each value changed by `change`.
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn map<W, E>(&self, change: &mut impl FnMut(&V) -> Result<W, E>) -> Result<Motion<W>, E> {
        Ok(match self {
            Motion::Hold(value) => Motion::Hold(change(value)?),
            Motion::Points(start, points) => Motion::Points(
                change(start)?,
                points
                    .iter()
                    .map(|p| {
                        let (at, origin) = (p.at.clone(), p.origin.clone());
                        Ok(MotionPoint { at, value: change(&p.value)?, shape: p.shape, origin })
                    })
                    .collect::<Result<_, E>>()?,
            ),
            Motion::Lfo { wave, every, phase, between, origin } => Motion::Lfo {
                wave: *wave,
                every: *every,
                phase: *phase,
                between: (change(&between.0)?, change(&between.1)?),
                origin: origin.clone(),
            },
            Motion::Follow { heard, quiet, loud, attack, release, between } => Motion::Follow {
                heard: heard.clone(),
                quiet: *quiet,
                loud: *loud,
                attack: *attack,
                release: *release,
                between: (change(&between.0)?, change(&between.1)?),
            },
            Motion::Echo(length) => Motion::Echo(*length),
            Motion::Sum(all) => Motion::Sum(all.iter().map(|m| m.map(change)).collect::<Result<_, E>>()?),
            Motion::Scaled(inner, factor) => Motion::Scaled(Box::new(inner.map(change)?), *factor),
            Motion::Shifted(inner, by) => Motion::Shifted(Box::new(inner.map(change)?), *by),
        })
    }
}

/// A place that a symbolic curve goes through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotionPoint<V = f64> {
    /// Where.
    pub at: Place,
    /// The value there.
    pub value: V,
    /// How it is reached.
    pub shape: Shape,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// How long a turn of an oscillator is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Turn {
    /// So many a second.
    Rate(f64),
    /// One in so long.
    Every(Length),
}

/// A place in a strip at which its signal can be heard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// The strip's name.
    pub strip: String,
    /// Where in it.
    #[serde(default)]
    pub point: TapPoint,
}

/// Where in a strip.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TapPoint {
    /// After its effects, before its fader: moving a fader moves no ducking.
    #[default]
    Chain,
    /// Before its effects.
    Input,
    /// After its fader.
    Output,
    /// At a tap of this name in its chain.
    Named(String),
}
