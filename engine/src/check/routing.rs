//! Where strips go: groups, buses and sends.

use super::{Bench, chain::bounds};
use crate::{
    diagnostic::Diagnostic,
    resolved::{Fader, Sent},
    song::{Strip, StripKind, limits::LEVEL},
};
use mixwright_nodes::curve::Curve;

impl Bench<'_> {
    /// The strip that a strip goes to.
    pub(super) fn destination(&mut self, strip: &Strip, index: usize) -> Option<usize> {
        let master = self.song.strips.len();
        if strip.kind == StripKind::Master || strip.sends_only {
            return None;
        }
        let Some(name) = &strip.to else { return Some(master) };
        let to = self.strip(name, &strip.origin)?;
        self.can_play(to, index, strip, "goes to");
        Some(to)
    }

    /// What a strip sends to buses.
    pub(super) fn sends(&mut self, strip: &Strip, index: usize) -> Vec<Sent> {
        let mut sent = Vec::new();
        for send in &strip.sends {
            let Some(to) = self.strip(&send.to, &send.origin) else { continue };
            self.can_play(to, index, strip, "is sent to");
            let mut followers = Vec::new();
            let gain = self.setting(&send.level, &bounds(&LEVEL), &send.origin, &mut followers);
            let law = strip.law.unwrap_or(self.song.law);
            let level = Fader { gain, pan: Curve::Hold(0.0), law, followers };
            sent.push(Sent { to, level, from: send.from, origin: send.origin.clone() });
        }
        sent
    }

    fn can_play(&mut self, to: usize, from: usize, strip: &Strip, verb: &str) {
        let Some(target) = self.song.strips.get(to) else { return };
        if to == from {
            let message = format!("`{}` {verb} itself", strip.name);
            self.found.push(Diagnostic::error(message).at(&strip.origin));
        } else if target.kind == StripKind::Track {
            let message = format!(
                "`{}` {verb} `{}`, which is a track and plays only its clips",
                strip.name, target.name
            );
            let error = Diagnostic::error(message).at(&strip.origin);
            self.found
                .push(error.label(&target.origin, "declared here").hint("make it a `bus` or a `group`"));
        }
    }
}
