//! A disk that fails on command: the n-th operation beneath a folder, for tests that let n run until all goes well.
//!
//! A fault belongs to a folder, so tests that run side by side do not meet, and threads of one render share it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A fault in wait; dropped, it is taken away.
#[derive(Debug)]
pub struct Armed {
    folder: PathBuf,
}

struct Fault {
    folder: PathBuf,
    left: u64,
    kind: io::ErrorKind,
}

static FAULTS: Mutex<Vec<Fault>> = Mutex::new(Vec::new());

/// Lets the operation number `nth` (from 1) beneath `folder` fail with an error of this kind, and no other.
pub fn arm(folder: &Path, nth: u64, kind: io::ErrorKind) -> Armed {
    with(|faults| faults.push(Fault { folder: folder.to_owned(), left: nth, kind }));
    Armed { folder: folder.to_owned() }
}

impl Armed {
    /// Whether the operation has come and failed.
    pub fn struck(&self) -> bool {
        with(|faults| faults.iter().any(|fault| fault.folder == self.folder && fault.left == 0))
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        with(|faults| faults.retain(|fault| fault.folder != self.folder));
    }
}

/// Counts an operation and fails if its number is up.
pub(super) fn step(path: &Path) -> io::Result<()> {
    with(|faults| {
        for fault in faults.iter_mut().filter(|fault| fault.left > 0 && path.starts_with(&fault.folder)) {
            fault.left -= 1;
            if fault.left == 0 {
                return Err(fault.kind.into());
            }
        }
        Ok(())
    })
}

fn with<T>(work: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
    work(&mut crate::panic::locked(&FAULTS))
}
