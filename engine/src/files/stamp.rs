//! What tells a file's content from any other, read or not.

use super::{Input, Mark};
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

/// The stamp of a file: its mark, and where that proves nothing its content. None if it cannot be had.
pub fn stamp(path: &Path) -> Option<String> {
    let mark = Mark::of(path)?;
    if mark.is_young(SystemTime::now()) {
        return Some(format!("{mark:?} {}", content(path)?));
    }
    Some(format!("{mark:?}"))
}

/// The hash of all that is in a file.
fn content(path: &Path) -> Option<blake3::Hash> {
    let mut input = Input::open(path).ok()?;
    let mut hasher = blake3::Hasher::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match input.read(&mut bytes).ok()? {
            0 => return Some(hasher.finalize()),
            n => hasher.update(&bytes[..n]),
        };
    }
}
