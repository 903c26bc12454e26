use super::*;
use crate::{
    check::{FileFacts, Files, check},
    song::{
        ChannelPick, Chapter, Clip, Cut, Meter, Motion, MotionPoint, Section, Send, SendFrom, Setting, Song,
        Span, Tap, TapPoint, TempoChange, Turn, Vca,
    },
};
use mixwright_nodes::{
    curve::Wave,
    unit::{Bpm, Db},
};
use std::path::Path;

/// Every file lasts ten seconds.
struct Long;

impl Files for Long {
    fn facts(&self, _: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
        Ok(FileFacts { rate: 44_100, channels: 2, frames: 441_000, late: 0 })
    }
}

fn seconds(seconds: f64) -> Length {
    Length { seconds, ..Length::default() }
}

fn place(seconds_on: f64) -> Place {
    Place::default().plus(seconds(seconds_on))
}

/// A track, a group that it goes to, a bus that it is sent to, and something of all else.
fn whole() -> Song {
    let mut song = Song::new("whole");
    let mut kick = Strip::new("kick", StripKind::Track);
    kick.clips.push(Clip::new("kick.wav"));
    kick.to = Some("drums".to_owned());
    kick.sends.push(send("hall"));
    kick.nudge = seconds(-0.01);
    song.strips = vec![kick, Strip::new("drums", StripKind::Group), Strip::new("hall", StripKind::Bus)];
    song.tempos = vec![change(3.0), change(3.0), change(5.0)];
    song.meters.push(Meter { bar: 2, beats: 64, unit: 64 });
    song.vcas.push(vca("all", "kick"));
    let span = Span { from: place(0.0), to: place(1.0) };
    song.cuts.push(Cut {
        span: Span { from: place(2.0), to: place(3.0) },
        track: Some("kick".to_owned()),
        crossfade: seconds(0.0),
        origin: Origin::default(),
    });
    song.sections.push(Section { name: "verse".to_owned(), span, origin: Origin::default() });
    song.chapters.push(Chapter { at: clip_end("kick", 0), title: "One".to_owned() });
    song.end = Some(clip_end("kick", 0));
    song
}

fn send(to: &str) -> Send {
    let (level, origin) = (Setting::Is(-6.0), Origin::default());
    Send { to: to.to_owned(), level, from: SendFrom::Post, origin }
}

fn change(bar: f64) -> TempoChange {
    TempoChange { at: Place::bar(bar), tempo: Bpm(100.0), shape: Shape::Line }
}

fn vca(name: &str, strip: &str) -> Vca {
    let strips = vec![strip.to_owned()];
    Vca { name: name.to_owned(), strips, level: Setting::default(), origin: Origin::default() }
}

fn clip_end(track: &str, clip: usize) -> Place {
    Place { from: Anchor::ClipEnd(track.to_owned(), clip), plus: Length::default() }
}

fn lfo(phase: f64, low: f64) -> Setting {
    let between = (low, 0.0);
    Setting::Moves(Motion::Lfo {
        wave: Wave::Sine,
        every: Turn::Rate(1.0),
        phase,
        between,
        origin: Origin::default(),
    })
}

fn turning(every: Turn) -> Setting {
    let between = (-6.0, 0.0);
    Setting::Moves(Motion::Lfo { wave: Wave::Sine, every, phase: 0.0, between, origin: Origin::default() })
}

fn follow(levels: (f64, f64), times: (f64, f64)) -> Setting {
    Setting::Moves(Motion::Follow {
        heard: Tap { strip: "hall".to_owned(), point: TapPoint::Input },
        quiet: levels.0,
        loud: levels.1,
        attack: times.0,
        release: times.1,
        between: (-6.0, 0.0),
    })
}

fn points(from: f64, values: [f64; 2], at: [Place; 2]) -> Setting {
    let point = |value, at| MotionPoint { at, value, shape: Shape::Line, origin: Origin::default() };
    let [first, second] = at;
    Setting::Moves(Motion::Points(from, vec![point(values[0], first), point(values[1], second)]))
}

fn told(harm: impl Fn(&mut Song)) -> Vec<String> {
    let mut song = whole();
    harm(&mut song);
    check(&song, &Long).err().unwrap_or_default().into_iter().map(|error| error.message).collect()
}

/// That this is said; an end that is nowhere draws other words after it.
#[track_caller]
fn fires(message: &str, harm: impl Fn(&mut Song)) {
    let told = told(harm);
    assert!(told.iter().any(|said| said == message), "{told:?}");
}

#[track_caller]
fn passes(near: impl Fn(&mut Song)) {
    assert_eq!(told(near), [""; 0]);
}

#[test]
fn a_song_has_one_master_that_plays_and_sends_nothing() {
    passes(|_| {});
    passes(|song| song.master.muted = true);
    fires("`hall` is of kind Master, and a song has one master beside its strips", |song| {
        song.strips[2].kind = StripKind::Master;
    });
    fires("the master is of kind Bus; its kind is Master", |song| song.master.kind = StripKind::Bus);
    fires("the master is named `main`; its name is `master`", |song| song.master.name = "main".to_owned());
    fires("`master` goes to `hall`, but nothing comes after it", |song| {
        song.master.to = Some("hall".to_owned())
    });
    fires("`master` sends to `hall`; send from the strips before it", |song| {
        song.master.sends.push(send("hall"))
    });
    fires("`master` has clips, but only a track plays them", |song| {
        song.master.clips.push(Clip::new("x.wav"))
    });
}

#[test]
fn only_tracks_have_clips_and_are_nudged() {
    passes(|song| song.strips[0].nudge = seconds(0.5));
    fires("`drums` has clips, but only a track plays them", |song| {
        song.strips[1].clips.push(Clip::new("x.wav"))
    });
    fires("`hall` is nudged, but only a track can be", |song| song.strips[2].nudge = seconds(0.5));
    fires("the nudge of `kick` has NaN s, which is no number", |song| {
        song.strips[0].nudge = seconds(f64::NAN)
    });
}

#[test]
fn members_and_other_names_are_those_of_strips() {
    passes(|song| song.vcas.push(vca("more", "master")));
    fires("`kick`: there is no strip named `drum`", |song| song.strips[0].to = Some("drum".to_owned()));
    fires("there is no strip named `snare`", |song| song.vcas[0].strips[0] = "snare".to_owned());
    fires("there are two VCAs named `all`", |song| song.vcas.push(vca("all", "hall")));
    fires("there is no strip named `snare`", |song| song.cuts[0].track = Some("snare".to_owned()));
    fires("a cut of `hall`, but only a track can be cut", |song| {
        song.cuts[0].track = Some("hall".to_owned())
    });
}

#[test]
fn meters_are_in_order_from_bar_1_on() {
    passes(|song| song.meters.push(Meter { bar: 3, beats: 1, unit: 1 }));
    fires("the first meter of a song begins with bar 1", |song| song.meters.clear());
    fires("the first meter of a song begins with bar 1", |song| song.meters[0].bar = 2);
    fires("the meter of bar 2 does not come after that of bar 2", |song| song.meters.push(song.meters[1]));
    fires("there is no meter 65/4 at bar 1", |song| song.meters[0].beats = 65);
    fires("there is no meter 4/0 at bar 1", |song| song.meters[0].unit = 0);
    fires("there is no meter 4/128 at bar 1", |song| song.meters[0].unit = 128);
}

#[test]
fn tempos_change_at_bars_in_order() {
    passes(|song| song.tempos[2].shape = Shape::Step);
    fires("the change of tempo to 100 bpm lies before the one before it", |song| {
        song.tempos[2] = change(2.9)
    });
    fires("a tempo changes at a place in bars and beats from the start", |song| {
        song.tempos[0].at = place(1.0)
    });
    fires("a tempo changes at a place in bars and beats from the start", |song| {
        song.tempos[0].at.from = Anchor::End;
    });
    fires("a tempo changes at a place that is not a number", |song| song.tempos[0].at.plus.bars = f64::NAN);
    fires("the change of tempo to 100 bpm is neither Step nor Line", |song| {
        song.tempos[0].shape = Shape::Ease
    });
}

#[test]
fn clips_have_lengths_and_fades_that_are_none_below_nothing() {
    passes(|song| song.strips[0].clips[0].fade_in = seconds(10.0));
    fires("`fade_in` of a clip of `kick` is -0.5 s; it cannot be negative", |song| {
        song.strips[0].clips[0].fade_in = seconds(-0.5);
    });
    fires("`fade_out` of a clip of `kick` is -0.5 s; it cannot be negative", |song| {
        song.strips[0].clips[0].fade_out = seconds(-0.5);
    });
    fires("`kick`: a clip of `kick.wav` has no length", |song| {
        song.strips[0].clips[0].length = Some(seconds(-1.0))
    });
    fires("`from` of a clip of `kick` has inf s, which is no number", |song| {
        song.strips[0].clips[0].from = seconds(f64::INFINITY);
    });
}

#[test]
fn places_are_counted_from_what_is_there() {
    passes(|song| song.end = Some(place(3.0)));
    fires("the end of the song is counted from the end of clip 1 of `kick`, which has 1", |song| {
        song.end = Some(clip_end("kick", 1));
    });
    fires("the end of the song is counted from the end of the song", |song| {
        song.end = Some(Place { from: Anchor::End, plus: seconds(1.0) });
    });
    fires("there is no strip named `snare`", |song| song.chapters[0].at = clip_end("snare", 0));
    fires("section `verse` has NaN s, which is no number", |song| {
        song.sections[0].span.from = place(f64::NAN);
    });
    fires("the crossfade of a cut of `kick` is -1 s; it cannot be negative", |song| {
        song.cuts[0].crossfade = seconds(-1.0);
    });
}

#[test]
fn curves_keep_to_numbers_in_order() {
    passes(|song| song.strips[1].fader = points(0.0, [-6.0, 0.0], [place(1.0), place(1.0)]));
    fires("`drums`: the points of the curve for `fader` are not in order of time", |song| {
        song.strips[1].fader = points(0.0, [-6.0, 0.0], [place(1.0), place(0.9)]);
    });
    fires("`drums`: the curve for `fader` has a value that is no number", |song| {
        song.strips[1].fader = points(0.0, [f64::NAN, 0.0], [place(1.0), place(2.0)]);
    });
    fires("`drums`: there is no strip named `snare`", |song| {
        song.strips[1].fader = points(0.0, [-6.0, 0.0], [place(1.0), clip_end("snare", 0)]);
    });
    passes(|song| song.strips[1].fader = lfo(1.0, -6.0));
    fires("`drums`: the curve for `fader`: `phase` is NaN, but must lie between 0 and 1", |song| {
        song.strips[1].fader = lfo(f64::NAN, -6.0);
    });
    fires("`drums`: the curve for `fader`: `phase` is 1.5, but must lie between 0 and 1", |song| {
        song.strips[1].fader = lfo(1.5, -6.0);
    });
    fires("`drums`: the curve for `fader` has a value that is no number", |song| {
        song.strips[1].fader = lfo(0.0, f64::NAN);
    });
}

#[test]
fn followers_keep_to_their_levels_and_times() {
    passes(|song| song.strips[1].fader = follow((-60.0, -6.0), (0.01, 10_000.0)));
    fires("`drums`: the curve for `fader`: `quiet` must lie below `loud`", |song| {
        song.strips[1].fader = follow((-6.0, -6.0), (1.0, 1.0));
    });
    fires(
        "`drums`: the curve for `fader`: `attack` is 0 ms, but must lie between 0.01 ms and 10000 ms",
        |song| {
            song.strips[1].fader = follow((-60.0, -6.0), (0.0, 1.0));
        },
    );
    fires(
        "`drums`: the curve for `fader`: `release` is NaN ms, but must lie between 0.01 ms and 10000 ms",
        |song| {
            song.strips[1].fader = follow((-60.0, -6.0), (1.0, f64::NAN));
        },
    );
}

#[test]
fn oscillators_turn_at_most_a_hundred_times_a_second() {
    let beats = |beats| Turn::Every(Length { beats, ..Length::default() });
    // A quarter takes half a second at the song's start, 0.6 s later on.
    for every in [Turn::Rate(100.0), Turn::Rate(0.001), Turn::Every(seconds(0.01)), beats(0.02)] {
        passes(|song| song.strips[1].fader = turning(every));
    }
    for (every, said) in [
        (Turn::Rate(0.0), "`rate` is 0 Hz, but must lie between 0.001 Hz and 100 Hz"),
        (Turn::Rate(101.0), "`rate` is 101 Hz, but must lie between 0.001 Hz and 100 Hz"),
        (Turn::Rate(f64::NAN), "`rate` is NaN Hz, but must lie between 0.001 Hz and 100 Hz"),
        (Turn::Every(seconds(0.009)), "a turn of an oscillator lasts 9 ms, but must last 10 ms or more"),
        (Turn::Every(Length::default()), "a turn of an oscillator lasts 0 ms, but must last 10 ms or more"),
        (beats(0.019), "a turn of an oscillator lasts 9.5 ms, but must last 10 ms or more"),
    ] {
        fires(&format!("`drums`: the curve for `fader`: {said}"), |song| {
            song.strips[1].fader = turning(every)
        });
    }
}

#[test]
fn levels_keep_to_the_ranges_of_scripts() {
    passes(|song| {
        (song.strips[0].fader, song.vcas[0].level) = (Setting::Is(24.0), Setting::Is(24.0));
        song.strips[0].clips[0].gain = Db(48.0);
        song.tempo = Bpm(999.0);
    });
    fires("`kick`: `fader` is 24.1 dB, but must lie between -144 dB and 24 dB", |song| {
        song.strips[0].fader = Setting::Is(24.1);
    });
    fires("`kick`: `level` is 24.1 dB, but must lie between -144 dB and 24 dB", |song| {
        song.vcas[0].level = Setting::Is(24.1);
    });
    fires("`kick`: `level` is 24.1 dB, but must lie between -144 dB and 24 dB", |song| {
        song.strips[0].sends[0].level = Setting::Is(24.1);
    });
    fires("`kick`: a clip of `kick.wav`: `gain` is 49 dB, but must lie between -144 dB and 48 dB", |song| {
        song.strips[0].clips[0].gain = Db(49.0);
    });
    fires("`tempo` is 1000 bpm, but must lie between 10 bpm and 999 bpm", |song| song.tempo = Bpm(1000.0));
    fires("`rate` is 7.999 kHz, but must lie between 8 kHz and 384 kHz", |song| song.rate = 7_999);
}
