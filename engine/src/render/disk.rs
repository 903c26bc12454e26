//! The disk as the place where the sound of a song comes from.

use super::{
    RenderError,
    sources::{Player, Sources},
};
use crate::{
    check::{FileFacts, Files},
    diagnostic::Diagnostic,
    files,
    resolved::PlayedClip,
    song::ChannelPick,
    source::{self, Clips, Converters, Info, Reader},
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
    folder: PathBuf,
    scratch: PathBuf,
    converters: Arc<Converters>,
}

impl Disk {
    /// Files in a song's folder; what must be kept for a while is kept, without a name, in the folder `scratch`.
    pub fn new(folder: &Path, scratch: &Path) -> Disk {
        Disk { folder: folder.to_owned(), scratch: scratch.to_owned(), converters: Arc::default() }
    }
}

impl Files for Disk {
    fn facts(&self, path: &Path, pick: ChannelPick) -> Result<FileFacts, Diagnostic> {
        Ok(facts(Reader::open(path, pick)?.info()))
    }

    fn whole(&self, path: &Path) -> Result<FileFacts, Diagnostic> {
        Ok(facts(Reader::open_whole(path)?.info()))
    }
}

fn facts(info: &Info) -> FileFacts {
    FileFacts { rate: info.rate, channels: info.channels, frames: info.frames, late: info.late }
}

impl Sources for Disk {
    fn player(&self, clips: &[PlayedClip], rate: u32, width: Width) -> Result<Box<dyn Player>, RenderError> {
        Ok(Box::new(Clips::new(clips, rate, width, &self.scratch, self.converters.clone())))
    }

    fn sound(&self, file: &str, rate: u32) -> Result<Arc<Sound>, RenderError> {
        Ok(Arc::new(source::load(&self.folder.join(file), rate)?))
    }

    fn clip_stamp(&self, path: &Path) -> Option<String> {
        files::stamp(path)
    }

    fn sound_stamp(&self, file: &str) -> Option<String> {
        files::stamp(&self.folder.join(file))
    }
}

impl Player for Clips {
    fn fill(&mut self, at: Frames, planes: &mut [&mut [f32]]) -> Result<(), RenderError> {
        Ok(Clips::fill(self, at, planes)?)
    }
}
