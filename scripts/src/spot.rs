//! Where a part of a call stands in its script: rhai tells where a verb stands, but its maps and lists carry no places.
//!
//! Only what is written out in the call can be found. For what comes from a variable stands the nearest part around it that
//! is written out, in the end the verb.

use crate::code::{code_only, word};
use mixwright_engine::diagnostic::Origin;
use std::ops::Range;

/// A step from a call, or from a value in it, to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// An argument by its index.
    Argument(usize),
    /// What has this name in a map; of a call, in the map that is its last argument.
    Key(String),
    /// The entry of a list.
    Entry(usize),
    /// What has this name in a band of an equaliser, which is written as a call.
    Band(String),
}

/// A part of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spot {
    /// Where the name of the verb or function stands.
    pub(crate) call: Origin,
    /// How many arguments it has; written otherwise than was counted, nothing in it is found.
    pub(crate) arguments: usize,
    /// The steps to the part.
    pub(crate) parts: Vec<Part>,
}

impl Spot {
    /// The place in the script's text.
    pub(crate) fn origin(&self, text: &str) -> Origin {
        let start = offset(text, &self.call);
        let code = code_only(&text[start..]);
        let mut found = 0;
        let mut value = 0..0;
        for (step, part) in self.parts.iter().enumerate() {
            let next = match step {
                0 => self.first(&code, &text[start..], part),
                _ => within(&code, &text[start..], &value, part),
            };
            let Some((place, part)) = next else { break };
            (found, value) = (place, part);
        }
        moved(&self.call, &text[start..start + found])
    }

    /// Where a setting is written out in the map that is a call's last argument.
    pub(crate) fn setting(text: &str, call: &Origin, name: &str) -> Option<Origin> {
        let start = offset(text, call);
        let code = code_only(&text[start..]);
        let (arguments, _) = arguments(&code, 0)?;
        let (place, _) = within(&code, &text[start..], arguments.last()?, &Part::Key(name.to_owned()))?;
        Some(moved(call, &text[start..start + place]))
    }

    /// A part of the call itself.
    fn first(&self, code: &str, text: &str, part: &Part) -> Option<(usize, Range<usize>)> {
        let arguments = arguments(code, 0)?.0;
        if arguments.len() != self.arguments {
            return None;
        }
        match part {
            Part::Argument(index) => arguments.get(*index).map(|range| (range.start, range.clone())),
            Part::Key(_) => within(code, text, arguments.last()?, part),
            Part::Entry(_) | Part::Band(_) => None,
        }
    }
}

/// A part of a value that is written out in full: where it stands, and its own value.
fn within(code: &str, text: &str, value: &Range<usize>, part: &Part) -> Option<(usize, Range<usize>)> {
    let written = &code[value.clone()];
    match part {
        Part::Entry(index) if written.starts_with('[') => {
            let entries = whole(code, value.start, value)?;
            entries.get(*index).map(|range| (range.start, range.clone()))
        }
        Part::Key(name) if written.starts_with("#{") => {
            let entries = whole(code, value.start + 1, value)?;
            entries.iter().find_map(|entry| keyed(code, text, entry, name))
        }
        Part::Band(name) => {
            let (arguments, _) = arguments(code, value.start).filter(|(_, end)| *end == value.end)?;
            within(code, text, arguments.last()?, &Part::Key(name.clone()))
        }
        _ => None,
    }
}

/// The key and the value of a map's entry, if it has that name.
fn keyed(code: &str, text: &str, entry: &Range<usize>, name: &str) -> Option<(usize, Range<usize>)> {
    let colon = entry.start + code[entry.clone()].find(':')?;
    let key = text[entry.start..colon].trim_end();
    let key = if key.starts_with('"') { key.trim_matches('"') } else { word(key) };
    (key == name).then(|| (entry.start, trimmed(code, colon + 1..entry.end)))
}

/// The entries of a bracket that is the whole rest of a value.
fn whole(code: &str, open: usize, value: &Range<usize>) -> Option<Vec<Range<usize>>> {
    bracket(code, open).filter(|(_, end)| *end == value.end).map(|(entries, _)| entries)
}

/// The arguments of the call whose name stands at a place, and where it ends.
fn arguments(code: &str, at: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let open = at + word(&code[at..]).len();
    let open = open + code[open..].len() - code[open..].trim_start().len();
    code[open..].starts_with('(').then(|| bracket(code, open)).flatten()
}

/// What stands between commas in a bracket, and where it ends.
fn bracket(code: &str, open: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut entries, mut depth, mut from) = (Vec::new(), 0_usize, open + 1);
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            b',' if depth == 1 => {
                entries.push(trimmed(code, from..at));
                from = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            entries.push(trimmed(code, from..at));
            entries.retain(|entry| !entry.is_empty());
            return Some((entries, at + 1));
        }
    }
    None
}

/// A range without the blanks and comments at its ends.
fn trimmed(code: &str, range: Range<usize>) -> Range<usize> {
    let written = &code[range.clone()];
    let start = range.end - written.trim_start().len();
    start..start + written.trim().len()
}

/// The byte of a place.
fn offset(text: &str, origin: &Origin) -> usize {
    let before = text.split_inclusive('\n').take((origin.line as usize).saturating_sub(1));
    let line: usize = before.map(str::len).sum();
    let column = (origin.column as usize).saturating_sub(1);
    text[line..].char_indices().nth(column).map_or(text.len(), |(at, _)| line + at)
}

/// A place behind another, with what stands between them.
fn moved(from: &Origin, between: &str) -> Origin {
    let lines = between.matches('\n').count() as u32;
    let last = between.rsplit('\n').next().unwrap_or_default().chars().count() as u32;
    let column = if lines == 0 { from.column + last } else { last + 1 };
    Origin { file: from.file.clone(), line: from.line + lines, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rest of the text from where a part of the call of `f` is found.
    fn found<'t>(text: &'t str, arguments: usize, parts: &[Part]) -> &'t str {
        let at = text.find("f(").or_else(|| text.find("f /")).unwrap();
        let call = moved(&Origin { line: 1, column: 1, ..Origin::default() }, &text[..at]);
        let place = Spot { call, arguments, parts: parts.to_vec() }.origin(text);
        &text[offset(text, &place)..]
    }

    fn key(name: &str) -> Part {
        Part::Key(name.to_owned())
    }

    fn band(name: &str) -> Part {
        Part::Band(name.to_owned())
    }

    #[test]
    fn keys_are_found_over_lines_comments_and_strings() {
        let text = "let ü = 1;\n\tü.f /* ( */ (\"a: ,\", #{ // b: 1, c: 2\n  \"é\": \"c: }\",\n  a: #{ c: 1 },\n  /* c: 0 */ c: 3,\n})";
        assert!(found(text, 2, &[key("c")]).starts_with("c: 3,"));
        assert!(found(text, 2, &[key("a")]).starts_with("a: #{"));
        assert!(found(text, 2, &[key("a"), key("c")]).starts_with("c: 1 }"));
        assert!(found(text, 2, &[key("é")]).starts_with("\"é\":"));
        assert!(found(text, 2, &[Part::Argument(0)]).starts_with("\"a: ,\""));
        assert!(found(text, 2, &[Part::Argument(1), key("a"), key("x")]).starts_with("a: #{"), "the nearest");
    }

    #[test]
    fn entries_of_lists_and_settings_of_bands_are_found() {
        let text = "f([g(1, #{ q: 2 }), h(3)], [#{ a: 1 },\n #{ a: 2, },])";
        assert!(found(text, 2, &[Part::Argument(0), Part::Entry(0), band("q")]).starts_with("q: 2"));
        assert!(found(text, 2, &[Part::Argument(0), Part::Entry(1), band("q")]).starts_with("h(3)"));
        assert!(found(text, 2, &[Part::Argument(1), Part::Entry(1), key("a")]).starts_with("a: 2"));
    }

    #[test]
    fn what_is_not_written_out_stays_with_the_verb() {
        for text in [
            "f(m)",
            "f(M + #{ a: 1 })",
            "f(#{ a: 1 }.given(m))",
            "f(x, #{ a: 1 })",
            "f",
            "f(#{ a: 1 }",
            "f(())",
        ] {
            let text = format!("let f = 1; f {text}").replace("f f", "f");
            assert!(found(&format!("{text} f("), 1, &[key("a")]).starts_with('f'), "{text}");
        }
    }
}
