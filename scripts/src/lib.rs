//! The script language: text to a song.
//!
//! This crate knows no audio and renders nothing; rhai appears nowhere else.

mod algebra;
mod api;
mod args;
mod bands;
mod bind;
mod bind_names;
mod call;
mod code;
pub mod diagnose;
mod draft;
mod draw;
mod options;
pub mod resolver;
pub mod sandbox;
pub mod settings;
mod spot;
mod units;

pub use call::Vocabulary;

use diagnose::{Known, diagnose};
use draft::{Draft, Shared, lock};
use mixwright_engine::{diagnostic::Diagnostic, song::Song};
use resolver::Resolver;
use rhai::{AST, Engine, EvalAltResult};
use sandbox::{Fault, Limits, Sandbox, apart};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

/// What came of a script.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The song, or all that is wrong with it.
    pub song: Result<Song, Vec<Diagnostic>>,
    /// What is doubtful.
    pub warnings: Vec<Diagnostic>,
    /// Every file that was read or looked for: when one of them changes, so may the song.
    pub read: Vec<PathBuf>,
    /// The texts that errors lie in, by the names that origins give them.
    pub sources: resolver::Sources,
    /// What the script printed.
    pub printed: Vec<String>,
}

/// Evaluates a script file. `params` are the values that its `param(name, default)` find instead of their defaults.
///
/// # Errors
/// If that breaks down through no mistake of the script; those are in the evaluation.
pub fn evaluate(script: &Path, params: &[(String, String)]) -> Result<Evaluation, Fault> {
    on_deep_stack(script, params, |resolver, engine| resolver.main(engine))
}

/// Evaluates a text as if it were the content of the script file.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_text(text: &str, script: &Path, params: &[(String, String)]) -> Result<Evaluation, Fault> {
    on_deep_stack(script, params, |resolver, engine| resolver.main_text(engine, text))
}

/// What was found in a song, at the settings that it speaks of where these are written out; `text` gives the text of a
/// script by the name that places give it.
pub fn pointed(mut found: Vec<Diagnostic>, text: impl Fn(&str) -> Option<Arc<str>>) -> Vec<Diagnostic> {
    let exact = |found: &Diagnostic| {
        let (origin, setting) = (found.origin.as_ref()?, found.setting?);
        spot::Spot::setting(&text(&origin.file)?, origin, setting)
    };
    for found in &mut found {
        found.origin = exact(found).or(found.origin.take());
    }
    found.sort_by(|a, b| a.origin.cmp(&b.origin));
    found
}

/// The words of the language, for completion, documentation, and so that no template takes one of them.
pub fn vocabulary() -> &'static Vocabulary {
    static WORDS: LazyLock<Vocabulary> = LazyLock::new(|| {
        teach(&mut Engine::new_raw(), &Shared::default(), &Resolver::new("", BTreeSet::new()))
    });
    &WORDS
}

type Compiled = Result<AST, Box<EvalAltResult>>;

fn on_deep_stack(
    script: &Path,
    params: &[(String, String)],
    compile: impl FnOnce(&Resolver, &Engine) -> Compiled + Send,
) -> Result<Evaluation, Fault> {
    apart(|| run(script, params, compile))
}

fn run(
    script: &Path,
    params: &[(String, String)],
    compile: impl FnOnce(&Resolver, &Engine) -> Compiled,
) -> Evaluation {
    let words = vocabulary();
    let resolver = Resolver::new(script, words.all());
    let mut draft = Draft::new(params.iter().cloned().collect(), resolver.clone());
    draft.song.folder = script.parent().unwrap_or(Path::new("")).to_owned();
    let draft: Shared = Arc::new(Mutex::new(draft));
    let mut sandbox = Sandbox::new(Limits::default());
    teach(&mut sandbox.engine, &draft, &resolver);
    sandbox.engine.set_module_resolver(resolver.clone());
    let ended = compile(&resolver, &sandbox.engine).and_then(|ast| sandbox.engine.run_ast(&ast));
    let notes = sandbox.take_notes();
    let mut draft = std::mem::take(&mut *lock(&draft));
    let mut warnings = std::mem::take(&mut draft.warnings);
    warnings.extend(notes.warnings);
    let song = match ended {
        Ok(()) => draft.finish(),
        Err(error) => {
            let known = known(script, &resolver, words);
            draft.errors.extend(diagnose(&error, &known));
            Err(draft.errors)
        }
    };
    let song = song.map_err(|mut errors| {
        errors.sort_by(|a, b| a.origin.cmp(&b.origin));
        errors
    });
    let read = resolver.looked().into_keys().collect();
    Evaluation { song, warnings, read, sources: resolver.sources(), printed: notes.printed }
}

/// Teaches an engine the language.
fn teach(engine: &mut Engine, draft: &Shared, resolver: &Resolver) -> Vocabulary {
    units::register(engine);
    algebra::register(engine);
    let mut book = call::Book { engine, draft: draft.clone(), vocabulary: Vocabulary::default() };
    api::register(&mut book, resolver);
    bands::register(&mut book);
    bind::register(&mut book);
    book.vocabulary
}

fn known(script: &Path, resolver: &Resolver, words: &Vocabulary) -> Known {
    Known {
        file: resolver::shown(script),
        sources: resolver.sources(),
        verbs: words.all().into_iter().chain(resolver.verbs()).collect(),
        units: units::UNITS.iter().map(|(word, ..)| (*word).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakdown_is_no_mistake_of_the_script() {
        let broken = on_deep_stack(Path::new("song.rhai"), &[], |_, _| panic!("lost count"));
        assert_eq!(broken.map(|_| ()), Err(Fault::Ours("lost count".to_owned())));
        let mistaken = evaluate_text("let x = ;", Path::new("song.rhai"), &[]);
        assert!(mistaken.is_ok_and(|evaluation| evaluation.song.is_err()));
    }
}
