//! The disk as the place where the sound of a song comes from.

use super::{
    RenderError,
    sources::{Player, Sources},
};
use crate::{
    check::{FileFacts, Files},
    resolved::PlayedClip,
    song::ChannelPick,
    source::{self, Reader},
};
use mixwright_nodes::{
    effect::{Sound, Width},
    unit::Frames,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files on disk; the names of those that effects hear are relative to a folder.
#[derive(Clone, Debug)]
pub struct Disk {
    /// The song's folder.
    pub folder: PathBuf,
}

impl Files for Disk {
    fn facts(&self, path: &Path, pick: ChannelPick) -> Result<FileFacts, (String, Option<String>)> {
        let reader = Reader::open(path, pick).map_err(|error| (error.to_string(), error.hint()))?;
        let info = reader.info();
        Ok(FileFacts { rate: info.rate, channels: info.channels, frames: info.frames })
    }
}
