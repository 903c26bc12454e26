//! What `render` writes: kinds of files, the mix, stems, and the figures that go with them.

use crate::studio::{RATE, SONG, Studio};
use hound::SampleFormat;

#[test]
fn each_kind_of_file_is_what_it_says() {
    let studio = Studio::new();
    let kinds = [
        ("-o out24.wav", "out24.wav", 24, SampleFormat::Int),
        ("--format wav24 -o again.wav", "again.wav", 24, SampleFormat::Int),
        ("--format wav16 -o out16.wav", "out16.wav", 16, SampleFormat::Int),
        ("--format wav32f -o out32.wav", "out32.wav", 32, SampleFormat::Float),
    ];
    for (args, file, bits, format) in kinds {
        let report = studio.json(&format!("render mix.rhai --json {args}"));
        let wav = studio.wav(file);
        assert_eq!((wav.spec.sample_rate, wav.spec.channels), (RATE, 2), "{file}");
        assert_eq!((wav.spec.bits_per_sample, wav.spec.sample_format), (bits, format), "{file}");
        assert_eq!(Some(wav.frames() as i64), report["length"].as_i64(), "{file}");
        assert!(wav.frames() > RATE as usize * 3 / 2, "the reverb rings on after the last clip");
        assert_eq!(report["files"][0], file);
    }
    let exact = studio.wav("out32.wav");
    // Triangular dither of two steps' width and half a step of rounding.
    for (file, bits) in [("out16.wav", 16), ("out24.wav", 24)] {
        let step = 1.0 / f64::from(1u32 << (bits - 1));
        let most =
            studio.wav(file).plus(-1.0, &exact).samples.iter().fold(0.0, |most: f64, s| most.max(s.abs()));
        assert!(most <= 1.51 * step && most > 0.4 * step, "{file}: off by {} steps", most / step);
    }
}

#[test]
fn flac_holds_the_same_sound() {
    let studio = Studio::new();
    studio.done("render mix.rhai -o out.wav");
    let wav = &studio.json("measure out.wav --json")[0];
    for (args, file, bits) in
        [("-o out.flac", "out.flac", 24), ("--format flac16 -o small.flac", "small.flac", 16)]
    {
        studio.done(&format!("render mix.rhai {args}"));
        let flac = &studio.json(&format!("measure {file} --json"))[0];
        assert_eq!(flac["rate"], RATE, "{file}");
        assert_eq!(flac["reading"]["frames"], wav["reading"]["frames"], "{file}");
        assert_eq!(flac["reading"]["channels"].as_array().map(Vec::len), Some(2), "{file}");
        assert_eq!(bits_of_flac(&studio.bytes(file)), bits, "{file}");
        let off =
            flac["reading"]["integrated"].as_f64().unwrap() - wav["reading"]["integrated"].as_f64().unwrap();
        assert!(off.abs() < 0.01, "{file} is louder by {off} LU");
    }
    assert!(studio.bytes("small.flac").len() < studio.bytes("out.flac").len());
}

#[test]
fn sections_and_chapters_are_in_the_report() {
    let studio = Studio::new();
    studio.write("parts.rhai", &format!("{SONG}song.chapter(0.5.s, \"Hello\");\n"));
    let report = studio.json("render parts.rhai --json -o out.wav");
    let sections = report["sections"].as_array().unwrap();
    assert_eq!(sections.iter().map(|section| &section["name"]).collect::<Vec<_>>(), ["intro", "outro"]);
    let peak = |reading: &serde_json::Value| reading["true_peak"]["level"].as_f64().unwrap();
    let loudest = sections.iter().map(|section| peak(&section["reading"])).fold(f64::MIN, f64::max);
    assert!((loudest - peak(&report["master"])).abs() < 0.3, "{loudest} in {report:#}");
    let said = studio.done("render parts.rhai -o out.wav");
    for row in [["outro", "0:01.000"], ["Hello", "0:00.500"]] {
        let found = said.lines().any(|line| line.split_whitespace().take(2).eq(row));
        assert!(found, "{row:?} is missing in\n{said}");
    }
    let part = studio.json("render parts.rhai --json -o part.wav --section outro");
    assert_eq!(part["sections"].as_array().map(Vec::len), Some(1), "the others are not in it");
    assert_eq!(part["sections"][0]["from"], sections[1]["from"]);
}

/// The bits of a sample, from STREAMINFO (RFC 9639, 8.2): after 20 bits of the rate and 3 of the channels.
fn bits_of_flac(bytes: &[u8]) -> u8 {
    assert_eq!(&bytes[..4], b"fLaC");
    (((bytes[20] & 1) << 4) | (bytes[21] >> 4)) + 1
}

#[test]
fn the_output_is_named_after_the_script() {
    let studio = Studio::new();
    let out = studio.done("render mix.rhai");
    assert!(out.contains("wrote mix.wav"), "{out}");
    assert_eq!(studio.wav("mix.wav").spec.bits_per_sample, 24);
    studio.done("render mix.rhai --range 0s..0.2s --format flac24");
    assert!(studio.files().contains("mix part.flac"));
}

#[test]
fn stems_and_the_rest_are_the_mix() {
    let studio = Studio::new();
    let text = format!("{}song.stems([\"voice\", \"low\"]);\n", crate::studio::SONG);
    studio.write("listed.rhai", &format!("{text}{}", crate::studio::MASTER));
    for (script, stems) in
        [("mastered.rhai", &["low", "room", "tone", "voice"][..]), ("listed.rhai", &["low", "rest", "voice"])]
    {
        let folder = script.replace(".rhai", " stems").replace(' ', "-");
        studio.done(&format!("render {script} --format wav32f -o out.wav --mix mix.wav --stems {folder}"));
        let written: Vec<String> =
            studio.files().into_iter().filter(|file| file.starts_with(&folder)).collect();
        let expected: Vec<String> = stems.iter().map(|stem| format!("{folder}/{stem}.wav")).collect();
        assert_eq!(written, expected);
        let mix = studio.wav("mix.wav");
        assert!(mix.peak() > -20.0);
        let left = written.iter().fold(mix, |left, stem| left.plus(-1.0, &studio.wav(stem)));
        assert!(left.peak() < -120.0, "{script}: {} dBFS are left", left.peak());
    }
}

#[test]
fn the_mix_is_what_goes_into_the_master() {
    let studio = Studio::new();
    studio.done("render mastered.rhai --format wav32f -o out.wav --mix mix.wav");
    studio.done("render mix.rhai --format wav32f -o plain.wav");
    let (mix, plain) = (studio.wav("mix.wav"), studio.wav("plain.wav"));
    assert_eq!(mix.samples[..plain.samples.len()], plain.samples, "a master at 0 dB changes no bit");
    assert_eq!(studio.wav("out.wav").frames(), mix.frames(), "all files have one length");
    let reading = &studio.json("measure out.wav --json")[0]["reading"];
    let loudness = reading["integrated"].as_f64().unwrap();
    assert!((loudness + 16.0).abs() < 0.1, "{loudness} LUFS");
    assert!(reading["true_peak"]["level"].as_f64().unwrap() <= -0.9);
}

#[test]
fn the_report_tells_what_was_made() {
    let studio = Studio::new();
    let report = studio.json("render mastered.rhai --json -o out.wav --mix mix.wav --stems stems");
    assert_eq!((report["title"].as_str(), report["rate"].as_u64()), (Some("Small Song"), Some(48_000)));
    let strips: Vec<&str> =
        report["strips"].as_array().unwrap().iter().map(|strip| strip["name"].as_str().unwrap()).collect();
    assert_eq!(strips, ["room", "kick", "tone", "voice", "low"]);
    let shares: f64 =
        report["strips"].as_array().unwrap().iter().filter_map(|strip| strip["share"].as_f64()).sum();
    assert!((shares - 100.0).abs() < 1e-6, "the shares of all tracks make {shares} %");
    for place in ["mix", "master"] {
        assert!(report[place]["integrated"].as_f64().is_some_and(|lufs| (-40.0..0.0).contains(&lufs)));
        assert!(report[place]["true_peak"]["level"].is_number());
    }
    assert!(report["finish"]["Reached"].is_object(), "{}", report["finish"]);
    assert!(report["seconds_taken"].as_f64().unwrap() > 0.0);
    let reduced = report["reductions"].as_array().unwrap();
    assert!(reduced.iter().any(|one| one["effect"] == "tracks/kick/compress"), "{reduced:?}");
    for file in report["files"].as_array().unwrap() {
        assert!(studio.path(file.as_str().unwrap()).is_file(), "{file}");
    }
    let measured = &studio.json("measure out.wav --json")[0]["reading"]["integrated"];
    let off = measured.as_f64().unwrap() - report["master"]["integrated"].as_f64().unwrap();
    assert!(off.abs() < 0.01, "the file is {off} LU louder than the report says");
}

#[test]
fn quiet_says_nothing() {
    let studio = Studio::new();
    studio.write("doubtful.rhai", &format!("{}tone.trim(1 / 2);\n", crate::studio::SONG));
    let ran = studio.run("render doubtful.rhai --quiet --range 0s..0.1s");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let ran = studio.run("render doubtful.rhai --range 0s..0.1s");
    assert!(ran.err.contains("warning") && ran.out.contains("real time"), "{}{}", ran.err, ran.out);
}

#[test]
fn what_a_file_cannot_hold_is_told() {
    let studio = Studio::new();
    studio.write("hot.rhai", &format!("{SONG}song.track(\"hot\", \"audio/kick.wav\").fader(12.db);\n"));
    let ran = studio.run("render hot.rhai -o hot.wav --mix mix.wav");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for file in ["hot.wav", "mix.wav"] {
        assert!(ran.err.contains(&format!("`{file}` clips: ")), "{}", ran.err);
    }
    assert!(ran.err.contains("lower the faders"), "{}", ran.err);
    let ran = studio.run("render hot.rhai -o hot.wav --format wav32f");
    assert!(!ran.err.contains("clips"), "floats hold it: {}", ran.err);
    let ran = studio.run("render mastered.rhai -o quiet.wav");
    assert!(!ran.err.contains("clips"), "{}", ran.err);
}

#[test]
fn a_part_is_no_second_version_of_the_whole() {
    let studio = Studio::new();
    studio.done("render mix.rhai --quiet");
    let whole = studio.bytes("mix.wav");
    studio.done("render mix.rhai --quiet --section intro");
    studio.done("render mix.rhai --quiet --range 0s..0.5s");
    assert!(studio.bytes("mix.wav") == whole);
    assert!(
        studio.bytes("mix intro.wav").len() < whole.len() && studio.bytes("mix part.wav").len() < whole.len()
    );
}
