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
mod draft;
mod draw;
mod units;

pub use call::Vocabulary;

use draft::{Draft, Shared, lock};
use mixwright_engine::{
    diagnostic::{Diagnostic, Origin},
    song::Song,
};
use rhai::{
    Engine,
    packages::{Package, StandardPackage},
};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Rhai walks its trees by recursion: a chain of hundreds of verbs needs more stack than a thread has.
const STACK: usize = 256 << 20;

/// What came of a script.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The song, or all that is wrong with it.
    pub song: Result<Song, Vec<Diagnostic>>,
    /// What is doubtful.
    pub warnings: Vec<Diagnostic>,
    /// Every file that was read.
    pub read: Vec<PathBuf>,
    /// What the script printed.
    pub printed: Vec<String>,
}

/// Evaluates a script file. `params` are the values that its `param(name, default)` find instead of their defaults.
pub fn evaluate(script: &Path, params: &[(String, String)]) -> Evaluation {
    match std::fs::read_to_string(script) {
        Ok(text) => evaluate_text(&text, script, params),
        Err(error) => Evaluation {
            song: Err(vec![Diagnostic::error(format!("cannot read {}: {error}", script.display()))]),
            warnings: Vec::new(),
            read: Vec::new(),
            printed: Vec::new(),
        },
    }
}

/// Evaluates a text as if it were the content of the script file.
pub fn evaluate_text(text: &str, script: &Path, params: &[(String, String)]) -> Evaluation {
    let (text, script, params) = (text.to_owned(), script.to_owned(), params.to_vec());
    let thread = std::thread::Builder::new()
        .name("script".to_owned())
        .stack_size(STACK)
        .spawn(move || run(&text, &script, params))
        .and_then(|thread| thread.join().map_err(|_| std::io::Error::other("the evaluation panicked")));
    thread.unwrap_or_else(|error| Evaluation {
        song: Err(vec![Diagnostic::error(format!("cannot evaluate the script: {error}"))]),
        warnings: Vec::new(),
        read: Vec::new(),
        printed: Vec::new(),
    })
}

fn run(text: &str, script: &Path, params: Vec<(String, String)>) -> Evaluation {
    let draft: Shared = Arc::new(Mutex::new(Draft::new(params.into_iter().collect())));
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    engine.set_max_expr_depths(256, 256).set_strict_variables(true).set_fail_on_invalid_map_property(true);
    let _vocabulary = register(&mut engine, draft.clone());
    let printed = Arc::new(Mutex::new(Vec::new()));
    let page = printed.clone();
    engine.on_print(move |text| page.lock().expect("nothing panics while it prints").push(text.to_owned()));
    let name = script.to_string_lossy().into_owned();
    let ended = engine.compile(text).map_err(|error| error.into()).and_then(|mut ast| {
        ast.set_source(name.as_str());
        engine.run_ast(&ast)
    });
    drop(engine);
    let mut draft = lock(&draft).clone();
    draft.song.folder = script.parent().unwrap_or(Path::new("")).to_owned();
    let warnings = std::mem::take(&mut draft.warnings);
    let song = match ended {
        Ok(()) => draft.finish(),
        Err(error) => {
            let mut errors = draft.errors;
            errors.push(diagnosed(&error, &name));
            Err(errors)
        }
    };
    let printed = printed.lock().expect("nothing panics while it prints").clone();
    Evaluation { song, warnings, read: vec![script.to_owned()], printed }
}

/// Teaches an engine the language.
pub(crate) fn register(engine: &mut Engine, draft: Shared) -> Vocabulary {
    units::register(engine);
    algebra::register(engine);
    let mut book = call::Book { engine, draft, vocabulary: Vocabulary::default() };
    api::register(&mut book);
    bands::register(&mut book);
    bind::register(&mut book);
    book.vocabulary
}

fn diagnosed(error: &rhai::EvalAltResult, file: &str) -> Diagnostic {
    let position = error.position();
    let origin = Origin {
        file: file.into(),
        line: position.line().unwrap_or(0) as u32,
        column: position.position().unwrap_or(0) as u32,
    };
    let mut inner = error;
    while let rhai::EvalAltResult::ErrorInFunctionCall(_, _, cause, _) = inner {
        inner = cause;
    }
    if let rhai::EvalAltResult::ErrorRuntime(value, _) = inner
        && let Some(said) = value.clone().try_cast::<Diagnostic>()
    {
        return if said.origin.is_some() { said.label(&origin, "in this call") } else { said.at(&origin) };
    }
    Diagnostic::error(error.to_string()).at(&origin)
}
