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
    if let Some(lost) = lost(name, args.len(), here, known) {
        return lost;
    }
    let (before, _) = source::around(here, known);
    let is_call_on = before.trim_end().ends_with('.');
    if let Some(wrong) = elsewhere(name, &args, is_call_on, known) {
        return wrong;
    }
    let what = if is_call_on { "verb" } else { "function" };
    let error = Diagnostic::error(format!("there is no {what} `{name}`"));
    if is_call_on && name == "master" {
        return error.hint("the master is a property, without `()`: `song.master.compress(…)`");
    }
    match verb_otherwise(name).filter(|verb| is_call_on && known.is_verb(verb)) {
        Some(verb) => error.hint(format!("did you mean `{verb}`?")),
        None => misspelt(error, name, &known.verbs),
    }
}

/// The verb for what is called otherwise on other desks.
fn verb_otherwise(name: &str) -> Option<&'static str> {
    Some(match name {
        "volume" | "vol" | "level" => "fader",
        "gain" | "input" => "trim",
        "panning" | "balance_to" => "pan",
        "compressor" | "comp" => "compress",
        "limiter" => "limit",
        "gating" | "noise_gate" => "gate",
        "hpf" | "low_cut" | "lowcut" | "highpass" => "high_pass",
        "lpf" | "high_cut" | "highcut" | "lowpass" => "low_pass",
        "equalizer" | "equaliser" => "eq",
        "distort" | "distortion" | "overdrive" | "drive" => "saturate",
        "echo" => "delay",
        "deesser" | "de_ess" => "deess",
        "sidechain" | "ducking" => "duck",
        "output" | "route" | "bus_to" => "to",
        "phase" | "flip" | "polarity" => "invert",
        _ => return None,
    })
}

/// A function that its own file defines, and that rhai does not find all the same: it keeps a template that calls itself
/// apart from its file, with those functions alone that it has met before.
fn lost(name: &str, given: usize, here: &Origin, known: &Known) -> Option<Diagnostic> {
    let own = source::signatures(name, Some(&here.file), known);
    let is_there = own.iter().any(|function| !function.is_verb && function.count() == given);
    (is_there && *here.file != *known.file).then(|| {
        Diagnostic::error(format!("`{name}` is out of sight here, as the function around it calls itself"))
            .hint(format!("call `{name}` at the start of that function, not only in a branch of it"))
    })
}

/// What there is, but not for this or not with so many arguments.
fn elsewhere(name: &str, args: &[&str], is_call_on: bool, known: &Known) -> Option<Diagnostic> {
    let given = if is_call_on { args.get(1..).unwrap_or_default() } else { args };
    let written = source::signatures(name, None, known);
    if !written.is_empty() && written.iter().all(|function| function.count() != given.len()) {
        let usages: Vec<_> =
            written.iter().map(|function| format!("`{name}({})`", function.arguments)).collect();
        let given = match given.len() {
            0 => "nothing".to_owned(),
            1 => "one value".to_owned(),
            n => format!("{n} values"),
        };
        let error = Diagnostic::error(format!("`{name}` cannot take {given}"));
        return Some(error.hint(format!("write {}", usages.join(" or "))));
    }
    known.is_verb(name).then(|| {
        let error = Diagnostic::error(format!("`{name}` does not work with {}", list(args)));
        match args.first().map(|kind| kind.rsplit("::").next().unwrap_or(kind)) {
            Some("Song") if is_call_on => error
                .hint(format!("it is a verb of strips: for all that is heard write `song.master.{name}(…)`")),
            Some("array") if is_call_on => error
                .hint(format!("it is a verb of one strip: write `for strip in … {{ strip.{name}(…); }}`")),
            _ => error,
        }
    })
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
        return if known.is_verb(name) {
            error.hint(format!("write `.{name}(…)`"))
        } else if of.ends_with("Song") {
            error.hint(format!("say it where the song is declared: `song(title, #{{ {name}: … }})`"))
        } else {
            error
        };
    }
    if is_number(of) {
        let error = Diagnostic::error(format!("no unit `{name}`"));
        if name == "bar" || name == "beat" {
            return error.hint("a place is `bar(5)`, and a length is `5.bars` or `2.beats`");
        }
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
