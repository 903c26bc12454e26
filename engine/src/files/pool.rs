//! Files that share few handles: more may be open than the system allows, as the longest open is closed meanwhile; and
//! all who read one file share its handle.

use crate::panic::locked;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::SystemTime;

/// The most handles that inputs hold, of the 256 that a process may have in mean surroundings.
pub(super) const MOST: usize = 128;

/// A file that has a handle while it is being read.
#[derive(Debug)]
pub(super) struct Slot {
    path: PathBuf,
    size: u64,
    changed: Option<SystemTime>,
    file: Mutex<Option<File>>,
}

static HELD: Mutex<VecDeque<Weak<Slot>>> = Mutex::new(VecDeque::new());

impl Slot {
    /// Takes in a file that has just been opened; one that is open already, and the same, shares its handle.
    pub(super) fn new(path: &Path, file: File, found: &fs::Metadata) -> Arc<Slot> {
        let (path, size, changed) = (path.to_owned(), found.len(), found.modified().ok());
        let same = |slot: &Arc<Slot>| slot.path == path && slot.size == size && slot.changed == changed;
        if let Some(open) = locked(&HELD).iter().filter_map(Weak::upgrade).find(same) {
            return open;
        }
        let slot = Arc::new(Slot { path, size, changed, file: Mutex::new(Some(file)) });
        slot.hold();
        slot
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Works with the handle, opened again if it was closed meanwhile.
    pub(super) fn with<T>(self: &Arc<Slot>, work: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        let mut file = locked(&self.file);
        if file.is_none() {
            *file = Some(self.again()?);
            self.hold();
        }
        work(file.as_mut().expect("opened above"))
    }

    fn again(&self) -> io::Result<File> {
        let file = File::open(&self.path)?;
        let found = file.metadata()?;
        if found.len() == self.size && found.modified().ok() == self.changed {
            return Ok(file);
        }
        Err(io::Error::other("it changed while it was read"))
    }

    /// Counts among those that hold a handle; where there are too many, the first that is not at work gives its up.
    fn hold(self: &Arc<Slot>) {
        let mut held = locked(&HELD);
        held.retain(|slot| slot.strong_count() > 0);
        for _ in MOST..=held.len() {
            let Some(first) = held.pop_front() else { break };
            let at_work = first
                .upgrade()
                .is_some_and(|slot| slot.file.try_lock().map(|mut file| *file = None).is_err());
            if at_work {
                held.push_back(first);
            }
        }
        held.push_back(Arc::downgrade(self));
    }
}

#[cfg(test)]
impl Slot {
    pub(super) fn holds(&self) -> bool {
        locked(&self.file).is_some()
    }
}
