//! A song is checked once, and everything that is wrong is found at once.
//!
//! What comes out is a [`Resolved`] song, in which names are indices and times are frames.

mod chain;
mod clips;
mod edits;
mod motion;
mod routing;
mod structure;

use crate::{
    diagnostic::{Diagnostic, Origin, Severity},
    resolved::{Channel, Fader, Resolved, Stemmed, Stretch},
    song::{
        ChannelPick, Place, Section, Setting, Song, Stems, Strip, StripKind,
        limits::{FADER, FRAMES, LEVEL, PAN, TEMPO},
    },
    time::{FARTHEST, Timeline},
};
use chain::bounds;
use mixwright_nodes::{
    curve::Curve,
    effect::Width,
    finish::Finish,
    params::{ParamInfo, Params, Value, nearest},
    unit::{Frames, Unit},
};
use std::collections::BTreeMap;
use std::path::Path;

/// What a file holds, as far as a check needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Frames a second.
    pub rate: u32,
    /// Channels.
    pub channels: usize,
    /// Frames.
    pub frames: u64,
    /// Frames that its sound may come late by, as it does not tell its encoder's delay.
    pub late: u64,
}

/// Hours that few songs last.
const A_DAY: f64 = 24.0;

/// Where facts about files come from: the disk, or a test.
pub trait Files {
    /// What a file holds, as far as it is played.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn facts(&self, path: &Path, pick: ChannelPick) -> Result<FileFacts, Diagnostic>;

    /// What a file holds that an effect takes whole: as one of which a channel is played, if nothing else is said.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn whole(&self, path: &Path) -> Result<FileFacts, Diagnostic> {
        self.facts(path, ChannelPick::One(1))
    }
}

/// A checked song, and what is odd but not wrong in it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The song.
    pub song: Resolved,
    /// What its author should know.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a song.
///
/// # Errors
/// Everything that is wrong with it, in the order of the script.
pub fn check(song: &Song, files: &dyn Files) -> Result<Checked, Vec<Diagnostic>> {
    let mut bench = Bench::new(song, files);
    bench.whole();
    let strips = bench.strips();
    let end = bench.end();
    let resolved = Resolved {
        title: song.title.clone(),
        rate: song.rate,
        end,
        exact: song.end.is_some(),
        bars: bench.bars(end),
        sections: bench.sections(),
        chapters: bench.chapters(),
        stems: bench.stems(),
        finish: song.finish.clone(),
        files: song.files(),
        timeline: bench.timeline.clone(),
        strips,
    };
    let (mut errors, warnings): (Vec<_>, Vec<_>) =
        bench.found.into_iter().partition(|found| found.severity == Severity::Error);
    if errors.is_empty() {
        return Ok(Checked { song: resolved, warnings });
    }
    errors.sort_by(|a, b| a.origin.cmp(&b.origin));
    Err(errors)
}

/// Where a song lies while it is checked.
struct Bench<'a> {
    song: &'a Song,
    files: &'a dyn Files,
    timeline: Timeline,
    names: BTreeMap<&'a str, usize>,
    found: Vec<Diagnostic>,
    clips: Vec<clips::Track>,
    edits: edits::Edits,
}

impl<'a> Bench<'a> {
    fn new(song: &'a Song, files: &'a dyn Files) -> Self {
        let mut names: BTreeMap<&str, usize> =
            song.strips.iter().enumerate().rev().map(|(i, strip)| (strip.name.as_str(), i)).collect();
        names.insert("master", song.strips.len());
        Bench {
            song,
            files,
            timeline: Timeline::new(&Song::new("")),
            names,
            found: Vec::new(),
            clips: Vec::new(),
            edits: Default::default(),
        }
    }

    /// What concerns the song as a whole; sets the ruler for all that follows.
    fn whole(&mut self) {
        let song = self.song;
        let tempos = song.tempos.iter().map(|change| change.tempo).chain([song.tempo]);
        let tempos = tempos.map(|tempo| (TEMPO, tempo.0));
        for (limit, value) in tempos.chain([(FRAMES, f64::from(song.rate))]) {
            let unit = limit.unit().unwrap_or(Unit::Plain);
            let wrong = limit.number(&Value::Number(value, unit)).err();
            self.found.extend(wrong.map(|error| Diagnostic::error(error.to_string()).at(&song.origin)));
        }
        self.meters();
        self.tempos();
        // Where these are wrong, times would be nonsense: what follows is checked against a plain ruler.
        if self.found.is_empty() {
            self.timeline = Timeline::new(song);
        }
        self.structure();
        if let Some(finish) = &song.finish {
            let mut fresh = Finish::default();
            self.declared("finish", finish.entries(), |param, value| fresh.set(param, value), &song.origin);
        }
        self.names_are_unique();
        self.find_clips();
        self.find_edits();
    }

    fn names_are_unique(&mut self) {
        let mut first: BTreeMap<&str, &Origin> = BTreeMap::new();
        for strip in &self.song.strips {
            if strip.name.trim().is_empty() {
                self.found.push(Diagnostic::error("a strip needs a name").at(&strip.origin));
            }
            if strip.name == "master" {
                let message = "`master` is the name of the master strip; a track, bus or group needs another";
                self.found.push(Diagnostic::error(message).at(&strip.origin));
            }
            if let Some(before) = first.insert(&strip.name, &strip.origin) {
                let error = Diagnostic::error(format!("there are two strips named `{}`", strip.name));
                self.found.push(error.at(&strip.origin).label(before, "the first one is here"));
            }
        }
    }

    fn end(&mut self) -> Frames {
        let last = self.clips.iter().flat_map(|t| &t.played).map(|clip| clip.end()).max().unwrap_or_default();
        let end = self.song.end.as_ref().map_or(last, |place| self.now(place));
        // A song without a clip is empty; one whose clips all lie before it is a mistake.
        if end.0 < 0 || (end.0 == 0 && self.song.end.is_some()) {
            let message = "the song ends before it begins";
            self.found.push(Diagnostic::error(message).at(&self.song.origin));
        }
        self.found.extend(endless(self.song, end));
        end
    }

    /// The bars that may be heard: a song rings on for a minute at most.
    fn bars(&self, end: Frames) -> Vec<(Frames, u32)> {
        const MOST: u32 = 100_000;
        let over = end + Frames(60 * i64::from(self.song.rate));
        let meter = |bar: u32| self.song.meters.iter().rfind(|meter| meter.bar <= bar);
        let bar =
            |bar: u32| (self.now(&Place::bar(f64::from(bar))), meter(bar).map_or(4, |meter| meter.beats));
        (1..=MOST).map(bar).take_while(|(at, _)| *at < over).collect()
    }

    fn sections(&mut self) -> Vec<Stretch> {
        let mut made: Vec<Stretch> = Vec::new();
        for Section { name, span, origin } in &self.song.sections {
            let (from, to) = (self.now(&span.from), self.now(&span.to));
            if to <= from {
                let message = format!("section `{name}` ends where it begins, or before");
                self.found.push(Diagnostic::error(message).at(origin));
            }
            if made.iter().any(|other| other.name == *name) {
                let message = format!("there are two sections named `{name}`");
                self.found.push(Diagnostic::error(message).at(origin));
            }
            made.push(Stretch { name: name.clone(), from, to });
        }
        made
    }

    fn chapters(&self) -> Vec<(Frames, String)> {
        self.song.chapters.iter().map(|chapter| (self.now(&chapter.at), chapter.title.clone())).collect()
    }

    /// The frame of a place, once cuts and inserts are applied.
    fn now(&self, place: &Place) -> Frames {
        Frames(self.edits.moved(self.timeline.frame(place).0))
    }

    fn stems(&mut self) -> Stemmed {
        match &self.song.stems {
            Stems::None => Stemmed::None,
            Stems::All => Stemmed::All,
            Stems::Named(names) => {
                let origin = self.song.origin.clone();
                Stemmed::Named(names.iter().filter_map(|name| self.strip(name, &origin)).collect())
            }
        }
    }

    /// The index of a strip by its name; an unknown one is an error.
    fn strip(&mut self, name: &str, origin: &Origin) -> Option<usize> {
        if let Some(&index) = self.names.get(name) {
            return Some(index);
        }
        let error = Diagnostic::error(format!("there is no strip named `{name}`")).at(origin);
        let hint = match nearest(name, self.names.keys().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", listed(self.names.keys().copied())),
        };
        self.found.push(error.hint(hint));
        None
    }

    fn strips(&mut self) -> Vec<Channel> {
        let song = self.song;
        let all: Vec<&Strip> = song.strips.iter().chain([&song.master]).collect();
        all.iter().enumerate().map(|(index, strip)| self.channel(index, strip)).collect()
    }

    fn channel(&mut self, index: usize, strip: &Strip) -> Channel {
        let track = self.clips.get(index).cloned().unwrap_or_default();
        let width = if strip.kind == StripKind::Track { track.width } else { Width::Stereo };
        let before = self.found.len();
        let (chain, _) = self.chain(&strip.name, &strip.chain, width);
        let fader = self.fader(strip);
        let sends = self.sends(strip, index);
        let to = self.destination(strip, index);
        self.name_strip(strip, before);
        Channel {
            name: strip.name.clone(),
            kind: strip.kind,
            clips: track.played,
            width,
            chain,
            fader,
            sends,
            to,
            muted: strip.muted,
            origin: strip.origin.clone(),
        }
    }

    /// Says of which strip it is, where what was found since has no place that shows it, as in a song that was read.
    fn name_strip(&mut self, strip: &Strip, before: usize) {
        let name = format!("`{}`", strip.name);
        for found in &mut self.found[before..] {
            if found.origin.is_none() && !found.message.contains(&name) {
                found.message = format!("{name}: {}", found.message);
            }
        }
    }

    fn fader(&mut self, strip: &Strip) -> Fader {
        let law = strip.law.unwrap_or(self.song.law);
        let (gains, pan) = (self.gains(strip), &strip.pan);
        let mut followers = Vec::new();
        let mut curves = Vec::new();
        for (setting, limit) in gains {
            curves.push(self.setting(setting, &bounds(&limit), &strip.origin, &mut followers));
        }
        let gain = match curves.len() {
            1 => curves.remove(0),
            _ => sum(curves),
        };
        let pan = self.setting(pan, &bounds(&PAN), &strip.origin, &mut followers);
        Fader { gain, pan, law, followers }
    }

    /// A strip's own level and those of the VCAs that move it.
    fn gains<'s>(&self, strip: &'s Strip) -> Vec<(&'s Setting, ParamInfo)>
    where
        'a: 's,
    {
        let song: &'a Song = self.song;
        let vcas = song.vcas.iter().filter(|vca| vca.strips.contains(&strip.name));
        std::iter::once((&strip.fader, FADER)).chain(vcas.map(|vca| (&vca.level, LEVEL))).collect()
    }
}

/// What is said of a song that is hardly meant to be as long as it is.
fn endless(song: &Song, end: Frames) -> Option<Diagnostic> {
    let hours = end.seconds(song.rate) / 3600.0;
    let found = match &song.end {
        Some(_) if end >= FARTHEST => {
            Diagnostic::error(format!("the song would be {hours:.0} h long, or longer"))
        }
        _ if hours > A_DAY => Diagnostic::warning(format!("the song is {hours:.1} h long")),
        _ => return None,
    };
    let hint = match &song.end {
        Some(_) => "is its `end` right?",
        None => "is its last clip where it should be?",
    };
    Some(found.at(&song.origin).hint(hint))
}

/// Levels that add up; "off" stays off.
fn sum(curves: Vec<Curve>) -> Curve {
    let held: Option<f64> = curves
        .iter()
        .try_fold(0.0, |sum, curve| if let Curve::Hold(value) = curve { Some(sum + value) } else { None });
    held.map_or(Curve::Sum(curves), Curve::Hold)
}

/// Names for a message.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
