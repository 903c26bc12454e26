//! What cannot be parsed, and what it was probably meant to be.

use super::{Known, constant, lower, source};
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use mixwright_nodes::params::nearest;
use rhai::{LexError, ParseErrorType};

/// Words that Rhai keeps for itself.
const RESERVED: &str = "as async await break call case catch const continue debug default do else eval exit export fn for go \
    if import in is let loop match module new null print return shared static sync thread this throw use while with";

/// Words that this language says instead of reserved ones.
const INSTEAD: [(&str, &str); 3] = [("in", "fade_in"), ("loop", "repeat"), ("match", "reference")];

/// A syntax error at a place.
pub(super) fn explain(kind: &ParseErrorType, here: &Origin, known: &Known) -> Diagnostic {
    use ParseErrorType as P;
    match kind {
        P::BadInput(error) => input(error),
        P::MissingToken(token, words) => missing(token, words, here, known),
        P::VariableUndefined(name) => undefined(name, here, known),
        P::Reserved(word) => reserved(word),
        P::VariableExpected | P::PropertyExpected | P::ForbiddenVariable(_) => {
            name_expected(kind, here, known)
        }
        P::ModuleUndefined(name) => Diagnostic::error(format!("nothing is imported as `{name}`"))
            .hint(format!("write `import \"…\" as {name};` first")),
        P::UnexpectedEOF => {
            Diagnostic::error("the script ends too early").hint("is a `}`, `]` or `)` missing?")
        }
        P::ExprTooDeep => Diagnostic::error("this expression nests more than 256 deep")
            .hint("give its parts names with `let`"),
        P::TooManyFunctions => Diagnostic::error("more than 1000 functions"),
        P::AssignmentToConstant(name) => constant(name),
        P::DuplicatedProperty(name) => Diagnostic::error(format!("`{name}` is given twice in this map")),
        P::FnDuplicatedDefinition(name, count) => {
            Diagnostic::error(format!("`{name}` with {count} arguments is defined twice"))
                .hint("rename one of them")
        }
        _ => Diagnostic::error(lower(&kind.to_string())),
    }
}

fn input(error: &LexError) -> Diagnostic {
    match error {
        LexError::ImproperSymbol(symbol, _) if symbol == "=" => {
            Diagnostic::error("`=` sets a value and cannot stand here").hint("a comparison is written `==`")
        }
        LexError::ImproperSymbol(symbol, words) if words.ends_with("is disabled") => {
            Diagnostic::error(format!("there is no `{symbol}`"))
        }
        LexError::UnterminatedString => Diagnostic::error("this text has no closing quote"),
        LexError::MalformedChar(text) => {
            Diagnostic::error(format!("`'{text}'` is no single character")).hint(format!("write \"{text}\""))
        }
        LexError::UnexpectedInput(text) => {
            let error = Diagnostic::error(format!("`{text}` does not belong here"));
            match &**text {
                "." => error.hint("a verb goes on with what stands before it: no `;` may lie between"),
                _ => error,
            }
        }
        _ => Diagnostic::error(lower(&error.to_string())),
    }
}

fn missing(token: &str, words: &str, here: &Origin, known: &Known) -> Diagnostic {
    let (before, after) = source::around(here, known);
    let written = before.trim_end();
    let (number, word) = (source::number(written), source::word(after));
    if !number.is_empty() && known.is_unit(word) {
        let blanks = &before[written.len()..];
        let back = number.chars().chain(blanks.chars()).count() as u32;
        let start = Origin { column: here.column - back, ..here.clone() };
        return Diagnostic::error(format!("`{number}{blanks}{word}` is no number"))
            .at(&start)
            .hint(format!("write `{number}.{word}`"));
    }
    if token == ";" {
        return unfinished(here, known);
    }
    if is_reserved(word) {
        return reserved(word);
    }
    if token == ","
        && let Some((end, within)) = within(words)
    {
        return Diagnostic::error(format!("a `,` or `{end}` is missing in this {within}"));
    }
    let error = Diagnostic::error(format!("a `{token}` is missing {}", lower(words)));
    if token == ":" && after.starts_with('=') {
        error.hint("the settings of a map are written `name: value`")
    } else if token == "}" && after.starts_with(':') && !number.is_empty() {
        error.hint(format!("a ratio is written `{number}`, without the `:1`"))
    } else {
        error
    }
}

/// What entries that are not parted stand in, and the bracket that would end it.
fn within(words: &str) -> Option<(char, String)> {
    if words.ends_with("array literal") {
        return Some((']', "list".to_owned()));
    }
    if words.ends_with("map literal") {
        return Some(('}', "map".to_owned()));
    }
    let (_, name) = words.split_once("function call ")?;
    Some((')', format!("call of `{}`", name.trim_matches(['\'', '`']))))
}

/// Rhai points at what comes after a statement without its `;`, mostly a line further down.
fn unfinished(here: &Origin, known: &Known) -> Diagnostic {
    match source::end_before(here, known) {
        Some(end) => Diagnostic::error("a `;` is missing")
            .at(&end)
            .hint(format!("is a `;` missing at the end of line {}?", end.line)),
        None => Diagnostic::error("this does not belong to the statement before it")
            .hint("statements end with `;`"),
    }
}

fn reserved(word: &str) -> Diagnostic {
    if !word.starts_with(char::is_alphabetic) {
        let error = Diagnostic::error(format!("`{word}` means nothing here"));
        return if word == "#" { error.hint("a remark begins with `//`, a map with `#{`") } else { error };
    }
    let error = Diagnostic::error(format!("`{word}` is a reserved word and cannot be a name"));
    match INSTEAD.iter().find(|(reserved, _)| *reserved == word) {
        Some((_, instead)) => error.hint(format!("is `{instead}` meant?")),
        None => error.hint("take another name"),
    }
}

fn is_reserved(word: &str) -> bool {
    RESERVED.split_whitespace().any(|reserved| reserved == word)
}

fn name_expected(kind: &ParseErrorType, here: &Origin, known: &Known) -> Diagnostic {
    let (_, after) = source::around(here, known);
    let word = source::word(after);
    if is_reserved(word) {
        return reserved(word);
    }
    let what = if *kind == ParseErrorType::PropertyExpected { "verb or property" } else { "variable" };
    Diagnostic::error(format!("the name of a {what} is missing here"))
}

/// A variable that is not there.
pub(super) fn undefined(name: &str, here: &Origin, known: &Known) -> Diagnostic {
    let (before, after) = source::around(here, known);
    let number = source::number(before.trim_end_matches('.'));
    if known.is_unit(name) && before.ends_with("..") && !number.is_empty() {
        let start = Origin { column: here.column - 2 - number.chars().count() as u32, ..here.clone() };
        return Diagnostic::error(format!("`{number}..{name}` is no number"))
            .at(&start)
            .hint(format!("write `{number}.{name}`"));
    }
    let error = Diagnostic::error(format!("there is no variable `{name}`"));
    let declared = source::declared(here, known);
    let behind = after.trim_start_matches(name).trim_start();
    if behind.starts_with(':') && !behind.starts_with("::") {
        error.hint(format!("settings stand in a map, with `#` before its bracket: `#{{ {name}: … }}`"))
    } else if known.is_unit(name) {
        error.hint(format!("a unit follows its number: `6.{name}`"))
    } else if name == "bar" {
        error.hint("a place is written `bar(5)`")
    } else if name == "song" && !declared.contains(&name) {
        error.hint("begin with `let song = song(\"its title\");`")
    } else if let Some(line) = source::declared_below(name, here, known) {
        error.hint(format!("it is declared further down, in line {line}: move that up"))
    } else if declared.contains(&name) {
        error.hint("a function does not see the variables outside it: give it as an argument, or write it after its `let`")
    } else if let Some(near) = nearest(name, declared) {
        error.hint(format!("did you mean `{near}`?"))
    } else {
        error.hint(format!("declare it with `let {name} = …;`, or write \"{name}\" if a text is meant"))
    }
}
