//! Whole songs: what a script says is what the song holds.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use mixwright_engine::song::{Anchor, Insert, InsertEffect, Motion, Setting, Song, Strip};
use mixwright_scripts::{Evaluation, evaluate_text};
use std::path::Path;

fn run(text: &str) -> Evaluation {
    evaluate_text(text, Path::new("test.rhai"), &[])
}

fn song(text: &str) -> Song {
    run(text).song.unwrap_or_else(|errors| {
        panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn strip<'a>(song: &'a Song, name: &str) -> &'a Strip {
    song.strips.iter().find(|strip| strip.name == name).unwrap()
}

fn effect<'a>(strip: &'a Strip, name: &str) -> &'a InsertEffect {
    strip
        .chain
        .iter()
        .find_map(|insert| match insert {
            Insert::Effect(effect) if effect.name == name => Some(effect),
            _ => None,
        })
        .unwrap()
}

const ROCK: &str = r#"
let song = song("Paper Lanterns", #{ artist: "The Night Buses", tempo: 96.bpm, meter: "4/4", rate: 48.khz });
let verse  = song.section("verse",  bar(5)  .. bar(21));
let chorus = song.section("chorus", bar(21) .. bar(37));
let outro  = song.section("outro",  bar(69) .. bar(81));

let plate = song.bus("plate").trim(-3.db);
let slap  = song.bus("slap").trim(2);
let kick = song.track("kick", "audio/kick.wav").trim(-2.db).fader(-5.db);
let snare = song.track("snare", "audio/snare.wav").fader(-6.db).send(plate, -14.db);
let overheads = song.track("overheads", "audio/overheads.wav").fader(-9.db);
let left  = song.track("guitar left",  "audio/gtr_a.wav").pan(80.left);
let right = song.track("guitar right", "audio/gtr_b.wav").pan(80.right).nudge(-4.ms);
let vocal = song.track("vocal", "audio/vocal.wav").send("plate", -16.db);

let drums = song.group("drums", [kick, snare, overheads])
    .parallel("smash", -10.db, chain().trim(8.db).trim(-2.db));
let guitars = song.group("guitars", [left, right]);

vocal.fader(curve(-4.db).step(chorus.start, -3.db).line(chorus.end, -2.db).ease(outro.end, -60.db));
vocal.send(slap, curve("off").step(verse.end - 2.beats, -8.db).step(verse.end, "off"));
guitars.trim(curve(-1.2.db).line(verse.start + 4.bars, 1.8.db));
overheads.pan(lfo(#{ shape: "sine", every: 4.bars, between: [10.left, 10.right] }));
song.master.finish(#{ loudness: -11.lufs, ceiling: -1.dbtp });
song.stems([drums, guitars, vocal]);
"#;

#[test]
fn a_rock_song() {
    let song = song(ROCK);
    assert_eq!((song.rate, song.tempo.0, song.artist.as_str()), (48_000, 96.0, "The Night Buses"));
    let names: Vec<&str> = song.strips.iter().map(|strip| strip.name.as_str()).collect();
    assert_eq!(names[..4], ["plate", "slap", "kick", "snare"]);
    assert_eq!(strip(&song, "kick").to.as_deref(), Some("drums"));
    assert_eq!(strip(&song, "guitar left").pan, Setting::Is(-80.0));
    assert_eq!(strip(&song, "guitar right").nudge.seconds, -0.004);
    let vocal = strip(&song, "vocal");
    let Setting::Moves(Motion::Points(start, points)) = &vocal.fader else { panic!() };
    assert_eq!((*start, points.len(), points[2].value), (-4.0, 3, -60.0));
    assert_eq!(points[0].at.plus.bars, 20.0);
    assert_eq!(vocal.sends.len(), 2);
    let Setting::Moves(Motion::Points(off, _)) = &vocal.sends[1].level else { panic!() };
    assert_eq!(*off, -144.0);
    let Insert::Parallel(smash) = &strip(&song, "drums").chain[0] else { panic!() };
    assert_eq!((smash.level.clone(), smash.chain.len()), (Setting::Is(-10.0), 2));
    assert!(matches!(
        effect(strip(&song, "guitars"), "trim").moves["trim".replace("trim", "gain").as_str()],
        Motion::Points(..)
    ));
    assert_eq!(song.finish.as_ref().unwrap().loudness.0, -11.0);
    assert_eq!(strip(&song, "kick").origin.line, 9);
}

#[test]
fn a_podcast() {
    let song = song(
        r#"
        let show = song("Episode 42", #{ rate: 48.khz });
        let host  = show.track("host",  "audio/host.wav");
        let guest = show.track("guest", "audio/guest_remote.mp3");
        for voice in [host, guest] { voice.trim(2.db); }
        host.cut(12.min + 3.5.s .. 12.min + 9.s);
        show.cut(31.min .. 34.min + 20.s, #{ ripple: true, crossfade: 30.ms });
        let voices = show.group("voices", [host, guest]);
        let theme = show.track("theme")
            .clip("audio/theme.flac", #{ at: 0.s, length: 45.s, fade_out: 6.s })
            .clip("audio/theme.flac", #{ at: show.end - 30.s, from: 60.s, fade_in: 4.s, fade_out: 8.s });
        let advert = show.insert("advert", "audio/advert.wav", #{ at: 18.min });
        show.chapter(0.s, "Hello").chapter(advert.start, "A word").chapter(advert.end, "The last bus");
    "#,
    );
    assert_eq!(song.cuts[0].span.from.plus.seconds, 723.5);
    assert_eq!(song.cuts[0].track.as_deref(), Some("host"));
    assert_eq!(song.cuts[1].crossfade.seconds, 0.03);
    let theme = strip(&song, "theme");
    assert_eq!(theme.clips[1].at.from, Anchor::End);
    assert_eq!(theme.clips[1].at.plus.seconds, -30.0);
    assert_eq!(song.chapters.len(), 3);
    assert_eq!(song.chapters[2].at.from, Anchor::ClipEnd("advert".into(), 0));
    assert_eq!(strip(&song, "guest").chain.len(), 1);
}
