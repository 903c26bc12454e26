//! How a run can end badly, and the exit code for each.

use crate::{draw, live::Unserved, tell};
use mixwright_engine::{
    diagnostic::{Blame, Diagnostic},
    files::FileError,
    render::RenderError,
    source::SourceError,
};
use mixwright_nodes::params::nearest;
use mixwright_scripts::sandbox::Fault;

/// What went wrong, by whose fault it is.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A file, the disk, the system: a message and advice.
    World(String, Option<String>),
    /// All that is wrong with the song, mostly the author's.
    Author(Vec<Diagnostic>),
    /// Us: what the panic said.
    Bug(String),
    /// What was told already, with its exit code.
    Told(u8),
}

impl Outcome {
    /// A mistake in the arguments.
    pub(crate) fn mistake(message: impl Into<String>) -> Outcome {
        Outcome::Author(vec![Diagnostic::error(message)])
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Outcome::World(..) => 1,
            Outcome::Author(found) if blameless(found) => 1,
            Outcome::Author(_) => 2,
            Outcome::Bug(_) => 3,
            Outcome::Told(code) => *code,
        }
    }

    /// All that is to be told of it.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Outcome::World(message, hint) => vec![Diagnostic::error(message).hints(hint.clone())],
            Outcome::Author(found) => found.clone(),
            Outcome::Bug(cause) => vec![broken(cause)],
            Outcome::Told(_) => Vec::new(),
        }
    }

    /// Tells it on the standard error.
    pub(crate) fn print(&self) {
        self.diagnostics().iter().for_each(|found| tell(&draw::draw(found)));
    }
}

/// What is said of a name that nothing has.
pub(crate) fn unknown(what: &str, name: &str, known: &[String]) -> Diagnostic {
    let error = Diagnostic::error(format!("there is no {what} named `{name}`"));
    let hint = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("the song has no {what} at all"),
        None => format!("known: {}", known.join(", ")),
    };
    error.hint(hint)
}

/// Whether nothing but the song's files is at fault.
fn blameless(found: &[Diagnostic]) -> bool {
    found.iter().all(|found| found.blame == Blame::World)
}

fn broken(cause: &str) -> Diagnostic {
    let version = env!("CARGO_PKG_VERSION");
    Diagnostic::error(format!("mixwright {version} broke down: {cause}"))
        .hint("this is a bug in mixwright, not in your song: please report it")
}

impl From<RenderError> for Outcome {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Song(found) => Outcome::Author(found),
            RenderError::Source(error) => Outcome::Author(vec![error.into()]),
            RenderError::Sink(error) => Outcome::Author(vec![error.into()]),
            RenderError::File(error) => Outcome::Author(vec![error.into()]),
            // What is stored is left out once it is found to be damaged.
            RenderError::Bug { .. } | RenderError::Stored(_) => Outcome::Bug(error.to_string()),
            RenderError::Cancelled | RenderError::Threads(_) => Outcome::World(error.to_string(), None),
        }
    }
}

impl From<Unserved> for Outcome {
    fn from(error: Unserved) -> Self {
        let hint = "name another with `--port N`; 0 takes any that is free".to_owned();
        Outcome::World(error.to_string(), Some(hint))
    }
}

impl From<FileError> for Outcome {
    fn from(error: FileError) -> Self {
        Outcome::Author(vec![error.into()])
    }
}

impl From<SourceError> for Outcome {
    fn from(error: SourceError) -> Self {
        Outcome::World(with_causes(&error), error.hint())
    }
}

impl From<Fault> for Outcome {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Ours(cause) => Outcome::Bug(cause),
            Fault::NoThread(_) => Outcome::World(fault.to_string(), None),
        }
    }
}

/// An error and all that caused it, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use mixwright_scripts::sandbox::apart;

    #[test]
    fn a_panic_within_a_script_is_our_fault() {
        let fault = apart(|| -> () { panic!("lost {}", "count") }).expect_err("it panics");
        let outcome = Outcome::from(fault);
        assert_eq!(outcome.code(), 3);
        let Outcome::Bug(cause) = outcome else { panic!("{outcome:?}") };
        assert!(cause.contains("lost count"), "{cause}");
        assert!(broken(&cause).to_string().contains("please report it"));
    }

    #[test]
    fn bad_files_alone_are_no_mistake_of_the_author() {
        let (mine, worlds) = (Diagnostic::error("x"), Diagnostic::error("y").blame(Blame::World));
        assert_eq!(Outcome::Author(vec![worlds.clone()]).code(), 1);
        assert_eq!(Outcome::Author(vec![worlds, mine]).code(), 2);
    }

    #[test]
    fn the_systems_refusal_is_not() {
        assert_eq!(Outcome::from(Fault::NoThread("no memory".to_owned())).code(), 1);
    }
}
