//! What stands around a place in a script.

use super::Known;
pub(super) use crate::code::word;
use mixwright_engine::diagnostic::Origin;

/// The line of a place, split there; nothing if its text is not known.
pub(super) fn around<'a>(here: &Origin, known: &'a Known) -> (&'a str, &'a str) {
    let line = known
        .sources
        .get(&*here.file)
        .and_then(|text| text.lines().nth((here.line as usize).checked_sub(1)?));
    let line = line.unwrap_or_default();
    let column = (here.column as usize).saturating_sub(1);
    line.split_at(line.char_indices().nth(column).map_or(line.len(), |(at, _)| at))
}

/// The number at the end of a text, with its sign if it is one's own.
pub(super) fn number(text: &str) -> &str {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '_');
    if !text[digits.len()..].starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    match digits.strip_suffix('-') {
        Some(before) if !before.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == ')') => {
            &text[before.len()..]
        }
        _ => &text[digits.len()..],
    }
}

/// The end of the statement before a place, if nothing stands between the two but blanks, line ends and comments.
pub(super) fn end_before(here: &Origin, known: &Known) -> Option<Origin> {
    if !around(here, known).0.trim().is_empty() {
        return None;
    }
    let text = known.sources.get(&*here.file)?;
    let lines: Vec<&str> = text.lines().take(here.line as usize - 1).collect();
    let (i, line) =
        lines.iter().enumerate().rev().map(|(i, line)| (i, code(line))).find(|(_, line)| !line.is_empty())?;
    Some(Origin { file: here.file.clone(), line: i as u32 + 1, column: line.chars().count() as u32 + 1 })
}

/// A line without its comment. A `//` within a text passes for one, which only moves a caret.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line).trim_end()
}

/// The line at the top level below a place that declares a variable, if one does; within a function nothing outside counts.
pub(super) fn declared_below(name: &str, here: &Origin, known: &Known) -> Option<usize> {
    let text = known.sources.get(&*here.file)?;
    let above = text.lines().take(here.line as usize);
    let bounds = above.filter(|line| line.starts_with("fn ") || line.starts_with('}'));
    if bounds.last().is_some_and(|line| line.starts_with("fn ")) {
        return None;
    }
    let declares = |line: &str| line.strip_prefix("let ").is_some_and(|rest| word(rest.trim_start()) == name);
    text.lines().enumerate().skip(here.line as usize).find(|(_, line)| declares(line)).map(|(i, _)| i + 1)
}

/// A function as it is written.
pub(super) struct Signature<'a> {
    /// Whether it is called on something: `fn Strip.lead()`.
    pub(super) is_verb: bool,
    /// What stands in its brackets.
    pub(super) arguments: &'a str,
}

impl Signature<'_> {
    /// How many arguments it takes.
    pub(super) fn count(&self) -> usize {
        self.arguments.split(',').filter(|argument| !argument.trim().is_empty()).count()
    }
}

/// The functions of that name, of all files or of one.
pub(super) fn signatures<'a>(name: &str, file: Option<&str>, known: &'a Known) -> Vec<Signature<'a>> {
    let texts = known.sources.iter().filter(|(other, _)| file.is_none_or(|file| file == other.as_str()));
    let signature = |line: &'a str| {
        let (head, rest) = code(line).trim_start().strip_prefix("fn ")?.split_once('(')?;
        let (is_verb, called) = head.rsplit_once('.').map_or((false, head), |(_, called)| (true, called));
        let arguments = rest.split(')').next().unwrap_or_default().trim();
        (called.trim() == name).then_some(Signature { is_verb, arguments })
    };
    texts.flat_map(|(_, text)| text.lines()).filter_map(signature).collect()
}

/// The names that a script declares with `let`, `const`, `for` and as arguments of functions.
pub(super) fn declared<'a>(here: &Origin, known: &'a Known) -> Vec<&'a str> {
    let Some(text) = known.sources.get(&*here.file) else { return Vec::new() };
    let mut names = Vec::new();
    for line in text.lines().map(code) {
        for key in ["let ", "const ", "for "] {
            names.extend(line.match_indices(key).map(|(at, _)| word(line[at + key.len()..].trim_start())));
        }
        if let Some((_, params)) = line.trim_start().strip_prefix("fn ").and_then(|rest| rest.split_once('('))
        {
            names.extend(
                params.split(')').next().unwrap_or_default().split(',').map(|name| word(name.trim())),
            );
        }
    }
    names.retain(|name| !name.is_empty());
    names
}
