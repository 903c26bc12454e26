//! Numbers in scripts: the same bits on every CPU, and a warning where whole numbers are divided with a rest.

use super::Notes;
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use rhai::{Engine, EvalAltResult, FLOAT, INT, NativeCallContext, Position};
use std::sync::{Arc, Mutex, PoisonError};

type Function = fn(FLOAT) -> FLOAT;

/// Overrides what Rhai takes from the system's mathematics, and the division of whole numbers.
pub(super) fn register(engine: &mut Engine, notes: &Arc<Mutex<Notes>>) {
    register_powers(engine);
    register_functions(engine);
    let divided = notes.clone();
    engine
        .register_fn("/", move |context: NativeCallContext, x: INT, y: INT| divide(&context, &divided, x, y));
    let divided = notes.clone();
    engine.register_fn("/=", move |context: NativeCallContext, x: &mut INT, y: INT| {
        divide(&context, &divided, *x, y).map(|quotient| *x = quotient)
    });
}

fn register_powers(engine: &mut Engine) {
    engine.register_fn("**", |x: FLOAT, y: FLOAT| libm::pow(x, y));
    engine.register_fn("**", |x: FLOAT, y: INT| libm::pow(x, y as FLOAT));
    engine.register_fn("**", |x: INT, y: FLOAT| libm::pow(x as FLOAT, y));
    engine.register_fn("**=", |x: &mut FLOAT, y: FLOAT| *x = libm::pow(*x, y));
    engine.register_fn("**=", |x: &mut FLOAT, y: INT| *x = libm::pow(*x, y as FLOAT));
}

fn register_functions(engine: &mut Engine) {
    let functions: [(&str, Function); 16] = [
        ("sin", libm::sin),
        ("cos", libm::cos),
        ("tan", libm::tan),
        ("sinh", libm::sinh),
        ("cosh", libm::cosh),
        ("tanh", libm::tanh),
        ("asin", libm::asin),
        ("acos", libm::acos),
        ("atan", libm::atan),
        ("asinh", libm::asinh),
        ("acosh", libm::acosh),
        ("atanh", libm::atanh),
        ("exp", libm::exp),
        ("ln", libm::log),
        ("log", libm::log10),
        ("sqrt", libm::sqrt),
    ];
    for (name, function) in functions {
        engine.register_fn(name, function);
        engine.register_fn(name, move |x: INT| function(x as FLOAT));
    }
    engine.register_fn("atan", libm::atan2);
    engine.register_fn("hypot", libm::hypot);
    engine.register_fn("log", |x: FLOAT, base: FLOAT| libm::log(x) / libm::log(base));
}

fn divide(
    context: &NativeCallContext,
    notes: &Mutex<Notes>,
    x: INT,
    y: INT,
) -> Result<INT, Box<EvalAltResult>> {
    let quotient = x.checked_div(y).ok_or_else(|| {
        let words = if y == 0 { "division by zero" } else { "the quotient is too large" };
        EvalAltResult::ErrorArithmetic(format!("{words}: {x} / {y}"), Position::NONE)
    })?;
    if x.checked_rem(y) != Some(0) {
        let warning =
            Diagnostic::warning(format!("`{x} / {y}` is {quotient}: whole numbers divide without a rest"))
                .hint(format!("write `{x}.0 / {y}`"));
        notes.lock().unwrap_or_else(PoisonError::into_inner).warn(&place(context), warning);
    }
    Ok(quotient)
}

fn place(context: &NativeCallContext) -> Origin {
    let at = context.call_position();
    Origin {
        file: context.call_source().unwrap_or_default().into(),
        line: at.line().unwrap_or(0) as u32,
        column: at.position().unwrap_or(0) as u32,
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::{Limits, Sandbox};

    #[test]
    fn the_bits_are_those_of_libm() {
        let sandbox = Sandbox::new(Limits::default());
        let run = |script: &str| sandbox.engine.eval::<f64>(script).unwrap();
        assert_eq!(run("440.0 * 2.0 ** (7.0 / 12.0)"), 440.0 * libm::pow(2.0, 7.0 / 12.0));
        assert_eq!(run("let x = 1.1; x **= 0.3; x"), libm::pow(1.1, 0.3));
        assert_eq!(run("1.1 ** 7"), libm::pow(1.1, 7.0));
        assert_eq!(run("2 ** 0.5"), libm::pow(2.0, 0.5));
        assert_eq!(
            run("sin(0.7) + ln(3.0) + exp(1) + log(5.0) + hypot(1.0, 2.0)"),
            libm::sin(0.7) + libm::log(3.0) + libm::exp(1.0) + libm::log10(5.0) + libm::hypot(1.0, 2.0)
        );
        assert_eq!(sandbox.engine.eval::<i64>("2 ** 10").unwrap(), 1024);
    }

    #[test]
    fn a_lost_rest_is_noticed_once_for_each_place() {
        let sandbox = Sandbox::new(Limits::default());
        let script = "let x = 0;\nfor i in 1..9 { x = 7 / 2; }\nx /= 2; x = 8 / 4; x = 7.0 / 2; x";
        assert_eq!(sandbox.engine.eval::<f64>(script).unwrap(), 3.5);
        let notes = sandbox.take_notes();
        let places: Vec<_> = notes
            .warnings
            .iter()
            .map(|w| (w.origin.as_ref().map_or(0, |o| o.line), w.message.as_str()))
            .collect();
        assert_eq!(
            places,
            [
                (2, "`7 / 2` is 3: whole numbers divide without a rest"),
                (3, "`3 / 2` is 1: whole numbers divide without a rest"),
            ]
        );
        assert!(sandbox.engine.eval::<i64>("1 / 0").is_err());
    }
}
