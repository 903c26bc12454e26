//! What work costs, roughly: it orders and divides the work, and changes no bit.

use crate::graph::{Graph, NodeIndex, NodeSpec};
use mixwright_nodes::effect::Packs;

/// Nanoseconds a frame of a node by itself.
pub(super) fn alone(graph: &Graph, node: NodeIndex) -> f64 {
    let inner = &graph.net[node];
    let channels = inner.input.max(inner.output).channels() as f64;
    match &inner.spec {
        NodeSpec::Source(_) => 5.0 * channels,
        NodeSpec::Effect(slot) => slot.effect.info().cost * (0.2 + 0.4 * channels),
        NodeSpec::Fader(_) => 0.7,
        NodeSpec::Follow(_) => 3.0,
        NodeSpec::Stored(_) => 0.7 * channels,
        NodeSpec::Sum => 0.4 * graph.arriving(node).len() as f64,
    }
}

/// How much longer one kernel takes for so many strips side by side than for one. A loop over one strip waits for its
/// own recursion; other strips fill the wait.
pub(super) fn side_by_side(strips: usize) -> f64 {
    1.0 + 0.16 * (strips.next_power_of_two() as f64 - 1.0)
}

/// Nanoseconds a frame of a node, if it is packed where it can be.
pub(crate) fn packed(graph: &Graph, node: NodeIndex) -> f64 {
    let alone = alone(graph, node);
    match &graph.net[node].spec {
        NodeSpec::Effect(slot) if slot.effect.info().packs != Packs::Never => alone * side_by_side(8) / 8.0,
        _ => alone,
    }
}
