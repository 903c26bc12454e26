//! What a script gives a verb, as values with names: maps are checked, units are checked, near misses are named.

use crate::{
    api::{curves::Curve, places::Range, strips::Ear},
    bands::Band,
    draft::Strip,
    units::{self, Quantity},
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{Length, Motion, Place, Setting, Span, Tap},
};
use mixwright_nodes::{
    params::{Kind, ParamError, ParamInfo, Value, nearest},
    unit::{Db, Unit, written},
};
use rhai::{Dynamic, ImmutableString};

/// Deeper than this no setting is nested.
const DEEPEST: usize = 8;

/// A value of a script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arg {
    /// A number, a word or a switch.
    Plain(Value),
    /// A time in several measures.
    Length(Length),
    /// A place in the song.
    Place(Place),
    /// A stretch of the song.
    Span(Span),
    /// From a quantity to another.
    Range(Quantity, Quantity),
    /// A strip's handle.
    Strip(Strip),
    /// A place in a strip.
    Ear(Tap),
    /// A curve.
    Curve(Motion<Value>),
    /// A band of an equaliser, with its settings.
    Band(Vec<(String, Arg)>),
    /// Several values.
    List(Vec<Arg>),
    /// Named values.
    Map(Vec<(String, Arg)>),
    /// Nothing: as if it were not given.
    Nothing,
    /// Something that no verb takes, by the name of its type.
    Other(String),
}

impl Arg {
    /// Reads a value of a script.
    pub(crate) fn of(value: Dynamic) -> Arg {
        Arg::within(value, 0)
    }

    fn within(value: Dynamic, depth: usize) -> Arg {
        let value = value.flatten();
        if depth > DEEPEST {
            return Arg::Other("deeply nested values".to_owned());
        }
        if value.is_array() {
            let list = value.into_array().unwrap_or_default();
            return Arg::List(list.into_iter().map(|entry| Arg::within(entry, depth + 1)).collect());
        }
        if value.is_map() {
            let map = value.try_cast::<rhai::Map>().unwrap_or_default();
            let entries =
                map.into_iter().map(|(name, value)| (name.to_string(), Arg::within(value, depth + 1)));
            return Arg::Map(entries.filter(|(_, arg)| *arg != Arg::Nothing).collect());
        }
        Arg::plain(&value)
            .or_else(|| Arg::own(&value))
            .unwrap_or_else(|| Arg::Other(value.type_name().to_owned()))
    }

    fn plain(value: &Dynamic) -> Option<Arg> {
        if value.is_unit() {
            return Some(Arg::Nothing);
        }
        if let Ok(on) = value.as_bool() {
            return Some(Arg::Plain(Value::Switch(on)));
        }
        if let Ok(number) = value.as_int() {
            return Some(Arg::Plain(Value::Number(number as f64, Unit::Plain)));
        }
        if let Ok(number) = value.as_float() {
            return Some(Arg::Plain(Value::Number(number, Unit::Plain)));
        }
        let text = value.read_lock::<ImmutableString>()?;
        Some(Arg::Plain(Value::Text(text.to_string())))
    }

    /// The types that this language adds to rhai's.
    fn own(value: &Dynamic) -> Option<Arg> {
        fn a<T: Clone + Send + Sync + 'static>(value: &Dynamic) -> Option<T> {
            value.read_lock::<T>().map(|held| held.clone())
        }
        if let Some(quantity) = a::<Quantity>(value) {
            return Some(Arg::Plain(quantity.into()));
        }
        let place = a::<Length>(value).map(Arg::Length).or_else(|| a::<Place>(value).map(Arg::Place));
        let span =
            || a::<Span>(value).map(Arg::Span).or_else(|| a(value).map(|r: Range| Arg::Range(r.from, r.to)));
        let strip =
            || a::<Strip>(value).map(Arg::Strip).or_else(|| a::<Ear>(value).map(|ear| Arg::Ear(ear.0)));
        let curve = || a::<Curve>(value).map(|curve| Arg::Curve(curve.0));
        let section = || a(value).map(|s: crate::api::places::SectionHandle| Arg::Span(s.span));
        let band = || a::<Band>(value).map(|band| Arg::Band(band.0));
        place.or_else(span).or_else(strip).or_else(curve).or_else(section).or_else(band)
    }

    /// What it is, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Arg::Plain(Value::Number(value, Unit::Plain)) => format!("the bare number {value}"),
            Arg::Plain(Value::Number(value, unit)) => written(*value, *unit),
            Arg::Plain(value) => value.to_string(),
            Arg::Length(_) => "a length".to_owned(),
            Arg::Place(_) => "a place in the song".to_owned(),
            Arg::Span(_) => "a span".to_owned(),
            Arg::Range(..) => "a range".to_owned(),
            Arg::Strip(_) => "a strip".to_owned(),
            Arg::Ear(_) => "a place in a strip".to_owned(),
            Arg::Curve(_) => "a curve".to_owned(),
            Arg::Band(_) => "a band of an equaliser".to_owned(),
            Arg::List(list) => format!("a list of {}", list.len()),
            Arg::Map(_) => "a map".to_owned(),
            Arg::Nothing => "nothing".to_owned(),
            Arg::Other(name) if name.contains("Range") => "a range of bare numbers".to_owned(),
            Arg::Other(name) => format!("a value of type `{name}`"),
        }
    }

    /// What it is worth as a parameter's value, if no more than that.
    pub(crate) fn value(&self) -> Option<Value> {
        Some(match self {
            Arg::Plain(value) => value.clone(),
            Arg::Range(from, to) => Value::List(vec![(*from).into(), (*to).into()]),
            Arg::List(list) => Value::List(list.iter().map(Arg::value).collect::<Option<_>>()?),
            Arg::Map(map) | Arg::Band(map) => Value::Map(
                map.iter().map(|(name, arg)| Some((name.clone(), arg.value()?))).collect::<Option<_>>()?,
            ),
            _ => return None,
        })
    }
}

/// A refused value as an error with its advice.
pub(crate) fn refused(error: &ParamError) -> Diagnostic {
    let said = Diagnostic::error(error.to_string());
    match error.hint() {
        Some(hint) => said.hint(hint),
        None => said,
    }
}

/// The error of an unknown name: `` `compress` has no setting `treshold` ``.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> Diagnostic {
    let error = Diagnostic::error(format!("`{what}` has no setting `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if known.is_empty() => error.hint("it takes none"),
        None => {
            let list: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            error.hint(format!("known: {}", list.join(", ")))
        }
    }
}

/// The error of a value of the wrong kind.
pub(crate) fn unfit(what: &str, takes: &str, given: &Arg) -> Diagnostic {
    Diagnostic::error(format!("`{what}` takes {takes}, not {}", given.words()))
}

/// A text as a number, and `"off"` as the level of silence, where the parameter takes such.
pub(crate) fn understood(info: &ParamInfo, value: Value) -> Value {
    if let Value::List(list) = value {
        return Value::List(list.into_iter().map(|entry| understood(info, entry)).collect());
    }
    let (Value::Text(text), Some(unit)) = (&value, info.unit()) else {
        return value;
    };
    if text == "off" && unit == Unit::Db && info.min <= Db::OFF.0 {
        return Value::Number(Db::OFF.0, Unit::Db);
    }
    units::parse(text).map_or(value, Value::from)
}

/// A number in the unit of a parameter.
pub(crate) fn number(info: &ParamInfo, arg: &Arg) -> Result<f64, Diagnostic> {
    match arg {
        Arg::Plain(value) => info.number(&understood(info, value.clone())).map_err(|e| refused(&e)),
        other => Err(unfit(info.name, &info.wanted(), other)),
    }
}

/// A number or a curve in the unit of a parameter.
pub(crate) fn setting(info: &ParamInfo, arg: &Arg) -> Result<Setting, Diagnostic> {
    match arg {
        Arg::Curve(curve) => motion(info, curve).map(Setting::Moves),
        other => number(info, other).map(Setting::Is),
    }
}

/// A curve with its values in the unit of a parameter, and all within its range.
pub(crate) fn motion(info: &ParamInfo, curve: &Motion<Value>) -> Result<Motion, Diagnostic> {
    let mut boundless = *info;
    (boundless.min, boundless.max) = (f64::NEG_INFINITY, f64::INFINITY);
    let read = |value: &Value| boundless.number(&understood(info, value.clone()));
    let motion = curve
        .map(&mut |value: &Value| read(value))
        .map_err(|error| at_point(curve, |value| read(value).is_err(), refused(&error)))?;
    if let Some((low, high)) = extremes(&motion) {
        let unit = info.unit().unwrap_or(Unit::Plain);
        // What lies below silence is silence.
        let low = if unit == Unit::Db && info.min <= Db::OFF.0 { low.max(info.min) } else { low };
        for end in [low, high] {
            info.number(&Value::Number(end, unit))
                .map_err(|error| at_point(&motion, |value| *value == end, refused(&error)))?;
        }
    }
    Ok(motion)
}

/// What is wrong with a value of a curve, at the point that was given it. A sum has no point of its own.
fn at_point<V>(curve: &Motion<V>, is_wrong: impl Fn(&V) -> bool, wrong: Diagnostic) -> Diagnostic {
    match curve {
        Motion::Points(start, points) if !is_wrong(start) => {
            match points.iter().find(|point| is_wrong(&point.value)) {
                Some(point) => wrong.at(&point.origin),
                None => wrong,
            }
        }
        Motion::Shifted(inner, _) => at_point(inner, is_wrong, wrong),
        _ => wrong,
    }
}

/// The lowest and highest value that a curve can take; of a sum, as if its curves peaked together.
pub(crate) fn extremes(motion: &Motion) -> Option<(f64, f64)> {
    match motion {
        Motion::Hold(value) => Some((*value, *value)),
        Motion::Points(start, points) => {
            let all = points.iter().map(|point| point.value);
            Some(all.fold((*start, *start), |(low, high), v| (low.min(v), high.max(v))))
        }
        Motion::Lfo { between: (a, b), .. } | Motion::Follow { between: (a, b), .. } => {
            Some((a.min(*b), a.max(*b)))
        }
        Motion::Echo(_) => None,
        Motion::Sum(all) => all.iter().try_fold((0.0, 0.0), |(low, high), part| {
            let (l, h) = extremes(part)?;
            Some((low + l, high + h))
        }),
        Motion::Scaled(inner, factor) => {
            let (low, high) = extremes(inner)?;
            Some((low * factor).min(high * factor)).zip(Some((low * factor).max(high * factor)))
        }
        Motion::Shifted(inner, _) => extremes(inner),
    }
}

/// How many points a curve has.
pub(crate) fn points<V>(motion: &Motion<V>) -> usize {
    match motion {
        Motion::Points(_, points) => 1 + points.len(),
        Motion::Sum(all) => all.iter().map(points).sum(),
        Motion::Scaled(inner, _) | Motion::Shifted(inner, _) => points(inner),
        _ => 1,
    }
}

/// A text.
pub(crate) fn text(what: &str, arg: &Arg) -> Result<String, Diagnostic> {
    match arg {
        Arg::Plain(Value::Text(text)) => Ok(text.clone()),
        other => Err(unfit(what, "a text in quotes", other)),
    }
}

/// `true` or `false`.
pub(crate) fn switch(what: &str, arg: &Arg) -> Result<bool, Diagnostic> {
    match arg {
        Arg::Plain(Value::Switch(on)) => Ok(*on),
        other => Err(unfit(what, "`true` or `false`", other)),
    }
}

/// One of several words.
pub(crate) fn word<T: Copy>(what: &str, arg: &Arg, words: &[(&'static str, T)]) -> Result<T, Diagnostic> {
    let given = match arg {
        Arg::Plain(Value::Text(given)) => given,
        other => {
            let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            return Err(unfit(what, &format!("one of {}", list.join(", ")), other));
        }
    };
    words.iter().find(|(word, _)| word == given).map(|(_, meant)| *meant).ok_or_else(|| {
        let error = Diagnostic::error(format!("`{what}` cannot be \"{given}\""));
        match nearest(given, words.iter().map(|(word, _)| *word)) {
            Some(near) => error.hint(format!("did you mean \"{near}\"?")),
            None => {
                let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                error.hint(format!("known: {}", list.join(", ")))
            }
        }
    })
}

/// A whole number within bounds.
pub(crate) fn whole(what: &'static str, arg: &Arg, least: u32, most: u32) -> Result<u32, Diagnostic> {
    let info = ParamInfo::new(what, "", Kind::Number(Unit::Plain), (f64::from(least), f64::from(most)), true);
    let given = number(&info, arg)?;
    if given.fract() == 0.0 {
        Ok(given as u32)
    } else {
        Err(Diagnostic::error(format!("`{what}` takes a whole number, not {given}")))
    }
}

/// A length of time.
pub(crate) fn length(what: &str, arg: &Arg) -> Result<Length, Diagnostic> {
    let takes = "a length such as `2.beats` or `30.ms`";
    match arg {
        Arg::Length(length) => Ok(*length),
        Arg::Plain(Value::Number(0.0, Unit::Plain)) => Ok(Length::default()),
        Arg::Plain(Value::Text(text)) => match units::parse(text).and_then(Quantity::length) {
            Some(length) => Ok(length),
            None => Err(unfit(what, takes, arg)),
        },
        Arg::Plain(Value::Number(value, unit)) => {
            Quantity { value: *value, unit: *unit }.length().ok_or_else(|| unfit(what, takes, arg))
        }
        Arg::Span(span) if span.from.from == span.to.from => {
            Ok(span.to.plus.plus(span.from.plus.times(-1.0)))
        }
        other => Err(unfit(what, takes, other)),
    }
}

/// A place in the song: a length counts from its start.
pub(crate) fn place(what: &str, arg: &Arg) -> Result<Place, Diagnostic> {
    match arg {
        Arg::Place(place) => Ok(place.clone()),
        Arg::Span(_) => Err(unfit(what, "a place", arg).hint("say which of its ends: `.start` or `.end`")),
        other => length(what, other)
            .map(|length| Place::default().plus(length))
            .map_err(|_| unfit(what, "a place such as `bar(17)` or `12.s`", other)),
    }
}

/// A stretch of the song.
pub(crate) fn span(what: &str, arg: &Arg) -> Result<Span, Diagnostic> {
    let from_start = |quantity: &Quantity| quantity.length().map(|length| Place::default().plus(length));
    match arg {
        Arg::Span(span) => Some(span.clone()),
        Arg::Range(from, to) => from_start(from).zip(from_start(to)).map(|(from, to)| Span { from, to }),
        _ => None,
    }
    .ok_or_else(|| unfit(what, "a span such as `bar(5) .. bar(9)`", arg))
}
