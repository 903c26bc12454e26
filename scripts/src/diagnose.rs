//! Rhai's errors in the words of a mixing desk: the innermost place, the calls that led there, and what to write instead.

mod calls;
mod source;
mod syntax;

use crate::call::Passed;
use crate::resolver::Sources;
use crate::sandbox::{ENTRIES, MODULES, Spent, plain};
use crate::spot::Spot;
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use rhai::{Dynamic, EvalAltResult, Position};

/// What the script could have meant: names to compare with, and the texts that errors lie in.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The name of the main script in messages.
    pub file: String,
    /// The texts of all scripts, by the names of their files.
    pub sources: Sources,
    /// The verbs and functions that can be called, those of templates too.
    pub verbs: Vec<String>,
    /// The units that a number can have, as they are written behind its dot.
    pub units: Vec<String>,
}

impl Known {
    fn is_unit(&self, word: &str) -> bool {
        self.units.iter().any(|unit| unit == word)
    }

    fn is_verb(&self, word: &str) -> bool {
        self.verbs.iter().any(|verb| verb == word)
    }
}

/// What went wrong, for the author of the script.
pub fn diagnose(error: &EvalAltResult, known: &Known) -> Vec<Diagnostic> {
    let (inner, file, mut calls) = unwrap(error, &known.file);
    let mut here = origin(file, inner.position());
    // What native code says has no place of its own: it went wrong in the innermost call.
    if here.line == 0
        && let Some((call, _)) = calls.pop()
    {
        here = call;
    }
    let mut diagnostic = explain(inner, &here, known);
    if diagnostic.origin.is_none() {
        diagnostic = diagnostic.at(&here);
    }
    if let Some((at, written)) = passed(inner, &calls, known) {
        let origin = diagnostic.origin.replace(written).unwrap_or_default();
        diagnostic = diagnostic.label(&origin, "taken by this");
        calls.remove(at);
    }
    for (call, words) in calls.iter().rev() {
        diagnostic = diagnostic.label(call, words);
    }
    vec![shown(diagnostic)]
}

/// Where a setting is written that a template was given, in which of the calls that led to what is wrong with it.
fn passed(error: &EvalAltResult, calls: &[(Origin, String)], known: &Known) -> Option<(usize, Origin)> {
    let EvalAltResult::ErrorRuntime(value, _) = error else { return None };
    let setting = value.read_lock::<Passed>()?.setting.clone();
    calls.iter().enumerate().rev().find_map(|(at, (call, _))| {
        Some((at, Spot::setting(known.sources.get(&*call.file)?, call, &setting)?))
    })
}

/// The innermost error, the file that it lies in, and the places that led there, outermost first.
fn unwrap<'a>(
    mut error: &'a EvalAltResult,
    main: &'a str,
) -> (&'a EvalAltResult, &'a str, Vec<(Origin, String)>) {
    let mut file = main;
    let mut calls = Vec::new();
    loop {
        let (words, next, inside, at) = match error {
            EvalAltResult::ErrorInFunctionCall(name, inside, next, at) => (called(name), next, inside, at),
            EvalAltResult::ErrorInModule(inside, next, at) => ("imported here".to_owned(), next, inside, at),
            _ => return (error, file, calls),
        };
        calls.push((origin(file, *at), words));
        if !inside.is_empty() {
            file = inside;
        }
        error = next;
    }
}

fn called(name: &str) -> String {
    if name.starts_with("anon$") { "in this closure".to_owned() } else { format!("in this call of `{name}`") }
}

fn origin(file: &str, at: Position) -> Origin {
    let number = |place: Option<usize>| place.unwrap_or(0) as u32;
    Origin { file: file.into(), line: number(at.line()), column: number(at.position()) }
}

fn explain(error: &EvalAltResult, here: &Origin, known: &Known) -> Diagnostic {
    use EvalAltResult as E;
    match error {
        E::ErrorParsing(kind, _) => syntax::explain(kind, here, known),
        E::ErrorRuntime(value, _) => thrown(value),
        E::ErrorTerminated(token, _) => spent(token, here),
        E::ErrorFunctionNotFound(signature, _) => calls::unknown(signature, here, known),
        E::ErrorDotExpr(words, _) => calls::property(words, known),
        E::ErrorVariableNotFound(name, _) => syntax::undefined(name, here, known),
        E::ErrorModuleNotFound(alias, _) => Diagnostic::error(format!(
            "`{alias}` is out of sight here, as the function around it calls itself"
        ))
        .hint(format!("write the `import … as {alias};` within that function")),
        E::ErrorStackOverflow(_) => Diagnostic::error("functions call each other more than 32 deep")
            .hint("does a function call itself without an end?"),
        E::ErrorTooManyModules(_) => Diagnostic::error(format!("more than {MODULES} imports")),
        E::ErrorTooManyVariables(_) => {
            Diagnostic::error("more than 1000 variables").hint("keep many values in a list")
        }
        E::ErrorDataTooLarge(..) => too_large(error),
        E::ErrorAssignmentToConstant(name, _) => constant(name),
        E::ErrorNonPureMethodCallOnConstant(name, _) => {
            Diagnostic::error(format!("`{name}` would change a constant")).hint("declare it with `let`")
        }
        _ => simple(error),
    }
}

/// What needs no more than its own words.
fn simple(error: &EvalAltResult) -> Diagnostic {
    use EvalAltResult as E;
    Diagnostic::error(match error {
        E::ErrorPropertyNotFound(name, _) => format!("this map has no `{name}`"),
        E::ErrorArrayBounds(count, index, _) => {
            format!("the list has {count} entries, but `[{index}]` is asked for; the first is `[0]`")
        }
        E::ErrorStringBounds(count, index, _) => {
            format!("the text has {count} characters, but `[{index}]` is asked for")
        }
        E::ErrorMismatchDataType(wanted, given, _) | E::ErrorMismatchOutputType(wanted, given, _) => {
            format!("{} is wanted here, not {}", calls::kind(wanted), calls::kind(given))
        }
        E::ErrorIndexingType(kind, _) => format!("{} has no entries to take with `[…]`", calls::kind(kind)),
        E::ErrorFor(_) => "`for` goes over lists, maps and ranges, not over this".to_owned(),
        E::ErrorUnboundThis(_) => "`this` is only known in `fn Strip.name(…)`, called on a strip".to_owned(),
        E::ErrorDataRace(..) => "a closure uses the value that it is called on".to_owned(),
        E::ErrorArithmetic(words, _) => lower(words),
        _ => {
            let words = error.to_string();
            lower(words.split(" (line ").next().unwrap_or(&words))
        }
    })
}

fn thrown(value: &Dynamic) -> Diagnostic {
    let passed = value.read_lock::<Passed>().map(|passed| passed.error.clone());
    match passed.or_else(|| value.clone().try_cast::<Diagnostic>()) {
        Some(diagnostic) => diagnostic,
        None if value.is_string() => Diagnostic::error(value.to_string()),
        None => Diagnostic::error(format!("the script throws `{value}`")),
    }
}

fn spent(token: &Dynamic, here: &Origin) -> Diagnostic {
    let Some(spent) = token.clone().try_cast::<Spent>() else {
        return Diagnostic::error("the script was stopped");
    };
    let error = Diagnostic::error(spent.to_string());
    match spent {
        Spent::Operations(_) | Spent::Time(_) if here.line > 0 => {
            error.hint(format!("is a loop without end at line {}, or in what it calls?", here.line))
        }
        Spent::Operations(_) | Spent::Time(_) => error.hint("is there a loop without end?"),
        Spent::Memory(_) => error.hint("is something added to in a loop without end?"),
    }
}

fn too_large(error: &EvalAltResult) -> Diagnostic {
    let words = error.to_string();
    if words.contains("string") {
        Diagnostic::error("a text, or the texts of a value together, would be longer than 1 MiB")
    } else {
        let what = if words.contains("map") { "maps" } else { "lists" };
        Diagnostic::error(format!("a value would have more than {ENTRIES} entries in {what}"))
    }
}

fn constant(name: &str) -> Diagnostic {
    let what = if name.is_empty() { "this".to_owned() } else { format!("`{name}`") };
    Diagnostic::error(format!("{what} is a constant and cannot be set again")).hint("declare it with `let`")
}

/// Rhai's words in the style of ours.
fn lower(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().into_iter().flat_map(char::to_lowercase);
    first.chain(chars.map(|c| if c == '\'' { '`' } else { c })).collect()
}

/// The same with nothing in it that acts on a terminal.
fn shown(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.message = plain(&diagnostic.message);
    diagnostic.hints.iter_mut().for_each(|hint| *hint = plain(hint));
    diagnostic.labels.iter_mut().for_each(|(_, words)| *words = plain(words));
    diagnostic
}

#[cfg(test)]
mod tests;
