//! The files that a song is made of: what may be read and never replaced.

use super::{Insert, Song, Strip};
use crate::diagnostic::Origin;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A file that a song is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is used for, as a sentence: "track `kick` plays it".
    pub how: String,
    /// Where the song names it.
    pub origin: Origin,
}

impl Song {
    /// The audio files that the song names, each once, with those of effects that are bypassed and clips that are cut.
    pub fn files(&self) -> Vec<UsedFile> {
        let mut all = Vec::new();
        for strip in self.strips.iter().chain([&self.master]) {
            for clip in &strip.clips {
                let how = format!("track `{}` plays it", strip.name);
                all.push(self.used(&clip.file, how, &clip.origin));
            }
            self.heard(strip, &strip.chain, &mut all);
        }
        let mut seen = BTreeSet::new();
        all.retain(|file| seen.insert(file.path.clone()));
        all
    }

    /// The files of the effects in a chain.
    fn heard(&self, strip: &Strip, chain: &[Insert], all: &mut Vec<UsedFile>) {
        for insert in chain {
            match insert {
                Insert::Effect(insert) => {
                    for (_, file) in insert.effect.files().filter(|(_, file)| !file.is_empty()) {
                        let how = format!("`{}` of `{}` needs it", insert.name, strip.name);
                        all.push(self.used(&file, how, &insert.origin));
                    }
                }
                Insert::Parallel(parallel) => self.heard(strip, &parallel.chain, all),
                Insert::Tap(_) => {}
            }
        }
    }

    fn used(&self, file: &str, how: String, origin: &Origin) -> UsedFile {
        UsedFile { path: self.folder.join(file), how, origin: origin.clone() }
    }
}
