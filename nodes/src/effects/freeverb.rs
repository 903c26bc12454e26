//! Freeverb, the public-domain reverb of Jezar at Dreampoint (2000), for mixes that were begun where it is the reverb:
//! in SoX, JUCE, Csound or SuperCollider.
//!
//! For each side eight combs beside each other, with a low pass in each loop, and four all-passes in a row: Schroeder,
//! "Natural Sounding Artificial Reverberation" (JAES 10, 1962); Moorer, "About This Reverberation Business" (Computer
//! Music Journal 3, 1979).

mod line;
mod side;
#[cfg(test)]
mod tests;

use self::side::{Course, Side, combs};
use crate::{
    block::{Block, PIECE},
    dsp::{
        cpu::{Isa, Job, dispatch},
        knobs::Knobs,
        math,
    },
    effect::{Aim, Effect, Kernel, Seen, Width},
    params,
    processor::{Io, Setup},
    unit::{Frames, Percent},
};

params! {
    /// Freeverb as other programs have it, so that a mix which was begun there keeps its sound; `reverb` is the better
    /// one. It comes out in stereo.
    pub struct Freeverb = "freeverb"(room, damp) {
        /// How large the room seems: its lows fall by 60 dB in 0.6 s at 0 %, in 1.2 s at 50 %, in 11 s at 100 %.
        room: Percent = 50.0 in 0.0..=100.0,
        /// How much faster the highs decay.
        damp: Percent = 50.0 in 0.0..=100.0,
        /// How far the reverb spreads between the sides; at 0 % it is mono.
        width: Percent = 100.0 in 0.0..=100.0,
    }
}

/// What of both inputs' sum enters.
const ENTERS: f32 = 0.015;
/// What the output is multiplied by.
const WET: f64 = 3.0;

impl Effect for Freeverb {
    type Kernel = Tank;
    const COST: f64 = 12.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Tank {
        Tank::new(setup)
    }

    /// As many turns of the longest comb as it takes to fall to -90 dB, at 0 Hz, where `damp` takes nothing but time;
    /// then what the all-passes hold back.
    fn tail(&self, rate: u32) -> Frames {
        let damping = self.damping();
        let turns = 90.0 / -math::decibels(self.feedback());
        let turn = side::longest(rate) as f64 + damping / (1.0 - damping);
        Frames((turns.ceil() * turn).ceil() as i64 + side::held(rate) as i64)
    }

    fn width(&self, _: Width) -> Width {
        Width::Stereo
    }
}

impl Freeverb {
    /// What of a comb's output enters it again.
    fn feedback(&self) -> f64 {
        0.7 + 0.28 * self.room.factor()
    }

    /// What a comb's low pass keeps of its last output.
    fn damping(&self) -> f64 {
        0.4 * self.damp.factor()
    }
}

/// Places of the kernel's knobs.
const FEEDBACK: usize = 0;
const DAMPING: usize = 1;
const OWN: usize = 2;
const OTHER: usize = 3;

/// The kernel of [`Freeverb`].
#[derive(Clone)]
pub struct Tank {
    sides: [Side; 2],
    knobs: Knobs<4>,
    /// The most frames that no line is shorter than.
    most: usize,
}

impl Tank {
    fn new(setup: &Setup) -> Tank {
        let most = PIECE.min(side::shortest(setup.rate));
        Tank { sides: [0, 1].map(|side| Side::new(side, setup.rate, most)), knobs: Knobs::new(1), most }
    }

    #[inline(always)]
    fn chunks<I: Isa>(&mut self, audio: &mut Block<'_>) {
        let frames = audio.frames();
        for done in (0..frames).step_by(self.most) {
            let mut part = audio.part(done, self.most.min(frames - done));
            if part.channels() == 1 {
                self.chunk::<I>(part.plane(0), None);
            } else {
                let (left, right) = part.stereo();
                self.chunk::<I>(left, Some(right));
            }
        }
    }

    /// At most as many frames as no line is shorter than. `left` and `right` enter as the input.
    #[inline(always)]
    fn chunk<I: Isa>(&mut self, left: &mut [f32], right: Option<&mut [f32]>) {
        let frames = left.len();
        let mut course = Course {
            enters: [0.0; PIECE],
            feedback: self.places(FEEDBACK, frames).map(|place| place as f32),
            damping: self.places(DAMPING, frames),
        };
        for ((enters, l), r) in course.enters.iter_mut().zip(&*left).zip(right.as_deref().unwrap_or(left)) {
            *enters = (l + r) * ENTERS;
        }
        let mut heard = combs::<I>(&mut self.sides, &course, frames);
        for (side, heard) in self.sides.iter_mut().zip(&mut heard) {
            side.spread(&mut heard[..frames]);
        }
        let (own, other) = (self.places(OWN, frames), self.places(OTHER, frames));
        let [l, r] = &heard;
        for f in 0..frames {
            left[f] = own[f] as f32 * l[f] + other[f] as f32 * r[f];
        }
        if let Some(right) = right {
            for f in 0..frames {
                right[f] = own[f] as f32 * r[f] + other[f] as f32 * l[f];
            }
        }
        self.knobs.advance(frames);
    }

    /// Where a knob is at each of so many frames.
    #[inline(always)]
    fn places(&self, knob: usize, frames: usize) -> [f64; PIECE] {
        let mut places = [self.knobs.at(knob, 0, 0); PIECE];
        if self.knobs.moving() {
            for (f, place) in places[..frames].iter_mut().enumerate() {
                *place = self.knobs.at(knob, 0, f);
            }
        }
        places
    }
}

struct Chunks<'t, 'b, 'd> {
    tank: &'t mut Tank,
    audio: &'b mut Block<'d>,
}

impl Job for Chunks<'_, '_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        self.tank.chunks::<I>(self.audio);
    }
}

impl Kernel<Freeverb> for Tank {
    fn tune(&mut self, now: &Freeverb, to: Aim) {
        let width = now.width.factor();
        let mut goal = [0.0; 4];
        goal[FEEDBACK] = now.feedback();
        goal[DAMPING] = now.damping();
        goal[OWN] = WET * (0.5 + 0.5 * width);
        goal[OTHER] = WET * (0.5 - 0.5 * width);
        self.knobs.aim(to, goal);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        dispatch(Chunks { tank: self, audio: &mut io.audio });
        if io.audio.shape().settles {
            self.sides.iter_mut().for_each(Side::settle);
        }
    }
}
