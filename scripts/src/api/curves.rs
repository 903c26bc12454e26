//! Curves: `curve(x).step(at, y).line(at, y).ease(at, y).exp(at, y)`, later ones, and their drawing.
//!
//! The values of a curve keep the units that they were written in until a parameter takes the curve.

use crate::{
    api::places::{first, place_words},
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::Draft,
    draw,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{Motion, MotionPoint},
};
use mixwright_nodes::{curve::Shape, params::Value, unit::Unit};
use rhai::Dynamic;

/// A curve as a script holds it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curve(pub(crate) Motion<Value>);

/// A curve has no more points than rhai lets an array have entries.
const MOST_POINTS: usize = 20_000;
/// Sums of shifted sums beyond this serve no mix.
const DEEPEST: usize = 32;

/// Registers the words for curves.
pub(crate) fn register(book: &mut Book<'_>) {
    book.engine.register_type_with_name::<Curve>("Curve");
    let draft = book.draft.clone();
    book.engine.register_fn("to_string", move |curve: &mut Curve| {
        draw::drawn(&curve.0, &crate::draft::lock(&draft).song)
    });
    book.function("curve(start)", 1..=1, |draft, args| {
        let start = draft.heed_argument(0, worth("curve", &Arg::of(first(args))));
        Dynamic::from(Curve(Motion::Points(start.unwrap_or(nothing()), Vec::new())))
    });
    let shapes = [
        ("step(place, value)", Shape::Step),
        ("line(place, value)", Shape::Line),
        ("ease(place, value)", Shape::Ease),
        ("exp(place, value)", Shape::Exp),
    ];
    for (usage, shape) in shapes {
        book.verb::<Curve>(Of::Free, usage, 2..=2, move |draft, curve, args| {
            Dynamic::from(Curve(draft.led_on(curve.0, shape, args)))
        });
    }
    book.verb::<Curve>(Of::Free, "later(length)", 1..=1, |draft, curve, args| {
        let by = draft.heed_argument(0, args::length("later", &Arg::of(first(args)))).unwrap_or_default();
        let later = match curve.0 {
            Motion::Shifted(inner, before) => Motion::Shifted(inner, before.plus(by)),
            other => Motion::Shifted(Box::new(other), by),
        };
        match oversized(&later) {
            Some(wrong) => draft.report(wrong),
            None => return Dynamic::from(Curve(later)),
        }
        Dynamic::from(Curve(Motion::Hold(nothing())))
    });
}

fn nothing() -> Value {
    Value::Number(0.0, Unit::Plain)
}

/// What is wrong with a curve of too many parts.
pub(crate) fn oversized(motion: &Motion<Value>) -> Option<Diagnostic> {
    if args::points(motion) > MOST_POINTS {
        return Some(Diagnostic::error(format!("a curve has at most {MOST_POINTS} points")));
    }
    (depth(motion) > DEEPEST)
        .then(|| Diagnostic::error(format!("a curve is made of at most {DEEPEST} layers")))
}

fn depth(motion: &Motion<Value>) -> usize {
    match motion {
        Motion::Sum(all) => 1 + all.iter().map(depth).max().unwrap_or(0),
        Motion::Scaled(inner, _) | Motion::Shifted(inner, _) => 1 + depth(inner),
        _ => 1,
    }
}

/// A value that a curve can go through.
pub(crate) fn worth(what: &str, arg: &Arg) -> Result<Value, Diagnostic> {
    match arg {
        Arg::Plain(value @ Value::Number(..)) => Ok(value.clone()),
        Arg::Plain(Value::Text(word)) if word == "off" => Ok(Value::Text(word.clone())),
        Arg::Plain(Value::Text(text)) if crate::units::parse(text).is_some() => Ok(Value::Text(text.clone())),
        other => Err(args::unfit(what, "a value such as `-6.db`, or \"off\"", other)),
    }
}

impl Draft {
    fn led_on(&mut self, curve: Motion<Value>, shape: Shape, args: Args) -> Motion<Value> {
        let word = match shape {
            Shape::Step => "step",
            Shape::Line => "line",
            Shape::Ease => "ease",
            Shape::Exp => "exp",
        };
        let [at, value] = super::places::both(args);
        let (at, value) =
            (self.heed_argument(0, args::place(word, &at)), self.heed_argument(1, worth(word, &value)));
        let (start, mut points) = match curve {
            Motion::Points(start, points) => (start, points),
            other => {
                let error = Diagnostic::error(format!("`{word}` goes on from a curve of points"));
                self.report(error.hint("begin with `curve(…)`; add other curves to it with `+`"));
                return other;
            }
        };
        if points.len() == MOST_POINTS {
            self.report(Diagnostic::error(format!("a curve has at most {MOST_POINTS} points")));
        } else if let Some((at, value)) = at.zip(value) {
            if let Some(last) = points.last().filter(|last| at.surely_before(&last.at)) {
                let words =
                    format!("{} lies before {}, where the curve is", place_words(&at), place_words(&last.at));
                let error =
                    Diagnostic::error(words).hint("the points of a curve are written in order of time");
                let _: Option<()> = self.heed_argument(0, Err(error));
                return Motion::Points(start, points);
            }
            points.push(MotionPoint { at, value, shape, origin: self.here() });
        }
        Motion::Points(start, points)
    }
}
