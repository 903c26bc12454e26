//! Where to look for changes: the folders of files, as a file that is replaced is another one under its old name.

use mixwright_engine::files::{folder_of, real};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::{Path, PathBuf};

/// The names of files as events tell them, and the folders in which events tell of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    names: BTreeSet<PathBuf>,
    pub(super) folders: BTreeSet<PathBuf>,
}

impl Places {
    /// Those of files that exist or do not exist yet. A file behind a link can be replaced in two folders.
    pub(super) fn of<'p>(files: impl Iterator<Item = &'p Path>) -> Places {
        let mut places = Places::default();
        for file in files {
            let named = file.file_name().map(|name| real(folder_of(file)).join(name));
            for name in named.into_iter().chain([real(file)]) {
                places.folders.extend(existing(folder_of(&name)));
                places.names.insert(name);
            }
        }
        places
    }

    /// Whether what happens at a path concerns one of the files: it is theirs, or that of a folder above.
    pub(super) fn concern(&self, path: &Path) -> bool {
        let mut from = self.names.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        from.next().is_some_and(|name| name.starts_with(path))
    }
}

/// The nearest folder that exists: in it will appear what is missing.
fn existing(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|above| above.is_dir()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests lay out files")]
    use super::*;
    use std::fs;

    fn places(files: &[PathBuf]) -> Places {
        Places::of(files.iter().map(PathBuf::as_path))
    }

    #[test]
    fn folders_are_watched_and_not_files() {
        let studio = tempfile::tempdir().unwrap();
        let root = real(studio.path());
        fs::create_dir(root.join("audio")).unwrap();
        let found =
            places(&[root.join("mix.rhai"), root.join("audio/kick.wav"), root.join("new/deep/x.rhai")]);
        assert_eq!(found.folders, BTreeSet::from([root.clone(), root.join("audio")]));
        for (path, concerns) in [
            ("mix.rhai", true),
            ("audio", true),
            ("audio/kick.wav", true),
            ("new", true),
            ("new/deep", true),
            ("out.wav", false),
            ("mix.rhai~", false),
            ("audio/snare.wav", false),
            (".mixwright-x.part", false),
        ] {
            assert_eq!(found.concern(&root.join(path)), concerns, "{path}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn both_ends_of_a_link_are_watched() {
        let studio = tempfile::tempdir().unwrap();
        let root = real(studio.path());
        fs::create_dir(root.join("shared")).unwrap();
        fs::write(root.join("shared/house.rhai"), "").unwrap();
        std::os::unix::fs::symlink("shared/house.rhai", root.join("mix.rhai")).unwrap();
        let found = places(&[root.join("mix.rhai")]);
        assert_eq!(found.folders, BTreeSet::from([root.clone(), root.join("shared")]));
        assert!(found.concern(&root.join("mix.rhai")) && found.concern(&root.join("shared/house.rhai")));
    }
}
