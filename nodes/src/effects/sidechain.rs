//! How a dynamics effect hears: what all of them share beside the sound that they make.

use crate::{
    block::{Block, View},
    dsp::envelope::{Detect, Detector},
    params,
    processor::Setup,
    unit::{Db, Ms, Percent},
};

params! {
    /// How a dynamics effect hears its key or its own input.
    pub struct Sidechain = "sidechain" {
        /// What counts as the level: the highest peak of the last few milliseconds, or the mean power over them.
        fixed detector: Detect = Detect::Peak,
        /// How far both channels move together; at 100 % the louder one moves both, and the stereo image stands still.
        fixed link: Percent = 100.0 in 0.0..=100.0,
        /// The largest reduction that is allowed, whatever the other settings ask for.
        most: Db = 100.0 in 0.0..=100.0,
    }
}

/// The live side chain of all strips.
#[derive(Clone, Debug)]
pub struct Hearing {
    detector: Detector,
    planes: usize,
    /// How far levels or reductions of two channels are to be linked.
    pub link: f32,
}

impl Hearing {
    /// Has heard silence.
    pub fn new(sidechain: &Sidechain, setup: &Setup) -> Self {
        let link = sidechain.link.factor() as f32;
        Hearing {
            detector: Detector::new(setup, sidechain.detector),
            planes: if link < 1.0 { setup.channels } else { 1 },
            link,
        }
    }

    /// The setup of what works on the levels: linked channels have one level.
    pub fn setup(&self, setup: &Setup) -> Setup {
        Setup { channels: self.planes, ..*setup }
    }

    /// Sets how long one strip's levels are held.
    pub fn span(&mut self, strip: usize, span: Ms, rate: u32) {
        self.detector.span(strip, span, rate);
    }

    /// The levels in decibels of what is heard.
    pub fn levels(&mut self, heard: View<'_>) -> Block<'_> {
        self.detector.levels(heard, self.planes)
    }
}
