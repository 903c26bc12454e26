//! Musical time to frames: the tempo map, the meters, and what symbolic places come to.
//!
//! Quarters are the inner count: tempo counts them whatever the meter. After this module there are only frames.

use crate::song::{Anchor, Length, Meter, Place, Song};
use mixwright_nodes::{
    curve::{Clock, Shape, Stretch},
    unit::Frames,
};
use std::sync::Arc;

/// The frame that no place lies beyond, before the song's start or after it: 33 days at 384 kHz.
pub const FARTHEST: Frames = Frames(1 << 40);

/// The song's ruler: turns places and lengths into frames.
#[derive(Clone, Debug)]
pub struct Timeline {
    clock: Arc<Clock>,
    meters: Vec<Stave>,
    rate: f64,
    end: f64,
    clip_ends: Vec<(String, Vec<f64>)>,
}

/// A stretch of one meter.
#[derive(Clone, Copy, Debug)]
struct Stave {
    bar: f64,
    quarters: f64,
    bar_length: f64,
    beat_length: f64,
}

impl Timeline {
    /// The ruler of a song before it is known where its clips end.
    pub fn new(song: &Song) -> Timeline {
        let meters = staves(&song.meters);
        let rate = f64::from(song.rate);
        let mut line = Timeline {
            clock: Arc::new(Clock::new(vec![stretch(0.0, 0.0, song.tempo.0, rate)])),
            meters,
            rate,
            end: 0.0,
            clip_ends: Vec::new(),
        };
        line.clock = Arc::new(line.tempo_map(song));
        line
    }

    /// The same ruler once clips have ends: the song's, and those of each track by its name.
    #[must_use]
    pub fn with_ends(mut self, end: f64, clip_ends: Vec<(String, Vec<f64>)>) -> Timeline {
        self.end = end;
        self.clip_ends = clip_ends;
        self
    }

    /// What counts quarters along the song.
    pub fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// The frame of a place.
    pub fn frame(&self, place: &Place) -> Frames {
        Frames(self.exact(place).round() as i64)
    }

    /// The frame of a place before rounding.
    pub fn exact(&self, place: &Place) -> f64 {
        let anchor = match &place.from {
            Anchor::Start => 0.0,
            Anchor::End => self.end,
            Anchor::ClipEnd(track, clip) => self.clip_end(track, *clip).unwrap_or(self.end),
        };
        self.along(anchor, place.plus)
    }

    /// Frames of a length that begins at a frame.
    pub fn frames(&self, from: f64, length: Length) -> Frames {
        Frames((self.along(from, length) - from).round() as i64)
    }

    /// The bar at a frame, with how far on in it; bars count from 1.
    pub fn bar(&self, frame: f64) -> f64 {
        let quarters = self.clock.beats(frame);
        let stave = self.stave(|s| s.quarters <= quarters + 1e-9);
        stave.bar + (quarters - stave.quarters) / stave.bar_length + 1.0
    }

    /// Quarters of a length that begins at the start of the song, for what repeats.
    pub fn quarters(&self, length: Length) -> f64 {
        let timed = length.seconds * self.rate + length.samples;
        self.musical(0.0, length) + self.clock.beats(timed) - self.clock.beats(0.0)
    }

    /// The least time that a length takes anywhere in the song, in seconds: musical ones are short where it is fast.
    pub fn shortest(&self, length: Length) -> f64 {
        if length.bars == 0.0 && length.beats == 0.0 {
            return length.seconds + length.samples / self.rate;
        }
        self.quarters(length) / self.clock.fastest() / self.rate
    }

    fn clip_end(&self, track: &str, clip: usize) -> Option<f64> {
        self.clip_ends.iter().find(|(name, _)| name == track)?.1.get(clip).copied()
    }

    fn along(&self, from: f64, length: Length) -> f64 {
        let mut frame = from;
        if length.bars != 0.0 || length.beats != 0.0 {
            frame = self.clock.frame(self.musical(self.clock.beats(from), length));
        }
        let farthest = FARTHEST.0 as f64;
        (frame + length.seconds * self.rate + length.samples).clamp(-farthest, farthest)
    }

    /// Where the bars and beats of a length lead to, in quarters.
    fn musical(&self, from: f64, length: Length) -> f64 {
        let mut quarters = from;
        if length.bars != 0.0 {
            let stave = self.stave(|s| s.quarters <= quarters + 1e-9);
            let bars = stave.bar + (quarters - stave.quarters) / stave.bar_length + length.bars;
            let stave = self.stave(|s| s.bar <= bars + 1e-9);
            quarters = stave.quarters + (bars - stave.bar) * stave.bar_length;
        }
        quarters + length.beats * self.stave(|s| s.quarters <= quarters + 1e-9).beat_length
    }

    fn stave(&self, begun: impl Fn(&Stave) -> bool) -> Stave {
        self.meters[self.meters.partition_point(begun).saturating_sub(1)]
    }

    /// The clock of a song; a change is placed along the changes before it.
    fn tempo_map(&self, song: &Song) -> Clock {
        let mut made = vec![stretch(0.0, 0.0, song.tempo.0, self.rate)];
        let (mut quarters, mut tempo) = (0.0, song.tempo.0);
        for change in &song.tempos {
            let so_far = Timeline { clock: Arc::new(Clock::new(made.clone())), ..self.clone() };
            let at = so_far.clock.beats(so_far.exact(&change.at)).max(quarters);
            if change.shape == Shape::Step {
                made.push(stretch(so_far.clock.frame(at), at, change.tempo.0, self.rate));
            } else if at > quarters {
                let last = made.last_mut().expect("the first stretch is always there");
                if last.beats < quarters {
                    let frame = so_far.clock.frame(quarters);
                    made.push(stretch(frame, quarters, tempo, self.rate));
                }
                let last = made.last_mut().expect("the first stretch is always there");
                // Straight over quarters: the pace grows by the same share in each frame.
                last.growth = (change.tempo.0 - tempo) / 60.0 / self.rate / (at - quarters);
                let frame = Clock::new(made.clone()).frame(at);
                made.push(stretch(frame, at, change.tempo.0, self.rate));
            }
            (quarters, tempo) = (at, change.tempo.0);
        }
        Clock::new(made)
    }
}

fn stretch(at: f64, quarters: f64, bpm: f64, rate: f64) -> Stretch {
    Stretch { at, beats: quarters, pace: bpm / 60.0 / rate, growth: 0.0 }
}

fn staves(meters: &[Meter]) -> Vec<Stave> {
    let mut made: Vec<Stave> = Vec::new();
    for meter in meters {
        let bar = f64::from(meter.bar) - 1.0;
        let quarters = made.last().map_or(0.0, |last| last.quarters + (bar - last.bar) * last.bar_length);
        let beat_length = 4.0 / f64::from(meter.unit);
        made.push(Stave { bar, quarters, bar_length: beat_length * f64::from(meter.beats), beat_length });
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::song::TempoChange;
    use mixwright_nodes::unit::Bpm;

    fn song() -> Song {
        Song { rate: 48_000, tempo: Bpm(120.0), ..Song::new("test") }
    }

    fn length(bars: f64, beats: f64, seconds: f64) -> Length {
        Length { bars, beats, seconds, samples: 0.0 }
    }

    #[test]
    fn bars_beats_seconds_and_samples_add_up() {
        let line = Timeline::new(&song());
        assert_eq!(line.frame(&Place::bar(1.0)), Frames(0));
        assert_eq!(line.frame(&Place::bar(3.0)), Frames(2 * 4 * 24_000));
        assert_eq!(line.frame(&Place::bar(2.0).plus(length(0.0, -1.0, 0.5))), Frames(96_000));
        assert_eq!(line.frames(0.0, length(1.0, 1.0, 0.25)), Frames(96_000 + 24_000 + 12_000));
    }

    #[test]
    fn meters_change_what_a_bar_is() {
        let mut song = song();
        song.meters.push(Meter { bar: 3, beats: 6, unit: 8 });
        let line = Timeline::new(&song);
        let third = 2 * 96_000;
        assert_eq!(line.frame(&Place::bar(3.0)), Frames(third));
        assert_eq!(line.frame(&Place::bar(4.0)), Frames(third + 72_000));
        assert_eq!(line.frame(&Place::bar(3.0).plus(length(0.0, 1.0, 0.0))), Frames(third + 12_000));
        for (frame, bar) in
            [(0, 1.0), (48_000, 1.5), (third, 3.0), (third + 36_000, 3.5), (third + 72_000, 4.0)]
        {
            assert!((line.bar(frame as f64) - bar).abs() < 1e-9, "{frame}");
        }
    }

    #[test]
    fn a_tempo_ramp_is_straight_over_quarters() {
        let mut song = song();
        song.tempos = vec![
            TempoChange { at: Place::bar(2.0), tempo: Bpm(120.0), shape: Shape::Step },
            TempoChange { at: Place::bar(4.0), tempo: Bpm(60.0), shape: Shape::Line },
        ];
        let line = Timeline::new(&song);
        // Summed in small steps: each quarter takes 60 over the tempo there.
        let steps = 800_000;
        let seconds: f64 = (0..steps)
            .map(|i| {
                let quarters = 8.0 * (f64::from(i) + 0.5) / f64::from(steps);
                60.0 / (120.0 - 60.0 * quarters / 8.0) * 8.0 / f64::from(steps)
            })
            .sum();
        let frame = line.exact(&Place::bar(4.0));
        assert!((frame - 96_000.0 - seconds * 48_000.0).abs() < 0.01, "{frame}");
        // After the ramp the last tempo goes on.
        let next = line.exact(&Place::bar(5.0));
        assert!((next - frame - 4.0 * 48_000.0).abs() < 0.01);
    }
}
