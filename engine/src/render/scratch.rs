//! What lies on disk between two passes, the master on its way to its finish, and what of a render is kept to be heard.

use super::{Progress, RenderError, take::Sound};
use crate::files::{self, FileError, Handle};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A stereo signal on disk that no name leads to: it is gone when it is dropped.
pub(super) struct Scratch {
    file: BufWriter<Handle>,
    folder: PathBuf,
    frames: usize,
}

/// Frames that are read at once.
const PIECE: usize = 4096;
/// Frames that are laid side by side before they are written.
const LAID: usize = 128;

impl Scratch {
    /// An empty one, in a folder that has room for an output.
    pub(super) fn new(folder: &Path) -> Result<Scratch, RenderError> {
        let file = BufWriter::with_capacity(1 << 16, files::scratch(folder)?);
        Ok(Scratch { file, folder: folder.to_owned(), frames: 0 })
    }

    /// Writes what comes next.
    pub(super) fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        let mut bytes = [0; 8 * LAID];
        for (left, right) in left.chunks(LAID).zip(right.chunks(LAID)) {
            for ((frame, left), right) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(left).zip(right) {
                frame[..4].copy_from_slice(&left.to_le_bytes());
                frame[4..].copy_from_slice(&right.to_le_bytes());
            }
            let written = self.file.write_all(&bytes[..8 * left.len()]);
            written.map_err(|source| FileError::scratch(&self.folder, source))?;
        }
        self.frames += left.len();
        Ok(())
    }

    /// The signal, to be heard as often as needed, until whoever listens to the progress wants to stop.
    pub(super) fn into_written<'p>(self, progress: &'p Progress<'p>) -> Result<Written<'p>, RenderError> {
        let (file, folder, frames) = self.flushed()?;
        Ok(Written { file, folder, frames, progress })
    }

    /// The signal, to be heard anywhere.
    pub(super) fn into_sound(self) -> Result<Sound, RenderError> {
        let (file, folder, frames) = self.flushed()?;
        Ok(Sound::new(file, folder, frames))
    }

    fn flushed(self) -> Result<(Handle, PathBuf, usize), RenderError> {
        let Scratch { file, folder, frames } = self;
        let file = file.into_inner().map_err(|error| FileError::scratch(&folder, error.into_error()))?;
        Ok((file, folder, frames))
    }
}

/// A stereo signal that is all there.
pub(super) struct Written<'p> {
    file: Handle,
    folder: PathBuf,
    frames: usize,
    progress: &'p Progress<'p>,
}

impl Written<'_> {
    /// Plays it from its beginning; one at a time, as all read at one place.
    pub(super) fn play(&self) -> Result<Playback<'_>, RenderError> {
        let failed = |source| FileError::scratch(&self.folder, source);
        let mut file = self.file.again().map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let file = BufReader::with_capacity(1 << 16, file);
        let planes = [vec![0.0; PIECE], vec![0.0; PIECE]];
        Ok(Playback { written: self, file, bytes: vec![0; PIECE * 8], planes, done: 0 })
    }
}

/// It being played.
pub(super) struct Playback<'s> {
    written: &'s Written<'s>,
    file: BufReader<Handle>,
    bytes: Vec<u8>,
    planes: [Vec<f32>; 2],
    done: usize,
}

impl Playback<'_> {
    /// The next frames, as long as there are any.
    pub(super) fn next(&mut self) -> Result<Option<[&[f32]; 2]>, RenderError> {
        let Written { folder, frames, progress, .. } = self.written;
        let next = PIECE.min(frames - self.done);
        if next == 0 {
            return Ok(None);
        }
        if progress.cancelled() {
            return Err(RenderError::Cancelled);
        }
        let bytes = &mut self.bytes[..next * 8];
        self.file.read_exact(bytes).map_err(|source| FileError::scratch(folder, source))?;
        let [left, right] = &mut self.planes;
        let places = left.iter_mut().zip(right.iter_mut());
        for ([l1, l2, l3, l4, r1, r2, r3, r4], (left, right)) in bytes.as_chunks::<8>().0.iter().zip(places) {
            *left = f32::from_le_bytes([*l1, *l2, *l3, *l4]);
            *right = f32::from_le_bytes([*r1, *r2, *r3, *r4]);
        }
        self.done += next;
        let [left, right] = &self.planes;
        Ok(Some([&left[..next], &right[..next]]))
    }
}
