//! A plan as text, for people.

use super::{Input, Pack, Place, Plan, Share, Step};
use crate::graph::{Role, key};
use mixwright_nodes::{
    effect::Width,
    unit::{Frames, Unit, written},
};
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} lanes in {} stages at {} Hz", self.lanes.len(), self.stages, self.rate)?;
        for stage in 0..self.stages {
            writeln!(f, "\nstage {stage}")?;
            for (i, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| lane.stage == stage) {
                writeln!(f, "  lane {i}: {}", self.keys[i].join(" > "))?;
                lane.inputs.iter().try_for_each(|input| self.input(f, input))?;
                if lane.latency.0 > 0 {
                    writeln!(f, "    leaves {} frames late ({})", lane.latency.0, self.ms(lane.latency))?;
                }
            }
            let packs = self.packs.iter().filter(|pack| pack.stage == stage && pack.lanes.len() > 1);
            packs.into_iter().try_for_each(|pack| self.pack(f, pack))?;
        }
        writeln!(f, "\noutputs")?;
        for output in self.outputs.iter().filter(|output| output.place != Place::Strip) {
            writeln!(
                f,
                "  {}: lane {}, first {} frames left out",
                output.name, output.lane, output.latency.0
            )?;
        }
        Ok(())
    }
}

impl Plan {
    fn ms(&self, frames: Frames) -> String {
        written(frames.seconds(self.rate) * 1000.0, Unit::Ms)
    }

    fn input(&self, f: &mut fmt::Formatter<'_>, input: &Input) -> fmt::Result {
        let role = match input.role {
            Role::Main => "hears",
            Role::Key => "is keyed by",
            Role::Control(_) => "is moved by",
        };
        write!(f, "    {role} lane {}", input.lane)?;
        if input.delay.0 > 0 {
            write!(f, ", delayed by {} frames ({})", input.delay.0, self.ms(input.delay))?;
        }
        if let Some(Share { width, gains: [left, right] }) = input.share {
            match width {
                Width::Mono => write!(f, ", at {left:.4}")?,
                Width::Stereo => write!(f, ", left at {left:.4}, right at {right:.4}")?,
            }
        }
        writeln!(f)
    }

    /// The lanes of a pack, and what of them runs side by side.
    fn pack(&self, f: &mut fmt::Formatter<'_>, pack: &Pack) -> fmt::Result {
        let lanes: Vec<String> = pack.lanes.iter().map(usize::to_string).collect();
        let shared: Vec<String> = pack
            .steps
            .iter()
            .filter(|Step(nodes)| nodes.len() > 1)
            .map(|step| format!("{} of {}", self.word(pack, step), step.0.len()))
            .collect();
        writeln!(f, "  side by side, lanes {}: {}", lanes.join(" "), shared.join(" > "))
    }

    /// The word for the effect of a step.
    fn word(&self, pack: &Pack, Step(nodes): &Step) -> &str {
        let (member, link) = nodes[0];
        let lane = pack.lanes[member];
        let place = self.lanes[lane].nodes.iter().position(|other| other == &link).unwrap_or_default();
        key::word(&self.keys[lane][place])
    }
}
