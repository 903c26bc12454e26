//! Settings and curves: a value that became another, a curve where there was none, and the bars in which two curves differ.

use super::{Told, words};
use crate::{
    song::{Anchor, Motion, MotionPoint, Place, Setting},
    time::Timeline,
    written::alike,
};
use mixwright_nodes::{curve::Shape, unit::Unit};

/// Tells how a setting changed.
pub(super) fn setting(told: &mut Told<'_>, name: &str, unit: Unit, before: &Setting, after: &Setting) {
    match (before, after) {
        (Setting::Is(old), Setting::Is(new)) => {
            told.say_if(old != new, || format!("{name} {}", words::step(*old, *new, unit)));
        }
        (Setting::Is(_), Setting::Moves(_)) => told.say(format!("{name} has a curve")),
        (Setting::Moves(_), Setting::Is(new)) => {
            told.say(format!("{name} {} instead of a curve", words::number(*new, unit)));
        }
        (Setting::Moves(old), Setting::Moves(new)) => motion(told, name, old, new),
    }
}

/// Tells that a curve changed, and where.
pub(super) fn motion(told: &mut Told<'_>, name: &str, before: &Motion, after: &Motion) {
    if !alike(before, after) {
        let bars = span(before, after, told.ruler).map_or_else(String::new, |span| span.words());
        told.say(format!("curve of {name}{bars}"));
    }
}

/// Where two curves differ, in bars; open where they differ from the start or to the end.
struct Span {
    from: Option<f64>,
    to: Option<f64>,
}

impl Span {
    fn words(&self) -> String {
        let first = self.from.map(|bar| (bar + 1e-6).floor());
        // A curve that is the same from the start of a bar on differs up to the bar before.
        let last = self.to.map(|bar| (bar - 1e-6).ceil() - 1.0);
        match (first, last) {
            (Some(first), Some(last)) if last > first => format!(", bars {first}-{last}"),
            (Some(first), Some(_)) => format!(", bar {first}"),
            (Some(first), None) => format!(", from bar {first} on"),
            (None, Some(last)) => format!(", up to bar {}", last.max(1.0)),
            (None, None) => String::new(),
        }
    }
}

fn span(before: &Motion, after: &Motion, ruler: &Timeline) -> Option<Span> {
    match (before, after) {
        (Motion::Points(old_start, old), Motion::Points(new_start, new)) => {
            between(old_start == new_start, old, new, ruler)
        }
        (Motion::Sum(old), Motion::Sum(new)) if old.len() == new.len() => {
            let mut other = old.iter().zip(new).filter(|(old, new)| !alike(*old, *new));
            let (old, new) = other.next()?;
            if other.next().is_some() { None } else { span(old, new, ruler) }
        }
        (Motion::Scaled(old, by), Motion::Scaled(new, same)) if by == same => span(old, new, ruler),
        _ => None,
    }
}

/// Where two rows of points differ: from the last that both begin with up to the first that both end with.
fn between(
    same_start: bool,
    before: &[MotionPoint],
    after: &[MotionPoint],
    ruler: &Timeline,
) -> Option<Span> {
    let front = before.iter().zip(after).take_while(|(old, new)| same_start && alike(*old, *new)).count();
    let rest = before.len().min(after.len()) - front;
    let back =
        before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(old, new)| alike(*old, *new));
    let back = back.count();
    let others = [before.get(front), after.get(front)].into_iter().flatten();
    let steps: Vec<&MotionPoint> = others.filter(|point| point.shape == Shape::Step).collect();
    let from = match front.checked_sub(1) {
        // What steps is as it was until there.
        _ if same_start && steps.len() == 2 => {
            let bars = steps.iter().map(|point| bar(&point.at, ruler)).collect::<Option<Vec<f64>>>()?;
            bars.into_iter().reduce(f64::min)
        }
        Some(last) => Some(bar(&before[last].at, ruler)?),
        None => None,
    };
    let to = match back {
        0 => None,
        back => Some(bar(&after[after.len() - back].at, ruler)?),
    };
    Some(Span { from, to })
}

/// The bar of a place that needs no clip to be known.
fn bar(place: &Place, ruler: &Timeline) -> Option<f64> {
    (place.from == Anchor::Start).then(|| ruler.bar(ruler.exact(place)))
}
