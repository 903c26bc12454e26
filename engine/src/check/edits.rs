//! Cuts and inserts: every place of a song is a place before them, and here it becomes one after them.
//!
//! Clips are split where time was taken out or let in; curves run on the clock of before.

use super::Bench;
use crate::{
    diagnostic::Diagnostic,
    resolved::PlayedClip,
    song::{Cut, FadeShape, Overlap},
};
use mixwright_nodes::{
    curve::{Curve, Splice, Splices},
    unit::Frames,
};
use std::sync::Arc;

/// A span that is left out, in frames of before.
#[derive(Clone, Copy, Debug)]
struct Gap {
    from: i64,
    to: i64,
    crossfade: i64,
}

/// Time that is let in at a place of before.
#[derive(Clone, Copy, Debug)]
struct Guest {
    at: i64,
    length: i64,
}

/// All cuts and inserts that move the whole song.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits {
    gaps: Vec<Gap>,
    guests: Vec<Guest>,
}

impl Edits {
    fn is_empty(&self) -> bool {
        self.gaps.is_empty() && self.guests.is_empty()
    }

    /// Where a place of before lies now. What begins at an insert's place comes after what was let in.
    pub(super) fn moved(&self, frame: i64) -> i64 {
        self.removed(frame) + self.let_in(|guest| guest.at <= frame)
    }

    /// Where a guest that is let in at a place begins.
    fn begins(&self, frame: i64) -> i64 {
        self.removed(frame) + self.let_in(|guest| guest.at < frame)
    }

    fn removed(&self, frame: i64) -> i64 {
        frame - self.gaps.iter().map(|gap| (frame.min(gap.to) - gap.from).max(0)).sum::<i64>()
    }

    fn let_in(&self, before: impl Fn(&Guest) -> bool) -> i64 {
        self.guests.iter().filter(|guest| before(guest)).map(|guest| guest.length).sum()
    }

    /// A curve that runs on the clock of before.
    pub(super) fn spliced(&self, curve: Curve) -> Curve {
        if self.is_empty() || matches!(curve, Curve::Hold(_) | Curve::Control { .. }) {
            return curve;
        }
        let mut borders: Vec<i64> = [0].into_iter().chain(self.gaps.iter().map(|gap| gap.to)).collect();
        borders.extend(self.guests.iter().map(|guest| guest.at));
        borders.sort_unstable();
        borders.dedup();
        let mut splices = Vec::new();
        for border in borders {
            if self.guests.iter().any(|guest| guest.at == border) {
                splices.push(Splice { at: Frames(self.begins(border)), from: Frames(border), runs: false });
            }
            splices.push(Splice { at: Frames(self.moved(border)), from: Frames(border), runs: true });
        }
        Curve::Spliced(Box::new(curve), Splices(Arc::from(splices)))
    }
}

impl Bench<'_> {
    /// Reads the cuts and inserts of a song whose clips are placed.
    pub(super) fn find_edits(&mut self) {
        let song = self.song;
        let mut gaps: Vec<Gap> = Vec::new();
        for cut in song.cuts.iter().filter(|cut| cut.track.is_none()) {
            gaps.extend(self.gap(cut));
        }
        gaps.sort_by_key(|gap| gap.from);
        if gaps.windows(2).any(|pair| pair[1].from < pair[0].to) {
            self.found.push(Diagnostic::error("two cuts overlap: make one of them").at(&song.origin));
        }
        let clips =
            song.strips.iter().zip(&self.clips).flat_map(|(s, track)| s.clips.iter().zip(&track.played));
        let guests = clips
            .filter(|(clip, _)| clip.inserted)
            .map(|(_, played)| Guest { at: played.at.0, length: played.end().0 - played.at.0 });
        self.edits = Edits { gaps, guests: guests.collect() };
        self.apply_edits();
    }

    fn gap(&mut self, cut: &Cut) -> Option<Gap> {
        let (from, to) = (self.timeline.frame(&cut.span.from).0, self.timeline.frame(&cut.span.to).0);
        if to <= from {
            self.found.push(Diagnostic::error("a cut ends where it begins, or before").at(&cut.origin));
            return None;
        }
        Some(Gap { from, to, crossfade: self.timeline.frames(from as f64, cut.crossfade).0.max(0) })
    }

    fn apply_edits(&mut self) {
        let song = self.song;
        for (index, strip) in song.strips.iter().enumerate() {
            let mut gaps = Vec::new();
            for cut in song.cuts.iter().filter(|cut| cut.track.as_ref() == Some(&strip.name)) {
                gaps.extend(self.gap(cut));
            }
            let Some(track) = self.clips.get_mut(index) else { continue };
            if self.edits.is_empty() && gaps.is_empty() {
                continue;
            }
            let mut played = Vec::new();
            for (clip, declared) in track.played.drain(..).zip(&strip.clips) {
                if declared.inserted {
                    let at = Frames(self.edits.begins(clip.at.0));
                    played.push(PlayedClip { at, ..clip });
                } else {
                    played.extend(pieces(&clip, &self.edits, &gaps));
                }
            }
            track.played = played;
        }
    }
}

/// What is left of a clip, each piece in its place.
fn pieces(clip: &PlayedClip, edits: &Edits, own: &[Gap]) -> Vec<PlayedClip> {
    let (start, end) = (clip.at.0, clip.end().0);
    let gaps: Vec<Gap> = edits.gaps.iter().chain(own).copied().collect();
    let touched = gaps.iter().any(|gap| gap.from < end && gap.to > start)
        || edits.guests.iter().any(|guest| start < guest.at && guest.at < end);
    if !touched {
        return vec![PlayedClip { at: Frames(edits.moved(start)), ..clip.clone() }];
    }
    let rounds = (0..i64::from(clip.repeat)).map(|round| start + round * clip.length.0);
    let mut borders: Vec<i64> = rounds.chain([end]).collect();
    borders.extend(gaps.iter().flat_map(|gap| [gap.from, gap.to]));
    borders.extend(edits.guests.iter().map(|guest| guest.at));
    borders.retain(|border| (start..=end).contains(border));
    borders.sort_unstable();
    borders.dedup();
    let kept = |from: i64| !gaps.iter().any(|gap| (gap.from..gap.to).contains(&from));
    borders
        .windows(2)
        .filter(|pair| kept(pair[0]))
        .map(|pair| piece(clip, pair[0], pair[1], edits, &gaps))
        .collect()
}

/// The piece of a clip between two places of before: where it was cut, it goes on for half a crossfade and fades.
fn piece(clip: &PlayedClip, from: i64, to: i64, edits: &Edits, gaps: &[Gap]) -> PlayedClip {
    let (start, end) = (clip.at.0, clip.end().0);
    let round = (from - start).div_euclid(clip.length.0);
    let (first, last) = (start + round * clip.length.0, start + (round + 1) * clip.length.0);
    let fade = |edge: Option<&Gap>| edge.map_or(0, |gap| gap.crossfade.min(to - from));
    let fade_in = fade(gaps.iter().find(|gap| gap.to == from));
    let fade_out = fade(gaps.iter().find(|gap| gap.from == to));
    let before = (fade_in / 2).min(from - first);
    let after = (fade_out / 2).min(last - to);
    let (from, to) = (from - before, to + after);
    let inside = if clip.reverse { last - to } else { from - first };
    let shape = if fade_in + fade_out > 0 { FadeShape::Linear } else { clip.shape };
    PlayedClip {
        at: Frames(edits.moved(from + before) - before),
        from: Frames(clip.from.0 + inside),
        length: Frames(to - from),
        repeat: 1,
        fade_in: Frames(if from == start { clip.fade_in.0.min(to - from) } else { fade_in }),
        fade_out: Frames(if to == end { clip.fade_out.0.min(to - from) } else { fade_out }),
        shape,
        overlap: Overlap::Sum,
        ..clip.clone()
    }
}
