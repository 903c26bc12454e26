//! Whether a file or folder can come to stand at a path, as far as that can be told beforehand.

use super::{Action, FileError, error::failed, folder_of, followed, regular};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Refuses a path at which no file can come to stand.
///
/// # Errors
/// If something else than a file stands there or one that may not be written, it names a folder, or its folder is not
/// there.
pub fn check_target(path: &Path) -> Result<(), FileError> {
    if path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
        let what = "the name of a folder";
        return Err(FileError::NotAFile { action: Action::Write, path: path.to_owned(), what });
    }
    let target = followed(path).map_err(|source| failed(Action::Write, path, source))?;
    if let Ok(found) = fs::metadata(&target) {
        regular(Action::Write, path, &found)?;
        return open(&target, &found).map_err(|source| failed(Action::Write, path, source));
    }
    let folder = folder_of(&target);
    check_folder(folder)?;
    if folder.exists() {
        return Ok(());
    }
    Err(FileError::NoFolder { path: path.to_owned(), folder: folder.to_owned() })
}

/// A file would be replaced whether it may be written or not: that takes a right to its folder only.
fn open(target: &Path, found: &fs::Metadata) -> io::Result<()> {
    if found.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    OpenOptions::new().append(true).open(target).map(drop)
}

/// Refuses a path at which a file stands, or beneath one, so that it can be no folder.
///
/// # Errors
/// If it is so.
pub fn check_folder(path: &Path) -> Result<(), FileError> {
    match path.ancestors().find(|above| above.exists()) {
        Some(found) if !found.is_dir() => Err(FileError::NotAFolder { path: found.to_owned() }),
        _ => Ok(()),
    }
}
