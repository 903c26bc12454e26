//! What of a song was rendered before and need not be again, and what of this render is kept for the next.
//!
//! Each strip may be kept before its fader, and the mix: moving a fader, pan or send then runs no insert again. A song that
//! is rendered for the first time keeps only what goes to the master, which is cheap. Later on whatever must be made a second
//! time is kept; what an edit has just made new is not, as the next edit mostly turns the same knob.

use super::{
    RenderError,
    pipeline::{Listener, Tap, Window},
    report::Recalled,
    sources::Sources,
    take::Picture,
};
use crate::{
    files::FileError,
    fingerprint::{self, Fingerprint},
    graph::{Graph, NodeIndex, NodeSpec, Role, key},
    plan::{Place, Plan, cost},
    store::{Kind, Reach, Readings, Recording, Signal, Store},
};
use mixwright_nodes::{effect::Reading, meter::strips::StripReading, unit::Percent};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A strip whose effects take no longer than this, in nanoseconds a frame and channel, is run again sooner than it is read.
const WORTH: f64 = 1.0;

/// What is known of a song before it is rendered.
pub(super) struct Recall<'s> {
    store: &'s Store,
    prints: BTreeMap<NodeIndex, Fingerprint>,
    reach: Reach,
    /// The nodes of the whole song that is heard.
    heard: BTreeSet<NodeIndex>,
    stored: BTreeMap<NodeIndex, Arc<Signal>>,
    /// Nodes that run.
    runs: BTreeSet<NodeIndex>,
    /// What was read of all that does not run.
    readings: Readings,
    /// Whether strips are metered.
    meters: bool,
    /// Whether they are drawn.
    draws: bool,
}

impl<'s> Recall<'s> {
    /// Looks up what a render with this plan needs.
    pub(super) fn new(
        store: &'s Store,
        graph: &Graph,
        plan: &Plan,
        window: Window,
        sources: &dyn Sources,
        draws: bool,
    ) -> Recall<'s> {
        let late = plan.outputs.iter().map(|output| output.latency.0).max().unwrap_or_default();
        let reach = Reach { frames: window.to.0 + late, heard: window.to.0 };
        let nodes = plan.lanes.iter().flat_map(|lane| &lane.nodes);
        let mut recall = Recall {
            prints: fingerprint::of(graph, plan.rate, store.build(), sources),
            store,
            reach,
            heard: nodes.map(|link| link.node).collect(),
            stored: BTreeMap::new(),
            runs: BTreeSet::new(),
            readings: Readings::default(),
            meters: plan.outputs.iter().any(|output| output.place == Place::Strip),
            draws,
        };
        let candidates = candidates(graph);
        let mut walk = |node: NodeIndex| recall.walk(graph, node, &candidates);
        [graph.mix, graph.master].into_iter().for_each(&mut walk);
        if plan.outputs.iter().any(|output| output.place == Place::Stem) {
            graph.stems.iter().for_each(|(_, node)| walk(*node));
        }
        if recall.meters {
            // Of whom all is known need not run.
            for (_, node) in &graph.strips {
                if !recall.knows(*node) {
                    recall.walk(graph, *node, &candidates);
                }
            }
        }
        recall
    }

    /// Finds out what must run for a node, up to what is stored.
    fn walk(&mut self, graph: &Graph, node: NodeIndex, candidates: &BTreeSet<NodeIndex>) {
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            if self.runs.contains(&node) || self.stored.contains_key(&node) {
                continue;
            }
            let print = self.prints.get(&node).filter(|_| candidates.contains(&node));
            if let Some(signal) = print.and_then(|print| self.store.signal(*print, self.reach)) {
                self.readings.add(signal.readings());
                self.stored.insert(node, Arc::new(signal));
                continue;
            }
            self.runs.insert(node);
            todo.extend(graph.arriving(node).into_iter().map(|(source, _)| source));
        }
    }

    /// The graph with what is stored in its places, and with what is to be kept.
    pub(super) fn resumed(&self, graph: &Graph) -> Graph {
        let mut resumed = graph.clone();
        for (node, signal) in &self.stored {
            resumed.store(*node, signal.clone());
        }
        resumed.strips.retain(|(_, node)| !self.knows(*node));
        let first = if self.stored.is_empty() { first(graph) } else { BTreeSet::new() };
        let seen = self.store.seen();
        let again = |node: &NodeIndex| seen.contains(&self.prints[node]);
        let known = candidates(graph).into_iter().filter(|node| self.prints.contains_key(node));
        let ours = known.filter(|node| first.contains(node) || again(node));
        resumed.kept = self.made(ours, graph).collect();
        resumed
    }

    /// Those that are made in this render, and cost more than to read them.
    fn made<'a>(
        &'a self,
        nodes: impl Iterator<Item = NodeIndex> + 'a,
        graph: &'a Graph,
    ) -> impl Iterator<Item = NodeIndex> + 'a {
        nodes.filter(|node| self.runs.contains(node) && worth_keeping(graph, *node))
    }

    /// What a strip's meter read before.
    fn strip(&self, node: NodeIndex) -> Option<StripReading> {
        self.readings.strips.get(self.prints.get(&node)?).copied()
    }

    /// How it looked.
    fn picture(&self, node: NodeIndex) -> Option<Arc<Picture>> {
        self.store.pictures.get((*self.prints.get(&node)?, self.reach.heard))
    }

    /// Whether all is known of a strip that is wanted.
    fn knows(&self, node: NodeIndex) -> bool {
        self.strip(node).is_some() && (!self.draws || self.picture(node).is_some())
    }

    /// What was drawn in this render and the last, as if all had run, in the order of the graph's strips.
    pub(super) fn drawn(&self, graph: &Graph, resumed: &Graph, now: Vec<Arc<Picture>>) -> Vec<Arc<Picture>> {
        if !self.draws {
            return now;
        }
        let now: BTreeMap<NodeIndex, Arc<Picture>> =
            resumed.strips.iter().map(|(_, node)| *node).zip(now).collect();
        let of = |node: NodeIndex| Some((node, now.get(&node).cloned().or_else(|| self.picture(node))?));
        let all: Vec<_> = graph.strips.iter().filter_map(|(_, node)| of(*node)).collect();
        let print = |node: &NodeIndex| Some((*self.prints.get(node)?, self.reach.heard));
        self.store
            .pictures
            .keep(all.iter().filter_map(|(node, picture)| Some((print(node)?, picture.clone()))));
        all.into_iter().map(|(_, picture)| picture).collect()
    }

    /// What was read in this render and in earlier ones, as if all had run: strips in the order of the graph, effects in
    /// that of their keys.
    pub(super) fn complete(&self, graph: &Graph, resumed: &Graph, ran: Ran) -> Ran {
        let strips_that_ran: BTreeMap<NodeIndex, StripReading> =
            resumed.strips.iter().map(|(_, node)| *node).zip(ran.strips).collect();
        let strip = |node: &NodeIndex| strips_that_ran.get(node).copied().or_else(|| self.strip(*node));
        let effects_that_ran: BTreeMap<String, Reading> = ran.effects.into_iter().collect();
        let known = |node: &NodeIndex| self.readings.effects.get(self.prints.get(node)?).copied();
        let effect = |node: &NodeIndex| {
            let key = &graph.net[*node].key;
            Some((key.clone(), effects_that_ran.get(key).copied().or_else(|| known(node))?))
        };
        let mut effects: Vec<_> = self.heard.iter().filter_map(effect).collect();
        effects.sort_by(|a, b| a.0.cmp(&b.0));
        let strips =
            graph.strips.iter().filter(|_| self.meters).filter_map(|(_, node)| strip(node)).collect();
        Ran { strips, effects }
    }

    /// Keeps what was rendered, with all that was read before it; not if a file is no longer what it was at the start.
    ///
    /// # Errors
    /// If the disk refuses; the sound that was asked for is there all the same.
    pub(super) fn keep(
        &self,
        graph: &Graph,
        recorders: Vec<Recorder>,
        all: &Ran,
        rate: u32,
        sources: &dyn Sources,
    ) -> Result<(), FileError> {
        if !recorders.is_empty() {
            let now = fingerprint::of(graph, rate, self.store.build(), sources);
            let readings = self.by_prints(graph, all);
            for Recorder { node, recording, .. } in recorders {
                let recording = recording?;
                if now.get(&node) != Some(&recording.print()) {
                    continue;
                }
                let before: BTreeSet<Fingerprint> =
                    before(graph, node).iter().filter_map(|node| self.prints.get(node)).copied().collect();
                recording.keep(&readings.of_these(&before))?;
            }
        }
        let made = self.made(candidates(graph).into_iter(), graph).filter_map(|node| self.prints.get(&node));
        self.store.note(made.copied())?;
        self.store.prune().map(drop)
    }

    fn by_prints(&self, graph: &Graph, all: &Ran) -> Readings {
        let mut readings = Readings::default();
        let print = |node: &NodeIndex| self.prints.get(node).copied();
        let strips = graph.strips.iter().zip(&all.strips);
        readings.strips = strips.filter_map(|((_, node), reading)| Some((print(node)?, *reading))).collect();
        let by_key: BTreeMap<&str, Reading> =
            all.effects.iter().map(|(key, reading)| (key.as_str(), *reading)).collect();
        let effect = |node: &NodeIndex| Some((print(node)?, *by_key.get(graph.net[*node].key.as_str())?));
        readings.effects = self.heard.iter().filter_map(effect).collect();
        readings
    }

    /// Those who record what a plan of the resumed graph has to be kept.
    pub(super) fn recorders(&self, plan: &Plan, resumed: &Graph) -> Vec<Recorder> {
        let outputs = plan.outputs.iter().enumerate().filter(|(_, output)| output.place == Place::Kept);
        let recorder = |((number, output), node): ((usize, &crate::plan::Output), &NodeIndex)| {
            let kind = Kind {
                print: self.prints[node],
                channels: plan.lanes[output.lane].width.channels(),
                late: output.latency.0,
                reach: self.reach,
            };
            Recorder { output: number, node: *node, recording: self.store.record(kind) }
        };
        outputs.zip(&resumed.kept).map(recorder).collect()
    }

    /// Which strips ran, and which did not need to.
    pub(super) fn told(&self, graph: &Graph, full: &Plan, resumed: &Plan) -> Recalled {
        let of = |runs: bool| {
            let nodes = self.heard.iter().filter(|node| self.runs.contains(node) == runs);
            let works = |node: &&NodeIndex| {
                matches!(graph.net[**node].spec, NodeSpec::Source(_) | NodeSpec::Effect(_))
            };
            nodes
                .filter(works)
                .map(|node| key::strip(key::split(&graph.net[*node].key).0).1.to_owned())
                .collect::<BTreeSet<_>>()
        };
        let ran = of(true);
        let stored = of(false).difference(&ran).cloned().collect();
        let cost = |plan: &Plan| plan.packs.iter().map(|pack| pack.cost).sum::<f64>();
        let saved = 1.0 - (cost(resumed) / cost(full)).min(1.0);
        Recalled { ran: ran.into_iter().collect(), stored, saved: Percent(100.0 * saved), trouble: None }
    }
}

/// What was read in a render: of strips in the order of the graph, and of effects by their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Ran {
    pub(super) strips: Vec<StripReading>,
    pub(super) effects: Vec<(String, Reading)>,
}

/// Takes a signal for the store. Where the disk refuses, the render goes on without.
pub(super) struct Recorder {
    output: usize,
    node: NodeIndex,
    recording: Result<Recording, FileError>,
}

impl Recorder {
    /// It at its output.
    pub(super) fn tap(&mut self) -> Tap<'_> {
        Tap { outputs: vec![self.output], listener: self, whole: true }
    }
}

impl Listener for Recorder {
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError> {
        if let Ok(recording) = &mut self.recording
            && let Err(error) = recording.write(planes)
        {
            self.recording = Err(error);
        }
        Ok(())
    }
}

/// Places that may be kept: strips before their faders, and the mix.
fn candidates(graph: &Graph) -> BTreeSet<NodeIndex> {
    let strips = graph.strips.iter().map(|(_, node)| before_fader(graph, *node));
    strips.chain([graph.mix]).collect()
}

/// Those that are kept of a song that was not rendered before: what goes to the master, and the mix.
fn first(graph: &Graph) -> BTreeSet<NodeIndex> {
    let arriving = graph.arriving(graph.mix).into_iter().map(|(source, _)| before_fader(graph, source));
    arriving.chain([graph.mix]).collect()
}

fn before_fader(graph: &Graph, mut node: NodeIndex) -> NodeIndex {
    while let (NodeSpec::Fader(_), Some(source)) = (&graph.net[node].spec, main(graph, node)) {
        node = source;
    }
    node
}

/// The one signal that a node works on, if it is one.
fn main(graph: &Graph, node: NodeIndex) -> Option<NodeIndex> {
    let mut main = graph.arriving(node).into_iter().filter(|(_, role)| *role == Role::Main);
    let (source, _) = main.next()?;
    main.next().is_none().then_some(source)
}

/// Whether it costs more to make a signal than to read it.
fn worth_keeping(graph: &Graph, node: NodeIndex) -> bool {
    let mut cost = 0.0;
    let mut at = Some(node);
    while let Some(node) = at {
        cost += match graph.net[node].spec {
            NodeSpec::Source(_) | NodeSpec::Stored(_) => 0.0,
            // What is added up was made at some cost.
            NodeSpec::Sum => 2.0 * WORTH,
            _ => cost::packed(graph, node),
        };
        at = main(graph, node);
    }
    cost >= WORTH * graph.net[node].output.channels() as f64
}

/// A node and all that it hears, directly or not.
fn before(graph: &Graph, node: NodeIndex) -> BTreeSet<NodeIndex> {
    let (mut found, mut todo) = (BTreeSet::new(), vec![node]);
    while let Some(node) = todo.pop() {
        if found.insert(node) {
            todo.extend(graph.arriving(node).into_iter().map(|(source, _)| source));
        }
    }
    found
}
