//! What is wrong with a song, in words for its author: collected, never returned early, drawn by the command.

use std::fmt;
use std::sync::Arc;

/// A place in a script or a RON file. Lines and columns count from 1; 0 is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file as the author names it.
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

impl Origin {
    /// This place, or another where it is not known.
    pub fn or<'o>(&'o self, other: &'o Origin) -> &'o Origin {
        if self.line > 0 { self } else { other }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is rendered.
    Error,
    /// It is rendered all the same.
    Warning,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The song's author can mend it in the song.
    Author,
    /// A file or the system: nothing in the song is wrong.
    World,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Whose fault it is.
    pub blame: Blame,
    /// What is wrong: lower case, no full stop, names in backticks, what was given and what is allowed.
    pub message: String,
    /// Where.
    pub origin: Option<Origin>,
    /// Which of the settings that are written there: who has the text can point at it.
    pub setting: Option<&'static str>,
    /// Other places that have to do with it, each with a few words.
    pub labels: Vec<(Origin, String)>,
    /// What to do about it.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// An error of the author, without a place, hints or labels.
    pub fn error(message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            blame: Blame::Author,
            message: message.into(),
            origin: None,
            setting: None,
            labels: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// A warning without a place, hints or labels.
    pub fn warning(message: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(message) }
    }

    /// The same as another's fault.
    #[must_use]
    pub fn blame(mut self, blame: Blame) -> Self {
        self.blame = blame;
        self
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, origin: &Origin) -> Self {
        self.origin = (origin.line > 0).then(|| origin.clone());
        self
    }

    /// The same of a setting that is written at its place.
    #[must_use]
    pub fn of(mut self, setting: &'static str) -> Self {
        self.setting = Some(setting);
        self
    }

    /// The same with another place that has to do with it.
    #[must_use]
    pub fn label(mut self, origin: &Origin, words: impl Into<String>) -> Self {
        if origin.line > 0 {
            self.labels.push((origin.clone(), words.into()));
        }
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, words: impl Into<String>) -> Self {
        self.hints.push(words.into());
        self
    }

    /// The same with what advice there is.
    #[must_use]
    pub fn hints(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(words);
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}
