//! What pages are told of a song that cannot be rendered: each diagnostic with the lines that it speaks of.

use super::{
    message::{Error, Label, Line, Told},
    told::severity,
};
use crate::draw;
use mixwright_engine::diagnostic::{Diagnostic, Origin};

/// Lines that are shown before and after the one that is meant.
const AROUND: u32 = 2;

/// All that is wrong.
pub(super) fn error(diagnostics: &[Diagnostic]) -> Error {
    Error { diagnostics: diagnostics.iter().map(told).collect() }
}

fn told(diagnostic: &Diagnostic) -> Told {
    let origin = diagnostic.origin.as_ref();
    let text = origin.and_then(|origin| draw::text(&origin.file));
    let column = origin.map(|origin| origin.column).filter(|column| *column > 0);
    Told {
        severity: severity(diagnostic.severity),
        message: diagnostic.message.clone(),
        file: origin.map(|origin| origin.file.to_string()),
        line: origin.map(|origin| origin.line),
        column,
        width: origin.zip(text.as_deref()).filter(|_| column.is_some()).map(|(o, text)| width(text, o)),
        excerpt: origin.zip(text.as_deref()).map(|(o, text)| excerpt(text, o.line)).unwrap_or_default(),
        labels: diagnostic.labels.iter().map(|(origin, words)| label(origin, words)).collect(),
        hints: diagnostic.hints.clone(),
    }
}

fn label(origin: &Origin, words: &str) -> Label {
    Label {
        file: origin.file.to_string(),
        line: origin.line,
        column: origin.column,
        width: draw::text(&origin.file).map_or(1, |text| width(&text, origin)),
        text: words.to_owned(),
    }
}

/// Characters of the word at a place.
fn width(text: &str, origin: &Origin) -> usize {
    text[draw::token(text, origin)].chars().count().max(1)
}

/// The lines around one.
fn excerpt(text: &str, line: u32) -> Vec<Line> {
    let first = line.saturating_sub(AROUND).max(1);
    let lines = text.lines().zip(1..).skip(first as usize - 1);
    lines
        .take_while(|(_, number)| *number <= line.saturating_add(AROUND))
        .map(|(text, number)| Line { number, text: text.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_with_the_text() {
        let numbers = |line| excerpt("a\nb\nc\nd", line).iter().map(|line| line.number).collect::<Vec<_>>();
        assert_eq!([numbers(1), numbers(3), numbers(9)], [vec![1, 2, 3], vec![1, 2, 3, 4], vec![]]);
        assert_eq!(excerpt("a\nb", 2)[1], Line { number: 2, text: "b".to_owned() });
    }
}
