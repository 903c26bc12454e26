//! What the disk tells of a file, so that another file, or other bytes in it, tell something else.

use super::Input;
use std::fs::{self, Metadata};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A clock on disk stands still for some milliseconds at a time, on some disks for two seconds: what was written just now may
/// be written again without a trace.
const YOUNG: Duration = Duration::from_secs(3);

/// The stamp of a regular file: its size, times and number, and where they could deceive its content. None if it cannot be
/// had.
pub fn stamp(path: &Path) -> Option<String> {
    let found = fs::metadata(path).ok().filter(Metadata::is_file)?;
    let modified = found.modified().ok()?;
    let told = format!("{} {:?} {}", found.len(), modified, changed(&found));
    // A clock that was set back makes files of the future, which are young as well.
    let old = SystemTime::now().duration_since(modified).is_ok_and(|age| age >= YOUNG);
    if old && !changed_lately(&found) { Some(told) } else { Some(format!("{told} {}", content(path)?)) }
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

#[cfg(unix)]
fn changed(found: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{}.{} {} {}", found.ctime(), found.ctime_nsec(), found.dev(), found.ino())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> String {
    String::new()
}

/// Whether the file was changed in any way a moment ago: its time of writing can be set, this one cannot.
#[cfg(unix)]
fn changed_lately(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
    (now - found.ctime()) < YOUNG.as_secs() as i64
}

#[cfg(not(unix))]
fn changed_lately(_: &Metadata) -> bool {
    false
}
