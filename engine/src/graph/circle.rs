//! A circle in a graph, told in the words of the song.

use super::{Graph, key};
use crate::diagnostic::Diagnostic;

/// A circle, if there is one, by the names of the strips in it.
pub(super) fn told(graph: &Graph) -> Option<Diagnostic> {
    let (net, members) = (&graph.net, graph.knot()?);
    let start = *members.iter().min()?;
    let mut way = vec![start];
    let mut seen = vec![start];
    loop {
        let here = *way.last()?;
        let mut next: Vec<_> = net.neighbors(here).filter(|n| members.contains(n)).collect();
        next.sort_unstable();
        if next.contains(&start) {
            break;
        }
        match next.into_iter().find(|n| !seen.contains(n)) {
            Some(n) => {
                seen.push(n);
                way.push(n);
            }
            None => drop(way.pop()),
        }
    }
    let mut names: Vec<String> =
        way.iter().map(|node| key::strip(key::split(&net[*node].key).0).1.to_owned()).collect();
    names.dedup();
    if names.len() > 1 && names.first() == names.last() {
        names.pop();
    }
    let error = in_words(&names);
    let origin = way.iter().map(|node| &net[*node].origin).find(|origin| origin.line > 0);
    Some(origin.map_or(error.clone(), |origin| error.at(origin)))
}

/// A circle through strips, or one within a strip.
fn in_words(strips: &[String]) -> Diagnostic {
    if let [alone] = strips {
        let error = Diagnostic::error(format!("`{alone}` listens to what comes out of it"));
        return error.hint("let it listen to its `input`, or to a `tap` before this place");
    }
    let names: Vec<String> = strips.iter().chain(strips.first()).map(|name| format!("`{name}`")).collect();
    let error =
        Diagnostic::error(format!("these strips feed each other in a circle: {}", names.join(" -> ")));
    error.hint("a signal cannot wait for itself: take one of the sends, groups or keys away")
}
