//! The same mix with 16 channels in the 16 lanes of an AVX-512 register, from decoding to the sums of the buses.

#![allow(unsafe_op_in_unsafe_fn, reason = "all of it is intrinsics of the CPU that it is built for")]

mod freeverb;
mod lanes;
mod tracks;
mod vector;

use crate::convolution::Convolution;
use crate::limiter::{LATE, Limiter, WINDOW};
use crate::session::{CHUNK, GROUPS, Session, Track};
use crate::wav::Mix;
use freeverb::Freeverb;
use lanes::Lanes;
use std::arch::x86_64::{_mm512_add_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_storeu_ps};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use tracks::Tracks;
use vector::{LANES, Row, SILENT, V, load, set, transpose};

pub fn mix(session: &Session, out: &Path, threads: usize, conv: bool) {
    let mono: Vec<&Track> = session.tracks.iter().filter(|track| track.channels == 1).collect();
    let stereo: Vec<&Track> = session.tracks.iter().filter(|track| track.channels == 2).collect();
    let mut tracks: Vec<Tracks> =
        stereo.chunks(LANES / 2).chain(mono.chunks(LANES)).map(Tracks::new).collect();
    let chunks = (session.frames + WINDOW).div_ceil(CHUNK);
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Vec<Row>>(4);
        let (give_back, take_back) = sync_channel::<Vec<Row>>(8);
        if threads > 1 {
            let share = tracks.len().div_ceil(2);
            let mut theirs: Vec<Tracks> = tracks.drain(..share).collect();
            scope.spawn(move || {
                for _ in 0..chunks {
                    let mut rows = take_back.try_recv().unwrap_or_else(|_| vec![SILENT; CHUNK]);
                    // SAFETY: rows hold a chunk, and so does every stem.
                    unsafe { play(&mut theirs, &mut rows, false) };
                    send.send(rows).expect("the mix is not done");
                }
            });
        }
        let mut desk = Desk::new(session, conv);
        let mut mix = Mix::create(out, session.frames, LATE);
        let mut own = vec![SILENT; CHUNK];
        for _ in 0..chunks {
            let begun = threads > 1;
            let mut rows = if begun {
                receive.recv().expect("the other thread plays as many chunks")
            } else {
                std::mem::take(&mut own)
            };
            // SAFETY: rows hold a chunk, and so do every stem and every plane of the desk.
            unsafe {
                play(&mut tracks, &mut rows, begun);
                desk.run(&rows);
            }
            mix.write(&desk.left, &desk.right);
            if begun {
                // Full, or the other thread has ended: then this buffer is not needed again.
                let _ = give_back.try_send(rows);
            } else {
                own = rows;
            }
        }
    });
}

/// Adds the next chunk of some tracks; what stood in the rows counts only if the sum is begun.
unsafe fn play(tracks: &mut [Tracks], rows: &mut [Row], begun: bool) {
    for (k, tracks) in tracks.iter_mut().enumerate() {
        tracks.play(rows, begun || k > 0);
    }
}

enum Space {
    Freeverb(Freeverb),
    Convolution(Convolution),
}

/// All that comes after the tracks. A row holds left and right of each group, then of the reverb's bus.
struct Desk {
    groups: Lanes<2>,
    space: Space,
    back: f32,
    master: Lanes<4>,
    limiter: Limiter,
    left: Vec<f32>,
    right: Vec<f32>,
    wet: [Vec<f32>; 2],
}

impl Desk {
    fn new(session: &Session, conv: bool) -> Self {
        let mut groups = Lanes::compressor_first(true);
        for lane in 0..2 * GROUPS {
            let group = &session.groups[lane / 2];
            groups.set(lane, &group.eq, 1.0, &group.ballistics);
        }
        let mut master = Lanes::eq_first(true);
        for lane in 0..2 {
            master.set(lane, &session.master.eq, 1.0, &session.master.ballistics);
        }
        let space = if conv {
            Space::Convolution(Convolution::new(&session.reverb))
        } else {
            Space::Freeverb(Freeverb::new(&session.reverb))
        };
        let plane = || vec![0f32; CHUNK];
        Self {
            groups,
            space,
            back: session.reverb.back,
            master,
            limiter: Limiter::new(&session.master),
            left: plane(),
            right: plane(),
            wet: [plane(), plane()],
        }
    }

    unsafe fn run(&mut self, rows: &[Row]) {
        for at in (0..CHUNK).step_by(LANES) {
            self.sum_groups(&rows[at..at + LANES], at);
        }
        let [left, right] = &mut self.wet;
        match &mut self.space {
            Space::Freeverb(freeverb) => freeverb.run(left, right),
            Space::Convolution(convolution) => convolution.run(left, right),
        }
        for at in (0..CHUNK).step_by(LANES) {
            self.finish(at);
        }
        self.limiter.run(&mut self.left, &mut self.right);
    }

    unsafe fn sum_groups(&mut self, rows: &[Row], at: usize) {
        let mut v = [set(0.0); LANES];
        for (v, row) in v.iter_mut().zip(rows) {
            *v = load(row);
        }
        self.groups.run(&mut v);
        transpose(&mut v);
        let sum = |a: V, b: V, c: V, d: V| _mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d));
        _mm512_storeu_ps(self.left.as_mut_ptr().add(at), sum(v[0], v[2], v[4], v[6]));
        _mm512_storeu_ps(self.right.as_mut_ptr().add(at), sum(v[1], v[3], v[5], v[7]));
        _mm512_storeu_ps(self.wet[0].as_mut_ptr().add(at), v[8]);
        _mm512_storeu_ps(self.wet[1].as_mut_ptr().add(at), v[9]);
    }

    unsafe fn finish(&mut self, at: usize) {
        let read = |plane: &[f32]| _mm512_loadu_ps(plane.as_ptr().add(at));
        let mut v = [set(0.0); LANES];
        v[0] = _mm512_fmadd_ps(read(&self.wet[0]), set(self.back), read(&self.left));
        v[1] = _mm512_fmadd_ps(read(&self.wet[1]), set(self.back), read(&self.right));
        transpose(&mut v);
        self.master.run(&mut v);
        transpose(&mut v);
        _mm512_storeu_ps(self.left.as_mut_ptr().add(at), v[0]);
        _mm512_storeu_ps(self.right.as_mut_ptr().add(at), v[1]);
    }
}
