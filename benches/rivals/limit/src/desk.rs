//! The mix as an ordinary engine would write it: a track at a time, in blocks, on one thread or two.
//!
//! `WELL` chooses how its nodes are written. Without it they are the textbook's: an effect at a time, `log10` and
//! `powf` in the compressor. With it four biquads share a loop, the compressor works in passes that are vectorised over
//! time, and Freeverb in blocks.

use crate::biquad::{Biquad, cascade};
use crate::compressor::Compressor;
use crate::convolution::Convolution;
use crate::freeverb::Freeverb;
use crate::limiter::{LATE, Limiter, WINDOW};
use crate::session::{CHUNK, GROUPS, Group, Master, Session, Track};
use crate::wav::{Mix, Stem, decode};
use std::path::Path;
use std::sync::mpsc::sync_channel;

const BLOCK: usize = 512;
/// The planes of a chunk: left and right of each group, then of the reverb's bus.
const PLANES: usize = 2 * GROUPS + 2;
/// How many hundredths of all channels the second thread takes: the first has the buses as well.
const SHARE: usize = 58;

type Planes = Vec<Vec<f32>>;

pub fn mix<const WELL: bool>(session: &Session, out: &Path, threads: usize, conv: bool) {
    let mut strips: Vec<Strip> = session.tracks.iter().map(Strip::new).collect();
    let chunks = (session.frames + WINDOW).div_ceil(CHUNK);
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Planes>(4);
        if threads > 1 {
            let mut theirs: Vec<Strip> = strips.drain(..share(&session.tracks)).collect();
            scope.spawn(move || {
                for _ in 0..chunks {
                    send.send(played::<WELL>(&mut theirs)).expect("the mix is not done");
                }
            });
        }
        let mut desk = Desk::new(session, conv);
        let mut mix = Mix::create(out, session.frames, LATE);
        for _ in 0..chunks {
            let mut planes = played::<WELL>(&mut strips);
            if threads > 1 {
                let others = receive.recv().expect("the other thread plays as many chunks");
                for (plane, other) in planes.iter_mut().zip(&others) {
                    add(plane, other, 1.0);
                }
            }
            let [left, right] = desk.run::<WELL>(&mut planes);
            mix.write(&left, &right);
        }
    });
}

/// How many tracks, from the first, the second thread takes.
fn share(tracks: &[Track]) -> usize {
    let all: usize = tracks.iter().map(|track| track.channels).sum();
    let mut channels = 0;
    let enough = |track: &Track| {
        channels += track.channels;
        channels * 100 >= all * SHARE
    };
    tracks.iter().position(enough).map_or(tracks.len(), |last| last + 1)
}

/// The next chunk of some strips, summed.
fn played<const WELL: bool>(strips: &mut [Strip]) -> Planes {
    let mut planes = vec![vec![0f32; CHUNK]; PLANES];
    for strip in strips {
        strip.add_chunk::<WELL>(&mut planes);
    }
    planes
}

fn add(to: &mut [f32], from: &[f32], gain: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from * gain;
    }
}

struct Strip {
    stem: Stem,
    channels: usize,
    group: usize,
    gain: f32,
    eq: Vec<Vec<Biquad>>,
    compressor: Compressor,
    pan: [f32; 2],
    send: f32,
}

impl Strip {
    fn new(track: &Track) -> Self {
        Self {
            stem: Stem::open(&track.path, track.channels),
            channels: track.channels,
            group: track.group,
            gain: track.gain,
            eq: (0..track.channels).map(|_| Biquad::all(&track.eq)).collect(),
            compressor: Compressor::new(track.ballistics),
            pan: track.pan,
            send: track.send,
        }
    }

    fn add_chunk<const WELL: bool>(&mut self, planes: &mut [Vec<f32>]) {
        self.stem.next();
        let mut sides = [[0f32; BLOCK]; 2];
        for at in (0..CHUNK).step_by(BLOCK) {
            for (c, side) in sides.iter_mut().enumerate().take(self.channels) {
                for (i, sample) in side.iter_mut().enumerate() {
                    *sample = decode(&self.stem.bytes[((at + i) * self.channels + c) * 3..]) * self.gain;
                }
            }
            let [left, right] = &mut sides;
            match self.channels {
                1 if WELL => self.mono_well(left),
                1 => self.mono(left),
                _ if WELL => self.stereo_well(left, right),
                _ => self.stereo(left, right),
            }
            let right = if self.channels == 1 { &sides[0] } else { &sides[1] };
            for (side, (samples, pan)) in [&sides[0], right].into_iter().zip(self.pan).enumerate() {
                add(&mut planes[2 * self.group + side][at..at + BLOCK], samples, pan);
                add(&mut planes[2 * GROUPS + side][at..at + BLOCK], samples, pan * self.send);
            }
        }
    }

    fn mono(&mut self, samples: &mut [f32]) {
        self.eq[0].iter_mut().for_each(|band| band.run(samples));
        self.compressor.run(samples, None);
    }

    fn mono_well(&mut self, samples: &mut [f32]) {
        cascade::<4, 1>(&mut self.eq, [samples]);
        self.compressor.run_well(samples, None);
    }

    fn stereo(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.eq[0].iter_mut().for_each(|band| band.run(left));
        self.eq[1].iter_mut().for_each(|band| band.run(right));
        self.compressor.run(left, Some(right));
    }

    fn stereo_well(&mut self, left: &mut [f32], right: &mut [f32]) {
        cascade::<4, 2>(&mut self.eq, [left, right]);
        self.compressor.run_well(left, Some(right));
    }
}

/// The buses: what a group or the master does to two channels.
struct Bus {
    eq: Vec<Vec<Biquad>>,
    compressor: Compressor,
}

impl Bus {
    fn group(group: &Group) -> Self {
        Self {
            eq: vec![Biquad::all(&group.eq), Biquad::all(&group.eq)],
            compressor: Compressor::new(group.ballistics),
        }
    }

    fn master(master: &Master) -> Self {
        Self {
            eq: vec![Biquad::all(&master.eq), Biquad::all(&master.eq)],
            compressor: Compressor::new(master.ballistics),
        }
    }

    fn filter<const WELL: bool, const BANDS: usize>(&mut self, left: &mut [f32], right: &mut [f32]) {
        if WELL {
            cascade::<BANDS, 2>(&mut self.eq, [left, right]);
        } else {
            self.eq[0].iter_mut().for_each(|band| band.run(left));
            self.eq[1].iter_mut().for_each(|band| band.run(right));
        }
    }

    fn compress<const WELL: bool>(&mut self, left: &mut [f32], right: &mut [f32]) {
        if WELL {
            self.compressor.run_well(left, Some(right));
        } else {
            self.compressor.run(left, Some(right));
        }
    }
}

enum Space {
    Freeverb(Freeverb),
    Convolution(Convolution),
}

/// All that comes after the tracks.
struct Desk {
    groups: Vec<Bus>,
    space: Space,
    back: f32,
    master: Bus,
    limiter: Limiter,
}

impl Desk {
    fn new(session: &Session, conv: bool) -> Self {
        let space = if conv {
            Space::Convolution(Convolution::new(&session.reverb))
        } else {
            Space::Freeverb(Freeverb::new(&session.reverb))
        };
        Self {
            groups: session.groups.iter().map(Bus::group).collect(),
            space,
            back: session.reverb.back,
            master: Bus::master(&session.master),
            limiter: Limiter::new(&session.master),
        }
    }

    fn run<const WELL: bool>(&mut self, planes: &mut [Vec<f32>]) -> [Vec<f32>; 2] {
        let mut mix = [vec![0f32; CHUNK], vec![0f32; CHUNK]];
        let (groups, reverb) = planes.split_at_mut(2 * GROUPS);
        let [left, right] = reverb else { unreachable!("two planes are the reverb's") };
        match &mut self.space {
            Space::Freeverb(freeverb) if WELL => freeverb.run_well(left, right),
            Space::Freeverb(freeverb) => freeverb.run(left, right),
            Space::Convolution(convolution) => convolution.run(left, right),
        }
        add(&mut mix[0], left, self.back);
        add(&mut mix[1], right, self.back);
        for (bus, planes) in self.groups.iter_mut().zip(groups.chunks_mut(2)) {
            let [left, right] = planes else { unreachable!("each group has two planes") };
            bus.compress::<WELL>(left, right);
            bus.filter::<WELL, 2>(left, right);
            add(&mut mix[0], left, 1.0);
            add(&mut mix[1], right, 1.0);
        }
        let [left, right] = &mut mix;
        self.master.filter::<WELL, 4>(left, right);
        self.master.compress::<WELL>(left, right);
        self.limiter.run(left, right);
        mix
    }
}
