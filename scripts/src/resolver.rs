//! Imports: finds templates beside the importing script, beside the main script and in the library; names cycles and
//! clashing verbs; keeps every text that was read, and every place that was looked at, for whoever watches the files.
//!
//! One resolver serves one evaluation, so nothing stale survives an edit. It counts no operations: the sandbox's meter
//! does, across all scripts.

mod claims;
mod constants;
mod library;
mod places;

pub(crate) use constants::constant_of;
pub use library::{LIBRARY, names as library_names};
pub use places::{Unread, read_text};

use crate::sandbox::{MODULES, SOURCE, check_size};
use claims::Claims;
use constants::Constants;
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use places::{Place, candidates, refused};
use rhai::{AST, Engine, EvalAltResult, Module, ModuleResolver, ParseError, Position, Scope, Shared};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Failure = Box<EvalAltResult>;
type SharedModule = Shared<Module>;

/// Texts of scripts, by the names that origins and messages give them.
pub type Sources = BTreeMap<String, Arc<str>>;

/// Finds what scripts import. Clones share what was read.
#[derive(Clone, Debug)]
pub struct Resolver {
    shared: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    main: PathBuf,
    builtin: BTreeSet<String>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The imports that are under way, outermost first, with the names of their files.
    open: Vec<(Place, String)>,
    modules: BTreeMap<Place, SharedModule>,
    sources: Sources,
    looked: BTreeMap<PathBuf, bool>,
    /// How many files an import has loaded, failed ones included.
    loaded: usize,
    claims: Claims,
}

impl Resolver {
    /// A resolver for the script at `main`. `builtin` are the names that no script may define.
    pub fn new(main: impl Into<PathBuf>, builtin: BTreeSet<String>) -> Self {
        let shared = Kept { main: main.into(), builtin, state: Mutex::default() };
        Resolver { shared: Arc::new(shared) }
    }

    /// Reads and compiles the main script.
    ///
    /// # Errors
    /// If it cannot be read or parsed, or defines a built-in verb.
    pub fn main(&self, engine: &Engine) -> Result<AST, Failure> {
        let path = &self.shared.main;
        let text =
            self.read(path, SOURCE).map_err(|unread| fail(places::unread(path, &unread), Position::NONE))?;
        self.main_text(engine, &text)
    }

    /// Compiles a text as the main script.
    ///
    /// # Errors
    /// If it cannot be parsed, or defines a built-in verb.
    pub fn main_text(&self, engine: &Engine, text: &str) -> Result<AST, Failure> {
        let name = shown(&self.shared.main);
        if let Some(place) = Place::of(&self.shared.main) {
            self.state().open.push((place, name.clone()));
        }
        self.note(text, &name)?;
        self.compile(engine, text, &name)
    }

    /// Reads a text beside the main script, such as settings: the name of its file for messages, and the text.
    ///
    /// # Errors
    /// If the path leads anywhere else, or what is there cannot be read.
    pub fn read_beside(&self, file: &str, most: usize) -> Result<(String, String), Diagnostic> {
        if let Some(why) = refused(file) {
            return Err(why);
        }
        let path = places::beside(&self.shared.main, file);
        let name = shown(&path);
        let text = self.read(&path, most).map_err(|unread| places::unread(&path, &unread))?;
        self.state().sources.insert(name.clone(), text.as_str().into());
        Ok((name, text))
    }

    /// Reads a text and remembers that it was looked for.
    ///
    /// # Errors
    /// If it is missing, no regular file, larger than `most` bytes, or no text.
    pub fn read(&self, path: &Path, most: usize) -> Result<String, Unread> {
        let text = read_text(path, most);
        let there = !matches!(text, Err(Unread::Missing));
        self.state().looked.insert(path.to_owned(), there);
        text
    }

    /// Every file that was looked for, and whether it was there.
    pub fn looked(&self) -> BTreeMap<PathBuf, bool> {
        self.state().looked.clone()
    }

    /// The text of a script, by its name in origins.
    pub fn text(&self, name: &str) -> Option<Arc<str>> {
        self.state().sources.get(name).cloned()
    }

    /// The texts of all scripts that were compiled.
    pub fn sources(&self) -> Sources {
        self.state().sources.clone()
    }

    /// The verbs that scripts have defined so far, to compare misspelt ones with.
    pub fn verbs(&self) -> BTreeSet<String> {
        self.state().claims.names()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the text of a script, if it is not too large.
    fn note(&self, text: &str, name: &str) -> Result<(), Failure> {
        self.state().sources.insert(name.to_owned(), text.into());
        check_size(text).map_err(|diagnostic| fail(diagnostic, Position::NONE))
    }

    /// Compiles a script under its name, once its functions clash with no other's.
    fn compile(&self, engine: &Engine, text: &str, name: &str) -> Result<AST, Failure> {
        let mut ast = engine.compile_with_scope(&Scope::new(), text).map_err(unparsed)?;
        ast.set_source(name);
        let claimed = self.state().claims.claim(&ast, text, name, &self.shared.builtin);
        claimed.map_err(|diagnostic| fail(diagnostic, Position::NONE))?;
        Ok(ast)
    }

    fn import(&self, engine: &Engine, from: &str, path: &str, at: Position) -> Result<SharedModule, Failure> {
        if let Some(why) = refused(path) {
            return Err(fail(why, at));
        }
        let (place, name) = self.find(from, path, at)?;
        if let Some(module) = self.state().modules.get(&place) {
            return Ok(module.clone());
        }
        self.enter(place.clone(), &name, at)?;
        let module = self.load(engine, &place, &name);
        let mut state = self.state();
        state.open.pop();
        // Where in the other file it went wrong, and here where that was asked for.
        let module = module.map_err(|error| Box::new(EvalAltResult::ErrorInModule(name, error, at)))?;
        state.modules.insert(place, module.clone());
        Ok(module)
    }

    /// The first place that has the template, and the name of its file.
    fn find(&self, from: &str, path: &str, at: Position) -> Result<(Place, String), Failure> {
        if let Some(text) = library::find(path) {
            return Ok((Place::Library(text.name), text.file()));
        }
        let tried = if library::contains(from) || path.starts_with("std/") {
            Vec::new()
        } else {
            candidates(Path::new(from), &self.shared.main, path)
        };
        for file in &tried {
            let place = Place::of(file);
            self.state().looked.insert(file.clone(), place.is_some());
            if let Some(place) = place {
                return Ok((place, shown(file)));
            }
        }
        Err(fail(places::missing(path, &tried), at))
    }

    fn enter(&self, place: Place, name: &str, at: Position) -> Result<(), Failure> {
        let mut state = self.state();
        if let Some(start) = state.open.iter().position(|(open, _)| *open == place) {
            let chain: Vec<_> =
                state.open[start..].iter().map(|(_, name)| name.as_str()).chain([name]).collect();
            let words = format!("`{name}` imports itself: {}", chain.join(" -> "));
            return Err(fail(Diagnostic::error(words).hint("move what both need into a third file"), at));
        }
        if state.modules.len() + state.open.len() > MODULES {
            return Err(fail(Diagnostic::error(format!("more than {MODULES} files are imported")), at));
        }
        state.open.push((place, name.to_owned()));
        Ok(())
    }

    fn load(&self, engine: &Engine, place: &Place, name: &str) -> Result<SharedModule, Failure> {
        let text = match place {
            Place::Library(name) => library::text(name).to_owned(),
            Place::File(path) => read_text(path, SOURCE).map_err(|unread| {
                fail(Diagnostic::error(format!("cannot read `{name}`: {unread}")), Position::NONE)
            })?,
        };
        self.note(&text, name)?;
        let (text, constants) = Constants::replace(&text, self.number());
        let ast = self.compile(engine, &text, name)?;
        let ast = constants.export(engine, &ast).map_err(unparsed)?;
        // A scope of its own: the importer's variables are none of its business.
        let mut module = Module::eval_ast_as_new(Scope::new(), &ast, engine)?;
        constants.provide(&mut module);
        Ok(module.into())
    }

    /// A number that no other file has.
    fn number(&self) -> usize {
        let mut state = self.state();
        state.loaded += 1;
        state.loaded
    }
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        at: Position,
    ) -> Result<SharedModule, Failure> {
        self.import(engine, source.unwrap_or(&shown(&self.shared.main)), path, at)
    }
}

/// A diagnostic as an error that Rhai carries.
pub(crate) fn fail(diagnostic: Diagnostic, at: Position) -> Failure {
    Box::new(EvalAltResult::ErrorRuntime(rhai::Dynamic::from(diagnostic), at))
}

fn unparsed(error: ParseError) -> Failure {
    Box::new(EvalAltResult::ErrorParsing(*error.0, error.1))
}

/// The name of a file in origins and messages.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn origin(file: &str, line: usize, column: usize) -> Origin {
    Origin { file: file.into(), line: line as u32, column: column as u32 }
}

#[cfg(test)]
mod tests;
