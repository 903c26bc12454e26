//! `--range` and `--section`: the part of a song that is rendered.

use crate::{
    args,
    outcome::{Outcome, unknown},
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    resolved::Resolved,
    song::{Length, Place},
};
use mixwright_nodes::unit::Frames;

/// The part of the song that is asked for.
pub(crate) fn of(args: &args::Made, song: &Resolved) -> Result<Option<(Frames, Frames)>, Outcome> {
    if let Some(name) = &args.section {
        let known: Vec<String> = song.sections.iter().map(|section| section.name.clone()).collect();
        let section = song.sections.iter().find(|section| section.name == *name);
        return section
            .map(|s| Some((s.from.max(Frames(0)), s.to)))
            .ok_or_else(|| Outcome::Author(vec![unknown("section", name, &known)]));
    }
    let Some(range) = &args.range else { return Ok(None) };
    let ends = range.split_once("..").and_then(|(from, to)| Some((place(from)?, place(to)?)));
    let Some((from, to)) = ends.map(|(from, to)| (song.timeline.frame(&from), song.timeline.frame(&to)))
    else {
        let error = Diagnostic::error(format!("`--range {range}` is no range"));
        return Err(Outcome::Author(vec![
            error.hint("write bars (17..25) or times (1:02.5..1:30, 30s..45s)"),
        ]));
    };
    if to <= from {
        return Err(Outcome::mistake(format!("`--range {range}` ends where it begins, or before")));
    }
    Ok(Some((from, to)))
}

/// A bar's number, or a time in minutes and seconds.
fn place(text: &str) -> Option<Place> {
    let text = text.trim();
    let number =
        |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    let at = |seconds| Place::default().plus(Length { seconds, ..Length::default() });
    if let Some((minutes, seconds)) = text.split_once(':') {
        return Some(at(number(minutes)? * 60.0 + number(seconds)?));
    }
    if let Some(seconds) = text.strip_suffix('s') {
        return Some(at(number(seconds)?));
    }
    let bar = number(text)?;
    (bar >= 1.0).then(|| Place::bar(bar))
}
