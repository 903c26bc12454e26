//! Calls and properties that there are not: misspelt verbs and units, and verbs called with what they do not take.

use super::{Known, lower, source};
use crate::resolver::constant_of;
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use mixwright_nodes::params::nearest;

/// A function that is not found, from Rhai's signature: `compres (Strip, map)`.
pub(super) fn unknown(signature: &str, here: &Origin, known: &Known) -> Diagnostic {
    let (name, args) = signature.split_once(" (").unwrap_or((signature, ""));
    let args: Vec<&str> = args.trim_end_matches(')').split(", ").filter(|arg| !arg.is_empty()).collect();
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return operator(name, &args);
    }
    if name.starts_with("anon$") {
        return Diagnostic::error(format!(
            "the closure is called with {}, but takes another number of values",
            list(&args)
        ));
    }
    if let Some(constant) = constant_of(name) {
        return Diagnostic::error(format!(
            "`global::{constant}` has no value before its file is read to the end"
        ))
        .hint("call the function from another function or from the importing script");
    }
    if known.is_unit(name) && args.first().is_some_and(|arg| is_number(arg)) {
        return Diagnostic::error(format!("`{name}` is a unit, not a function"))
            .hint(format!("write `6.{name}`, without `()`"));
    }
    if known.is_verb(name) {
        return Diagnostic::error(format!("`{name}` does not work with {}", list(&args)));
    }
    let (before, _) = source::around(here, known);
    let what = if before.trim_end().ends_with('.') { "verb" } else { "function" };
    misspelt(Diagnostic::error(format!("there is no {what} `{name}`")), name, &known.verbs)
}

fn operator(name: &str, args: &[&str]) -> Diagnostic {
    match args {
        [left, right] => {
            Diagnostic::error(format!("`{name}` does not work between {} and {}", kind(left), kind(right)))
        }
        _ => Diagnostic::error(format!("`{name}` does not work with {}", list(args))),
    }
}

/// A property that is not there, from Rhai's words.
pub(super) fn property(words: &str, known: &Known) -> Diagnostic {
    let mut quoted = words.split('\'').skip(1).step_by(2);
    let (Some(name), Some(of)) = (quoted.next(), quoted.next()) else {
        return Diagnostic::error(lower(words));
    };
    if words.starts_with("No writable") {
        let error = Diagnostic::error(format!("`{name}` of {} cannot be set with `=`", kind(of)));
        return if known.is_verb(name) { error.hint(format!("write `.{name}(…)`")) } else { error };
    }
    if is_number(of) {
        let error = Diagnostic::error(format!("no unit `{name}`"));
        return match otherwise(name).filter(|unit| known.is_unit(unit)) {
            Some(unit) => error.hint(format!("did you mean `{unit}`?")),
            None => misspelt(error, name, &known.units),
        };
    }
    let error = Diagnostic::error(format!("{} has no `{name}`", kind(of)));
    if known.is_unit(name) {
        return error.hint("a value has one unit");
    }
    if known.is_verb(name) {
        error.hint(format!("write `.{name}(…)`"))
    } else {
        misspelt(error, name, &known.verbs)
    }
}

/// The unit that is called otherwise elsewhere.
fn otherwise(name: &str) -> Option<&'static str> {
    Some(match name {
        "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "mins" | "minute" | "minutes" => "min",
        "hertz" => "hz",
        "k" | "kilohertz" => "khz",
        "decibel" | "decibels" | "dbfs" => "db",
        "lkfs" => "lufs",
        "pct" | "per_cent" => "percent",
        "l" => "left",
        "r" => "right",
        _ => return None,
    })
}

fn misspelt(error: Diagnostic, name: &str, known: &[String]) -> Diagnostic {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if known.len() <= 30 && !known.is_empty() => error.hint(format!("known: {}", known.join(", "))),
        None => error,
    }
}

fn is_number(kind: &str) -> bool {
    matches!(kind, "i64" | "f64")
}

fn list(args: &[&str]) -> String {
    let args: Vec<_> = args.iter().map(|arg| kind(arg)).collect();
    match args.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// What a type is called in messages.
pub(super) fn kind(name: &str) -> String {
    let word = match name.trim() {
        "i64" | "f64" | "int" | "float" => "number",
        "()" => return "nothing".to_owned(),
        "array" => "list",
        "Fn" => "function",
        "bool" => return "`true` or `false`".to_owned(),
        text if text.contains("str") || text.contains("String") => "text",
        other => return article(&other.rsplit("::").next().unwrap_or(other).to_lowercase()),
    };
    article(word)
}

fn article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}
