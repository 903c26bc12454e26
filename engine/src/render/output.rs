//! What is made of the mix, the master and stems: meters, files, and the song's one length.

use super::{
    RenderError,
    finish::Unfinished,
    held::{Held, Space},
    pipeline::Listener,
    take::{Keeper, Played},
};
use crate::sink::Sink;
use mixwright_nodes::{
    effect::Width,
    meter::program::{Program, ProgramReading},
};
use std::sync::Arc;

/// Above this a tail is still heard: -90 dBFS.
const HEARD: f32 = 3.162_277_7e-5;

/// Where a finished signal goes.
pub(super) enum Destination {
    /// Nowhere: it is only measured.
    Nowhere,
    /// Into a file.
    File(Box<Sink>),
    /// To the last phase of the master.
    Finish(Box<Unfinished>),
}

/// Meters an output and hands it on; what lies beyond the song's sure end is held back until its length is known.
pub(super) struct Ear {
    to: Destination,
    meter: Option<Program>,
    keeper: Option<Keeper>,
    sure: usize,
    heard: usize,
    last_loud: usize,
    held: Option<Held>,
}

impl Ear {
    /// `sure` frames are handed on at once; what comes then is held in a space.
    pub(super) fn new(to: Destination, meter: Option<Program>, sure: usize, space: &Arc<Space>) -> Ear {
        let told = meter.is_some() || !matches!(to, Destination::Nowhere);
        let held = told.then(|| Held::new(space));
        Ear { to, meter, keeper: None, sure, heard: 0, last_loud: 0, held }
    }

    /// The same that keeps what it hears.
    pub(super) fn keeping(self, keeper: Option<Keeper>) -> Ear {
        Ear { keeper, ..self }
    }

    /// The frame after the last that is heard.
    pub(super) fn last_loud(&self) -> usize {
        self.last_loud
    }

    /// Hands on what was held back, up to the song's length.
    pub(super) fn settle(&mut self, length: usize) -> Result<(), RenderError> {
        match self.held.take() {
            Some(held) => {
                held.release(length.saturating_sub(self.sure), |left, right| self.hand_on(left, right))
            }
            None => Ok(()),
        }
    }

    /// What the meter read, what was kept, and where the signal went.
    pub(super) fn end(self) -> Result<(Told, Destination), RenderError> {
        Ok((Told::new(self.meter, self.keeper)?, self.to))
    }

    fn hand_on(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        if let Some(meter) = &mut self.meter {
            meter.push(left, Some(right));
        }
        if let Some(keeper) = &mut self.keeper {
            keeper.push(left, right)?;
        }
        match &mut self.to {
            Destination::Nowhere => Ok(()),
            Destination::File(sink) => Ok(sink.write(&[left, right])?),
            Destination::Finish(master) => master.hear(left, right),
        }
    }
}

/// What is known of an output in the end.
#[derive(Default)]
pub(super) struct Told {
    pub(super) reading: Option<ProgramReading>,
    pub(super) played: Option<Played>,
}

impl Told {
    /// What a meter and a keeper have to say, who heard the same; there is none without the other.
    pub(super) fn new(meter: Option<Program>, keeper: Option<Keeper>) -> Result<Told, RenderError> {
        let played = match (keeper, &meter) {
            (Some(keeper), Some(meter)) => Some(keeper.ended(meter)?),
            _ => None,
        };
        Ok(Told { reading: meter.map(|meter| meter.reading()), played })
    }
}

impl Listener for Ear {
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError> {
        let &[left, right] = planes else { unreachable!("the mix, the master and stems are stereo") };
        let loud = left.iter().zip(right).rposition(|(l, r)| l.abs() > HEARD || r.abs() > HEARD);
        if let Some(last) = loud {
            self.last_loud = self.heard + last + 1;
        }
        let now = self.sure.saturating_sub(self.heard).min(left.len());
        self.heard += left.len();
        self.hand_on(&left[..now], &right[..now])?;
        match &mut self.held {
            Some(held) => held.push(&left[now..], &right[now..]),
            None => Ok(()),
        }
    }
}

/// The meters of a stereo output.
pub(super) fn stereo_meter(rate: u32) -> Program {
    Program::new(rate, Width::Stereo)
}
