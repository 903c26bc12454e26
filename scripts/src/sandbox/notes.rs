//! What a script says beside the song: lines that it prints and warnings on what it computes. Bounded, and without
//! anything that would act on a terminal.

use mixwright_engine::diagnostic::{Diagnostic, Origin};

/// The most lines, and the most warnings, of an evaluation.
const LINES: usize = 1_000;
/// The longest line or message, in bytes.
const LINE: usize = 4 << 10;

/// Lines and warnings, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// What `print` and `debug` were given.
    pub printed: Vec<String>,
    /// What is probably not meant.
    pub warnings: Vec<Diagnostic>,
}

impl Notes {
    pub(super) fn print(&mut self, words: &str) {
        match self.printed.len() {
            0..LINES => self.printed.push(plain(words)),
            LINES => self.printed.push(format!("(more than {LINES} lines: the rest is left out)")),
            _ => {}
        }
    }

    /// Warns once for each place.
    pub(super) fn warn(&mut self, origin: &Origin, warning: Diagnostic) {
        let warning = warning.at(origin);
        let known = self.warnings.iter().any(|other| other.origin == warning.origin);
        if !known && self.warnings.len() < LINES {
            self.warnings.push(warning);
        }
    }
}

/// Text from a script as it may be shown: cut at 4 KiB, with control characters and changes of direction escaped.
pub fn plain(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if shown.len() > LINE {
            shown.push('…');
            break;
        }
        match c {
            '\n' | '\t' => shown.push(c),
            _ if c.is_control() || turns(c) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
    }
    shown
}

/// Whether a character changes the direction of what follows it.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\u{202e}c\td"), "a\\u{1b}[2Jb\\u{202e}c\td");
        assert!(plain(&"é".repeat(1 << 20)).len() < LINE + 8);
    }

    #[test]
    fn lines_are_counted() {
        let mut notes = Notes::default();
        (0..5_000).for_each(|i| notes.print(&i.to_string()));
        assert_eq!(notes.printed.len(), LINES + 1);
        assert!(notes.printed[LINES].contains("left out"));
    }
}
