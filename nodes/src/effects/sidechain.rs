//! How a dynamics effect hears: what all of them share beside the sound that they make.

use crate::{
    block::{Block, PIECE, View},
    dsp::{
        cascade::Cascade,
        envelope::{Detect, Detector},
        prototype::Prototype,
    },
    effect::{Aim, Effect},
    effects::eq::{Band, Eq},
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
        /// Filters of what is heard, not of the sound: a high pass here keeps the bass from moving everything.
        key_filter: [Band] in 0..=8,
    }
}

impl Sidechain {
    /// What no single parameter's range can tell.
    ///
    /// # Errors
    /// A sentence on what is wrong.
    pub fn check(&self) -> Result<(), String> {
        Eq { bands: self.key_filter.clone(), ..Eq::default() }.check()
    }

    fn prototypes(&self) -> impl Iterator<Item = Prototype> {
        self.key_filter.iter().map(Band::prototype)
    }
}

/// The live side chain of all strips.
#[derive(Clone, Debug)]
pub struct Hearing {
    filter: Option<Filter>,
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
            filter: (!sidechain.key_filter.is_empty()).then(|| Filter::new(sidechain, setup)),
            detector: Detector::new(setup, sidechain.detector),
            planes: if link < 1.0 { setup.channels } else { 1 },
            link,
        }
    }

    /// The setup of what works on the levels: linked channels have one level.
    pub fn setup(&self, setup: &Setup) -> Setup {
        Setup { channels: self.planes, ..*setup }
    }

    /// Sends one strip's filters to new places, and sets how long its levels are held.
    pub fn aim(&mut self, to: Aim, sidechain: &Sidechain, span: Ms) {
        self.detector.span(to.strip, span, to.rate);
        if let Some(filter) = &mut self.filter {
            filter.cascade.aim(to, sidechain.prototypes());
        }
    }

    /// The levels in decibels of what is heard.
    pub fn levels(&mut self, heard: View<'_>) -> Block<'_> {
        match &mut self.filter {
            Some(filter) => self.detector.levels(filter.run(heard), self.planes),
            None => self.detector.levels(heard, self.planes),
        }
    }
}

/// The filters of what is heard, with a place to work in.
#[derive(Clone, Debug)]
struct Filter {
    cascade: Cascade,
    planes: Vec<f32>,
    stride: usize,
}

impl Filter {
    fn new(sidechain: &Sidechain, setup: &Setup) -> Self {
        // Always in the form that may move: a curve on one strip of a pack changes no bit of the others. A key may have
        // two channels where the audio has one.
        let setup = Setup { moves: true, channels: 2, ..*setup };
        let prototypes: Vec<Prototype> = sidechain.prototypes().collect();
        let stride = PIECE * setup.strips;
        Filter { cascade: Cascade::new(&setup, &prototypes), planes: vec![0.0; 2 * stride], stride }
    }

    fn run(&mut self, heard: View<'_>) -> View<'_> {
        let mut block = Block::new(&mut self.planes, self.stride, heard.shape());
        block.copy_from(heard);
        self.cascade.run(&mut block);
        View::new(&self.planes, self.stride, heard.shape())
    }
}
