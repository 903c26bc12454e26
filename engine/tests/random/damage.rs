//! What can befall a text: cuts, flipped bytes, words in each other's places, numbers beyond all measure. And a song:
//! strips, curves and clips out of place.

use crate::dice::Dice;
use mixwright_engine::song::{
    Anchor, Clip, Length, Meter, Motion, Place, Send, SendFrom, Setting, Song, StripKind, Tap, TapPoint,
    Turn, Vca,
};
use mixwright_nodes::curve::Wave;

/// Numbers that a song seldom holds.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "-0.0",
    "1e-300",
    "1e300",
    "1e999",
    "-1e18",
    "NaN",
    "inf",
    "4294967295",
    "18446744073709551615",
    "0.5",
];

/// The text after one blow.
pub(crate) fn damaged(text: &str, dice: &mut Dice<'_>) -> String {
    match dice.below(6) {
        0 => cut(text, dice),
        1 => flipped(text, dice),
        2 => swapped(text, dice),
        3 => doubled(text, dice),
        _ => renumbered(text, dice),
    }
}

/// A place in the text, not within a letter.
fn place(text: &str, dice: &mut Dice<'_>) -> usize {
    let place = dice.below(text.len() + 1);
    (0..=place).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0)
}

/// From one place to a later one.
fn stretch(text: &str, dice: &mut Dice<'_>) -> std::ops::Range<usize> {
    let (a, b) = (place(text, dice), place(text, dice));
    a.min(b)..a.max(b)
}

fn cut(text: &str, dice: &mut Dice<'_>) -> String {
    let mut text = text.to_owned();
    let stretch = if dice.one_in(2) { place(&text, dice)..text.len() } else { stretch(&text, dice) };
    text.replace_range(stretch, "");
    text
}

fn flipped(text: &str, dice: &mut Dice<'_>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + dice.below(3) {
        if !bytes.is_empty() {
            let place = dice.below(bytes.len());
            bytes[place] ^= 1 << dice.below(8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn doubled(text: &str, dice: &mut Dice<'_>) -> String {
    let stretch = stretch(text, dice);
    let (piece, mut text) = (text[stretch.clone()].to_owned(), text.to_owned());
    text.insert_str(stretch.end, &piece);
    text
}

/// Where the words of a kind lie.
fn words(text: &str, of: impl Fn(char) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut begun = None;
    for (place, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (of(letter), begun) {
            (true, None) => begun = Some(place),
            (false, Some(start)) => {
                found.push(start..place);
                begun = None;
            }
            _ => {}
        }
    }
    found
}

fn swapped(text: &str, dice: &mut Dice<'_>) -> String {
    let words = words(text, |c| c.is_alphanumeric() || "_-.\"".contains(c));
    if words.len() < 2 {
        return text.to_owned();
    }
    let (a, b) = (dice.one_of(&words), dice.one_of(&words));
    let (a, b) = if a.start < b.start { (a, b) } else { (b, a) };
    if a == b {
        return text.to_owned();
    }
    [&text[..a.start], &text[b.clone()], &text[a.end..b.start], &text[a.clone()], &text[b.end..]].concat()
}

fn renumbered(text: &str, dice: &mut Dice<'_>) -> String {
    let numbers = words(text, |c| c.is_ascii_digit() || "-.".contains(c));
    if numbers.is_empty() {
        return text.to_owned();
    }
    let mut text = text.to_owned();
    text.replace_range(dice.one_of(&numbers), dice.one_of::<&str>(&NUMBERS));
    text
}

/// The song after one blow that no script could deal it.
pub(crate) fn misplaced(song: &mut Song, dice: &mut Dice<'_>) {
    let index = dice.below(song.strips.len());
    let kinds = [StripKind::Track, StripKind::Bus, StripKind::Group, StripKind::Master];
    let names = ["master", "nobody", "", song.strips[index].name.as_str()].map(str::to_owned);
    let name = dice.one_of(&names);
    let strip = &mut song.strips[index];
    match dice.below(12) {
        0 => strip.kind = dice.one_of(&kinds),
        1 => song.master.kind = dice.one_of(&kinds),
        2 => song.master.name = name,
        3 => strip.to = Some(name),
        4 => song.master.sends.push(sent(name)),
        5 => strip.sends.push(sent(name)),
        6 => song.master.clips.push(Clip::new("ones")),
        7 => strip.fader = Setting::Moves(moving(name, dice)),
        8 => strip.clips.iter_mut().for_each(|clip| shifted(clip, dice)),
        9 => meters(song, dice),
        10 => song.end = Some(Place { from: Anchor::ClipEnd(name, 1), plus: length(dice) }),
        _ => song.vcas.push(Vca {
            name: "all".to_owned(),
            strips: vec![name],
            level: Setting::Is(odd(dice)),
            origin: Default::default(),
        }),
    }
}

fn sent(to: String) -> Send {
    Send { to, level: Setting::Is(0.0), from: SendFrom::Post, origin: Default::default() }
}

fn odd(dice: &mut Dice<'_>) -> f64 {
    dice.one_of(&[0.0, -1.0, 1e-9, 1e300, -1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.5, 3.0])
}

fn length(dice: &mut Dice<'_>) -> Length {
    Length { seconds: odd(dice), beats: odd(dice), ..Length::default() }
}

fn moving(strip: String, dice: &mut Dice<'_>) -> Motion {
    let between = (odd(dice), odd(dice));
    let every = if dice.one_in(2) { Turn::Rate(odd(dice)) } else { Turn::Every(length(dice)) };
    match dice.below(3) {
        0 => Motion::Lfo { wave: Wave::Square, every, phase: odd(dice), between, origin: Default::default() },
        1 => Motion::Follow {
            heard: Tap { strip, point: TapPoint::Output },
            quiet: odd(dice),
            loud: odd(dice),
            attack: odd(dice),
            release: odd(dice),
            between,
        },
        _ => Motion::Shifted(Box::new(Motion::Hold(odd(dice))), length(dice)),
    }
}

fn shifted(clip: &mut Clip, dice: &mut Dice<'_>) {
    match dice.below(4) {
        0 => clip.length = Some(length(dice)),
        1 => clip.fade_in = length(dice),
        2 => clip.fade_out = length(dice),
        _ => clip.at.plus = length(dice),
    }
}

fn meters(song: &mut Song, dice: &mut Dice<'_>) {
    match dice.below(3) {
        0 => song.meters.clear(),
        1 => song.meters.reverse(),
        _ => song.meters.push(Meter { bar: dice.below(3) as u32, beats: dice.below(3) as u32, unit: 3 }),
    }
}
