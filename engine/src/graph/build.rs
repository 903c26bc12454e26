//! From a checked song to its graph: strip by strip, then what only joins once all strips are there.

use super::{Graph, Net, Node, NodeIndex, NodeSpec, Role, Wire, arriving, circle};
use crate::{
    diagnostic::{Diagnostic, Origin},
    resolved::{Beside, Channel, Fader, Follower, Heard, Link, Placed, Resolved, Stemmed},
    song::{SendFrom, StripKind, TapPoint},
};
use mixwright_nodes::effect::Width;
use std::collections::BTreeMap;

/// Builds the graph of a song.
///
/// # Errors
/// If strips feed or hear each other in a circle: no signal can be made of that.
pub fn build(song: &Resolved) -> Result<Graph, Diagnostic> {
    let mut builder = Builder::new(song);
    for index in 0..song.strips.len() {
        builder.strip(index);
    }
    builder.wire();
    let graph = builder.finish();
    match circle::told(&graph) {
        Some(diagnostic) => Err(diagnostic),
        None => Ok(graph),
    }
}

/// The places of a strip, once its nodes are there.
#[derive(Clone, Default)]
struct Places {
    input: Option<NodeIndex>,
    chain: Option<NodeIndex>,
    output: Option<NodeIndex>,
    taps: BTreeMap<String, NodeIndex>,
}

struct Builder<'a> {
    song: &'a Resolved,
    net: Net,
    places: Vec<Places>,
    later: Vec<(Heard, NodeIndex, Role)>,
    sums: Vec<(usize, NodeIndex)>,
    order: usize,
}

impl<'a> Builder<'a> {
    fn new(song: &'a Resolved) -> Self {
        let places = vec![Places::default(); song.strips.len()];
        Builder { song, net: Net::default(), places, later: Vec::new(), sums: Vec::new(), order: 0 }
    }

    fn add(&mut self, key: String, spec: NodeSpec, widths: (Width, Width), origin: &Origin) -> NodeIndex {
        let (input, output) = widths;
        self.net.add_node(Node { key, spec, input, output, origin: origin.clone() })
    }

    fn join(&mut self, from: NodeIndex, to: NodeIndex, role: Role) {
        self.net.add_edge(from, to, Wire { role, order: self.order });
        self.order += 1;
    }

    /// The nodes of one strip, from what it plays to its fader and sends.
    fn strip(&mut self, index: usize) {
        let song = self.song;
        let strip = &song.strips[index];
        let path = path(strip);
        let (spec, word) = match strip.kind {
            StripKind::Track => (NodeSpec::Source(strip.clips.clone()), "clips"),
            _ => (NodeSpec::Sum, "sum"),
        };
        let mut now = self.add(format!("{path}/{word}"), spec, (strip.width, strip.width), &strip.origin);
        self.places[index].input = Some(now);
        now = self.chain(index, &path, &strip.chain, now);
        self.places[index].chain = Some(now);
        let fader = self.fader(format!("{path}/fader"), &strip.fader, now, Width::Stereo, &strip.origin);
        self.places[index].output = Some(fader);
        if strip.muted {
            return;
        }
        if let Some(to) = strip.to {
            self.sums.push((to, fader));
        }
        for sent in &strip.sends {
            let from = if sent.from == SendFrom::Pre { now } else { fader };
            let key = format!("{path}/send {}", song.strips[sent.to].name);
            let send = self.fader(key, &sent.level, from, Width::Stereo, &sent.origin);
            self.sums.push((sent.to, send));
        }
    }

    fn fader(
        &mut self,
        key: String,
        fader: &Fader,
        from: NodeIndex,
        output: Width,
        origin: &Origin,
    ) -> NodeIndex {
        let input = self.net[from].output;
        let spec = NodeSpec::Fader(Box::new(fader.clone()));
        let node = self.add(key.clone(), spec, (input, output), origin);
        self.join(from, node, Role::Main);
        self.followers(&key, &fader.followers, node, origin);
        node
    }

    /// The nodes of a chain; returns the last.
    fn chain(&mut self, strip: usize, path: &str, chain: &[Link], first: NodeIndex) -> NodeIndex {
        let mut now = first;
        for link in chain {
            now = match link {
                Link::Effect(placed) => self.effect(path, placed, now),
                Link::Beside(beside) => self.beside(strip, path, beside, now),
                Link::Tap(name) => {
                    self.places[strip].taps.insert(name.clone(), now);
                    now
                }
            };
        }
        now
    }

    fn effect(&mut self, path: &str, placed: &Placed, from: NodeIndex) -> NodeIndex {
        let input = self.net[from].output;
        let output = placed.slot.effect.width(input);
        let key = format!("{path}/{}", placed.name);
        let spec = NodeSpec::Effect(Box::new(placed.slot.clone()));
        let node = self.add(key.clone(), spec, (input, output), &placed.origin);
        self.join(from, node, Role::Main);
        if let Some(heard) = &placed.key {
            self.later.push((heard.clone(), node, Role::Key));
        }
        self.followers(&key, &placed.followers, node, &placed.origin);
        node
    }

    fn followers(&mut self, key: &str, followers: &[Follower], node: NodeIndex, origin: &Origin) {
        for (i, follower) in followers.iter().enumerate() {
            let spec = NodeSpec::Follow(follower.clone());
            let follow =
                self.add(format!("{key}/follow {}", i + 1), spec, (Width::Stereo, Width::Mono), origin);
            self.later.push((follower.heard.clone(), follow, Role::Main));
            self.join(follow, node, Role::Control(i));
        }
    }

    /// A chain beside another: both start at `from` and end in a sum.
    fn beside(&mut self, strip: usize, path: &str, beside: &Beside, from: NodeIndex) -> NodeIndex {
        let path = format!("{path}/{}", beside.name);
        let end = self.chain(strip, &path, &beside.chain, from);
        let width = self.net[from].output.max(self.net[end].output);
        let level =
            self.fader(format!("{path}/level"), &beside.level, end, self.net[end].output, &beside.origin);
        let sum = self.add(format!("{path}/sum"), NodeSpec::Sum, (width, width), &beside.origin);
        self.join(from, sum, Role::Main);
        self.join(level, sum, Role::Main);
        sum
    }

    /// What could only be joined once all strips were there.
    fn wire(&mut self) {
        for (to, node) in std::mem::take(&mut self.sums) {
            let sum = self.places[to].input.expect("every strip has an input");
            self.join(node, sum, Role::Main);
        }
        for (heard, node, role) in std::mem::take(&mut self.later) {
            let places = &self.places[heard.strip];
            let place = match &heard.point {
                TapPoint::Chain => places.chain,
                TapPoint::Input => places.input,
                TapPoint::Output => places.output,
                TapPoint::Named(name) => places.taps.get(name).copied(),
            };
            let place = place.expect("a check found every place that is heard");
            if matches!(self.net[node].spec, NodeSpec::Follow(_)) {
                self.net[node].input = self.net[place].output;
            }
            self.join(place, node, role);
        }
    }

    fn finish(mut self) -> Graph {
        let song = self.song;
        let master = song.master();
        let heard = |places: &Places| places.output.expect("every strip has an output");
        let strips = song
            .strips
            .iter()
            .zip(&self.places)
            .filter(|(strip, _)| !strip.muted && strip.kind != StripKind::Master)
            .map(|(strip, places)| (strip.name.clone(), heard(places)))
            .collect();
        let stems = self.stems();
        Graph {
            strips,
            mix: self.places[master].input.expect("the master has an input"),
            master: self.places[master].output.expect("the master has an output"),
            stems,
            kept: Vec::new(),
            net: self.net,
        }
    }

    /// The stems: their sum, with `rest`, is the mix. A listed strip inside a group stands outside that sum.
    fn stems(&mut self) -> Vec<(String, NodeIndex)> {
        let song = self.song;
        let to_master = |index: &usize| {
            let strip = &song.strips[*index];
            strip.to == Some(song.master()) && !strip.muted
        };
        let direct: Vec<usize> = (0..song.master()).filter(to_master).collect();
        let output =
            |builder: &Self, index: usize| builder.places[index].output.expect("every strip has one");
        let named = |builder: &Self, index: usize| (song.strips[index].name.clone(), output(builder, index));
        match &song.stems {
            Stemmed::None => Vec::new(),
            Stemmed::All => {
                let mut all: Vec<_> = direct.iter().map(|index| named(self, *index)).collect();
                all.extend(self.rest(&direct));
                all
            }
            Stemmed::Named(listed) => {
                let mut all: Vec<_> = listed.iter().map(|index| named(self, *index)).collect();
                all.extend(self.rest(listed));
                all
            }
        }
    }

    /// What arrives at the master beside the listed strips: other strips, and what is sent to it.
    fn rest(&mut self, listed: &[usize]) -> Option<(String, NodeIndex)> {
        let mix = self.places[self.song.master()].input.expect("the master has an input");
        let listed: Vec<_> = listed.iter().filter_map(|index| self.places[*index].output).collect();
        let mut arriving = arriving(&self.net, mix);
        arriving.retain(|(source, _)| !listed.contains(source));
        if arriving.is_empty() {
            return None;
        }
        let widths = (Width::Stereo, Width::Stereo);
        let sum = self.add("rest/sum".to_owned(), NodeSpec::Sum, widths, &Origin::default());
        for (source, _) in arriving {
            self.join(source, sum, Role::Main);
        }
        Some(("rest".to_owned(), sum))
    }
}

/// The path that a strip's nodes begin with.
fn path(strip: &Channel) -> String {
    match strip.kind {
        StripKind::Track => format!("tracks/{}", strip.name),
        StripKind::Bus => format!("buses/{}", strip.name),
        StripKind::Group => format!("groups/{}", strip.name),
        StripKind::Master => "master".to_owned(),
    }
}
