//! Whole songs: what a script says is what the song holds.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use mixwright_engine::song::{Anchor, Insert, InsertEffect, Motion, Setting, Song, Strip, TapPoint};
use mixwright_nodes::effects::AnyEffect;
use mixwright_scripts::{Evaluation, evaluate_text};
use std::path::Path;

fn run(text: &str) -> Evaluation {
    evaluate_text(text, Path::new("test.rhai"), &[]).unwrap()
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
const LEAD = #{ low_cut: 90.hz, brightness: 1.5.db, body: 0.db, control: 6.db, sibilance: 6.db };
fn Strip.lead_vocal(own) {
    let set = global::LEAD.given(own);
    this.high_pass(set.low_cut)
        .deess(#{ frequency: 6.8.khz, reduce: set.sibilance })
        .compress(#{ threshold: -24.db, ratio: 3, attack: 8.ms, release: 80.ms, most: set.control })
        .eq([bell(240.hz, set.body, 1.0), high_shelf(9.khz, set.brightness)])
}

let song = song("Paper Lanterns", #{ artist: "The Night Buses", tempo: 96.bpm, meter: "4/4", rate: 48.khz });
let verse  = song.section("verse",  bar(5)  .. bar(21));
let chorus = song.section("chorus", bar(21) .. bar(37));
let outro  = song.section("outro",  bar(69) .. bar(81));

let plate = song.bus("plate").reverb(#{ kind: "plate", decay: 1.8.s, predelay: 24.ms, low_cut: 250.hz });
let slap  = song.bus("slap").delay(#{ time: 0.75.beats, feedback: 28.percent, high_cut: 4.5.khz });

let kick = song.track("kick", "audio/kick.wav")
    .gate(#{ threshold: -42.db, hold: 60.ms, release: 120.ms })
    .eq([high_pass(32.hz), bell(380.hz, -4.db, 1.4), bell(4.2.khz, 3.db, 0.9)])
    .compress(#{ threshold: -20.db, ratio: 4, attack: 28.ms, release: 90.ms })
    .fader(-5.db);
let snare = song.track("snare", "audio/snare.wav")
    .invert()
    .eq([bell(210.hz, 2.db), high_shelf(8.khz, 2.5.db)])
    .fader(-6.db)
    .send(plate, -14.db);
let overheads = song.track("overheads", "audio/overheads.wav").high_pass(140.hz).fader(-9.db);
let bass = song.track("bass", "audio/bass.wav")
    .mono()
    .saturate(#{ kind: "tube", drive: 4.db, mix: 30.percent })
    .duck(kick, #{ by: 4.db, attack: 5.ms, release: 140.ms })
    .fader(-7.db);
let left  = song.track("guitar left",  "audio/gtr_a.wav").pan(80.left);
let right = song.track("guitar right", "audio/gtr_b.wav").pan(80.right).nudge(-4.ms);
let vocal = song.track("vocal", "audio/vocal.wav")
    .lead_vocal(#{ brightness: 2.5.db })
    .send("plate", -16.db);

let drums = song.group("drums", [kick, snare, overheads])
    .compress(#{ threshold: -16.db, ratio: 2, attack: 30.ms, release: 110.ms })
    .parallel("smash", -10.db, chain().compress(#{ threshold: -34.db, ratio: 12, attack: 1.ms, release: 60.ms })
                                      .saturate(#{ kind: "tape", drive: 8.db }));
let guitars = song.group("guitars", [left, right]).width(115.percent).duck(vocal, #{ by: 1.5.db, band: 1.khz .. 4.khz });

vocal.fader(curve(-4.db).step(chorus.start, -3.db).line(chorus.end, -2.db).ease(outro.end, -60.db));
vocal.send(slap, curve("off").step(verse.end - 2.beats, -8.db).step(verse.end, "off"));
guitars.low_pass(curve(1.2.khz).line(verse.start + 4.bars, 18.khz));
overheads.pan(lfo(#{ shape: "sine", every: 4.bars, between: [10.left, 10.right] }));
song.master.finish(#{ loudness: -11.lufs, ceiling: -1.dbtp });
song.stems([drums, bass, guitars, vocal]);
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
    let drums = strip(&song, "drums");
    let Insert::Parallel(smash) = &drums.chain[1] else { panic!() };
    assert_eq!((smash.level.clone(), smash.chain.len()), (Setting::Is(-10.0), 2));
    let low_pass = effect(strip(&song, "guitars"), "low_pass");
    assert!(matches!(&low_pass.moves["frequency"], Motion::Points(start, _) if *start == 1200.0));
    let slap = effect(strip(&song, "slap"), "delay");
    assert!(matches!(&slap.moves["time"], Motion::Echo(length) if length.beats == 0.75));
    let ducked = effect(strip(&song, "bass"), "duck").key.as_ref().unwrap();
    assert_eq!((ducked.strip.as_str(), &ducked.point), ("kick", &TapPoint::Chain));
    assert_eq!(effect(strip(&song, "bass"), "saturate").mix, Setting::Is(30.0));
    let AnyEffect::Eq(eq) = &effect(vocal, "eq").effect else { panic!() };
    assert_eq!((eq.bands[1].frequency.0, eq.bands[1].gain.0), (9000.0, 2.5));
    assert_eq!(song.finish.as_ref().unwrap().loudness.0, -11.0);
    assert_eq!(strip(&song, "kick").origin.line, 19);
    assert_eq!(effect(strip(&song, "kick"), "compress").origin.line, 22);
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
        let theme = show.track("theme").duck(voices, #{ by: 14.db, attack: 80.ms, hold: 400.ms, release: 900.ms })
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
    assert!(strip(&song, "advert").clips[0].inserted);
    assert_eq!(song.chapters.len(), 3);
    assert_eq!(song.chapters[2].at.from, Anchor::ClipEnd("advert".into(), 0));
    assert_eq!(strip(&song, "guest").chain.len(), 1);
}
