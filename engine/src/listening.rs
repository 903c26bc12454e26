//! What is heard of a checked song while somebody listens for something: the song itself stays as it is.
//!
//! [`solo`](crate::solo) lets strips be heard as the master plays them; here they are heard by themselves.

use crate::{
    resolved::{Channel, Link, Resolved},
    song::StripKind,
};
use mixwright_nodes::unit::Frames;
use std::collections::BTreeSet;

/// The song with the mix made of these strips alone, as they leave their faders: no group, bus or master works on them, but
/// for a group or bus that is itself named. What goes to a named strip is heard in it, and by itself no more.
///
/// Keys hear what is silenced, so ducking sounds as it does in the mix.
#[must_use]
pub fn alone(song: &Resolved, names: &[String]) -> Resolved {
    let (mut song, master) = (song.clone(), song.master());
    let named = |strip: &Channel| names.contains(&strip.name);
    let chosen: BTreeSet<usize> = (0..master).filter(|index| named(&song.strips[*index])).collect();
    let feeding = feeding(&song, &chosen);
    for (index, strip) in song.strips[..master].iter_mut().enumerate() {
        strip.sends.retain(|send| feeding.contains(&send.to));
        strip.to = match strip.to.filter(|to| feeding.contains(to)) {
            None if chosen.contains(&index) => Some(master),
            to => to,
        };
        strip.muted |= !feeding.contains(&index);
    }
    let strip = &mut song.strips[master];
    strip.chain.retain(|link| matches!(link, Link::Tap(_)));
    song.finish = None;
    song
}

/// The song without these strips.
#[must_use]
pub fn without(song: &Resolved, names: &[String]) -> Resolved {
    let mut song = song.clone();
    let strips = song.strips.iter_mut().filter(|strip| strip.kind != StripKind::Master);
    strips.filter(|strip| names.contains(&strip.name)).for_each(|strip| strip.muted = true);
    song
}

/// The song cut to a length: what is heard of it then fits what it is compared with, frame by frame.
#[must_use]
pub fn as_long(mut song: Resolved, frames: Frames) -> Resolved {
    (song.end, song.exact) = (frames, true);
    song
}

/// These strips and all whose sound arrives at them.
fn feeding(song: &Resolved, chosen: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut all = chosen.clone();
    loop {
        let arrives = |strip: &Channel| {
            let sends = strip.sends.iter().map(|send| send.to);
            strip.to.into_iter().chain(sends).any(|to| all.contains(&to))
        };
        let more: Vec<usize> = (0..song.master())
            .filter(|index| !all.contains(index) && arrives(&song.strips[*index]))
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{FileFacts, Files, check},
        diagnostic::Diagnostic,
        song::{ChannelPick, Clip, Send, SendFrom, Setting, Song, Strip},
    };
    use std::path::Path;

    struct Second;

    impl Files for Second {
        fn facts(&self, _: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
            Ok(FileFacts { rate: 44_100, channels: 1, frames: 44_100, late: 0 })
        }
    }

    /// Kick and snare in a group of drums, and a vocal that is sent to a room.
    fn song() -> Resolved {
        let mut song = Song::new("test");
        for (name, kind, to) in [
            ("kick", StripKind::Track, Some("drums")),
            ("snare", StripKind::Track, Some("drums")),
            ("drums", StripKind::Group, None),
            ("vocal", StripKind::Track, None),
            ("room", StripKind::Bus, None),
        ] {
            let mut strip = Strip::new(name, kind);
            strip.to = to.map(str::to_owned);
            if kind == StripKind::Track {
                strip.clips.push(Clip::new(format!("{name}.wav")));
            }
            if name == "vocal" {
                let (level, origin) = (Setting::Is(-6.0), Default::default());
                strip.sends.push(Send { to: "room".to_owned(), level, from: SendFrom::Post, origin });
            }
            song.strips.push(strip);
        }
        check(&song, &Second).unwrap().song
    }

    /// What is heard: each strip with what it goes to and is sent to.
    fn heard(names: &[&str]) -> Vec<(String, Vec<String>)> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let song = alone(&song(), &names);
        let name = |index: usize| song.strips[index].name.clone();
        let goes = |strip: &Channel| {
            strip.to.into_iter().chain(strip.sends.iter().map(|send| send.to)).map(name).collect()
        };
        let heard = song.strips[..song.master()].iter().filter(|strip| !strip.muted);
        heard.map(|strip| (strip.name.clone(), goes(strip))).collect()
    }

    fn goes(name: &str, to: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), to.iter().map(|to| (*to).to_owned()).collect())
    }

    #[test]
    fn a_strip_alone_goes_past_its_group_and_its_buses() {
        assert_eq!(heard(&["kick", "vocal"]), [goes("kick", &["master"]), goes("vocal", &["master"])]);
    }

    #[test]
    fn what_goes_to_a_named_strip_is_heard_in_it_once() {
        let drums = [goes("kick", &["drums"]), goes("snare", &["drums"]), goes("drums", &["master"])];
        assert_eq!(heard(&["drums"]), drums);
        assert_eq!(heard(&["kick", "drums"]), drums);
        assert_eq!(heard(&["room"]), [goes("vocal", &["room"]), goes("room", &["master"])]);
        assert_eq!(
            heard(&["vocal", "room"]),
            [goes("vocal", &["master", "room"]), goes("room", &["master"])]
        );
    }
}
