//! How long a song may ring on after its last sound: effects ring one after another, so their tails add up along a way.

use super::wires::End;
use crate::graph::{Graph, NodeIndex, NodeSpec, Role};
use mixwright_nodes::{effect::Slot, effects::AnyEffect, unit::Frames};
use std::collections::BTreeMap;

/// The tails of the longest way to any output, whether that is heard or not: no meter makes a song longer.
pub(super) fn longest(graph: &Graph, rate: u32, ends: &[End]) -> Frames {
    let mut tails: BTreeMap<NodeIndex, i64> = BTreeMap::new();
    for node in graph.order() {
        let arriving = graph.arriving(node);
        let main = arriving.iter().filter(|(_, role)| *role == Role::Main);
        let before = main.map(|(source, _)| tails[source]).max().unwrap_or_default();
        let own = match &graph.net[node].spec {
            NodeSpec::Effect(slot) => at_largest(slot).tail(rate).0,
            _ => 0,
        };
        tails.insert(node, before + own);
    }
    Frames(ends.iter().map(|end| tails[&end.wire.source]).max().unwrap_or_default())
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
