//! The verbs that render nothing: `check`, `show`, `effects`, `measure`, `completions`.

use crate::studio::{RATE, SONG, Studio};
use std::f64::consts::TAU;
use std::process::{Command, Stdio};

#[test]
fn check_says_what_is_wrong_with_its_place() {
    let studio = Studio::new();
    assert_eq!(studio.done("check mix.rhai"), "Small Song: 5 strips, nothing wrong\n");
    assert_eq!(studio.json("check mix.rhai --json"), serde_json::json!([]));
    studio.write("wrong.rhai", &SONG.replace("threshold", "treshold"));
    let said = studio.refused(2, "check wrong.rhai");
    for words in
        ["wrong.rhai:6:61", "`compress` has no setting `treshold`", "did you mean `threshold`?", "^^^^^^^^"]
    {
        assert!(said.contains(words), "{words} is missing in\n{said}");
    }
    let late = "song.track(\"late\", \"audio/kick.wav\", #{\n    from: 99.s,\n});\n";
    studio.write("late.rhai", &format!("{SONG}{late}"));
    let said = studio.refused(2, "check late.rhai");
    assert!(said.contains("late.rhai:14:5") && said.contains("^^^^"), "the setting is not shown in\n{said}");
    let ran = studio.run("check wrong.rhai --json");
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found[0]["severity"], "error");
    assert_eq!((found[0]["at"]["line"].as_u64(), &found[0]["at"]["file"]), (Some(6), &"wrong.rhai".into()));
    assert_eq!(found[0]["hints"][0], "did you mean `threshold`?");
    studio.write("doubtful.rhai", &format!("{SONG}tone.trim(1 / 2);\n"));
    let found = studio.json("check doubtful.rhai --json");
    assert_eq!((found.as_array().map(Vec::len), &found[0]["severity"]), (Some(1), &"warning".into()));
}

#[test]
fn a_script_that_is_not_there() {
    let studio = Studio::new();
    for verb in ["render", "check", "show plan"] {
        let said = studio.run(&format!("{verb} nowhere.rhai"));
        assert!(said.code == 1 || said.code == 2, "{verb}");
        assert!(said.err.contains("nowhere.rhai") && said.err.contains("no such file"), "{}", said.err);
    }
}

#[test]
fn show_prints_the_plan_the_graph_and_the_song() {
    let studio = Studio::new();
    let plan = studio.done("show plan mix.rhai");
    for words in ["stage", "tracks/kick/compress", "groups/low/saturate"] {
        assert!(plan.contains(words), "{words} is missing in\n{plan}");
    }
    let graph = studio.done("show graph mix.rhai");
    assert!(graph.starts_with("digraph") && graph.ends_with("}\n"), "{graph}");
    assert!(graph.contains("[style=dashed, label=\"key\"]"), "the bass ducks under the kick:\n{graph}");
    for strip in ["tracks/kick", "groups/low", "master"] {
        assert!(graph.contains(&format!("label=\"{strip}\";")), "{strip} has no box:\n{graph}");
    }
    assert_eq!(graph.matches('{').count(), graph.matches('}').count(), "{graph}");
    let song = studio.done("show song mix.rhai");
    assert!(song.starts_with("(\n    title: \"Small Song\""), "{song}");
}

#[test]
fn what_a_script_prints_is_not_the_output() {
    let studio = Studio::new();
    studio.write("talks.rhai", &format!("{SONG}print(\"hello\");\n"));
    let ran = studio.run("show graph talks.rhai");
    assert!(ran.err.contains("hello") && ran.out.starts_with("digraph"), "{}{}", ran.err, ran.out);
}

#[test]
fn effects_are_explained() {
    let studio = Studio::new();
    let all = studio.done("effects");
    let page = studio.done("effects compress");
    assert!(all.contains("compress     Turns down what is louder than a threshold."), "{all}");
    for words in ["threshold: -80 dB to 0 dB, -18 dB unless given", "lookahead", "fixed", "\"auto\""] {
        assert!(page.contains(words), "{words} is missing in\n{page}");
    }
    let json = studio.json("effects --json");
    assert_eq!(json.as_array().map(Vec::len), Some(all.lines().count() - 2), "each effect has a line");
    let threshold = &studio.json("effects compress --json")[0]["params"][0];
    assert_eq!(
        (&threshold["name"], &threshold["unit"], &threshold["min"]),
        (&"threshold".into(), &"dB".into(), &(-80.0).into())
    );
    let said = studio.refused(2, "effects compres");
    assert!(said.contains("there is no effect `compres`") && said.contains("`compress`"), "{said}");
}

#[test]
fn measure_reads_a_known_sine() {
    let studio = Studio::new();
    // BS.1770-5: a sine of 997 Hz at 0 dBFS in one channel reads -3.01 LKFS; in both, 0.
    for (file, channels, loudness) in [("two.wav", 2, -20.0), ("one.wav", 1, -23.01)] {
        let at = &mut |i: u32, _: u16| 0.1 * (TAU * 997.0 * f64::from(i) / f64::from(RATE)).sin();
        studio.tone(file, RATE, channels, 4 * RATE, at);
        let measured = &studio.json(&format!("measure {file} --json"))[0];
        let reading = &measured["reading"];
        assert_eq!(
            (&measured["rate"], reading["frames"].as_u64()),
            (&RATE.into(), Some(4 * u64::from(RATE)))
        );
        for name in ["integrated", "max_short_term", "max_momentary"] {
            let read = reading[name].as_f64().unwrap();
            assert!((read - loudness).abs() < 0.1, "{file}: {name} {read} LUFS");
        }
        let peak = reading["true_peak"]["level"].as_f64().unwrap();
        assert!((peak + 20.0).abs() < 0.05, "{file}: {peak} dBTP");
    }
    let text = studio.done("measure two.wav one.wav");
    assert!(text.contains("-20.0 LUFS") && text.contains("one.wav") && text.contains("4.000 s"), "{text}");
    let said = studio.refused(1, "measure two.wav nowhere.wav");
    assert!(said.contains("nowhere.wav"), "{said}");
}

#[test]
fn completions_are_a_script_for_the_shell() {
    let studio = Studio::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(studio.done(&format!("completions {shell}")).contains("mixwright"));
    }
}

#[test]
fn arguments_that_there_are_not() {
    let studio = Studio::new();
    for args in ["", "rendr mix.rhai", "render", "render mix.rhai --formt wav16", "show mix.rhai"] {
        assert_eq!(studio.run(args).code, 2, "{args}");
    }
    let help = studio.done("render --help");
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for (option, most) in [("threads", 256), ("block", 65_536)] {
        assert!(help.contains(&format!("1 to {most}")), "the range of --{option} is missing in\n{help}");
        for beyond in [0, most + 1] {
            assert_eq!(
                studio.run(&format!("render mix.rhai --{option} {beyond}")).code,
                2,
                "{option} {beyond}"
            );
        }
    }
    assert!(studio.done("--help").contains("Exit codes: 0 done"));
    assert!(studio.done("--version").starts_with("mixwright "));
}

#[test]
fn who_closes_the_pipe_has_heard_enough() {
    let studio = Studio::new();
    for args in [&["effects", "--markdown"][..], &["render", "mix.rhai", "--json", "--range", "0s..0.1s"]] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_mixwright"))
            .current_dir(studio.path(""))
            .env("XDG_CACHE_HOME", studio.caches())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(run.stdout.take());
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(studio.path("mix part.wav").is_file(), "the render itself was finished");
}

#[test]
fn files_that_do_not_fit_are_told_to_whom() {
    let studio = Studio::new();
    studio.sound("six.wav", RATE, 6, |i, channel| 0.1 * f64::from(i % (7 + u32::from(channel))) / 14.0);
    studio.sound("zeros.wav", RATE, 1, |_, _| 0.0);
    let said = studio.run("measure six.wav");
    assert!(said.code != 0 && said.err.contains("mix it down"), "{}", said.err);
    let room = |file: &str| format!("{SONG}song.bus(\"space\").convolve(\"{file}\");\n");
    studio.write("six.rhai", &room("six.wav"));
    let said = studio.refused(2, "check six.rhai");
    assert!(said.contains("an effect hears 1, 2 or 4") && said.contains("six.rhai:13"), "{said}");
    studio.write("zeros.rhai", &room("zeros.wav"));
    assert!(studio.done("check zeros.rhai").contains("nothing wrong"), "only decoding finds it");
    let said = studio.refused(1, "render zeros.rhai --quiet -o zeros-out.wav");
    assert!(said.contains("zeros.wav` is silent"), "{said}");
    assert!(!studio.files().iter().any(|file| file.contains("zeros-out")), "it leaves nothing");
}

#[test]
fn a_file_that_may_come_late_is_told_where_it_is_played_from_its_start() {
    let studio = Studio::new();
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/engine/tests/fixtures");
    for name in ["untagged.mp3", "sines.mp3"] {
        std::fs::copy(format!("{fixtures}/{name}"), studio.path(name)).unwrap();
    }
    let warned = |clip: &str| {
        studio.write("late.rhai", &format!("{SONG}song.track(\"late\", {clip});\n"));
        studio.json("check late.rhai --json")
    };
    let found = warned("\"untagged.mp3\"");
    let message = "`untagged.mp3` does not tell its encoder's delay: it may begin about 25 ms late";
    assert_eq!(
        (found[0]["severity"].as_str(), found[0]["message"].as_str()),
        (Some("warning"), Some(message))
    );
    assert_eq!((found[0]["at"]["line"].as_u64(), found[1].is_null()), (Some(13), true));
    assert_eq!(found[0]["hints"][0], "listen, and write `from: 25.ms`");
    assert_eq!(warned("\"untagged.mp3\", #{ from: 25.ms }"), serde_json::json!([]));
    assert_eq!(warned("\"sines.mp3\""), serde_json::json!([]));
    let measured = studio.json("measure untagged.mp3 sines.mp3 audio/kick.wav --json");
    let told = |i: usize| (measured[i]["lossy"].as_bool(), measured[i]["late"].as_u64());
    assert_eq!(
        [told(0), told(1), told(2)],
        [(Some(true), Some(1105)), (Some(true), Some(0)), (Some(false), Some(0))]
    );
    assert!(studio.done("measure untagged.mp3").contains("may lie about 25 ms late"));
    assert!(!studio.done("measure sines.mp3").contains("late"));
}
