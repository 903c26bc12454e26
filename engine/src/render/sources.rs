//! What a render plays: files on disk, or anything else that can fill blocks.

use super::RenderError;
use crate::resolved::PlayedClip;
use mixwright_nodes::{
    effect::{Sound, Width},
    unit::Frames,
};
use std::path::Path;
use std::sync::Arc;

/// Where the sound of a song comes from.
pub trait Sources: Sync {
    /// What plays the clips of a track, at the song's rate.
    ///
    /// # Errors
    /// If it cannot begin.
    fn player(&self, clips: &[PlayedClip], rate: u32, width: Width) -> Result<Box<dyn Player>, RenderError>;

    /// A whole file at the song's rate, for an effect that must know it beforehand.
    ///
    /// # Errors
    /// If it cannot be read.
    fn sound(&self, file: &str, rate: u32) -> Result<Arc<Sound>, RenderError>;

    /// What changes whenever a clip's file may sound otherwise; none if that cannot be told, and nothing of it is kept.
    fn clip_stamp(&self, _path: &Path) -> Option<String> {
        None
    }

    /// The same of a file that an effect hears.
    fn sound_stamp(&self, _file: &str) -> Option<String> {
        None
    }
}

/// Plays the clips of a track.
pub trait Player: Send {
    /// Fills planes with what is heard from a frame of the song on; frames are asked for in order.
    ///
    /// # Errors
    /// If a file fails on the way.
    fn fill(&mut self, at: Frames, planes: &mut [&mut [f32]]) -> Result<(), RenderError>;
}
