//! What lies on disk between two passes: the master on its way to its finish.

use super::{Progress, RenderError};
use crate::files::{self, FileError, Handle};
use mixwright_nodes::finish::{Hearer, Stored};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A stereo signal on disk that no name leads to: it is gone when it is dropped.
pub(super) struct Store {
    file: BufWriter<Handle>,
    folder: PathBuf,
    frames: usize,
}

/// Frames that are read from a store at once.
const PIECE: usize = 4096;

impl Store {
    /// An empty one, in a folder that has room for an output.
    pub(super) fn new(folder: &Path) -> Result<Store, RenderError> {
        let file = BufWriter::with_capacity(1 << 16, files::scratch(folder)?);
        Ok(Store { file, folder: folder.to_owned(), frames: 0 })
    }

    /// Writes what comes next.
    pub(super) fn write(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        for (left, right) in left.iter().zip(right) {
            let mut frame = [0; 8];
            frame[..4].copy_from_slice(&left.to_le_bytes());
            frame[4..].copy_from_slice(&right.to_le_bytes());
            self.file.write_all(&frame).map_err(|source| FileError::scratch(&self.folder, source))?;
        }
        self.frames += left.len();
        Ok(())
    }

    /// The signal, to be heard as often as needed, until whoever listens to the progress wants to stop.
    pub(super) fn into_signal<'p>(self, progress: &'p Progress<'p>) -> Result<Signal<'p>, RenderError> {
        let Store { file, folder, frames } = self;
        let file = file.into_inner().map_err(|error| FileError::scratch(&folder, error.into_error()))?;
        Ok(Signal { file, folder, frames, progress })
    }
}

/// A stored stereo signal.
pub(super) struct Signal<'p> {
    file: Handle,
    folder: PathBuf,
    frames: usize,
    progress: &'p Progress<'p>,
}

impl Stored for Signal<'_> {
    type Error = RenderError;

    fn hear(&self, each: Hearer<'_>) -> Result<(), RenderError> {
        let failed = |source| FileError::scratch(&self.folder, source);
        let mut file = self.file.again().map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut bytes = vec![0; PIECE * 8];
        let (mut left, mut right) = (vec![0.0; PIECE], vec![0.0; PIECE]);
        let mut done = 0;
        while done < self.frames {
            if self.progress.cancelled() {
                return Err(RenderError::Cancelled);
            }
            let frames = PIECE.min(self.frames - done);
            file.read_exact(&mut bytes[..frames * 8]).map_err(failed)?;
            let (words, _) = bytes[..frames * 8].as_chunks::<4>();
            for (i, frame) in words.chunks(2).enumerate() {
                left[i] = f32::from_le_bytes(frame[0]);
                right[i] = f32::from_le_bytes(frame[1]);
            }
            each(&left[..frames], Some(&right[..frames]));
            done += frames;
        }
        Ok(())
    }
}
