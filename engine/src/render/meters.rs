//! The meters of all strips, as many side by side as fit.

use super::{
    RenderError,
    pipeline::{Listener, Tap},
};
use crate::plan::{Output, Place, Plan, Share};
use mixwright_nodes::{
    effect::Width,
    meter::{
        energy::WIDEST,
        loudness::Course,
        strips::{Channel, StripReading, Strips},
    },
    unit::Frames,
};
use std::collections::BTreeMap;

/// The meters of strips that come out at one stage and equally late, and the outputs that they hear.
pub(super) struct StripMeters {
    outputs: Vec<usize>,
    meters: Strips,
}

impl StripMeters {
    /// Those of all strips that a plan has outputs for; `course` lets them keep how loud each was in the course of time.
    pub(super) fn of(plan: &Plan, course: bool) -> Vec<StripMeters> {
        let mut alike: BTreeMap<(usize, Frames), Vec<usize>> = BTreeMap::new();
        for (number, output) in plan.outputs.iter().enumerate().filter(|(_, o)| o.place == Place::Strip) {
            alike.entry((plan.lanes[output.lane].stage, output.latency)).or_default().push(number);
        }
        let width = |number: &usize| plan.lanes[plan.outputs[*number].lane].width;
        let mut made = Vec::new();
        for mut outputs in alike.into_values() {
            // Those of one width together: nothing is left over at the end of a row.
            outputs.sort_by_key(width);
            for part in outputs.chunk_by(|a, b| width(a) == width(b)) {
                let fit = WIDEST / width(&part[0]).channels();
                made.extend(part.chunks(fit).map(|outputs| StripMeters::new(plan, outputs, course)));
            }
        }
        made
    }

    fn new(plan: &Plan, outputs: &[usize], course: bool) -> StripMeters {
        let output = |number: &usize| &plan.outputs[*number];
        let channels = |number| channels(output(number), plan.lanes[output(number).lane].width);
        let meters = Strips::new(plan.rate, course, outputs.iter().map(channels));
        StripMeters { outputs: outputs.to_vec(), meters }
    }

    /// The meters at their outputs.
    pub(super) fn tap(&mut self) -> Tap<'_> {
        Tap { outputs: self.outputs.clone(), listener: &mut self.meters, whole: false }
    }

    /// What they read, in the order of the outputs.
    pub(super) fn readings(all: &[StripMeters]) -> Vec<StripReading> {
        sorted(all.iter().flat_map(|meters| meters.outputs.iter().copied().zip(meters.meters.readings())))
    }

    /// How loud the strips were on the way, in the same order.
    pub(super) fn courses(all: &[StripMeters]) -> Vec<Course<'_>> {
        sorted(all.iter().flat_map(|meters| meters.outputs.iter().copied().zip(meters.meters.courses())))
    }
}

/// What belongs to outputs, in their order.
fn sorted<T>(of: impl Iterator<Item = (usize, T)>) -> Vec<T> {
    let mut all: Vec<(usize, T)> = of.collect();
    all.sort_by_key(|(output, _)| *output);
    all.into_iter().map(|(_, of)| of).collect()
}

impl Listener for Strips {
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError> {
        self.push(planes);
        Ok(())
    }
}

/// The channels of an output, with what the fader behind it makes of them.
fn channels(output: &Output, width: Width) -> Vec<Channel> {
    match (output.share, width) {
        (None, _) => vec![Channel::plain(); width.channels()],
        (Some(Share { gains, width: Width::Stereo }), Width::Mono) => vec![Channel(gains.to_vec())],
        (Some(Share { gains, .. }), _) => {
            gains[..width.channels()].iter().map(|gain| Channel(vec![*gain])).collect()
        }
    }
}
