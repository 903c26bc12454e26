//! A pack at work: its lanes, live, run over one turn after the other.

use super::{
    RenderError,
    buffer::Buffer,
    clock::{Clock, Spent},
    node::LiveNode,
    sources::Sources,
    together::{Arriving, Together},
};
use crate::{
    graph::{Graph, NodeIndex, NodeSpec, Role},
    plan::{Lane, Pack, Plan, Share, Step},
};
use mixwright_nodes::{
    block::PIECE,
    dsp::delay::Delay,
    effect::{Reading, Width},
    processor::Setup,
};

/// A pack with the state of its nodes.
pub(super) struct LivePack {
    pub(super) stage: usize,
    pub(super) cost: f64,
    pub(super) size: usize,
    members: Vec<Member>,
    steps: Vec<LiveStep>,
}

/// A lane: what arrives at it.
struct Member {
    inputs: Vec<LiveInput>,
    /// Whether its first node works in place on what arrives.
    copies: bool,
    entering: Spent,
}

/// A signal that arrives, delayed to meet the others.
pub(super) struct LiveInput {
    /// Its pack is the number among those that its own pack reads.
    pub(super) from: Address,
    role: Role,
    width: Width,
    share: Option<Share>,
    delay: Option<(Delay, Buffer)>,
}

impl LiveInput {
    /// The block that arrives, delayed if it must be.
    fn buffer<'s, 'b: 's>(&'s self, heard: impl Fn(&LiveInput) -> &'b Buffer) -> &'s Buffer {
        self.delay.as_ref().map_or_else(|| heard(self), |(_, buffer)| buffer)
    }
}

/// Where a lane writes in a set of blocks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Address {
    pub(super) pack: usize,
    pub(super) member: usize,
}

enum LiveStep {
    /// A node of a member; the first of a lane hears all that arrives.
    Alone { member: usize, first: bool, node: Box<LiveNode>, spent: Spent },
    /// Like effects of several members.
    Together(Together),
}

/// What the work of a pack took, in the order of its plan.
pub(super) struct PackTimes {
    /// What arrives at each member was delayed and laid down.
    pub(super) entering: Vec<Spent>,
    /// Its steps, those of the same members together.
    pub(super) runs: Vec<RunTimes>,
}

/// What steps one after the other took.
pub(super) struct RunTimes {
    /// Places for members in a row of samples.
    pub(super) places: usize,
    /// Members were laid side by side and apart again.
    pub(super) laying: Spent,
    /// Each step.
    pub(super) steps: Vec<Spent>,
}

/// A signal that a node hears.
pub(super) struct Heard<'b> {
    pub(super) role: Role,
    pub(super) width: Width,
    /// What a sum takes of it, if not all.
    pub(super) share: Option<Share>,
    pub(super) buffer: &'b Buffer,
}

/// A turn of blocks of the stream: where it begins, how long it is, and how long they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) frames: usize,
    pub(super) block: usize,
}

impl Span {
    /// The pieces of a turn: cut at absolute multiples of [`PIECE`] of the stream, and at blocks.
    pub(super) fn pieces(self) -> impl Iterator<Item = (usize, usize, bool)> {
        let mut done = 0;
        std::iter::from_fn(move || {
            let at = self.start + done as i64;
            let to_grid = PIECE - at.rem_euclid(PIECE as i64) as usize;
            let frames = to_grid.min(self.frames - done).min(self.block - done % self.block);
            let from = done;
            done += frames;
            (frames > 0).then_some((from, frames, frames == to_grid))
        })
    }
}

/// Where each lane of a plan writes.
pub(super) fn addresses(plan: &Plan) -> Vec<Address> {
    let mut addresses = vec![Address::default(); plan.lanes.len()];
    for (pack, of) in plan.packs.iter().enumerate() {
        for (member, lane) in of.lanes.iter().enumerate() {
            addresses[*lane] = Address { pack, member };
        }
    }
    addresses
}

impl LivePack {
    /// `from` tells where the pack finds what a lane writes.
    pub(super) fn new(
        plan: &Plan,
        pack: &Pack,
        from: impl Fn(usize) -> Address,
        graph: &Graph,
        turn: usize,
        sources: &dyn Sources,
    ) -> Result<LivePack, RenderError> {
        let member = |(place, lane): (usize, &usize)| {
            let alone = pack.steps.iter().any(|Step(nodes)| {
                matches!(nodes[..], [(member, link)] if member == place && link == plan.lanes[*lane].nodes[0])
            });
            Member::new(plan, &plan.lanes[*lane], &from, graph, turn, alone)
        };
        let mut steps: Vec<LiveStep> = Vec::new();
        for step in &pack.steps {
            match (&step.0[..], steps.last_mut()) {
                (&[(member, link)], _) => {
                    let first = plan.lanes[pack.lanes[member]].nodes[0] == link;
                    let node = Box::new(LiveNode::new(graph, link, plan.rate, sources)?);
                    steps.push(LiveStep::Alone { member, first, node, spent: Spent::default() });
                }
                (_, Some(LiveStep::Together(last))) if last.goes_on_with(step) => {
                    last.append(graph, step, plan.rate, sources)?;
                }
                _ => {
                    let first = |member: usize, link| plan.lanes[pack.lanes[member]].nodes[0] == link;
                    let mut together = Together::new(graph, step, first);
                    together.append(graph, step, plan.rate, sources)?;
                    steps.push(LiveStep::Together(together));
                }
            }
        }
        Ok(LivePack {
            stage: pack.stage,
            cost: pack.cost,
            size: pack.lanes.len(),
            members: pack.lanes.iter().enumerate().map(member).collect(),
            steps,
        })
    }

    /// Runs all nodes over a turn; `heard` gives that of each input, `out` takes that of each member.
    pub(super) fn run<'b>(
        &mut self,
        span: Span,
        heard: impl Fn(&LiveInput) -> &'b Buffer,
        out: &mut [Buffer],
        clock: &mut Clock,
    ) -> Result<(), RenderError> {
        for (member, out) in self.members.iter_mut().zip(&mut *out) {
            member.enter(span, &heard, out);
            clock.lap(&mut member.entering);
        }
        let mut arriving = Arriving::default();
        for (arriving, member) in arriving.iter_mut().zip(&self.members) {
            *arriving = member.main(&heard);
        }
        for step in &mut self.steps {
            match step {
                LiveStep::Together(together) => together.run(span, &arriving, out, clock),
                LiveStep::Alone { member, first, node, spent } => {
                    let arriving = if *first { self.members[*member].heard(&heard) } else { Vec::new() };
                    node.run(span, &arriving, *first, &mut out[*member])?;
                    clock.lap(spent);
                }
            }
        }
        Ok(())
    }

    /// What the effects of the pack did, by their keys.
    pub(super) fn readings(&self) -> Vec<(String, Reading)> {
        let of = |step: &LiveStep| match step {
            LiveStep::Alone { node, .. } => node.reading().into_iter().collect(),
            LiveStep::Together(together) => together.readings(),
        };
        self.steps.iter().flat_map(of).collect()
    }

    /// What its work took.
    pub(super) fn times(&self) -> PackTimes {
        let of = |step: &LiveStep| match step {
            LiveStep::Alone { spent, .. } => {
                RunTimes { places: 1, laying: Spent::default(), steps: vec![*spent] }
            }
            LiveStep::Together(together) => together.times(),
        };
        PackTimes {
            entering: self.members.iter().map(|member| member.entering).collect(),
            runs: self.steps.iter().map(of).collect(),
        }
    }

    /// The keys of the pack's nodes.
    pub(super) fn keys(&self) -> String {
        let of = |step: &LiveStep| match step {
            LiveStep::Alone { node, .. } => node.key().to_owned(),
            LiveStep::Together(together) => together.keys(),
        };
        self.steps.iter().map(of).collect::<Vec<_>>().join(", ")
    }
}

impl Member {
    /// `alone` tells whether its first node runs by itself.
    fn new(
        plan: &Plan,
        lane: &Lane,
        address: &impl Fn(usize) -> Address,
        graph: &Graph,
        turn: usize,
        alone: bool,
    ) -> Member {
        let works_in_place = |node: NodeIndex| {
            matches!(graph.net[node].spec, NodeSpec::Effect(_) | NodeSpec::Fader(_) | NodeSpec::Follow(_))
        };
        let input = |input: &crate::plan::Input| {
            let from = &plan.lanes[input.lane];
            let setup = Setup { rate: plan.rate, channels: from.width.channels(), strips: 1, moves: false };
            LiveInput {
                from: address(input.lane),
                role: input.role,
                width: from.width,
                share: input.share,
                delay: (input.delay.0 > 0).then(|| (Delay::new(&setup, input.delay), Buffer::new(turn))),
            }
        };
        Member {
            inputs: lane.inputs.iter().map(input).collect(),
            copies: alone && works_in_place(lane.nodes[0].node),
            entering: Spent::default(),
        }
    }

    /// Delays what arrives, and lays down what the first node works on.
    fn enter<'b>(&mut self, span: Span, heard: impl Fn(&LiveInput) -> &'b Buffer, out: &mut Buffer) {
        for input in self.inputs.iter_mut().filter(|input| input.delay.is_some()) {
            let source = heard(input);
            if let Some((delay, buffer)) = &mut input.delay {
                buffer.copy(source, input.width, span.frames);
                delay.run(&mut buffer.block(input.width, span.frames));
            }
        }
        if self.copies
            && let Some((main, buffer)) =
                self.inputs.iter().find(|input| input.role == Role::Main).zip(self.main(&heard))
        {
            out.copy(buffer, main.width, span.frames);
        }
    }

    /// What its first node works on.
    fn main<'s, 'b: 's>(&'s self, heard: impl Fn(&LiveInput) -> &'b Buffer) -> Option<&'s Buffer> {
        let main = self.inputs.iter().find(|input| input.role == Role::Main)?;
        Some(main.buffer(heard))
    }

    fn heard<'s, 'b: 's>(&'s self, heard: impl Fn(&LiveInput) -> &'b Buffer) -> Vec<Heard<'s>> {
        let of = |input: &'s LiveInput| Heard {
            role: input.role,
            width: input.width,
            share: input.share,
            buffer: input.buffer(&heard),
        };
        self.inputs.iter().map(of).collect()
    }
}
