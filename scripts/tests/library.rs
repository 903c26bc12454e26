//! Every template of the library makes a song: at its defaults, and with each of its settings.

use mixwright_scripts::{Evaluation, evaluate_text};
use std::path::Path;

const TEMPLATES: &[(&str, &str)] = &[
    ("voice", "track.lead_vocal()"),
    (
        "voice",
        "track.lead_vocal(#{ low_cut: 100.hz, body: -1.db, presence: 2.db, air: 1.db, sibilance: 4.db, control: 8.db })",
    ),
    ("voice", "track.backing_vocal()"),
    (
        "voice",
        "track.backing_vocal(#{ low_cut: 200.hz, presence: -3.db, air: 1.db, sibilance: 4.db, control: 8.db, width: 140 })",
    ),
    ("voice", "track.speech()"),
    (
        "voice",
        "track.speech(#{ low_cut: 70.hz, noise: -55.db, range: 6.db, mud: -3.db, presence: 1.db, sibilance: 3.db, control: 5.db })",
    ),
    ("drums", "track.kick_drum()"),
    ("drums", "track.kick_drum(#{ noise: -50.db, weight: 1.db, box: -2.db, click: 1.db, punch: 3.db })"),
    ("drums", "track.snare_drum()"),
    ("drums", "track.snare_drum(#{ noise: -50.db, body: 1.db, ring: 0.db, crack: 1.db, punch: 3.db })"),
    ("drums", "track.overheads()"),
    (
        "drums",
        "track.overheads(#{ low_cut: 300.hz, harshness: 0.db, air: 0.db, control: 2.db, width: 90.percent })",
    ),
    ("drums", "song.group(\"kit\", [track]).drum_kit()"),
    ("drums", "song.group(\"kit\", [track]).drum_kit(#{ glue: 2.db, smash: -18.db, drive: 3.db })"),
    ("bass", "track.bass_line()"),
    (
        "bass",
        "track.bass_line(#{ low_cut: 40.hz, mud: 0.db, growl: 0.db, drive: 6.db, blend: 50.percent, control: 4.db })",
    ),
    ("bass", "track.bass_under(other)"),
    ("bass", "track.bass_under(other, #{ drive: 2.db })"),
    ("bus", "song.group(\"all\", [track]).glue()"),
    ("bus", "song.group(\"all\", [track]).glue(#{ amount: 1.db, release: 100.ms, warmth: 0.db })"),
    ("bus", "track.make_room_for(other)"),
    ("bus", "track.make_room_for(other, #{ by: 3.db, from: 800.hz, to: 5.khz })"),
    ("bus", "track.wide()"),
    ("bus", "track.wide(#{ width: 130.percent, low: 120.hz })"),
    ("master", "song.master.song_master()"),
    (
        "master",
        "song.master.song_master(#{ low: 1.db, mud: 0.db, air: 0.db, glue: 2.db, warmth: 0.db, width: 105.percent, loudness: -11.lufs, ceiling: -0.5.dbtp })",
    ),
    ("master", "song.master.podcast_master()"),
    ("master", "song.master.podcast_master(#{ loudness: -19.lufs, ceiling: -2.dbtp, glue: 1.db })"),
];

fn evaluated(module: &str, call: &str) -> Evaluation {
    let script = format!(
        "import \"std/{module}\";\nlet song = song(\"Test\");\nlet track = song.track(\"track\", \"a.wav\");\nlet other = song.track(\"other\", \"b.wav\");\n{call};\n"
    );
    evaluate_text(&script, Path::new("test.rhai"), &[]).expect("nothing breaks down")
}

#[test]
fn every_template_makes_a_song() {
    let mut wrong = Vec::new();
    for (module, call) in TEMPLATES {
        let evaluation = evaluated(module, call);
        wrong.extend(evaluation.song.err().into_iter().flatten().map(|error| format!("{call}: {error}")));
        wrong.extend(evaluation.warnings.iter().map(|warning| format!("{call}: {warning}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_misspelt_setting_is_placed_in_the_script_and_in_the_template() {
    let errors = evaluated("voice", "track.speech(#{ presense: 3.db })").song.expect_err("it is misspelt");
    assert_eq!(errors[0].message, "there is no setting `presense`");
    assert_eq!(errors[0].hints, ["did you mean `presence`?"]);
    let places: Vec<_> = errors[0].origin.iter().chain(errors[0].labels.iter().map(|(at, _)| at)).collect();
    assert_eq!(places.iter().map(|at| &*at.file).collect::<Vec<_>>(), ["test.rhai", "std/voice.rhai"]);
}

/// What Rhai caches depends on chance, so it is tried often.
#[test]
fn a_template_is_called_again_and_again() {
    let script = "import \"std/bass\"; let song = song(\"x\");
song.track(\"a\", \"a.flac\").bass_line(); song.track(\"b\", \"a.flac\").bass_line();
song.track(\"c\", \"a.flac\").bass_line(); song.track(\"d\", \"a.flac\").bass_line(#{ growl: 3.db });";
    for _ in 0..20 {
        evaluate_text(script, Path::new("test.rhai"), &[])
            .expect("nothing breaks down")
            .song
            .expect("its constants are there");
    }
}
