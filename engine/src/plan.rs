//! A graph as work to be done: lanes, the stages that they stand in, the packs that they share, and the delays that
//! align what meets.
//!
//! A lane is the longest chain of nodes with one input and one reader; lanes of a stage depend only on earlier stages.
//! Where lanes are cut and which of them are packed changes no bit: every signal between nodes is `f32` in either case.

pub(crate) mod cost;
mod layout;
mod packs;
mod tail;
mod text;
mod wires;

pub use wires::Share;

use crate::graph::{Graph, NodeIndex, Role};
use mixwright_nodes::{
    dsp::cpu::{self, Level},
    effect::Width,
    unit::Frames,
};
use wires::{End, Wires};

/// What the work is laid out for. None of it changes a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Threads that work.
    pub threads: usize,
    /// Frames that effects work on at once, at most.
    pub block: usize,
    /// Strips that are worked on side by side at most: 1, 2, 4, 8 or 16.
    pub pack: usize,
}

impl Default for Machine {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Machine { threads, block: 2048, pack: widest() }
    }
}

impl Machine {
    /// Frames that a thread works on before it goes on to another lane, where each tick writes so many planes: as many
    /// blocks as are worth the change, and as are still near when the next tick reads them. Where even short turns write
    /// more than a cache holds, all comes from afar, and long ones fetch it less often.
    ///
    /// # Panics
    /// If a block has no frames.
    pub fn turn(&self, planes: usize) -> usize {
        const SHORTEST: usize = 1024;
        const LONGEST: usize = 8192;
        // In samples: 1.6 MB, which a tick leaves to the next beside what the lanes themselves hold, and 4 MB.
        const NEAR: usize = 400_000;
        const FAR: usize = 1_000_000;
        let frames = match planes.max(1) {
            planes if planes * SHORTEST > FAR => LONGEST,
            planes => (NEAR / planes).clamp(SHORTEST, LONGEST),
        };
        self.block * frames.div_ceil(self.block)
    }
}

/// Strips side by side that a CPU is fastest with. Where vectors are short, more of them wait for no less, and leave more
/// places empty.
fn widest() -> usize {
    match cpu::level() {
        Level::Avx512 => 16,
        Level::Avx2 | Level::Base => 8,
    }
}

/// The work for a whole song.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Lanes, each after those that it hears.
    pub lanes: Vec<Lane>,
    /// What is done at once: every lane is in one pack.
    pub packs: Vec<Pack>,
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
    pub nodes: Vec<Link>,
    /// What the first of them hears, in its order.
    pub inputs: Vec<Input>,
    /// Lanes of earlier stages are what it hears.
    pub stage: usize,
    /// Frames by which what leaves is late.
    pub latency: Frames,
    /// The width of what leaves.
    pub width: Width,
    /// Nanoseconds a frame by itself, roughly.
    pub cost: f64,
}

/// A node of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub node: NodeIndex,
    /// Frames by which what enters it is late.
    pub behind: Frames,
}

/// Lanes of one stage that one thread works on, with like effects of them side by side in one kernel. A lane alone is a
/// pack of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// The lanes: its members.
    pub lanes: Vec<usize>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// The stage of all its lanes.
    pub stage: usize,
    /// Nanoseconds a frame, roughly.
    pub cost: f64,
}

/// A node of one member, or like effects of several to be run side by side: the members with their nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Step(pub Vec<(usize, Link)>);

/// A signal that arrives at a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// The lane that it comes from.
    pub lane: usize,
    /// What it is to the lane's first node.
    pub role: Role,
    /// Frames by which it is delayed, to meet the latest.
    pub delay: Frames,
    /// What a sum takes of it, if not all.
    pub share: Option<Share>,
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
    /// What is kept for later renders.
    Kept,
}

impl Place {
    /// All places at which a song is heard.
    pub const ALL: [Place; 4] = [Place::Strip, Place::Mix, Place::Master, Place::Stem];
}

/// A signal that is written or metered.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The name of the strip or stem.
    pub name: String,
    /// What it is.
    pub place: Place,
    /// The lane that it comes from.
    pub lane: usize,
    /// Frames to be left out at its start.
    pub latency: Frames,
    /// What a meter takes of it, if not all.
    pub share: Option<Share>,
}

/// Lays out the work for a graph, and for no more than is heard at `places`.
pub fn plan(graph: &Graph, rate: u32, on: &Machine, places: &[Place]) -> Plan {
    let mut ends = ends(graph);
    let tail = tail::longest(graph, rate, &ends);
    ends.retain(|end| places.contains(&end.place) || end.place == Place::Kept);
    let wires = Wires::new(graph, &ends);
    let laid = layout::lay(graph, &wires, rate, on, &ends);
    let key = |link: &Link| graph.net[link.node].key.clone();
    let outputs = ends.into_iter().map(|End { name, place, wire }| {
        let lane = laid.lane_of[&wire.source];
        Output { name, place, lane, latency: laid.lanes[lane].latency, share: wire.share }
    });
    Plan {
        packs: packs::pack(graph, &laid.lanes, on),
        stages: laid.lanes.iter().map(|lane| lane.stage + 1).max().unwrap_or_default(),
        keys: laid.lanes.iter().map(|lane| lane.nodes.iter().map(key).collect()).collect(),
        outputs: outputs.collect(),
        tail: tail.min(Frames(60 * i64::from(rate))),
        lanes: laid.lanes,
        rate,
    }
}

fn ends(graph: &Graph) -> Vec<End> {
    let end = |name: &str, place, node| End::new(graph, name, place, node);
    let strips = graph.strips.iter().map(|(name, node)| end(name, Place::Strip, *node));
    let stems = graph.stems.iter().map(|(name, node)| end(name, Place::Stem, *node));
    let mix = end("mix", Place::Mix, graph.mix);
    let kept = graph.kept.iter().map(|node| end(&graph.net[*node].key, Place::Kept, *node));
    strips.chain([mix, end("master", Place::Master, graph.master)]).chain(stems).chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_whole_blocks_and_long_where_few_planes_or_very_many_are_written() {
        let turn = |block, planes| Machine { block, ..Machine::default() }.turn(planes);
        assert_eq!([0, 50, 150, 600, 1_500].map(|planes| turn(2048, planes)), [8192, 8192, 4096, 2048, 8192]);
        assert_eq!([1, 64, 700, 20_000].map(|block| turn(block, 600)), [1024, 1024, 1400, 20_000]);
    }
}
