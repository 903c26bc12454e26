//! What is served of a render, against the files that the same render wrote.

use super::{
    client::{dat, get, get_with, planes, tracks},
    studio::{FRAMES, RATE, Studio, TONES},
};
use serde_json::{Value, json};

fn last(studio: &Studio) -> Value {
    serde_json::to_value(&*studio.live.shared.status().library.last().unwrap().message).unwrap()
}

fn id(render: &Value, what: &str) -> String {
    render[what]["source"].as_str().unwrap().to_owned()
}

#[test]
fn sounds_come_in_blocks_that_are_to_the_bit_the_files() {
    let studio = Studio::playing();
    let render = last(&studio);
    for (what, file) in [("master", "master.wav"), ("mix", "mix.wav")] {
        let (id, all) = (id(&render, what), studio.file(file));
        let [left, right] = planes(&get(&studio.live, &format!("pcm/{id}?from=1000&n=100")).body);
        assert_eq!(left, all[2_000..2_200].iter().step_by(2).copied().collect::<Vec<_>>());
        assert_eq!(right, all[2_001..2_200].iter().step_by(2).copied().collect::<Vec<_>>());
        let end = get(&studio.live, &format!("pcm/{id}?from={}&n=100", FRAMES - 7)).body;
        assert_eq!(end.len(), 7 * 8, "no frame behind the end");
        assert!(get(&studio.live, &format!("pcm/{id}?from={FRAMES}&n=100")).body.is_empty());
    }
}

#[test]
fn any_part_of_the_file_is_had() {
    let studio = Studio::playing();
    let path = format!("audio/{}.wav", id(&last(&studio), "master"));
    let whole = get(&studio.live, &path);
    assert_eq!((whole.status, whole.headers["accept-ranges"].as_str()), (200, "bytes"));
    let mut reader = hound::WavReader::new(&whole.body[..]).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, RATE));
    let read: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(read, studio.file("master.wav"));
    let size = whole.body.len();
    let cases = [
        ("bytes=0-".to_owned(), 206, 0..size),
        ("bytes=-1".to_owned(), 206, size - 1..size),
        ("bytes=50-200061".to_owned(), 206, 50..200_062),
        ("bytes=70001-70001".to_owned(), 206, 70_001..70_002),
        (format!("bytes={size}-"), 416, 0..0),
        ("bytes=0-1,5-6".to_owned(), 200, 0..size),
    ];
    for (range, status, bytes) in cases {
        let answer = get_with(&studio.live, &path, &[&format!("Range: {range}")]);
        assert_eq!(answer.status, status, "{range}");
        assert!(answer.body == whole.body[bytes.clone()], "{range}");
        let told = answer.headers.get("content-range").cloned();
        match status {
            206 => assert_eq!(told.unwrap(), format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1)),
            416 => assert_eq!(told.unwrap(), format!("bytes */{size}")),
            _ => assert_eq!(told, None),
        }
    }
}

#[test]
fn outlines_are_those_of_the_samples() {
    let studio = Studio::playing();
    let render = last(&studio);
    let all = studio.file("master.wav");
    let peaks = render["master"]["peaks"].as_str().unwrap();
    for (level, frames) in [(0, 256), (1, 1_024), (2, 4_096), (3, 16_384)] {
        let read = dat(&get(&studio.live, &format!("peaks/{peaks}/{level}")).body);
        assert_eq!((read.bits, read.rate, read.channels), (16, RATE, 2));
        assert_eq!(read.frames_a_point, frames);
        let expected: Vec<i16> = all
            .chunks(2 * frames as usize)
            .flat_map(|point| [0, 1].map(|channel| point.iter().skip(channel).step_by(2)))
            .flat_map(|samples| {
                let all = samples.map(|x| (x * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16);
                [all.clone().min().unwrap(), all.max().unwrap()]
            })
            .collect();
        assert_eq!(read.values, expected);
    }
    let strip = render["strips"][0]["peaks"].as_str().unwrap();
    let read = dat(&get(&studio.live, &format!("peaks/{strip}/3")).body);
    assert_eq!(read.bits, 8);
    let height = |share: f64| (128.0 * 0.5 * share * 10_f64.powf(TONES[0].2 / 20.0)).round() as i16;
    assert_eq!(read.values[..4], [-height(1.0), height(1.0), -height(0.5), height(0.5)]);
    assert_eq!(
        get(&studio.live, &format!("pcm/{strip}?from=0&n=1")).status,
        404,
        "of strips there is no sound"
    );
}

#[test]
fn tracks_read_what_the_report_says() {
    let studio = Studio::playing();
    let render = last(&studio);
    let (header, tracks_of) = tracks(&get(&studio.live, &format!("meters/{}", id(&render, "master"))).body);
    assert_eq!(header["rate"], RATE);
    let names: Vec<&str> = tracks_of.keys().map(String::as_str).collect();
    assert_eq!(names, ["correlation", "momentary", "peak", "rms", "short"]);
    assert_eq!((tracks_of["peak"].0, tracks_of["peak"].1.len()), (960.0, FRAMES.div_ceil(960)));
    assert_eq!(tracks_of["short"].0, 4_800.0);
    let most = |name: &str| f64::from(*tracks_of[name].1.iter().max().unwrap()) / 100.0;
    // The largest are taken each 10 ms, of which the track has each tenth: of steady tones they are alike.
    let near = |name: &str, told: &Value| (most(name) - told.as_f64().unwrap()).abs() < 0.02;
    assert!(near("momentary", &render["master"]["max_momentary"]), "{render}");
    assert!(near("short", &render["master"]["max_short"]));
    assert!(near("peak", &render["strips"][3]["peak"]));
    assert_eq!(tracks_of["correlation"].1[10], 100);
    let (_, of_strip) = tracks(
        &get(&studio.live, &format!("meters/{}", render["strips"][1]["meters"].as_str().unwrap())).body,
    );
    let most = f64::from(*of_strip["peak"].1.iter().max().unwrap()) / 100.0;
    assert!((most - render["strips"][1]["peak"].as_f64().unwrap()).abs() < 0.01);
    assert!(!of_strip.contains_key("correlation"));
}

#[test]
fn a_render_is_told_with_its_bars_sections_and_strips() {
    let studio = Studio::playing();
    let render = last(&studio);
    assert_eq!((&render["title"], &render["frames"]), (&json!("Three <tones>"), &json!(FRAMES)));
    // At 120 bpm a bar of four lasts two seconds, one of three a second and a half.
    let bars = [(0, 4), (96_000, 3), (168_000, 3)].map(|(at, beats)| json!({ "at": at, "beats": beats }));
    assert_eq!(render["bars"], json!(bars));
    assert_eq!(render["sections"], json!([{ "name": "verse", "from": 96_000, "to": 168_000 }]));
    let strips: Vec<(&str, &str)> = render["strips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|strip| (strip["name"].as_str().unwrap(), strip["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(strips, [("kick", "track"), ("snare", "track"), ("hat", "track"), ("master", "master")]);
}

#[test]
fn plots_are_drawn_of_what_was_heard() {
    let studio = Studio::playing();
    let render = last(&studio);
    let plot = |what: &str, name: &str| {
        let answer = get(&studio.live, &format!("plot/{}/{name}.svg", id(&render, what)));
        assert_eq!((answer.status, answer.headers["content-type"].as_str()), (200, "image/svg+xml"));
        String::from_utf8(answer.body).unwrap()
    };
    let loudness = plot("master", "loudness");
    let told = format!("I \u{2212}{:.1}</text>", -render["master"]["loudness"].as_f64().unwrap());
    assert!(loudness.contains(&told) && loudness.contains(">verse</text>"), "{loudness}");
    assert!(loudness.contains("class=\"s\"") && loudness.len() < 20_000);
    assert_eq!(loudness, plot("master", "loudness"));
    let spectrum = plot("mix", "spectrum");
    // The kick's tone of 100 Hz peaks at -6 - 6 dBFS, its right channel at half of that.
    assert!(spectrum.contains("<desc>highest at 100 Hz: \u{2212}11.1 dB</desc>"), "{spectrum}");
    assert!(
        !spectrum.contains("class=\"before\"") && plot("master", "spectrum").contains("class=\"before\"")
    );
    let strip = render["strips"][0]["peaks"].as_str().unwrap();
    assert_eq!(get(&studio.live, &format!("plot/{strip}/loudness.svg")).status, 200);
    assert_eq!(get(&studio.live, &format!("plot/{strip}/spectrum.svg")).status, 404);
}
