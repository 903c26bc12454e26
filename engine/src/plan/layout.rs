//! Chains of nodes as lanes, with stages and the delays that align what meets.

use super::{
    Input, Lane, Link, Machine, cost,
    wires::{End, Wire, Wires},
};
use crate::graph::{Graph, NodeIndex, NodeSpec, Role};
use mixwright_nodes::{effect::Width, unit::Frames};
use std::collections::{BTreeMap, BTreeSet};

/// All lanes of a graph.
pub(super) struct Laid {
    /// Each after those that it hears.
    pub(super) lanes: Vec<Lane>,
    /// The lane of each node.
    pub(super) lane_of: BTreeMap<NodeIndex, usize>,
}

/// Lays nodes into lanes.
pub(super) fn lay(graph: &Graph, wires: &Wires, rate: u32, on: &Machine, ends: &[End]) -> Laid {
    let ends: BTreeSet<NodeIndex> = ends.iter().map(|end| end.wire.source).collect();
    let limit = longest_lane(graph, &wires.order, on);
    let sources = wires.order.iter().filter(|node| plays(graph, **node)).count();
    let apart = sources < MANY * on.threads;
    let mut layout = Layout { graph, wires, rate, apart, lanes: Vec::new(), lane_of: BTreeMap::new() };
    for node in &wires.order {
        layout.place(*node, &ends, limit);
    }
    Laid { lanes: layout.lanes, lane_of: layout.lane_of }
}

/// Nodes that a lane has at most, so that comparing lanes stays quick.
const LONGEST: usize = 64;

/// Sources for each thread from which on they belong to their strips' lanes, so that what they read is still at hand when it
/// is worked on. Fewer are lanes by themselves: effects of many strips share a pack, and one thread would read all their
/// files.
const MANY: usize = 64;

/// Whether a node plays files.
fn plays(graph: &Graph, node: NodeIndex) -> bool {
    matches!(graph.net[node].spec, NodeSpec::Source(_) | NodeSpec::Stored(_))
}

/// The cost at which a lane is cut, so that no thread waits for a long one.
fn longest_lane(graph: &Graph, order: &[NodeIndex], on: &Machine) -> f64 {
    if on.threads == 1 {
        return f64::INFINITY;
    }
    let total: f64 = order.iter().map(|node| cost::packed(graph, *node)).sum();
    (total / on.threads as f64 / 2.0).max(10.0)
}

struct Layout<'a> {
    graph: &'a Graph,
    wires: &'a Wires,
    rate: u32,
    /// Whether sources are lanes by themselves.
    apart: bool,
    lanes: Vec<Lane>,
    lane_of: BTreeMap<NodeIndex, usize>,
}

impl Layout<'_> {
    fn place(&mut self, node: NodeIndex, ends: &BTreeSet<NodeIndex>, limit: f64) {
        let arriving = self.wires.arriving(node);
        let cost = cost::alone(self.graph, node);
        let joined = match *arriving {
            [Wire { source, role: Role::Main, .. }]
                if self.wires.readers(source) == 1 && !ends.contains(&source) =>
            {
                let lane = self.lane_of[&source];
                let (cost, nodes) = (self.lanes[lane].cost + cost, self.lanes[lane].nodes.len());
                let apart = self.apart && plays(self.graph, source);
                (cost <= limit && nodes < LONGEST && !apart).then_some(lane)
            }
            _ => None,
        };
        let lane = joined.unwrap_or_else(|| self.begin(arriving));
        let late = self.latency(node);
        let lane_mut = &mut self.lanes[lane];
        lane_mut.nodes.push(Link { node, behind: lane_mut.latency });
        lane_mut.latency = lane_mut.latency + late;
        lane_mut.width = self.graph.net[node].output;
        lane_mut.cost += cost;
        self.lane_of.insert(node, lane);
    }

    fn latency(&self, node: NodeIndex) -> Frames {
        match &self.graph.net[node].spec {
            NodeSpec::Effect(slot) => slot.effect.latency(self.rate),
            NodeSpec::Stored(signal) => Frames(signal.kind().late),
            _ => Frames(0),
        }
    }

    /// A lane whose inputs are delayed to meet the latest of them.
    fn begin(&mut self, arriving: &[Wire]) -> usize {
        let of = |wire: &Wire| &self.lanes[self.lane_of[&wire.source]];
        let latency = arriving.iter().map(|wire| of(wire).latency).max().unwrap_or_default();
        let stage = arriving.iter().map(|wire| of(wire).stage + 1).max().unwrap_or_default();
        let inputs = arriving
            .iter()
            .map(|wire| Input {
                lane: self.lane_of[&wire.source],
                role: wire.role,
                delay: latency - of(wire).latency,
                share: wire.share,
            })
            .collect();
        let (nodes, width) = (Vec::new(), Width::Mono);
        self.lanes.push(Lane { nodes, inputs, stage, latency, width, cost: 0.0 });
        self.lanes.len() - 1
    }
}
