//! A sound as a WAV of 32-bit floating point: made as it is read, any part of it.

use super::library::Heard;
use axum::body::Bytes;
use futures_core::Stream;
use mixwright_engine::files::FileError;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Bytes of a frame: two channels of `f32`.
const FRAME: u64 = 8;

/// Bytes that are read at once.
const PIECE: u64 = 1 << 16;

/// Bytes before the first sample.
const HEADER: u64 = 58;

/// The bytes of a sound of so many frames.
pub(super) fn size(frames: usize) -> u64 {
    HEADER + frames as u64 * FRAME
}

/// What stands before the samples (RIFF, with the chunk that a floating-point format needs beside its own).
fn header(frames: usize, rate: u32) -> Vec<u8> {
    // Longer files are said to be as long as can be said, as those are that grow while they are heard.
    let told = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = Vec::with_capacity(HEADER as usize);
    bytes.extend(b"RIFF");
    bytes.extend(told(size(frames) - 8));
    bytes.extend(b"WAVEfmt ");
    bytes.extend(18_u32.to_le_bytes());
    bytes.extend([3_u16, 2].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend([rate, rate * FRAME as u32].into_iter().flat_map(u32::to_le_bytes));
    bytes.extend([FRAME as u16, 32, 0].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend(b"fact");
    bytes.extend(4_u32.to_le_bytes());
    bytes.extend(told(frames as u64));
    bytes.extend(b"data");
    bytes.extend(told(frames as u64 * FRAME));
    bytes
}

/// A part of the file, piece by piece.
pub(super) struct Pieces {
    heard: Arc<Heard>,
    left: Range<u64>,
}

impl Pieces {
    /// These bytes of a sound.
    pub(super) fn new(heard: Arc<Heard>, part: Range<u64>) -> Pieces {
        Pieces { heard, left: part }
    }

    fn next(&mut self) -> Result<Vec<u8>, FileError> {
        let Some(sound) = self.heard.sound() else { return Ok(Vec::new()) };
        let Range { start, end } = self.left;
        let end = end.min(start + PIECE);
        let mut bytes = Vec::new();
        if start < HEADER {
            bytes = header(sound.frames(), self.heard.kept.take.rate);
            bytes.truncate(end.min(HEADER) as usize);
            bytes.drain(..start as usize);
        }
        if end > HEADER {
            let (from, to) = (start.max(HEADER) - HEADER, end - HEADER);
            let first = from / FRAME;
            let frames = sound.interleaved(first as usize, (to.div_ceil(FRAME) - first) as usize)?;
            bytes.extend(&frames[(from - first * FRAME) as usize..(to - first * FRAME) as usize]);
        }
        self.left.start = end;
        Ok(bytes)
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, FileError>;

    /// What is read lies in the system's memory more often than not: nobody waits for it long.
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.left.is_empty() {
            true => Poll::Ready(None),
            false => Poll::Ready(Some(self.next().map(Bytes::from))),
        }
    }
}
