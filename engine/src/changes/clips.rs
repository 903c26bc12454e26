//! What is another in the clips of a track.

use super::{Told, words};
use crate::{
    song::{ChannelPick, Clip, FadeShape, Length, Overlap},
    written::alike,
};
use mixwright_nodes::unit::Unit;

/// Tells what is another in the clips of a track.
pub(super) fn clips(told: &mut Told<'_>, before: &[Clip], after: &[Clip]) {
    let alone = before.len() == 1 && after.len() == 1;
    if before.len() == after.len() {
        for (i, (old, new)) in before.iter().zip(after).enumerate() {
            let name = if alone { String::new() } else { format!("clip {} ", i + 1) };
            clip(told, &name, old, new);
        }
        return;
    }
    let front = before.iter().zip(after).take_while(|(old, new)| alike(*old, *new)).count();
    let ends = before[front..].iter().rev().zip(after[front..].iter().rev());
    let back = ends.take_while(|(old, new)| alike(*old, *new)).count();
    amount(told, &before[front..before.len() - back], "removed");
    amount(told, &after[front..after.len() - back], "added");
}

fn amount(told: &mut Told<'_>, clips: &[Clip], what: &str) {
    match clips {
        [] => {}
        [one] => told.say(format!("clip {} {what}", one.file)),
        more => told.say(format!("{} clips {what}", more.len())),
    }
}

/// Every field is named here, so that none is forgotten.
fn clip(told: &mut Told<'_>, name: &str, before: &Clip, after: &Clip) {
    let Clip { file, at, from, length, gain, fade_in, fade_out, shape, repeat, reverse, .. } = before;
    let Clip { channel, overlap, inserted, origin: _, .. } = before;
    told.say_if(*file != after.file, || format!("{name}file {file} -> {}", after.file));
    told.say_if(*at != after.at, || format!("{name}at {}", words::places(at, &after.at)));
    told.say_if(*from != after.from, || format!("{name}from {}", words::lengths(*from, after.from)));
    told.say_if(*length != after.length, || {
        format!("{name}length {} -> {}", played(*length), played(after.length))
    });
    told.say_if(*gain != after.gain, || {
        format!("{name}gain {}", words::step(gain.0, after.gain.0, Unit::Db))
    });
    told.say_if(*fade_in != after.fade_in, || {
        format!("{name}fade-in {}", words::lengths(*fade_in, after.fade_in))
    });
    told.say_if(*fade_out != after.fade_out, || {
        format!("{name}fade-out {}", words::lengths(*fade_out, after.fade_out))
    });
    told.say_if(*shape != after.shape, || format!("{name}fades {}", shape_word(after.shape)));
    told.say_if(*repeat != after.repeat, || format!("{name}repeat {repeat} -> {}", after.repeat));
    told.say_if(*reverse != after.reverse, || {
        format!("{name}{}", if after.reverse { "backwards" } else { "forwards" })
    });
    told.say_if(*channel != after.channel, || format!("{name}plays {}", channel_words(after.channel)));
    told.say_if(*overlap != after.overlap, || format!("{name}{}", overlap_words(after.overlap)));
    told.say_if(*inserted != after.inserted, || {
        format!("{name}{}", if after.inserted { "inserted" } else { "no longer inserted" })
    });
}

fn played(length: Option<Length>) -> String {
    length.map_or_else(|| "all".to_owned(), words::length)
}

fn shape_word(shape: FadeShape) -> &'static str {
    match shape {
        FadeShape::Linear => "linear",
        FadeShape::Power => "of equal power",
        FadeShape::Smooth => "smooth",
    }
}

fn channel_words(channel: ChannelPick) -> String {
    match channel {
        ChannelPick::All => "all channels".to_owned(),
        ChannelPick::One(number) => format!("channel {number}"),
    }
}

fn overlap_words(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Sum => "sounds with the clip before",
        Overlap::Crossfade => "crossfades with the clip before",
    }
}
