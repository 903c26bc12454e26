//! Where a song's sound comes from: files of many formats, read as streams that never hold more than a packet.
//!
//! `decode` is the one place that names the decoder, [`Reader`] gives exact frames, [`Stream`] brings them to the song's
//! rate, [`Clips`] places them on a track, and [`load`] takes a short file whole. Nothing here knows graphs or plans.

mod clips;
mod conformed;
mod decode;
mod kind;
mod mp4;
mod packets;
mod pcm;
mod reader;
mod sound;
mod stream;
mod wave;

pub use clips::Clips;
pub use reader::{Info, Reader};
pub use sound::{fits_whole, load};
pub use stream::{Converters, Stream};

use crate::diagnostic::{Blame, Diagnostic};
use crate::files::FileError;
use mixwright_nodes::{effect::Sound, unit::clock};
use std::path::{Path, PathBuf};

/// Who hears a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearer {
    /// A clip on a track, which may pick a channel.
    Track,
    /// An effect that takes it whole.
    Effect,
    /// The meters.
    Meters,
}

impl Hearer {
    /// Whether that is a number of channels for it.
    fn takes(self, channels: usize) -> bool {
        match self {
            Hearer::Track | Hearer::Meters => (1..=2).contains(&channels),
            Hearer::Effect => Sound::CHANNELS.contains(&channels),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Hearer::Track => "a track plays 1 or 2",
            Hearer::Effect => "an effect hears 1, 2 or 4",
            Hearer::Meters => "what is measured has 1 or 2",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Hearer::Track => "pick one with the clip's `channel`, counted from 1",
            Hearer::Effect => {
                "write a file of 1 for both sides, 2 for left and right, or 4: left to left, left to right, right to \
                 left, right to right"
            }
            Hearer::Meters => "mix it down to two channels, or measure its channels as files of their own",
        }
    }
}

/// Why a file gives no sound.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It could not be had.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no audio that is known here.
    #[error("cannot play `{}`: {what}", path.display())]
    Unknown {
        /// Which file.
        path: PathBuf,
        /// What is the matter.
        what: String,
    },
    /// What it holds is damaged.
    #[error("`{}` is damaged at {}: {what}", path.display(), clock(*seconds))]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where, in seconds from its start.
        seconds: f64,
        /// What is the matter.
        what: String,
    },
    /// It ends before its time.
    #[error("`{}` is cut short: it ends at {} of {}", path.display(), clock(*seconds), clock(*promised))]
    Short {
        /// Which file.
        path: PathBuf,
        /// Where it ends, in seconds.
        seconds: f64,
        /// How long it says that it is, in seconds.
        promised: f64,
    },
    /// It has other channels than who hears it takes.
    #[error("`{}` has {channels} channels, and {}", path.display(), hearer.words())]
    Channels {
        /// Which file.
        path: PathBuf,
        /// How many it has.
        channels: usize,
        /// Who hears it.
        hearer: Hearer,
    },
    /// It holds nothing but zeros.
    #[error("`{}` is silent, and an effect makes nothing but silence of it", path.display())]
    Silent {
        /// Which file.
        path: PathBuf,
    },
    /// It lacks the channel that was picked.
    #[error("`{}` has no channel {picked}: it has {channels}", path.display())]
    NoChannel {
        /// Which file.
        path: PathBuf,
        /// The channel that was picked, from 1.
        picked: u32,
        /// How many it has.
        channels: usize,
    },
    /// It is too long to be taken whole.
    #[error("`{}` is {} long, and at most {} are taken", path.display(), clock(*seconds), clock(*limit))]
    Long {
        /// Which file.
        path: PathBuf,
        /// Its length in seconds.
        seconds: f64,
        /// The most that is taken.
        limit: f64,
    },
}

impl SourceError {
    /// Which file it is about.
    pub fn path(&self) -> &Path {
        match self {
            SourceError::File(error) => error.path(),
            SourceError::Unknown { path, .. }
            | SourceError::Damaged { path, .. }
            | SourceError::Short { path, .. }
            | SourceError::Silent { path }
            | SourceError::Channels { path, .. }
            | SourceError::NoChannel { path, .. }
            | SourceError::Long { path, .. } => path,
        }
    }

    /// What may help.
    pub fn hint(&self) -> Option<String> {
        match self {
            SourceError::File(error) => error.hint(),
            SourceError::Unknown { .. } => {
                Some("played are WAV, AIFF, FLAC, MP3, Ogg Vorbis, M4A (AAC, ALAC) and CAF".to_owned())
            }
            SourceError::Channels { hearer, .. } => Some(hearer.advice().to_owned()),
            _ => None,
        }
    }
}

/// The same for the author of a song: a wrong name or a wrong choice is the author's, a bad file is not.
impl From<SourceError> for Diagnostic {
    fn from(error: SourceError) -> Self {
        let blame = match error {
            SourceError::File(error) => return error.into(),
            SourceError::Damaged { .. } | SourceError::Short { .. } | SourceError::Silent { .. } => {
                Blame::World
            }
            _ => Blame::Author,
        };
        let told = Diagnostic::error(error.to_string()).blame(blame).hints(error.hint());
        if matches!(error, SourceError::NoChannel { .. }) { told.of("channel") } else { told }
    }
}

#[cfg(test)]
mod tests;
