//! What a signal is made of, as one number: where two are the same, so are the signals, to the bit.
//!
//! It covers what is heard before, and what is done to it: the files by what the disk tells of them, clips, effects with their
//! revisions and curves, faders. It does not cover names, nor threads, blocks and packs, which change no bit.

use crate::{
    graph::{Graph, Node, NodeIndex, NodeSpec},
    render::Sources,
};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// The fingerprint of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The fingerprints of all that leaves a node, but for what comes from files of which nothing is known. `build` is whatever
/// else makes a difference, such as the version of the program.
pub(crate) fn of(
    graph: &Graph,
    rate: u32,
    build: &str,
    sources: &dyn Sources,
) -> BTreeMap<NodeIndex, Fingerprint> {
    let mut known: BTreeMap<NodeIndex, Fingerprint> = BTreeMap::new();
    for index in graph.order() {
        let mut text = Text::new(build, rate);
        let told = spec(&mut text, &graph.net[index], sources);
        let heard = graph.arriving(index).into_iter().try_for_each(|(source, role)| {
            text.add(format_args!("{role:?} {}", known.get(&source)?));
            Some(())
        });
        if told.and(heard).is_some() {
            known.insert(index, text.finish());
        }
    }
    known
}

/// Tells all of a node that makes a difference; none if something of it is not known.
fn spec(text: &mut Text, node: &Node, sources: &dyn Sources) -> Option<()> {
    text.add(format_args!("{:?} {:?}", node.input, node.output));
    match &node.spec {
        NodeSpec::Source(clips) => {
            text.add(format_args!("source"));
            for clip in clips {
                text.add(format_args!("{clip:?} {}", sources.clip_stamp(&clip.path)?));
            }
        }
        NodeSpec::Effect(slot) => {
            text.add(format_args!("effect {} {slot:?}", slot.effect.info().revision));
            for (_, file) in slot.effect.files() {
                text.add(format_args!("{}", sources.sound_stamp(&file)?));
            }
        }
        // What a curve follows arrives by wires: the number of the strip behind it makes no difference.
        NodeSpec::Fader(fader) => {
            text.add(format_args!("fader {:?} {:?} {:?}", fader.gain, fader.pan, fader.law));
        }
        NodeSpec::Follow(follow) => {
            text.add(format_args!("follow {:?} {:?} {:?}", follow.levels, follow.times, follow.between));
        }
        NodeSpec::Sum => text.add(format_args!("sum")),
        NodeSpec::Stored(signal) => text.add(format_args!("stored {}", signal.print())),
    }
    Some(())
}

/// A short number for bytes where nobody means harm, the same on every machine and for ever (FNV-1a).
pub fn short(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Text that is hashed as it is written.
struct Text(blake3::Hasher);

impl Text {
    fn new(build: &str, rate: u32) -> Text {
        let mut text = Text(blake3::Hasher::new());
        text.add(format_args!("{build} {rate}"));
        text
    }

    /// Adds a part; where it ends cannot be mistaken.
    fn add(&mut self, part: fmt::Arguments<'_>) {
        self.write_fmt(part).expect("hashing does not fail");
        self.0.update(&[0]);
    }

    fn finish(self) -> Fingerprint {
        let mut short = [0; 16];
        short.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        Fingerprint(short)
    }
}

impl Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.update(part.as_bytes());
        Ok(())
    }
}
