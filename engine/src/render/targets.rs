//! Where the outputs of a render go: no two into one file, none onto a file that the song is made of.

use super::{RenderError, Request};
use crate::{
    diagnostic::Diagnostic,
    files::{self, FileError, Identity},
    plan::{Place, Plan},
    resolved::Resolved,
    sink::Format,
    song::UsedFile,
};
use std::fmt;
use std::path::{Path, PathBuf};

/// The files that are to be written.
pub(super) struct Targets {
    pub(super) master: Option<PathBuf>,
    pub(super) mix: Option<PathBuf>,
    /// Those of the stems, in the order of the plan's outputs.
    pub(super) stems: Vec<PathBuf>,
    /// That of the trace of the work.
    pub(super) trace: Option<PathBuf>,
}

impl Targets {
    /// The targets of a request.
    ///
    /// # Errors
    /// All outputs that would destroy what the song is made of, or each other.
    pub(super) fn new(song: &Resolved, plan: &Plan, request: &Request) -> Result<Targets, RenderError> {
        let stems = stems(plan, request);
        let used = song.files.iter().chain(&request.keep);
        let used = used.filter_map(|file| Some((file, Identity::existing(&file.path)?))).collect::<Vec<_>>();
        let targets = targets(&stems, request);
        let mut found: Vec<Diagnostic> =
            request.stems.iter().filter_map(|path| Some(files::check_folder(path).err()?.into())).collect();
        let folder = request.stems.as_deref().map(Identity::of);
        for (i, target) in targets.iter().enumerate() {
            found.extend(target.barred(folder.as_ref()));
            let replaced = used.iter().find(|(_, file)| file.is(&target.file));
            found.extend(replaced.map(|(file, _)| target.replaces(file)));
            found.extend(targets[..i].iter().find_map(|before| before.meets(target)));
        }
        if !found.is_empty() {
            return Err(RenderError::Song(found));
        }
        let stems = stems.into_iter().map(|(_, path)| path).collect();
        Ok(Targets {
            master: request.master.clone(),
            mix: request.mix.clone(),
            stems,
            trace: request.trace.clone(),
        })
    }

    /// A folder that takes outputs; that of the system for what does not last if there are none.
    pub(super) fn folder(&self) -> PathBuf {
        let first = self.master.iter().chain(&self.mix).chain(&self.stems).next();
        first.map_or_else(std::env::temp_dir, |target| files::folder_of(target).to_owned())
    }
}

/// The stems that are wanted, by their names, and their files.
fn stems<'p>(plan: &'p Plan, request: &Request) -> Vec<(&'p str, PathBuf)> {
    let Some(folder) = &request.stems else { return Vec::new() };
    let stems = plan.outputs.iter().filter(|output| output.place == Place::Stem);
    let file = |name: &str| folder.join(stem_name(name, request.format));
    stems.map(|output| (output.name.as_str(), file(&output.name))).collect()
}

/// An output and the file that it goes to.
struct Target<'r> {
    output: Output<'r>,
    path: &'r Path,
    file: Identity,
}

#[derive(Clone, Copy)]
enum Output<'r> {
    Mix,
    Stem(&'r str),
    Master,
    Trace,
}

/// All outputs that go into files.
fn targets<'r>(stems: &'r [(&str, PathBuf)], request: &'r Request) -> Vec<Target<'r>> {
    let named =
        [(Output::Master, &request.master), (Output::Mix, &request.mix), (Output::Trace, &request.trace)];
    let named = named.into_iter().filter_map(|(output, path)| Some((output, path.as_deref()?)));
    let stems = stems.iter().map(|(name, path)| (Output::Stem(name), path.as_path()));
    named.chain(stems).map(|(output, path)| Target { output, path, file: Identity::of(path) }).collect()
}

impl Target<'_> {
    /// Why no file can stand there, if none can. The folder of the stems is made, with those above it.
    fn barred(&self, stems: Option<&Identity>) -> Option<Diagnostic> {
        let made = |folder: &Identity| stems.is_some_and(|stems| stems.lies_in(folder));
        match files::check_target(self.path) {
            Err(FileError::NoFolder { folder, .. }) if made(&Identity::of(&folder)) => None,
            Err(FileError::NotAFolder { .. }) if matches!(self.output, Output::Stem(_)) => None,
            Err(error) => Some(error.into()),
            Ok(()) if made(&self.file) => {
                let message =
                    format!("{} would be `{}`, a folder of the stems", self.output, self.path.display());
                Some(Diagnostic::error(message).hint(self.output.elsewhere()))
            }
            Ok(()) => None,
        }
    }

    /// What is said where it would replace a file of the song.
    fn replaces(&self, file: &UsedFile) -> Diagnostic {
        let (output, path, used, how) = (self.output, self.path.display(), file.path.display(), &file.how);
        let message = if self.path == file.path.as_path() {
            format!("{output} would replace `{used}`: {how}")
        } else {
            format!("{output}, `{path}`, is the same file as `{used}`: {how}")
        };
        Diagnostic::error(message).at(&file.origin).hint(self.output.elsewhere())
    }

    /// What is said where it and another are one file, if they are.
    fn meets(&self, other: &Target<'_>) -> Option<Diagnostic> {
        let (paths, both) = ((self.path, other.path), self.output.and(other.output));
        let message = if paths.0 == paths.1 {
            format!("{both} would both be `{}`", paths.0.display())
        } else if self.file.is(&other.file) {
            format!("{both} would be one file: `{}` is `{}`", paths.0.display(), paths.1.display())
        } else if self.file.is_but_for_case(&other.file) {
            let (a, b) = (paths.0.display(), paths.1.display());
            format!("{both} would be `{a}` and `{b}`, which many systems take for one file")
        } else {
            return None;
        };
        Some(Diagnostic::error(message).hint(self.output.apart(other.output)))
    }
}

impl fmt::Display for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Mix => f.write_str("the mix"),
            Output::Master => f.write_str("the master"),
            Output::Trace => f.write_str("the trace"),
            Output::Stem(strip) => write!(f, "the stem `{strip}`"),
        }
    }
}

impl Output<'_> {
    fn and(self, other: Self) -> String {
        match (self, other) {
            (Output::Stem(a), Output::Stem(b)) if a == b => format!("two stems named `{a}`"),
            (Output::Stem(a), Output::Stem(b)) => format!("the stems `{a}` and `{b}`"),
            _ => format!("{self} and {other}"),
        }
    }

    /// How it is kept from a file of the song.
    fn elsewhere(self) -> String {
        match self {
            Output::Stem(_) => "let the stems go to a folder of their own".to_owned(),
            Output::Trace => "give the master another name: the trace is named after it".to_owned(),
            _ => format!("give {self} another name"),
        }
    }

    /// How it and another are kept apart.
    fn apart(self, other: Self) -> String {
        match (self, other) {
            (Output::Stem(a), Output::Stem(b)) if a == b => {
                format!("`{a}` is what is left of the mix: give the strip another name")
            }
            (Output::Stem(_), Output::Stem(_)) => "give one of the strips another name".to_owned(),
            (one, _) => format!("give {one} another name"),
        }
    }
}

/// A strip's name as that of a file.
fn stem_name(strip: &str, format: Format) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_.#&+".contains(c) { c } else { '_' };
    format!("{}.{}", strip.chars().map(safe).collect::<String>(), format.extension())
}
