//! Where templates lie: which paths may be asked for, where they are looked for, and what is near one that is missing.

use super::library;
use mixwright_engine::{
    diagnostic::Diagnostic,
    files::{self, FileError},
};
use mixwright_nodes::params::nearest;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The most names of a folder that are compared with a misspelt one.
const LISTED: usize = 1_000;

/// What a template is known by, whatever path led to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    File(PathBuf),
    Library(&'static str),
}

impl Place {
    /// The place of a file that exists, with its links resolved.
    pub(super) fn of(file: &Path) -> Option<Place> {
        fs::canonicalize(file).ok().map(Place::File)
    }
}

/// Why a path may not be imported, if it may not. It may lead upwards, to what several projects share.
pub(super) fn refused(path: &str) -> Option<Diagnostic> {
    if path.is_empty() || path.ends_with('/') || path.chars().any(char::is_control) {
        return Some(Diagnostic::error(format!("{path:?} names no file")));
    }
    let absolute = path.starts_with(['/', '\\']) || path.contains(':');
    absolute.then(|| {
        Diagnostic::error(format!("`{path}` is no path from this script"))
            .hint("paths are relative to the script, so that a project can move")
    })
}

/// Where a template is looked for: beside the importing script, then beside the main script.
pub(super) fn candidates(from: &Path, main: &Path, path: &str) -> Vec<PathBuf> {
    let file = if path.ends_with(".rhai") { path.to_owned() } else { format!("{path}.rhai") };
    let mut all: Vec<PathBuf> = Vec::new();
    for script in [from, main] {
        let candidate = tidy(&script.parent().unwrap_or(Path::new("")).join(&file));
        if !all.contains(&candidate) {
            all.push(candidate);
        }
    }
    all
}

/// The path of a file that is named from the main script's folder.
pub(super) fn beside(main: &Path, file: &str) -> PathBuf {
    tidy(&main.parent().unwrap_or(Path::new("")).join(file))
}

/// Without `.`, and without `..` where a named folder precedes it, so that names in messages are short.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            _ => tidy.push(part),
        }
    }
    tidy
}

/// The error for a template that lies nowhere, with what is near.
pub(super) fn missing(path: &str, tried: &[PathBuf]) -> Diagnostic {
    let mut error = Diagnostic::error(format!("there is no template `{path}`"));
    let library = library::names();
    let there = siblings(path, tried);
    if let Some(near) = nearest(path, there.iter().chain(&library).map(String::as_str)) {
        error = error.hint(format!("did you mean `{near}`?"));
    } else if !there.is_empty() {
        error = error.hint(format!("there are {}", list(&there[..there.len().min(8)])));
    }
    if !tried.is_empty() {
        let tried: Vec<_> = tried.iter().map(|file| super::shown(file)).collect();
        error = error.hint(format!("looked for {}", list(&tried)));
    }
    error.hint(format!("the library has {}", list(&library)))
}

/// The error for a file that is named in full and cannot be read, with what is near one that is missing.
pub(super) fn unread(path: &Path, why: &Unread) -> Diagnostic {
    let error = Diagnostic::error(format!("cannot read `{}`: {why}", super::shown(path)));
    match files::nearest(path).filter(|_| matches!(why, Unread::Missing)) {
        Some(near) => error.hint(format!("there is `{}`", super::shown(&tidy(&near)))),
        None => error,
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The templates in the folders that were looked in, as they would be imported; all of a project one folder deep.
fn siblings(path: &str, tried: &[PathBuf]) -> Vec<String> {
    let prefix = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut all: Vec<String> = Vec::new();
    for folder in tried.iter().filter_map(|file| file.parent()) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        all.extend(
            scripts_in(folder)
                .into_iter()
                .map(|name| if prefix.is_empty() { name } else { format!("{prefix}/{name}") }),
        );
    }
    all.sort();
    all.dedup();
    all
}

fn scripts_in(folder: &Path) -> Vec<String> {
    let entries = files::list(folder).unwrap_or_default();
    let scripts = entries.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rhai"));
    scripts.take(LISTED).filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
}

/// Why a text could not be read.
#[derive(Debug)]
pub enum Unread {
    /// There is no such file.
    Missing,
    /// It is a folder, a device or another thing that is no file.
    NoFile,
    /// It has more bytes than it may have.
    TooLarge(usize),
    /// It is no UTF-8.
    NoText,
    /// The system refused.
    Refused(io::Error),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Missing => f.write_str("there is no such file"),
            Unread::NoFile => f.write_str("it is no regular file"),
            Unread::TooLarge(most) => write!(f, "it has more than {most} bytes"),
            Unread::NoText => f.write_str("it is no UTF-8 text"),
            Unread::Refused(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Unread {}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Unread::Missing } else { Unread::Refused(error) }
    }
}

/// Reads a text from a regular file.
///
/// # Errors
/// If it is missing, no regular file, larger than `most` bytes, or no text.
pub fn read_text(path: &Path, most: usize) -> Result<String, Unread> {
    let path = fs::canonicalize(path)?;
    // What the system makes up while it is read calls itself a file.
    if ["/proc", "/sys", "/dev"].iter().any(|root| path.starts_with(root)) {
        return Err(Unread::NoFile);
    }
    let text = String::from_utf8(files::read(&path, most as u64)?).map_err(|_| Unread::NoText)?;
    // Some editors begin every file with a byte order mark.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

impl From<FileError> for Unread {
    fn from(error: FileError) -> Self {
        match error {
            FileError::NotAFile { .. } => Unread::NoFile,
            FileError::NoFolder { .. } | FileError::NotAFolder { .. } => Unread::Missing,
            FileError::TooLarge { limit, .. } => Unread::TooLarge(limit as usize),
            FileError::Failed { cause, .. } => cause.into(),
        }
    }
}
