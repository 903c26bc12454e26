//! The one door to the disk: whatever the engine reads, writes, replaces or removes goes through here.
//!
//! Inputs are regular files and never longer than they were when opened. Outputs grow beside their target and take its
//! place in one step, so that a target is always the old file whole or the new one. What lies in a file is not known here.

#![allow(clippy::disallowed_methods, reason = "this is the door")]

mod ahead;
mod error;
#[cfg(any(test, feature = "faults"))]
pub mod faults;
mod identity;
mod mark;
mod passing;
mod pool;
mod stamp;
mod target;

pub use ahead::Ahead;
pub use error::{Action, FileError};
pub use identity::{Identity, real};
pub use mark::Mark;
pub use passing::{Folder, abandon};
pub use stamp::stamp;
pub use target::{check_folder, check_target};

use error::failed;
use passing::Passing;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tempfile::{Builder, NamedTempFile};

/// A file open for reading.
#[derive(Clone, Debug)]
pub struct Input {
    slot: Arc<pool::Slot>,
    path: PathBuf,
    at: u64,
    /// The first failure: a decoder may pass over an error, and must not get on past it.
    broken: Option<io::ErrorKind>,
}

impl Input {
    /// Opens a regular file.
    ///
    /// # Errors
    /// If there is none, or it may not be read.
    pub fn open(path: &Path) -> Result<Input, FileError> {
        let failed = |source| failed(Action::Read, path, source);
        step(path).map_err(failed)?;
        // Asked before opening, as opening a pipe would wait for a writer.
        regular(Action::Read, path, &fs::metadata(path).map_err(failed)?)?;
        let file = File::open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        regular(Action::Read, path, &found)?;
        Ok(Input { slot: pool::Slot::new(path, file, &found), path: path.to_owned(), at: 0, broken: None })
    }

    /// Its length in bytes when it was opened; nothing behind is ever read.
    pub fn size(&self) -> u64 {
        self.slot.size()
    }

    fn read_here(&self, buffer: &mut [u8]) -> io::Result<usize> {
        step(&self.path)?;
        let left = usize::try_from(self.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        self.slot.with(|file| {
            file.seek(SeekFrom::Start(self.at))?;
            file.read(&mut buffer[..wanted])
        })
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(kind) = self.broken {
            return Err(kind.into());
        }
        let result = self.read_here(buffer);
        match &result {
            Ok(n) => self.at += *n as u64,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => self.broken = Some(error.kind()),
            Err(_) => {}
        }
        result
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.size().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at =
            place.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the start"))?;
        Ok(self.at)
    }
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// If it is longer, or cannot be read.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let mut input = Input::open(path)?;
    if input.size() > limit {
        return Err(FileError::TooLarge { path: path.to_owned(), size: input.size(), limit });
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|source| failed(Action::Read, path, source))?;
    Ok(bytes)
}

/// Removes a file; one that is already gone is success.
///
/// # Errors
/// If the system refuses.
pub fn remove(path: &Path) -> Result<(), FileError> {
    match step(path).and_then(|()| fs::remove_file(path)) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(failed(Action::Remove, path, source)),
        _ => Ok(()),
    }
}

/// Makes a folder, and those above it, unless it is there; what was made goes again if it is empty in the end.
///
/// # Errors
/// If it cannot be made.
pub fn folder(path: &Path) -> Result<Folder, FileError> {
    check_folder(path)?;
    let folder = Folder::missing(path);
    let made = step(path).and_then(|()| fs::create_dir_all(path));
    made.map(|()| folder).map_err(|source| failed(Action::Write, path, source))
}

/// The names in a folder, sorted.
///
/// # Errors
/// If the folder cannot be listed.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = step(folder).and_then(|()| fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect());
    let mut names: Vec<PathBuf> = entries.map_err(|source| failed(Action::List, folder, source))?;
    names.sort();
    Ok(names)
}

/// A file in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// When it was last written or [`touch`]ed.
    pub modified: SystemTime,
}

/// The files in a folder, without those that go while it is looked at.
///
/// # Errors
/// If the folder cannot be listed.
pub fn found(folder: &Path) -> Result<Vec<Found>, FileError> {
    let known = |path: PathBuf| {
        let known = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some(Found { path, size: known.len(), modified: known.modified().ok()? })
    };
    Ok(list(folder)?.into_iter().filter_map(known).collect())
}

/// Notes that a file was used now; where the system refuses, it was not.
pub fn touch(path: &Path) {
    if let Ok(file) = File::options().append(true).open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}

/// The name in a path's folder that comes nearest to the path's own, if any is near; the same of a folder that is not there.
pub fn nearest(path: &Path) -> Option<PathBuf> {
    let wanted = path.file_name()?.to_str()?.to_lowercase();
    let near = |found: &PathBuf| {
        let name = found.file_name()?.to_str()?.to_lowercase();
        let distance = strsim::damerau_levenshtein(&wanted, &name);
        // The same sound in another format is meant, however far its ending is.
        let alike = path.file_stem() == found.file_stem();
        (alike || distance <= wanted.len() / 3).then_some(distance)
    };
    let folder = folder_of(path);
    let Ok(names) = list(folder) else {
        // The folder may be what is misspelt.
        if folder.exists() {
            return None;
        }
        let meant = nearest(folder)?.join(path.file_name()?);
        return if meant.exists() { Some(meant) } else { nearest(&meant) };
    };
    names.into_iter().filter_map(|name| Some((near(&name)?, name))).min().map(|(_, name)| name)
}

/// A file in the making. [`Output::commit`] puts it in its place; dropped, it leaves no trace.
#[derive(Debug)]
pub struct Output {
    temporary: NamedTempFile,
    passing: Passing,
    target: PathBuf,
}

/// A file that is on the disk to its last byte, and waits to be put in its place. Dropped, it leaves no trace.
#[derive(Debug)]
pub struct Whole(Output);

/// What writes into an [`Output`] or into [`scratch`] space, from where it was left.
#[derive(Debug)]
pub struct Handle {
    file: File,
    path: PathBuf,
}

impl Output {
    /// Begins a file that is to stand at `target`, or where the link at `target` points.
    ///
    /// # Errors
    /// If something else than a file stands there, or its folder takes no files.
    pub fn create(target: &Path) -> Result<Output, FileError> {
        check_target(target)?;
        let failed = |source| failed(Action::Write, target, source);
        let target = followed(target).map_err(failed)?;
        let old = fs::metadata(&target).ok();
        sweep(folder_of(&target));
        step(&target).map_err(failed)?;
        let temporary = held_temporary(folder_of(&target), Readers::AsUsual).map_err(failed)?;
        if let Some(old) = old {
            temporary.as_file().set_permissions(old.permissions()).map_err(failed)?;
        }
        let passing = Passing::new(temporary.path());
        Ok(Output { temporary, passing, target })
    }

    /// As [`Output::create`], in a folder of ours, where nothing else stands and [`sweep`] was.
    ///
    /// # Errors
    /// If the folder takes no files.
    pub fn beside(target: &Path) -> Result<Output, FileError> {
        let temporary = step(target).and_then(|()| held_temporary(folder_of(target), Readers::AsUsual));
        let temporary = temporary.map_err(|source| failed(Action::Write, target, source))?;
        let passing = Passing::new(temporary.path());
        Ok(Output { temporary, passing, target: target.to_owned() })
    }

    /// Where the file will stand.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A buffered writer into the file; it must be flushed before [`Output::commit`].
    ///
    /// # Errors
    /// If the system has no handle left.
    pub fn writer(&self) -> Result<BufWriter<Handle>, FileError> {
        let file = step(&self.target).and_then(|()| self.temporary.as_file().try_clone());
        let file = file.map_err(|source| self.failed(source))?;
        Ok(BufWriter::with_capacity(1 << 16, Handle { file, path: self.target.clone() }))
    }

    /// Puts the file in its place: what was written goes to the disk, then the name, then the folder.
    ///
    /// # Errors
    /// If the disk refuses; the old file then stands as it stood, unless only the folder could not be secured.
    pub fn commit(self) -> Result<(), FileError> {
        self.secure()?.place()
    }

    /// Lets what was written go to the disk.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn secure(self) -> Result<Whole, FileError> {
        let synced = step(&self.target).and_then(|()| self.temporary.as_file().sync_all());
        synced.map_err(|source| self.failed(source))?;
        Ok(Whole(self))
    }

    /// As [`Output::commit`], but the disk may take its time: for what is checked when it is read, and can be made again.
    ///
    /// # Errors
    /// If the file cannot take its place.
    pub fn place(self) -> Result<(), FileError> {
        let Output { temporary, passing: _passing, target } = self;
        let placed = step(&target).and_then(|()| temporary.persist(&target).map_err(|e| e.error));
        placed.map(drop).map_err(|source| failed(Action::Write, &target, source))
    }

    /// A failure to write, with the target's name.
    pub fn failed(&self, source: io::Error) -> FileError {
        failed(Action::Write, &self.target, source)
    }
}

impl Whole {
    /// Puts the file in its place: the name goes to the disk, then the folder.
    ///
    /// # Errors
    /// If the disk refuses; the old file then stands as it stood, unless only the folder could not be secured.
    pub fn place(self) -> Result<(), FileError> {
        let Whole(output) = self;
        let target = output.target.clone();
        output.place()?;
        let secured = step(&target).and_then(|()| secure_folder(folder_of(&target)));
        secured.map_err(|source| failed(Action::Write, &target, source))
    }
}

impl Handle {
    /// Another handle on the same file, at the same place.
    ///
    /// # Errors
    /// If the system has no handle left.
    pub fn again(&self) -> io::Result<Handle> {
        step(&self.path)?;
        Ok(Handle { file: self.file.try_clone()?, path: self.path.clone() })
    }
}

impl Write for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        step(&self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        step(&self.path)?;
        self.file.read(buffer)
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        step(&self.path)?;
        self.file.seek(to)
    }
}

/// Opens space on the disk without a name, in `folder`; it is gone when the handle is, however the process ends.
///
/// # Errors
/// If the folder takes no files.
pub fn scratch(folder: &Path) -> Result<Handle, FileError> {
    let file = step(folder).and_then(|()| tempfile::tempfile_in(folder));
    let file = file.map_err(|source| FileError::scratch(folder, source))?;
    Ok(Handle { file, path: folder.to_owned() })
}

/// Writes a short file that nobody but the user may read, in place of what stands there, and its folder if there is none.
///
/// # Errors
/// If the disk refuses.
pub fn secret(target: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let folder = folder(folder_of(target))?;
    let failed = |source| failed(Action::Write, target, source);
    let mut temporary =
        step(target).and_then(|()| held_temporary(folder_of(target), Readers::Owner)).map_err(failed)?;
    let passing = Passing::new(temporary.path());
    step(target).and_then(|()| temporary.write_all(bytes)).map_err(failed)?;
    let output = Output { temporary, passing, target: target.to_owned() };
    output.commit()?;
    drop(folder);
    Ok(())
}

const PREFIX: &str = ".mixwright-";
const SUFFIX: &str = ".part";

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Whoever may by the user's settings.
    AsUsual,
    /// The user alone.
    Owner,
}

/// A temporary that this process holds by a lock, so that [`sweep`] of another leaves it alone.
fn held_temporary(folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    loop {
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        // A temporary is by itself its owner's alone.
        #[cfg(unix)]
        if readers == Readers::AsUsual {
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        let temporary = builder.tempfile_in(folder)?;
        // Where locks are unknown nothing is swept either. Swept between its making and its lock, it is made again.
        if temporary.as_file().try_lock().is_err() || temporary.path().exists() {
            return Ok(temporary);
        }
    }
}

/// Removes temporaries that a killed process left behind: those whose lock nobody holds. What fails is left for next time.
pub fn sweep(folder: &Path) {
    let ours = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
    for path in list(folder).unwrap_or_default() {
        if path.file_name().and_then(|name| name.to_str()).is_some_and(ours)
            && let Ok(file) = File::open(&path)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

/// The path behind links, existing or not: a rename would replace the link itself.
fn followed(path: &Path) -> io::Result<PathBuf> {
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => path = folder_of(&path).join(fs::read_link(&path)?),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}

/// The folder that a path's last name stands in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename outlive a power cut; elsewhere than on Unix a folder cannot be opened for it.
fn secure_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn regular(action: Action, path: &Path, found: &fs::Metadata) -> Result<(), FileError> {
    let what = match found {
        found if found.is_file() => return Ok(()),
        found if found.is_dir() => "a folder",
        _ => "a device or pipe",
    };
    Err(FileError::NotAFile { action, path: path.to_owned(), what })
}

/// Every operation passes here, where tests make one fail.
fn step(_path: &Path) -> io::Result<()> {
    #[cfg(any(test, feature = "faults"))]
    faults::step(_path)?;
    Ok(())
}

#[cfg(test)]
mod tests;
