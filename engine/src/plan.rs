//! A graph as work to be done: lanes, the stages that they stand in, and the delays that align what meets.
//!
//! A lane is the longest chain of nodes with one input and one reader; lanes of a stage depend only on earlier stages.
//! Threads decide where long lanes are cut, which changes no bit: every signal between nodes is `f32` in either case.

use crate::graph::{Graph, NodeSpec, Role};
use mixwright_nodes::{
    effect::{Slot, Width},
    effects::AnyEffect,
    unit::{Frames, Unit, written},
};
use petgraph::{algo::toposort, graph::NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What the work is laid out for. None of it changes a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Threads that work.
    pub threads: usize,
    /// Frames that a lane works on at once.
    pub block: usize,
}

impl Default for Machine {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Machine { threads, block: 1024 }
    }
}

/// The work for a whole song.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Lanes, each after those that it hears.
    pub lanes: Vec<Lane>,
    /// How many stages there are.
    pub stages: usize,
    /// Where the mix, the master, stems and strips come out.
    pub outputs: Vec<Output>,
    /// Frames for which the song may ring on: the longest way's tails, at most 60 s.
    pub tail: Frames,
    /// Frames a second.
    pub rate: u32,
    /// The keys of all nodes, lane by lane, for people.
    keys: Vec<Vec<String>>,
}

/// A chain of nodes that run one after the other on the same block.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The nodes.
    pub nodes: Vec<NodeIndex>,
    /// What the first of them hears, in its order.
    pub inputs: Vec<Input>,
    /// Lanes of earlier stages are what it hears.
    pub stage: usize,
    /// Frames by which what enters is late.
    pub behind: Frames,
    /// Frames by which what leaves is late.
    pub latency: Frames,
    /// The width of what leaves.
    pub width: Width,
    /// Nanoseconds a frame, roughly.
    pub cost: f64,
}

/// A signal that arrives at a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// The lane that it comes from.
    pub lane: usize,
    /// What it is to the lane's first node.
    pub role: Role,
    /// Frames by which it is delayed, to meet the latest.
    pub delay: Frames,
}

/// What comes out at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A strip after its fader, for its meter.
    Strip,
    /// The mix on its way into the master.
    Mix,
    /// What leaves the master.
    Master,
    /// A stem.
    Stem,
}

/// A signal that is written or metered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The name of the strip or stem.
    pub name: String,
    /// What it is.
    pub place: Place,
    /// The lane that it comes from.
    pub lane: usize,
    /// Frames to be left out at its start.
    pub latency: Frames,
}

/// Lays out the work for a graph.
pub fn plan(graph: &Graph, rate: u32, on: &Machine) -> Plan {
    let outputs = outputs(graph);
    let order = needed(graph, &outputs);
    let ends: BTreeSet<NodeIndex> = outputs.iter().map(|(.., node)| *node).collect();
    let limit = longest_lane(graph, &order, on);
    let mut layout =
        Layout { graph, rate, lanes: Vec::new(), lane_of: BTreeMap::new(), tails: BTreeMap::new() };
    for node in &order {
        layout.place(*node, &ends, limit);
    }
    layout.finish(outputs)
}

fn outputs(graph: &Graph) -> Vec<(String, Place, NodeIndex)> {
    let strips = graph.strips.iter().map(|(name, node)| (name.clone(), Place::Strip, *node));
    let stems = graph.stems.iter().map(|(name, node)| (name.clone(), Place::Stem, *node));
    strips
        .chain([
            ("mix".to_owned(), Place::Mix, graph.mix),
            ("master".to_owned(), Place::Master, graph.master),
        ])
        .chain(stems)
        .collect()
}

/// The nodes that some output hears, each after those that it hears.
fn needed(graph: &Graph, outputs: &[(String, Place, NodeIndex)]) -> Vec<NodeIndex> {
    let mut heard = BTreeSet::new();
    let mut todo: Vec<NodeIndex> = outputs.iter().map(|(.., node)| *node).collect();
    while let Some(node) = todo.pop() {
        if heard.insert(node) {
            todo.extend(graph.arriving(node).into_iter().map(|(source, _)| source));
        }
    }
    let order = toposort(&graph.net, None).expect("a built graph has no circle");
    order.into_iter().filter(|node| heard.contains(node)).collect()
}

/// The cost at which a lane is cut, so that no thread waits for a long one.
fn longest_lane(graph: &Graph, order: &[NodeIndex], on: &Machine) -> f64 {
    if on.threads == 1 {
        return f64::INFINITY;
    }
    let total: f64 = order.iter().map(|node| cost(graph, *node)).sum();
    (total / on.threads as f64 / 2.0).max(10.0)
}

/// Nanoseconds a frame of a node, roughly.
fn cost(graph: &Graph, node: NodeIndex) -> f64 {
    let inner = &graph.net[node];
    let channels = inner.input.max(inner.output).channels() as f64;
    match &inner.spec {
        NodeSpec::Source(_) => 12.0 * channels,
        NodeSpec::Effect(slot) => slot.effect.info().cost * (0.2 + 0.4 * channels),
        NodeSpec::Fader(_) => 0.7,
        NodeSpec::Follow(_) => 3.0,
        NodeSpec::Sum => 0.4 * graph.arriving(node).len() as f64,
    }
}

struct Layout<'a> {
    graph: &'a Graph,
    rate: u32,
    lanes: Vec<Lane>,
    lane_of: BTreeMap<NodeIndex, usize>,
    tails: BTreeMap<NodeIndex, i64>,
}

impl Layout<'_> {
    fn place(&mut self, node: NodeIndex, ends: &BTreeSet<NodeIndex>, limit: f64) {
        let arriving = self.graph.arriving(node);
        let cost = cost(self.graph, node);
        self.remember_tail(node, &arriving);
        let joined = match arriving[..] {
            [(source, Role::Main)] if self.graph.readers(source) == 1 && !ends.contains(&source) => {
                let lane = self.lane_of[&source];
                (self.lanes[lane].cost + cost <= limit).then_some(lane)
            }
            _ => None,
        };
        let lane = joined.unwrap_or_else(|| self.begin(&arriving));
        let late = self.latency(node);
        let lane_mut = &mut self.lanes[lane];
        lane_mut.nodes.push(node);
        lane_mut.latency = lane_mut.latency + late;
        lane_mut.width = self.graph.net[node].output;
        lane_mut.cost += cost;
        self.lane_of.insert(node, lane);
    }

    fn latency(&self, node: NodeIndex) -> Frames {
        match &self.graph.net[node].spec {
            NodeSpec::Effect(slot) => slot.effect.latency(self.rate),
            _ => Frames(0),
        }
    }

    /// A lane whose inputs are delayed to meet the latest of them.
    fn begin(&mut self, arriving: &[(NodeIndex, Role)]) -> usize {
        let of = |(source, _): &(NodeIndex, Role)| &self.lanes[self.lane_of[source]];
        let behind = arriving.iter().map(|wire| of(wire).latency).max().unwrap_or_default();
        let stage = arriving.iter().map(|wire| of(wire).stage + 1).max().unwrap_or_default();
        let inputs = arriving
            .iter()
            .map(|wire| Input { lane: self.lane_of[&wire.0], role: wire.1, delay: behind - of(wire).latency })
            .collect();
        let (nodes, width) = (Vec::new(), Width::Mono);
        self.lanes.push(Lane { nodes, inputs, stage, behind, latency: behind, width, cost: 0.0 });
        self.lanes.len() - 1
    }

    /// Tails add up along a way; the longest way counts.
    fn remember_tail(&mut self, node: NodeIndex, arriving: &[(NodeIndex, Role)]) {
        let before = arriving
            .iter()
            .filter(|(_, role)| *role == Role::Main)
            .map(|(source, _)| self.tails[source])
            .max()
            .unwrap_or_default();
        let own = match &self.graph.net[node].spec {
            NodeSpec::Effect(slot) => at_largest(slot).tail(self.rate).0,
            _ => 0,
        };
        self.tails.insert(node, before + own);
    }

    fn finish(self, outputs: Vec<(String, Place, NodeIndex)>) -> Plan {
        let tail = outputs.iter().map(|(.., node)| self.tails[node]).max().unwrap_or_default();
        let outputs = outputs
            .into_iter()
            .map(|(name, place, node)| {
                let lane = self.lane_of[&node];
                Output { name, place, lane, latency: self.lanes[lane].latency }
            })
            .collect();
        let key = |node: &NodeIndex| self.graph.net[*node].key.clone();
        Plan {
            stages: self.lanes.iter().map(|lane| lane.stage + 1).max().unwrap_or_default(),
            keys: self.lanes.iter().map(|lane| lane.nodes.iter().map(key).collect()).collect(),
            outputs,
            tail: Frames(tail.min(60 * i64::from(self.rate))),
            lanes: self.lanes,
            rate: self.rate,
        }
    }
}

/// An effect where its curves are largest, which is where it rings longest.
fn at_largest(slot: &Slot) -> AnyEffect {
    let mut effect = slot.effect.clone();
    for (place, curve) in &slot.curves {
        let largest = curve.largest();
        if largest.is_finite() && largest < f64::MAX {
            effect.poke(place, largest);
        }
    }
    effect
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |frames: Frames| written(frames.seconds(self.rate) * 1000.0, Unit::Ms);
        writeln!(f, "{} lanes in {} stages at {} Hz", self.lanes.len(), self.stages, self.rate)?;
        for stage in 0..self.stages {
            writeln!(f, "\nstage {stage}")?;
            for (i, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| lane.stage == stage) {
                writeln!(f, "  lane {i}: {}", self.keys[i].join(" > "))?;
                for input in &lane.inputs {
                    let role = match input.role {
                        Role::Main => "hears",
                        Role::Key => "is keyed by",
                        Role::Control(_) => "is moved by",
                    };
                    write!(f, "    {role} lane {}", input.lane)?;
                    if input.delay.0 > 0 {
                        write!(f, ", delayed by {} frames ({})", input.delay.0, ms(input.delay))?;
                    }
                    writeln!(f)?;
                }
                if lane.latency.0 > 0 {
                    writeln!(f, "    leaves {} frames late ({})", lane.latency.0, ms(lane.latency))?;
                }
            }
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
