//! Draws a diagnostic beneath the line that it speaks of.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use mixwright_engine::{
    diagnostic::{Diagnostic, Origin, Severity},
    files,
};
use std::io::IsTerminal;
use std::ops::Range;
use std::path::Path;

/// Scripts longer than this are not quoted.
const LONGEST: u64 = 1 << 22;

/// The most characters of a message that are shown: a script may throw anything.
const MOST: usize = 4096;

/// A diagnostic as text for a terminal; styles are taken out by whoever prints where there is none.
pub(crate) fn draw(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = harmless(&diagnostic.message);
    let places: Vec<(&Origin, Option<String>)> = diagnostic
        .origin
        .iter()
        .map(|origin| (origin, None))
        .chain(diagnostic.labels.iter().map(|(origin, words)| (origin, Some(harmless(words)))))
        .collect();
    let sources = quoted(&places);
    let mut group = Group::with_title(level.primary_title(message.as_str()));
    for (file, text, spans) in &sources {
        let mut snippet = Snippet::source(text.as_str()).path(file.as_str());
        for (span, words) in spans {
            let kind = if words.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
            snippet = snippet.annotation(kind.span(span.clone()).label(words.as_deref()));
        }
        group = group.element(snippet);
    }
    let hints: Vec<String> = diagnostic.hints.iter().map(|hint| harmless(hint)).collect();
    for hint in &hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    if let (true, Some(origin)) = (sources.is_empty(), &diagnostic.origin) {
        let place = format!("at {origin}");
        return format!("{}\n", renderer().render(&[group.element(Level::NOTE.message(place.as_str()))]));
    }
    format!("{}\n", renderer().render(&[group]))
}

fn renderer() -> Renderer {
    let style = if std::io::stderr().is_terminal() { DecorStyle::Unicode } else { DecorStyle::Ascii };
    Renderer::styled().decor_style(style)
}

type Quoted<'d> = (String, String, Vec<(Range<usize>, Option<String>)>);

/// The files that can be quoted, each with the places in it.
fn quoted<'d>(places: &[(&'d Origin, Option<String>)]) -> Vec<Quoted<'d>> {
    let mut made: Vec<Quoted<'_>> = Vec::new();
    for (origin, words) in places {
        let file: &str = &origin.file;
        if !made.iter().any(|(name, ..)| name == file) {
            let Some(text) = text(file) else { continue };
            made.push((file.to_owned(), text, Vec::new()));
        }
        if let Some((_, text, spans)) = made.iter_mut().find(|(name, ..)| name == file) {
            spans.push((token(text, origin), words.clone()));
        }
    }
    made
}

/// The text of a script that can be quoted.
pub(crate) fn text(file: &str) -> Option<String> {
    let bytes = files::read(Path::new(file), LONGEST).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of the word, number or sign that begins at a place.
pub(crate) fn token(text: &str, origin: &Origin) -> Range<usize> {
    let line_start: usize =
        text.split_inclusive('\n').take(origin.line.saturating_sub(1) as usize).map(str::len).sum();
    let line = text[line_start..].split('\n').next().unwrap_or_default();
    let skipped =
        line.chars().take(origin.column.saturating_sub(1) as usize).map(char::len_utf8).sum::<usize>();
    let rest = &line[skipped..];
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let length = match rest.chars().next() {
        None => 0,
        Some('"') => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
        Some(first) if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
        Some(first) => first.len_utf8(),
    };
    line_start + skipped..line_start + skipped + length
}

/// Text without what could steer a terminal, and of bearable length.
fn harmless(text: &str) -> String {
    let mut safe: String = text
        .chars()
        .take(MOST)
        .flat_map(|c| if c.is_control() && c != '\n' { c.escape_default().collect() } else { vec![c] })
        .collect();
    if text.chars().count() > MOST {
        safe.push_str(" ...");
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Origin {
        Origin { file: "x".into(), line, column }
    }

    #[test]
    fn tokens_are_whole_words_whatever_stands_before_them() {
        let text = "let ü = 1;\n\tkick.comprss(#{});\n";
        assert_eq!(&text[token(text, &at(1, 5))], "ü");
        assert_eq!(&text[token(text, &at(2, 7))], "comprss");
        assert_eq!(token(text, &at(9, 9)), text.len()..text.len());
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let drawn = draw(&Diagnostic::error("a \x1b[31mred\x07 word"));
        assert!(drawn.contains("a \\u{1b}[31mred\\u{7} word"), "{drawn}");
    }
}
