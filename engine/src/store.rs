//! Signals that were rendered before, in a folder within a budget of bytes: what is still the same is not rendered again.
//!
//! Entries are written beside their place and renamed when they are whole, never changed, and checked by their hashes as
//! they are read. What is damaged, cut short, foreign or old is as good as missing. Processes may share a folder.

mod readings;
mod seen;
mod signal;

pub(crate) use readings::Readings;
pub use signal::Signal;
pub(crate) use signal::{Kind, Playing, Recording};

use crate::files::{self, FileError, Found};
use crate::fingerprint::Fingerprint;
use crate::render::take::Pictures;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How far a signal goes, which is that of the render that it was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Its frames.
    pub(crate) frames: i64,
    /// The song's frame up to which meters heard it.
    pub(crate) heard: i64,
}

/// A folder of signals.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    budget: u64,
    build: String,
    /// What was drawn of strips, as long as the process lives.
    pub(crate) pictures: Pictures,
}

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Signals.
    pub entries: usize,
    /// Bytes of all of them.
    pub bytes: u64,
}

const ENDING: &str = "signal";

impl Store {
    /// Bytes that a store holds unless told otherwise.
    pub const BUDGET: u64 = 4_000_000_000;

    /// The store in a folder, which is made if it is missing. `build` is the program that fills it: what another build made
    /// is not heard.
    ///
    /// # Errors
    /// If there can be no such folder.
    pub fn open(folder: &Path, budget: u64, build: &str) -> Result<Store, FileError> {
        files::folder(folder)?.keep();
        files::sweep(folder);
        Ok(Store {
            folder: folder.to_owned(),
            budget,
            build: build.to_owned(),
            pictures: Pictures::default(),
        })
    }

    pub(crate) fn build(&self) -> &str {
        &self.build
    }

    /// A signal, if it is there and reaches as far.
    pub(crate) fn signal(&self, print: Fingerprint, reach: Reach) -> Option<Signal> {
        let path = self.place(print);
        let signal = Signal::open(&path)?;
        let kind = signal.kind();
        // Used just now: it goes last.
        files::touch(&path);
        (kind.print == print && kind.reach == reach).then_some(signal)
    }

    /// Begins to take a signal.
    ///
    /// # Errors
    /// If the folder takes no files.
    pub(crate) fn record(&self, kind: Kind) -> Result<Recording, FileError> {
        Recording::create(&self.place(kind.print), kind)
    }

    /// Signals that were made lately, kept or not.
    pub(crate) fn seen(&self) -> BTreeSet<Fingerprint> {
        seen::read(&self.folder).into_iter().collect()
    }

    /// Notes signals that were made.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn note(&self, made: impl Iterator<Item = Fingerprint>) -> Result<(), FileError> {
        seen::note(&self.folder, made)
    }

    /// Takes away what turned out to be damaged.
    pub(crate) fn forget(&self, print: Fingerprint) {
        // What cannot be taken away is not heard either.
        let _ = files::remove(&self.place(print));
    }

    /// What it holds.
    ///
    /// # Errors
    /// If the folder cannot be listed.
    pub fn holds(&self) -> Result<Holds, FileError> {
        let found = self.found()?;
        Ok(Holds { entries: found.len(), bytes: found.iter().map(|entry| entry.size).sum() })
    }

    /// Takes away what was used longest ago, until the rest is within the budget.
    ///
    /// # Errors
    /// If the folder cannot be listed or an entry not taken away.
    pub fn prune(&self) -> Result<Holds, FileError> {
        self.shrink(self.budget)
    }

    /// Takes away everything.
    ///
    /// # Errors
    /// If the folder cannot be listed or an entry not taken away.
    pub fn clear(&self) -> Result<Holds, FileError> {
        seen::forget(&self.folder)?;
        self.shrink(0)
    }

    /// Takes the oldest away until so many bytes are left at most; tells what is gone.
    fn shrink(&self, budget: u64) -> Result<Holds, FileError> {
        let mut found = self.found()?;
        found.sort_by_key(|entry| entry.modified);
        let mut left: u64 = found.iter().map(|entry| entry.size).sum();
        let mut gone = Holds::default();
        for entry in found {
            if left <= budget {
                break;
            }
            files::remove(&entry.path)?;
            left -= entry.size;
            gone = Holds { entries: gone.entries + 1, bytes: gone.bytes + entry.size };
        }
        Ok(gone)
    }

    fn found(&self) -> Result<Vec<Found>, FileError> {
        let mut found = files::found(&self.folder)?;
        found.retain(|entry| entry.path.extension().is_some_and(|ending| ending == ENDING));
        Ok(found)
    }

    fn place(&self, print: Fingerprint) -> PathBuf {
        self.folder.join(format!("{print}.{ENDING}"))
    }
}
