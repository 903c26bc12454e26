//! An algorithmic reverb: rooms, halls, plates and chambers from one network of 32 delay lines.
//!
//! A feedback delay network after Jot and Chaigne (AES 90, 1991) whose decay follows a documented law at every frequency,
//! with early reflections of a box before it. Its loudness does not depend on kind, decay or size.

mod bank;
mod early;
mod kinds;
mod law;
mod motion;
mod network;
#[cfg(test)]
mod tests;

use self::{
    early::Early,
    kinds::{Figures, Shelf},
    law::Law,
    network::{Network, Shares},
};
use crate::{
    block::Block,
    choice,
    dsp::{
        cpu::{Isa, Job, dispatch},
        cut::Cuts,
        knobs::Knobs,
        math,
        ring::{CHUNK, Chunk, Ring},
    },
    effect::{Aim, Effect, Kernel, Seen, Width},
    params,
    params::Auto,
    processor::{Io, Setup},
    unit::{Frames, Hz, Ms, Percent, Seconds},
};

choice! {
    /// What kind of space sounds.
    pub enum Space {
        /// A concert hall: wide, slow to build up, dark at the end.
        Hall = "hall",
        /// A small room: near walls, dense at once.
        Room = "room",
        /// A steel plate: dense and bright at once, without walls.
        Plate = "plate",
        /// An echo chamber: a hard, small room with a smooth tail.
        Chamber = "chamber",
    }
}

params! {
    /// The sound of a room around the music; it comes out in stereo.
    pub struct Reverb = "reverb"(kind, decay) {
        /// What kind of space sounds.
        fixed kind: Space = Space::Hall,
        /// Time in which the tail falls by 60 dB at 1 kHz.
        decay: Seconds = 1.8 in 0.1..=30.0,
        /// Time before the space answers: it keeps a voice in front of its reverb.
        fixed predelay: Ms = 0.0 in 0.0..=500.0,
        /// How large the space is, against the kind's own size.
        fixed size: Percent = 100.0 in 50.0..=150.0,
        /// How much the sound is smeared before it enters the tail: less gives grainy, separate echoes.
        diffusion: Percent = 100.0 in 0.0..=100.0,
        /// How much faster the highs decay: at 0 % as slowly as the middle, at 100 % five times as fast.
        damping: Auto<Percent> = auto in 0.0..=100.0,
        /// Leaves out what lies below, at 12 dB an octave.
        low_cut: Hz = 20.0 in 20.0..=2000.0,
        /// Leaves out what lies above, at 12 dB an octave.
        high_cut: Hz = 20000.0 in 500.0..=20000.0,
        /// How loud the first reflections are; at 0 % the tail stands alone.
        early: Percent = 100.0 in 0.0..=200.0,
        /// How far the reverb spreads between the sides; at 0 % it is mono.
        width: Percent = 100.0 in 0.0..=200.0,
    }
}

impl Effect for Reverb {
    type Kernel = Sounding;
    const COST: f64 = 150.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Sounding {
        Sounding::new(self, setup)
    }

    /// To -90 dB at the slowest frequency, after the latest way that a sound can take into the loop.
    fn tail(&self, rate: u32) -> Frames {
        let entrance = Frames((ENTRANCE * self.scale(rate)) as i64);
        self.predelay.frames(rate) + entrance + Seconds(1.5 * self.law(rate).longest()).frames(rate)
    }

    fn width(&self, _: Width) -> Width {
        Width::Stereo
    }
}

/// Frames at 48 kHz that no kind takes longer for to bring a sound into the loop and once around.
const ENTRANCE: f64 = 11_000.0;

impl Reverb {
    /// What delays at 48 kHz and normal size are multiplied by.
    fn scale(&self, rate: u32) -> f64 {
        self.size.factor() * f64::from(rate) / 48_000.0
    }

    fn law(&self, rate: u32) -> Law {
        let figures = Figures::of(self.kind);
        let ratio = self.damping.0.map_or(figures.high.ratio, |damping| 1.0 - 0.8 * damping.factor());
        Law::new(self.decay.0, rate, Shelf { ratio, ..figures.high }, figures.low)
    }
}

/// Places of the kernel's knobs.
const PLAIN: usize = 0;
const DIFFUSED: usize = 1;
const HEARD: usize = 2;
const EARLY: usize = 3;
const MID: usize = 4;
const SIDE: usize = 5;

/// The kernel of [`Reverb`].
#[derive(Clone)]
pub struct Sounding {
    figures: &'static Figures,
    sides: [Ring; 2],
    middle: Ring,
    early: Early,
    network: Network,
    knobs: Knobs<6>,
    /// The knobs of a chunk's frames, and whether they are no longer those.
    laid: [Chunk; 6],
    astray: bool,
    cuts: Cuts,
}

impl Sounding {
    fn new(reverb: &Reverb, setup: &Setup) -> Sounding {
        let figures = Figures::of(reverb.kind);
        let after = reverb.predelay.frames(setup.rate).0 as usize;
        let network = Network::new(figures, setup.rate, reverb.scale(setup.rate), after);
        let walls = figures.walls.map(|walls| walls.map(|wall| wall * reverb.size.factor()));
        let early = Early::new(walls, setup.rate, after);
        let ring = Ring::new(network.reach());
        Sounding {
            figures,
            sides: [ring.clone(), ring],
            middle: Ring::new(early.reach()),
            early,
            network,
            knobs: Knobs::new(1),
            laid: [[0.0; CHUNK]; 6],
            astray: true,
            cuts: Cuts::new(setup),
        }
    }

    /// The factor that keeps the loudness of pink noise whatever the decay: one over the root of the power of the
    /// diffused input, the tail, and the early reflections, which hear half the sum of two sides.
    fn level(&self, law: &Law) -> f64 {
        let diffused = self.figures.diffused * self.figures.diffused;
        let early = if self.figures.walls.is_some() { 0.5 * early::POWER } else { 0.0 };
        1.0 / math::sqrt(diffused + law.power(self.network.length()) + early)
    }

    #[inline(always)]
    fn chunks<I: Isa>(&mut self, audio: &mut Block<'_>, at: Frames) {
        let frames = audio.frames();
        let mut done = 0;
        while done < frames {
            let at = at + Frames(done as i64);
            let chunk = (CHUNK - at.0.rem_euclid(CHUNK as i64) as usize).min(frames - done);
            let mut part = audio.part(done, chunk);
            if part.channels() == 1 {
                self.chunk::<I>(part.plane(0), None, at);
            } else {
                let (left, right) = part.stereo();
                self.chunk::<I>(left, Some(right), at);
            }
            done += chunk;
        }
    }

    /// At most a chunk, within 16 frames of the song from a multiple of 16 on. `left` and `right` enter as the input.
    #[inline(always)]
    fn chunk<I: Isa>(&mut self, left: &mut [f32], right: Option<&mut [f32]>, at: Frames) {
        let frames = left.len();
        let (mut l, mut r, mut middle) = ([0.0; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
        l[..frames].copy_from_slice(left);
        r[..frames].copy_from_slice(right.as_deref().unwrap_or(left));
        for f in 0..CHUNK {
            middle[f] = 0.5 * (l[f] + r[f]);
        }
        self.sides[0].write(&l);
        self.sides[1].write(&r);
        self.middle.write(&middle);

        self.lay();
        let [plain, diffused, heard, early, mid, side] = &self.laid;
        let echoes = self.early.hear::<I>(&self.middle);
        let shares = Shares { plain, diffused, heard };
        let tail = self.network.run::<I>([&self.sides[0], &self.sides[1]], at, frames, &shares);

        let (mut same, mut opposite) = ([0.0; CHUNK], [0.0; CHUNK]);
        for f in 0..CHUNK {
            let ears = [0, 1].map(|ear| tail[ear][f] + early[f] * echoes[ear][f]);
            same[f] = mid[f] * (ears[0] + ears[1]);
            opposite[f] = side[f] * (ears[0] - ears[1]);
        }
        for (out, (same, opposite)) in left.iter_mut().zip(same.iter().zip(&opposite)) {
            *out = same + opposite;
        }
        for (out, (same, opposite)) in right.into_iter().flatten().zip(same.iter().zip(&opposite)) {
            *out = same - opposite;
        }
        self.sides.iter_mut().chain([&mut self.middle]).for_each(|ring| ring.advance(frames));
        self.knobs.advance(frames);
    }

    /// Lays out the knobs of a chunk, unless they rest where they lie.
    #[inline(always)]
    fn lay(&mut self) {
        if self.astray {
            for (k, chunk) in self.laid.iter_mut().enumerate() {
                for (f, x) in chunk.iter_mut().enumerate() {
                    *x = self.knobs.at(k, 0, f) as f32;
                }
            }
        }
        self.astray = self.knobs.moving();
    }
}

struct Chunks<'s, 'b, 'd> {
    sounding: &'s mut Sounding,
    audio: &'b mut Block<'d>,
    at: Frames,
}

impl Job for Chunks<'_, '_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        self.sounding.chunks::<I>(self.audio, self.at);
    }
}

impl Kernel<Reverb> for Sounding {
    fn tune(&mut self, now: &Reverb, to: Aim) {
        let law = now.law(to.rate);
        self.network.tune(&law, &self.figures.motion, now.decay.0);
        let (diffusion, early) = (now.diffusion.factor(), now.early.factor());
        let wet = 0.5 * self.level(&law);
        let mut goal = [0.0; 6];
        goal[PLAIN] = math::sqrt(1.0 - diffusion);
        goal[DIFFUSED] = math::sqrt(diffusion);
        goal[HEARD] = self.figures.diffused * early * goal[DIFFUSED];
        goal[EARLY] = early;
        goal[MID] = wet;
        goal[SIDE] = wet * now.width.factor();
        self.knobs.aim(to, goal);
        self.astray = true;
        self.cuts.aim(to, now.low_cut, now.high_cut);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        dispatch(Chunks { sounding: self, audio: &mut io.audio, at: io.at });
        self.cuts.run(&mut io.audio);
        if io.audio.shape().settles {
            self.network.settle();
        }
    }
}
