//! What the files of a song held when they were last looked at: texts by their bytes, sounds by what the system tells of
//! them, and by their bytes where that leaves a doubt.

use super::{
    pace::Found,
    sum::{Sum, sum},
};
use mixwright_engine::files::{self, Mark};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Texts are no longer than this.
const LONGEST: u64 = 64 << 20;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A script, an import, settings: small.
    Text,
    /// Sound, mostly large.
    Sound,
}

/// The files that are watched. Each has a number that changes with its content.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    files: BTreeMap<PathBuf, Seen>,
    last: u64,
}

#[derive(Debug)]
struct Seen {
    kind: Kind,
    content: Content,
    number: u64,
}

/// What a file held.
#[derive(Clone, Debug, PartialEq)]
enum Content {
    Missing,
    Text(Sum),
    Sound {
        mark: Mark,
        /// Whether it was written so shortly before it was looked at that its mark proves nothing.
        young: bool,
        sum: Option<Sum>,
    },
}

/// What marks tell of a sound.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Other,
    /// Only its bytes can tell.
    Doubt(Sum),
}

impl Snapshot {
    /// Watches these files and forgets all others; whether there were new ones among them.
    pub(super) fn watch(&mut self, wanted: &BTreeMap<PathBuf, Kind>) -> bool {
        self.files.retain(|path, seen| wanted.get(path) == Some(&seen.kind));
        let new: Vec<_> = wanted.iter().filter(|(path, _)| !self.files.contains_key(*path)).collect();
        for (path, kind) in &new {
            self.last += 1;
            let seen = Seen { kind: **kind, content: look(path, **kind), number: self.last };
            self.files.insert((*path).clone(), seen);
        }
        !new.is_empty()
    }

    /// Looks at all files, and notes what they hold now. What changed within the time `rest`, or is gone, may be half of a
    /// save: it is left for the next look.
    pub(super) fn look(&mut self, rest: Duration) -> Found {
        let mut found = Found::Nothing;
        for (path, seen) in &mut self.files {
            let now = look(path, seen.kind);
            let (same, content) = compared(path, &seen.content, now);
            if !same && !rests(path, rest) {
                found = found.max(Found::Unrest);
                continue;
            }
            seen.content = content;
            if !same {
                self.last += 1;
                seen.number = self.last;
                found = Found::Change;
            }
        }
        found
    }

    /// The watched files of a kind.
    pub(super) fn of(&self, kind: Kind) -> BTreeSet<PathBuf> {
        let of_kind = self.files.iter().filter(|(_, seen)| seen.kind == kind);
        of_kind.map(|(path, _)| path.clone()).collect()
    }

    /// All watched files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// The numbers of these files.
    pub(super) fn numbers(&self, paths: impl Iterator<Item = PathBuf>) -> BTreeMap<PathBuf, u64> {
        paths
            .filter_map(|path| Some((self.files.get(&path)?.number, path)))
            .map(|(n, path)| (path, n))
            .collect()
    }

    /// A sound whose bytes nobody has read yet.
    pub(super) fn unread(&self) -> Option<(PathBuf, Mark)> {
        self.files.iter().find_map(|(path, seen)| match &seen.content {
            Content::Sound { mark, sum: None, .. } => Some((path.clone(), mark.clone())),
            _ => None,
        })
    }

    /// Notes the sum of a sound that had this mark before and after it was read.
    pub(super) fn learn(&mut self, path: &Path, of: &Mark, read: Sum) {
        if let Some(Content::Sound { mark, sum, .. }) = self.files.get_mut(path).map(|seen| &mut seen.content)
            && mark == of
        {
            *sum = Some(read);
        }
    }
}

/// Whether a file was left alone for a time.
fn rests(path: &Path, rest: Duration) -> bool {
    rest.is_zero()
        || Mark::of(path).is_some_and(|mark| mark.age(SystemTime::now()).is_none_or(|age| age >= rest))
}

fn look(path: &Path, kind: Kind) -> Content {
    match kind {
        Kind::Text => {
            files::read(path, LONGEST).map_or(Content::Missing, |bytes| Content::Text(Sum::of(&bytes)))
        }
        Kind::Sound => Mark::of(path).map_or(Content::Missing, |mark| Content::Sound {
            young: mark.is_young(SystemTime::now()),
            mark,
            sum: None,
        }),
    }
}

/// Whether a file holds what it held, and what is to be kept of it.
fn compared(path: &Path, before: &Content, now: Content) -> (bool, Content) {
    match verdict(before, &now) {
        Verdict::Same => (true, if matches!(now, Content::Sound { .. }) { before.clone() } else { now }),
        Verdict::Other => (false, now),
        Verdict::Doubt(known) => {
            let read = sum(path);
            let same = read == Some(known);
            let content = match now {
                Content::Sound { mark, young, .. } => Content::Sound { mark, young, sum: read },
                other => other,
            };
            (same, content)
        }
    }
}

fn verdict(before: &Content, now: &Content) -> Verdict {
    match (before, now) {
        (Content::Sound { mark: old, young, sum }, Content::Sound { mark: new, .. }) => {
            match (old == new, sum) {
                _ if old.size() != new.size() => Verdict::Other,
                (true, _) if !young => Verdict::Same,
                (true, None) => Verdict::Same,
                (false, None) => Verdict::Other,
                (_, Some(sum)) => Verdict::Doubt(*sum),
            }
        }
        _ if before == now => Verdict::Same,
        _ => Verdict::Other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests lay out files")]
    use super::*;
    use std::fs;

    const AT_ONCE: Duration = Duration::ZERO;

    /// A snapshot of a text and a sound in a folder of their own.
    fn snapshot() -> (tempfile::TempDir, Snapshot, PathBuf, PathBuf) {
        let studio = tempfile::tempdir().unwrap();
        let (text, sound) = (studio.path().join("mix.rhai"), studio.path().join("kick.wav"));
        fs::write(&text, "one").unwrap();
        fs::write(&sound, "bang").unwrap();
        let mut snapshot = Snapshot::default();
        let files = BTreeMap::from([(text.clone(), Kind::Text), (sound.clone(), Kind::Sound)]);
        assert!(snapshot.watch(&files) && !snapshot.watch(&files));
        (studio, snapshot, text, sound)
    }

    fn learn(snapshot: &mut Snapshot) {
        while let Some((path, mark)) = snapshot.unread() {
            snapshot.learn(&path, &mark, sum(&path).unwrap());
        }
    }

    #[test]
    fn a_text_is_its_bytes() {
        let (_studio, mut snapshot, text, _) = snapshot();
        let number = |snapshot: &Snapshot| snapshot.numbers([text.clone()].into_iter())[&text];
        let first = number(&snapshot);
        fs::write(&text, "one").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Nothing);
        fs::write(&text, "two").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change);
        assert_eq!(snapshot.look(AT_ONCE), Found::Nothing, "it is told once");
        fs::remove_file(&text).unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change);
        fs::write(&text, "two").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change);
        assert!(number(&snapshot) > first);
    }

    #[test]
    fn half_a_save_is_left_for_the_next_look() {
        let (_studio, mut snapshot, text, _) = snapshot();
        let long = Duration::from_secs(600);
        fs::write(&text, "").unwrap();
        assert_eq!(snapshot.look(long), Found::Unrest, "it was written a moment ago");
        fs::remove_file(&text).unwrap();
        assert_eq!(snapshot.look(long), Found::Unrest, "it may come back");
        fs::write(&text, "one").unwrap();
        assert_eq!(snapshot.look(long), Found::Nothing, "the same as ever");
        fs::write(&text, "two").unwrap();
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        fs::File::options().write(true).open(&text).unwrap().set_modified(hour_ago).unwrap();
        assert_eq!(snapshot.look(long), Found::Change, "moved into its place, as its time tells");
    }

    #[test]
    fn a_sound_that_is_written_again_is_told_by_its_bytes() {
        let (_studio, mut snapshot, _, sound) = snapshot();
        learn(&mut snapshot);
        fs::write(&sound, "bang").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Nothing, "the same bytes");
        fs::write(&sound, "boom").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change, "others of the same number");
        fs::write(&sound, "bang").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change);
    }

    #[test]
    fn a_sound_whose_bytes_are_not_known_is_taken_for_another() {
        let (studio, mut snapshot, _, sound) = snapshot();
        let other = studio.path().join("other.wav");
        fs::write(&other, "boom").unwrap();
        fs::rename(&other, &sound).unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change);
        fs::remove_file(&sound).unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Change);
        assert_eq!(snapshot.unread(), None, "what is gone cannot be read");
    }

    #[test]
    fn what_is_not_wanted_is_forgotten() {
        let (_studio, mut snapshot, text, sound) = snapshot();
        assert!(!snapshot.watch(&BTreeMap::from([(text.clone(), Kind::Text)])));
        fs::write(&sound, "a longer bang").unwrap();
        assert_eq!(snapshot.look(AT_ONCE), Found::Nothing);
        assert_eq!(snapshot.of(Kind::Text), BTreeSet::from([text]));
    }

    #[test]
    fn marks_prove_nothing_while_they_are_young() {
        let (_studio, _, _, sound) = snapshot();
        let mark = Mark::of(&sound).unwrap();
        let one = |young, sum| Content::Sound { mark: mark.clone(), young, sum };
        let known = Some(Sum::of(b"bang"));
        assert_eq!(verdict(&one(false, known), &one(false, None)), Verdict::Same);
        assert_eq!(verdict(&one(true, known), &one(false, None)), Verdict::Doubt(Sum::of(b"bang")));
        assert_eq!(verdict(&one(true, None), &one(false, None)), Verdict::Same);
    }
}
