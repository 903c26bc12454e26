//! A lane at work: its nodes, live, run over one block after the other.

use super::{
    RenderError,
    buffer::Buffer,
    fader::LiveFader,
    follow::LiveFollow,
    sources::{Player, Sources},
    sum,
};
use crate::{
    graph::{Graph, NodeIndex, NodeSpec, Role},
    plan::{Lane, Plan},
};
use mixwright_nodes::{
    block::{Block, PIECE, Shape, View},
    dsp::delay::Delay,
    effect::{Reading, Seen, Slot, Width},
    effects::AnyEffect,
    processor::{Io, Processor, Setup},
    unit::Frames,
};

/// A lane with the state of its nodes.
pub(super) struct LiveLane {
    pub(super) stage: usize,
    pub(super) cost: f64,
    inputs: Vec<LiveInput>,
    nodes: Vec<LiveNode>,
    behind: Frames,
}

/// A signal that arrives, delayed to meet the others.
pub(super) struct LiveInput {
    pub(super) lane: usize,
    pub(super) stage: usize,
    role: Role,
    width: Width,
    delay: Option<(Delay, Buffer)>,
}

struct LiveNode {
    key: String,
    kind: Kind,
    late: Frames,
    input: Width,
    output: Width,
}

enum Kind {
    Source(Box<dyn Player>),
    Effect(Box<dyn Processor>, Vec<f32>),
    Fader(LiveFader),
    Follow(LiveFollow),
    Sum,
}

/// A block of the stream: where it begins and how long it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) frames: usize,
}

impl Span {
    /// The pieces of a block: cut at absolute multiples of [`PIECE`] of the stream.
    pub(super) fn pieces(self) -> impl Iterator<Item = (usize, usize, bool)> {
        let mut done = 0;
        std::iter::from_fn(move || {
            let at = self.start + done as i64;
            let to_grid = PIECE - at.rem_euclid(PIECE as i64) as usize;
            let frames = to_grid.min(self.frames - done);
            let from = done;
            done += frames;
            (frames > 0).then_some((from, frames, frames == to_grid))
        })
    }
}

impl LiveLane {
    pub(super) fn new(
        plan: &Plan,
        lane: &Lane,
        graph: &Graph,
        rate: u32,
        block: usize,
        sources: &dyn Sources,
    ) -> Result<LiveLane, RenderError> {
        let inputs = lane
            .inputs
            .iter()
            .map(|input| {
                let from = &plan.lanes[input.lane];
                let setup = Setup { rate, channels: from.width.channels(), strips: 1, moves: false };
                let delay =
                    (input.delay.0 > 0).then(|| (Delay::new(&setup, input.delay), Buffer::new(block)));
                LiveInput { lane: input.lane, stage: from.stage, role: input.role, width: from.width, delay }
            })
            .collect();
        let nodes = lane
            .nodes
            .iter()
            .map(|node| LiveNode::new(graph, *node, rate, sources))
            .collect::<Result<_, _>>()?;
        Ok(LiveLane { stage: lane.stage, cost: lane.cost, inputs, nodes, behind: lane.behind })
    }

    /// Runs all nodes over a block; `heard` gives the block of each input.
    pub(super) fn run<'b>(
        &mut self,
        span: Span,
        heard: impl Fn(&LiveInput) -> &'b Buffer,
        out: &mut Buffer,
    ) -> Result<(), RenderError> {
        let sources: Vec<&Buffer> = self.inputs.iter().map(heard).collect();
        for (input, source) in self.inputs.iter_mut().zip(&sources) {
            if let Some((delay, buffer)) = &mut input.delay {
                buffer.copy(source, input.width, span.frames);
                delay.run(&mut buffer.block(input.width, span.frames));
            }
        }
        let heard: Vec<Heard<'_>> = self
            .inputs
            .iter()
            .zip(sources)
            .map(|(input, source)| Heard {
                role: input.role,
                width: input.width,
                buffer: input.delay.as_ref().map_or(source, |(_, buffer)| buffer),
            })
            .collect();
        let mut at = Frames(span.start) - self.behind;
        for (i, node) in self.nodes.iter_mut().enumerate() {
            node.run(span, at, if i == 0 { &heard } else { &[] }, i == 0, out)?;
            at = at - node.late;
        }
        Ok(())
    }

    /// What the effects of the lane did, by their keys.
    pub(super) fn readings(&self) -> impl Iterator<Item = (&str, Reading)> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            Kind::Effect(live, _) => Some((node.key.as_str(), live.reading(0))),
            _ => None,
        })
    }

    /// The keys of the lane's nodes.
    pub(super) fn keys(&self) -> String {
        self.nodes.iter().map(|node| node.key.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// A signal that a node hears.
pub(super) struct Heard<'b> {
    pub(super) role: Role,
    pub(super) width: Width,
    pub(super) buffer: &'b Buffer,
}

impl LiveNode {
    fn new(graph: &Graph, index: NodeIndex, rate: u32, sources: &dyn Sources) -> Result<Self, RenderError> {
        let node = &graph.net[index];
        let mut late = Frames(0);
        let kind = match &node.spec {
            NodeSpec::Source(clips) => Kind::Source(sources.player(clips, rate, node.output)?),
            NodeSpec::Fader(fader) => Kind::Fader(LiveFader::new(fader)),
            NodeSpec::Follow(follower) => Kind::Follow(LiveFollow::new(follower, rate)),
            NodeSpec::Sum => Kind::Sum,
            NodeSpec::Effect(slot) => {
                late = slot.effect.latency(rate);
                let channels = node.input.max(node.output).channels();
                let setup = Setup { rate, channels, strips: 1, moves: slot.moves() };
                let live = AnyEffect::prepare(&[slot], &setup, &seen(slot, rate, sources)?);
                Kind::Effect(live, vec![0.0; PIECE])
            }
        };
        Ok(LiveNode { key: node.key.clone(), kind, late, input: node.input, output: node.output })
    }

    fn run(
        &mut self,
        span: Span,
        at: Frames,
        heard: &[Heard<'_>],
        first: bool,
        out: &mut Buffer,
    ) -> Result<(), RenderError> {
        let main = heard.iter().find(|heard| heard.role == Role::Main);
        if let (true, Some(main), Kind::Effect(..) | Kind::Fader(_) | Kind::Follow(_)) =
            (first, main, &self.kind)
        {
            out.copy(main.buffer, main.width, span.frames);
        }
        match &mut self.kind {
            Kind::Source(player) => player.fill(at, &mut out.planes(self.output, span.frames)),
            Kind::Sum => {
                // A sum of one signal may stand within a lane: that signal is already there.
                if first {
                    sum::run(heard, self.output, span.frames, out);
                }
                Ok(())
            }
            Kind::Fader(fader) => {
                fader.run(span, at, heard, self.input, self.output, out);
                Ok(())
            }
            Kind::Follow(follow) => {
                follow.run(span.frames, self.input, out);
                Ok(())
            }
            Kind::Effect(live, spare) => {
                if self.output > self.input {
                    out.widen(span.frames);
                }
                effect(live.as_mut(), spare, span, at, heard, self.input.max(self.output), out);
                Ok(())
            }
        }
    }
}

/// Runs an effect over the pieces of a block.
fn effect(
    live: &mut dyn Processor,
    spare: &mut [f32],
    span: Span,
    at: Frames,
    heard: &[Heard<'_>],
    width: Width,
    out: &mut Buffer,
) {
    let views = |role: fn(Role) -> bool, from: usize, frames: usize, settles: bool| -> Vec<View<'_>> {
        let mut found: Vec<&Heard<'_>> = heard.iter().filter(|heard| role(heard.role)).collect();
        found.sort_by_key(|heard| heard.role);
        found.into_iter().map(|heard| heard.buffer.view(heard.width, from, frames, settles)).collect()
    };
    for (from, frames, settles) in span.pieces() {
        let keys = views(|role| role == Role::Key, from, frames, settles);
        let controls = views(|role| matches!(role, Role::Control(_)), from, frames, settles);
        let one = Shape { channels: 1, lanes: 1, frames, settles };
        live.process(&mut Io {
            audio: out.piece(width, from, frames, settles),
            keys: &keys,
            controls: &controls,
            spare: Block::new(spare, PIECE, one),
            at: at + Frames(from as i64),
        });
    }
}

/// What an effect must know beforehand: the sounds of its files.
fn seen(slot: &Slot, rate: u32, sources: &dyn Sources) -> Result<Seen, RenderError> {
    let mut seen = Seen::default();
    for (_, file) in slot.effect.files() {
        let sound = sources.sound(&file, rate)?;
        seen.sounds.insert(file, sound);
    }
    Ok(seen)
}
