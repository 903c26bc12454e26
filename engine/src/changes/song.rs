//! What is another in a song as a whole, and which of its strips came, went or have another name.

use super::{
    Told,
    curve::setting,
    rename::{renamed, renames},
    strip::strip,
    words,
};
use crate::{
    song::{Cut, Place, Section, Song, Stems, Strip, Vca},
    written::alike,
};
use mixwright_nodes::{finish::Finish, params::Params, unit::Unit};

/// Tells what is another in a song. Every field is named here or in [`time`], so that none is forgotten.
pub(super) fn song(told: &mut Told<'_>, before: &Song, after: &Song) {
    let names = renames(told.ruler, before, after);
    for (old, new) in &names {
        told.about(old);
        told.say(format!("renamed to {new}"));
    }
    told.of = None;
    let before = &renamed(before, &names);
    time(told, before, after);
    let Song { title, artist, law, vcas, chapters, stems, folder: _, origin: _, .. } = before;
    told.say_if(*title != after.title, || format!("title {title} -> {}", after.title));
    told.say_if(*artist != after.artist, || format!("artist {}", after.artist));
    told.say_if(*law != after.law, || format!("pan law {} -> {}", law.word(), after.law.word()));
    told.say_if(!alike(chapters, &after.chapters), || "chapters".to_owned());
    told.say_if(*stems != after.stems, || format!("stems: {}", stem_words(&after.stems)));
    sections(told, &before.sections, &after.sections);
    cuts(told, &before.cuts, &after.cuts);
    told.of = None;
    strips(told, &before.strips, &after.strips);
    self::vcas(told, vcas, &after.vcas);
    strip(told, &before.master, &after.master);
    finish(told, before.finish.as_ref(), after.finish.as_ref());
}

/// Tells what is another in the song's time.
fn time(told: &mut Told<'_>, before: &Song, after: &Song) {
    let Song { rate, tempo, tempos, meters, end, .. } = before;
    told.say_if(*rate != after.rate, || {
        format!("rate {}", words::step(f64::from(*rate), f64::from(after.rate), Unit::Hz))
    });
    told.say_if(*tempo != after.tempo, || {
        format!("tempo {}", words::step(tempo.0, after.tempo.0, Unit::Bpm))
    });
    told.say_if(*tempos != after.tempos, || "tempo changes".to_owned());
    told.say_if(*meters != after.meters, || match (meters.as_slice(), after.meters.as_slice()) {
        ([old], [new]) => format!("meter {}/{} -> {}/{}", old.beats, old.unit, new.beats, new.unit),
        _ => "meters".to_owned(),
    });
    told.say_if(*end != after.end, || {
        format!("end {} -> {}", end_words(end.as_ref()), end_words(after.end.as_ref()))
    });
}

fn end_words(end: Option<&Place>) -> String {
    end.map_or_else(|| "with the last clip".to_owned(), words::place)
}

fn stem_words(stems: &Stems) -> String {
    match stems {
        Stems::None => "none".to_owned(),
        Stems::All => "all".to_owned(),
        Stems::Named(names) => names.join(", "),
    }
}

fn sections(told: &mut Told<'_>, before: &[Section], after: &[Section]) {
    for old in before {
        told.about(&format!("section {}", old.name));
        match after.iter().find(|new| new.name == old.name) {
            Some(new) if new.span != old.span => {
                let span = |section: &Section| {
                    format!("{} .. {}", words::place(&section.span.from), words::place(&section.span.to))
                };
                told.say(format!("{} -> {}", span(old), span(new)));
            }
            Some(_) => {}
            None => told.say("removed"),
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.name == new.name)) {
        told.about(&format!("section {}", new.name));
        told.say("added");
    }
    let order = |all: &[Section], other: &[Section]| -> Vec<String> {
        let both = all.iter().filter(|one| other.iter().any(|two| two.name == one.name));
        both.map(|section| section.name.clone()).collect()
    };
    told.of = None;
    told.say_if(order(before, after) != order(after, before), || "sections in another order".to_owned());
}

fn cuts(told: &mut Told<'_>, before: &[Cut], after: &[Cut]) {
    told.of = None;
    if !alike(&before, &after) {
        told.say(match (before.len(), after.len()) {
            (old, new) if old == new => "cuts".to_owned(),
            (old, new) => format!("cuts {old} -> {new}"),
        });
    }
}

fn strips(told: &mut Told<'_>, before: &[Strip], after: &[Strip]) {
    for old in before {
        match after.iter().find(|new| new.name == old.name) {
            Some(new) => strip(told, old, new),
            None => {
                told.about(&old.name);
                told.say(format!("{} removed", old.kind.word()));
            }
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.name == new.name)) {
        told.about(&new.name);
        told.say(format!("{} added", new.kind.word()));
    }
    let order = |all: &[Strip], other: &[Strip]| -> Vec<String> {
        let both = all.iter().filter(|one| other.iter().any(|two| two.name == one.name));
        both.map(|strip| strip.name.clone()).collect()
    };
    told.of = None;
    told.say_if(order(before, after) != order(after, before), || "strips in another order".to_owned());
}

fn vcas(told: &mut Told<'_>, before: &[Vca], after: &[Vca]) {
    for old in before {
        told.about(&format!("vca {}", old.name));
        let Vca { name, strips, level, origin: _ } = old;
        match after.iter().find(|new| new.name == *name) {
            Some(new) => {
                setting(told, "level", Unit::Db, level, &new.level);
                told.say_if(*strips != new.strips, || format!("moves {}", new.strips.join(", ")));
            }
            None => told.say("removed"),
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.name == new.name)) {
        told.about(&format!("vca {}", new.name));
        told.say("added");
    }
}

fn finish(told: &mut Told<'_>, before: Option<&Finish>, after: Option<&Finish>) {
    match (before, after) {
        (Some(old), Some(new)) => {
            for ((name, old), (_, new)) in old.entries().iter().zip(&new.entries()) {
                told.say_if(old != new, || format!("finish {name} {}", words::value(old, new)));
            }
        }
        (None, Some(_)) => told.say("finish added"),
        (Some(_), None) => told.say("finish removed"),
        (None, None) => {}
    }
}
