//! A curve from point to point.

use crate::{
    dsp::math,
    for_every_cpu,
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

    /// The values from a frame on.
    pub(super) fn values(&self, mut at: i64, mut values: &mut [f64]) {
        while !values.is_empty() {
            let i = self.before(at);
            let frames = (self.until(i, at) - at).min(values.len() as i64);
            let (part, rest) = values.split_at_mut(frames as usize);
            self.part(i, at, part);
            (at, values) = (at + frames, rest);
        }
    }

    /// Where the way ends that the curve goes at `at`, of which `i` is the last point at or before.
    fn until(&self, i: usize, at: i64) -> i64 {
        let here = self.list[i].at.0;
        if at < here {
            here
        } else if self.glides(i, at) {
            self.next(i).min(here + self.glide)
        } else {
            self.next(i)
        }
    }

    /// Values that lie on one way.
    fn part(&self, i: usize, at: i64, values: &mut [f64]) {
        let here = self.list[i];
        let glides = self.glides(i, at);
        if at < here.at.0 || (self.rests(i) && !glides) {
            return values.fill(here.value);
        }
        match self.list.get(i + 1) {
            Some(next) if next.shape != Shape::Step => self.between(here, *next, at, values),
            _ => values.fill(self.inner(here.value)),
        }
        if glides {
            // From where it was to where the curve has got to by now: never past any of its points.
            let was = self.inner(self.list[i - 1].value);
            let left = (1..=self.glide - (at - here.at.0)).rev();
            for (value, left) in values.iter_mut().zip(left) {
                *value += (was - *value) * left as f64 / self.glide as f64;
            }
        }
        if self.scale == Scale::Octaves {
            values.iter_mut().for_each(|value| *value = math::exp2(*value));
        }
    }

    /// Whether a frame lies within the glide of a step at point `i`.
    fn glides(&self, i: usize, at: i64) -> bool {
        let here = self.list[i];
        here.shape == Shape::Step && i > 0 && at < here.at.0 + self.glide
    }

    /// Where the point after `i` is; beyond every song if there is none.
    fn next(&self, i: usize) -> i64 {
        self.list.get(i + 1).map_or(i64::MAX / 2, |next| next.at.0)
    }

    /// The value, if it is one and the same from `from` up to and including `to`.
    pub(super) fn still(&self, from: i64, to: i64) -> Option<f64> {
        let i = self.before(from);
        let here = self.list[i];
        let stands = from < here.at.0 || (self.rests(i) && !self.glides(i, from));
        (stands && to < self.until(i, from)).then_some(here.value)
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

    fn between(&self, from: Point, to: Point, at: i64, values: &mut [f64]) {
        along(values, (at - from.at.0) as f64, ((to.at.0 - from.at.0) as f64).max(1.0));
        match to.shape {
            Shape::Step | Shape::Line => {}
            Shape::Ease => {
                values.iter_mut().for_each(|x| *x = 0.5 - 0.5 * math::cos(std::f64::consts::PI * *x));
            }
            Shape::Exp => {
                let whole = 1.0 - math::exp(-5.0);
                values.iter_mut().for_each(|x| *x = (1.0 - math::exp(-5.0 * *x)) / whole);
            }
        }
        let (a, b) = (self.inner(from.value), self.inner(to.value));
        line(values, a, b - a);
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
}

for_every_cpu! {
    /// Shares of a length, one for each frame from the first on.
    fn along(values: &mut [f64], first: f64, length: f64) {
        for (i, value) in values.iter_mut().enumerate() {
            *value = (first + f64::from(i as u32)) / length;
        }
    }

    /// Turns shares of a way into places.
    fn line(values: &mut [f64], from: f64, way: f64) {
        for value in values {
            *value = from + way * *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(list: &[(i64, f64, Shape)], scale: Scale) -> Points {
        let list = list.iter().map(|&(at, value, shape)| Point { at: Frames(at), value, shape }).collect();
        Points::new(list, scale, 48_000)
    }

    fn value(points: &Points, at: i64) -> f64 {
        let mut value = [0.0];
        points.values(at, &mut value);
        value[0]
    }

    #[test]
    fn no_cut_changes_a_value_and_what_is_still_is_what_it_says() {
        let list = [
            (100, Db::OFF.0, Shape::Step),
            (300, 2.0, Shape::Step),
            (400, 5.0, Shape::Line),
            (400, 7.0, Shape::Step),
            (900, 7.0, Shape::Line),
            (950, 1.0, Shape::Ease),
            (1000, 3.0, Shape::Exp),
            (1010, 4.0, Shape::Step),
        ];
        for scale in [Scale::Even, Scale::Level, Scale::Octaves] {
            let p = points(&list, scale);
            let mut whole = [0.0; 1500];
            p.values(0, &mut whole);
            for (at, right) in (0..).zip(whole) {
                assert_eq!(value(&p, at), right, "{scale:?} at {at}");
                assert!(p.still(at, at).is_none_or(|still| still == right), "{scale:?} at {at}");
            }
        }
    }

    #[test]
    fn lines_are_straight_and_steps_glide_five_milliseconds() {
        let p = points(
            &[(0, 0.0, Shape::Step), (1000, 10.0, Shape::Line), (2000, 0.0, Shape::Step)],
            Scale::Even,
        );
        assert_eq!(value(&p, 500), 5.0);
        assert_eq!(value(&p, 1500), 10.0);
        assert_eq!(value(&p, 2000), 10.0);
        assert_eq!(value(&p, 2120), 5.0);
        assert_eq!(value(&p, 2240), 0.0);
        assert_eq!(p.still(1000, 1999), Some(10.0));
        assert_eq!(p.still(1000, 2000), None);
        assert_eq!(p.still(2240, 1 << 40), Some(0.0));
    }

    #[test]
    fn a_curve_that_goes_on_while_a_step_glides_passes_none_of_its_points() {
        for shape in [Shape::Line, Shape::Ease, Shape::Exp, Shape::Step] {
            for (length, goal) in [(100, 1.3), (1500, 1.3), (1500, 9.0), (239, 0.1)] {
                for scale in [Scale::Even, Scale::Level, Scale::Octaves] {
                    let p = points(
                        &[(0, 0.1, Shape::Step), (50, 6.5, Shape::Step), (50 + length, goal, shape)],
                        scale,
                    );
                    let (least, most) = (p.smallest() - 1e-9, p.largest() + 1e-9);
                    for at in 0..2000 {
                        let value = value(&p, at);
                        assert!((least..=most).contains(&value), "{shape:?} {scale:?}: {value} at {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn frequencies_move_in_octaves_and_off_is_reached_by_minus_ninety() {
        let p = points(&[(0, 100.0, Shape::Step), (1000, 400.0, Shape::Line)], Scale::Octaves);
        assert!((value(&p, 500) - 200.0).abs() < 1e-9);
        let p = points(&[(0, 0.0, Shape::Step), (1000, Db::OFF.0, Shape::Line)], Scale::Level);
        assert!((value(&p, 500) + 45.0).abs() < 1e-9);
        assert_eq!(value(&p, 1000), Db::OFF.0);
    }
}
