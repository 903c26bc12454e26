//! Songs at random with nothing wrong in them: whatever the language can say, within its ranges.

use crate::{common::Made, dice::Dice};
use mixwright_engine::{
    check::Files,
    song::{
        Anchor, ChannelPick, Chapter, Clip, FadeShape, Insert, InsertEffect, Length, Meter, Motion,
        MotionPoint, Overlap, Parallel, Place, Section, Send, SendFrom, Setting, Song, Span, Stems, Strip,
        StripKind, Tap, TapPoint, TempoChange, Turn, Vca,
    },
};
use mixwright_nodes::{
    curve::{Shape, Wave},
    dsp::pan::PanLaw,
    effect::{Channels, KeyUse, Width},
    effects::AnyEffect,
    finish::Finish,
    params::{Kind, ParamInfo, ParamsInfo, Value},
    unit::{Bpm, Db, Lufs, Unit},
};
use std::path::Path;

const SHAPES: [Shape; 4] = [Shape::Step, Shape::Line, Shape::Ease, Shape::Exp];

/// A song of what the dice say.
pub(crate) fn song(dice: &mut Dice<'_>) -> Song {
    let mut song = Song::new(dice.one_of(&["plain", "with \"quotes\" \\ and\nlines", "Übung 夜"]));
    song.rate = dice.one_of(&[48_000, 44_100, 96_000]);
    song.tempo = Bpm(dice.between(40.0, 240.0));
    time(&mut song, dice);
    song.law = PanLaw::usual();
    let kinds = kinds(dice);
    for (index, kind) in kinds.iter().enumerate() {
        let strip = strip(&song, &kinds, index, *kind, dice);
        song.strips.push(strip);
    }
    song.master.chain = chain(&song, Width::Stereo, dice, 2).0;
    song.master.fader = setting(&song, -24.0, 6.0, dice);
    around(&mut song, dice);
    song
}

/// Tracks, groups and buses in this order, so that each may lead to later ones only.
fn kinds(dice: &mut Dice<'_>) -> Vec<StripKind> {
    let mut kinds = vec![StripKind::Track; 1 + dice.below(3)];
    kinds.resize(kinds.len() + dice.below(3), StripKind::Group);
    kinds.resize(kinds.len() + dice.below(3), StripKind::Bus);
    kinds
}

fn name(index: usize) -> String {
    let names = ["kick", "back vocal", "it's \"loud\"", "Gruppe #2", "r/l", "x", "y", "z"];
    format!("{} {index}", names[index % names.len()])
}

/// Tempo changes and meters.
fn time(song: &mut Song, dice: &mut Dice<'_>) {
    let mut bar = 1.0;
    for _ in 0..dice.below(3) {
        bar += dice.between(0.0, 2.0);
        let (tempo, shape) = (Bpm(dice.between(40.0, 240.0)), dice.one_of(&[Shape::Step, Shape::Line]));
        song.tempos.push(TempoChange { at: Place::bar(bar), tempo, shape });
    }
    if dice.one_in(2) {
        song.meters.push(Meter { bar: 2, beats: 1 + dice.below(7) as u32, unit: dice.one_of(&[4, 8, 2]) });
    }
}

/// What stands around the strips.
fn around(song: &mut Song, dice: &mut Dice<'_>) {
    if dice.one_in(2) {
        let strips = vec![song.strips[dice.below(song.strips.len())].name.clone()];
        // It follows nobody: it moves a strip that others may follow.
        let level = setting(&Song::new(""), -12.0, 3.0, dice);
        song.vcas.push(Vca { name: "all".to_owned(), strips, level, origin: Default::default() });
    }
    if dice.one_in(3) {
        let span = Span { from: Place::bar(1.0), to: Place::bar(2.0 + dice.below(3) as f64) };
        song.sections.push(Section { name: "verse".to_owned(), span, origin: Default::default() });
        song.chapters.push(Chapter { at: Place::bar(1.0), title: "One".to_owned() });
    }
    if dice.one_in(3) {
        song.finish = Some(Finish { loudness: Lufs(dice.between(-40.0, -5.0)), ..Finish::default() });
    }
    song.stems = match dice.below(3) {
        0 => Stems::None,
        1 => Stems::All,
        _ => Stems::Named(vec![song.strips[0].name.clone()]),
    };
}

fn strip(song: &Song, kinds: &[StripKind], index: usize, kind: StripKind, dice: &mut Dice<'_>) -> Strip {
    let mut strip = Strip::new(name(index), kind);
    let mut width = Width::Stereo;
    if kind == StripKind::Track {
        for _ in 0..1 + dice.below(2) {
            let clip = clip(&strip, dice);
            strip.clips.push(clip);
        }
        strip.nudge = Length { samples: dice.between(0.0, 100.0).round(), ..Length::default() };
        width = strip.clips.iter().map(width_of).max().expect("there is a clip");
    }
    strip.chain = chain(song, width, dice, 4).0;
    strip.fader = setting(song, -40.0, 6.0, dice);
    strip.pan = setting(song, -100.0, 100.0, dice);
    strip.muted = dice.one_in(12);
    let later: Vec<usize> = (index + 1..kinds.len()).filter(|i| kinds[*i] != StripKind::Track).collect();
    if !later.is_empty() {
        strip.to = dice.one_in(2).then(|| name(dice.one_of(&later)));
        for _ in 0..dice.below(3) {
            strip.sends.push(send(song, name(dice.one_of(&later)), dice));
        }
    }
    strip
}

fn send(song: &Song, to: String, dice: &mut Dice<'_>) -> Send {
    let (level, from) = (setting(song, -40.0, 0.0, dice), dice.one_of(&[SendFrom::Post, SendFrom::Pre]));
    Send { to, level, from, origin: Default::default() }
}

/// A clip within its sound, which lasts 30,000 frames at 48 kHz.
fn clip(strip: &Strip, dice: &mut Dice<'_>) -> Clip {
    let seconds = |seconds| Length { seconds, ..Length::default() };
    let mut clip = Clip::new(dice.one_of(&["noise 1", "stereo noise 2", "sine 440", "stereo noise 5"]));
    if !strip.clips.is_empty() && dice.one_in(3) {
        clip.at.from = Anchor::ClipEnd(strip.name.clone(), 0);
    }
    clip.at = clip.at.plus(Length { beats: dice.between(0.0, 0.1), ..seconds(dice.between(0.0, 0.02)) });
    clip.from = seconds(dice.between(0.0, 0.2));
    clip.length = dice.one_in(2).then(|| seconds(dice.between(0.03, 0.4)));
    clip.gain = Db(dice.between(-30.0, 6.0));
    clip.fade_in = seconds(dice.between(0.0, 0.01));
    clip.fade_out = seconds(dice.between(0.0, 0.01));
    clip.shape = dice.one_of(&[FadeShape::Power, FadeShape::Linear, FadeShape::Smooth]);
    clip.repeat = 1 + dice.below(3) as u32;
    clip.reverse = dice.one_in(4);
    clip.overlap = dice.one_of(&[Overlap::Sum, Overlap::Crossfade]);
    clip
}

fn width_of(clip: &Clip) -> Width {
    let facts = Made.facts(Path::new(&clip.file), ChannelPick::All).expect("no sound is missing");
    if facts.channels > 1 { Width::Stereo } else { Width::Mono }
}

/// Effects one after another, and the width of what comes out of them.
fn chain(song: &Song, width: Width, dice: &mut Dice<'_>, most: usize) -> (Vec<Insert>, Width) {
    let mut now = width;
    let mut made = Vec::new();
    for index in 0..dice.below(most + 1) {
        match dice.below(12) {
            10 => made.push(Insert::Tap(format!("tap {index}"))),
            11 => {
                let (name, level) = (format!("beside {index}"), setting(song, -40.0, 0.0, dice));
                let (chain, beside) = chain(song, now, dice, most / 2);
                now = now.max(beside);
                let origin = Default::default();
                made.push(Insert::Parallel(Parallel { name, level, chain, origin }));
            }
            _ => {
                let Some(effect) = insert(song, index, now, dice) else { continue };
                if !effect.bypass {
                    now = effect.effect.width(now);
                }
                made.push(Insert::Effect(effect));
            }
        }
    }
    (made, now)
}

/// An effect with its curves, its key and its place; none where it needs a key and nothing can give one.
fn insert(song: &Song, index: usize, width: Width, dice: &mut Dice<'_>) -> Option<InsertEffect> {
    let info = dice.one_of(AnyEffect::ALL);
    if info.key == KeyUse::Required && song.strips.is_empty() {
        return None;
    }
    let effect = effect(info.params, dice);
    let mut insert = InsertEffect::new(format!("{} {index}", info.params.name), effect);
    for param in info.params.flat().into_iter().filter(|param| param.moves()) {
        if dice.one_in(8) {
            insert.moves.insert(param.name.to_owned(), motion(song, param.min, param.max, dice));
        }
    }
    insert.mix = if dice.one_in(3) { setting(song, 0.0, 100.0, dice) } else { Setting::Is(100.0) };
    insert.bypass = dice.one_in(10);
    if width == Width::Stereo {
        use Channels::{Left, Mid, Right, Side, Stereo};
        insert.on = dice.one_of(&[Stereo, Stereo, Stereo, Mid, Side, Left, Right]);
    }
    let keyed = info.key == KeyUse::Required || info.key == KeyUse::Optional && dice.one_in(2);
    insert.key = if keyed { tap(song, dice) } else { None };
    Some(insert)
}

/// A place in one of the strips so far.
fn tap(song: &Song, dice: &mut Dice<'_>) -> Option<Tap> {
    if song.strips.is_empty() {
        return None;
    }
    let strip = song.strips[dice.below(song.strips.len())].name.clone();
    Some(Tap { strip, point: dice.one_of(&[TapPoint::Chain, TapPoint::Input, TapPoint::Output]) })
}

/// An effect with some of its parameters set; as it comes where they contradict each other.
fn effect(info: &ParamsInfo, dice: &mut Dice<'_>) -> AnyEffect {
    let mut effect = AnyEffect::named(info.name).expect("it is in the list");
    for file in info.flat().iter().filter(|param| param.kind == Kind::File) {
        effect.set(file.name, &Value::Text("ring".to_owned())).expect("a file is named");
    }
    let plain = effect.clone();
    for param in info.flat() {
        if dice.one_in(2)
            && let Some(value) = value(param, dice)
        {
            effect.set(param.name, &value).unwrap_or_else(|error| panic!("{}: {error}", info.name));
        }
    }
    if effect.check().is_ok() { effect } else { plain }
}

/// A value within a parameter's range.
fn value(param: &ParamInfo, dice: &mut Dice<'_>) -> Option<Value> {
    let number = |unit: Unit, dice: &mut Dice<'_>| Value::Number(dice.between(param.min, param.max), unit);
    Some(match param.kind {
        Kind::Number(unit) => number(unit, dice),
        Kind::Auto(_) if dice.one_in(3) => Value::Text("auto".to_owned()),
        Kind::Auto(unit) => number(unit, dice),
        Kind::Choice(words) => Value::Text(dice.one_of(words).to_owned()),
        Kind::Switch => Value::Switch(dice.one_in(2)),
        Kind::Numbers(unit) => {
            let mut list: Vec<f64> = (0..dice.below(5)).map(|_| dice.between(param.min, param.max)).collect();
            list.sort_by(f64::total_cmp);
            Value::List(list.into_iter().map(|value| Value::Number(value, unit)).collect())
        }
        Kind::List(entry) => {
            let most = (param.max as usize).min(5);
            Value::List((0..dice.below(most + 1)).map(|_| Value::Map(entries(entry, dice))).collect())
        }
        Kind::File | Kind::Group(_) => return None,
    })
}

fn entries(info: &ParamsInfo, dice: &mut Dice<'_>) -> Vec<(String, Value)> {
    let mut made = Vec::new();
    for param in info.flat() {
        if dice.one_in(2) {
            made.extend(value(param, dice).map(|value| (param.name.to_owned(), value)));
        }
    }
    made
}

fn setting(song: &Song, low: f64, high: f64, dice: &mut Dice<'_>) -> Setting {
    match dice.below(4) {
        0 => Setting::Is(0.0f64.clamp(low, high)),
        3 => Setting::Moves(motion(song, low, high, dice)),
        _ => Setting::Is(dice.between(low, high)),
    }
}

/// A curve that keeps between two values.
fn motion(song: &Song, low: f64, high: f64, dice: &mut Dice<'_>) -> Motion {
    let between = (dice.between(low, high), dice.between(low, high));
    match dice.below(8) {
        0 => Motion::Hold(between.0),
        1 => Motion::Lfo {
            wave: dice.one_of(&[Wave::Sine, Wave::Triangle, Wave::Square, Wave::Saw]),
            every: match dice.below(2) {
                0 => Turn::Rate(dice.between(0.1, 50.0)),
                _ => Turn::Every(Length { beats: dice.between(0.05, 4.0), ..Length::default() }),
            },
            phase: dice.between(0.0, 1.0),
            between,
            origin: Default::default(),
        },
        2 => match tap(song, dice) {
            Some(heard) => {
                let (attack, release) = (dice.between(0.1, 100.0), dice.between(1.0, 1_000.0));
                Motion::Follow { heard, quiet: -60.0, loud: -6.0, attack, release, between }
            }
            None => Motion::Hold(between.1),
        },
        3 => Motion::Sum(vec![points(between.0, low, high, dice), Motion::Hold(0.0)]),
        4 => Motion::Scaled(Box::new(points(between.0, low, high, dice)), 1.0),
        5 => {
            let by = Length { seconds: dice.between(0.0, 0.05), ..Length::default() };
            Motion::Shifted(Box::new(points(between.0, low, high, dice)), by)
        }
        _ => points(between.0, low, high, dice),
    }
}

fn points(first: f64, low: f64, high: f64, dice: &mut Dice<'_>) -> Motion {
    let mut seconds = 0.0;
    let list = (0..dice.below(4)).map(|_| {
        seconds += dice.between(0.0, 0.03);
        let at = Place::default().plus(Length { seconds, ..Length::default() });
        let (value, shape) = (dice.between(low, high), dice.one_of(&SHAPES));
        MotionPoint { at, value, shape, origin: Default::default() }
    });
    Motion::Points(first, list.collect())
}
