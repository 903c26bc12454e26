//! The language itself: quantities, handles, templates, and what it answers to mistakes.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use mixwright_engine::diagnostic::Diagnostic;
use mixwright_engine::song::{Insert, Length, Motion, Setting, Song, Strip};
use mixwright_scripts::{Evaluation, evaluate, evaluate_text};
use std::path::Path;

fn run(text: &str) -> Evaluation {
    evaluate_text(&format!("let song = song(\"T\");\n{text}"), Path::new("test.rhai"), &[]).unwrap()
}

#[track_caller]
fn song(text: &str) -> Song {
    run(text).song.unwrap_or_else(|errors| panic!("{}", said(&errors).join("\n")))
}

fn said(errors: &[Diagnostic]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn errors(text: &str) -> Vec<Diagnostic> {
    run(text).song.expect_err("there is a mistake")
}

/// One mistake, at this line and column (the song stands in line 1), whose words and hints hold all of these.
#[track_caller]
fn one(text: &str, place: (u32, u32), words: &[&str]) {
    let errors = errors(text);
    let said = said(&errors);
    assert_eq!(errors.len(), 1, "{said:?}");
    let origin = errors[0].origin.as_ref().unwrap();
    assert_eq!((origin.line, origin.column), place, "{said:?}");
    for word in words {
        assert!(said[0].contains(word), "{word}: {said:?}");
    }
}

fn strip<'a>(song: &'a Song, name: &str) -> &'a Strip {
    song.strips.iter().find(|strip| strip.name == name).unwrap()
}

fn printed(text: &str) -> String {
    let evaluation = run(&format!("print({text});"));
    assert!(evaluation.song.is_ok(), "{text}: {:?}", said(&evaluation.song.unwrap_err()));
    evaluation.printed.join("|")
}

#[test]
fn quantities_are_reckoned_with() {
    for (text, result) in [
        ("-6.db", "-6 dB"),
        ("-6.5.db", "-6.5 dB"),
        ("-6 .db", "-6 dB"),
        ("+6.db", "6 dB"),
        ("1e3.hz", "1 kHz"),
        ("1_000.hz", "1 kHz"),
        ("0x10.db", "16 dB"),
        ("2 * -3.db", "-6 dB"),
        ("4.bars + 2.5.beats", "4 bars + 2.5 beats"),
        ("1.s + 500.ms", "1.5 s"),
        ("12.min + 3.5.s", "723.5 s"),
        ("-14.lufs - -16.lufs", "2 LU"),
        ("-14.lufs + 2.lu", "-12 LUFS"),
        ("bar(17) + 2.beats - 1.beats", "bar 17 + 1 beats"),
        ("bar(21) - bar(5)", "16 bars"),
        ("(bar(21) .. bar(37)).start", "bar 21"),
        ("10.db / 4.db", "2.5"),
        ("10.db / 4", "2.5 dB"),
        ("4.5.khz > 4400.hz", "true"),
        ("1.s == 1000.ms", "true"),
        ("1.s == 1.db", "false"),
        ("-(3.db)", "-3 dB"),
        ("80.left", "80 left"),
        ("(1.khz .. 4.khz).end", "4 kHz"),
    ] {
        assert_eq!(printed(text), result, "{text}");
    }
    assert_eq!(run("let x = 3; print(-x.db)").printed, ["-3 dB"]);
    assert_eq!(run("let g = 9.db; print(g -3.db); print(g-3.db)").printed, ["6 dB", "6 dB"]);
}

#[test]
fn handles_edit_the_original() {
    let song = song(
        r#"
        fn louder(strip) { strip.trim(1.db); }
        const HELD = song.track("held", "a.wav");
        let track = song.track("track", "a.wav");
        let list = [track, HELD];
        louder(track);
        list[0].trim(2.db);
        for strip in list { strip.trim(3.db); }
        let later = || track.trim(4.db);
        later.call();
        list.for_each(|| this.trim(5.db));
        HELD.fader(-1.db);
        let beside = chain().trim(1.db);
        track.parallel("beside", 0.db, beside);
        beside.duck(track).duck("held", #{ by: 3.db });
        for strip in list { let it = || strip.parallel("x", 0.db, chain().duck(track)); it.call(); }
        "#,
    );
    assert_eq!(strip(&song, "track").chain.len(), 7);
    assert_eq!(strip(&song, "held").chain.len(), 3);
    assert_eq!(strip(&song, "held").fader, Setting::Is(-1.0));
    let Insert::Parallel(beside) = &strip(&song, "track").chain[5] else { panic!() };
    assert_eq!(beside.chain.len(), 3);
}

#[test]
fn a_chain_of_two_hundred_verbs() {
    let chain = ".trim(1.db)".repeat(200);
    let song = song(&format!(
        "song.track(\"a\", \"a.wav\"){chain}; fn Strip.many() {{ this{chain} }} song.bus(\"b\").many();"
    ));
    assert_eq!((strip(&song, "a").chain.len(), strip(&song, "b").chain.len()), (200, 200));
}

#[test]
fn the_last_fader_counts_and_sends_are_replaced() {
    let song = song(
        r#"
        let bus = song.bus("bus");
        song.track("a", "a.wav").fader(-3.db).pan(10.left).fader(-4).pan(20.right, #{ law: "amplitude" })
            .send(bus, -9.db).send("bus", -6.db, "pre").fader("off");
        "#,
    );
    let a = strip(&song, "a");
    assert_eq!((&a.fader, &a.pan), (&Setting::Is(-144.0), &Setting::Is(20.0)));
    assert_eq!((a.sends.len(), &a.sends[0].level), (1, &Setting::Is(-6.0)));
}

#[test]
fn curves_add_scale_and_shift() {
    let song = song(
        r#"
        let dip = curve(0.db).ease(bar(5), -6.db).exp(bar(6), 0.db);
        let a = song.track("a", "a.wav").fader(dip * 0.5 + -3.db);
        song.track("b", "b.wav").fader(dip.later(4.bars) + lfo(#{ rate: 2.hz, between: [-1.db, 1.db] }) - dip);
        song.track("c", "c.wav").low_pass(follow(a.input, #{ quiet: -40.db, loud: -10.db, between: 400.hz .. 8.khz }))
            .eq([bell(curve(1.khz).line(bar(3), 2.khz), 3.db), high_shelf(8.khz, 1.db)]);
        song.vca("all", ["a", a], dip);
        "#,
    );
    let Setting::Moves(Motion::Sum(parts)) = &strip(&song, "a").fader else { panic!() };
    assert!(matches!(&parts[0], Motion::Scaled(_, factor) if *factor == 0.5));
    assert!(matches!(&parts[1], Motion::Hold(level) if *level == -3.0));
    let Setting::Moves(sum) = &strip(&song, "b").fader else { panic!() };
    let Motion::Sum(parts) = sum else { panic!() };
    assert_eq!(parts.len(), 3);
    assert!(matches!(&parts[0], Motion::Shifted(_, by) if *by == Length { bars: 4.0, ..Length::default() }));
    let Insert::Effect(eq) = &strip(&song, "c").chain[1] else { panic!() };
    assert_eq!(eq.moves.keys().collect::<Vec<_>>(), ["bands/0/frequency"]);
    assert_eq!(song.vcas[0].strips, ["a", "a"]);
}

#[test]
fn what_grows_in_a_loop_is_bounded() {
    one("let c = curve(1); loop { c = c + c; }", (2, 32), &["at most 20000 points"]);
    let layers = said(&errors("let c = curve(1); loop { c = (c + 1).later(1.s); }"));
    assert!(layers.len() == 2 && layers[1].contains("at most 32 layers"), "{layers:?}");
    one("let c = chain();\nc.parallel(\"x\", 0.db, c);", (3, 3), &["within itself"]);
    one(
        "let c = chain(); let d = chain();\nc.parallel(\"x\", 0.db, d);\nd.parallel(\"x\", 0.db, c);",
        (4, 3),
        &["within itself"],
    );
    one(
        "let c = chain(); let d = chain();\nd.parallel(\"x\", 0.db, c).parallel(\"y\", 0.db, c);",
        (3, 26),
        &["another place already"],
    );
    let deep = "fn deeper(c) { let d = chain(); c.parallel(\"x\", 0.db, d); d }\nlet c = chain(); loop { c = deeper(c); }";
    assert!(said(&errors(deep))[0].contains("at most 16 deep"));
}

#[test]
fn printing_a_curve_draws_it() {
    let drawing = printed("curve(-12.db).line(bar(9), 0.db)");
    assert!(
        drawing.contains("0 dB │") && drawing.contains("-12 dB │") && drawing.contains("bar 9"),
        "{drawing}"
    );
}

#[test]
fn what_a_template_made_can_be_changed() {
    let song = song(
        r#"
        fn Strip.squash(own) { this.compress(#{ ratio: own.ratio }).compress(#{ name: "slow" }).trim(1.db) }
        let a = song.track("a", "a.wav").squash(#{ ratio: 2 }).compress();
        a.set("compress", #{ ratio: 8, mix: 50.percent }).set("slow", #{ ratio: 3 }).remove("trim");
        "#,
    );
    let names: Vec<String> = strip(&song, "a")
        .chain
        .iter()
        .map(|insert| match insert {
            Insert::Effect(effect) => effect.name.clone(),
            _ => panic!(),
        })
        .collect();
    assert_eq!(names, ["compress", "slow", "compress#3"]);
}

#[test]
fn tempo_and_meter() {
    let evaluation = evaluate_text(
        r#"let s = song("T", #{ tempo: curve(96.bpm).step(bar(69), 96.bpm).line(bar(81), 84.bpm), end: bar(90) });
           s.meter(bar(33), "3/4");"#,
        Path::new("t.rhai"),
        &[],
    )
    .unwrap();
    let song = evaluation.song.unwrap();
    assert_eq!((song.tempo.0, song.tempos.len(), song.tempos[1].tempo.0), (96.0, 2, 84.0));
    assert_eq!((song.meters[1].bar, song.meters[1].beats), (33, 3));
    assert_eq!(song.end.unwrap().plus.bars, 89.0);
}

#[test]
fn parameters_from_the_command_line() {
    let text = "let s = song(\"T\"); s.master.finish(#{ loudness: param(\"loudness\", -14.lufs) });";
    let with = |name: &str, value: &str| {
        evaluate_text(text, Path::new("t.rhai"), &[(name.to_owned(), value.to_owned())]).unwrap().song
    };
    assert_eq!(with("loudness", "-11").unwrap().finish.unwrap().loudness.0, -11.0);
    assert_eq!(with("loudness", "-10 lufs").unwrap().finish.unwrap().loudness.0, -10.0);
    assert!(said(&with("loudness", "3.hz").unwrap_err())[0].contains("takes a value such as `-14 LUFS`"));
    assert!(said(&with("loudnes", "-11").unwrap_err())[0].contains("did you mean `loudness`?"));
}

#[test]
fn templates_settings_and_their_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "voice.rhai",
        "const LEAD = #{ brightness: 1.5.db };\nfn Strip.lead(own) {\n  let set = global::LEAD.given(own);\n  this.high_shelf(9.khz, set.brightness)\n}",
    );
    write("notes.ron", "(brightness: 3, name: \"x\")");
    write(
        "good.rhai",
        "import \"voice\";\nlet s = song(\"T\"); let n = settings(\"notes.ron\");\ns.track(n.name, \"a.wav\").lead(#{ brightness: n.brightness });",
    );
    write(
        "bad.rhai",
        "import \"voice\";\nlet s = song(\"T\");\ns.track(\"a\", \"a.wav\").lead(#{ brigthness: 3.db });",
    );
    write(
        "wrong.rhai",
        "import \"voice\";\nlet s = song(\"T\");\ns.track(\"a\", \"a.wav\").lead(#{ brightness: 99.db });",
    );
    let good = evaluate(&folder.path().join("good.rhai"), &[]).unwrap();
    let song = good.song.unwrap_or_else(|errors| panic!("{}", said(&errors).join("\n")));
    assert_eq!(strip(&song, "x").chain.len(), 1);
    assert!(good.read.len() >= 3, "{:?}", good.read);
    for (file, words, line) in
        [("bad.rhai", "did you mean `brightness`?", 3), ("wrong.rhai", "must lie between", 4)]
    {
        let errors = evaluate(&folder.path().join(file), &[]).unwrap().song.unwrap_err();
        let said = said(&errors);
        assert_eq!(errors.len(), 1, "{said:?}");
        assert!(said[0].contains(words), "{said:?}");
        let mut places = vec![errors[0].origin.clone().unwrap()];
        places.extend(errors[0].labels.iter().map(|(at, _)| at.clone()));
        assert!(places.iter().any(|at| at.file.ends_with("voice.rhai") && at.line == line), "{errors:?}");
        assert!(places.iter().any(|at| at.file.ends_with(file) && at.line == 3), "{errors:?}");
    }
}

#[test]
fn mistakes_are_told_all_at_once() {
    let errors = errors(
        "let a = song.track(\"a\", \"a.wav\").compress(#{ treshold: -3.db, ratio: 400, attack: 3.hz }).fader(99);\na.send(\"nowhere\", 0.db);",
    );
    let said = said(&errors);
    assert_eq!(errors.len(), 5, "{said:?}");
    assert!(said.iter().any(|words| words.contains("did you mean `threshold`?")));
    assert!(said.iter().any(|words| words.contains("400:1") && words.contains("100:1")));
    assert!(said.iter().any(|words| words.contains("measured in ms, not in Hz")));
    assert!(said.iter().any(|words| words.contains("no strip called `nowhere`")));
}

#[test]
fn mistakes_in_friendly_words() {
    let track = |verbs: &str| format!("song.track(\"a\", \"a.wav\"){verbs};");
    one(&track(".fader(3.hz)"), (2, 32), &["`fader` is measured in dB, not in Hz", "-6.db"]);
    one(&track(".reverb(#{ decay: 2.s })"), (2, 26), &["must say its `mix`"]);
    one(&track(".duck(#{ by: 3.db })"), (2, 26), &["must be told what to listen to"]);
    one(&track(".compress(#{ lookahead: curve(1.ms) })"), (2, 38), &["`lookahead` is fixed", "curve"]);
    one(&track(".fader()"), (2, 26), &["`fader` cannot take nothing", "write `fader(level)`"]);
    one(&track(".eq([bel(3.hz)])"), (2, 30), &["did you mean `bell`?"]);
    one(&track(".compres(#{})"), (2, 26), &["did you mean `compress`?"]);
    one(&track(".eq([bell(1.khz, 99.db)])"), (2, 30), &["entry 1 of `bands`", "99 dB"]);
    one(&track(".saturate(#{ kind: \"tub\" })"), (2, 38), &["did you mean \"tube\"?"]);
    one(&track(".trim(3.msec)"), (2, 33), &["no unit `msec`", "`ms`"]);
    one(&track(".finish()"), (2, 26), &["a track has no `finish`", "master"]);
    one(&track(".set(\"compress\", #{ ratio: 2 })"), (2, 30), &["no effect called `compress`"]);
    one(&track(".eq([], #{ key: \"a\" })"), (2, 36), &["no setting `key`"]);
    one("song.master.send(\"x\", 0.db);", (2, 13), &["a master has no `send`"]);
    one("chain().fader(0.db);", (2, 9), &["a chain has no `fader`", "trim"]);
    one("let x = -6.db + 3.hz;", (2, 15), &["-6 dB cannot be added to 3 Hz"]);
    one("let x = -6.db + 3;", (2, 15), &["give the number its unit: `3.db`"]);
    one("song.cut(bar(1) .. bar(3));", (2, 6), &["ripple: true"]);
    one("let s = song(\"two\");", (2, 9), &["a second"]);
    one("song.require(#{});", (2, 6), &["require"]);
    one("song.track(\"a/b\", \"a.wav\");", (2, 12), &["cannot hold `/`"]);
    one("song.track(\"a\", \"a.wav\", #{ at: 3 });", (2, 29), &["`at` takes a place such as"]);
    one(&track(".bell(380.hz)"), (2, 26), &["`bell` does nothing without its `gain`"]);
    one(
        &track("\n  .gate(#{ // ratio: 3\n    hold: 3.ms,\n    range: 3.hz, // dB\n  })"),
        (5, 5),
        &["`range`", "not in Hz"],
    );
    one(&track(".bell(1.khz, 2.db, #{ gain: 3.db })"), (2, 47), &["`gain` is given twice"]);
    one("let m = #{ ratio: 400 }; song.track(\"a\", \"a.wav\").compress(m);", (2, 51), &["400:1"]);
    one("let b = bell(380.hz);", (2, 9), &["`bell` does nothing without its `gain`"]);
}

#[test]
fn names_and_ways_are_checked_at_the_end() {
    let twice = errors("song.track(\"a\", \"a.wav\");\nsong.bus(\"a\");");
    assert_eq!((twice.len(), twice[0].labels.len()), (1, 1), "{:?}", said(&twice));
    let two =
        errors("let a = song.track(\"a\", \"a.wav\");\nsong.group(\"g\", [a]);\nsong.group(\"h\", [\"a\"]);");
    assert_eq!((two.len(), two[0].labels[0].0.line), (1, 3), "{:?}", said(&two));
    one(
        "let a = song.track(\"vocal\", \"a.wav\");\nsong.bus(\"b\").duck(\"vocl\");",
        (3, 20),
        &["did you mean \"vocal\"?"],
    );
    one(
        "let a = song.track(\"a\", \"a.wav\").tap(\"dry\");\nsong.bus(\"b\").duck(\"a/dri\");",
        (3, 20),
        &["`a/dry`"],
    );
    one(
        "let a = song.track(\"a\", \"a.wav\");\nsong.bus(\"b\").send(a, 0.db);",
        (3, 20),
        &["`a` is a track"],
    );
    let none = evaluate_text("let x = 3;", Path::new("t.rhai"), &[]).unwrap().song.unwrap_err();
    assert!(said(&none)[0].contains("declares no song"));
}
