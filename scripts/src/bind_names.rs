//! Binds names to strips when the script has ended: only then is it known what was never declared.

use crate::draft::{Draft, Line, Link, Reference, Role, Wanted};
use mixwright_engine::{
    diagnostic::{Diagnostic, Origin},
    song::StripKind,
};
use mixwright_nodes::params::nearest;
use std::collections::BTreeMap;

/// Binds all names of a draft, or notes which cannot be.
pub(crate) fn bind(draft: &mut Draft) {
    let names = names(draft);
    let references = std::mem::take(&mut draft.references);
    for reference in &references {
        if let Err(wrong) = check(draft, reference) {
            draft.errors.push(wrong);
        }
    }
    route(draft, &names);
    ask(draft);
}

/// The strips by their names; two of one name are noted.
fn names(draft: &mut Draft) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    let mut twice = Vec::new();
    for (index, line) in draft.lines.iter().enumerate() {
        if line.role == Role::Chain {
            continue;
        }
        if let Some(&first) = names.get(&line.strip.name) {
            twice.push(said_twice(line, &draft.lines[first]));
        } else {
            names.insert(line.strip.name.clone(), index);
        }
    }
    draft.errors.append(&mut twice);
    names
}

fn said_twice(second: &Line, first: &Line) -> Diagnostic {
    let name = &second.strip.name;
    let error = Diagnostic::error(format!("there are two strips called `{name}`")).at(&second.strip.origin);
    if first.role == Role::Placed(StripKind::Master) {
        return error.hint("the master has this name: choose another");
    }
    error
        .label(&first.strip.origin, format!("the first, a {}", first.role.word()))
        .hint("a name is the identity of a strip: choose another")
}

fn check(draft: &Draft, reference: &Reference) -> Result<(), Diagnostic> {
    let name = &reference.strip;
    let Some(line) = draft.named(name) else {
        return Err(unknown(draft, name, &draft.origin(&reference.spot)));
    };
    match &reference.wanted {
        Wanted::Strip => Ok(()),
        Wanted::Receiver => match line.role {
            Role::Placed(StripKind::Bus | StripKind::Group) => Ok(()),
            role => Err(Diagnostic::error(format!(
                "`{name}` is a {}, and nothing can be sent to it",
                role.word()
            ))
            .at(&draft.origin(&reference.spot))
            .label(&line.strip.origin, format!("`{name}` is declared here"))
            .hint("send to a bus or a group")),
        },
        Wanted::Tap(tap) => {
            let mut taps = Vec::new();
            taps_of(draft, &line.chain, &mut taps);
            if taps.contains(&tap.as_str()) {
                return Ok(());
            }
            let error = Diagnostic::error(format!("`{name}` has no tap called `{tap}`"))
                .at(&draft.origin(&reference.spot));
            Err(match nearest(tap, taps.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `{name}/{near}`?")),
                None => error.hint(format!("name a place in its chain: `.tap(\"{tap}\")`")),
            })
        }
    }
}

fn taps_of<'a>(draft: &'a Draft, chain: &'a [Link], taps: &mut Vec<&'a str>) {
    for link in chain {
        match link {
            Link::Tap(name) => taps.push(name),
            Link::Parallel { chain, .. } => taps_of(draft, &draft.lines[chain.0].chain, taps),
            Link::Effect(_) => {}
        }
    }
}

fn unknown(draft: &Draft, name: &str, origin: &Origin) -> Diagnostic {
    let error = Diagnostic::error(format!("there is no strip called `{name}`")).at(origin);
    let known: Vec<&str> = draft.placed().skip(1).map(|line| line.strip.name.as_str()).collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean \"{near}\"?")),
        None if known.is_empty() => error.hint("the song has no strip but the master"),
        None => {
            let list: Vec<String> = known.iter().take(12).map(|known| format!("`{known}`")).collect();
            error.hint(format!("there are {}", list.join(", ")))
        }
    }
}

/// Leads strips to the groups and buses that they go to; one strip goes to one.
fn route(draft: &mut Draft, names: &BTreeMap<String, usize>) {
    let mut ways: BTreeMap<usize, (String, Origin)> = BTreeMap::new();
    for route in std::mem::take(&mut draft.routes) {
        let Some(&index) = names.get(&route.strip) else {
            continue; // noted as an unknown name
        };
        if draft.lines[index].role == Role::Placed(StripKind::Master) {
            draft.errors.push(Diagnostic::error("the master goes nowhere").at(&route.origin));
            continue;
        }
        match ways.get(&index) {
            Some((to, _)) if *to == route.to => {}
            Some((to, first)) => {
                let words = format!("`{}` goes to `{to}` already", route.strip);
                let error = Diagnostic::error(words)
                    .at(&route.origin)
                    .label(first, format!("to `{to}` by this"))
                    .hint("a strip goes to one group or bus; `send` gives a part of it to others");
                draft.errors.push(error);
            }
            None => {
                draft.lines[index].strip.to = Some(route.to.clone());
                ways.insert(index, (route.to, route.origin));
            }
        }
    }
}

/// Values that were given for names which the script never asks for.
fn ask(draft: &mut Draft) {
    for name in draft.given.keys() {
        if draft.asked.contains(name) {
            continue;
        }
        let error = Diagnostic::error(format!("the script asks for no parameter `{name}`"));
        let near = nearest(name, draft.asked.iter().map(String::as_str));
        draft.errors.push(match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("a script asks with `param(\"{name}\", its default)`")),
        });
    }
}
