//! Solo and mute for listening: they change what of a song is heard, not the song.

use crate::song::Song;
use std::collections::BTreeSet;

/// Silences strips by their names.
pub fn mute(song: &mut Song, names: &[String]) {
    for strip in song.strips.iter_mut().filter(|strip| names.contains(&strip.name)) {
        strip.muted = true;
    }
}

/// Lets only these strips be heard: with what they go to and what goes to them, and with what they send to buses.
///
/// Keys still hear what is silenced, so ducking sounds as it does in the mix.
pub fn solo(song: &mut Song, names: &[String]) {
    if names.is_empty() {
        return;
    }
    let mut heard: BTreeSet<String> = names.iter().cloned().collect();
    // Upwards: what goes to a soloed strip, through groups of groups.
    let mut feeds = heard.clone();
    loop {
        let more: Vec<String> = song
            .strips
            .iter()
            .filter(|strip| {
                strip.to.as_ref().is_some_and(|to| feeds.contains(to)) && !feeds.contains(&strip.name)
            })
            .map(|strip| strip.name.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        feeds.extend(more);
    }
    // Downwards: what a soloed strip goes to, and the buses that it sends to.
    let mut todo: Vec<String> = feeds.iter().cloned().collect();
    heard.extend(feeds.iter().cloned());
    while let Some(name) = todo.pop() {
        let Some(strip) = song.strips.iter().find(|strip| strip.name == name) else { continue };
        let next = strip.to.iter().chain(strip.sends.iter().map(|send| &send.to));
        for name in next {
            if heard.insert(name.clone()) {
                todo.push(name.clone());
            }
        }
    }
    // A soloed bus is fed by those that send to it, which are not heard themselves.
    for strip in &mut song.strips {
        if heard.contains(&strip.name) {
            continue;
        }
        strip.sends.retain(|send| names.contains(&send.to));
        strip.muted = strip.sends.is_empty();
        strip.sends_only = true;
    }
}
