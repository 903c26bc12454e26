//! What a render leaves to those who play and draw it: the sound of mix and master on disk, the outlines of all strips, and
//! what their meters read in the course of time.
//!
//! Of strips only outlines and tracks are kept, some hundred kilobytes each, never the sound.

mod keep;
mod outline;
mod pictures;
mod sound;
mod track;

pub(super) use keep::{Keeper, StripKeeper};
pub use outline::{LEVELS, Outline, points_of};
pub(crate) use pictures::Pictures;
pub use sound::Sound;
pub use track::{SILENCE, Track};

/// What is left of a render.
#[derive(Debug)]
pub struct Take {
    /// Frames a second.
    pub rate: u32,
    /// Frames of each sound.
    pub frames: usize,
    /// Each strip after its fader, by its name, in the order of the song; those that are muted have none.
    pub strips: Vec<(String, Picture)>,
    /// The mix on its way into the master.
    pub mix: Played,
    /// The finished master.
    pub master: Played,
}

/// A sound and how it looks.
#[derive(Debug)]
pub struct Played {
    /// The sound.
    pub sound: Sound,
    /// How it looks.
    pub picture: Picture,
}

/// How a sound looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its height from end to end.
    pub outline: Outline,
    /// What its meters read in the course of time.
    pub tracks: Vec<Track>,
}

impl Picture {
    /// That of the first frames.
    pub(super) fn cut(&self, frames: usize) -> Picture {
        let tracks = self.tracks.iter().map(|track| track.clone().cut(frames));
        Picture { outline: self.outline.cut(frames), tracks: tracks.collect() }
    }
}

/// A take lies on the disk: it is itself and like no other.
impl PartialEq for Take {
    fn eq(&self, other: &Take) -> bool {
        std::ptr::eq(self, other)
    }
}

#[cfg(test)]
mod tests;
