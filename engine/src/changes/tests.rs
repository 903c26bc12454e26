use super::*;
use crate::song::{
    Anchor, Chapter, Clip, Cut, Insert, InsertEffect, Length, Meter, Motion, MotionPoint, Parallel, Place,
    Section, Send, SendFrom, Setting, Span, Stems, Strip, StripKind, Tap, TempoChange, Vca,
};
use mixwright_nodes::{
    curve::Shape,
    dsp::pan::PanLaw,
    effect::Channels,
    effects::AnyEffect,
    finish::Finish,
    params::Value,
    unit::{Bpm, Db, Lufs, Unit},
};

mod any;

fn effect(name: &str, word: &str, set: &[(&str, Value)]) -> InsertEffect {
    let mut effect = AnyEffect::named(word).unwrap();
    set.iter().for_each(|(name, value)| effect.set(name, value).unwrap());
    InsertEffect::new(name, effect)
}

fn number(value: f64) -> Value {
    Value::Number(value, Unit::Plain)
}

fn band(gain: f64) -> Value {
    Value::Map(vec![("shape".to_owned(), Value::Text("bell".to_owned())), ("gain".to_owned(), number(gain))])
}

fn point(bar: f64, value: f64, shape: Shape) -> MotionPoint {
    MotionPoint { at: Place::bar(bar), value, shape, origin: Default::default() }
}

fn curve(points: &[(f64, f64)]) -> Setting {
    let points = points.iter().map(|(bar, value)| point(*bar, *value, Shape::Line)).collect();
    Setting::Moves(Motion::Points(-6.0, points))
}

fn seconds(seconds: f64) -> Length {
    Length { seconds, ..Length::default() }
}

/// A track with something of everything.
fn track() -> Strip {
    let mut vocal = Strip { fader: Setting::Is(-6.0), ..Strip::new("vocal", StripKind::Track) };
    vocal.clips.push(Clip::new("audio/vocal.wav"));
    vocal.chain = vec![
        Insert::Effect(effect("eq", "eq", &[("bands", Value::List(vec![band(-3.0), band(2.0)]))])),
        Insert::Effect(effect("compress", "compress", &[("ratio", number(3.0))])),
        Insert::Tap("here".to_owned()),
        Insert::Parallel(Parallel {
            name: "crush".to_owned(),
            level: Setting::Is(-12.0),
            chain: vec![Insert::Effect(effect("saturate", "saturate", &[]))],
            origin: Default::default(),
        }),
        Insert::Effect(effect("compress#2", "compress", &[("ratio", number(2.0))])),
    ];
    vocal.sends.push(Send {
        to: "hall".to_owned(),
        level: Setting::Is(-12.0),
        from: SendFrom::Post,
        origin: Default::default(),
    });
    vocal
}

/// A song with that track and more.
fn song() -> Song {
    let mut song = Song::new("Test");
    let strip = |name: &str, kind| Strip { fader: Setting::Is(-6.0), ..Strip::new(name, kind) };
    let mut keys = strip("keys", StripKind::Track);
    keys.clips = ["a.wav", "b.wav", "c.wav"].map(Clip::new).to_vec();
    keys.fader = curve(&[(9.0, -4.0), (21.0, -3.0), (38.0, -6.0)]);
    song.strips = vec![track(), keys, strip("hall", StripKind::Bus), strip("band", StripKind::Group)];
    let span = Span { from: Place::bar(13.0), to: Place::bar(21.0) };
    song.sections.push(Section { name: "chorus".to_owned(), span, origin: Default::default() });
    let strips = vec!["vocal".to_owned()];
    song.vcas.push(Vca {
        name: "voices".to_owned(),
        strips,
        level: Setting::Is(0.0),
        origin: Default::default(),
    });
    song.finish = Some(Finish::default());
    song
}

/// What is told of an edit.
fn told(edit: impl FnOnce(&mut Song)) -> String {
    let (before, mut after) = (song(), song());
    edit(&mut after);
    line(&changes(&before, &after), 99)
}

fn vocal(edit: impl FnOnce(&mut Strip)) -> String {
    told(|song| edit(&mut song.strips[0]))
}

fn insert(place: usize, edit: impl FnOnce(&mut InsertEffect)) -> String {
    vocal(|strip| match &mut strip.chain[place] {
        Insert::Effect(insert) => edit(insert),
        other => panic!("{other:?}"),
    })
}

fn clip(edit: impl FnOnce(&mut Clip)) -> String {
    vocal(|strip| edit(&mut strip.clips[0]))
}

#[test]
fn where_a_thing_is_written_is_no_change() {
    let edited = told(|song| {
        let origin = crate::diagnostic::Origin { file: "x".into(), line: 9, column: 9 };
        song.origin = origin.clone();
        song.strips[0].origin = origin.clone();
        song.strips[0].sends[0].origin = origin.clone();
        if let Setting::Moves(Motion::Points(_, points)) = &mut song.strips[1].fader {
            points[0].origin = origin;
        }
    });
    assert_eq!(edited, "");
}

#[test]
fn levels_and_places_of_strips() {
    assert_eq!(vocal(|s| s.fader = Setting::Is(-4.5)), "vocal: fader -6 -> -4.5 dB");
    assert_eq!(vocal(|s| s.fader = Setting::Is(-144.0)), "vocal: fader -6 dB -> off");
    assert_eq!(vocal(|s| s.fader = Setting::Is(-6.000_01)), "vocal: fader -6 -> -6.00001 dB");
    assert_eq!(vocal(|s| s.pan = Setting::Is(-35.0)), "vocal: pan centre -> 35 left");
    assert_eq!(vocal(|s| s.muted = true), "vocal: muted");
    assert_eq!(vocal(|s| s.to = Some("band".to_owned())), "vocal: goes to band");
    assert_eq!(vocal(|s| s.nudge = seconds(0.01)), "vocal: nudge 0 -> 0.01 s");
    assert_eq!(vocal(|s| s.law = Some(PanLaw::Linear)), "vocal: pan law the song's -> linear");
    assert_eq!(vocal(|s| s.kind = StripKind::Bus), "vocal: a bus, was a track");
    assert_eq!(told(|song| song.master.fader = Setting::Is(-1.0)), "master: fader 0 -> -1 dB");
}

#[test]
fn sends() {
    assert_eq!(vocal(|s| s.sends[0].level = Setting::Is(-10.0)), "vocal: send to hall -12 -> -10 dB");
    assert_eq!(vocal(|s| s.sends[0].from = SendFrom::Pre), "vocal: send to hall before the fader");
    assert_eq!(vocal(|s| s.sends.clear()), "vocal: send to hall removed");
    let twice = |s: &mut Strip| s.sends.push(Send { level: Setting::Is(-1.0), ..s.sends[0].clone() });
    assert_eq!(vocal(twice), "vocal: send to hall added");
}

#[test]
fn curves_and_where_they_differ() {
    let keys = |edit: &dyn Fn(&mut Vec<MotionPoint>)| {
        told(|song| match &mut song.strips[1].fader {
            Setting::Moves(Motion::Points(_, points)) => edit(points),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(keys(&|points| points[1].value = -2.0), "keys: curve of fader, bars 9-37");
    assert_eq!(keys(&|points| points[0].value = -2.0), "keys: curve of fader, up to bar 20");
    assert_eq!(keys(&|points| points[2].value = -2.0), "keys: curve of fader, from bar 21 on");
    assert_eq!(keys(&|points| points[1].at = Place::bar(30.0)), "keys: curve of fader, bars 9-37");
    assert_eq!(
        keys(&|points| points.insert(2, point(22.0, 0.0, Shape::Step))),
        "keys: curve of fader, bars 21-37"
    );
    let at_end = |points: &mut Vec<MotionPoint>| points[2].at.from = Anchor::End;
    assert_eq!(keys(&at_end), "keys: curve of fader, from bar 21 on");
    let to_end = |points: &mut Vec<MotionPoint>| {
        points[2].at.from = Anchor::End;
        points[2].value = 1.0;
    };
    assert_eq!(keys(&to_end), "keys: curve of fader, from bar 21 on");
}

#[test]
fn curves_that_come_and_go_and_sums_of_them() {
    assert_eq!(vocal(|s| s.fader = curve(&[])), "vocal: fader has a curve");
    assert_eq!(told(|song| song.strips[1].fader = Setting::Is(-3.0)), "keys: fader -3 dB instead of a curve");
    let step = |value: f64| {
        let points =
            [point(9.0, 0.0, Shape::Line), point(13.0, value, Shape::Step), point(17.0, 0.0, Shape::Step)];
        Setting::Moves(Motion::Sum(vec![Motion::Hold(1.0), Motion::Points(0.0, points.to_vec())]))
    };
    let (mut before, mut after) = (song(), song());
    (before.strips[0].pan, after.strips[0].pan) = (step(3.0), step(4.0));
    assert_eq!(line(&changes(&before, &after), 9), "vocal: curve of pan, bars 13-16");
}

#[test]
fn effects_that_come_go_and_move() {
    assert_eq!(vocal(|s| drop(s.chain.remove(1))), "vocal: compress removed");
    let gate = Insert::Effect(effect("gate", "gate", &[]));
    assert_eq!(vocal(|s| s.chain.insert(1, gate)), "vocal: gate added");
    assert_eq!(vocal(|s| s.chain.swap(0, 1)).matches("moved").count(), 1);
    assert_eq!(vocal(|s| drop(s.chain.remove(2))), "vocal: tap here removed");
    assert_eq!(vocal(|s| drop(s.chain.remove(3))), "vocal: parallel crush removed");
    // Names that are counted move up when one before them goes.
    let first_goes = |s: &mut Strip| {
        s.chain.remove(1);
        match &mut s.chain[3] {
            Insert::Effect(insert) => "compress".clone_into(&mut insert.name),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(vocal(first_goes), "vocal: compress removed");
}

#[test]
fn parameters_of_effects() {
    let set = |name: &'static str, value: Value| insert(1, move |i| i.effect.set(name, &value).unwrap());
    assert_eq!(set("ratio", number(4.0)), "vocal: compress ratio 3 -> 4");
    assert_eq!(set("threshold", number(-20.0)), "vocal: compress threshold -18 -> -20 dB");
    let bands =
        |i: &mut InsertEffect| i.effect.set("bands", &Value::List(vec![band(-3.0), band(1.0)])).unwrap();
    assert_eq!(insert(0, bands), "vocal: eq bands/1/gain 2 -> 1 dB");
    let fewer = |i: &mut InsertEffect| i.effect.set("bands", &Value::List(vec![band(-3.0)])).unwrap();
    assert_eq!(insert(0, fewer), "vocal: eq bands: 2 -> 1 entries");
    assert_eq!(insert(1, |i| i.mix = Setting::Is(50.0)), "vocal: compress mix 100 -> 50 %");
    assert_eq!(insert(1, |i| i.bypass = true), "vocal: compress bypassed");
    assert_eq!(insert(1, |i| i.on = Channels::Mid), "vocal: compress on stereo -> mid");
    let key = Tap { strip: "keys".to_owned(), point: Default::default() };
    assert_eq!(insert(1, |i| i.key = Some(key)), "vocal: compress listens to keys");
    let moves = |i: &mut InsertEffect| drop(i.moves.insert("threshold".to_owned(), Motion::Hold(-20.0)));
    assert_eq!(insert(1, moves), "vocal: compress threshold has a curve");
    let parallel = |s: &mut Strip| match &mut s.chain[3] {
        Insert::Parallel(parallel) => {
            parallel.level = Setting::Is(-9.0);
            match &mut parallel.chain[0] {
                Insert::Effect(insert) => insert.bypass = true,
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(vocal(parallel), "vocal: parallel crush level -12 -> -9 dB, crush/saturate bypassed");
}

#[test]
fn clips() {
    assert_eq!(clip(|c| c.file = "new.wav".to_owned()), "vocal: file audio/vocal.wav -> new.wav");
    assert_eq!(clip(|c| c.at = Place::bar(5.0)), "vocal: at the start -> bar 5");
    assert_eq!(clip(|c| c.gain = Db(-2.0)), "vocal: gain 0 -> -2 dB");
    assert_eq!(clip(|c| c.from = seconds(1.5)), "vocal: from 0 -> 1.5 s");
    assert_eq!(clip(|c| c.length = Some(seconds(2.0))), "vocal: length all -> 2 s");
    assert_eq!(clip(|c| c.fade_in = seconds(0.1)), "vocal: fade-in 0 -> 0.1 s");
    assert_eq!(clip(|c| c.repeat = 4), "vocal: repeat 1 -> 4");
    assert_eq!(clip(|c| c.reverse = true), "vocal: backwards");
    let keys = |edit: &dyn Fn(&mut Vec<Clip>)| told(|song| edit(&mut song.strips[1].clips));
    assert_eq!(keys(&|clips| clips[1].gain = Db(1.0)), "keys: clip 2 gain 0 -> 1 dB");
    assert_eq!(keys(&|clips| drop(clips.remove(1))), "keys: clip b.wav removed");
    assert_eq!(keys(&|clips| clips.extend(["d", "e"].map(Clip::new))), "keys: 2 clips added");
}

#[test]
fn strips_that_come_go_and_have_another_name() {
    assert_eq!(told(|song| drop(song.strips.remove(1))), "keys: track removed");
    assert_eq!(told(|song| song.strips.push(Strip::new("pad", StripKind::Track))), "pad: track added");
    assert_eq!(told(|song| song.strips.swap(0, 1)), "strips in another order");
    let rename = |song: &mut Song| {
        "room".clone_into(&mut song.strips[2].name);
        "room".clone_into(&mut song.strips[0].sends[0].to);
    };
    assert_eq!(told(rename), "hall: renamed to room");
}

#[test]
fn the_song_as_a_whole() {
    assert_eq!(told(|song| song.tempo = Bpm(112.0)), "tempo 120 -> 112 bpm");
    assert_eq!(told(|song| song.rate = 48_000), "rate 44.1 -> 48 kHz");
    assert_eq!(told(|song| song.meters[0] = Meter { bar: 1, beats: 3, unit: 4 }), "meter 4/4 -> 3/4");
    let change = TempoChange { at: Place::bar(9.0), tempo: Bpm(90.0), shape: Shape::Step };
    assert_eq!(told(|song| song.tempos.push(change)), "tempo changes");
    assert_eq!(told(|song| song.end = Some(Place::bar(40.0))), "end with the last clip -> bar 40");
    assert_eq!(told(|song| song.title = "New".to_owned()), "title Test -> New");
    assert_eq!(told(|song| song.artist = "Me".to_owned()), "artist Me");
    assert_eq!(told(|song| song.law = PanLaw::Linear), "pan law power -> linear");
    assert_eq!(told(|song| song.stems = Stems::All), "stems: all");
    let chapter = Chapter { at: Place::bar(2.0), title: "one".to_owned() };
    assert_eq!(told(|song| song.chapters.push(chapter)), "chapters");
}

#[test]
fn cuts_and_sections() {
    let cut = Cut {
        span: Span { from: Place::bar(2.0), to: Place::bar(3.0) },
        track: None,
        crossfade: Length::default(),
        origin: Default::default(),
    };
    assert_eq!(told(|song| song.cuts.push(cut)), "cuts 0 -> 1");
    assert_eq!(
        told(|song| song.sections[0].span.to = Place::bar(25.0)),
        "section chorus: bar 13 .. bar 21 -> bar 13 .. bar 25"
    );
    assert_eq!(told(|song| song.sections.clear()), "section chorus: removed");
}

#[test]
fn vcas_and_the_finish() {
    assert_eq!(told(|song| song.vcas[0].level = Setting::Is(-2.0)), "vca voices: level 0 -> -2 dB");
    assert_eq!(told(|song| song.vcas[0].strips.push("keys".to_owned())), "vca voices: moves vocal, keys");
    let louder = |song: &mut Song| song.finish.as_mut().unwrap().loudness = Lufs(-12.0);
    assert_eq!(told(louder), "master: finish loudness -14 -> -12 LUFS");
    assert_eq!(told(|song| song.finish = None), "master: finish removed");
}

#[test]
fn a_recording_is_told_by_its_name() {
    assert_eq!(Change::recording(Path::new("audio/kick.wav")).to_string(), "kick.wav is another recording");
}
