//! A stereo sound on disk that is read anywhere, by several at once.

use crate::{
    files::{FileError, Handle},
    panic::locked,
};
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Mutex;

/// Bytes of a frame: two channels of `f32`.
const FRAME: usize = 8;

/// A sound that no name leads to: it is gone when it is dropped.
#[derive(Debug)]
pub struct Sound {
    file: Mutex<Handle>,
    folder: PathBuf,
    frames: usize,
}

impl Sound {
    /// What was written into a file.
    pub(in super::super) fn new(file: Handle, folder: PathBuf, frames: usize) -> Sound {
        Sound { file: Mutex::new(file), folder, frames }
    }

    /// How long it is.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The frames from `from` on, as little-endian `f32`, left and right in turn: at most so many, and none behind the end.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn interleaved(&self, from: usize, most: usize) -> Result<Vec<u8>, FileError> {
        let from = from.min(self.frames);
        let mut bytes = vec![0; most.min(self.frames - from) * FRAME];
        let mut file = locked(&self.file);
        let read =
            file.seek(SeekFrom::Start((from * FRAME) as u64)).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|source| FileError::scratch(&self.folder, source))?;
        Ok(bytes)
    }

    /// The same as samples: left and right.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn planes(&self, from: usize, most: usize) -> Result<[Vec<f32>; 2], FileError> {
        let bytes = self.interleaved(from, most)?;
        let (words, _) = bytes.as_chunks::<4>();
        let plane = |first: usize| words.iter().skip(first).step_by(2).map(|word| f32::from_le_bytes(*word));
        Ok([plane(0).collect(), plane(1).collect()])
    }
}
