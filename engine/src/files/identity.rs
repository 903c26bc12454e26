//! Which file a path leads to, whatever way it goes: over links, over `..`, or by another of the file's names.

use super::{folder_of, followed};
use std::fs;
use std::path::{Path, PathBuf};

/// What a file is told from others by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its path without links and `..`, as far as the system tells.
    path: PathBuf,
    /// Its number on its disk: the same for all names of the file. None if there is no file yet, or no such number.
    node: Option<(u64, u64)>,
}

impl Identity {
    /// That of the file at a path, or of the one that would be made there.
    pub fn of(path: &Path) -> Identity {
        let path = followed(path).unwrap_or_else(|_| path.to_owned());
        Identity { node: fs::metadata(&path).ok().and_then(|found| node(&found)), path: real(&path) }
    }

    /// That of the file at a path, if there is one.
    pub fn existing(path: &Path) -> Option<Identity> {
        path.exists().then(|| Identity::of(path))
    }

    /// Whether both are one file.
    pub fn is(&self, other: &Identity) -> bool {
        self.path == other.path || (self.node.is_some() && self.node == other.node)
    }

    /// Whether it is a folder, or lies in it at any depth.
    pub fn lies_in(&self, folder: &Identity) -> bool {
        self.path.starts_with(&folder.path)
    }

    /// Whether both would be one file on a system that takes `Mix.wav` for `mix.wav`.
    pub fn is_but_for_case(&self, other: &Identity) -> bool {
        let lower = |identity: &Identity| Some(identity.path.file_name()?.to_string_lossy().to_lowercase());
        self.path.parent() == other.path.parent() && lower(self) == lower(other)
    }
}

#[cfg(unix)]
pub(super) fn node(found: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
pub(super) fn node(_: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

/// The path without links and `..`; what does not exist yet is joined to what does.
pub fn real(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    match path.file_name() {
        Some(name) => real(folder_of(path)).join(name),
        None if path.ends_with("..") => {
            let mut folder = real(folder_of(path));
            folder.pop();
            folder
        }
        None => path.to_owned(),
    }
}
