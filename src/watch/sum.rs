//! The bytes of a file as a number, taken in steps so that nobody waits for a long one.

use mixwright_engine::files::{Input, Mark};
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A number that other bytes hardly ever have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum(u64);

impl Sum {
    /// That of a file that cannot be read.
    pub(super) const UNKNOWN: Sum = Sum(0);

    /// That of bytes.
    pub(super) fn of(bytes: &[u8]) -> Sum {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        Sum(hasher.finish())
    }
}

/// Bytes that are read in a step.
const STEP: usize = 1 << 22;

/// The sum of a whole file, if it can be read.
pub(super) fn sum(path: &Path) -> Option<Sum> {
    let mut reading = Reading::begin(path.to_owned(), Mark::of(path)?)?;
    loop {
        if let Some(done) = reading.step() {
            return done;
        }
    }
}

/// A file whose sum is being taken.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) path: PathBuf,
    /// What the system told of it before it was read.
    pub(super) mark: Mark,
    input: Input,
    hasher: DefaultHasher,
    buffer: Vec<u8>,
}

impl Reading {
    /// Begins with a file that has this mark.
    pub(super) fn begin(path: PathBuf, mark: Mark) -> Option<Reading> {
        let input = Input::open(&path).ok()?;
        Some(Reading { path, mark, input, hasher: DefaultHasher::new(), buffer: vec![0; STEP] })
    }

    /// Reads on: the sum at the end of the file, none if it cannot be read or changed meanwhile.
    pub(super) fn step(&mut self) -> Option<Option<Sum>> {
        let mut filled = 0;
        while filled < STEP {
            match self.input.read(&mut self.buffer[filled..]) {
                Ok(0) => {
                    self.hasher.write(&self.buffer[..filled]);
                    let same = Mark::of(&self.path).as_ref() == Some(&self.mark);
                    return Some(same.then(|| Sum(self.hasher.finish())));
                }
                Ok(read) => filled += read,
                Err(_) => return Some(None),
            }
        }
        self.hasher.write(&self.buffer);
        None
    }
}
