//! Any frame of a file that is decoded packet by packet.
//!
//! Lossless files are sought. Lossy ones are decoded from their start and dropped up to the place, as their decoders carry
//! what came before: sought, some give other samples without a word.

use super::decode::{Decoder, Fault};
use crate::song::ChannelPick;
use std::ops::Range;

/// A file being decoded, and the packet at hand with all of its channels.
#[derive(Debug)]
pub(super) struct Packets {
    decoder: Decoder,
    seekable: bool,
    /// Raw frames before the first that is heard.
    skip: u64,
    /// The frame that comes next, without those.
    next: u64,
    piece: Piece,
}

#[derive(Debug, Default)]
struct Piece {
    /// The raw frame that it begins with.
    at: u64,
    planes: Vec<Vec<f32>>,
}

/// A lossless file is decoded rather than sought over so many frames.
const NEAR: u64 = 1 << 15;

impl Packets {
    pub(super) fn new(decoder: Decoder, seekable: bool, skip: u64) -> Packets {
        Packets { decoder, seekable, skip, next: 0, piece: Piece::default() }
    }

    /// Whether a frame can only be reached by decoding the file anew.
    pub(super) fn is_past(&self, frame: u64) -> bool {
        !(frame >= self.next && (!self.seekable || frame - self.next < NEAR))
    }

    /// Goes to a frame, from the start of the file.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), Fault> {
        if self.seekable && frame > 0 {
            self.decoder.seek(frame + self.skip)?;
        }
        Ok(())
    }

    /// As [`Decoder::count`].
    pub(super) fn count(&mut self, frame_bytes: Option<u64>) -> Result<u64, Fault> {
        self.decoder.count(frame_bytes)
    }

    /// The frame after the last of the packet at hand.
    pub(super) fn end(&self) -> u64 {
        self.piece.end().saturating_sub(self.skip)
    }

    /// Fills a part of planes, one for each channel that is played, from a frame on, which none before may lie behind; tells
    /// how many frames one packet gave. None is the end of the file.
    pub(super) fn read(
        &mut self,
        at: u64,
        pick: ChannelPick,
        planes: &mut [&mut [f32]],
        to: Range<usize>,
    ) -> Result<usize, Fault> {
        let raw = at + self.skip;
        while raw >= self.piece.end() {
            let Some(at) = self.decoder.next(&mut self.piece.planes)? else { return Ok(0) };
            self.piece.at = at;
        }
        let from = raw.checked_sub(self.piece.at).ok_or_else(gap)?;
        let from = usize::try_from(from).expect("a packet is short");
        let frames = (self.piece.frames() - from).min(to.len());
        for (plane, heard) in planes.iter_mut().zip(self.piece.heard(pick)) {
            plane[to.start..to.start + frames].copy_from_slice(&heard[from..from + frames]);
        }
        self.next = at + frames as u64;
        Ok(frames)
    }
}

fn gap() -> Fault {
    Fault::Damaged("a gap in its packets".to_owned())
}

impl Piece {
    fn frames(&self) -> usize {
        self.planes.first().map_or(0, Vec::len)
    }

    fn end(&self) -> u64 {
        self.at + self.frames() as u64
    }

    /// The channels that are played.
    fn heard(&self, pick: ChannelPick) -> &[Vec<f32>] {
        match pick {
            ChannelPick::All => &self.planes,
            ChannelPick::One(channel) => std::slice::from_ref(&self.planes[channel as usize - 1]),
        }
    }
}
