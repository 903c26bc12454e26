//! Levels for effects that follow them: the largest peak or the mean square of the last few milliseconds, in decibels.
//!
//! A window that spans half a period of the lowest note makes the level of a steady tone steady, so that the gain made of
//! it stands still and does not distort (a bare rectified signal distorts 50 Hz at -35 dB; this at none).

use super::{
    aligned::Aligned,
    fast::{self, larger},
    window::Window,
};
use crate::{
    block::{Block, PIECE, Shape, View},
    choice, for_every_cpu,
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
    planes: Aligned<f32>,
    /// The lengths of all strips' windows.
    spans: Vec<usize>,
    channels: [Windows; 2],
}

/// The windows of a channel: of all strips in one while they are equally long.
#[derive(Clone, Debug)]
enum Windows {
    Together(Window),
    Each(Vec<Window>),
}

impl Detector {
    /// Detectors that have heard silence.
    pub fn new(setup: &Setup, detect: Detect) -> Self {
        let room = LONGEST.frames(setup.rate).0 as usize + 1;
        Detector {
            detect,
            strips: setup.strips,
            planes: Aligned::zeros(2 * PIECE * setup.strips),
            spans: vec![1; setup.strips],
            channels: std::array::from_fn(|_| Windows::Together(Window::new(room, setup.strips))),
        }
    }

    /// Sets how long one strip's window is, from its next turn on.
    pub fn span(&mut self, strip: usize, span: Ms, rate: u32) {
        self.spans[strip] = span.frames(rate).0.max(1) as usize;
    }

    /// The levels of what is heard, in decibels: in `planes` planes, one for all channels or one for each.
    pub fn levels(&mut self, heard: View<'_>, planes: usize) -> Block<'_> {
        let stride = PIECE * self.strips;
        let len = heard.frames() * heard.shape().strips;
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
        for (channel, windows) in self.channels[..slid].iter_mut().enumerate() {
            windows.aim(&self.spans);
            windows.slide(self.detect, &mut self.planes[channel * stride..][..len], self.strips);
        }
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
        join(&mut first[..len], second);
    }
}

impl Windows {
    /// Sets how long the window of each strip is, from its next turn on.
    fn aim(&mut self, spans: &[usize]) {
        match self {
            Windows::Together(window) if spans.iter().all(|span| *span == spans[0]) => window.aim(spans[0]),
            Windows::Together(window) => {
                *self = Windows::Each((0..spans.len()).map(|strip| window.of(strip)).collect());
                self.aim(spans);
            }
            Windows::Each(windows) => {
                windows.iter_mut().zip(spans).for_each(|(window, span)| window.aim(*span));
            }
        }
    }

    fn slide(&mut self, detect: Detect, plane: &mut [f32], strips: usize) {
        match self {
            Windows::Together(window) => window.slide(detect, plane),
            Windows::Each(windows) => {
                let mut row = [0.0; PIECE];
                let row = &mut row[..plane.len() / strips];
                for (strip, window) in windows.iter_mut().enumerate() {
                    let column = || plane[strip..].iter().step_by(strips);
                    row.iter_mut().zip(column()).for_each(|(to, from)| *to = *from);
                    window.slide(detect, row);
                    plane[strip..].iter_mut().step_by(strips).zip(&*row).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

for_every_cpu! {
    fn rectify(from: &[f32], to: &mut [f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from.abs();
        }
    }

    fn join(first: &mut [f32], second: &[f32]) {
        for (a, b) in first.iter_mut().zip(second) {
            *a = larger(*b, *a);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plane, sine};

    #[test]
    fn a_tone_has_the_level_that_it_has() {
        let setup = Setup { rate: 48_000, channels: 1, strips: 1, moves: false };
        for (detect, expected) in [(Detect::Peak, -6.0206), (Detect::Rms, -9.0309)] {
            let mut detector = Detector::new(&setup, detect);
            detector.span(0, Ms(10.0), 48_000);
            let mut levels = Vec::new();
            for piece in plane(0.5, 30 * 97, sine(1000.0, 48_000)).chunks(97) {
                let shape = Shape { channels: 1, strips: 1, frames: 97, settles: false };
                levels.extend_from_slice(detector.levels(View::new(piece, 97, shape), 1).plane(0));
            }
            assert!((levels.last().unwrap() - expected).abs() < 1e-4, "{detect:?}");
        }
    }
}
