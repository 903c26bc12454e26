//! Why a file could not be had, in words for whoever wants it.

use super::nearest;
use crate::diagnostic::{Blame, Diagnostic};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What was tried with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opening or reading it.
    Read,
    /// Making it, writing into it or putting it in its place.
    Write,
    /// Keeping in a folder what has no name there.
    Keep,
    /// Taking it away.
    Remove,
    /// Listing what a folder holds.
    List,
}

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused.
    #[error("cannot {action} `{}`: {}", path.display(), reason(*action, cause))]
    Failed {
        /// What was tried.
        action: Action,
        /// With what.
        path: PathBuf,
        /// What the system said; the message tells it, so it is no cause that is told once more.
        cause: io::Error,
    },
    /// A folder, a device or a pipe stands where a file should be.
    #[error("cannot {action} `{}`: it is {what}, not a file", path.display())]
    NotAFile {
        /// What was tried.
        action: Action,
        /// With what.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The folder that a file should stand in is not there.
    #[error("cannot write `{}`: there is no folder `{}`", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// A file stands where a folder should be.
    #[error("cannot write into `{}`: it is a file, not a folder", path.display())]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// More than is ever read at once.
    #[error("cannot read `{}`: it holds {size} bytes, and at most {limit} are read", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its length in bytes.
        size: u64,
        /// The most that is read.
        limit: u64,
    },
}

impl FileError {
    /// A failure of [`scratch`](super::scratch) space in a folder.
    pub fn scratch(folder: &Path, source: io::Error) -> FileError {
        failed(Action::Keep, folder, source)
    }

    /// Which file or folder it is about.
    pub fn path(&self) -> &Path {
        match self {
            FileError::Failed { path, .. }
            | FileError::NotAFile { path, .. }
            | FileError::NoFolder { path, .. }
            | FileError::NotAFolder { path }
            | FileError::TooLarge { path, .. } => path,
        }
    }

    /// Whose fault it is: a name that leads to no file is the author's.
    pub fn blame(&self) -> Blame {
        match self {
            FileError::Failed { cause, .. } if cause.kind() != io::ErrorKind::NotFound => Blame::World,
            _ => Blame::Author,
        }
    }

    /// What may help: the nearest name to one that does not exist, or another place.
    pub fn hint(&self) -> Option<String> {
        match self {
            FileError::NoFolder { folder, .. } => Some(match nearest(folder) {
                Some(near) => format!("there is `{}`; or make `{}` first", near.display(), folder.display()),
                None => "make it first".to_owned(),
            }),
            FileError::Failed { action, path, cause } => match (action, cause.kind()) {
                (Action::Read, io::ErrorKind::NotFound) => {
                    nearest(path).map(|name| format!("there is `{}`", name.display()))
                }
                (Action::Write, io::ErrorKind::PermissionDenied) => {
                    Some("write to another file or folder, or let this one be written".to_owned())
                }
                (Action::Write, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                    Some("make room, or write to another disk".to_owned())
                }
                (Action::Write, io::ErrorKind::ReadOnlyFilesystem) => {
                    Some("write to another disk".to_owned())
                }
                (Action::Keep, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                    Some("make room there".to_owned())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<FileError> for Diagnostic {
    fn from(error: FileError) -> Self {
        Diagnostic::error(error.to_string()).blame(error.blame()).hints(error.hint())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Read => "read",
            Action::Write => "write",
            Action::Keep => "keep sound for a while in",
            Action::Remove => "remove",
            Action::List => "list",
        })
    }
}

pub(super) fn failed(action: Action, path: &Path, source: io::Error) -> FileError {
    FileError::Failed { action, path: path.to_owned(), cause: source }
}

/// What the system said, in the words of the other messages.
fn reason(action: Action, error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::NotFound if action == Action::Read => "no such file",
        io::ErrorKind::NotFound => "no such folder",
        io::ErrorKind::PermissionDenied => "not permitted",
        io::ErrorKind::StorageFull => "the disk is full",
        io::ErrorKind::QuotaExceeded => "your share of the disk is full",
        io::ErrorKind::FileTooLarge => "the disk takes no file of this size",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        io::ErrorKind::InvalidFilename => "the disk takes no such name",
        io::ErrorKind::NotADirectory => "a file stands where a folder should",
        _ => return error.to_string(),
    };
    words.to_owned()
}
