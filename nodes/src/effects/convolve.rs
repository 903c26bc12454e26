//! Reverb, or any other linear sound, from a recorded impulse response.
//!
//! Knows no files: the response comes with what the effect has seen, at the song's rate.

mod response;
#[cfg(test)]
mod tests;

use crate::{
    dsp::{
        convolver::{Convolver, PARTITION},
        delay::Delay,
        knobs::Ramp,
    },
    effect::{Aim, Effect, Kernel, Seen, Width},
    for_every_cpu, params,
    params::File,
    processor::{Io, Setup},
    unit::{Db, Frames, Ms, Percent, Seconds},
};

params! {
    /// The sound of a recorded space, or of whatever the file's impulse went through; it comes out in stereo.
    pub struct Convolve = "convolve"(file) {
        /// The impulse response: one channel for both sides, two for left and right, or four for true stereo (left to
        /// left, left to right, right to left, right to right).
        fixed file: File = "",
        /// Time before the space answers: it keeps a voice in front of its reverb.
        fixed predelay: Ms = 0.0 in 0.0..=500.0,
        /// How much louder, after the response was brought to the loudness of what goes in.
        gain: Db = 0.0 in -60.0..=24.0,
        /// Leaves out silence before the response and what lies 100 dB under it at its end.
        fixed trim: bool = true,
        /// How long the response takes to fall, against the file: at 50 % it falls by 60 dB in half the time.
        fixed decay: Percent = 100.0 in 10.0..=100.0,
        /// How much of the response is heard; what is longer fades out there.
        fixed longest: Seconds = 10.0 in 0.1..=30.0,
        /// Takes the file at its own level, as measurements need it.
        fixed raw: bool = false,
    }
}

impl Effect for Convolve {
    type Kernel = Sounding;
    const COST: f64 = 10.0;

    fn prepare(&self, setup: &Setup, seen: &Seen) -> Sounding {
        let sound = seen.sounds.get(&self.file.0);
        let mut paths = sound.map_or(Vec::new(), |sound| response::paths(self, sound, setup.rate));
        paths.retain(|path| path.from < setup.channels && path.to < setup.channels);
        Sounding {
            before: Delay::new(setup, self.predelay.frames(setup.rate)),
            convolver: Convolver::new(&paths),
            gain: Ramp::default(),
        }
    }

    fn latency(&self, _: u32) -> Frames {
        Frames(PARTITION as i64)
    }

    fn tail(&self, rate: u32) -> Frames {
        self.predelay.frames(rate) + self.longest.frames(rate)
    }

    fn width(&self, _: Width) -> Width {
        Width::Stereo
    }
}

/// The kernel of [`Convolve`].
#[derive(Clone)]
pub struct Sounding {
    before: Delay,
    convolver: Convolver,
    gain: Ramp,
}

impl Kernel<Convolve> for Sounding {
    fn tune(&mut self, now: &Convolve, to: Aim) {
        self.gain.aim(to, now.gain.gain());
    }

    fn process(&mut self, io: &mut Io<'_>) {
        self.before.run(&mut io.audio);
        self.convolver.run(&mut io.audio, io.at);
        let start = self.gain;
        for channel in 0..io.audio.channels() {
            let plane = io.audio.plane(channel);
            if start.moving() {
                self.gain = start;
                plane.iter_mut().for_each(|x| *x = (self.gain.advance() * f64::from(*x)) as f32);
            } else {
                scale(plane, start.now());
            }
        }
    }
}

for_every_cpu! {
    fn scale(plane: &mut [f32], gain: f64) {
        for x in plane {
            *x = (gain * f64::from(*x)) as f32;
        }
    }
}
