//! What all workers noted, put together: who of the song took how long.

use super::{
    clock::{Phase, Phases, Spent},
    pack::{PackTimes, RunTimes},
    pipeline::{Of, Worked},
    profile::{Does, PackTime, Packs, PartTime, PhaseTime, Profile, StageTime, StripTime, Threads},
};
use crate::{
    graph::{Graph, NodeIndex, NodeSpec, key},
    plan::{Output, Place, Plan, Step},
    resolved::Resolved,
};
use mixwright_nodes::unit::{Ms, Percent};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// All that is known of a render that is over.
pub(super) struct Account<'r> {
    pub(super) song: &'r Resolved,
    pub(super) graph: &'r Graph,
    pub(super) plan: &'r Plan,
    pub(super) worked: Vec<Worked>,
    pub(super) phases: Phases,
}

/// A part of the work on a strip.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part<'r> {
    /// The path of the strip.
    pub(super) path: &'r str,
    does: Does,
    name: &'r str,
    effect: Option<&'static str>,
}

impl<'r> Part<'r> {
    fn new(path: &'r str, does: Does, name: &'r str) -> Part<'r> {
        Part { path, does, name, effect: None }
    }
}

/// The time of each part, and how many strips it was done to side by side.
#[derive(Default)]
struct Parts<'r>(BTreeMap<Part<'r>, (Duration, usize)>);

impl<'r> Parts<'r> {
    /// Shares a time among parts that were done at once.
    fn add(&mut self, spent: Spent, parts: impl ExactSizeIterator<Item = Part<'r>>) {
        let together = parts.len();
        for part in parts {
            let (time, side_by_side) = self.0.entry(part).or_default();
            *time += spent.0 / together as u32;
            *side_by_side = together.max(*side_by_side);
        }
    }
}

impl<'r> Account<'r> {
    /// Where the time went; `trace` is the file that tells the whole story.
    pub(super) fn profile(&self, trace: PathBuf) -> Profile {
        let mut parts = Parts::default();
        self.worked.iter().for_each(|worked| self.count(worked, &mut parts));
        let finish = if self.song.finish.is_some() { "finish" } else { "tails" };
        parts.add(
            Spent(self.phase(Phase::Finishing)),
            [Part::new("master", Does::Finish, finish)].into_iter(),
        );
        let work = parts.0.values().map(|(time, _)| *time).sum();
        let phases = self.phases.spans();
        Profile {
            work: ms(work),
            strips: self.strips(parts, work),
            stages: self.stages(),
            threads: self.threads(),
            packs: self.packs(work),
            phases: phases.map(|(phase, begin, end)| PhaseTime { phase, time: ms(end - begin) }).collect(),
            trace,
        }
    }

    /// What a worker did, part by part.
    fn count(&self, worked: &Worked, parts: &mut Parts<'r>) {
        let (pack, times) = match &worked.of {
            Of::Outputs(outputs, spent) => {
                let outputs = outputs.iter().map(|output| &self.plan.outputs[*output]);
                let part = |output| Part::new(self.path(output), Does::Output, word(output));
                return parts.add(*spent, outputs.map(part));
            }
            Of::Pack(pack, times) => (&self.plan.packs[*pack], times),
        };
        for (lane, spent) in pack.lanes.iter().zip(&times.entering) {
            let lane = &self.plan.lanes[*lane];
            let first = self.part(lane.nodes[0].node);
            let arrives = Part::new(first.path, Does::Arrive, "inputs");
            // Where nothing arrives the first node begins at once.
            parts.add(*spent, [if lane.inputs.is_empty() { first } else { arrives }].into_iter());
        }
        for (run, steps) in runs(times, &pack.steps) {
            for (Step(nodes), spent) in steps.iter().zip(&run.steps) {
                parts.add(*spent, nodes.iter().map(|(_, link)| self.part(link.node)));
            }
            let Step(nodes) = &steps[0];
            let laid = |node: NodeIndex| Part::new(self.part(node).path, Does::Interleave, "interleave");
            if nodes.len() > 1 {
                parts.add(run.laying, nodes.iter().map(|(_, link)| laid(link.node)));
            }
        }
    }

    /// The strip of a node, and what it does there.
    pub(super) fn part(&self, node: NodeIndex) -> Part<'r> {
        let node = &self.graph.net[node];
        let (path, name) = key::split(&node.key);
        let (does, effect) = match &node.spec {
            NodeSpec::Source(_) | NodeSpec::Stored(_) => (Does::Source, None),
            NodeSpec::Effect(slot) => (Does::Effect, Some(slot.effect.info().params.name)),
            NodeSpec::Fader(_) => (Does::Fader, None),
            NodeSpec::Follow(_) => (Does::Follow, None),
            NodeSpec::Sum => (Does::Sum, None),
        };
        Part { path, does, name, effect }
    }

    /// The path of the strip that comes out at a place.
    pub(super) fn path(&self, output: &Output) -> &'r str {
        let last = self.plan.lanes[output.lane].nodes.last().expect("every lane has nodes");
        self.part(last.node).path
    }

    fn strips(&self, parts: Parts<'r>, work: Duration) -> Vec<StripTime> {
        let mut strips: BTreeMap<&str, Vec<PartTime>> = BTreeMap::new();
        for (Part { path, does, name, effect }, (time, side_by_side)) in parts.0 {
            let (name, share) = (name.to_owned(), percent(time, work));
            let part = PartTime { name, does, effect, time: ms(time), share, side_by_side };
            strips.entry(path).or_default().push(part);
        }
        let strip = |(path, mut parts): (&str, Vec<PartTime>)| {
            parts.sort_by(|a, b| b.time.0.total_cmp(&a.time.0));
            let name = key::strip(path).1;
            StripTime {
                name: name.to_owned(),
                kind: self.song.strips.iter().find(|strip| strip.name == name).map(|strip| strip.kind),
                time: Ms(parts.iter().map(|part| part.time.0).sum()),
                share: Percent(parts.iter().map(|part| part.share.0).sum()),
                parts,
            }
        };
        let mut strips: Vec<StripTime> = strips.into_iter().map(strip).collect();
        strips.sort_by(|a, b| b.time.0.total_cmp(&a.time.0));
        strips
    }

    fn stages(&self) -> Vec<StageTime> {
        let last = self.worked.iter().map(|worked| worked.stage + 1).max().unwrap_or_default();
        let stage = |stage: usize| {
            let workers: Vec<&Worked> = self.worked.iter().filter(|worked| worked.stage == stage).collect();
            let packs = workers.iter().filter(|worked| matches!(worked.of, Of::Pack(..))).count();
            let time: Duration = workers.iter().map(|worked| worked.log.total()).sum();
            let share = percent(time, self.played());
            StageTime { packs, outputs: workers.len() - packs, time: ms(time), share }
        };
        (0..last).map(stage).collect()
    }

    fn threads(&self) -> Threads {
        let logs = || self.worked.iter().map(|worked| &worked.log.threads);
        let threads = self.threads_there_were();
        let each: Vec<Duration> =
            (0..threads).map(|thread| logs().map(|threads| threads[thread]).sum()).collect();
        let (wall, work) = (self.phase(Phase::Playing), self.played());
        let had = wall * threads as u32;
        Threads {
            wall: ms(wall),
            each: each.into_iter().map(ms).collect(),
            work: ms(work),
            idle: ms(had.saturating_sub(work)),
            used: percent(work, had),
        }
    }

    fn packs(&self, work: Duration) -> Packs {
        let mut made = Vec::new();
        for worked in &self.worked {
            let Of::Pack(pack, times) = &worked.of else { continue };
            let runs = runs(times, &self.plan.packs[*pack].steps);
            let shared = runs.filter(|(_, steps)| steps[0].0.len() > 1);
            made.extend(shared.map(|(run, steps)| self.run(run, steps, work)));
        }
        made.sort_by(|a: &PackTime, b| b.time.0.total_cmp(&a.time.0));
        let time: f64 = made.iter().map(|run| run.time.0).sum();
        let filled: f64 = made.iter().map(|run| run.time.0 * run.fill.0).sum();
        Packs { time: Ms(time), fill: (time > 0.0).then(|| Percent(filled / time)), runs: made }
    }

    /// Effects of the same strips.
    fn run(&self, run: &RunTimes, steps: &[Step], work: Duration) -> PackTime {
        let time: Duration = run.steps.iter().chain([&run.laying]).map(|spent| spent.0).sum();
        let strip = |node: NodeIndex| key::strip(self.part(node).path).1.to_owned();
        let mut strips: Vec<String> = steps[0].0.iter().map(|(_, link)| strip(link.node)).collect();
        strips.sort();
        PackTime {
            effects: steps.iter().map(|step| self.word(step).to_owned()).collect(),
            fill: Percent(100.0 * strips.len() as f64 / run.places as f64),
            places: run.places,
            strips,
            time: ms(time),
            share: percent(time, work),
        }
    }

    /// The word for what a step does.
    pub(super) fn word(&self, Step(nodes): &Step) -> &'r str {
        key::word(&self.graph.net[nodes[0].1.node].key)
    }

    /// The threads that could work.
    pub(super) fn threads_there_were(&self) -> usize {
        self.worked.first().map_or(0, |worked| worked.log.threads.len())
    }

    /// What was worked while the song played.
    fn played(&self) -> Duration {
        self.worked.iter().map(|worked| worked.log.total()).sum()
    }

    fn phase(&self, wanted: Phase) -> Duration {
        let of = |(_, begin, end): (Phase, Duration, Duration)| end - begin;
        self.phases.spans().find(|(phase, ..)| *phase == wanted).map(of).unwrap_or_default()
    }
}

/// The runs of a pack, each with its steps.
fn runs<'t>(times: &'t PackTimes, mut steps: &'t [Step]) -> impl Iterator<Item = (&'t RunTimes, &'t [Step])> {
    times.runs.iter().map(move |run| {
        let (of_run, rest) = steps.split_at(run.steps.len());
        steps = rest;
        (run, of_run)
    })
}

/// What is done with what comes out at a place.
pub(super) fn word(output: &Output) -> &'static str {
    match output.place {
        Place::Strip => "meter",
        Place::Mix => "mix",
        Place::Master => "output",
        Place::Stem => "stem",
        Place::Kept => "kept",
    }
}

fn ms(time: Duration) -> Ms {
    Ms(time.as_secs_f64() * 1e3)
}

/// The share of a time in a whole; nothing of nothing.
fn percent(time: Duration, whole: Duration) -> Percent {
    let whole = whole.as_secs_f64();
    Percent(if whole > 0.0 { 100.0 * time.as_secs_f64() / whole } else { 0.0 })
}
