//! Draws a curve with characters, for `print`: its values up, bars or seconds along.

use crate::api::places::place_words;
use mixwright_engine::song::{Anchor, Length, Motion, MotionPoint, Place, Song};
use mixwright_nodes::{
    curve::Shape,
    params::Value,
    unit::{Db, Unit, written},
};

const COLUMNS: usize = 60;
const ROWS: usize = 8;

/// The drawing of a curve; what has no fixed points is said in words.
pub(crate) fn drawn(curve: &Motion<Value>, song: &Song) -> String {
    match curve {
        Motion::Points(start, points) if !points.is_empty() => plotted(start, points, song),
        other => words(other),
    }
}

/// A curve in words.
fn words(curve: &Motion<Value>) -> String {
    match curve {
        Motion::Hold(value) | Motion::Points(value, _) => value.to_string(),
        Motion::Lfo { wave, between: (low, high), .. } => {
            format!("a {} between {low} and {high}", format!("{wave:?}").to_lowercase())
        }
        Motion::Follow { heard, between: (quiet, loud), .. } => {
            format!("the level of `{}`, from {quiet} to {loud}", heard.strip)
        }
        Motion::Echo(length) => crate::api::places::length_words(*length),
        Motion::Sum(all) => all.iter().map(words).collect::<Vec<_>>().join(" + "),
        Motion::Scaled(inner, factor) => format!("{factor} times ({})", words(inner)),
        Motion::Shifted(inner, by) => {
            format!("{} later: {}", crate::api::places::length_words(*by), words(inner))
        }
    }
}

fn plotted(start: &Value, points: &[MotionPoint<Value>], song: &Song) -> String {
    let values: Vec<(f64, f64, Shape)> =
        points.iter().map(|point| (quarters(&point.at, song), level(&point.value), point.shape)).collect();
    let first = values[0].0.min(0.0);
    let last = values.iter().fold(first, |last, point| last.max(point.0));
    let length = (last - first).max(1.0);
    let height = |column: usize| {
        value_at(level(start), &values, first + length * column as f64 / (COLUMNS - 1) as f64)
    };
    let heights: Vec<f64> = (0..COLUMNS).map(height).collect();
    let low = heights.iter().copied().fold(f64::MAX, f64::min);
    let high = heights.iter().copied().fold(f64::MIN, f64::max);
    let unit = unit(start).max(points.iter().map(|point| unit(&point.value)).max().unwrap_or(Unit::Db));
    let row = |value: f64| match high - low {
        range if range > 0.0 => ((value - low) / range * (ROWS - 1) as f64).round() as usize,
        _ => 0,
    };
    let mut text = String::new();
    for line in (0..ROWS).rev() {
        let label = match line {
            0 => written(low, unit),
            line if line == ROWS - 1 => written(high, unit),
            _ => String::new(),
        };
        let dots: String = heights.iter().map(|&v| if row(v) == line { '•' } else { ' ' }).collect();
        text.push_str(&format!("{label:>10} │{}\n", dots.trim_end()));
    }
    let end = points.last().map(|point| place_words(&point.at)).unwrap_or_default();
    text.push_str(&format!("{:>10} └{}\n{:>12}start … {end}", "", "─".repeat(COLUMNS), ""));
    text
}

fn unit(value: &Value) -> Unit {
    match value {
        Value::Number(_, unit) => *unit,
        _ => Unit::Db,
    }
}

/// A value as a height: silence lies at -90 dB, from where a fade into it is heard.
fn level(value: &Value) -> f64 {
    match value {
        Value::Number(number, Unit::Db) => number.max(-90.0),
        Value::Number(number, _) => *number,
        Value::Text(text) => crate::units::parse(text).map_or(Db(-90.0).0, |quantity| quantity.value),
        _ => 0.0,
    }
}

/// Roughly where a place lies, in quarters at the first tempo and meter: enough for a drawing.
fn quarters(place: &Place, song: &Song) -> f64 {
    let Length { bars, beats, seconds, samples } = place.plus;
    let meter = song.meters[0];
    let beat = 4.0 / f64::from(meter.unit);
    let second = song.tempo.0 / 60.0;
    let from = if place.from == Anchor::Start { 0.0 } else { 128.0 };
    let clock = (seconds + samples / f64::from(song.rate)) * second;
    from + (bars * f64::from(meter.beats) + beats) * beat + clock
}

fn value_at(start: f64, points: &[(f64, f64, Shape)], at: f64) -> f64 {
    let next = points.iter().position(|point| point.0 > at);
    let before = next.unwrap_or(points.len()).checked_sub(1).map(|i| points[i]);
    let (from, value) = before.map_or((0.0, start), |point| (point.0, point.1));
    let Some(&(to, target, shape)) = next.map(|i| &points[i]) else {
        return value;
    };
    let way = ((at - from) / (to - from)).clamp(0.0, 1.0);
    value
        + (target - value)
            * match shape {
                Shape::Step => 0.0,
                Shape::Line => way,
                Shape::Ease => way * way * (3.0 - 2.0 * way),
                Shape::Exp => 1.0 - (1.0 - way) * (1.0 - way) * (1.0 - way),
            }
}
