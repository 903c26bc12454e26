//! Same song, same bytes: for any number of threads, any block, and by way of RON.

use crate::studio::Studio;

#[test]
fn threads_and_blocks_change_no_bit() {
    let studio = Studio::new();
    let mut first: Option<Vec<u8>> = None;
    for threads in [1, 2, 5, 16] {
        for block in [64, 333, 1024, 8192] {
            studio.done(&format!(
                "render mastered.rhai --quiet -o out.wav --threads {threads} --block {block}"
            ));
            let bytes = studio.bytes("out.wav");
            let first = first.get_or_insert_with(|| bytes.clone());
            assert!(*first == bytes, "{threads} threads with blocks of {block} gave other bytes");
        }
    }
}

#[test]
fn packs_change_no_bit() {
    let studio = Studio::new();
    let rendered = |pack: u32| {
        studio.done(&format!("render mastered.rhai --quiet -o out.wav --format wav32f --pack {pack}"));
        studio.bytes("out.wav")
    };
    let first = rendered(1);
    for pack in [2, 4, 8, 16] {
        assert!(rendered(pack) == first, "packs of {pack} gave other bytes");
    }
}

#[test]
fn the_name_of_a_file_changes_no_bit_in_it() {
    let studio = Studio::new();
    studio.done("render mastered.rhai --quiet -o one.wav --format wav16");
    studio.done("render mastered.rhai --quiet -o two.wav --format wav16");
    assert!(studio.bytes("one.wav") == studio.bytes("two.wav"));
}

#[test]
fn machines_that_there_are_not() {
    let studio = Studio::new();
    for args in ["--threads 0", "--threads 257", "--block 0", "--block 65537"] {
        let said = studio.refused(2, &format!("render mix.rhai {args}"));
        assert!(said.contains("is not in"), "{said}");
    }
    let said = studio.refused(2, "render mix.rhai --pack 3");
    assert!(said.contains("possible values: 1, 2, 4, 8, 16"), "{said}");
}

#[test]
fn a_song_as_ron_is_the_same_song() {
    let studio = Studio::new();
    studio.write("mix.ron", &studio.done("show song mastered.rhai"));
    studio.done("render mastered.rhai --quiet -o out.wav");
    let bytes = studio.bytes("out.wav");
    studio.done("render mix.ron --quiet -o out.wav");
    assert!(studio.bytes("out.wav") == bytes, "RON gave other bytes");
    assert_eq!(studio.done("show song mix.ron"), studio.done("show song mastered.rhai"));
    let said = studio.refused(2, "render mix.ron --param voice=3");
    assert!(said.contains("a RON song has no `param`"), "{said}");
    studio.write("bad.ron", &studio.done("show song mix.ron").replace("fader:", "fadre:"));
    let said = studio.refused(2, "check bad.ron");
    assert!(said.contains("fadre") && said.contains("bad.ron:"), "{said}");
}

/// Five strips of each kind: their effects are packed, mono and stereo, moving and still.
fn crowd() -> String {
    let chain = "high_pass(40.hz + N.hz).eq([bell(300.hz, -N.db, 1.2), low_shelf(120.hz, 2.db), high_shelf(7.khz, N.db)])\
        .compress(#{ threshold: -30.db, ratio: 1 + N, release: 50.ms + N.ms }).gate(-50.db).expand(-40.db, 2)\
        .bell(1.khz, curve(0.db).line(bar(1) + 2.beats, N.db)).width(80.percent, #{ mix: 50 + N })";
    let mut text = "let song = song(\"Crowd\", #{ rate: 48.khz });\n".to_owned();
    for (name, file) in [("mono", "voice"), ("wide", "tone")] {
        for n in 1..=5 {
            let chain = chain.replace('N', &n.to_string());
            text += &format!("song.track(\"{name} {n}\", \"audio/{file}.wav\").{chain}.fader(-12.db);\n");
        }
    }
    text + "song.master.saturate(\"tape\", 3.db).limit(-1.dbtp);\n"
}

#[test]
fn meters_read_what_stems_hold_whoever_works_how() {
    let studio = Studio::new();
    studio.write("crowd.rhai", &crowd());
    let render = "render crowd.rhai --json -o out.wav --format wav32f --stems stems";
    let report = studio.json(render);
    let strips = report["strips"].as_array().expect("there are strips");
    for strip in strips.iter().filter(|strip| strip["kind"] == "track") {
        let name = strip["name"].as_str().expect("strips have names");
        studio.write("stem.rhai", &format!(
            "let song = song(\"Stem\", #{{ rate: 48.khz, law: \"balance\" }});\nsong.track(\"stem\", \"stems/{name}.wav\");\n"
        ));
        let stem = &studio.json("render stem.rhai --json -o stem.wav")["mix"];
        let near = |a: &serde_json::Value, b: &serde_json::Value| {
            (a.as_f64().expect("a number") - b.as_f64().expect("a number")).abs() < 1e-4
        };
        let peaks =
            stem["channels"].as_array().expect("there are channels").iter().map(|channel| &channel["peak"]);
        assert!(near(&strip["loudness"], &stem["integrated"]), "{name}: {strip} {stem}");
        assert!(peaks.clone().any(|peak| near(&strip["peak"], peak)), "{name}: {strip} {stem}");
    }
    for machine in ["--threads 1 --pack 1", "--threads 3 --block 100", "--pack 4 --block 8192"] {
        let again = studio.json(&format!("{render} {machine}"));
        for part in ["strips", "reductions", "mix", "master"] {
            assert_eq!(again[part], report[part], "{machine} gave other readings");
        }
    }
}

#[test]
fn every_level_of_vectors_gives_the_same_bytes() {
    let studio = Studio::new();
    studio.write("crowd.rhai", &crowd());
    for song in ["crowd", "mastered"] {
        let render = format!("render {song}.rhai --quiet --format wav32f --stems stems -o out.wav");
        studio.done(&render);
        let best = studio.bytes("out.wav");
        for level in ["sse2", "avx2"] {
            let mut command = studio.command(&render);
            command.env("MIXWRIGHT_CPU", level).assert().success();
            assert!(studio.bytes("out.wav") == best, "{song} at {level}");
        }
    }
}

#[test]
fn vectors_that_no_cpu_has_are_refused() {
    let studio = Studio::new();
    for told in ["foo", "AVX2", ""] {
        let ran = studio.command("effects").env("MIXWRIGHT_CPU", told).output().unwrap();
        let err = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.code() == Some(2) && err.contains("it is `sse2`, `avx2` or `avx512`"), "{err}");
    }
}
