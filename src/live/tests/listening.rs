//! Solo and mute for listening, against the sums of the sounds.

use super::{
    client::{Page, get, planes},
    studio::{FRAMES, Studio, TONES},
};
use crate::watch::audience::Audience;
use mixwright_engine::song::{Insert, InsertEffect, Setting, Strip, StripKind};
use mixwright_nodes::effects::AnyEffect;
use serde_json::{Value, json};
use std::time::Duration;

/// The sum of tones as they leave their faders: the left channel.
fn sum(studio: &Studio, strips: &[usize]) -> Vec<f64> {
    let mut all = vec![0.0; FRAMES];
    for strip in strips {
        let (name, _, level) = TONES[*strip];
        let gain = 10_f64.powf(level / 20.0);
        let sound = studio.file(&format!("{name}.wav"));
        all.iter_mut().zip(sound.iter().step_by(2)).for_each(|(all, x)| *all += gain * f64::from(*x));
    }
    all
}

fn left(studio: &Studio, answer: &Value) -> Vec<f32> {
    let source = answer["source"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let [left, _] = planes(&get(&studio.live, &format!("pcm/{source}?from=0&n=262144")).body);
    left
}

/// The largest difference is under -120 dBFS; what rings on is silent.
fn assert_null(heard: &[f32], expected: &[f64]) {
    assert!(heard.len() >= expected.len());
    let silence = std::iter::repeat(&0.0);
    let most = heard
        .iter()
        .zip(expected.iter().chain(silence))
        .fold(0.0_f64, |most, (a, b)| most.max((f64::from(*a) - b).abs()));
    assert!(most < 1e-6, "{most}");
}

#[test]
fn solo_is_the_sum_of_strips_past_group_and_master() {
    let mut studio = Studio::new();
    let drive = || Insert::Effect(InsertEffect::new("saturate", AnyEffect::named("saturate").unwrap()));
    let mut group = Strip::new("drums", StripKind::Group);
    group.chain.push(drive());
    studio.song.master.chain.push(drive());
    studio.song.master.fader = Setting::Is(-3.0);
    studio.song.strips.push(group);
    studio.song.strips[1].to = Some("drums".to_owned());
    studio.render();
    let mut page = Page::of(&studio.live);
    page.say(r#"{"type":"listen","solo":["snare","kick"],"mute":[]}"#);
    let answer = page.next_of("solo");
    assert_eq!((&answer["strips"], &answer["render"]), (&json!(["kick", "snare"]), &json!(1)));
    assert!(answer["loudness"].as_f64().unwrap() < 0.0 && answer["why"].is_null());
    assert_null(&left(&studio, &answer), &sum(&studio, &[0, 1]));
    // The same again, in another order, is had already.
    page.say(r#"{"type":"listen","solo":["kick","snare"]}"#);
    assert_eq!(page.next_of("solo"), answer);
    page.say(r#"{"type":"listen","solo":[],"mute":[]}"#);
    let none = page.next_of("solo");
    assert_eq!((&none["source"], &none["strips"], &none["why"]), (&Value::Null, &json!([]), &Value::Null));
    page.say(r#"{"type":"listen","solo":["kik"]}"#);
    assert_eq!(page.next_of("solo")["why"], "there is no strip named `kik`");
}

#[test]
fn mute_is_the_song_without_the_strip_and_follows_the_next_render() {
    let mut studio = Studio::playing();
    let mut page = Page::of(&studio.live);
    page.say(r#"{"type":"listen","mute":["hat"]}"#);
    let answer = page.next_of("solo");
    assert_eq!((&answer["strips"], &answer["mute"]), (&json!([]), &json!(["hat"])));
    assert_null(&left(&studio, &answer), &sum(&studio, &[0, 1]));
    // While the song itself is rendered nothing else is; the wish is met of the new render by itself.
    studio.live.rendering(0.0);
    page.say(r#"{"type":"listen","mute":["kick"]}"#);
    std::thread::sleep(Duration::from_millis(100));
    studio.song.strips[1].fader = Setting::Is(TONES[1].2);
    studio.render();
    let answer = loop {
        let answer = page.next_of("solo");
        if answer["render"] == 2 {
            break answer;
        }
    };
    assert_eq!(answer["mute"], json!(["kick"]));
    assert_null(&left(&studio, &answer), &sum(&studio, &[1, 2]));
}

#[test]
fn the_latest_wish_wins_and_waits_while_the_song_is_rendered() {
    let studio = Studio::playing();
    let [mut one, mut other] = [(); 2].map(|()| Page::of(&studio.live));
    studio.live.rendering(0.5);
    one.say(r#"{"type":"listen","solo":["kick"]}"#);
    while !studio.live.shared.desk.is_asked() {
        std::thread::sleep(Duration::from_millis(5));
    }
    other.say(r#"{"type":"listen","solo":["hat"]}"#);
    let refused = one.next_of("solo");
    assert_eq!((&refused["source"], &refused["strips"]), (&Value::Null, &json!(["kick"])));
    assert_eq!(refused["why"], "another page asked for something else");
    studio.live.healed();
    assert_null(&left(&studio, &other.next_of("solo")), &sum(&studio, &[2]));
}

#[test]
fn a_page_that_says_what_nobody_understands_is_left_and_wishes_go_with_their_page() {
    let studio = Studio::playing();
    let mut page = Page::of(&studio.live);
    studio.live.rendering(0.5);
    page.say(r#"{"type":"listen","solo":["kick"]}"#);
    while !studio.live.shared.desk.is_asked() {
        std::thread::sleep(Duration::from_millis(5));
    }
    page.say(r#"{"type":"rm","solo":["kick"]}"#);
    while studio.live.shared.desk.is_asked() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(page.ends());
}
