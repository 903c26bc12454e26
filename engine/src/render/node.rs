//! A node at work by itself.

use super::{
    RenderError,
    buffer::Buffer,
    fader::LiveFader,
    follow::LiveFollow,
    pack::{Heard, Span},
    sources::{Player, Sources},
    sum::LiveSum,
};
use crate::{
    graph::{Graph, NodeSpec, Role},
    plan::Link,
    store::Playing,
};
use mixwright_nodes::{
    block::{Block, PIECE, Shape, View},
    effect::{Reading, Seen, Slot, Width},
    effects::AnyEffect,
    processor::{Io, Processor, Setup},
    unit::Frames,
};

/// A node with its state.
pub(super) struct LiveNode {
    key: String,
    kind: Kind,
    behind: Frames,
    input: Width,
    output: Width,
}

enum Kind {
    Source(Box<dyn Player>),
    Stored(Playing),
    Effect(Box<dyn Processor>, Vec<f32>),
    Fader(LiveFader),
    Follow(LiveFollow),
    Sum(LiveSum),
}

impl LiveNode {
    pub(super) fn new(
        graph: &Graph,
        link: Link,
        rate: u32,
        sources: &dyn Sources,
    ) -> Result<Self, RenderError> {
        let node = &graph.net[link.node];
        let kind = match &node.spec {
            NodeSpec::Source(clips) => Kind::Source(sources.player(clips, rate, node.output)?),
            NodeSpec::Stored(signal) => Kind::Stored(signal.player()?),
            NodeSpec::Fader(fader) => Kind::Fader(LiveFader::new(fader)),
            NodeSpec::Follow(follower) => Kind::Follow(LiveFollow::new(follower, rate)),
            NodeSpec::Sum => Kind::Sum(LiveSum::default()),
            NodeSpec::Effect(slot) => {
                let channels = node.input.max(node.output).channels();
                let setup = Setup { rate, channels, strips: 1, moves: slot.moves() };
                let live = AnyEffect::prepare(&[slot], &setup, &seen(slot, rate, sources)?);
                Kind::Effect(live, vec![0.0; PIECE])
            }
        };
        Ok(LiveNode {
            key: node.key.clone(),
            kind,
            behind: link.behind,
            input: node.input,
            output: node.output,
        })
    }

    /// Works on a block in place; the first of a lane hears what arrives.
    pub(super) fn run(
        &mut self,
        span: Span,
        heard: &[Heard<'_>],
        first: bool,
        out: &mut Buffer,
    ) -> Result<(), RenderError> {
        let at = Frames(span.start) - self.behind;
        match &mut self.kind {
            Kind::Source(player) => player.fill(at, &mut out.planes(self.output, span.frames))?,
            // Stored as it came, however late: on the clock of the stream, not of the song.
            Kind::Stored(playing) => playing
                .fill(span.start, &mut out.planes(self.output, span.frames))
                .map_err(|_| RenderError::Stored(playing.print()))?,
            // A sum of one signal may stand within a lane: that signal is already there.
            Kind::Sum(_) if !first => (),
            Kind::Sum(sum) => sum.run(heard, self.output, span.frames, out),
            Kind::Fader(fader) => fader.run(span, at, heard, self.input, self.output, out),
            Kind::Follow(follow) => follow.run(span.frames, self.input, out),
            Kind::Effect(live, spare) => {
                if self.output > self.input {
                    out.widen(span.frames);
                }
                effect(live.as_mut(), spare, span, at, heard, self.input.max(self.output), out);
            }
        }
        Ok(())
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// What it did, if it is an effect.
    pub(super) fn reading(&self) -> Option<(String, Reading)> {
        match &self.kind {
            Kind::Effect(live, _) => Some((self.key.clone(), live.reading(0))),
            _ => None,
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
        let one = Shape { channels: 1, strips: 1, frames, settles };
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
pub(super) fn seen(slot: &Slot, rate: u32, sources: &dyn Sources) -> Result<Seen, RenderError> {
    let mut seen = Seen::default();
    for (_, file) in slot.effect.files() {
        let sound = sources.sound(&file, rate)?;
        seen.sounds.insert(file, sound);
    }
    Ok(seen)
}
