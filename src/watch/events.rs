//! What the system tells of changes in folders. What it does not tell, a sweep finds.

use super::places::Places;
use mixwright_engine::{files::Identity, panic::locked};
use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// The folders that are watched.
pub(super) struct Events {
    watcher: Option<RecommendedWatcher>,
    places: Arc<Mutex<Places>>,
    /// Each with what it was when its watch began: another folder may have taken its name.
    watched: BTreeMap<PathBuf, Identity>,
    /// What the system refused, until it is told.
    refused: Option<String>,
    told: bool,
}

impl Events {
    /// Calls `sign` when something may have become of the files that are [followed](Events::follow).
    pub(super) fn new(sign: impl Fn() + Send + 'static) -> Events {
        let places: Arc<Mutex<Places>> = Arc::default();
        let concern = places.clone();
        let hear = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| tells(&event, &locked(&concern))) {
                sign();
            }
        };
        let (watcher, refused) = match notify::recommended_watcher(hear) {
            Ok(watcher) => (Some(watcher), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Events { watcher, places, watched: BTreeMap::new(), refused, told: false }
    }

    /// None at all, as on disks that send none.
    pub(super) fn none() -> Events {
        let (watched, places) = (BTreeMap::new(), Arc::default());
        Events { watcher: None, places, watched, refused: None, told: false }
    }

    /// Watches where these files are; whether that is another place than before, so that something may have been missed.
    pub(super) fn follow(&mut self, places: Places) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let mut other = false;
        self.watched.retain(|folder, was| {
            let stays = places.folders.contains(folder) && *was == Identity::of(folder);
            if !stays {
                // One that is gone has no watch to be taken away.
                let _ = watcher.unwatch(folder);
            }
            stays
        });
        for folder in &places.folders {
            if self.watched.contains_key(folder) {
                continue;
            }
            let now = Identity::of(folder);
            match watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(folder.clone(), now);
                    other = true;
                }
                Err(error) => self.refused = Some(error.to_string()),
            }
        }
        *locked(&self.places) = places;
        other
    }

    /// Why not everything is heard of at once, told one time.
    pub(super) fn refused(&mut self) -> Option<String> {
        let refused = self.refused.take().filter(|_| !self.told);
        self.told |= refused.is_some();
        refused
    }
}

/// Whether an event tells that a file may have changed. That one was opened or read is our own doing.
fn tells(event: &Event, places: &Places) -> bool {
    let changes = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    // An event without a path tells that others were lost.
    event.need_rescan()
        || changes && (event.paths.is_empty() || event.paths.iter().any(|path| places.concern(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, DataChange, Flag, ModifyKind, RemoveKind, RenameMode};
    use std::path::Path;

    #[test]
    fn only_what_may_change_a_watched_file_is_heard() {
        let places = Places::of([Path::new("/nowhere/mix.rhai")].into_iter());
        let told = |kind: EventKind, path: &str| tells(&Event::new(kind).add_path(path.into()), &places);
        for kind in [
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            EventKind::Create(CreateKind::File),
            EventKind::Remove(RemoveKind::File),
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
            EventKind::Any,
        ] {
            assert!(told(kind, "/nowhere/mix.rhai"), "{kind:?}");
            assert!(!told(kind, "/nowhere/out.wav"), "{kind:?}");
        }
        for kind in [AccessKind::Open(AccessMode::Any), AccessKind::Close(AccessMode::Read), AccessKind::Read]
        {
            assert!(!told(EventKind::Access(kind), "/nowhere/mix.rhai"), "{kind:?}");
        }
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(tells(&lost, &places), "a full queue loses what matters too");
    }
}
