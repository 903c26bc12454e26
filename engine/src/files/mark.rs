//! What the system tells of a file without reading it.

use super::identity::node;
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What the system tells of a file: another mark may mean other content, the same one mostly means the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    size: u64,
    written: Option<SystemTime>,
    /// When anything of it changed last, its times included: what a program sets back does not hide a change.
    touched: Option<(i64, i64)>,
    node: Option<(u64, u64)>,
}

/// Clocks of disks are coarse: what was written within this time may be written again under the same mark. (Times are told
/// in whole seconds here, which takes one of the three.)
const COARSE: Duration = Duration::from_secs(3);

impl Mark {
    /// That of the file at a path, if a file is there.
    pub fn of(path: &Path) -> Option<Mark> {
        let found = fs::metadata(path).ok().filter(Metadata::is_file)?;
        Some(Mark {
            size: found.len(),
            written: found.modified().ok(),
            touched: touched(&found),
            node: node(&found),
        })
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How long before a time the file was written; a clock that is ahead tells nothing.
    pub fn age(&self, now: SystemTime) -> Option<Duration> {
        now.duration_since(self.written?).ok()
    }

    /// Whether the file was written or touched so shortly before a time that its mark proves nothing.
    pub fn is_young(&self, now: SystemTime) -> bool {
        let touched = self
            .touched
            .map(|(seconds, _)| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.max(0) as u64));
        let young = |time: SystemTime| time + COARSE > now;
        self.written.is_none_or(young) || touched.is_some_and(young)
    }
}

#[cfg(unix)]
fn touched(found: &Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    Some((found.ctime(), found.ctime_nsec()))
}

#[cfg(not(unix))]
fn touched(_: &Metadata) -> Option<(i64, i64)> {
    None
}
