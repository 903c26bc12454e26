//! Like effects of several lanes at work, side by side in one kernel.

use super::{
    RenderError,
    buffer::Buffer,
    clock::{Clock, Spent},
    node::seen,
    pack::{RunTimes, Span},
    sources::Sources,
};
use crate::{
    graph::{Graph, Node, NodeSpec},
    plan::{Link, Step},
};
use mixwright_nodes::{
    block::{Block, PIECE, Shape},
    dsp::{aligned::Aligned, interleave},
    effect::{Reading, Seen, Slot, Width},
    effects::AnyEffect,
    processor::{Io, Processor, Setup},
    unit::Frames,
};

/// A run of effects, each of them one kernel for all members.
pub(super) struct Together {
    /// In the order of the pack, each with whether it is where its lane begins.
    members: Vec<(usize, bool)>,
    /// Places in a row of samples, some of which may be idle.
    strips: usize,
    width: Width,
    chain: Vec<Kernel>,
    /// A piece of all members: planes of rows, in each of which a member has its place.
    rows: Aligned<f32>,
    spare: Aligned<f32>,
    laying: Spent,
}

/// What arrives at the members of a pack whose lanes begin with an effect.
pub(super) type Arriving<'b> = [Option<&'b Buffer>; WIDEST];

/// Members that a pack has at most.
const WIDEST: usize = 16;

struct Kernel {
    keys: Vec<String>,
    behind: Frames,
    live: Box<dyn Processor>,
    spent: Spent,
}

impl Together {
    /// A run without effects yet, for the members of a step; `first` tells of each whether its lane begins here.
    pub(super) fn new(graph: &Graph, Step(nodes): &Step, first: impl Fn(usize, Link) -> bool) -> Together {
        let members: Vec<_> = nodes.iter().map(|(member, link)| (*member, first(*member, *link))).collect();
        let width = graph.net[nodes[0].1.node].input;
        let strips = members.len().next_power_of_two();
        let plane = PIECE * strips;
        Together {
            strips,
            width,
            chain: Vec::new(),
            rows: Aligned::zeros(plane * width.channels()),
            spare: Aligned::zeros(plane),
            laying: Spent::default(),
            members,
        }
    }

    /// Whether a step is of the same members.
    pub(super) fn goes_on_with(&self, Step(nodes): &Step) -> bool {
        self.members.iter().map(|(member, _)| member).eq(nodes.iter().map(|(member, _)| member))
    }

    /// Adds a step of the same members.
    pub(super) fn append(
        &mut self,
        graph: &Graph,
        Step(nodes): &Step,
        rate: u32,
        sources: &dyn Sources,
    ) -> Result<(), RenderError> {
        let nodes_of = || nodes.iter().map(|(_, link)| &graph.net[link.node]);
        let slots: Vec<&Slot> = nodes_of().filter_map(slot).collect();
        let setup = Setup {
            rate,
            channels: self.width.channels(),
            strips: self.strips,
            moves: slots.iter().any(|slot| slot.moves()),
        };
        let mut heard = Seen::default();
        for slot in &slots {
            heard.sounds.extend(seen(slot, rate, sources)?.sounds);
        }
        let live = AnyEffect::prepare(&slots, &setup, &heard);
        let keys = nodes_of().map(|node| node.key.clone()).collect();
        self.chain.push(Kernel { keys, behind: nodes[0].1.behind, live, spent: Spent::default() });
        Ok(())
    }

    /// Works on a block of each member: on what is in its own, or where its lane begins on what arrives there.
    pub(super) fn run(&mut self, span: Span, arriving: &Arriving<'_>, out: &mut [Buffer], clock: &mut Clock) {
        let plane = PIECE * self.strips;
        for (from, frames, settles) in span.pieces() {
            let shape = Shape { channels: self.width.channels(), strips: self.strips, frames, settles };
            self.gather(from, frames, arriving, out);
            clock.lap(&mut self.laying);
            for kernel in &mut self.chain {
                kernel.live.process(&mut Io {
                    audio: Block::new(&mut self.rows, plane, shape),
                    keys: &[],
                    controls: &[],
                    spare: Block::new(&mut self.spare, plane, Shape { channels: 1, ..shape }),
                    at: Frames(span.start + from as i64) - kernel.behind,
                });
                clock.lap(&mut kernel.spent);
            }
            self.scatter(from, frames, out);
            clock.lap(&mut self.laying);
        }
    }

    /// Lays a piece of every member into its place of the rows.
    fn gather(&mut self, from: usize, frames: usize, arriving: &Arriving<'_>, out: &[Buffer]) {
        for (channel, rows) in self.rows.chunks_mut(PIECE * self.strips).enumerate() {
            let mut planes: [&[f32]; WIDEST] = [&[]; WIDEST];
            for (plane, (member, first)) in planes.iter_mut().zip(&self.members) {
                let buffer = if *first { arriving[*member] } else { None }.unwrap_or(&out[*member]);
                *plane = &buffer.plane(channel, from + frames)[from..];
            }
            interleave::gather(&planes[..self.members.len()], rows, self.strips);
        }
    }

    /// Takes a piece of every member out of the rows.
    fn scatter(&self, from: usize, frames: usize, out: &mut [Buffer]) {
        for (channel, rows) in self.rows.chunks(PIECE * self.strips).enumerate() {
            let mut planes: [&mut [f32]; WIDEST] = std::array::from_fn(|_| Default::default());
            let mut members = self.members.iter().map(|(member, _)| *member).peekable();
            let ours = out.iter_mut().enumerate().filter(|(member, _)| members.next_if_eq(member).is_some());
            for (plane, (_, buffer)) in planes.iter_mut().zip(ours) {
                *plane = &mut buffer.channel(channel, from + frames)[from..];
            }
            interleave::scatter(rows, self.strips, &mut planes[..self.members.len()]);
        }
    }

    /// What the effects did, by their keys.
    pub(super) fn readings(&self) -> Vec<(String, Reading)> {
        let of = |kernel: &Kernel| -> Vec<(String, Reading)> {
            let reading = |(strip, key): (usize, &String)| (key.clone(), kernel.live.reading(strip));
            kernel.keys.iter().enumerate().map(reading).collect()
        };
        self.chain.iter().flat_map(of).collect()
    }

    /// What it took.
    pub(super) fn times(&self) -> RunTimes {
        RunTimes {
            places: self.strips,
            laying: self.laying,
            steps: self.chain.iter().map(|kernel| kernel.spent).collect(),
        }
    }

    /// The keys of all its effects.
    pub(super) fn keys(&self) -> String {
        self.chain
            .iter()
            .flat_map(|kernel| kernel.keys.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

fn slot(node: &Node) -> Option<&Slot> {
    match &node.spec {
        NodeSpec::Effect(slot) => Some(slot),
        _ => None,
    }
}
