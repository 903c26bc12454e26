//! Who keeps what comes out while a song is rendered: at the mix and the master sound and picture, at strips the picture.

use super::{Picture, Played, Track, outline::Drawing};
use crate::{
    plan::{Output, Plan, Share},
    render::{RenderError, pipeline::Listener, pipeline::Tap, scratch::Scratch},
};
use mixwright_nodes::{
    effect::Width,
    meter::{loudness::Course, program::Program, steps::Steps},
};
use std::path::Path;

/// Bits of a strip's outline, which is small, and of those of mix and master.
const BITS: (u32, u32) = (8, 16);

/// Outline and levels of what comes in.
struct Sketch {
    rate: u32,
    channels: [(usize, f64); 2],
    drawing: Drawing,
    steps: Vec<Steps>,
}

impl Sketch {
    fn new(rate: u32, bits: u32, planes: usize, channels: [(usize, f64); 2]) -> Sketch {
        let steps = vec![Steps::new(rate); planes];
        Sketch { rate, channels, drawing: Drawing::new(bits, channels), steps }
    }

    fn push(&mut self, planes: &[&[f32]]) {
        self.drawing.push(planes);
        self.steps.iter_mut().zip(planes).for_each(|(steps, plane)| steps.push(plane));
    }

    fn ended(self, loudness: Course<'_>) -> Picture {
        let steps: Vec<_> = self.steps.into_iter().map(Steps::ended).collect();
        let channels = self.channels.map(|(plane, gain)| (&steps[plane][..], gain));
        let tracks =
            Track::levels(self.rate, &channels).into_iter().chain(Track::loudness(self.rate, loudness));
        Picture { outline: self.drawing.ended(), tracks: tracks.collect() }
    }
}

/// Keeps the mix or the master.
pub(in super::super) struct Keeper {
    scratch: Scratch,
    sketch: Sketch,
}

impl Keeper {
    /// One that keeps the sound in a folder.
    pub(in super::super) fn new(rate: u32, folder: &Path) -> Result<Keeper, RenderError> {
        let sketch = Sketch::new(rate, BITS.1, 2, [(0, 1.0), (1, 1.0)]);
        Ok(Keeper { scratch: Scratch::new(folder)?, sketch })
    }

    /// Takes what comes next.
    pub(in super::super) fn push(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        self.sketch.push(&[left, right]);
        self.scratch.write(left, right)
    }

    /// What was kept; the meter heard the same.
    pub(in super::super) fn ended(self, meter: &Program) -> Result<Played, RenderError> {
        let (sound, rate) = (self.scratch.into_sound()?, self.sketch.rate);
        let mut picture = self.sketch.ended(meter.loudness());
        picture.tracks.push(Track::correlation(rate, meter.correlation()));
        Ok(Played { sound, picture })
    }
}

/// Keeps the picture of a strip.
pub(in super::super) struct StripKeeper {
    output: usize,
    sketch: Sketch,
}

impl StripKeeper {
    /// That of an output of a plan.
    pub(in super::super) fn new(plan: &Plan, number: usize) -> StripKeeper {
        let output = &plan.outputs[number];
        let width = plan.lanes[output.lane].width;
        let sketch = Sketch::new(plan.rate, BITS.0, width.channels(), channels(output, width));
        StripKeeper { output: number, sketch }
    }

    /// Itself at its output.
    pub(in super::super) fn tap(&mut self) -> Tap<'_> {
        Tap { outputs: vec![self.output], listener: self, whole: false }
    }

    /// What was kept; `loudness` is that of the strip's meter.
    pub(in super::super) fn ended(self, loudness: Course<'_>) -> Picture {
        self.sketch.ended(loudness)
    }
}

impl Listener for StripKeeper {
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError> {
        self.sketch.push(planes);
        Ok(())
    }
}

/// The plane that each side of an output is made of, and what the fader behind it makes of that.
fn channels(output: &Output, width: Width) -> [(usize, f64); 2] {
    let right = width.channels() - 1;
    match output.share {
        None => [(0, 1.0), (right, 1.0)],
        Some(Share { gains, width: Width::Stereo }) => [(0, gains[0]), (right, gains[1])],
        Some(Share { gains, width: Width::Mono }) => [(0, gains[0]), (0, gains[0])],
    }
}
