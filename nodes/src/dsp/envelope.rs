//! Levels for effects that follow them: the largest peak or the mean square of the last few milliseconds, in decibels.
//!
//! A window that spans half a period of the lowest note makes the level of a steady tone steady, so that the gain made of
//! it stands still and does not distort (a bare rectified signal distorts 50 Hz at -35 dB; this at none).

use super::fast::{self, larger};
use crate::{
    block::{Block, PIECE, Shape, View},
    choice,
    processor::Setup,
    unit::Ms,
};

choice! {
    /// What an effect takes for the level of a signal.
    pub enum Detect {
        /// The largest peak of the last 2 to 17 ms.
        Peak = "peak",
        /// The root of the mean square over the same time: nearer to loudness, slower to see an onset.
        Rms = "rms",
    }
}

/// The longest window: half a period of 30 Hz.
const LONGEST: Ms = Ms(17.0);

/// How long a level is held for a release: 10 ms, which is half a period of 50 Hz, and longer where there is time for it.
pub fn span(release: Ms) -> Ms {
    if release.0 > 100.0 { LONGEST } else { Ms((0.5 * release.0).min(10.0)) }
}

/// Level detectors of all strips and of up to two channels.
#[derive(Clone, Debug)]
pub struct Detector {
    detect: Detect,
    strips: usize,
    planes: Vec<f32>,
    windows: [Vec<Window>; 2],
}

impl Detector {
    /// Detectors that have heard silence.
    pub fn new(setup: &Setup, detect: Detect) -> Self {
        let room = LONGEST.frames(setup.rate).0 as usize + 1;
        Detector {
            detect,
            strips: setup.strips,
            planes: vec![0.0; 2 * PIECE * setup.strips],
            windows: std::array::from_fn(|_| vec![Window::new(room); setup.strips]),
        }
    }

    /// Sets how long one strip's window is, from its next turn on.
    pub fn span(&mut self, strip: usize, span: Ms, rate: u32) {
        let frames = span.frames(rate).0.max(1) as usize;
        self.windows.iter_mut().for_each(|channel| channel[strip].aim(frames));
    }

    /// The levels of what is heard, in decibels: in `planes` planes, one for all channels or one for each.
    pub fn levels(&mut self, heard: View<'_>, planes: usize) -> Block<'_> {
        let stride = PIECE * self.strips;
        let len = heard.frames() * heard.shape().lanes;
        for channel in 0..heard.shape().channels {
            let plane = &mut self.planes[channel * stride..][..len];
            match self.detect {
                Detect::Peak => rectify(heard.plane(channel), plane),
                Detect::Rms => plane.copy_from_slice(heard.plane(channel)),
            }
        }
        let joined = heard.shape().channels > planes;
        if joined && self.detect == Detect::Peak {
            self.join(len);
        }
        let slid = if self.detect == Detect::Peak { planes } else { 2 }.min(heard.shape().channels);
        self.slide(slid, len);
        if joined && self.detect == Detect::Rms {
            self.join(len);
        }
        for plane in 0..planes.min(slid) {
            let plane = &mut self.planes[plane * stride..][..len];
            match self.detect {
                Detect::Peak => fast::decibels(plane),
                Detect::Rms => fast::decibels_of_squares(plane),
            }
        }
        if planes > heard.shape().channels {
            self.planes.copy_within(..len, stride);
        }
        Block::new(&mut self.planes, stride, Shape { channels: planes, ..heard.shape() })
    }

    /// Leaves the larger of both planes in the first.
    fn join(&mut self, len: usize) {
        let (first, second) = self.planes.split_at_mut(PIECE * self.strips);
        first[..len].iter_mut().zip(second).for_each(|(a, b)| *a = a.max(*b));
    }

    fn slide(&mut self, planes: usize, len: usize) {
        let (strips, frames) = (self.strips, len / self.strips);
        for channel in 0..planes {
            let plane = &mut self.planes[channel * PIECE * strips..][..len];
            for (strip, window) in self.windows[channel].iter_mut().enumerate() {
                if strips == 1 {
                    window.slide(self.detect, plane);
                    continue;
                }
                let mut row = [0.0; PIECE];
                let row = &mut row[..frames];
                let lane = || plane[strip..].iter().step_by(strips);
                row.iter_mut().zip(lane()).for_each(|(to, from)| *to = *from);
                window.slide(self.detect, row);
                plane[strip..].iter_mut().step_by(strips).zip(row).for_each(|(to, from)| *to = *from);
            }
        }
    }
}

fn rectify(from: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = from.abs());
}

/// Moves two channels' values toward the larger of both by a share: 1 makes them equal.
pub fn link(values: &mut Block<'_>, share: f32) {
    if values.channels() == 2 {
        let (left, right) = values.stereo();
        for (l, r) in left.iter_mut().zip(right) {
            let most = l.max(*r);
            *l += share * (most - *l);
            *r += share * (most - *r);
        }
    }
}

/// The last samples of one channel of one strip.
///
/// The largest of them by the method of van Herk (1992) and of Gil and Werman (1993): a window is the rest of the turn
/// before, whose maxima from each place to its end are made when it ends, and the part of this turn that has gone by.
#[derive(Clone, Debug)]
pub struct Window {
    past: Vec<f32>,
    length: usize,
    wanted: usize,
    next: usize,
    /// The largest sample of this turn so far.
    largest: f32,
    /// The sum of the squares in the window, made anew at each turn, so that no error ever grows.
    sum: f64,
}

impl Window {
    /// A window of silence, to be at most one sample shorter than `room`.
    pub fn new(room: usize) -> Self {
        Window { past: vec![0.0; room], length: 1, wanted: 1, next: 0, largest: 0.0, sum: 0.0 }
    }

    /// Sets the length, which it takes on at its next turn.
    pub fn aim(&mut self, length: usize) {
        self.wanted = length.min(self.past.len() - 1);
    }

    /// Turns samples into what the window holds with each of them as its latest: the largest or the mean of the squares.
    pub fn slide(&mut self, detect: Detect, mut samples: &mut [f32]) {
        while !samples.is_empty() {
            if self.next == 0 {
                self.turn(detect);
            }
            let (part, rest) = samples.split_at_mut(samples.len().min(self.length - self.next));
            match detect {
                Detect::Peak => self.largest(part),
                Detect::Rms => self.mean_squares(part),
            }
            self.next += part.len();
            self.next = if self.next == self.length { 0 } else { self.next };
            samples = rest;
        }
    }

    /// One beyond the end holds 0: the last place of a turn has nothing left of the turn before.
    fn largest(&mut self, samples: &mut [f32]) {
        let past = &mut self.past[self.next..self.next + samples.len() + 1];
        let mut largest = self.largest;
        for (i, x) in samples.iter_mut().enumerate() {
            let rest = past[i + 1];
            past[i] = *x;
            largest = larger(*x, largest);
            *x = larger(rest, largest);
        }
        self.largest = largest;
    }

    fn mean_squares(&mut self, samples: &mut [f32]) {
        let past = &mut self.past[self.next..self.next + samples.len()];
        let (mut sum, length) = (self.sum, self.length as f64);
        for (x, past) in samples.iter_mut().zip(past) {
            sum += square(*x) - square(*past);
            *past = *x;
            *x = (sum.max(0.0) / length) as f32;
        }
        self.sum = sum;
    }

    /// Begins a turn: makes what is left of the one before.
    fn turn(&mut self, detect: Detect) {
        self.resize();
        match detect {
            Detect::Peak => {
                let mut largest = 0.0;
                for x in self.past[..self.length].iter_mut().rev() {
                    largest = larger(*x, largest);
                    *x = largest;
                }
                self.largest = 0.0;
            }
            Detect::Rms => {
                self.sum = self.past[..self.length].iter().map(|x| square(*x)).fold(0.0, |a, b| a + b);
            }
        }
    }

    /// Takes on the wanted length between two turns: keeps the latest samples, with silence before them.
    fn resize(&mut self) {
        if self.wanted == self.length {
            return;
        }
        let kept = self.wanted.min(self.length);
        self.past.copy_within(self.length - kept..self.length, self.wanted - kept);
        self.past[..self.wanted - kept].fill(0.0);
        self.past[self.wanted..].fill(0.0);
        self.length = self.wanted;
    }
}

#[inline(always)]
fn square(x: f32) -> f64 {
    f64::from(x) * f64::from(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(length: usize) -> Vec<f32> {
        let mut seed = 3u32;
        (0..length)
            .map(|i| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 24) as f32 * if (i / 300) % 2 == 0 { 1.0 } else { 1e-3 }
            })
            .collect()
    }

    /// Slides a window over samples in pieces of all lengths.
    fn slid(window: &mut Window, detect: Detect, samples: &[f32]) -> Vec<f32> {
        let mut out = samples.to_vec();
        let (mut rest, mut length) = (&mut out[..], 0);
        while !rest.is_empty() {
            length = length % 37 + 1;
            let (piece, after) = rest.split_at_mut(length.min(rest.len()));
            window.slide(detect, piece);
            rest = after;
        }
        out
    }

    #[test]
    fn the_window_holds_exactly_its_length() {
        let samples = signal(2_000);
        for length in [1, 2, 7, 64] {
            let (mut peak, mut mean) = (Window::new(100), Window::new(100));
            peak.aim(length);
            mean.aim(length);
            let peaks = slid(&mut peak, Detect::Peak, &samples);
            let means = slid(&mut mean, Detect::Rms, &samples);
            for i in 0..samples.len() {
                let window = &samples[(i + 1).saturating_sub(length)..=i];
                assert_eq!(peaks[i], window.iter().fold(0.0, |a: f32, b| a.max(*b)));
                let exact: f64 = window.iter().map(|x| square(*x)).sum::<f64>() / length as f64;
                assert!((f64::from(means[i]) - exact).abs() < 1e-7 * exact.max(1e-7));
            }
        }
    }

    #[test]
    fn a_new_length_is_taken_on_within_a_turn_of_the_old_and_of_the_new() {
        let samples = signal(3_000);
        let mut peak = Window::new(100);
        for (part, length) in [40, 90, 13, 1, 64].into_iter().cycle().take(10).enumerate() {
            peak.aim(length);
            let given = slid(&mut peak, Detect::Peak, &samples[part * 300..(part + 1) * 300]);
            for (place, given) in given.into_iter().enumerate() {
                if place >= 190 {
                    let i = part * 300 + place;
                    let window = &samples[i + 1 - length..=i];
                    assert_eq!(given, window.iter().fold(0.0, |a: f32, b| a.max(*b)), "{length} at {i}");
                }
            }
        }
    }

    #[test]
    fn a_tone_has_the_level_that_it_has() {
        let setup = Setup { rate: 48_000, channels: 1, strips: 1, moves: false };
        for (detect, expected) in [(Detect::Peak, -6.0206), (Detect::Rms, -9.0309)] {
            let mut detector = Detector::new(&setup, detect);
            detector.span(0, Ms(10.0), 48_000);
            let mut levels = Vec::new();
            for part in 0..30 {
                let angle = |i: usize| std::f64::consts::TAU * 1000.0 / 48_000.0 * (part * 97 + i) as f64;
                let tone: Vec<f32> =
                    (0..97).map(|i| (0.5 * crate::dsp::math::cos(angle(i))) as f32).collect();
                let shape = Shape { channels: 1, lanes: 1, frames: 97, settles: false };
                levels.extend_from_slice(detector.levels(View::new(&tone, 97, shape), 1).plane(0));
            }
            assert!((levels.last().unwrap() - expected).abs() < 1e-4, "{detect:?}");
        }
    }
}
