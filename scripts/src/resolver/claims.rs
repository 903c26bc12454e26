//! Which file defines which function. Rhai lets the last import win, lets a script shadow what is built in, and lets a call
//! of a helper find another file's of the same name, all silently.

use super::origin;
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use rhai::{AST, ScriptFnMetadata};
use std::collections::{BTreeMap, BTreeSet};

/// The type (none for a helper), name and number of arguments of a function, and where it is defined.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<(Option<String>, String, usize), Origin>);

impl Claims {
    /// The names of all verbs.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.0.keys().filter(|(kind, ..)| kind.is_some()).map(|(_, name, _)| name.clone()).collect()
    }

    /// Notes the functions of a script.
    pub(super) fn claim(
        &mut self,
        ast: &AST,
        text: &str,
        file: &str,
        builtin: &BTreeSet<String>,
    ) -> Result<(), Diagnostic> {
        let mut functions: Vec<_> =
            ast.iter_functions().map(|function| (declared(text, file, &function), function)).collect();
        functions.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (here, function) in functions {
            if builtin.contains(function.name) {
                return Err(Diagnostic::error(format!(
                    "`{}` is built in and cannot be defined again",
                    function.name
                ))
                .at(&here)
                .hint("give it another name"));
            }
            // Closures are functions as well, under names that Rhai makes up.
            if function.name.starts_with("anon$") {
                continue;
            }
            let kind = function.this_type.map(str::to_owned);
            let signature = (kind, function.name.to_owned(), function.params.len());
            let first = self.0.entry(signature).or_insert_with(|| here.clone());
            if first.file != here.file {
                return Err(clash(&function, first, &here));
            }
        }
        Ok(())
    }
}

fn clash(function: &ScriptFnMetadata<'_>, first: &Origin, here: &Origin) -> Diagnostic {
    let kind = function.this_type.map(|kind| format!("{kind}.")).unwrap_or_default();
    let signature = format!("{kind}{}({})", function.name, function.params.join(", "));
    Diagnostic::error(format!("`{signature}` is defined in `{}` and in `{}`", first.file, here.file))
        .at(here)
        .label(first, "defined here first")
        .hint("rename one of them, or import only one of the files")
}

/// Where a function is declared: Rhai does not tell, so its line is looked for in the text.
fn declared(text: &str, file: &str, function: &ScriptFnMetadata<'_>) -> Origin {
    let found = text.lines().enumerate().find_map(|(i, line)| {
        let head = line.trim_start();
        let head = head.strip_prefix("private ").unwrap_or(head).trim_start();
        let (full, params) = head.strip_prefix("fn ")?.split_once('(')?;
        let (kind, name) = full.rsplit_once('.').map_or((None, full), |(kind, name)| (Some(kind), name));
        let kind = kind.map(|kind| kind.trim().trim_matches('"'));
        let arity = params
            .split(')')
            .next()
            .map_or(0, |inner| inner.split(',').filter(|p| !p.trim().is_empty()).count());
        let same =
            name.trim() == function.name && kind == function.this_type && arity == function.params.len();
        same.then(|| {
            origin(file, i + 1, line.find(name.trim()).map_or(1, |at| line[..at].chars().count() + 1))
        })
    });
    found.unwrap_or_else(|| origin(file, 1, 1))
}
