//! What no script can write and a song that was read can hold: strips out of place, names of nobody, odd times.

use super::Bench;
use crate::{
    diagnostic::{Diagnostic, Origin},
    song::{Anchor, Length, Place, Strip, StripKind, limits::METER},
};
use mixwright_nodes::{curve::Shape, unit::written};

impl Bench<'_> {
    /// Finds all of it. What concerns curves is found where they are read.
    pub(super) fn structure(&mut self) {
        self.masters();
        let song = self.song;
        for strip in &song.strips {
            self.placed_rightly(strip);
        }
        self.names_of_strips();
        self.times();
    }

    fn wrong(&mut self, message: impl Into<String>, origin: &Origin) {
        self.found.push(Diagnostic::error(message).at(origin));
    }

    fn masters(&mut self) {
        let master = &self.song.master;
        if master.kind != StripKind::Master {
            let kind = master.kind;
            self.wrong(format!("the master is of kind {kind:?}; its kind is Master"), &master.origin);
        }
        if master.name != "master" {
            self.wrong(
                format!("the master is named `{}`; its name is `master`", master.name),
                &master.origin,
            );
        }
        if let Some(to) = &master.to {
            self.wrong(format!("`master` goes to `{to}`, but nothing comes after it"), &master.origin);
        }
        for send in &master.sends {
            self.wrong(
                format!("`master` sends to `{}`; send from the strips before it", send.to),
                &send.origin,
            );
        }
        self.plays_nothing(master);
    }

    fn placed_rightly(&mut self, strip: &Strip) {
        if strip.kind == StripKind::Master {
            let message =
                format!("`{}` is of kind Master, and a song has one master beside its strips", strip.name);
            self.wrong(message, &strip.origin);
        } else if strip.kind != StripKind::Track {
            self.plays_nothing(strip);
        }
    }

    /// A strip that is no track has nothing that only tracks have.
    fn plays_nothing(&mut self, strip: &Strip) {
        if let Some(clip) = strip.clips.first() {
            self.wrong(format!("`{}` has clips, but only a track plays them", strip.name), &clip.origin);
        }
        if strip.nudge != Length::default() {
            let message = format!("`{}` is nudged, but only a track can be", strip.name);
            self.wrong(message, &strip.origin);
        }
    }

    pub(super) fn meters(&mut self) {
        let song = self.song;
        if song.meters.first().is_none_or(|meter| meter.bar != 1) {
            self.wrong("the first meter of a song begins with bar 1", &song.origin);
        }
        for pair in song.meters.windows(2).filter(|pair| pair[1].bar <= pair[0].bar) {
            let message =
                format!("the meter of bar {} does not come after that of bar {}", pair[1].bar, pair[0].bar);
            self.wrong(message, &song.origin);
        }
        let odd = |n: u32| !(1..=METER).contains(&n);
        for meter in song.meters.iter().filter(|m| odd(m.beats) || odd(m.unit) || !m.unit.is_power_of_two()) {
            let message = format!("there is no meter {}/{} at bar {}", meter.beats, meter.unit, meter.bar);
            self.wrong(message, &song.origin);
        }
    }

    /// Tempo makes time of bars, so it changes in bars and beats from the start, one change after the other.
    pub(super) fn tempos(&mut self) {
        let song = self.song;
        let mut last: Option<&Place> = None;
        for change in &song.tempos {
            let Length { bars, beats, seconds, samples } = change.at.plus;
            if change.at.from != Anchor::Start || seconds != 0.0 || samples != 0.0 {
                self.wrong("a tempo changes at a place in bars and beats from the start", &song.origin);
            } else if !(bars.is_finite() && beats.is_finite()) {
                self.wrong("a tempo changes at a place that is not a number", &song.origin);
            } else if last.is_some_and(|last| change.at.surely_before(last)) {
                self.wrong(
                    format!("the change of tempo to {} lies before the one before it", change.tempo),
                    &song.origin,
                );
            } else {
                last = Some(&change.at);
            }
            if !matches!(change.shape, Shape::Step | Shape::Line) {
                self.wrong(
                    format!("the change of tempo to {} is neither Step nor Line", change.tempo),
                    &song.origin,
                );
            }
        }
    }

    /// Strips that are named elsewhere than in strips.
    fn names_of_strips(&mut self) {
        let song = self.song;
        for (index, vca) in song.vcas.iter().enumerate() {
            if song.vcas[..index].iter().any(|other| other.name == vca.name) {
                self.wrong(format!("there are two VCAs named `{}`", vca.name), &vca.origin);
            }
            for name in &vca.strips {
                self.strip(name, &vca.origin);
            }
        }
        for cut in &song.cuts {
            let Some(name) = &cut.track else { continue };
            if let Some(index) = self.strip(name, &cut.origin)
                && song.strips.get(index).is_none_or(|strip| strip.kind != StripKind::Track)
            {
                self.wrong(format!("a cut of `{name}`, but only a track can be cut"), &cut.origin);
            }
        }
    }

    fn times(&mut self) {
        let song = self.song;
        for strip in &song.strips {
            self.length(&format!("the nudge of `{}`", strip.name), strip.nudge, &strip.origin);
            for clip in &strip.clips {
                let of = format!("of a clip of `{}`", strip.name);
                self.anchored(&format!("the place {of}"), &clip.at, &clip.origin);
                self.length(&format!("`from` {of}"), clip.from, &clip.origin);
                self.length(&format!("the length {of}"), clip.length.unwrap_or_default(), &clip.origin);
                self.not_negative(&format!("`fade_in` {of}"), clip.fade_in, &clip.origin);
                self.not_negative(&format!("`fade_out` {of}"), clip.fade_out, &clip.origin);
            }
        }
        for section in &song.sections {
            let what = format!("section `{}`", section.name);
            self.anchored(&what, &section.span.from, &section.origin);
            self.anchored(&what, &section.span.to, &section.origin);
        }
        for chapter in &song.chapters {
            self.anchored(&format!("chapter `{}`", chapter.title), &chapter.at, &song.origin);
        }
        for cut in &song.cuts {
            let what = cut.track.as_ref().map_or("a cut".to_owned(), |track| format!("a cut of `{track}`"));
            self.anchored(&what, &cut.span.from, &cut.origin);
            self.anchored(&what, &cut.span.to, &cut.origin);
            self.not_negative(&format!("the crossfade of {what}"), cut.crossfade, &cut.origin);
        }
        if let Some(end) = &song.end {
            if end.from == Anchor::End {
                self.wrong("the end of the song is counted from the end of the song", &song.origin);
            }
            self.anchored("the end of the song", end, &song.origin);
        }
    }

    /// A place of finite parts, counted from what is there.
    pub(super) fn anchored(&mut self, what: &str, place: &Place, origin: &Origin) {
        self.length(what, place.plus, origin);
        let Anchor::ClipEnd(track, clip) = &place.from else { return };
        let Some(index) = self.strip(track, origin) else { return };
        let count = self.song.strips.get(index).map_or(0, |strip| strip.clips.len());
        if *clip >= count {
            let message =
                format!("{what} is counted from the end of clip {clip} of `{track}`, which has {count}");
            self.found.push(Diagnostic::error(message).at(origin).hint("clips count from 0"));
        }
    }

    fn not_negative(&mut self, what: &str, length: Length, origin: &Origin) {
        self.length(what, length, origin);
        if let Some((value, unit)) = length.parts().into_iter().find(|(value, _)| *value < 0.0) {
            self.wrong(format!("{what} is {}; it cannot be negative", written(value, unit)), origin);
        }
    }

    /// A length of finite parts; returns whether it is one.
    pub(super) fn length(&mut self, what: &str, length: Length, origin: &Origin) -> bool {
        let odd = length.parts().into_iter().find(|(value, _)| !value.is_finite());
        if let Some((value, unit)) = odd {
            self.wrong(format!("{what} has {value} {}, which is no number", unit.symbol()), origin);
        }
        odd.is_none()
    }
}

#[cfg(test)]
mod tests;
