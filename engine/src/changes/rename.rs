//! Strips that have another name and are otherwise what they were.

use super::{Told, strip::strip};
use crate::{
    song::{Insert, Song, Stems, Strip},
    time::Timeline,
};

/// Old and new names of strips that are nothing else than renamed.
pub(super) fn renames(ruler: &Timeline, before: &Song, after: &Song) -> Vec<(String, String)> {
    let missing = |strip: &&Strip, song: &Song| !song.strips.iter().any(|other| other.name == strip.name);
    let mut new: Vec<&Strip> = after.strips.iter().filter(|strip| missing(strip, before)).collect();
    let mut found = Vec::new();
    for old in before.strips.iter().filter(|strip| missing(strip, after)) {
        let same = |new: &&Strip| {
            let mut told = Told { ruler, of: None, all: Vec::new() };
            strip(&mut told, old, new);
            told.all.is_empty()
        };
        if let Some(place) = new.iter().position(same) {
            found.push((old.name.clone(), new.remove(place).name.clone()));
        }
    }
    found
}

/// The song with its strips by their new names, so that what names them is no other than it was.
pub(super) fn renamed(song: &Song, names: &[(String, String)]) -> Song {
    let mut song = song.clone();
    let change = |name: &mut String| {
        if let Some((_, new)) = names.iter().find(|(old, _)| old == name) {
            new.clone_into(name);
        }
    };
    for strip in song.strips.iter_mut().chain([&mut song.master]) {
        change(&mut strip.name);
        strip.to.iter_mut().for_each(change);
        strip.sends.iter_mut().for_each(|send| change(&mut send.to));
        keys(&mut strip.chain, &change);
    }
    song.vcas.iter_mut().flat_map(|vca| &mut vca.strips).for_each(change);
    song.cuts.iter_mut().filter_map(|cut| cut.track.as_mut()).for_each(change);
    if let Stems::Named(stems) = &mut song.stems {
        stems.iter_mut().for_each(change);
    }
    song
}

fn keys(chain: &mut [Insert], change: &impl Fn(&mut String)) {
    for insert in chain {
        match insert {
            Insert::Effect(insert) => insert.key.iter_mut().for_each(|key| change(&mut key.strip)),
            Insert::Parallel(parallel) => keys(&mut parallel.chain, change),
            Insert::Tap(_) => {}
        }
    }
}
