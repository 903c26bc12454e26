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
    studio.done("render mix.rhai --format wav32f -o part.wav --range 1..2");
    assert_eq!(studio.wav("part.wav").frames(), 2 * RATE as usize, "a bar of 4/4 at 120 bpm");
}

#[test]
fn parts_that_there_are_not() {
    let studio = Studio::new();
    let near = studio.refused(2, "render mix.rhai --section intor");
    assert!(near.contains("there is no section named `intor`") && near.contains("`intro`"), "{near}");
    for range in ["5", "2..1", "a..b", "0..2", "1s..1s"] {
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
