//! Echoes: a delay line that feeds back through a low and a high cut, in place or from side to side.
//!
//! A delay that never moves and is a whole number of frames is copied exactly; any other is read between samples. A
//! curve on the time bends pitch, as tape does, and a step fades over.

mod drive;
mod heads;
#[cfg(test)]
mod tests;

use self::{
    drive::{CHUNK, Drive},
    heads::{Heads, Reads},
};
use crate::{
    dsp::{
        cut::{self, HighCut, LowCut},
        knobs::{Knobs, Step},
        math::{self, settle},
        reader::{Line, SHORTEST},
    },
    effect::{Aim, Effect, Kernel, Seen, Width},
    params,
    processor::{Io, Setup},
    unit::{Db, Frames, Hz, Ms, Percent},
};
use std::f64::consts::TAU;

params! {
    /// Echoes of what goes in.
    pub struct Delay = "delay"(time, feedback) {
        /// Time from one echo to the next; in beats it follows the tempo.
        time: Ms = 375.0 in 1.0..=5000.0,
        /// Level of each echo against the one before.
        feedback: Percent = 35.0 in 0.0..=95.0,
        /// Takes lows from each echo, at 12 dB an octave; at 20 Hz it takes nothing.
        low_cut: Hz = 20.0 in 20.0..=2000.0,
        /// Takes highs from each echo, at 12 dB an octave; at 20 kHz it takes nothing.
        high_cut: Hz = 20000.0 in 500.0..=20000.0,
        /// Sends the echoes from left to right and back.
        fixed ping_pong: bool = false,
        /// How far the echoes spread between the sides; at 0 % they are mono.
        width: Percent = 100.0 in 0.0..=200.0,
        /// How hard loud echoes are driven into saturation, each time they go round; what is quiet stays clean. More
        /// than 0 dB needs a time of 4 ms or more.
        fixed drive: Db = 0.0 in 0.0..=24.0,
        /// How much the time wavers, as a worn tape's does: at 100 % by up to 20 cents.
        modulate: Percent = 0.0 in 0.0..=100.0,
    }
}

/// Where the cuts take nothing.
const OPEN: (Hz, Hz) = (Hz(20.0), Hz(20_000.0));
/// What the time wavers by: turns a second, and cents at 100 %.
const WOW: [(f64, f64); 3] = [(0.43, 11.0), (0.97, 6.0), (2.6, 3.0)];
/// Cents for a speed that is off by 1, where it is off by little: `1200 / ln 2`.
const CENTS: f64 = 1_731.234_049_066_756;

impl Effect for Delay {
    type Kernel = Echoes;
    const COST: f64 = 30.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Echoes {
        Echoes::new(self, setup)
    }

    /// As many echoes as it takes to fall to -90 dB.
    fn tail(&self, rate: u32) -> Frames {
        let feedback = self.feedback.factor();
        let more = if feedback > 0.0 { (90.0 / -math::decibels(feedback)).ceil() } else { 0.0 };
        Ms(self.time.0 * (1.0 + more)).frames(rate) + Ms(100.0).frames(rate)
    }

    fn width(&self, input: Width) -> Width {
        if self.ping_pong { Width::Stereo } else { input }
    }

    fn check(&self) -> Result<(), String> {
        if self.drive.0 > 0.0 && self.time < drive::SHORTEST {
            return Err(format!(
                "with `drive`, echoes come {} apart or more, not {}",
                drive::SHORTEST,
                self.time
            ));
        }
        Ok(())
    }
}

/// Places of the kernel's knobs.
const LOW: usize = 0;
const HIGH: usize = 3;
const FEEDBACK: usize = 6;
const SIDE: usize = 7;
const WAVER: usize = 8;

/// The kernel of [`Delay`].
#[derive(Clone)]
pub struct Echoes {
    lines: [Line; 2],
    filters: [Filter; 2],
    drive: Option<Drive>,
    heads: Heads,
    knobs: Knobs<9>,
    /// Whether the cuts take anything.
    cuts: (bool, bool),
    /// A delay in whole frames that never moves.
    still: Option<usize>,
    moves: bool,
    ping_pong: bool,
    rate: f64,
    longest: f64,
}

/// States of the cuts in one channel's loop.
#[derive(Clone, Copy, Debug, Default)]
struct Filter {
    low: [f64; 2],
    high: [f64; 2],
}

impl Echoes {
    fn new(delay: &Delay, setup: &Setup) -> Echoes {
        let wow: f64 = WOW.iter().map(|wave| reach(*wave, f64::from(setup.rate))).sum();
        let longest = Ms(5000.0).frames(setup.rate).0 as f64 + wow;
        let line = Line::new(longest as usize + 32);
        Echoes {
            lines: [line.clone(), line],
            filters: [Filter::default(); 2],
            drive: Drive::new(delay.drive, setup.rate),
            heads: Heads::default(),
            knobs: Knobs::new(1),
            cuts: (false, false),
            still: None,
            moves: setup.moves,
            ping_pong: delay.ping_pong && setup.channels == 2,
            rate: f64::from(setup.rate),
            longest,
        }
    }

    /// Frames that the time wavers by at a place of the song.
    fn wow(&self, share: f64, at: Frames) -> f64 {
        if share == 0.0 {
            return 0.0;
        }
        let wave = |&wave: &(f64, f64)| {
            let turns = wave.0 * at.0 as f64 / self.rate;
            reach(wave, self.rate) * math::sin(TAU * (turns - turns.floor()))
        };
        share * WOW.iter().map(wave).sum::<f64>()
    }

    /// An echo, read when `unwritten` frames before it have yet to enter the line.
    fn read(&self, channel: usize, reads: Reads, wow: f64, unwritten: usize) -> f64 {
        // The drive's own delay is taken off; how many frames are unwritten must not tell where a short one ends.
        let (nearer, room) = match &self.drive {
            Some(drive) => (unwritten + drive.late, drive.late + CHUNK),
            None => (0, 0),
        };
        let line = &self.lines[channel];
        if let Some(frames) = self.still {
            return line.whole(frames.max(room) - nearer);
        }
        let shortest = SHORTEST + room as f64;
        let at = |delay: f64| line.between((delay + wow).clamp(shortest, self.longest) - nearer as f64);
        match reads.fade {
            None => at(reads.delay),
            Some(fade) => fade.share * at(reads.delay) + fade.old_share * at(fade.old),
        }
    }

    /// What the cuts leave of an echo.
    fn cut(&mut self, channel: usize, echo: f64, frame: usize) -> f64 {
        let (filter, knobs) = (&mut self.filters[channel], &self.knobs);
        let three = |first: usize| std::array::from_fn(|k| knobs.at(first + k, 0, frame));
        let mut echo = echo;
        if self.cuts.0 {
            echo = LowCut::step(echo, &three(LOW), &mut filter.low);
        }
        if self.cuts.1 {
            echo = HighCut::step(echo, &three(HIGH), &mut filter.high);
        }
        echo
    }

    /// One frame of both channels: what is heard, and what enters the lines after `unwritten` others.
    fn frame(&mut self, input: [f64; 2], at: Frames, frame: usize, unwritten: usize) -> [[f64; 2]; 2] {
        let reads = self.heads.advance();
        let wow = self.wow(self.knobs.at(WAVER, 0, frame), at);
        let echoes = [0, 1].map(|channel| {
            let echo = self.read(channel, reads, wow, unwritten);
            self.cut(channel, echo, frame)
        });
        let feedback = self.knobs.at(FEEDBACK, 0, frame);
        let entering = if self.ping_pong {
            [0.5 * (input[0] + input[1]) + feedback * echoes[1], feedback * echoes[0]]
        } else {
            [input[0] + feedback * echoes[0], input[1] + feedback * echoes[1]]
        };
        let (mid, side) = (0.5 * (echoes[0] + echoes[1]), 0.5 * (echoes[0] - echoes[1]));
        let side = self.knobs.at(SIDE, 0, frame) * side;
        [[mid + side, mid - side], entering]
    }

    /// Lets frames of both channels enter the lines.
    fn write(&mut self, entering: &mut [[f64; 2]]) {
        if let Some(drive) = &mut self.drive {
            drive.run(entering);
        }
        for frame in entering {
            self.lines.iter_mut().zip(frame).for_each(|(line, x)| line.write(settle(*x)));
        }
    }
}

/// Frames that a wave of the wow must move a head by to bend the pitch by its cents.
fn reach((frequency, cents): (f64, f64), rate: f64) -> f64 {
    cents / CENTS * rate / (TAU * frequency)
}

impl Kernel<Delay> for Echoes {
    fn tune(&mut self, now: &Delay, to: Aim) {
        let frames = now.time.0 * f64::from(to.rate) / 1000.0;
        self.heads.aim(to, frames);
        let whole = (frames - frames.round()).abs() < 1e-6;
        self.still = (!self.moves && now.modulate.0 == 0.0 && whole).then(|| frames.round() as usize);
        self.cuts = (now.low_cut > OPEN.0, now.high_cut < OPEN.1);
        let mut goal = [0.0; 9];
        goal[LOW..HIGH].copy_from_slice(&cut::knobs(now.low_cut, to.rate));
        goal[HIGH..FEEDBACK].copy_from_slice(&cut::knobs(now.high_cut, to.rate));
        goal[FEEDBACK] = now.feedback.factor();
        goal[SIDE] = now.width.factor();
        goal[WAVER] = now.modulate.factor();
        self.knobs.aim(to, goal);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let (frames, mono) = (io.audio.frames(), io.audio.channels() == 1);
        let most = if self.drive.is_some() { CHUNK } else { 1 };
        for start in (0..frames).step_by(most) {
            let count = most.min(frames - start);
            let mut entering = [[0.0; 2]; CHUNK];
            for i in 0..count {
                let f = start + i;
                let left = f64::from(io.audio.plane(0)[f]);
                let right = if mono { left } else { f64::from(io.audio.plane(1)[f]) };
                let [out, enters] = self.frame([left, right], io.at + Frames(f as i64), f, i);
                io.audio.plane(0)[f] = out[0] as f32;
                if !mono {
                    io.audio.plane(1)[f] = out[1] as f32;
                }
                entering[i] = enters;
            }
            self.write(&mut entering[..count]);
        }
        self.knobs.advance(frames);
        if io.audio.shape().settles {
            for state in
                self.filters.iter_mut().flat_map(|filter| filter.low.iter_mut().chain(&mut filter.high))
            {
                *state = settle(*state);
            }
        }
    }
}
