//! Parts of a song, soloed and muted strips, and values from the command line.

use crate::studio::{RATE, Studio};

#[test]
fn a_part_is_that_part_of_the_whole() {
    let studio = Studio::new();
    studio.done("render mix.rhai --format wav32f -o whole.wav");
    let whole = studio.wav("whole.wav");
    let parts =
        [("--range 0.5s..1s", 0.5, 1.0), ("--range 0:0.25..0:01", 0.25, 1.0), ("--section outro", 1.0, 1.5)];
    for (args, from, to) in parts {
        studio.done(&format!("render mix.rhai --format wav32f -o part.wav {args}"));
        let mut part = studio.wav("part.wav");
        let frame = |seconds: f64| (seconds * f64::from(RATE)) as usize;
        assert_eq!(part.frames(), frame(to) - frame(from), "{args}");
        let there = &whole.samples[2 * frame(from)..2 * frame(to)];
        part.samples.iter_mut().zip(there).for_each(|(sample, there)| *sample -= there);
        assert!(part.peak() < -80.0, "{args}: {} dBFS are left", part.peak());
    }
    studio.done("render mix.rhai --format wav32f -o part.wav --range 1..1.5");
    assert_eq!(studio.wav("part.wav").frames(), RATE as usize, "half a bar of 4/4 at 120 bpm");
}

#[test]
fn a_part_that_reaches_past_the_end_ends_with_the_song() {
    let studio = Studio::new();
    let exact = studio.bytes("mix.rhai");
    let exact = String::from_utf8(exact).unwrap().replace("rate: 48.khz", "rate: 48.khz, end: 1.2.s");
    studio.write("exact.rhai", &format!("{exact}song.section(\"all\", bar(1) .. bar(9));\n"));
    for script in ["mix.rhai", "exact.rhai"] {
        studio.done(&format!("render {script} --format wav32f -o whole.wav"));
        let frames = studio.wav("whole.wav").frames();
        for range in ["1s..2s", "1s..100s", "0:01..1000000:00", "1s..1e300s"] {
            studio.done(&format!("render {script} --format wav32f -o part.wav --range {range}"));
            assert_eq!(studio.wav("part.wav").frames(), frames - RATE as usize, "{script} {range}");
        }
    }
    assert_eq!(studio.wav("whole.wav").frames(), RATE as usize * 6 / 5, "clips that go on are cut");
    let report = studio.json("render exact.rhai --json -o part.wav --section all");
    let sections = report["sections"].as_array().unwrap();
    let all = sections.iter().find(|section| section["name"] == "all").expect("it ends with the song, too");
    assert_eq!(all["to"], RATE * 6 / 5);
    // What rings on after the last clip is of the song.
    studio.done("render mix.rhai --format wav32f -o part.wav --range 1.5s..100s");
    assert!(studio.wav("part.wav").peak() > -90.0);
}

#[test]
fn a_part_past_the_end_is_refused() {
    let studio = Studio::new();
    studio.write("exact.rhai", &crate::studio::SONG.replace("rate: 48.khz", "rate: 48.khz, end: 1.2.s"));
    studio
        .write("late.rhai", &format!("{}song.section(\"late\", bar(9) .. bar(11));\n", crate::studio::SONG));
    let said = studio.refused(2, "render exact.rhai --range 1.2s..9s");
    assert!(
        said.contains("from 0:01.200 to 0:09.000 there is nothing of the song: it is 0:01.200 long"),
        "{said}"
    );
    // The second of them within what might have rung on.
    for args in ["mix.rhai --range 100s..200s", "mix.rhai --range 2.3s..2.4s", "late.rhai --section late"] {
        let said = studio.refused(2, &format!("render {args} -o part.wav --mix before.wav --stems stems"));
        assert!(
            said.contains("there is nothing of the song: its last clip ends at 0:01.500"),
            "{args}: {said}"
        );
    }
    assert!(!studio.path("part.wav").exists() && !studio.path("stems").exists());
}

#[test]
fn a_song_of_a_month_is_doubted() {
    let studio = Studio::new();
    let long = |end: &str, master: &str| {
        let track = "song.track(\"tone\", \"audio/tone.wav\");";
        let text = format!("let song = song(\"Long\", #{{ rate: 48.khz, end: {end} }});\n{track}\n{master}");
        studio.write("long.rhai", &text);
        studio.run("render long.rhai")
    };
    for (end, words) in
        [("1e12.s", "the song would be 6363 h long, or longer"), ("2.6e6.s", "the song is 722.2 h long")]
    {
        let ran = long(end, "");
        let doubts = ran.err.contains(words) && ran.err.contains("is its `end` right?");
        assert!(ran.code != 0 && doubts, "{}", ran.err);
    }
    // Told before anything is rendered, though the master is written last.
    let said = long("20000.s", "song.master.finish(#{ loudness: -14.lufs, ceiling: -1.dbtp });").err;
    assert!(said.contains("5.56 h of sound would pass the 4 GiB of a WAV file"), "{said}");
}

#[test]
fn parts_that_there_are_not() {
    let studio = Studio::new();
    let near = studio.refused(2, "render mix.rhai --section intor");
    assert!(near.contains("there is no section named `intor`") && near.contains("`intro`"), "{near}");
    for range in ["5", "2..1", "a..b", "0..2", "1s..1s", "nans..1s", "0s..infs"] {
        let said = studio.refused(2, &format!("render mix.rhai --range {range}"));
        assert!(said.contains("--range"), "{said}");
    }
    let both = studio.refused(2, "render mix.rhai --range 1..2 --section intro");
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn soloed_strips_are_the_mix_together() {
    let studio = Studio::new();
    let take = |file: &str, args: &str| {
        studio.done(&format!("render mix.rhai --format wav32f --range 0s..1s -o {file} {args}"));
        studio.wav(file)
    };
    let whole = take("whole.wav", "");
    let names = ["kick", "tone", "voice"];
    let left = names.iter().fold(whole, |left, name| {
        let alone = take("alone.wav", &format!("--solo {name}"));
        assert!(alone.peak() > -40.0, "`{name}` is heard");
        left.plus(-1.0, &alone)
    });
    assert!(left.peak() < -120.0, "{} dBFS are left: ducking hears who is silenced", left.peak());
    let two = take("two.wav", "--solo kick,voice");
    let rest = take("rest.wav", "--mute tone");
    assert_eq!(two, rest, "to solo all others is to mute one");
    let room = take("room.wav", "--solo room");
    assert!(room.peak() < take("voice.wav", "--solo voice").peak(), "only what the voice sends is heard");
    let silent = take("silent.wav", "--mute kick,tone,voice");
    assert!(silent.samples.iter().all(|sample| *sample == 0.0));
}

#[test]
fn strips_that_there_are_not() {
    let studio = Studio::new();
    for verb in ["solo", "mute"] {
        let said = studio.refused(2, &format!("render mix.rhai --{verb} kick,vioce"));
        assert!(said.contains("there is no strip named `vioce`") && said.contains("`voice`"), "{said}");
    }
}

#[test]
fn what_is_no_strip_is_told_for_what_it_is() {
    let studio = Studio::new();
    let vca = "song.vca(\"drums\", [kick, tone], -1.db);\n";
    studio.write("vca.rhai", &format!("{}{vca}", crate::studio::SONG));
    for (names, words) in [
        ("drums", &["it is a VCA, which moves faders", "kick,tone`"][..]),
        ("outro", &["it is a section", "`--section outro` renders it alone"]),
        ("master", &["everything arrives at it", "name any of room, kick"]),
        ("kick,", &["names no strip", "write one or more of room, kick, tone, voice, low"]),
        ("vioce,dumrs", &["there is no strip named `vioce`", "there is no strip named `dumrs`"]),
    ] {
        for option in ["--solo", "--mute"] {
            let said = studio.refused(2, &format!("render vca.rhai {option} {names}"));
            for words in words {
                assert!(said.contains(words), "{option} {names}: {words:?} is missing in\n{said}");
            }
        }
    }
    let mut blanks = studio.command("render mix.rhai --quiet --range 0s..0.1s -o a.wav --solo");
    blanks.arg("kick, voice").assert().success();
    studio.done("render mix.rhai --quiet --range 0s..0.1s -o b.wav --solo kick,voice");
    assert!(studio.bytes("a.wav") == studio.bytes("b.wav"));
    let mut empty = studio.command("render mix.rhai --mute");
    let said = empty.arg("").assert().code(2).get_output().stderr.clone();
    assert!(String::from_utf8(said).unwrap().contains("`--mute` names no strip"));
}

#[test]
fn a_song_that_plays_nothing_is_refused_unless_it_has_an_end() {
    let studio = Studio::new();
    let empty =
        "let song = song(\"Nothing\", #{ END }); let hall = song.bus(\"hall\").reverb(\"hall\", 2.s);";
    studio.write("empty.rhai", &empty.replace("END", "rate: 48.khz"));
    for verb in ["render", "check", "render --stems stems --mix mix.wav -o out.wav"] {
        let said = studio.refused(2, &format!("{verb} empty.rhai"));
        assert!(said.contains("`Nothing` plays nothing: no track of it has a clip"), "{said}");
        assert!(said.contains("or the song an `end`"), "{said}");
    }
    assert!(studio.files().iter().all(|file| !file.ends_with("out.wav") && file != "empty.wav"));
    studio.done("show graph empty.rhai");
    studio.write("silence.rhai", &empty.replace("END", "rate: 48.khz, end: 2.s"));
    studio.done("render silence.rhai");
    assert_eq!(studio.wav("silence.wav").frames(), 2 * RATE as usize);
}

#[test]
fn values_from_the_command_line() {
    let studio = Studio::new();
    let peak = |args: &str| {
        let report = studio.json(&format!("render mix.rhai --json --range 0s..1s {args}"));
        report["strips"][3]["peak"].as_f64().unwrap()
    };
    let usual = peak("");
    for value in ["-20", "-20db", "-20.db"] {
        let fall = usual - peak(&format!("--param voice={value}"));
        assert!((fall - 12.0).abs() < 1e-3, "{value}: {fall} dB quieter");
    }
    let wrong = studio.refused(2, "render mix.rhai --param voice=3khz");
    assert!(wrong.contains("voice") && wrong.contains("db"), "{wrong}");
    let unknown = studio.refused(2, "render mix.rhai --param vioce=3");
    assert!(unknown.contains("`vioce`") && unknown.contains("`voice`"), "{unknown}");
    let shapeless = studio.refused(2, "render mix.rhai --param voice");
    assert!(shapeless.contains("KEY=VALUE"), "{shapeless}");
}
