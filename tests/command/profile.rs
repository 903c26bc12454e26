//! `render --profile`: where the time went, told in tables, as JSON and as a trace.

use crate::studio::{MASTER, Ran, SONG, Studio};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Three tracks alike, which run side by side in four places, beside all that [`SONG`] has; a title that JSON must escape.
fn alike() -> Studio {
    let studio = Studio::new();
    let choir: String = (1..=3)
        .map(|i| {
            format!(
                "song.track(\"choir {i}\", \"audio/kick.wav\").compress(-20.db, 2).high_shelf(8.khz, 1.db);\n"
            )
        })
        .collect();
    let song = SONG.replace("Small Song", r#"A \"Small\" \\ Song"#);
    studio.write("alike.rhai", &format!("{song}{choir}{MASTER}"));
    studio
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn sum(values: &[Value], of: &str) -> f64 {
    values.iter().map(|value| number(&value[of])).sum()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-3
}

/// A run that profiles, and the trace that it wrote.
fn traced(studio: &Studio, args: &str) -> (Value, Vec<Value>) {
    let report = studio.json(&format!("render {args} -o out.wav --json --profile"));
    let trace: Value = serde_json::from_slice(&studio.bytes("out.trace.json")).unwrap();
    (report, list(&trace["traceEvents"]).to_vec())
}

fn slices(events: &[Value]) -> impl Iterator<Item = &Value> {
    events.iter().filter(|event| event["ph"] == "X")
}

/// Nanoseconds at which a slice begins and ends.
fn span(slice: &Value) -> (i64, i64) {
    let nanos = |value: f64| (value * 1e3).round() as i64;
    (nanos(number(&slice["ts"])), nanos(number(&slice["ts"])) + nanos(number(&slice["dur"])))
}

#[test]
fn tables_name_all_that_took_time() {
    let studio = alike();
    let Ran { code, out, err } = studio.run("render alike.rhai -o out.wav --profile");
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("wrote out.wav") && !out.contains("trace"), "the report is as ever:\n{out}");
    for strip in ["kick", "tone", "voice", "choir 1", "choir 3", "room (bus)", "low (group)", "master"] {
        assert!(
            err.lines().any(|line| line.starts_with(&format!(" {strip} "))),
            "{strip} is missing in\n{err}"
        );
    }
    for words in [
        "3 side by side",
        "clips, read and decoded",
        "faders and sends",
        "sums",
        "outputs, metered and written",
        "  finish ",
        "compress high_shelf",
        "75 %",
        "choir 1, choir 2, choir 3",
    ] {
        assert!(err.contains(words), "{words:?} is missing in\n{err}");
    }
    for (head, share) in [
        ("work", "of all work"),
        ("over all strips", "of all work"),
        ("stage", "of playing"),
        ("side by side", "of all work"),
        ("thread", "used"),
        ("phase", "of the clock"),
    ] {
        let heads = |line: &str| line.trim_start().starts_with(head) && line.contains(share);
        assert!(err.lines().any(heads), "{head:?} heads no table with {share:?} in\n{err}");
    }
    assert_eq!(err.lines().last(), Some("wrote out.trace.json"));
}

#[test]
fn shares_add_up_to_the_whole() {
    let studio = alike();
    let (report, _) = traced(&studio, "alike.rhai --threads 2");
    let profile = &report["profile"];
    let strips = list(&profile["strips"]);
    assert!(near(sum(strips, "share"), 100.0), "{profile:#}");
    assert!(near(sum(strips, "time"), number(&profile["work"])), "{profile:#}");
    for strip in strips {
        let parts = list(&strip["parts"]);
        assert!(near(sum(parts, "share"), number(&strip["share"])), "{strip:#}");
        assert!(parts.is_sorted_by(|a, b| number(&a["time"]) >= number(&b["time"])), "{strip:#}");
    }
    assert!(strips.is_sorted_by(|a, b| number(&a["time"]) >= number(&b["time"])));
    let threads = &profile["threads"];
    let (work, wall) = (number(&threads["work"]), number(&threads["wall"]));
    assert!(near(sum(list(&profile["stages"]), "share"), 100.0), "{profile:#}");
    assert!(near(sum(list(&profile["stages"]), "time"), work), "{profile:#}");
    let each: Vec<f64> = list(&threads["each"]).iter().map(number).collect();
    assert!(each.len() == 2 && near(each.iter().sum(), work), "{threads:#}");
    assert!(near(number(&threads["idle"]), 2.0 * wall - work), "{threads:#}");
    assert!(near(number(&threads["used"]), 50.0 * work / wall), "{threads:#}");
    let phases = list(&profile["phases"]);
    let phase = |name: &str| number(&phases.iter().find(|phase| phase["phase"] == name).unwrap()["time"]);
    assert!(near(number(&profile["work"]), work + phase("finishing")), "{profile:#}");
    assert!(near(phase("playing"), wall), "{profile:#}");
    assert!(near(sum(phases, "time"), 1e3 * number(&report["seconds_taken"])), "{profile:#}");
    assert!(near(sum(phases, "share"), 100.0), "{profile:#}");
}

#[test]
fn a_pack_shares_its_time_among_its_strips() {
    let studio = alike();
    let (report, _) = traced(&studio, "alike.rhai");
    let profile = &report["profile"];
    let part = |strip: &str, part: &str| {
        let named =
            |values: &'_ [Value], name: &str| values.iter().find(|value| value["name"] == name).cloned();
        let strip =
            named(list(&profile["strips"]), strip).unwrap_or_else(|| panic!("no {strip} in {profile:#}"));
        named(list(&strip["parts"]), part).unwrap_or_else(|| panic!("no {part} in {strip:#}"))
    };
    let runs = list(&profile["packs"]["runs"]);
    let choir =
        runs.iter().find(|run| run["effects"] == serde_json::json!(["compress", "high_shelf"])).unwrap();
    assert_eq!(choir["strips"], serde_json::json!(["choir 1", "choir 2", "choir 3"]));
    assert_eq!((choir["places"].as_u64(), number(&choir["fill"])), (Some(4), 75.0));
    let mut time = 0.0;
    for word in ["compress", "high_shelf", "interleave"] {
        let parts = ["choir 1", "choir 2", "choir 3"].map(|strip| part(strip, word));
        for one in &parts {
            assert_eq!((&one["time"], &one["side_by_side"]), (&parts[0]["time"], &3.into()), "{one:#}");
        }
        time += 3.0 * number(&parts[0]["time"]);
    }
    assert!(near(number(&choir["time"]), time), "{choir:#} took {time} ms in its parts");
    assert_eq!(part("kick", "compress")["side_by_side"], 1);
    assert_eq!(
        (&part("kick", "compress")["effect"], &part("kick", "compress")["does"]),
        (&"compress".into(), &"effect".into())
    );
    let filled: f64 = runs.iter().map(|run| number(&run["fill"]) * number(&run["time"])).sum();
    assert!(near(number(&profile["packs"]["fill"]), filled / sum(runs, "time")));
}

#[test]
fn the_trace_is_what_happened() {
    let studio = alike();
    let (report, events) = traced(&studio, "alike.rhai --threads 3 --block 512");
    let run = (1e9 * number(&report["seconds_taken"])) as i64;
    let mut rows: BTreeMap<u64, Vec<(i64, i64)>> = BTreeMap::new();
    for slice in slices(&events) {
        rows.entry(slice["tid"].as_u64().unwrap()).or_default().push(span(slice));
    }
    assert!(rows.keys().all(|row| *row <= 3), "a row for the phases and one for each thread");
    for (row, spans) in &mut rows {
        spans.sort_unstable();
        assert!(spans.iter().all(|(begin, end)| 0 <= *begin && begin <= end && *end <= run), "row {row}");
        assert!(spans.is_sorted_by(|a, b| a.1 <= b.0), "slices overlap on row {row}");
    }
    let named = |kind: &str| -> Vec<&str> {
        let of = events.iter().filter(|event| event["name"] == kind);
        of.map(|event| event["args"]["name"].as_str().unwrap()).collect()
    };
    assert_eq!(named("thread_name"), ["the render", "thread 1", "thread 2", "thread 3"]);
    assert_eq!(named("process_name"), [r#"mixwright: A "Small" \ Song"#]);
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for slice in slices(&events) {
        *names.entry(slice["name"].as_str().unwrap()).or_default() += 1;
    }
    let turns = names["clips of kick"];
    assert!(turns > 10, "{names:?}");
    for name in ["compress high_shelf of 3 tracks", "meter of 4 strips", "output of master", "mix of master"]
    {
        assert_eq!(names.get(name), Some(&turns), "{name:?} in {names:?}");
    }
    let playing = slices(&events).find(|slice| slice["name"] == "playing").map(span).unwrap();
    let within = |slice: &Value| playing.0 <= span(slice).0 && span(slice).1 <= playing.1;
    assert!(
        slices(&events).filter(|slice| slice["tid"] != 0).all(within),
        "threads work while the song plays"
    );
    let worked: i64 = slices(&events).filter(|slice| slice["tid"] != 0).map(span).map(|(a, b)| b - a).sum();
    assert!(
        near(worked as f64 * 1e-6, number(&report["profile"]["threads"]["work"])),
        "every slice is there"
    );
    assert!(events.iter().all(|event| event["ph"] != "i"), "nothing was cut");
}

#[test]
fn a_long_trace_is_cut_and_says_so() {
    let studio = Studio::new();
    studio.write(
        "many.rhai",
        "let song = song(\"Many\", #{ rate: 48.khz, end: 12.s });\n\
         for i in 0..500 { song.track(\"kick \" + i, \"audio/kick.wav\"); }\n",
    );
    let (report, events) = traced(&studio, "many.rhai --block 1024");
    let kept = slices(&events).filter(|slice| slice["tid"] != 0);
    let (count, last) = kept.fold((0, 0), |(count, last), slice| (count + 1, last.max(span(slice).1)));
    assert!((150_000..=200_000).contains(&count), "{count} slices");
    let cut = events.iter().find(|event| event["ph"] == "i").expect("it is told where it was cut");
    assert!(cut["name"].as_str().unwrap().contains(&format!("it holds the first {count} of ")), "{cut}");
    assert_eq!((number(&cut["ts"]) * 1e3).round() as i64, last);
    let playing = slices(&events).find(|slice| slice["name"] == "playing").map(span).unwrap();
    assert!(last < playing.1, "the song went on");
    assert!(number(&report["profile"]["threads"]["work"]) > 0.0);
}

#[test]
fn no_bit_changes_and_nothing_is_left_without_it() {
    let studio = alike();
    let rendered = |folder: &str, more: &str| {
        let files = format!("-o {folder}.wav --mix {folder}-mix.wav --stems {folder}");
        studio.done(&format!("render alike.rhai --quiet --format wav32f {files} {more}"));
        let stem = studio.bytes(&format!("{folder}/low.wav"));
        [studio.bytes(&format!("{folder}.wav")), studio.bytes(&format!("{folder}-mix.wav")), stem]
    };
    let plain = rendered("plain", "");
    assert!(studio.files().iter().all(|file| !file.contains("trace")));
    for (folder, threads) in [("one", "--threads 1"), ("three", "--threads 3 --block 300")] {
        assert!(rendered(folder, &format!("--profile {threads}")) == plain, "{threads}");
        assert!(
            studio.files().contains(&format!("{folder}.trace.json")),
            "it is written when nothing is said"
        );
    }
    let report = studio.json("render mix.rhai -o out.wav --json");
    assert_eq!((report.get("profile"), &report["files"]), (None, &serde_json::json!(["out.wav"])));
    let report = studio.json("render mix.rhai -o out.wav --quiet --json --profile");
    assert_eq!(
        report["files"],
        serde_json::json!(["out.wav", "out.trace.json"]),
        "what is asked for is said"
    );
}

#[test]
fn no_trace_takes_the_place_of_another_file() {
    let studio = Studio::new();
    let refused = |args: &str, words: &[&str]| {
        let before = studio.files();
        let said = studio.refused(2, &format!("render {args}"));
        words.iter().for_each(|words| assert!(said.contains(words), "{words:?} is missing in\n{said}"));
        assert_eq!(studio.files(), before, "{args}: litter");
    };
    studio.write("set.trace.json", "(level: -3.0)");
    studio.write("set.rhai", &format!("{SONG}kick.trim(settings(\"set.trace.json\").level.db);\n"));
    let words = [
        "the trace would replace `set.trace.json`: the script reads it",
        "give the master another name: the trace is named after it",
    ];
    refused("set.rhai --profile", &words);
    refused(
        "set.rhai --profile -o ./audio/../set.flac",
        &["the trace, `./audio/../set.trace.json`, is the same file"],
    );
    assert_eq!(studio.bytes("set.trace.json"), b"(level: -3.0)");
    studio.done("render set.rhai --quiet --range 0s..0.1s");
    fs::create_dir(studio.path("mix.trace.json")).unwrap();
    refused("mix.rhai --profile", &["`mix.trace.json`", "a folder"]);
    refused(
        "mix.rhai --profile --stems new.trace.json -o new.wav",
        &["the trace would be `new.trace.json`, a folder of the stems"],
    );
}
