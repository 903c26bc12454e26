//! Clips: files to frames, and where the song ends.

use super::{Bench, FileFacts};
use crate::{
    diagnostic::Diagnostic,
    resolved::PlayedClip,
    song::{Anchor, ChannelPick, Clip, Length, Strip, StripKind, limits::GAIN},
    time::FARTHEST,
};
use mixwright_nodes::{
    effect::Width,
    params::Value,
    unit::{Frames, Unit, written},
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The files that could be read, as far as they are played.
type Known = BTreeMap<(String, ChannelPick), (PathBuf, FileFacts)>;

/// What a track plays.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) played: Vec<PlayedClip>,
    pub(super) width: Width,
}

impl Default for Track {
    fn default() -> Self {
        Track { played: Vec::new(), width: Width::Mono }
    }
}

impl Bench<'_> {
    /// Finds all files, places all clips, and sets the ruler's ends.
    pub(super) fn find_clips(&mut self) {
        let song = self.song;
        let facts = self.probe();
        // A clip may be placed by the end of another, and by the end of the song: places settle in as many rounds
        // as one hangs on the other.
        let most = song.strips.iter().map(|strip| strip.clips.len()).sum::<usize>() + 2;
        let mut last: Vec<Vec<f64>> = Vec::new();
        for _ in 0..most.min(64) {
            let ends: Vec<Vec<f64>> = song
                .strips
                .iter()
                .map(|strip| strip.clips.iter().map(|clip| self.clip_end(strip, clip, &facts)).collect())
                .collect();
            let song_end = song
                .strips
                .iter()
                .zip(&ends)
                .flat_map(|(strip, ends)| strip.clips.iter().zip(ends))
                .filter(|(clip, _)| clip.at.from != Anchor::End)
                .map(|(_, end)| *end)
                .fold(0.0, f64::max);
            let end = song.end.as_ref().map_or(song_end, |place| self.timeline.exact(place));
            let named = song.strips.iter().map(|s| s.name.clone()).zip(ends.iter().cloned()).collect();
            self.timeline = self.timeline.clone().with_ends(end, named);
            if ends == last {
                break;
            }
            last = ends;
        }
        self.clips = song.strips.iter().map(|strip| self.track(strip, &facts)).collect();
    }

    /// What each file holds; one that cannot be read is an error at each clip that plays it.
    fn probe(&mut self) -> Known {
        let mut known = Known::new();
        let mut failed: BTreeMap<(String, ChannelPick), Diagnostic> = BTreeMap::new();
        let clips = self.song.strips.iter().flat_map(|strip| &strip.clips);
        for clip in clips {
            let key = (clip.file.clone(), clip.channel);
            if !known.contains_key(&key) && !failed.contains_key(&key) {
                let path = self.song.folder.join(&clip.file);
                match self.files.facts(&path, clip.channel) {
                    Ok(facts) => drop(known.insert(key.clone(), (path, facts))),
                    Err(error) => drop(failed.insert(key.clone(), error)),
                }
            }
            self.found.extend(failed.get(&key).map(|error| error.clone().at(&clip.origin)));
        }
        self.found.extend(self.late_ones(&known));
        known
    }

    /// A warning for each file that may come late, at the first clip that plays it from its start.
    fn late_ones(&self, known: &Known) -> Vec<Diagnostic> {
        let mut seen = BTreeSet::new();
        let clips = self.song.strips.iter().flat_map(|strip| &strip.clips);
        let from_start = clips.filter(|clip| clip.from == Length::default() && seen.insert(&clip.file));
        from_start
            .filter_map(|clip| {
                let (_, facts) = known.get(&(clip.file.clone(), clip.channel))?;
                let late = written((1000.0 * facts.late as f64 / f64::from(facts.rate)).round(), Unit::Ms);
                (late != written(0.0, Unit::Ms)).then(|| {
                    let words = "does not tell its encoder's delay: it may begin about";
                    Diagnostic::warning(format!("`{}` {words} {late} late", clip.file))
                        .at(&clip.origin)
                        .hint(format!("listen, and write `from: {}`", late.replace(' ', ".")))
                })
            })
            .collect()
    }

    fn clip_end(&self, strip: &Strip, clip: &Clip, files: &Known) -> f64 {
        self.place(strip, clip, files).map_or(0.0, |(at, length)| at + length * f64::from(clip.repeat))
    }

    /// Where a clip begins and how long it is once through, in frames before rounding.
    fn place(&self, strip: &Strip, clip: &Clip, files: &Known) -> Option<(f64, f64)> {
        let (_, facts) = files.get(&(clip.file.clone(), clip.channel))?;
        let at = self.timeline.exact(&clip.at).round();
        let at = at + self.timeline.frames(at, strip.nudge).0 as f64;
        let whole = (facts.frames as f64 * f64::from(self.song.rate) / f64::from(facts.rate)).ceil();
        let from = self.timeline.frames(at, clip.from).0 as f64;
        let length = match clip.length {
            Some(length) => self.timeline.frames(at, length).0 as f64,
            None => whole - from,
        };
        Some((at, length))
    }

    fn track(&mut self, strip: &Strip, files: &Known) -> Track {
        let mut track = Track::default();
        if strip.kind != StripKind::Track {
            return track;
        }
        for clip in &strip.clips {
            let Some((at, length)) = self.place(strip, clip, files) else { continue };
            let before = self.found.len();
            let (path, facts) = files[&(clip.file.clone(), clip.channel)].clone();
            track.width = track.width.max(if facts.channels > 1 { Width::Stereo } else { Width::Mono });
            let fits = self.fits(clip, &facts, at, length);
            self.name_strip(strip, before);
            if !fits {
                continue;
            }
            track.played.push(PlayedClip {
                path,
                at: Frames(at as i64),
                from: self.timeline.frames(at, clip.from),
                length: Frames(length as i64),
                repeat: clip.repeat,
                gain: clip.gain.gain(),
                fade_in: self.timeline.frames(at, clip.fade_in),
                fade_out: self.timeline.frames(at, clip.fade_out),
                shape: clip.shape,
                reverse: clip.reverse,
                channel: clip.channel,
                overlap: clip.overlap,
            });
        }
        track
    }

    /// Whether a clip lies within its file and within what a song can last.
    fn fits(&mut self, clip: &Clip, facts: &FileFacts, at: f64, length: f64) -> bool {
        let whole = (facts.frames as f64 * f64::from(self.song.rate) / f64::from(facts.rate)).ceil();
        let from = self.timeline.frames(at, clip.from).0 as f64;
        let seconds = |frames: f64| frames / f64::from(self.song.rate);
        let (file, lasts) = (&clip.file, seconds(whole));
        let mut wrong: Vec<(&'static str, String)> = Vec::new();
        if from < 0.0 || from >= whole.max(1.0) {
            let words = format!(
                "`{file}` lasts {lasts:.3} s, so nothing of it is left from {:.3} s on",
                seconds(from)
            );
            wrong.push(("from", words));
        } else if length <= 0.0 {
            wrong.push(("length", format!("a clip of `{file}` has no length")));
        } else if from + length > whole + 1.0 {
            let (to, more) = (seconds(from + length), "beyond its end");
            let words = format!("`{file}` lasts {lasts:.3} s; the clip plays it up to {to:.3} s, {more}");
            wrong.push(("length", words));
        }
        if at + length * f64::from(clip.repeat) >= FARTHEST.0 as f64 {
            let most = seconds(FARTHEST.0 as f64) / 3600.0;
            let setting = if at >= FARTHEST.0 as f64 { "at" } else { "repeat" };
            wrong.push((setting, format!("`{file}` ends after {most:.0} h, which is longer than any song")));
        }
        if let Err(error) = GAIN.number(&Value::Number(clip.gain.0, Unit::Db)) {
            wrong.push(("gain", format!("a clip of `{file}`: {error}")));
        }
        if clip.repeat == 0 {
            wrong.push(("repeat", format!("a clip of `{file}` is repeated 0 times")));
        }
        let [fade_in, fade_out] = [clip.fade_in, clip.fade_out].map(|fade| self.timeline.frames(at, fade));
        if length > 0.0 && (fade_in + fade_out).0 as f64 > length * f64::from(clip.repeat) {
            let longer = if fade_in >= fade_out { "fade_in" } else { "fade_out" };
            wrong.push((longer, format!("the fades of `{file}` are longer than the clip")));
        }
        let fits = wrong.is_empty();
        let told =
            |(setting, words): (&'static str, String)| Diagnostic::error(words).at(&clip.origin).of(setting);
        self.found.extend(wrong.into_iter().map(told));
        fits
    }
}
