//! What lies on the disk only while this process works: files in the making, and folders made for them.
//!
//! Each goes with whoever made it. A process that ends without unwinding takes them away by [`abandon`].

use crate::panic::locked;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

static LYING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A path that must not outlast the process, until this is dropped.
#[derive(Debug)]
pub(super) struct Passing(PathBuf);

impl Passing {
    pub(super) fn new(path: &Path) -> Passing {
        with(|lying| lying.push(path.to_owned()));
        Passing(path.to_owned())
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        with(|lying| lying.retain(|path| *path != self.0));
    }
}

/// A folder and those above it that were made for it; dropped, those that are still empty go again.
#[derive(Debug)]
pub struct Folder {
    /// The outermost first.
    made: Vec<Passing>,
}

impl Folder {
    /// Notes what of a folder's path is missing: it is about to be made.
    pub(super) fn missing(path: &Path) -> Folder {
        let missing = path.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
        let missing: Vec<&Path> = missing.collect();
        Folder { made: missing.into_iter().rev().map(Passing::new).collect() }
    }
}

impl Folder {
    /// Lets it stay, empty or not.
    pub fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        while let Some(folder) = self.made.pop() {
            // The system refuses what is not empty.
            let _ = fs::remove_dir(&folder.0);
        }
    }
}

/// Takes away all that is in the making, for a process that ends at once: what others make meanwhile waits for ever.
pub fn abandon() {
    let lying = locked(&LYING);
    for path in lying.iter().rev() {
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
    }
    std::mem::forget(lying);
}

fn with<T>(work: impl FnOnce(&mut Vec<PathBuf>) -> T) -> T {
    work(&mut locked(&LYING))
}
