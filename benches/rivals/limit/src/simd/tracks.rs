//! Up to sixteen mono tracks or eight stereo ones, side by side in the lanes.

use super::lanes::Lanes;
use super::vector::{LANES, Row, SILENT, V, apart, decode, load, set, store, transpose};
use crate::session::{CHUNK, GROUPS, Track};
use crate::wav::Stem;
use std::arch::x86_64::*;

/// Bytes of sixteen samples.
const DECODED: usize = 3 * LANES;

pub struct Tracks {
    stems: Vec<Stem>,
    stereo: bool,
    effects: Lanes<4>,
    /// How much of each lane goes to each plane: pan, group and send in one.
    shares: [Row; LANES],
}

impl Tracks {
    /// Tracks of as many channels each.
    pub fn new(tracks: &[&Track]) -> Self {
        let stereo = tracks[0].channels == 2;
        let mut effects = Lanes::eq_first(stereo);
        let mut shares = [SILENT; LANES];
        for (i, track) in tracks.iter().enumerate() {
            for channel in 0..track.channels {
                let lane = i * track.channels + channel;
                effects.set(lane, &track.eq, track.gain, &track.ballistics);
                let sides = if stereo { channel..channel + 1 } else { 0..2 };
                for side in sides {
                    shares[lane].0[2 * track.group + side] = track.pan[side];
                    shares[lane].0[2 * GROUPS + side] = track.pan[side] * track.send;
                }
            }
        }
        let stems = tracks.iter().map(|track| Stem::open(&track.path, track.channels)).collect();
        Self { stems, stereo, effects, shares }
    }

    /// Plays the next chunk into the rows: added to what they hold, or in its place.
    pub unsafe fn play(&mut self, rows: &mut [Row], add: bool) {
        self.stems.iter_mut().for_each(Stem::next);
        for at in (0..CHUNK).step_by(LANES) {
            let mut v = self.decoded(at);
            transpose(&mut v);
            self.effects.run(&mut v);
            self.distribute(&v, &mut rows[at..at + LANES], add);
        }
    }

    #[inline(always)]
    unsafe fn decoded(&self, at: usize) -> [V; LANES] {
        let mut v = [set(0.0); LANES];
        // The bounds are constants, so that `v` stays in registers.
        if self.stereo {
            for i in 0..LANES / 2 {
                if let Some(stem) = self.stems.get(i) {
                    let bytes = stem.bytes.as_ptr().add(at * 6);
                    [v[2 * i], v[2 * i + 1]] = apart(decode(bytes), decode(bytes.add(DECODED)));
                }
            }
        } else {
            for i in 0..LANES {
                if let Some(stem) = self.stems.get(i) {
                    v[i] = decode(stem.bytes.as_ptr().add(at * 3));
                }
            }
        }
        v
    }

    #[inline(always)]
    unsafe fn distribute(&self, v: &[V; LANES], rows: &mut [Row], add: bool) {
        let mut frames = [SILENT; LANES];
        for (frame, v) in frames.iter_mut().zip(v) {
            store(frame, *v);
        }
        let lanes = self.stems.len() * if self.stereo { 2 } else { 1 };
        for (row, frame) in rows.iter_mut().zip(&frames) {
            // Two sums, whose latencies overlap.
            let mut sums = [if add { load(row) } else { set(0.0) }, set(0.0)];
            for (lane, (sample, share)) in frame.0.iter().zip(&self.shares).enumerate().take(lanes) {
                sums[lane & 1] = _mm512_fmadd_ps(set(*sample), load(share), sums[lane & 1]);
            }
            store(row, _mm512_add_ps(sums[0], sums[1]));
        }
    }
}
