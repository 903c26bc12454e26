//! A signal in the store: planes in chunks, each with its hash, and what was read of the signal's effects and strips.
//!
//! ```text
//! magic 16 | version u32 | channels u32 | frames i64 | heard i64 | late i64 | fingerprint 16 | hash of all that u64
//! chunks of 16,384 frames (the last may be shorter): planes of f32, then their hash u64
//! readings: length u32, then as many bytes, then their hash u64
//! ```
//!
//! All numbers are little-endian. What does not fit, in length or by a hash, is not heard.

use super::{Reach, Readings};
use crate::files::{FileError, Handle, Input, Output};
use crate::fingerprint::Fingerprint;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: &[u8; 16] = b"mixwright signal";
const VERSION: u32 = 1;
const HEADER: usize = 72;
const CHUNK: usize = 1 << 14;
/// Readings longer than this are damage.
const MOST_READINGS: u32 = 1 << 26;

/// What a signal is, beside its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) print: Fingerprint,
    pub(crate) channels: usize,
    /// Frames by which it is late.
    pub(crate) late: i64,
    pub(crate) reach: Reach,
}

impl Kind {
    fn header(&self) -> Vec<u8> {
        let mut header = MAGIC.to_vec();
        header.extend(VERSION.to_le_bytes());
        header.extend((self.channels as u32).to_le_bytes());
        for number in [self.reach.frames, self.reach.heard, self.late] {
            header.extend(number.to_le_bytes());
        }
        header.extend(self.print.0);
        header.extend(xxh3_64(&header).to_le_bytes());
        header
    }

    fn of(header: &[u8; HEADER]) -> Option<Kind> {
        let long = |at: usize| i64::from_le_bytes(header[at..at + 8].try_into().expect("eight bytes"));
        let short = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().expect("four bytes"));
        let kind = Kind {
            channels: short(20) as usize,
            reach: Reach { frames: long(24), heard: long(32) },
            late: long(40),
            print: Fingerprint(header[48..64].try_into().expect("sixteen bytes")),
        };
        (header[..] == kind.header()[..] && (1..=2).contains(&kind.channels) && kind.reach.frames >= 0)
            .then_some(kind)
    }

    /// Bytes before the readings.
    fn size(&self) -> u64 {
        let frames = self.reach.frames as u64;
        HEADER as u64 + frames * self.channels as u64 * 4 + frames.div_ceil(CHUNK as u64) * 8
    }
}

/// A signal that is stored.
#[derive(Debug)]
pub struct Signal {
    kind: Kind,
    path: PathBuf,
    readings: Readings,
}

impl Signal {
    /// The signal in a file; none if the file is not whole, or holds something else.
    pub(super) fn open(path: &Path) -> Option<Signal> {
        let mut file = Input::open(path).ok()?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header).ok()?;
        let kind = Kind::of(&header)?;
        file.seek(SeekFrom::Start(kind.size())).ok()?;
        let mut length = [0; 4];
        file.read_exact(&mut length).ok()?;
        let length = Some(u32::from_le_bytes(length)).filter(|length| *length <= MOST_READINGS)?;
        let mut bytes = vec![0; length as usize + 8];
        file.read_exact(&mut bytes).ok()?;
        let (bytes, hash) = bytes.split_at(length as usize);
        let whole =
            kind.size() + 4 + u64::from(length) + 8 == file.size() && hash == xxh3_64(bytes).to_le_bytes();
        Some(Signal { kind, path: path.to_owned(), readings: Readings::of(bytes)? }).filter(|_| whole)
    }

    pub(crate) fn print(&self) -> Fingerprint {
        self.kind.print
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What was read while it was made.
    pub(crate) fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Plays it from its first frame.
    ///
    /// # Errors
    /// If the file is gone.
    pub(crate) fn player(&self) -> Result<Playing, FileError> {
        let file = Input::open(&self.path)?;
        Ok(Playing { kind: self.kind, file, at: 0, chunk: Vec::new(), begins: 0, holds: 0 })
    }
}

/// A stored signal being played.
#[derive(Debug)]
pub(crate) struct Playing {
    kind: Kind,
    file: Input,
    /// The frame that comes next.
    at: i64,
    /// Planes of the chunk that is at hand.
    chunk: Vec<u8>,
    begins: i64,
    /// Frames in each of its planes.
    holds: usize,
}

impl Playing {
    pub(crate) fn print(&self) -> Fingerprint {
        self.kind.print
    }

    /// Fills planes with what comes next from a frame on; frames are asked for in order, from 0.
    ///
    /// # Errors
    /// If it is not what was stored.
    pub(crate) fn fill(&mut self, at: i64, planes: &mut [&mut [f32]]) -> io::Result<()> {
        let frames = planes.first().map_or(0, |plane| plane.len());
        if at != self.at || planes.len() != self.kind.channels {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut done = 0;
        while done < frames {
            if self.at >= self.begins + self.holds as i64 {
                self.next()?;
            }
            let from = (self.at - self.begins) as usize;
            let count = (self.holds - from).min(frames - done);
            for (plane, bytes) in planes.iter_mut().zip(self.chunk.chunks(self.holds * 4)) {
                let (words, _) = bytes[from * 4..(from + count) * 4].as_chunks::<4>();
                for (x, word) in plane[done..done + count].iter_mut().zip(words) {
                    *x = f32::from_le_bytes(*word);
                }
            }
            done += count;
            self.at += count as i64;
        }
        Ok(())
    }

    /// Reads a chunk.
    fn next(&mut self) -> io::Result<()> {
        let begins = self.begins + self.holds as i64;
        let holds = (self.kind.reach.frames - begins).min(CHUNK as i64);
        if holds <= 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        (self.begins, self.holds) = (begins, holds as usize);
        let bytes = self.holds * self.kind.channels * 4;
        let place = Kind { reach: Reach { frames: begins, heard: 0 }, ..self.kind }.size();
        self.file.seek(SeekFrom::Start(place))?;
        self.chunk.resize(bytes + 8, 0);
        self.file.read_exact(&mut self.chunk)?;
        let (planes, hash) = self.chunk.split_at(bytes);
        if hash != xxh3_64(planes).to_le_bytes() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.chunk.truncate(bytes);
        Ok(())
    }
}

/// A signal on its way into the store. Dropped before it is whole, it leaves no trace.
pub(crate) struct Recording {
    kind: Kind,
    output: Output,
    file: BufWriter<Handle>,
    planes: [Vec<f32>; 2],
    bytes: Vec<u8>,
    written: i64,
}

impl Recording {
    pub(super) fn create(path: &Path, kind: Kind) -> Result<Recording, FileError> {
        let output = Output::beside(path)?;
        let mut file = output.writer()?;
        file.write_all(&kind.header()).map_err(|error| output.failed(error))?;
        Ok(Recording { kind, output, file, planes: Default::default(), bytes: Vec::new(), written: 0 })
    }

    pub(crate) fn print(&self) -> Fingerprint {
        self.kind.print
    }

    /// Takes the next frames: a plane for each channel.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn write(&mut self, planes: &[&[f32]]) -> Result<(), FileError> {
        let frames = planes.first().map_or(0, |plane| plane.len());
        let mut done = 0;
        while done < frames {
            let count = (CHUNK - self.planes[0].len()).min(frames - done);
            for (held, plane) in self.planes.iter_mut().zip(planes) {
                held.extend_from_slice(&plane[done..done + count]);
            }
            done += count;
            if self.planes[0].len() == CHUNK {
                self.chunk()?;
            }
        }
        Ok(())
    }

    fn chunk(&mut self) -> Result<(), FileError> {
        self.bytes.clear();
        for plane in &mut self.planes[..self.kind.channels] {
            self.bytes.extend(plane.iter().flat_map(|x| x.to_le_bytes()));
        }
        self.written += self.planes[0].len() as i64;
        self.planes.iter_mut().for_each(Vec::clear);
        let hash = xxh3_64(&self.bytes).to_le_bytes();
        let written = self.file.write_all(&self.bytes).and_then(|()| self.file.write_all(&hash));
        written.map_err(|error| self.output.failed(error))
    }

    /// Puts it into the store, with what was read meanwhile, if all of it came.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn keep(mut self, readings: &Readings) -> Result<(), FileError> {
        if !self.planes[0].is_empty() {
            self.chunk()?;
        }
        if self.written != self.kind.reach.frames {
            return Ok(());
        }
        let mut bytes = readings.bytes();
        let hash = xxh3_64(&bytes).to_le_bytes();
        bytes.splice(0..0, (bytes.len() as u32).to_le_bytes());
        bytes.extend(hash);
        let Recording { output, mut file, .. } = self;
        file.write_all(&bytes).and_then(|()| file.flush()).map_err(|error| output.failed(error))?;
        drop(file);
        output.place()
    }
}
