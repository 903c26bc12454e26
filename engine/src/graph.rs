//! A checked song as a graph of nodes; wires carry whole signals and no gain.
//!
//! Identity is a path such as `tracks/vocal/compress`, never an index. The graph is final once it is built.

mod build;
mod circle;
pub mod dot;
pub(crate) mod key;

pub use build::build;
pub use petgraph::graph::NodeIndex;

use crate::{
    diagnostic::Origin,
    resolved::{Fader, Follower, PlayedClip},
    store::Signal,
};
use mixwright_nodes::effect::{Slot, Width};
use petgraph::{
    Direction,
    algo::{tarjan_scc, toposort},
    graph::DiGraph,
    visit::EdgeRef,
};
use std::sync::Arc;

/// A node and its place in the song.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its path: strip, word and count.
    pub key: String,
    /// What it does.
    pub spec: NodeSpec,
    /// The width of what enters.
    pub input: Width,
    /// The width of what leaves.
    pub output: Width,
    /// Where it was declared.
    pub origin: Origin,
}

/// What a node does.
#[derive(Clone, Debug)]
pub enum NodeSpec {
    /// Plays clips.
    Source(Vec<PlayedClip>),
    /// Runs an effect.
    Effect(Box<Slot>),
    /// Sets level and place.
    Fader(Box<Fader>),
    /// Makes values of a level.
    Follow(Follower),
    /// Adds up what arrives, in the order of its wires.
    Sum,
    /// Plays what was rendered before.
    Stored(Arc<Signal>),
}

/// What a signal is to the node that it arrives at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What it works on.
    Main,
    /// What it listens to.
    Key,
    /// A value that moves one of its parameters: the curve's number.
    Control(usize),
}

/// A wire. Wires of a node are taken in their order, which is that of the song.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// What the signal is to the node.
    pub role: Role,
    order: usize,
}

/// Nodes and wires.
pub type Net = DiGraph<Node, Wire>;

/// A song as nodes and wires, with the places at which it is written and metered.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Nodes and wires.
    pub net: Net,
    /// What is heard of each strip, after its fader; none where a strip is muted.
    pub strips: Vec<(String, NodeIndex)>,
    /// The mix on its way into the master.
    pub mix: NodeIndex,
    /// What leaves the master.
    pub master: NodeIndex,
    /// The stems by their names.
    pub stems: Vec<(String, NodeIndex)>,
    /// What is kept for later renders.
    pub kept: Vec<NodeIndex>,
}

impl Graph {
    /// The wires that arrive at a node, in their order.
    pub fn arriving(&self, node: NodeIndex) -> Vec<(NodeIndex, Role)> {
        arriving(&self.net, node)
    }

    /// How many wires leave a node.
    pub fn readers(&self, node: NodeIndex) -> usize {
        self.net.edges_directed(node, Direction::Outgoing).count()
    }

    /// Lets a node play what it gave before, and hear nothing.
    pub(crate) fn store(&mut self, node: NodeIndex, signal: Arc<Signal>) {
        let wires: Vec<_> =
            self.net.edges_directed(node, Direction::Incoming).map(|edge| edge.id()).collect();
        self.net.retain_edges(|_, edge| !wires.contains(&edge));
        let inner = &mut self.net[node];
        (inner.input, inner.spec) = (inner.output, NodeSpec::Stored(signal));
    }

    /// All nodes, each after those that it hears.
    pub fn order(&self) -> Vec<NodeIndex> {
        toposort(&self.net, None).expect("a built graph has no circle")
    }

    /// Nodes of which each leads to every other, if there are any: a circle runs among them.
    fn knot(&self) -> Option<Vec<NodeIndex>> {
        let knotted = |nodes: &Vec<NodeIndex>| {
            nodes.len() > 1 || nodes.iter().any(|node| self.net.contains_edge(*node, *node))
        };
        tarjan_scc(&self.net).into_iter().find(knotted)
    }
}

/// As [`Graph::arriving`], of what may yet become a graph.
fn arriving(net: &Net, node: NodeIndex) -> Vec<(NodeIndex, Role)> {
    let mut wires: Vec<_> = net
        .edges_directed(node, Direction::Incoming)
        .map(|edge| (edge.weight().order, edge.source(), edge.weight().role))
        .collect();
    wires.sort_by_key(|(order, ..)| *order);
    wires.into_iter().map(|(_, source, role)| (source, role)).collect()
}
