//! Bytes of a file at any place, read some way ahead: a block of sound is often smaller than what a system call is worth.

use super::Input;
use std::io::{self, Read, Seek, SeekFrom};

/// A file and a stretch of its bytes.
#[derive(Debug)]
pub struct Ahead {
    input: Input,
    bytes: Vec<u8>,
    /// The place of the first of them.
    at: u64,
    held: usize,
}

/// Bytes that are read at once at least: more do not stay near the core, and fewer are not worth the call.
const STRETCH: usize = 1 << 15;

impl Ahead {
    /// Nothing has been read yet.
    pub fn new(input: Input) -> Ahead {
        Ahead { input, bytes: Vec::new(), at: 0, held: 0 }
    }

    /// The size of the file.
    pub fn size(&self) -> u64 {
        self.input.size()
    }

    /// So many bytes from a place on; fewer where the file ends.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn bytes(&mut self, at: u64, length: usize) -> io::Result<&[u8]> {
        let from = match at.checked_sub(self.at).and_then(|skipped| usize::try_from(skipped).ok()) {
            Some(from) if from + length <= self.held => from,
            _ => {
                self.fill(at, length)?;
                0
            }
        };
        Ok(&self.bytes[from..self.held.min(from + length)])
    }

    /// Reads a stretch from a place on.
    fn fill(&mut self, at: u64, length: usize) -> io::Result<()> {
        // As long as many such requests, so that none lies across its end and is read twice.
        let length = length.max(1);
        self.bytes.resize((STRETCH / length).max(1) * length, 0);
        (self.at, self.held) = (at, 0);
        self.input.seek(SeekFrom::Start(at))?;
        while self.held < self.bytes.len() {
            match self.input.read(&mut self.bytes[self.held..]) {
                Ok(0) => break,
                Ok(n) => self.held += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
