//! Where outputs go: never on a file that the song is made of, and never two on one.

use super::{RenderError, Request};
use crate::{
    diagnostic::Diagnostic,
    files::{self, Identity},
    plan::{Place, Plan},
    sink::Format,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files that are to be written.
pub(super) struct Targets {
    pub(super) master: Option<PathBuf>,
    pub(super) mix: Option<PathBuf>,
    /// Those of the stems, in the order of the plan's outputs.
    pub(super) stems: Vec<PathBuf>,
}

impl Targets {
    /// The targets of a request.
    ///
    /// # Errors
    /// If one is a file that must be kept, or two are the same.
    pub(super) fn new(plan: &Plan, request: &Request) -> Result<Targets, RenderError> {
        let stems: Vec<(&str, PathBuf)> = match &request.stems {
            None => Vec::new(),
            Some(folder) => plan
                .outputs
                .iter()
                .filter(|output| output.place == Place::Stem)
                .map(|output| (&*output.name, folder.join(stem_name(&output.name, request.format))))
                .collect(),
        };
        let named = [("the master", &request.master), ("the mix", &request.mix)];
        let outputs: Vec<(String, &Path)> = named
            .into_iter()
            .filter_map(|(what, path)| Some((what.to_owned(), path.as_deref()?)))
            .chain(stems.iter().map(|(name, path)| (format!("the stem `{name}`"), path.as_path())))
            .collect();
        apart(&outputs)?;
        keep(&outputs, &request.keep)?;
        Ok(Targets {
            stems: stems.into_iter().map(|(_, path)| path).collect(),
            master: request.master.clone(),
            mix: request.mix.clone(),
        })
    }
}

/// No two outputs are one file.
fn apart(outputs: &[(String, &Path)]) -> Result<(), RenderError> {
    let mut taken: BTreeMap<Identity, &str> = BTreeMap::new();
    for (what, path) in outputs {
        if let Some(other) = taken.insert(files::identity(path), what) {
            let message = format!("{other} and {what} would both be written to `{}`", path.display());
            return Err(mistake(
                message,
                "give each a file of its own; upper and lower case do not tell them apart",
            ));
        }
    }
    Ok(())
}

/// No output takes the place of a file that the song is made of.
fn keep(outputs: &[(String, &Path)], kept: &[PathBuf]) -> Result<(), RenderError> {
    let kept: BTreeMap<Identity, &PathBuf> = kept.iter().map(|path| (files::identity(path), path)).collect();
    for (what, path) in outputs {
        if let Some(file) = kept.get(&files::identity(path)) {
            let message = format!("{what} would replace `{}`, which the song is made of", file.display());
            return Err(mistake(message, "name another file or folder for it"));
        }
    }
    Ok(())
}

fn mistake(message: String, hint: &str) -> RenderError {
    RenderError::Song(Box::new(Diagnostic::error(message).hint(hint)))
}

/// A strip's name as that of a file.
fn stem_name(strip: &str, format: Format) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_.#&+".contains(c) { c } else { '_' };
    format!("{}.{}", strip.chars().map(safe).collect::<String>(), format.extension())
}
