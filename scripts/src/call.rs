//! How a verb of a script reaches the draft: one place that knows where a call stands and what becomes of its errors.
//!
//! A verb says what is wrong and goes on, so that one run shows every error. Within a template it is thrown instead:
//! then the call that led there is shown as well.

use crate::draft::{Draft, Shared, lock};
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use rhai::{Dynamic, Engine, EvalAltResult, NativeCallContext, Position};
use std::any::TypeId;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Arguments beyond this are left to rhai, whose message is as good.
const MOST_ARGUMENTS: usize = 6;

/// What is wrong, as an error that rhai carries.
pub(crate) fn raise(error: impl Clone + Send + Sync + 'static) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(error), Position::NONE))
}

/// What is wrong with a setting that a template was given, which may be written out where the template is called.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    /// What is wrong.
    pub(crate) error: Diagnostic,
    /// The name of the setting.
    pub(crate) setting: String,
}

/// The words that a script can say, for suggestions and so that no template takes one of them.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Verbs of strips.
    pub strip: BTreeSet<String>,
    /// Verbs of the song.
    pub song: BTreeSet<String>,
    /// Functions, and verbs of other things such as curves.
    pub free: BTreeSet<String>,
}

impl Vocabulary {
    /// All words, whatever they belong to.
    pub fn all(&self) -> BTreeSet<String> {
        self.strip.iter().chain(&self.song).chain(&self.free).cloned().collect()
    }
}

/// Which part of the vocabulary a word belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    Strip,
    Song,
    Free,
}

/// Registers verbs with an engine and notes their names.
pub(crate) struct Book<'e> {
    pub(crate) engine: &'e mut Engine,
    pub(crate) draft: Shared,
    pub(crate) vocabulary: Vocabulary,
}

/// The arguments of a call behind its receiver.
pub(crate) type Args = Vec<Dynamic>;

impl Book<'_> {
    /// Registers a verb of a handle. `usage` begins with its name: `send(bus, level, "pre")`.
    pub(crate) fn verb<T: Clone + Send + Sync + 'static>(
        &mut self,
        of: Of,
        usage: impl Into<Arc<str>>,
        counts: RangeInclusive<usize>,
        does: impl Fn(&mut Draft, T, Args) -> Dynamic + Clone + Send + Sync + 'static,
    ) {
        let usage = usage.into();
        let name = self.note(of, &usage);
        for count in 0..=MOST_ARGUMENTS {
            let mut types = vec![TypeId::of::<T>()];
            types.resize(count + 1, TypeId::of::<Dynamic>());
            let (draft, usage) = (self.draft.clone(), usage.clone());
            let (counts, does) = (counts.clone(), does.clone());
            self.engine.register_raw_fn(&name, types, move |ctx, args| {
                let handle = args[0].clone_cast::<T>();
                let args: Args = args[1..].iter_mut().map(|arg| arg.take().flatten()).collect();
                carry_out(&ctx, Call { main: CALLED, arguments: args.len() }, &draft, |draft| {
                    if !counts.contains(&args.len()) {
                        draft.report(miscounted(&usage, args.len()));
                        return Dynamic::from(handle);
                    }
                    does(draft, handle, args)
                })
            });
        }
    }

    /// Registers a free function.
    pub(crate) fn function(
        &mut self,
        usage: impl Into<Arc<str>>,
        counts: RangeInclusive<usize>,
        does: impl Fn(&mut Draft, Args) -> Dynamic + Clone + Send + Sync + 'static,
    ) {
        let usage = usage.into();
        let name = self.note(Of::Free, &usage);
        for count in 0..=MOST_ARGUMENTS {
            let types = vec![TypeId::of::<Dynamic>(); count];
            let (draft, usage) = (self.draft.clone(), usage.clone());
            let (counts, does) = (counts.clone(), does.clone());
            self.engine.register_raw_fn(&name, types, move |ctx, args| {
                let args: Args = args.iter().map(|arg| arg.flatten_clone()).collect();
                carry_out(&ctx, Call { main: CALLED, arguments: args.len() }, &draft, |draft| {
                    if counts.contains(&args.len()) {
                        return does(draft, args);
                    }
                    draft.report(miscounted(&usage, args.len()));
                    Dynamic::UNIT
                })
            });
        }
    }

    /// Registers a property.
    pub(crate) fn property<T: Clone + Send + Sync + 'static>(
        &mut self,
        name: &str,
        does: impl Fn(&mut Draft, &T) -> Dynamic + Send + Sync + 'static,
    ) {
        let draft = self.draft.clone();
        self.engine.register_get(name, move |ctx: NativeCallContext, handle: &mut T| -> Result<Dynamic, _> {
            carry_out(&ctx, Call { main: READ, arguments: 0 }, &draft, |draft| does(draft, handle))
        });
    }

    fn note(&mut self, of: Of, usage: &str) -> String {
        let name = usage.split('(').next().unwrap_or(usage);
        let words = match of {
            Of::Strip => &mut self.vocabulary.strip,
            Of::Song => &mut self.vocabulary.song,
            Of::Free => &mut self.vocabulary.free,
        };
        words.insert(name.to_owned());
        name.to_owned()
    }
}

fn miscounted(usage: &str, given: usize) -> Diagnostic {
    let name = usage.split('(').next().unwrap_or(usage);
    let given = match given {
        0 => "nothing".to_owned(),
        1 => "one value".to_owned(),
        n => format!("{n} values"),
    };
    Diagnostic::error(format!("`{name}` cannot take {given}")).hint(format!("write `{usage}`"))
}

/// What is known of a call beforehand.
struct Call {
    /// The depth that it has in the main script.
    main: usize,
    /// How many arguments are written in its brackets.
    arguments: usize,
}

/// The depth of a verb or function that the main script calls: rhai counts the call itself.
const CALLED: usize = 1;

/// The depth of a property that the main script reads: reading is no call.
const READ: usize = 0;

/// Runs a verb on the draft. What it reports stays in the draft, or is thrown where a function was called.
fn carry_out(
    ctx: &NativeCallContext,
    call: Call,
    draft: &Shared,
    does: impl FnOnce(&mut Draft) -> Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let mut draft = lock(draft);
    draft.begin(origin(ctx), call.arguments);
    let before = draft.errors.len();
    let result = does(&mut draft);
    // What gave no value would only be missed further down.
    let ends = ctx.call_level() > call.main || result.is_unit();
    if ends && draft.errors.len() > before {
        let last = draft.errors.pop().expect("one more than before");
        return Err(match draft.passed.take() {
            Some(setting) => raise(Passed { error: last, setting }),
            None => raise(last),
        });
    }
    Ok(result)
}

fn origin(ctx: &NativeCallContext) -> Origin {
    let position = ctx.call_position();
    Origin {
        file: ctx.call_source().unwrap_or_default().into(),
        line: position.line().unwrap_or(0) as u32,
        column: position.position().unwrap_or(0) as u32,
    }
}
