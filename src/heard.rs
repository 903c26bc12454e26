//! `--solo` and `--mute`: the command's, as the song does not know of them.

use crate::{
    args,
    outcome::{Outcome, unknown},
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    solo,
    song::{Song, Strip},
};

/// Silences what is not to be heard.
pub(crate) fn apply(song: &mut Song, args: &args::Made) -> Result<(), Outcome> {
    let (solo, mute) = (trimmed(&args.solo), trimmed(&args.mute));
    let asked = solo.iter().map(|name| ("--solo", name)).chain(mute.iter().map(|name| ("--mute", name)));
    let wrong: Vec<Diagnostic> = asked.filter_map(|(option, name)| wrong(song, option, name)).collect();
    if !wrong.is_empty() {
        return Err(Outcome::Author(wrong));
    }
    solo::mute(song, &mute);
    solo::solo(song, &solo);
    Ok(())
}

fn trimmed(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.trim().to_owned()).collect()
}

/// What is wrong with a name, if it is not that of a track, bus or group.
fn wrong(song: &Song, option: &str, name: &str) -> Option<Diagnostic> {
    let strips: Vec<String> = song.strips.iter().map(|strip: &Strip| strip.name.clone()).collect();
    if strips.iter().any(|strip| strip == name) {
        return None;
    }
    let other = |what: &str, hint: String| {
        Some(Diagnostic::error(format!("`{option}` cannot take `{name}`: {what}")).hint(hint))
    };
    if name.is_empty() {
        let error = Diagnostic::error(format!("`{option}` names no strip"));
        return Some(error.hint(format!("write one or more of {}", strips.join(", "))));
    }
    if let Some(vca) = song.vcas.iter().find(|vca| vca.name == name) {
        let hint = format!("name what it moves: `{option} {}`", vca.strips.join(","));
        return other("it is a VCA, which moves faders and plays nothing", hint);
    }
    if song.sections.iter().any(|section| section.name == name) {
        return other("it is a section", format!("`--section {name}` renders it alone"));
    }
    if name == song.master.name {
        return other("everything arrives at it", format!("name any of {}", strips.join(", ")));
    }
    Some(unknown("strip", name, &strips))
}
