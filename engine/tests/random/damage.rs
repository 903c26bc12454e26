//! What can befall a text: cuts, flipped bytes, words in each other's places, numbers beyond all measure.

use crate::dice::Dice;

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
