//! Echoes: a delay line that feeds back through a low and a high cut, in place or from side to side.
//!
//! A delay that never moves and is a whole number of frames is copied exactly; any other is read between samples. A
//! curve on the time bends pitch, as tape does, and a step fades over.

mod drive;
mod heads;
#[cfg(test)]
mod tests;
mod turn;

use self::{
    drive::{CHUNK, Drive},
    heads::{Heads, Places},
    turn::Turn,
};
use crate::{
    block::PIECE,
    dsp::{
        cpu::dispatch,
        cut::LoopCuts,
        knobs::Knobs,
        math,
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
    const COST: f64 = 5.0;

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
const FEEDBACK: usize = 0;
const SIDE: usize = 1;
const WAVER: usize = 2;

/// The kernel of [`Delay`].
#[derive(Clone)]
pub struct Echoes {
    line: Line,
    cuts: LoopCuts,
    drive: Option<Drive>,
    heads: Heads,
    knobs: Knobs<3>,
    /// A delay in whole frames that never moves.
    still: Option<usize>,
    moves: bool,
    ping_pong: bool,
    rate: f64,
    longest: f64,
}

impl Echoes {
    fn new(delay: &Delay, setup: &Setup) -> Echoes {
        let wow: f64 = WOW.iter().map(|wave| reach(*wave, f64::from(setup.rate))).sum();
        let longest = Ms(5000.0).frames(setup.rate).0 as f64 + wow;
        Echoes {
            line: Line::new(longest as usize + 32),
            cuts: LoopCuts::new(setup),
            drive: Drive::new(delay.drive, setup.rate),
            heads: Heads::default(),
            knobs: Knobs::new(1),
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

    /// Frames by which the drive comes late, and those that a delay leaves room for because of it: how many are
    /// unwritten must not tell where a short one ends.
    fn detour(&self) -> (usize, usize) {
        self.drive.as_ref().map_or((0, 0), |drive| (drive.late, drive.late + CHUNK))
    }

    /// Where a piece is read.
    fn places(&mut self, at: Frames, frames: usize) -> Places {
        let (late, room) = self.detour();
        let (shortest, longest) = (SHORTEST + room as f64, self.longest);
        let mut places = Places::default();
        for frame in 0..frames {
            let wow = self.wow(self.knobs.at(WAVER, 0, frame), at + Frames(frame as i64));
            let reads = self.heads.advance();
            places.set(frame, reads, |delay| (delay + wow).clamp(shortest, longest) - late as f64);
        }
        places
    }

    /// Reads as many echoes as are in the line, from a frame of the piece on: how many.
    fn read(&self, places: Option<&Places>, from: usize, echoes: &mut [[f64; 2]]) -> usize {
        let most = echoes.len().min(if self.drive.is_some() { CHUNK } else { PIECE });
        match (places, self.still) {
            (Some(places), _) => places.read(&self.line, from, &mut echoes[..most]),
            (None, still) => {
                let (late, room) = self.detour();
                let delay = still.unwrap_or(0).max(room) - late;
                let count = most.min(delay);
                self.line.whole(delay, &mut echoes[..count]);
                count
            }
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
        let work = [now.low_cut > OPEN.0, now.high_cut < OPEN.1];
        self.cuts.aim(to, now.low_cut, now.high_cut, work);
        self.knobs.aim(to, [now.feedback.factor(), now.width.factor(), now.modulate.factor()]);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let (frames, settles) = (io.audio.frames(), io.audio.shape().settles);
        let places = self.still.is_none().then(|| self.places(io.at, frames));
        let mut rows = [[0.0; 2]; PIECE];
        let mut done = 0;
        while done < frames {
            let count = self.read(places.as_ref(), done, &mut rows[..frames - done]);
            let rows = &mut rows[..count];
            self.cuts.run(rows, settles && done + count == frames);
            let (knobs, ping_pong) = (&self.knobs, self.ping_pong);
            dispatch(Turn { rows, audio: io.audio.part(done, count), knobs, from: done, ping_pong });
            if let Some(drive) = &mut self.drive {
                drive.run(rows);
            }
            self.line.write(rows);
            done += count;
        }
        self.knobs.advance(frames);
    }
}
