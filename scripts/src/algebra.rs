//! Reckoning with quantities, lengths, places and curves: `4.bars + 2.beats`, `bar(17) - 1.beats`, `curve * 0.5`, `a .. b`.
//!
//! One table for all pairs, so that a pair without meaning gets a sentence instead of a missing function.

use crate::{
    api::curves::{Curve, oversized},
    api::places::Range,
    call::raise,
    units::Quantity,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{Length, Motion, Place, Span},
};
use mixwright_nodes::{params::Value, unit::Unit};
use rhai::{Dynamic, Engine, EvalAltResult, FLOAT, INT};
use std::cmp::Ordering;

/// What an operator works on.
enum Operand {
    Number(f64),
    Quantity(Quantity),
    Length(Length),
    Place(Place),
    Curve(Motion<Value>),
    Other(String),
}

type Reckoned = Result<Dynamic, Box<EvalAltResult>>;

impl Operand {
    fn of(value: Dynamic) -> Operand {
        let value = value.flatten();
        if let Ok(number) = value.as_int() {
            return Operand::Number(number as f64);
        }
        if let Ok(number) = value.as_float() {
            return Operand::Number(number);
        }
        let value = match value.try_cast_result::<Quantity>() {
            Ok(quantity) => return Operand::Quantity(quantity),
            Err(other) => other,
        };
        let value = match value.try_cast_result::<Length>() {
            Ok(length) => return Operand::Length(length),
            Err(other) => other,
        };
        let value = match value.try_cast_result::<Place>() {
            Ok(place) => return Operand::Place(place),
            Err(other) => other,
        };
        match value.try_cast_result::<Curve>() {
            Ok(curve) => Operand::Curve(curve.0),
            Err(other) => Operand::Other(other.type_name().to_owned()),
        }
    }

    fn words(&self) -> String {
        match self {
            Operand::Number(n) => format!("the bare number {n}"),
            Operand::Quantity(q) => q.to_string(),
            Operand::Length(_) => "a length".to_owned(),
            Operand::Place(_) => "a place".to_owned(),
            Operand::Curve(_) => "a curve".to_owned(),
            Operand::Other(name) => format!("a value of type `{name}`"),
        }
    }

    fn length(&self) -> Option<Length> {
        match self {
            Operand::Quantity(q) => q.length(),
            Operand::Length(length) => Some(*length),
            _ => None,
        }
    }

    /// The place that it names: lengths are counted from the start of the song.
    fn place(&self) -> Option<Place> {
        match self {
            Operand::Place(place) => Some(place.clone()),
            _ => self.length().map(|length| Place::default().plus(length)),
        }
    }

    fn curve(self) -> Option<Motion<Value>> {
        match self {
            Operand::Curve(motion) => Some(motion),
            Operand::Quantity(q) => Some(Motion::Hold(q.into())),
            Operand::Number(n) => Some(Motion::Hold(Value::Number(n, Unit::Plain))),
            _ => None,
        }
    }
}

/// Registers the operators.
pub(crate) fn register(engine: &mut Engine) {
    operators_of::<Quantity>(engine);
    operators_of::<Length>(engine);
    operators_of::<Place>(engine);
    operators_of::<Curve>(engine);
    engine.register_fn("-", |q: Quantity| Quantity { value: -q.value, ..q });
    engine.register_fn("-", |length: Length| length.times(-1.0));
    engine.register_fn("-", |curve: Curve| scaled(curve.0, -1.0));
    engine.register_fn("+", |q: Quantity| q);
    engine.register_fn("abs", |q: Quantity| Quantity { value: q.value.abs(), ..q });
    register_comparisons(engine);
}

type Operator = fn(Operand, Operand) -> Result<Dynamic, (Operand, Operand)>;

fn operators_of<T: Clone + Send + Sync + 'static>(engine: &mut Engine) {
    let all: [(&str, &'static str, Operator); 5] = [
        ("+", "added to", sum),
        ("-", "reckoned against", difference),
        ("*", "multiplied with", product),
        ("/", "divided by", quotient),
        ("..", "a span with", span),
    ];
    for (sign, words, reckon) in all {
        let run = move |a: Dynamic, b: Dynamic| -> Reckoned {
            let reckoned = reckon(Operand::of(a), Operand::of(b));
            within_bounds(reckoned.map_err(|(a, b)| raise(senseless(&a, words, &b)))?)
        };
        engine.register_fn(sign, move |a: T, b: Dynamic| run(Dynamic::from(a), b));
        engine.register_fn(sign, move |a: INT, b: T| run(a.into(), Dynamic::from(b)));
        engine.register_fn(sign, move |a: FLOAT, b: T| run(a.into(), Dynamic::from(b)));
    }
}

/// A curve that grows in a loop must not fill the memory, nor nest deeper than a stack can follow.
fn within_bounds(result: Dynamic) -> Reckoned {
    match result.read_lock::<Curve>().and_then(|curve| oversized(&curve.0)) {
        Some(wrong) => Err(raise(wrong)),
        None => Ok(result),
    }
}

fn senseless(a: &Operand, words: &str, b: &Operand) -> Diagnostic {
    let error = Diagnostic::error(format!("{} cannot be {words} {}", a.words(), b.words()));
    match (a, b) {
        (Operand::Number(n), Operand::Quantity(q)) | (Operand::Quantity(q), Operand::Number(n)) => {
            let word = crate::units::UNITS.iter().find(|(_, unit, f)| *unit == q.unit && *f == 1.0);
            match word {
                Some((word, ..)) => error.hint(format!("give the number its unit: `{n}.{word}`")),
                None => error,
            }
        }
        (Operand::Place(_), Operand::Number(n)) | (Operand::Number(n), Operand::Place(_)) => {
            error.hint(format!("say how long: `{n}.bars`, `{n}.beats` or `{n}.s`"))
        }
        _ => error,
    }
}

fn sum(a: Operand, b: Operand) -> Result<Dynamic, (Operand, Operand)> {
    if matches!(a, Operand::Curve(_)) || matches!(b, Operand::Curve(_)) {
        return curves(a, b, 1.0);
    }
    match (&a, &b) {
        (Operand::Quantity(x), Operand::Quantity(y)) => {
            if let Some(unit) = unit_of_sum(x.unit, y.unit) {
                let (x, y) = (x.in_unit(unit), y.in_unit(unit));
                return Ok(Dynamic::from(Quantity { value: x + y, unit }));
            }
        }
        (Operand::Place(place), _) if b.length().is_some() => {
            let by = b.length().unwrap_or_default();
            return Ok(Dynamic::from(place.clone().plus(by)));
        }
        _ => {}
    }
    match (a.length(), b.length()) {
        (Some(x), Some(y)) => Ok(Dynamic::from(x.plus(y))),
        _ => Err((a, b)),
    }
}

fn difference(a: Operand, b: Operand) -> Result<Dynamic, (Operand, Operand)> {
    if matches!(a, Operand::Curve(_)) || matches!(b, Operand::Curve(_)) {
        return curves(a, b, -1.0);
    }
    match (&a, &b) {
        (Operand::Quantity(x), Operand::Quantity(y)) => {
            if let Some((unit, step)) = unit_of_difference(x.unit, y.unit) {
                let (x, y) = (x.in_unit(unit), y.in_unit(unit));
                return Ok(Dynamic::from(Quantity { value: x - y, unit: step }));
            }
        }
        (Operand::Place(x), Operand::Place(y)) if x.from == y.from => {
            return Ok(Dynamic::from(x.plus.plus(y.plus.times(-1.0))));
        }
        (Operand::Place(place), _) if b.length().is_some() => {
            let by = b.length().unwrap_or_default();
            return Ok(Dynamic::from(place.clone().plus(by.times(-1.0))));
        }
        _ => {}
    }
    match (a.length(), b.length()) {
        (Some(x), Some(y)) => Ok(Dynamic::from(x.plus(y.times(-1.0)))),
        _ => Err((a, b)),
    }
}

fn product(a: Operand, b: Operand) -> Result<Dynamic, (Operand, Operand)> {
    match (a, b) {
        (Operand::Number(n), thing) | (thing, Operand::Number(n)) => match thing {
            Operand::Quantity(q) => Ok(Dynamic::from(Quantity { value: q.value * n, ..q })),
            Operand::Length(length) => Ok(Dynamic::from(length.times(n))),
            Operand::Curve(motion) => Ok(Dynamic::from(scaled(motion, n))),
            other => Err((other, Operand::Number(n))),
        },
        other => Err(other),
    }
}

fn quotient(a: Operand, b: Operand) -> Result<Dynamic, (Operand, Operand)> {
    match (a, b) {
        (a, Operand::Number(n)) if n != 0.0 => product(a, Operand::Number(1.0 / n)),
        (Operand::Quantity(x), Operand::Quantity(y)) => match y.unit.factor_to(x.unit) {
            Some(factor) if y.value != 0.0 => Ok(Dynamic::from(x.value / (y.value * factor))),
            _ => Err((Operand::Quantity(x), Operand::Quantity(y))),
        },
        other => Err(other),
    }
}

fn span(a: Operand, b: Operand) -> Result<Dynamic, (Operand, Operand)> {
    if let (Operand::Quantity(x), Operand::Quantity(y)) = (&a, &b) {
        let measure_the_same = x.unit.factor_to(y.unit).is_some() || y.unit.factor_to(x.unit).is_some();
        if measure_the_same || x.length().is_some() && y.length().is_some() {
            return Ok(Dynamic::from(Range { from: *x, to: *y }));
        }
    }
    match (a.place(), b.place()) {
        (Some(from), Some(to)) => Ok(Dynamic::from(Span { from, to })),
        _ => Err((a, b)),
    }
}

fn curves(a: Operand, b: Operand, sign: f64) -> Result<Dynamic, (Operand, Operand)> {
    if matches!(a, Operand::Length(_) | Operand::Place(_) | Operand::Other(_))
        || matches!(b, Operand::Length(_) | Operand::Place(_) | Operand::Other(_))
    {
        return Err((a, b));
    }
    let (Some(a), Some(b)) = (a.curve(), b.curve()) else {
        unreachable!("what is no curve and no number was refused above")
    };
    let b = if sign < 0.0 { scaled(b, sign).0 } else { b };
    let all = [a, b].into_iter().flat_map(|part| match part {
        Motion::Sum(parts) => parts,
        other => vec![other],
    });
    Ok(Dynamic::from(Curve(Motion::Sum(all.collect()))))
}

/// A curve times a factor; a factor of a factor is one factor.
fn scaled(motion: Motion<Value>, factor: f64) -> Curve {
    Curve(match motion {
        Motion::Scaled(inner, before) => Motion::Scaled(inner, before * factor),
        other => Motion::Scaled(Box::new(other), factor),
    })
}

/// Levels that say where a thing stands take steps, but not each other; everything else adds to its own kind.
fn unit_of_sum(a: Unit, b: Unit) -> Option<Unit> {
    match (a, b) {
        (Unit::Lufs, Unit::Lu | Unit::Db) | (Unit::Lu | Unit::Db, Unit::Lufs) => Some(Unit::Lufs),
        (Unit::Dbtp, Unit::Lu | Unit::Db) | (Unit::Lu | Unit::Db, Unit::Dbtp) => Some(Unit::Dbtp),
        (Unit::Lufs, Unit::Lufs) | (Unit::Dbtp, Unit::Dbtp) => None,
        _ => b.factor_to(a).map(|_| a),
    }
}

/// The unit in which both are taken, and that of what lies between them.
fn unit_of_difference(a: Unit, b: Unit) -> Option<(Unit, Unit)> {
    match (a, b) {
        (Unit::Lufs, Unit::Lufs) => Some((Unit::Lufs, Unit::Lu)),
        (Unit::Dbtp, Unit::Dbtp) => Some((Unit::Dbtp, Unit::Db)),
        (Unit::Lufs, Unit::Lu | Unit::Db) => Some((Unit::Lufs, Unit::Lufs)),
        (Unit::Dbtp, Unit::Lu | Unit::Db) => Some((Unit::Dbtp, Unit::Dbtp)),
        (Unit::Lu | Unit::Db, Unit::Lufs | Unit::Dbtp) => None,
        _ => b.factor_to(a).map(|_| (a, a)),
    }
}

impl Quantity {
    /// The number in a unit that measures the same; levels and steps of levels are both in decibels.
    fn in_unit(self, unit: Unit) -> f64 {
        self.value * self.unit.factor_to(unit).unwrap_or(1.0)
    }
}

fn register_comparisons(engine: &mut Engine) {
    type Holds = fn(Ordering) -> bool;
    let all: [(&str, Holds); 4] =
        [("<", Ordering::is_lt), ("<=", Ordering::is_le), (">", Ordering::is_gt), (">=", Ordering::is_ge)];
    for (sign, holds) in all {
        engine.register_fn(sign, move |a: Quantity, b: Dynamic| -> Result<bool, Box<EvalAltResult>> {
            compared(a, Operand::of(b)).map(holds)
        });
        engine.register_fn(sign, move |a: INT, b: Quantity| -> Result<bool, Box<EvalAltResult>> {
            Err(raise(senseless(&Operand::Number(a as f64), "compared with", &Operand::Quantity(b))))
        });
        engine.register_fn(sign, move |a: FLOAT, b: Quantity| -> Result<bool, Box<EvalAltResult>> {
            Err(raise(senseless(&Operand::Number(a), "compared with", &Operand::Quantity(b))))
        });
    }
    engine.register_fn("==", |a: Quantity, b: Quantity| same(a, b));
    engine.register_fn("!=", |a: Quantity, b: Quantity| !same(a, b));
    engine.register_fn("==", |a: Length, b: Length| a == b);
    engine.register_fn("!=", |a: Length, b: Length| a != b);
    engine.register_fn("==", |a: Place, b: Place| a == b);
    engine.register_fn("!=", |a: Place, b: Place| a != b);
}

fn same(a: Quantity, b: Quantity) -> bool {
    b.unit.factor_to(a.unit).is_some_and(|factor| a.value == b.value * factor)
}

fn compared(a: Quantity, b: Operand) -> Result<Ordering, Box<EvalAltResult>> {
    if let Operand::Quantity(q) = &b
        && let Some(factor) = q.unit.factor_to(a.unit)
    {
        return Ok(a.value.total_cmp(&(q.value * factor)));
    }
    Err(raise(senseless(&Operand::Quantity(a), "compared with", &b)))
}
