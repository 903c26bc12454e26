//! Which signals were made lately, kept or not: what is made a second time is worth keeping.
//!
//! A list of fingerprints, the latest last. Of two processes that note at once one may be forgotten, which costs a render and
//! changes no bit.

use crate::files::{self, FileError, Output};
use crate::fingerprint::Fingerprint;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Fingerprints that are remembered at most: those of some hundred renders, in a megabyte.
const MOST: usize = 1 << 16;

/// All that are remembered; none if there is no list, or it cannot be read.
pub(super) fn read(folder: &Path) -> Vec<Fingerprint> {
    let bytes = files::read(&place(folder), 16 * MOST as u64).unwrap_or_default();
    bytes.as_chunks::<16>().0.iter().copied().map(Fingerprint).collect()
}

/// Remembers more.
pub(super) fn note(folder: &Path, made: impl Iterator<Item = Fingerprint>) -> Result<(), FileError> {
    let made: BTreeSet<Fingerprint> = made.collect();
    let mut list = read(folder);
    list.retain(|print| !made.contains(print));
    list.extend(made);
    let forgotten = list.len().saturating_sub(MOST);
    let output = Output::beside(&place(folder))?;
    let mut writer = output.writer()?;
    let written = list[forgotten..]
        .iter()
        .try_for_each(|print| writer.write_all(&print.0))
        .and_then(|()| writer.flush());
    written.map_err(|error| output.failed(error))?;
    drop(writer);
    output.place()
}

/// Forgets all.
pub(super) fn forget(folder: &Path) -> Result<(), FileError> {
    files::remove(&place(folder))
}

fn place(folder: &Path) -> PathBuf {
    folder.join("seen")
}
