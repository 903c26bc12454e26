//! Symbolic curves to curves in frames.

use super::{Bench, chain::taps};
use crate::{
    diagnostic::{Diagnostic, Origin},
    resolved::{Follower, Heard},
    song::{
        Length, Motion, Setting, Tap, TapPoint, Turn,
        limits::{ATTACK, LOUD, PHASE, QUIET, RATE, RELEASE, turn},
    },
};
use mixwright_nodes::{
    curve::{Clock, Curve, Lfo, Point, Points, Scale, Shape},
    params::{ParamInfo, Value, nearest},
    unit::{Db, Frames, Unit, written},
};
use std::sync::Arc;

/// What the values of a curve must keep to.
pub(super) struct Bounds<'n> {
    pub(super) name: &'n str,
    pub(super) scale: Scale,
    pub(super) unit: Unit,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Bench<'_> {
    /// A number or a curve, checked against its bounds.
    pub(super) fn setting(
        &mut self,
        setting: &Setting,
        bounds: &Bounds<'_>,
        origin: &Origin,
        followers: &mut Vec<Follower>,
    ) -> Curve {
        let curve = match setting {
            Setting::Is(value) => Curve::Hold(*value),
            Setting::Moves(motion) => {
                let curve = self.curve(motion, bounds, origin, followers);
                self.edits.spliced(curve)
            }
        };
        for end in [curve.smallest(), curve.largest()] {
            let off = bounds.scale == Scale::Level && end <= Db::OFF.0;
            if !end.is_finite() || !(off || (bounds.min..=bounds.max).contains(&end)) {
                let (given, min, max) = (
                    written(end, bounds.unit),
                    written(bounds.min, bounds.unit),
                    written(bounds.max, bounds.unit),
                );
                let verb = if matches!(setting, Setting::Is(_)) { "is" } else { "reaches" };
                let message =
                    format!("`{}` {verb} {given}, but must lie between {min} and {max}", bounds.name);
                self.found.push(Diagnostic::error(message).at(origin));
                return curve;
            }
        }
        curve
    }

    /// A curve in frames; whom it follows is added to `followers`.
    pub(super) fn curve(
        &mut self,
        motion: &Motion,
        bounds: &Bounds<'_>,
        origin: &Origin,
        followers: &mut Vec<Follower>,
    ) -> Curve {
        let rate = self.song.rate;
        self.numbers(motion, bounds, origin);
        match motion {
            Motion::Hold(value) => Curve::Hold(*value),
            Motion::Points(start, points) => {
                let first = Point { at: Frames(0), value: *start, shape: Shape::Step };
                let mut list = vec![first];
                for point in points {
                    let origin = point.origin.or(origin);
                    self.anchored(&format!("a point of the curve for `{}`", bounds.name), &point.at, origin);
                    let at = self.timeline.frame(&point.at);
                    if at < list.last().expect("the first point is there").at {
                        let message =
                            format!("the points of the curve for `{}` are not in order of time", bounds.name);
                        self.found.push(Diagnostic::error(message).at(origin));
                        break;
                    }
                    list.push(Point { at, value: point.value, shape: point.shape });
                }
                Curve::Points(Points::new(list, bounds.scale, rate))
            }
            Motion::Lfo { wave, every, phase, between, origin: written } => {
                let (clock, every) = self.turn(*every, bounds, written.or(origin));
                let (wave, scale) = (*wave, bounds.scale);
                Curve::Lfo(Lfo { wave, clock, every, phase: *phase, between: *between, scale, rate })
            }
            Motion::Follow { heard, quiet, loud, attack, release, between } => {
                if let Some(heard) = self.heard(heard, origin) {
                    let (levels, times) = ((*quiet, *loud), (*attack, *release));
                    followers.push(Follower { heard, levels, times, between: *between });
                }
                Curve::Control { input: followers.len().saturating_sub(1), between: *between }
            }
            Motion::Echo(length) => self.echo(*length),
            Motion::Sum(all) => {
                Curve::Sum(all.iter().map(|motion| self.curve(motion, bounds, origin, followers)).collect())
            }
            Motion::Scaled(inner, factor) => {
                Curve::Scaled(Box::new(self.curve(inner, bounds, origin, followers)), *factor)
            }
            Motion::Shifted(inner, by) => {
                let by = self.timeline.frames(0.0, *by);
                Curve::Shifted(Box::new(self.curve(inner, bounds, origin, followers)), by)
            }
        }
    }

    /// The numbers of a curve that are none of its bounds'.
    fn numbers(&mut self, motion: &Motion, bounds: &Bounds<'_>, origin: &Origin) {
        let of = format!("the curve for `{}`", bounds.name);
        match motion {
            Motion::Points(start, points) => {
                let values = points.iter().map(|point| point.value).chain([*start]);
                self.are_numbers(&of, values, origin);
            }
            Motion::Lfo { phase, between, .. } => {
                self.within(&PHASE, *phase, &of, origin);
                self.are_numbers(&of, [between.0, between.1], origin);
            }
            Motion::Follow { quiet, loud, attack, release, between, .. } => {
                for (limit, value) in [(QUIET, quiet), (LOUD, loud), (ATTACK, attack), (RELEASE, release)] {
                    self.within(&limit, *value, &of, origin);
                }
                if quiet >= loud {
                    let message = format!("{of}: `quiet` must lie below `loud`");
                    self.found.push(Diagnostic::error(message).at(origin));
                }
                self.are_numbers(&of, [between.0, between.1], origin);
            }
            Motion::Scaled(_, factor) => self.are_numbers(&of, [*factor], origin),
            Motion::Shifted(_, by) | Motion::Echo(by) => {
                self.length(&of, *by, origin);
            }
            Motion::Hold(_) | Motion::Sum(_) => {}
        }
    }

    /// What is not a number lies beyond no bound, so it is looked for by itself.
    fn are_numbers(&mut self, of: &str, values: impl IntoIterator<Item = f64>, origin: &Origin) {
        if values.into_iter().any(|value| !value.is_finite()) {
            self.found.push(Diagnostic::error(format!("{of} has a value that is no number")).at(origin));
        }
    }

    fn within(&mut self, limit: &ParamInfo, value: f64, of: &str, origin: &Origin) {
        let unit = limit.unit().unwrap_or(Unit::Plain);
        if let Err(error) = limit.number(&Value::Number(value, unit)) {
            self.found.push(Diagnostic::error(format!("{of}: {error}")).at(origin));
        }
    }

    /// What an oscillator counts, and how much of it a turn takes.
    fn turn(&mut self, every: Turn, bounds: &Bounds<'_>, origin: &Origin) -> (Arc<Clock>, f64) {
        let of = format!("the curve for `{}`", bounds.name);
        let before = self.found.len();
        match every {
            Turn::Rate(hertz) => self.within(&RATE, hertz, &of, origin),
            Turn::Every(length) => {
                if self.length(&of, length, origin)
                    && let Err(wrong) = turn(self.timeline.shortest(length))
                {
                    self.found.push(Diagnostic::error(format!("{of}: {wrong}")).at(origin).of("every"));
                }
            }
        }
        if self.found.len() > before {
            // It is never heard.
            return (Arc::new(Clock::seconds(self.song.rate)), 1.0);
        }
        match every {
            Turn::Rate(hertz) => (Arc::new(Clock::seconds(self.song.rate)), 1.0 / hertz),
            Turn::Every(length) if length.bars != 0.0 || length.beats != 0.0 => {
                (self.timeline.clock().clone(), self.timeline.quarters(length))
            }
            Turn::Every(length) => {
                let seconds = length.seconds + length.samples / f64::from(self.song.rate);
                (Arc::new(Clock::seconds(self.song.rate)), seconds)
            }
        }
    }

    /// A musical length as a time in milliseconds: the same all along while the tempo is.
    fn echo(&self, length: Length) -> Curve {
        let rate = self.song.rate;
        if self.song.tempos.is_empty() || (length.bars == 0.0 && length.beats == 0.0) {
            let frames = self.timeline.clock().frame(self.timeline.quarters(length));
            return Curve::Hold(frames * 1000.0 / f64::from(rate));
        }
        Curve::Echo { clock: self.timeline.clock().clone(), beats: self.timeline.quarters(length), rate }
    }

    /// A place to listen at; an unknown strip or tap is an error.
    pub(super) fn heard(&mut self, tap: &Tap, origin: &Origin) -> Option<Heard> {
        let strip = self.strip(&tap.strip, origin)?;
        if let TapPoint::Named(name) = &tap.point {
            let song = self.song;
            let chain = song.strips.get(strip).map_or(&song.master.chain, |strip| &strip.chain);
            let taps = taps(chain);
            if !taps.contains(&name.as_str()) {
                let error =
                    Diagnostic::error(format!("`{}` has no tap named `{name}`", tap.strip)).at(origin);
                let hint = match nearest(name, taps.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("name a place in its chain with `.tap(\"{name}\")`"),
                };
                self.found.push(error.hint(hint));
                return None;
            }
        }
        Some(Heard { strip, point: tap.point.clone() })
    }
}
