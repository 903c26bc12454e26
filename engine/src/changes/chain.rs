//! What is another in a chain: effects that came, went or moved, and their parameters.

use super::{
    Told,
    curve::{motion, setting},
    words,
};
use crate::{
    song::{Insert, InsertEffect, Parallel, Tap, TapPoint},
    written::alike,
};
use mixwright_nodes::{params::Value, unit::Unit};
use std::collections::BTreeMap;

/// Tells what is another in a chain; `within` is put before the names of its effects.
pub(super) fn chain(told: &mut Told<'_>, within: &str, before: &[Insert], after: &[Insert]) {
    let (before, after) = trimmed(before, after);
    let mut places = Vec::new();
    for old in before {
        match after.iter().position(|new| is_same(old, new)) {
            Some(place) => {
                places.push(place);
                insert(told, within, old, &after[place]);
            }
            None => told.say(format!("{} removed", named(within, old))),
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| is_same(old, new))) {
        told.say(format!("{} added", named(within, new)));
    }
    for place in moved(&places) {
        told.say(format!("{} moved", named(within, &after[place])));
    }
}

/// What is left of two chains without the ends that they share: names that are counted change when one before them goes.
fn trimmed<'c>(before: &'c [Insert], after: &'c [Insert]) -> (&'c [Insert], &'c [Insert]) {
    let front = before.iter().zip(after).take_while(|(old, new)| sounds_alike(old, new)).count();
    let (before, after) = (&before[front..], &after[front..]);
    let ends = before.iter().rev().zip(after.iter().rev());
    let back = ends.take_while(|(old, new)| sounds_alike(old, new)).count();
    (&before[..before.len() - back], &after[..after.len() - back])
}

/// Whether two inserts are the same but for a name that was counted.
fn sounds_alike(old: &Insert, new: &Insert) -> bool {
    match (old, new) {
        (Insert::Effect(old), Insert::Effect(new)) => {
            let counted = |insert: &InsertEffect| {
                let word = insert.effect.info().params.name;
                insert.name == word || insert.name.starts_with(&format!("{word}#"))
            };
            let same_name = old.name == new.name || (counted(old) && counted(new));
            same_name && alike(old, &InsertEffect { name: old.name.clone(), ..new.clone() })
        }
        _ => alike(old, new),
    }
}

/// Whether both are one insert, changed or not.
fn is_same(old: &Insert, new: &Insert) -> bool {
    match (old, new) {
        (Insert::Effect(old), Insert::Effect(new)) => {
            old.name == new.name && old.effect.info().params.name == new.effect.info().params.name
        }
        (Insert::Parallel(old), Insert::Parallel(new)) => old.name == new.name,
        (Insert::Tap(old), Insert::Tap(new)) => old == new,
        _ => false,
    }
}

fn named(within: &str, insert: &Insert) -> String {
    match insert {
        Insert::Effect(insert) => format!("{within}{}", insert.name),
        Insert::Parallel(parallel) => format!("{within}parallel {}", parallel.name),
        Insert::Tap(tap) => format!("{within}tap {tap}"),
    }
}

/// The places that are not in the longest row of rising ones.
fn moved(places: &[usize]) -> Vec<usize> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for place in places {
        let before = rows.iter().filter(|row| row.last().is_some_and(|last| last < place));
        let mut row = before.max_by_key(|row| row.len()).cloned().unwrap_or_default();
        row.push(*place);
        rows.push(row);
    }
    let stay = rows.into_iter().max_by_key(Vec::len).unwrap_or_default();
    places.iter().copied().filter(|place| !stay.contains(place)).collect()
}

fn insert(told: &mut Told<'_>, within: &str, before: &Insert, after: &Insert) {
    match (before, after) {
        (Insert::Effect(old), Insert::Effect(new)) => effect(told, within, old, new),
        (Insert::Parallel(old), Insert::Parallel(new)) => {
            let Parallel { name, level, chain: inner, origin: _ } = old;
            setting(told, &format!("{within}parallel {name} level"), Unit::Db, level, &new.level);
            chain(told, &format!("{within}{name}/"), inner, &new.chain);
        }
        _ => {}
    }
}

fn effect(told: &mut Told<'_>, within: &str, before: &InsertEffect, after: &InsertEffect) {
    let InsertEffect { name, effect, moves, mix, bypass, on, key, origin: _ } = before;
    let name = format!("{within}{name}");
    let curved = |path: &str| moves.contains_key(path) || after.moves.contains_key(path);
    for ((param, old), (_, new)) in effect.entries().iter().zip(&after.effect.entries()) {
        parameter(told, &name, param, (old, new), &curved);
    }
    curves(told, &name, moves, after);
    setting(told, &format!("{name} mix"), Unit::Percent, mix, &after.mix);
    told.say_if(*bypass != after.bypass, || {
        format!("{name} {}", if after.bypass { "bypassed" } else { "no longer bypassed" })
    });
    told.say_if(*on != after.on, || format!("{name} on {} -> {}", on.word(), after.on.word()));
    told.say_if(*key != after.key, || match &after.key {
        Some(key) => format!("{name} listens to {}", heard(key)),
        None => format!("{name} listens to itself"),
    });
}

/// Tells how a parameter, or one within it, changed; what curves move is theirs to tell.
fn parameter(
    told: &mut Told<'_>,
    effect: &str,
    path: &str,
    (before, after): (&Value, &Value),
    curved: &dyn Fn(&str) -> bool,
) {
    match (before, after) {
        (Value::List(old), Value::List(new)) if old.len() == new.len() => {
            for (i, pair) in old.iter().zip(new).enumerate() {
                parameter(told, effect, &format!("{path}/{i}"), pair, curved);
            }
        }
        (Value::List(old), Value::List(new)) => {
            told.say(format!("{effect} {path}: {} -> {} entries", old.len(), new.len()));
        }
        (Value::Map(old), Value::Map(new)) if names(old) == names(new) => {
            for ((name, old), (_, new)) in old.iter().zip(new) {
                parameter(told, effect, &format!("{path}/{name}"), (old, new), curved);
            }
        }
        _ if curved(path) => {}
        _ => told.say_if(before != after, || format!("{effect} {path} {}", words::value(before, after))),
    }
}

fn names(map: &[(String, Value)]) -> Vec<&str> {
    map.iter().map(|(name, _)| name.as_str()).collect()
}

fn curves(
    told: &mut Told<'_>,
    name: &str,
    before: &BTreeMap<String, crate::song::Motion>,
    after: &InsertEffect,
) {
    for (path, old) in before {
        match after.moves.get(path) {
            Some(new) => motion(told, &format!("{name} {path}"), old, new),
            None => told.say(format!("{name} {path} has no curve any more")),
        }
    }
    for path in after.moves.keys().filter(|path| !before.contains_key(*path)) {
        told.say(format!("{name} {path} has a curve"));
    }
}

fn heard(tap: &Tap) -> String {
    match &tap.point {
        TapPoint::Chain => tap.strip.clone(),
        TapPoint::Input => format!("{} before its effects", tap.strip),
        TapPoint::Output => format!("{} after its fader", tap.strip),
        TapPoint::Named(name) => format!("{} at {name}", tap.strip),
    }
}
