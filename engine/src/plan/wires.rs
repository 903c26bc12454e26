//! What each node and each output hears. A fader that stands still before a sum or a meter is no work of its own but the
//! gain of the wire: nothing copies a strip to turn it down.

use super::Place;
use crate::graph::{Graph, NodeIndex, NodeSpec, Role};
use mixwright_nodes::{effect::Width, unit::Frames};
use std::collections::BTreeMap;

/// A signal on its way to a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    pub(super) source: NodeIndex,
    pub(super) role: Role,
    pub(super) share: Option<Share>,
}

/// What a sum or a meter takes of a signal, as if a fader stood on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The width that it has behind the fader.
    pub width: Width,
    /// The gains of its channels; those of a mono signal that becomes stereo are of its only one.
    pub gains: [f64; 2],
}

/// An output before it is known which lane it comes from.
pub(super) struct End {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) wire: Wire,
}

impl End {
    /// What leaves a node is heard at a place.
    pub(super) fn new(graph: &Graph, name: &str, place: Place, source: NodeIndex) -> End {
        let wire = Wire { source, role: Role::Main, share: None };
        let wire = if place == Place::Strip { behind(graph, wire) } else { wire };
        End { name: name.to_owned(), place, wire }
    }
}

/// The wires of all nodes that some output needs.
pub(super) struct Wires {
    /// Those nodes, each after what it hears.
    pub(super) order: Vec<NodeIndex>,
    arriving: BTreeMap<NodeIndex, Vec<Wire>>,
    readers: BTreeMap<NodeIndex, usize>,
}

impl Wires {
    pub(super) fn new(graph: &Graph, ends: &[End]) -> Wires {
        let (mut arriving, mut readers) = (BTreeMap::new(), BTreeMap::new());
        let mut todo: Vec<NodeIndex> = ends.iter().map(|end| end.wire.source).collect();
        while let Some(node) = todo.pop() {
            if arriving.contains_key(&node) {
                continue;
            }
            let wires = wires(graph, node);
            for wire in &wires {
                *readers.entry(wire.source).or_default() += 1;
            }
            todo.extend(wires.iter().map(|wire| wire.source));
            arriving.insert(node, wires);
        }
        let mut order = graph.order();
        order.retain(|node| arriving.contains_key(node));
        Wires { order, arriving, readers }
    }

    /// What arrives at a node, in its order.
    pub(super) fn arriving(&self, node: NodeIndex) -> &[Wire] {
        &self.arriving[&node]
    }

    /// How many nodes hear a node.
    pub(super) fn readers(&self, node: NodeIndex) -> usize {
        self.readers.get(&node).copied().unwrap_or_default()
    }
}

fn wires(graph: &Graph, node: NodeIndex) -> Vec<Wire> {
    let arriving = graph.arriving(node);
    let adds = matches!(graph.net[node].spec, NodeSpec::Sum) && arriving.len() > 1;
    let wire = |(source, role)| {
        let wire = Wire { source, role, share: None };
        if adds { behind(graph, wire) } else { wire }
    };
    arriving.into_iter().map(wire).collect()
}

/// A wire from before all faders in a row that stand still.
fn behind(graph: &Graph, mut wire: Wire) -> Wire {
    while let Some((source, share)) = still(graph, wire.source) {
        let after = wire.share.unwrap_or(Share { gains: [1.0; 2], ..share });
        let gains = [0, 1].map(|channel| share.gains[channel] * after.gains[channel]);
        wire = Wire { source, role: wire.role, share: Some(Share { gains, width: after.width }) };
    }
    wire
}

/// What a fader hears and what it does to it, if it does the same from the first frame to the last.
fn still(graph: &Graph, node: NodeIndex) -> Option<(NodeIndex, Share)> {
    let (first, last) = (Frames(-(1 << 48)), Frames(1 << 48));
    let inner = &graph.net[node];
    let NodeSpec::Fader(fader) = &inner.spec else { return None };
    let [(source, Role::Main)] = graph.arriving(node)[..] else { return None };
    let (level, place) = (fader.gain.still(first, last)?, fader.pan.still(first, last)?);
    let gains = fader.gains(level, place, inner.input, inner.output);
    Some((source, Share { width: inner.output, gains }))
}
