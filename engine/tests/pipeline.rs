//! What every render promises, judged by physics: signals that must meet, sum, cancel and be the same.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail, and its figures need no equal bits"
)]

mod common;

use common::{Kept, effect, insert, late, machine, noise, render, song, track, whole};
use mixwright_engine::{
    check::check,
    graph,
    plan::Machine,
    render::pipeline::Window,
    song::{
        Chapter, Cut, Insert, Length, Motion, MotionPoint, Parallel, Place, Send, SendFrom, Setting, Song,
        Span, Stems, Strip, StripKind, Tap,
    },
};
use mixwright_nodes::{
    curve::Shape,
    effect::Channels,
    effects::AnyEffect,
    finish::Finish,
    unit::{Db, Frames, Lufs},
};

/// A song with everything in it: groups, sends, keys, look-ahead, a parallel chain, moving faders.
fn rich() -> Song {
    let mut song = song();
    let mut kick = track("kick", "noise 1");
    insert(&mut kick, effect("trim", &[("gain", -6.0)]));
    let mut bass = track("bass", "stereo noise 2");
    insert(&mut bass, effect("eq", &[]));
    let mut duck = effect("duck", &[("by", 6.0), ("lookahead", 3.0)]);
    duck.key = Some(Tap { strip: "kick".to_owned(), point: Default::default() });
    insert(&mut bass, duck);
    bass.sends.push(send("space", -12.0, SendFrom::Post));
    let mut voice = track("voice", "sine 440");
    insert(&mut voice, effect("saturate", &[("drive", 6.0)]));
    voice.fader = Setting::Moves(Motion::Points(
        -6.0,
        vec![point(0.1, 0.0, Shape::Line), point(0.3, -20.0, Shape::Ease)],
    ));
    voice.pan = Setting::Is(-30.0);
    voice.sends.push(send("space", -6.0, SendFrom::Pre));
    let mut group = Strip::new("rhythm", StripKind::Group);
    group.chain.push(Insert::Parallel(Parallel {
        name: "smash".to_owned(),
        level: Setting::Is(-8.0),
        chain: vec![Insert::Effect(effect("saturate", &[("drive", 12.0)]))],
        origin: Default::default(),
    }));
    kick.to = Some("rhythm".to_owned());
    bass.to = Some("rhythm".to_owned());
    let mut space = Strip::new("space", StripKind::Bus);
    insert(&mut space, effect("low_pass", &[("frequency", 3_000.0)]));
    insert(&mut song.master, effect("eq", &[]));
    song.strips = vec![kick, bass, voice, group, space];
    song.stems = Stems::All;
    song
}

fn send(to: &str, level: f64, from: SendFrom) -> Send {
    Send { to: to.to_owned(), level: Setting::Is(level), from, origin: Default::default() }
}

fn point(seconds: f64, value: f64, shape: Shape) -> MotionPoint {
    MotionPoint { at: self::seconds(seconds), value, shape, origin: Default::default() }
}

/// Samples to be compared: `==` takes a negative zero for a zero.
fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn threads_and_blocks_change_no_bit() {
    let song = rich();
    let first = render(&song, machine(1, 1024), whole(20_011));
    for (threads, block) in [(2, 64), (5, 333), (16, 8192), (2, 1)] {
        let frames = if block == 1 { 4_001 } else { 20_011 };
        let other = render(&song, machine(threads, block), whole(frames));
        for (name, kept) in &first {
            let same = bits(&kept.0[..frames as usize]) == bits(&other[name].0)
                && bits(&kept.1[..frames as usize]) == bits(&other[name].1);
            assert!(same, "{name} with {threads} threads and blocks of {block}");
        }
    }
}

/// Strips whose chains are alike, nearly alike and unlike, mono and stereo, some of them late or moved.
fn crowd() -> Song {
    let mut song = song();
    for i in 0..41 {
        let level = f64::from(i);
        let plays = if i % 3 == 0 { "stereo noise" } else { "noise" };
        let mut strip = track(&format!("strip {i}"), &format!("{plays} {i}"));
        insert(
            &mut strip,
            effect("bell", &[("frequency", 200.0 + 50.0 * level), ("gain", level % 7.0 - 3.0)]),
        );
        if i % 5 != 0 {
            let ahead = if i % 4 == 0 { 2.0 } else { 0.0 };
            let times =
                [("attack", 1.0 + level), ("release", 60.0 + 10.0 * (level % 3.0)), ("lookahead", ahead)];
            insert(
                &mut strip,
                effect("compress", &[&[("threshold", -50.0 + level), ("ratio", 3.0)], &times[..]].concat()),
            );
        }
        if i % 6 == 0 {
            insert(&mut strip, effect("saturate", &[("drive", 6.0)]));
        }
        let mut trim = effect("trim", &[("gain", -0.3 * level)]);
        if i % 7 == 0 {
            trim.mix = Setting::Is(40.0);
        }
        insert(&mut strip, trim);
        match i % 4 {
            0 => moves(&mut strip, "bell", "gain", Motion::Points(0.0, vec![point(0.1, 6.0, Shape::Line)])),
            1 => moves(
                &mut strip,
                "trim",
                "gain",
                Motion::Points(0.0, vec![point(0.05 * level, -6.0, Shape::Ease)]),
            ),
            _ => {}
        }
        if i % 9 == 0 {
            let mut side = effect("bell", &[("frequency", 3_000.0), ("gain", -4.0)]);
            side.on = Channels::Side;
            insert(&mut strip, side);
        }
        // What the other strips of a pack need must not show in one whose samples are negative zeros.
        insert(&mut strip, effect("invert", &[]));
        insert(
            &mut strip,
            effect(
                "bell",
                &[
                    ("frequency", if i % 2 == 0 { 15_000.0 } else { 9_000.0 }),
                    ("gain", if i % 2 == 0 { -0.01 } else { 12.0 }),
                ],
            ),
        );
        insert(&mut strip, effect("high_pass", &[("frequency", 40.0 + level)]));
        song.strips.push(strip);
    }
    song.stems = Stems::All;
    song
}

fn moves(strip: &mut Strip, effect: &str, param: &str, along: Motion) {
    for insert in &mut strip.chain {
        if let Insert::Effect(insert) = insert
            && insert.name == effect
        {
            insert.moves.insert(param.to_owned(), along.clone());
        }
    }
}

#[test]
fn packs_change_no_bit() {
    let song = crowd();
    let first = render(&song, Machine { pack: 1, ..machine(1, 1024) }, whole(6_007));
    for (pack, threads, block) in [(2, 1, 333), (4, 2, 64), (8, 5, 1024), (16, 2, 1000)] {
        let other = render(&song, Machine { pack, ..machine(threads, block) }, whole(6_007));
        for (name, kept) in &first {
            let same = bits(&kept.0) == bits(&other[name].0) && bits(&kept.1) == bits(&other[name].1);
            assert!(same, "{name} in packs of {pack}");
        }
    }
}

#[test]
fn stems_sum_to_the_mix() {
    let out = render(&rich(), machine(2, 1024), whole(20_000));
    let stems: Vec<&Kept> =
        out.iter().filter(|(name, _)| name.starts_with("Stem")).map(|(_, kept)| kept).collect();
    assert_eq!(stems.len(), 3);
    let worst = (0..20_000)
        .map(|i| {
            (stems.iter().map(|stem| f64::from(stem.0[i])).sum::<f64>() - f64::from(out["Mix mix"].0[i]))
                .abs()
        })
        .fold(0.0, f64::max);
    assert!(worst < 1e-6, "{worst}");
}

#[test]
fn a_named_stem_and_the_rest_sum_to_the_mix() {
    let song = Song { stems: Stems::Named(vec!["voice".to_owned()]), ..rich() };
    let out = render(&song, machine(2, 1024), whole(20_000));
    let worst = (0..20_000)
        .map(|i| {
            let sum = f64::from(out["Stem voice"].1[i]) + f64::from(out["Stem rest"].1[i]);
            (sum - f64::from(out["Mix mix"].1[i])).abs()
        })
        .fold(0.0, f64::max);
    assert!(worst < 1e-6, "{worst}");
}

/// Each effect that is late, in each place where lateness can be: its path against a plain one must cancel.
#[test]
fn every_late_effect_meets_a_plain_path_on_the_sample() {
    let mut met = 0;
    for info in AnyEffect::ALL {
        let default = AnyEffect::named(info.params.name).unwrap();
        let looks_ahead = info.params.names().contains(&"lookahead");
        if default.latency(common::RATE).0 == 0 && !looks_ahead {
            continue;
        }
        met += 1;
        let ahead: &[(&str, f64)] = if looks_ahead { &[("lookahead", 7.3)] } else { &[] };
        let mut dry = late(info.params.name, ahead);
        if info.key == mixwright_nodes::effect::KeyUse::Required {
            dry.key = Some(Tap { strip: "plain".to_owned(), point: Default::default() });
        }
        let mut song = song();
        let plain = track("plain", "stereo noise 1");
        let mut delayed = track("delayed", "stereo noise 1");
        insert(&mut delayed, effect("invert", &[]));
        insert(&mut delayed, dry);
        song.strips = vec![plain, delayed];
        let out = render(&song, machine(2, 512), whole(12_000));
        let loudest = out["Mix mix"].0.iter().chain(&out["Mix mix"].1).fold(0.0f32, |a, x| a.max(x.abs()));
        assert!(loudest < 1e-6, "{}: {loudest}", info.params.name);
    }
    assert!(met > 0);
}

/// Random songs of pure delays: whatever the ways, an impulse arrives on one sample with the sum of their gains.
#[test]
fn impulses_meet_on_one_sample_in_random_songs() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let (song, expected) = random_song(&mut dice);
        let block = [64, 333, 1024][seed as usize % 3];
        let out = render(&song, machine(2, block), whole(12_000));
        for place in ["Mix mix", "Master master"] {
            let left = &out[place].0;
            let stray = left.iter().enumerate().filter(|(i, x)| *i != 1000 && x.abs() > 1e-7).count();
            assert_eq!(stray, 0, "song {seed}: {place}");
            let heard = f64::from(left[1000]);
            assert!(
                (heard - expected).abs() < 1e-5 * expected.abs().max(1.0),
                "song {seed}: {heard} for {expected}"
            );
        }
    }
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 += 1;
        ((f64::from(noise(self.0, self.0 % 97)) + 1.0) / 2.0 * sides as f64) as u64 % sides
    }
}

fn db(value: f64) -> f64 {
    10f64.powf(value / 20.0)
}

/// A song of tracks, groups and buses; each goes or sends only to later ones. Returns the gain of the mix.
fn random_song(dice: &mut Dice) -> (Song, f64) {
    let mut song = song();
    let count = 3 + dice.roll(8) as usize;
    let mut arriving = vec![0.0; count + 1];
    for i in 0..count {
        let is_track = i < count / 2 + 1;
        let name = format!("s{i}");
        let mut strip = if is_track { track(&name, "impulse") } else { Strip::new(&name, StripKind::Bus) };
        // A mono track is laid in the middle at -3 dB; a bus is stereo already.
        let mut gain = if is_track { std::f64::consts::FRAC_1_SQRT_2 } else { arriving[i] };
        for _ in 0..dice.roll(3) {
            match dice.roll(3) {
                0 => insert(&mut strip, late("saturate", &[("drive", 3.0)])),
                1 => {
                    let level = -(dice.roll(12) as f64);
                    let chain = (0..dice.roll(3)).map(|i| {
                        let mut effect = late("saturate", &[]);
                        effect.name = format!("saturate#{i}");
                        Insert::Effect(effect)
                    });
                    let (name, chain) = (format!("beside{}", strip.chain.len()), chain.collect());
                    let (level_set, origin) = (Setting::Is(level), Default::default());
                    strip.chain.push(Insert::Parallel(Parallel { name, level: level_set, chain, origin }));
                    gain *= 1.0 + db(level);
                }
                _ => {
                    insert(&mut strip, effect("trim", &[("gain", -3.0)]));
                    gain *= db(-3.0);
                }
            }
        }
        let later = |dice: &mut Dice| (count / 2 + 1).max(i + 1) + dice.roll(count as u64) as usize;
        let fader = -(dice.roll(9) as f64);
        strip.fader = Setting::Is(fader);
        let target = later(dice);
        let to = if target < count { target } else { count };
        strip.to = (to < count).then(|| format!("s{to}"));
        arriving[to] += gain * db(fader);
        let bus = later(dice);
        if bus < count {
            let level = -(dice.roll(20) as f64);
            let pre = dice.roll(2) == 0;
            strip.sends.push(send(
                &format!("s{bus}"),
                level,
                if pre { SendFrom::Pre } else { SendFrom::Post },
            ));
            arriving[bus] += gain * db(level) * if pre { 1.0 } else { db(fader) };
        }
        song.strips.push(strip);
    }
    (song, arriving[count])
}

#[test]
fn faders_follow_their_curves_to_the_sample() {
    let mut song = song();
    let mut strip = track("one", "stereo ones");
    strip.fader = Setting::Moves(Motion::Points(
        0.0,
        vec![point(0.1, -30.0, Shape::Line), point(0.2, -6.0, Shape::Ease), point(0.3, 0.0, Shape::Step)],
    ));
    song.strips = vec![strip];
    let out = render(&song, machine(2, 333), whole(20_000));
    let ideal = |frame: f64| {
        let seconds = frame / 48_000.0;
        let level = if seconds < 0.1 {
            -300.0 * seconds
        } else if seconds < 0.2 {
            -30.0 + 24.0 * (0.5 - 0.5 * (std::f64::consts::PI * (seconds - 0.1) / 0.1).cos())
        } else if seconds < 0.3 {
            -6.0
        } else {
            (-6.0 * (1.0 - (seconds - 0.3) / 0.005)).min(0.0)
        };
        db(level)
    };
    for (i, x) in out["Mix mix"].0.iter().enumerate() {
        assert!((f64::from(*x) - ideal(i as f64)).abs() < 1e-6, "frame {i}: {x} for {}", ideal(i as f64));
    }
}

#[test]
fn a_window_of_what_has_no_memory_is_a_part_of_the_whole() {
    let mut song = song();
    song.strips = vec![track("one", "stereo noise 4")];
    let all = render(&song, machine(2, 1024), whole(20_000));
    let part = Window { start: Frames(4_990), from: Frames(5_001), to: Frames(9_000) };
    let out = render(&song, machine(2, 100), part);
    assert!(out["Master master"].0 == all["Master master"].0[5_001..9_000]);
}

#[test]
fn circles_are_told_by_name() {
    let mut song = song();
    let (mut a, mut b) = (Strip::new("a", StripKind::Bus), Strip::new("b", StripKind::Bus));
    a.sends.push(send("b", 0.0, SendFrom::Post));
    b.sends.push(send("a", 0.0, SendFrom::Post));
    song.strips = vec![a, b];
    let checked = check(&song, &common::Made).unwrap();
    let error = graph::build(&checked.song).unwrap_err();
    assert_eq!(error.message, "these strips feed each other in a circle: `a` -> `b` -> `a`");
}

#[test]
fn a_song_whose_clips_all_lie_before_it_is_refused() {
    let mut song = song();
    let mut early = track("early", "ones");
    early.clips[0].at = Place::default().plus(Length { seconds: -1e6, ..Length::default() });
    song.strips = vec![early];
    let errors = check(&song, &common::Made).unwrap_err();
    assert!(
        common::listed(&errors).contains("the song ends before it begins"),
        "{}",
        common::listed(&errors)
    );
    song.strips.clear();
    assert_eq!(check(&song, &common::Made).unwrap().song.end, Frames(0), "an empty song has no length");
}

#[test]
fn all_that_is_wrong_is_found_at_once() {
    let mut song = song();
    let mut a = track("vocal", "missing.wav");
    a.sends.push(send("revreb", -6.0, SendFrom::Post));
    a.fader = Setting::Is(90.0);
    let mut b = track("vocal", "ones");
    b.to = Some("vocal".to_owned());
    b.clips[0].gain = Db(90.0);
    song.finish = Some(Finish { loudness: Lufs(90.0), ..Finish::default() });
    song.strips = vec![a, b, Strip::new("reverb", StripKind::Bus)];
    let errors = check(&song, &common::Made).unwrap_err();
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    for wanted in [
        "there are two strips named `vocal`",
        "cannot read `missing.wav`: no such file",
        "`vocal`: there is no strip named `revreb`",
        "`vocal`: `fader` is 90 dB, but must lie between -144 dB and 24 dB",
        "`vocal` goes to `vocal`, which is a track and plays only its clips",
        "`vocal`: a clip of `ones`: `gain` is 90 dB, but must lie between -144 dB and 48 dB",
        "`finish`: `loudness` is 90 LUFS, but must lie between -40 LUFS and -5 LUFS",
    ] {
        assert!(messages.contains(&wanted), "{wanted}\n{}", common::listed(&errors));
    }
    let hints: Vec<&String> = errors.iter().flat_map(|error| &error.hints).collect();
    assert!(hints.iter().any(|hint| *hint == "did you mean `reverb`?"), "{hints:?}");
}

/// 4 s of a 200 Hz sine with half a second cut out: nothing after it is late, and the join makes no step.
#[test]
fn a_ripple_cut_closes_without_a_click() {
    let mut song = song();
    song.strips = vec![track("voice", "stereo sine 200"), track("marker", "impulse")];
    song.strips[1].clips[0].at = seconds(0.4);
    song.cuts.push(Cut {
        span: Span { from: seconds(0.1013), to: seconds(0.3) },
        track: None,
        crossfade: Length { seconds: 0.03, ..Length::default() },
        origin: Default::default(),
    });
    song.chapters.push(Chapter { at: seconds(0.4), title: "after".to_owned() });
    let checked = check(&song, &common::Made).unwrap();
    let at = 19_200 - (14_400 - 4_862);
    assert_eq!(checked.song.chapters[0].0, Frames(at));
    assert_eq!(checked.song.bars[..2], [(Frames(0), 4), (Frames(96_000 - (14_400 - 4_862)), 4)]);
    let out = render(&song, machine(2, 512), whole(20_000));
    let marker = out["Strip marker"].0.iter().position(|x| *x != 0.0);
    assert_eq!(marker, Some(at as usize + 1000));
    let voice = &out["Strip voice"].0;
    let step = |range: std::ops::Range<usize>| {
        voice[range].windows(2).map(|pair| f64::from((pair[1] - pair[0]).abs())).fold(0.0, f64::max)
    };
    assert!(
        step(3_000..7_000) <= step(8_000..19_000) + 0.001,
        "{} {}",
        step(3_000..7_000),
        step(8_000..19_000)
    );
}

/// What is inserted makes all that comes after it wait, curves too.
#[test]
fn an_insert_moves_what_comes_after_it() {
    let mut song = song();
    let mut bed = track("bed", "stereo ones");
    bed.fader = Setting::Moves(Motion::Points(0.0, vec![point(0.2, -20.0, Shape::Step)]));
    let mut advert = track("advert", "impulse");
    advert.clips[0].at = seconds(0.1);
    advert.clips[0].inserted = true;
    song.strips = vec![bed, advert];
    let out = render(&song, machine(1, 512), whole(50_000));
    let bed = &out["Strip bed"].0;
    assert_eq!((bed[4_799], bed[4_800], bed[34_799], bed[34_800]), (1.0, 0.0, 0.0, 1.0));
    assert_eq!(out["Strip advert"].0.iter().position(|x| *x != 0.0), Some(4_800 + 1000));
    let stepped = 9_600 + 30_000;
    assert_eq!(bed[stepped - 1], 1.0);
    assert!((bed[stepped + 240] - 0.1).abs() < 1e-6);
}

fn seconds(seconds: f64) -> Place {
    Place::default().plus(Length { seconds, ..Length::default() })
}

/// A fader that follows the level of another strip, added to one that stands.
#[test]
fn followers_move_what_they_are_added_to() {
    let mut song = song();
    let mut heard = track("heard", "stereo ones");
    heard.clips[0].at = seconds(0.1);
    heard.fader = Setting::Is(-144.0);
    let mut tone = track("tone", "stereo ones");
    tone.fader = Setting::Moves(Motion::Sum(vec![
        Motion::Hold(-6.0),
        Motion::Follow {
            heard: Tap { strip: "heard".to_owned(), point: Default::default() },
            quiet: -60.0,
            loud: 0.0,
            attack: 5.0,
            release: 50.0,
            between: (0.0, -20.0),
        },
    ]));
    song.strips = vec![heard, tone];
    let out = render(&song, machine(2, 333), whole(20_000));
    let level = |frame: usize| 20.0 * f64::from(out["Strip tone"].0[frame]).log10();
    assert!((level(4_000) + 6.0).abs() < 0.001, "{}", level(4_000));
    assert!((level(19_000) + 26.0).abs() < 0.1, "{}", level(19_000));
}
