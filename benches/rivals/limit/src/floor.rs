//! The floors that no engine gets under: reading the stems, and decoding, summing and writing them.

use crate::session::{CHUNK, Session};
use crate::wav::{Mix, Stem, decode};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Keeps the plain sum below full scale.
const HEADROOM: f32 = 0.2;

pub fn read(session: &Session) {
    let mut buffer = vec![0u8; 1 << 18];
    for track in &session.tracks {
        let mut file = File::open(&track.path).expect("a stem can be opened");
        while file.read(&mut buffer).expect("a stem can be read") > 0 {}
    }
}

pub fn sum(session: &Session, out: &Path) {
    let mut stems: Vec<_> =
        session.tracks.iter().map(|track| (Stem::open(&track.path, track.channels), track)).collect();
    let mut mix = Mix::create(out, session.frames, 0);
    let mut sides = [vec![0f32; CHUNK], vec![0f32; CHUNK]];
    while !mix.is_whole() {
        sides.iter_mut().for_each(|side| side.fill(0.0));
        for (stem, track) in &mut stems {
            stem.next();
            for (side, (samples, pan)) in sides.iter_mut().zip(track.pan).enumerate() {
                let (first, gain) = (3 * side.min(track.channels - 1), track.gain * pan * HEADROOM);
                let frames = stem.bytes.chunks_exact(3 * track.channels);
                for (sample, frame) in samples.iter_mut().zip(frames) {
                    *sample += decode(&frame[first..first + 3]) * gain;
                }
            }
        }
        mix.write(&sides[0], &sides[1]);
    }
}
