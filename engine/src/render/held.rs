//! What rings on after a song's sure end, held until it is known how long the song is: on disk, as a minute of every stem
//! is more than memory should hold.

use super::RenderError;
use crate::{
    files::{self, FileError, Handle},
    panic::locked,
};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Frames that are laid aside at once.
const CHUNK: usize = 4096;
const BYTES: usize = 8 * CHUNK;

/// Space on disk that all outputs of a render share: one file, opened when it is first needed.
pub(super) struct Space {
    folder: PathBuf,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    file: Option<Handle>,
    chunks: u64,
}

impl Space {
    /// Space in a folder that has room for it.
    pub(super) fn new(folder: &Path) -> Arc<Space> {
        Arc::new(Space { folder: folder.to_owned(), used: Mutex::default() })
    }

    /// Writes a chunk; tells which it is.
    fn write(&self, bytes: &[u8]) -> Result<u64, RenderError> {
        let mut used = locked(&self.used);
        let Used { file, chunks } = &mut *used;
        let file = match file {
            Some(file) => file,
            none => none.insert(files::scratch(&self.folder)?),
        };
        at(file, *chunks).and_then(|()| file.write_all(bytes)).map_err(|source| self.failed(source))?;
        *chunks += 1;
        Ok(*chunks - 1)
    }

    fn read(&self, chunk: u64, bytes: &mut [u8]) -> Result<(), RenderError> {
        match &mut locked(&self.used).file {
            Some(file) => at(file, chunk).and_then(|()| file.read_exact(bytes)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
        .map_err(|source| self.failed(source).into())
    }

    fn failed(&self, source: io::Error) -> FileError {
        FileError::scratch(&self.folder, source)
    }
}

fn at(file: &mut Handle, chunk: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(chunk * BYTES as u64)).map(drop)
}

/// What one output holds back.
pub(super) struct Held {
    space: Arc<Space>,
    /// Where the whole chunks are; silence is nowhere.
    chunks: Vec<Option<u64>>,
    /// What does not fill a chunk yet.
    open: [Vec<f32>; 2],
}

impl Held {
    /// Nothing yet.
    pub(super) fn new(space: &Arc<Space>) -> Held {
        Held { space: space.clone(), chunks: Vec::new(), open: Default::default() }
    }

    /// Holds what comes next.
    pub(super) fn push(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        let mut done = 0;
        while done < left.len() {
            let part = done..left.len().min(done + CHUNK - self.open[0].len());
            done = part.end;
            self.open[0].extend_from_slice(&left[part.clone()]);
            self.open[1].extend_from_slice(&right[part]);
            if self.open[0].len() == CHUNK {
                self.lay_aside()?;
            }
        }
        Ok(())
    }

    fn lay_aside(&mut self) -> Result<(), RenderError> {
        // By their bits, as there is a zero below zero too.
        let silent = self.open.iter().flatten().all(|x| x.to_bits() == 0);
        let bytes = || self.open.iter().flatten().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        self.chunks.push(if silent { None } else { Some(self.space.write(&bytes())?) });
        self.open.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Hands on the first frames, and lets the rest go.
    pub(super) fn release(
        self,
        frames: usize,
        mut each: impl FnMut(&[f32], &[f32]) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        let (mut left_to_go, mut bytes) = (frames, vec![0; BYTES]);
        for chunk in self.chunks {
            let now = left_to_go.min(CHUNK);
            if now == 0 {
                return Ok(());
            }
            match chunk {
                Some(chunk) => self.space.read(chunk, &mut bytes)?,
                None => bytes.fill(0),
            }
            let samples: Vec<f32> =
                bytes.as_chunks::<4>().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect();
            each(&samples[..now], &samples[CHUNK..CHUNK + now])?;
            left_to_go -= now;
        }
        let [left, right] = &self.open;
        let now = left_to_go.min(left.len());
        each(&left[..now], &right[..now])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(from: usize, frames: usize) -> (Vec<f32>, Vec<f32>) {
        let plane = |sign: f32| (from..from + frames).map(|frame| sign * frame as f32).collect();
        (plane(1.0), plane(-1.0))
    }

    fn released(held: Held, frames: usize) -> (Vec<f32>, Vec<f32>) {
        let mut got = (Vec::new(), Vec::new());
        held.release(frames, |left, right| {
            got.0.extend_from_slice(left);
            got.1.extend_from_slice(right);
            Ok(())
        })
        .unwrap();
        got
    }

    #[test]
    fn each_output_gets_back_its_own_as_far_as_it_is_wanted() {
        let dir = tempfile::tempdir().unwrap();
        for wanted in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 5 * CHUNK + 7] {
            let space = Space::new(dir.path());
            let mut both = [Held::new(&space), Held::new(&space)];
            for from in (0..5 * CHUNK + 7).step_by(1_000) {
                for (held, shift) in both.iter_mut().zip([0, 1_000_000]) {
                    let (left, right) = ramp(from + shift, 1_000.min(5 * CHUNK + 7 - from));
                    held.push(&left, &right).unwrap();
                }
            }
            for (held, shift) in both.into_iter().zip([0, 1_000_000]) {
                assert!(held.open[0].len() < CHUNK, "whole chunks are on disk");
                assert!(released(held, wanted) == ramp(shift, wanted), "{wanted}");
            }
        }
    }

    #[test]
    fn silence_takes_no_room_and_the_zero_below_zero_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let space = Space::new(dir.path());
        let mut held = Held::new(&space);
        held.push(&[0.0; 2 * CHUNK], &[0.0; 2 * CHUNK]).unwrap();
        assert!(locked(&space.used).file.is_none());
        held.push(&[-0.0; CHUNK], &[0.0; CHUNK]).unwrap();
        let (left, _) = released(held, 3 * CHUNK);
        assert!(left[..2 * CHUNK].iter().all(|x| x.to_bits() == 0));
        assert!(left[2 * CHUNK..].iter().all(|x| x.to_bits() == (-0.0_f32).to_bits()));
    }
}
