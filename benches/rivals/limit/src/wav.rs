//! 24-bit PCM, read and written in chunks at positions.

use crate::session::CHUNK;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Vectors read whole registers, so a chunk has room behind it.
const SLACK: usize = 64;

pub struct Stem {
    file: File,
    position: u64,
    left: usize,
    frame: usize,
    /// The present chunk as it stands in the file.
    pub bytes: Vec<u8>,
}

impl Stem {
    pub fn open(path: &Path, channels: usize) -> Self {
        let file = File::open(path).expect("a stem can be opened");
        let mut head = [0u8; 512];
        let read = file.read_at(&mut head, 0).expect("a stem can be read");
        let (at, length) = data(&head[..read]);
        let frame = 3 * channels;
        Self { file, position: at as u64, left: length, frame, bytes: vec![0; CHUNK * frame + SLACK] }
    }

    /// Reads the next chunk: zeros past the end.
    pub fn next(&mut self) {
        let wanted = (CHUNK * self.frame).min(self.left);
        self.file.read_exact_at(&mut self.bytes[..wanted], self.position).expect("a stem can be read");
        self.bytes[wanted..].fill(0);
        self.position += wanted as u64;
        self.left -= wanted;
    }
}

/// A sample of three bytes.
pub fn decode(bytes: &[u8]) -> f32 {
    i32::from_le_bytes([0, bytes[0], bytes[1], bytes[2]]) as f32 * (1.0 / 2_147_483_648.0)
}

/// All samples of a 32-bit float WAV.
pub fn floats(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).expect("the impulse response can be read");
    let (at, length) = data(&bytes);
    bytes[at..at + length]
        .chunks_exact(4)
        .map(|sample| f32::from_le_bytes([sample[0], sample[1], sample[2], sample[3]]))
        .collect()
}

/// Where the sound begins in a WAV, and how many bytes it has.
fn data(head: &[u8]) -> (usize, usize) {
    let at = head.windows(4).position(|word| word == b"data").expect("a WAV has a data chunk");
    let length = head[at + 4..at + 8].try_into().map(u32::from_le_bytes).expect("four bytes");
    (at + 8, length as usize)
}

/// The stereo mix: so many frames, less the first few, by which the limiter is late.
pub struct Mix {
    file: File,
    position: u64,
    bytes: Vec<u8>,
    late: usize,
    left: usize,
}

impl Mix {
    pub fn create(path: &Path, frames: usize, late: usize) -> Self {
        let file = File::create(path).expect("the mix can be created");
        let length = (frames * 6) as u32;
        let mut head = Vec::new();
        head.extend(b"RIFF");
        head.extend((36 + length).to_le_bytes());
        head.extend(b"WAVEfmt ");
        head.extend(16u32.to_le_bytes());
        head.extend(1u16.to_le_bytes()); // PCM
        head.extend(2u16.to_le_bytes()); // channels
        head.extend(48_000u32.to_le_bytes());
        head.extend(288_000u32.to_le_bytes()); // bytes a second
        head.extend(6u16.to_le_bytes()); // bytes a frame
        head.extend(24u16.to_le_bytes());
        head.extend(b"data");
        head.extend(length.to_le_bytes());
        file.write_all_at(&head, 0).expect("the mix can be written");
        Self { file, position: head.len() as u64, bytes: vec![0; CHUNK * 6 + SLACK], late, left: frames }
    }

    pub fn write(&mut self, left: &[f32], right: &[f32]) {
        let skipped = self.late.min(left.len());
        self.late -= skipped;
        let frames = (left.len() - skipped).min(self.left);
        for i in 0..frames {
            for (side, sample) in [left[skipped + i], right[skipped + i]].into_iter().enumerate() {
                let whole = (sample.clamp(-1.0, 1.0) * 8_388_607.0).round_ties_even() as i32;
                let at = i * 6 + side * 3;
                // The fourth byte is overwritten by the next sample.
                self.bytes[at..at + 4].copy_from_slice(&whole.to_le_bytes());
            }
        }
        self.file.write_all_at(&self.bytes[..frames * 6], self.position).expect("the mix can be written");
        self.position += frames as u64 * 6;
        self.left -= frames;
    }

    pub fn is_whole(&self) -> bool {
        self.left == 0
    }
}
