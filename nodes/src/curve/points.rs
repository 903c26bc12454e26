//! A curve from point to point.

use crate::{
    dsp::math,
    unit::{Db, Frames},
};

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

    /// The value at a frame.
    pub(super) fn value(&self, at: i64) -> f64 {
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

    /// The value, if it is one and the same from `from` up to and including `to`.
    pub(super) fn still(&self, from: i64, to: i64) -> Option<f64> {
        let i = self.before(from);
        let here = self.list[i];
        let glides = here.shape == Shape::Step && i > 0 && from < here.at.0 + self.glide;
        let next = self.list.get(i + 1).map_or(i64::MAX, |next| next.at.0);
        let before_all = from < here.at.0;
        let until = if before_all { here.at.0 } else { next };
        ((before_all || (self.rests(i) && !glides)) && to < until).then_some(here.value)
    }

    /// The largest value of a point.
    pub(super) fn largest(&self) -> f64 {
        self.list.iter().map(|point| point.value).fold(f64::MIN, f64::max)
    }

    /// The smallest value of a point.
    pub(super) fn smallest(&self) -> f64 {
        self.list.iter().map(|point| point.value).fold(f64::MAX, f64::min)
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
}
