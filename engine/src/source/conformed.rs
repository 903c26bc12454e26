//! A stretch of a file copied to the disk at the song's rate, so that it can be played backwards and over again.
//!
//! The copy has no name and grows on the disk, not in memory.

use super::{SourceError, Stream};
use crate::files::{FileError, Handle, scratch};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A copy that any frame can be read from.
#[derive(Debug)]
pub(super) struct Conformed {
    space: Handle,
    folder: PathBuf,
    channels: usize,
    /// Interleaved samples of the chunk at hand.
    chunk: Vec<f32>,
    /// Which chunk that is.
    number: Option<u64>,
    bytes: Vec<u8>,
}

/// Frames that are held at once.
const CHUNK: usize = 4096;
/// Bytes of a sample.
const SAMPLE: usize = 4;

impl Conformed {
    /// Copies so many frames of a stream into `folder`.
    pub(super) fn copy(mut stream: Stream, frames: u64, folder: &Path) -> Result<Conformed, SourceError> {
        let channels = stream.channels();
        let (chunk, bytes) = (vec![0.0; CHUNK * channels], vec![0; CHUNK * channels * SAMPLE]);
        let space = scratch(folder)?;
        let mut copy = Conformed { space, folder: folder.to_owned(), channels, chunk, number: None, bytes };
        let mut planes = vec![vec![0.0; CHUNK]; channels];
        // Whole chunks, so that each can be read back whole; behind the stretch nothing is asked for.
        for _ in 0..frames.div_ceil(CHUNK as u64) {
            stream.read(&mut planes.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
            copy.append(&planes).map_err(|source| copy.failed(source))?;
        }
        Ok(copy)
    }

    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// The samples of a frame.
    pub(super) fn frame(&mut self, frame: u64) -> Result<&[f32], SourceError> {
        let number = frame / CHUNK as u64;
        if self.number != Some(number) {
            self.fetch(number).map_err(|source| self.failed(source))?;
            self.number = Some(number);
        }
        let at = (frame % CHUNK as u64) as usize * self.channels;
        Ok(&self.chunk[at..at + self.channels])
    }

    fn append(&mut self, planes: &[Vec<f32>]) -> io::Result<()> {
        for (i, bytes) in self.bytes.chunks_exact_mut(SAMPLE).enumerate() {
            bytes.copy_from_slice(&planes[i % self.channels][i / self.channels].to_le_bytes());
        }
        self.space.write_all(&self.bytes)
    }

    fn fetch(&mut self, number: u64) -> io::Result<()> {
        self.space.seek(SeekFrom::Start(number * self.bytes.len() as u64))?;
        self.space.read_exact(&mut self.bytes)?;
        for (sample, bytes) in self.chunk.iter_mut().zip(self.bytes.chunks_exact(SAMPLE)) {
            *sample = f32::from_le_bytes(bytes.try_into().expect("four bytes"));
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> SourceError {
        FileError::scratch(&self.folder, source).into()
    }
}
