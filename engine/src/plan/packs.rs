//! Lanes side by side: like effects of up to 16 strips run in one kernel, which costs little more than one of them.
//!
//! Lanes whose effects are all alike fill packs first. What is left over is packed over the effects that it shares, in
//! their order; the others run by themselves in between. Packing changes no bit, so it may depend on the machine.

use super::{Lane, Link, Machine, Pack, Step, cost};
use crate::graph::{Graph, NodeSpec};
use mixwright_nodes::{
    effect::{Packs, Slot, Width},
    unit::Frames,
};
use std::collections::BTreeMap;

/// Puts every lane into one pack: of the widths that there are, with that for which the last thread is done first.
pub(super) fn pack(graph: &Graph, lanes: &[Lane], on: &Machine) -> Vec<Pack> {
    let chains = chains(graph, lanes);
    let alike = alike(lanes, &chains);
    let widths = [16, 8, 4, 2, 1].into_iter().filter(|width| *width <= on.pack.max(1));
    widths
        .map(|width| packs_of(width, lanes, &alike))
        .map(|packs| (makespan(&packs, on.threads), packs))
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
        .map_or_else(Vec::new, |(_, packs)| packs)
}

/// A lane as the planner of packs sees it: its nodes, and what each of them is to the others.
struct Chain {
    lane: usize,
    links: Vec<Link>,
    kin: Vec<Kin>,
}

/// What a node is to the planner: nodes of one kind may run side by side.
#[derive(Clone, Copy)]
struct Kin {
    kind: Option<usize>,
    cost: f64,
}

fn chains(graph: &Graph, lanes: &[Lane]) -> Vec<Chain> {
    let mut kinds = Kinds { graph, known: BTreeMap::new(), count: 0 };
    let chain = |(number, lane): (usize, &Lane)| {
        let kin = |(place, link): (usize, &Link)| {
            // A node that hears keys or followers stands first in its lane, behind other inputs than its own.
            let hears_more = place == 0 && lane.inputs.len() > 1;
            let kind = if hears_more { None } else { kinds.of(*link) };
            Kin { kind, cost: cost::alone(graph, link.node) }
        };
        let kin = lane.nodes.iter().enumerate().map(kin).collect();
        Chain { lane: number, links: lane.nodes.clone(), kin }
    };
    lanes.iter().enumerate().map(chain).collect()
}

/// The kinds met so far, by the names of their effects.
struct Kinds<'g> {
    graph: &'g Graph,
    known: BTreeMap<&'static str, Vec<Kind<'g>>>,
    count: usize,
}

struct Kind<'g> {
    slot: &'g Slot,
    width: Width,
    behind: Frames,
    number: usize,
}

impl Kinds<'_> {
    /// Effects are of one kind if one kernel can serve them on the same frames of the song.
    fn of(&mut self, link: Link) -> Option<usize> {
        let node = &self.graph.net[link.node];
        let NodeSpec::Effect(slot) = &node.spec else { return None };
        let info = slot.effect.info();
        if info.packs == Packs::Never || node.input != node.output {
            return None;
        }
        let kinds = self.known.entry(info.params.name).or_default();
        let same = |kind: &&Kind<'_>| {
            kind.width == node.input && kind.behind == link.behind && kind.slot.packs_with(slot)
        };
        if let Some(kind) = kinds.iter().find(same) {
            return Some(kind.number);
        }
        let number = self.count;
        kinds.push(Kind { slot, width: node.input, behind: link.behind, number });
        self.count += 1;
        Some(number)
    }
}

/// Chains by their stages and the kinds of what in them can be packed.
type Alike<'c> = BTreeMap<(usize, Vec<usize>), Vec<&'c Chain>>;

fn alike<'c>(lanes: &[Lane], chains: &'c [Chain]) -> Alike<'c> {
    let mut alike = Alike::new();
    for chain in chains {
        let kinds = chain.kin.iter().filter_map(|kin| kin.kind).collect();
        alike.entry((lanes[chain.lane].stage, kinds)).or_default().push(chain);
    }
    alike
}

fn packs_of(width: usize, lanes: &[Lane], alike: &Alike<'_>) -> Vec<Pack> {
    let mut groups: Vec<Vec<&Chain>> = Vec::new();
    let mut left: BTreeMap<usize, Vec<&Chain>> = BTreeMap::new();
    for ((stage, kinds), chains) in alike {
        if kinds.is_empty() {
            groups.extend(chains.iter().map(|chain| vec![*chain]));
            continue;
        }
        let (full, rest) = chains.split_at(chains.len() - chains.len() % width);
        groups.extend(full.chunks(width).map(<[_]>::to_vec));
        left.entry(*stage).or_default().extend(rest);
    }
    groups.extend(left.into_values().flat_map(|chains| by_what_they_share(chains, width)));
    let mut packs: Vec<Pack> = groups.into_iter().map(|chains| joined(&chains, lanes)).collect();
    packs.sort_by_key(|pack| (pack.stage, pack.lanes[0]));
    packs
}

/// How many of so many chains fill a pack well: one is worth its width if five of eight places are taken.
fn filling(count: usize) -> usize {
    let places = count.next_power_of_two();
    if 8 * count >= 5 * places { count } else { places / 2 }
}

/// Packs of chains that differ: each is led by the longest that is left, and takes in those that share most with it.
fn by_what_they_share(mut chains: Vec<&Chain>, width: usize) -> Vec<Vec<&Chain>> {
    /// So many are looked at for each pack: sharing is worth a little time, not a long one.
    const LOOKED_AT: usize = 64;
    let mut groups = Vec::new();
    chains.sort_by(|a, b| packable(b).total_cmp(&packable(a)));
    while !chains.is_empty() {
        let leader = chains.remove(0);
        let mut likes: Vec<(f64, usize)> = chains
            .iter()
            .take(LOOKED_AT)
            .enumerate()
            .map(|(place, chain)| (shared(leader, chain) / packable(leader).max(packable(chain)), place))
            .filter(|(share, _)| *share >= 0.5)
            .collect();
        likes.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        likes.truncate(width - 1);
        likes.truncate(filling(likes.len() + 1) - 1);
        let mut places: Vec<usize> = likes.into_iter().map(|(_, place)| place).collect();
        places.sort_unstable();
        let mut group = vec![leader];
        group.extend(places.iter().map(|place| chains[*place]));
        for place in places.into_iter().rev() {
            chains.remove(place);
        }
        groups.push(group);
    }
    groups
}

/// The cost of what of a chain can be packed.
fn packable(chain: &Chain) -> f64 {
    chain.kin.iter().filter(|kin| kin.kind.is_some()).map(|kin| kin.cost).sum()
}

/// The cost of what two chains share.
fn shared(a: &Chain, b: &Chain) -> f64 {
    matches(&a.kin, &b.kin).into_iter().map(|(of_a, _)| a.kin[of_a].cost).sum()
}

/// One pack of chains: a step for each node, and one for all that are alike.
fn joined(chains: &[&Chain], lanes: &[Lane]) -> Pack {
    let (mut kin, mut steps): (Vec<Kin>, Vec<Step>) = (Vec::new(), Vec::new());
    for (member, chain) in chains.iter().enumerate() {
        let pairs = matches(&kin, &chain.kin);
        let mut before = kin.into_iter().zip(steps);
        let (mut taken, mut given) = (0, 0);
        (kin, steps) = (Vec::new(), Vec::new());
        let mut put = |(like, step)| {
            kin.push(like);
            steps.push(step);
        };
        let alone = |place: usize| (chain.kin[place], Step(vec![(member, chain.links[place])]));
        for (our, their) in pairs {
            before.by_ref().take(our - taken).for_each(&mut put);
            (given..their).map(alone).for_each(&mut put);
            let (like, Step(mut nodes)) = before.next().expect("a pair is of a step that is there");
            nodes.push((member, chain.links[their]));
            put((like, Step(nodes)));
            (taken, given) = (our + 1, their + 1);
        }
        before.for_each(&mut put);
        (given..chain.links.len()).map(alone).for_each(put);
    }
    let cost = kin.iter().zip(&steps).map(|(kin, step)| kin.cost * cost::side_by_side(step.0.len())).sum();
    Pack {
        lanes: chains.iter().map(|chain| chain.lane).collect(),
        steps,
        stage: lanes[chains[0].lane].stage,
        cost,
    }
}

/// The common run of two chains, in order, that costs most: pairs of places (the longest common subsequence, weighed).
fn matches(a: &[Kin], b: &[Kin]) -> Vec<(usize, usize)> {
    let alike = |i: usize, j: usize| a[i].kind.is_some() && a[i].kind == b[j].kind;
    let mut best = vec![vec![0.0f64; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let paired = if alike(i, j) { a[i].cost + best[i + 1][j + 1] } else { 0.0 };
            best[i][j] = paired.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if alike(i, j) && best[i][j] == a[i].cost + best[i + 1][j + 1] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[i][j] == best[i + 1][j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// When the last of so many threads is done, if each takes the longest pack that is left.
fn makespan(packs: &[Pack], threads: usize) -> f64 {
    let mut costs: Vec<f64> = packs.iter().map(|pack| pack.cost).collect();
    costs.sort_by(|a, b| b.total_cmp(a));
    let mut busy = vec![0.0f64; threads.max(1)];
    for cost in costs {
        let least = busy.iter_mut().min_by(|a, b| a.total_cmp(b)).expect("there is a thread");
        *least += cost;
    }
    busy.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::NodeIndex;

    /// A chain of nodes of kinds by letters; a dot is a node that cannot be packed.
    fn chain(lane: usize, kinds: &str) -> Chain {
        let kin = |kind: char| Kin { kind: kind.is_alphabetic().then_some(kind as usize), cost: 1.0 };
        let link = |place| Link { node: NodeIndex::new(100 * lane + place), behind: Frames(0) };
        let links = (0..kinds.len()).map(link).collect();
        Chain { lane, links, kin: kinds.chars().map(kin).collect() }
    }

    fn lanes(count: usize) -> Vec<Lane> {
        let (latency, width) = (Frames(0), Width::Mono);
        let lane = Lane { nodes: Vec::new(), inputs: Vec::new(), stage: 0, latency, width, cost: 1.0 };
        vec![lane; count]
    }

    fn packed(width: usize, chains: &[&str]) -> Vec<Pack> {
        let chains: Vec<Chain> = chains.iter().enumerate().map(|(lane, kinds)| chain(lane, kinds)).collect();
        let lanes = lanes(chains.len());
        let packs = packs_of(width, &lanes, &alike(&lanes, &chains));
        hold_what_was_given(&chains, &packs);
        packs
    }

    /// Every node of every chain is done once, in the order of its chain.
    fn hold_what_was_given(chains: &[Chain], packs: &[Pack]) {
        for chain in chains {
            let mut of = packs.iter().filter(|pack| pack.lanes.contains(&chain.lane));
            let pack = of.next().expect("every lane is in a pack");
            assert!(of.next().is_none(), "lane {} is in two packs", chain.lane);
            let member = pack.lanes.iter().position(|lane| *lane == chain.lane);
            let done =
                pack.steps.iter().flat_map(|Step(nodes)| nodes).filter(|(who, _)| Some(*who) == member);
            let done: Vec<Link> = done.map(|(_, link)| *link).collect();
            assert_eq!(done, chain.links);
        }
    }

    fn sizes(packs: &[Pack]) -> Vec<usize> {
        packs.iter().map(|pack| pack.lanes.len()).collect()
    }

    fn steps(pack: &Pack) -> Vec<usize> {
        pack.steps.iter().map(|Step(nodes)| nodes.len()).collect()
    }

    #[test]
    fn like_chains_fill_packs_and_a_small_rest_is_split() {
        assert_eq!(sizes(&packed(16, &["ab"; 12])), [12]);
        assert_eq!(sizes(&packed(16, &["ab"; 16])), [16]);
        assert_eq!(sizes(&packed(16, &["ab"; 9])), [8, 1]);
        assert_eq!(sizes(&packed(16, &["ab"; 21])), [16, 5]);
        assert_eq!(sizes(&packed(4, &["ab"; 10])), [4, 4, 2]);
        assert_eq!(sizes(&packed(1, &["ab"; 3])), [1, 1, 1]);
    }

    #[test]
    fn unlike_chains_share_what_they_have_in_common() {
        let packs = packed(16, &["abc", "ac", "ab.c"]);
        assert_eq!(sizes(&packs), [3]);
        assert_eq!(steps(&packs[0]), [3, 2, 1, 3], "a, b of two, what cannot be packed, c");
    }

    #[test]
    fn chains_with_nothing_in_common_stay_apart() {
        assert_eq!(sizes(&packed(16, &["aaaa", "b", "...", "ccb"])), [1, 1, 1, 1]);
    }

    #[test]
    fn order_is_kept_where_it_crosses() {
        let packs = packed(16, &["ab", "ba"]);
        assert_eq!(sizes(&packs), [2]);
        assert_eq!(steps(&packs[0]).iter().filter(|nodes| **nodes == 2).count(), 1);
    }
}
