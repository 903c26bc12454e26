//! How a run can end badly, and the exit code for each.

use crate::{draw, tell};
use mixwright_engine::{diagnostic::Diagnostic, render::RenderError};
use std::process::ExitCode;

/// What went wrong, by whose fault it is.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A file, the disk, the system: a message and advice.
    World(String, Option<String>),
    /// The author: all that is wrong with the song.
    Author(Vec<Diagnostic>),
    /// Us: what the panic said.
    Bug(String),
}

impl Outcome {
    /// A mistake in the arguments.
    pub(crate) fn mistake(message: impl Into<String>) -> Outcome {
        Outcome::Author(vec![Diagnostic::error(message)])
    }

    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Outcome::World(..) => 1,
            Outcome::Author(_) => 2,
            Outcome::Bug(_) => 3,
        })
    }

    /// Tells it on the standard error.
    pub(crate) fn print(&self) {
        match self {
            Outcome::World(message, hint) => {
                let error = Diagnostic::error(message);
                tell(&draw::draw(&hint.iter().fold(error, |error, hint| error.hint(hint.clone()))));
            }
            Outcome::Author(found) => found.iter().for_each(|found| tell(&draw::draw(found))),
            Outcome::Bug(cause) => {
                let version = env!("CARGO_PKG_VERSION");
                let error = Diagnostic::error(format!("mixwright {version} broke down: {cause}"));
                tell(&draw::draw(
                    &error.hint("this is a bug in mixwright, not in your song: please report it"),
                ));
            }
        }
    }
}

impl From<RenderError> for Outcome {
    fn from(error: RenderError) -> Self {
        let hint = error.hint();
        match error {
            RenderError::Song(diagnostic) => Outcome::Author(vec![*diagnostic]),
            RenderError::Bug { .. } => Outcome::Bug(error.to_string()),
            _ => Outcome::World(with_causes(&error), hint),
        }
    }
}

/// An error and all that caused it, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        // Some errors repeat their cause.
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}
