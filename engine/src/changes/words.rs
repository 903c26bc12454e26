//! Values, lengths and places in words.

use crate::song::{Anchor, Length, Place};
use mixwright_nodes::{
    params::Value,
    unit::{Db, Unit, written},
};

/// A number; silence is `off`, and what the name tells already is left out.
pub(super) fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Db if value <= Db::OFF.0 => "off".to_owned(),
        Unit::Ratio => written(value, Unit::Plain),
        _ => written(value, unit),
    }
}

/// `-6 -> -4.5 dB`: a unit that both have is told once.
pub(super) fn step(before: f64, after: f64, unit: Unit) -> String {
    let [mut old, mut new] = [before, after].map(|value| number(value, unit));
    if old == new {
        // They differ by less than people are mostly told.
        [old, new] = [before, after].map(|value| format!("{value} {}", unit.symbol()).trim_end().to_owned());
    }
    let (value, of) = old.split_once(' ').unwrap_or((&old, ""));
    match new.split_once(' ') {
        Some((_, same)) if same == of => format!("{value} -> {new}"),
        _ => format!("{old} -> {new}"),
    }
}

/// How a parameter's value became another.
pub(super) fn value(before: &Value, after: &Value) -> String {
    match (before, after) {
        (Value::Number(old, unit), Value::Number(new, same)) if unit == same => step(*old, *new, *unit),
        _ => format!("{before} -> {after}"),
    }
}

/// A length: `2 beats + 0.5 s`.
pub(super) fn length(length: Length) -> String {
    let parts = length.parts().into_iter().filter(|(value, _)| *value != 0.0);
    let parts: Vec<String> = parts.map(|(value, unit)| precise(value, unit)).collect();
    if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") }
}

/// A number that is never rounded to nothing.
fn precise(value: f64, unit: Unit) -> String {
    let exact = (value * 1000.0).fract() == 0.0;
    if exact { written(value, unit) } else { format!("{value} {}", unit.symbol()) }
}

/// How a length became another.
pub(super) fn lengths(before: Length, after: Length) -> String {
    format!("{} -> {}", length(before), length(after))
}

/// A place: `bar 13 + 2 beats`, `the end - 4 s`.
pub(super) fn place(place: &Place) -> String {
    let Place { from, plus } = place;
    let (from, plus) = match from {
        Anchor::Start if *plus == Length::default() => return "the start".to_owned(),
        Anchor::Start if plus.bars == 0.0 && plus.beats == 0.0 => return length(*plus),
        Anchor::Start => {
            let bar = precise(plus.bars + 1.0, Unit::Plain);
            (format!("bar {}", bar.trim_end()), Length { bars: 0.0, ..*plus })
        }
        Anchor::End => ("the end".to_owned(), *plus),
        Anchor::ClipEnd(track, clip) => (format!("the end of clip {} of {track}", clip + 1), *plus),
    };
    if plus == Length::default() { from } else { format!("{from} + {}", length(plus)) }
}

/// How a place became another.
pub(super) fn places(before: &Place, after: &Place) -> String {
    format!("{} -> {}", place(before), place(after))
}
