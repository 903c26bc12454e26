//! A graph as a picture: the DOT language of Graphviz, with a box for each strip.

use super::{Graph, NodeIndex, NodeSpec, Role};
use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

/// A [`Graph`] that prints itself in the DOT language.
pub struct Dot<'g>(pub &'g Graph);

impl Display for Dot<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut strips: BTreeMap<&str, Vec<NodeIndex>> = BTreeMap::new();
        for index in self.0.net.node_indices() {
            strips.entry(place(&self.0.net[index].key).0).or_default().push(index);
        }
        writeln!(f, "digraph song {{\n  rankdir=LR; ranksep=0.3; nodesep=0.12;")?;
        writeln!(f, "  graph [fontname=\"sans-serif\", fontsize=11, style=rounded, color=gray60];")?;
        writeln!(f, "  node [fontname=\"sans-serif\", fontsize=10, height=0.25, margin=\"0.08,0.03\"];")?;
        writeln!(f, "  edge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.6];")?;
        let mut open: Vec<&str> = Vec::new();
        for (number, (strip, nodes)) in strips.into_iter().enumerate() {
            while open.last().is_some_and(|outer| !within(strip, outer)) {
                open.pop();
                writeln!(f, "  }}")?;
            }
            writeln!(f, "  subgraph cluster_{number} {{\n    label={};", Quoted(strip))?;
            nodes.into_iter().try_for_each(|node| self.node(f, node))?;
            open.push(strip);
        }
        open.iter().try_for_each(|_| writeln!(f, "  }}"))?;
        self.0.net.node_indices().try_for_each(|node| self.wires(f, node))?;
        writeln!(f, "}}")
    }
}

impl Dot<'_> {
    fn node(&self, f: &mut Formatter<'_>, index: NodeIndex) -> Result {
        let node = &self.0.net[index];
        let (shape, word) = match &node.spec {
            NodeSpec::Source(_) | NodeSpec::Stored(_) => ("cds", place(&node.key).1),
            NodeSpec::Sum => ("circle", "+"),
            NodeSpec::Fader(_) => ("box, style=filled, fillcolor=gray90", place(&node.key).1),
            NodeSpec::Effect(_) => ("box", place(&node.key).1),
            NodeSpec::Follow(_) => ("ellipse", place(&node.key).1),
        };
        writeln!(f, "    n{} [label={}, shape={shape}];", index.index(), Quoted(word))
    }

    fn wires(&self, f: &mut Formatter<'_>, to: NodeIndex) -> Result {
        for (from, role) in self.0.arriving(to) {
            let style = match role {
                Role::Main => "",
                Role::Key => " [style=dashed, label=\"key\"]",
                Role::Control(_) => " [style=dotted, label=\"value\"]",
            };
            writeln!(f, "  n{} -> n{}{style};", from.index(), to.index())?;
        }
        Ok(())
    }
}

/// The strip or parallel chain that a key stands on, and the word for the node.
fn place(key: &str) -> (&str, &str) {
    key.rsplit_once('/').unwrap_or(("", key))
}

/// Whether a parallel chain stands on a strip.
fn within(chain: &str, strip: &str) -> bool {
    chain.strip_prefix(strip).is_some_and(|rest| rest.starts_with('/'))
}

/// A text in quotes, as DOT reads it.
struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
