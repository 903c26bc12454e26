//! Edits at random, as someone makes them who mixes: one at a time, most of them small.

use crate::dice::Dice;
use mixwright_engine::song::{Insert, Setting, Song, Strip};
use mixwright_nodes::params::Value;

/// Does one thing to a song; the song may then be wrong.
pub(crate) fn edit(song: &mut Song, dice: &mut Dice<'_>) {
    let strips = song.strips.len();
    if strips == 0 || dice.one_in(6) {
        return on_strip(&mut song.master, dice);
    }
    let strip = dice.below(strips);
    match dice.below(24) {
        0 => song.strips[strip].muted ^= true,
        1 => song.strips[strip].name.push('!'),
        2 if song.strips[strip].sends.is_empty() => {
            song.strips.remove(strip);
        }
        3 => song.strips.swap(strip, strips - 1),
        4 => song.rate = dice.one_of(&[48_000, 44_100]),
        5 => song.strips[strip].nudge.samples += 1.0,
        6 => song.strips[strip].to = None,
        _ => on_strip(&mut song.strips[strip], dice),
    }
}

fn on_strip(strip: &mut Strip, dice: &mut Dice<'_>) {
    let links = strip.chain.len();
    match dice.below(9) {
        0 => strip.fader = Setting::Is(dice.between(-30.0, 3.0)),
        1 => strip.pan = Setting::Is(dice.between(-100.0, 100.0)),
        2 if !strip.sends.is_empty() => {
            let send = dice.below(strip.sends.len());
            strip.sends[send].level = Setting::Is(dice.between(-30.0, 0.0));
        }
        3 if links > 0 => {
            strip.chain.remove(dice.below(links));
        }
        4 if links > 1 => strip.chain.swap(0, links - 1),
        5 if !strip.clips.is_empty() => strip.clips[0].gain.0 += 1.0,
        _ if links > 0 => on_insert(&mut strip.chain[dice.below(links)], dice),
        _ => strip.fader = Setting::Is(dice.between(-30.0, 3.0)),
    }
}

fn on_insert(insert: &mut Insert, dice: &mut Dice<'_>) {
    let Insert::Effect(effect) = insert else { return };
    if dice.one_in(8) {
        effect.bypass ^= true;
        return;
    }
    let numbers: Vec<(String, Value)> = effect.effect.entries();
    if numbers.is_empty() {
        return;
    }
    let (name, value) = &numbers[dice.below(numbers.len())];
    if let Value::Number(number, unit) = value {
        // What does not fit is refused, and nothing was done.
        let _ = effect.effect.set(name, &Value::Number(number * dice.between(0.9, 1.1) + 0.01, *unit));
    }
}
