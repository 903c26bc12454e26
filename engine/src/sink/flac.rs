//! FLAC files (RFC 9639), written as they come: the one place that names rusty_flac.
//!
//! The encoder makes whole streams in memory, so it is given one block at a time. Of each little stream the one frame is
//! kept and given its place in the song: its number and its two checksums are written anew, and the head of the file, with
//! length, extremes and digest, when all is known.

use super::Form;
use super::md5::Md5;
use crate::files::Handle;
use rusty_flac::Encoder;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

/// The highest rate of the head: 20 bits.
pub(super) const HIGHEST_RATE: u32 = (1 << 20) - 1;
/// The most frames of sound that the head can tell: 36 bits.
pub(super) const MOST_FRAMES: u64 = (1 << 36) - 1;

/// Frames of sound in a block: what the encoder works in by itself.
const BLOCK: usize = 4096;
/// `fLaC`, and the header and body of the block that describes the stream.
const HEAD: usize = 4 + 4 + 34;
/// Sync code, sizes and channels before the frame's number.
const BEFORE_NUMBER: usize = 4;
/// The block's length, which the encoder writes as 16 bits behind the number.
const BEHIND_NUMBER: usize = 2;

/// A FLAC being written.
pub(super) struct Flac {
    writer: BufWriter<Handle>,
    encoder: Encoder,
    form: Form,
    bits: u32,
    /// Interleaved samples that do not fill a block yet.
    rest: Vec<i32>,
    md5: Md5,
    /// Frames of sound written.
    frames: u64,
    /// Blocks written.
    blocks: u64,
    /// Bytes of the shortest and the longest block.
    extremes: Option<(u32, u32)>,
}

impl Flac {
    pub(super) fn begin(mut writer: BufWriter<Handle>, form: Form, bits: u32) -> io::Result<Flac> {
        let encoder = Encoder::new(form.rate, form.channels as u32, bits).map_err(io::Error::other)?;
        writer.write_all(&[0; HEAD])?;
        let (rest, md5) = (Vec::new(), Md5::new());
        Ok(Flac { writer, encoder, form, bits, rest, md5, frames: 0, blocks: 0, extremes: None })
    }

    pub(super) fn write(&mut self, mut interleaved: &[i32]) -> io::Result<()> {
        while !interleaved.is_empty() {
            let room = BLOCK * self.form.channels - self.rest.len();
            let (now, later) = interleaved.split_at(room.min(interleaved.len()));
            self.rest.extend_from_slice(now);
            interleaved = later;
            if self.rest.len() == BLOCK * self.form.channels {
                self.write_block()?;
            }
        }
        Ok(())
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        if !self.rest.is_empty() {
            self.write_block()?;
        }
        let head = self.head();
        self.writer.seek(SeekFrom::Start(0))?;
        self.writer.write_all(&head)?;
        self.writer.flush()
    }

    fn write_block(&mut self) -> io::Result<()> {
        let bytes = self.bits as usize / 8;
        let coded = self.rest.iter().flat_map(|sample| sample.to_le_bytes().into_iter().take(bytes));
        self.md5.push(&coded.collect::<Vec<_>>());
        self.encoder.push_interleaved(&self.rest).map_err(io::Error::other)?;
        let stream = self.encoder.finish_and_reset();
        let frame = numbered(&stream[HEAD..], self.blocks);
        self.writer.write_all(&frame)?;
        let length = frame.len() as u32;
        let (least, most) = self.extremes.unwrap_or((length, length));
        self.extremes = Some((least.min(length), most.max(length)));
        self.frames += (self.rest.len() / self.form.channels) as u64;
        self.blocks += 1;
        self.rest.clear();
        Ok(())
    }

    /// The head of the file (RFC 9639, 8.2).
    fn head(&self) -> Vec<u8> {
        let (least, most) = self.extremes.unwrap_or_default();
        let mut head = b"fLaC".to_vec();
        // The last block of its kind, of type 0, 34 bytes long.
        head.extend([0x80, 0, 0, 34]);
        head.extend((BLOCK as u16).to_be_bytes());
        head.extend((BLOCK as u16).to_be_bytes());
        head.extend(&least.to_be_bytes()[1..]);
        head.extend(&most.to_be_bytes()[1..]);
        let (channels, bits) = (self.form.channels as u64 - 1, u64::from(self.bits) - 1);
        let packed = (u64::from(self.form.rate) << 44) | (channels << 41) | (bits << 36) | self.frames;
        head.extend(packed.to_be_bytes());
        head.extend(self.md5.clone().digest());
        head
    }
}

impl std::fmt::Debug for Flac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flac").field("frames", &self.frames).finish_non_exhaustive()
    }
}

/// A frame that was number 0 of its stream as number `number` of another (RFC 9639, 9.1).
fn numbered(frame: &[u8], number: u64) -> Vec<u8> {
    let mut header = frame[..BEFORE_NUMBER].to_vec();
    header.extend(coded(number));
    let behind = BEFORE_NUMBER + 1;
    header.extend(&frame[behind..behind + BEHIND_NUMBER]);
    header.push(header.iter().fold(0, |sum, byte| crc8(sum ^ byte)));
    let body = &frame[behind + BEHIND_NUMBER + 1..frame.len() - 2];
    let mut frame = [header.as_slice(), body].concat();
    let sum = frame.iter().fold(0, |sum: u16, byte| (sum << 8) ^ CRC16[usize::from((sum >> 8) as u8 ^ byte)]);
    frame.extend(sum.to_be_bytes());
    frame
}

/// A number of up to 36 bits, coded as UTF-8 codes characters.
fn coded(number: u64) -> Vec<u8> {
    if number < 0x80 {
        return vec![number as u8];
    }
    // Each byte behind the first holds 6 bits; the first holds what its row of ones leaves.
    let behind = (1..7).find(|n| number >> (5 * n + 6) == 0).expect("blocks are counted below 36 bits");
    let ones = !(0xFF_u32 >> (behind + 1)) as u8;
    let mut bytes = vec![ones | (number >> (6 * behind)) as u8];
    bytes.extend((0..behind).rev().map(|n| 0x80 | (number >> (6 * n) & 0x3F) as u8));
    bytes
}

/// One step of the header's checksum, `x^8 + x^2 + x + 1`.
fn crc8(sum: u8) -> u8 {
    (0..8).fold(sum, |sum, _| (sum << 1) ^ if sum & 0x80 != 0 { 0x07 } else { 0 })
}

/// Steps of the frame's checksum, `x^16 + x^15 + x^2 + 1`.
const CRC16: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut sum, mut bit) = ((byte as u16) << 8, 0);
        while bit < 8 {
            sum = (sum << 1) ^ if sum & 0x8000 != 0 { 0x8005 } else { 0 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_numbers_are_coded_as_characters_are() {
        for number in [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x1_0000, 0x10_FFFF] {
            if let Some(character) = char::from_u32(number) {
                assert_eq!(coded(u64::from(number)), character.to_string().into_bytes());
            }
        }
        // What UTF-8 has no characters for: five, six and seven bytes.
        assert_eq!(coded(0x3FF_FFFF), [0xFB, 0xBF, 0xBF, 0xBF, 0xBF]);
        assert_eq!(coded(0x400_0000), [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]);
        assert_eq!(coded((1 << 36) - 1), [0xFE, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF]);
    }
}
