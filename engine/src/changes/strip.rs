//! What is another in a strip.

use super::{Told, chain, clips, curve::setting, words};
use crate::song::{Send, SendFrom, Strip};
use mixwright_nodes::{dsp::pan::PanLaw, unit::Unit};

/// Tells what is another in a strip. Every field is named here, so that none is forgotten.
pub(super) fn strip(told: &mut Told<'_>, before: &Strip, after: &Strip) {
    let Strip {
        name: _,
        kind,
        clips,
        chain,
        fader,
        pan,
        law,
        muted,
        sends,
        to,
        nudge,
        sends_only: _,
        origin: _,
    } = before;
    told.about(&after.name);
    told.say_if(*kind != after.kind, || format!("a {}, was a {}", after.kind.word(), kind.word()));
    setting(told, "fader", Unit::Db, fader, &after.fader);
    setting(told, "pan", Unit::Pan, pan, &after.pan);
    told.say_if(*law != after.law, || format!("pan law {} -> {}", law_word(*law), law_word(after.law)));
    told.say_if(*muted != after.muted, || if after.muted { "muted" } else { "no longer muted" }.to_owned());
    told.say_if(*to != after.to, || format!("goes to {}", after.to.as_deref().unwrap_or("the master")));
    told.say_if(*nudge != after.nudge, || format!("nudge {}", words::lengths(*nudge, after.nudge)));
    chain::chain(told, "", chain, &after.chain);
    self::sends(told, sends, &after.sends);
    clips::clips(told, clips, &after.clips);
}

fn law_word(law: Option<PanLaw>) -> &'static str {
    law.map_or("the song's", PanLaw::word)
}

/// Sends are paired by their buses; of several to one bus, in their order.
fn sends(told: &mut Told<'_>, before: &[Send], after: &[Send]) {
    let nth = |sends: &[Send], i: usize| sends[..i].iter().filter(|send| send.to == sends[i].to).count();
    let find = |sends: &[Send], to: &str, n: usize| sends.iter().filter(|send| send.to == to).nth(n).cloned();
    for (i, old) in before.iter().enumerate() {
        match find(after, &old.to, nth(before, i)) {
            Some(new) => send(told, old, &new),
            None => told.say(format!("send to {} removed", old.to)),
        }
    }
    for (i, new) in after.iter().enumerate() {
        let known = find(before, &new.to, nth(after, i)).is_some();
        told.say_if(!known, || format!("send to {} added", new.to));
    }
    let order = |sends: &[Send]| sends.iter().map(|send| send.to.clone()).collect::<Vec<_>>();
    let (old, new) = (order(before), order(after));
    let mut sorted = (old.clone(), new.clone());
    sorted.0.sort();
    sorted.1.sort();
    told.say_if(old != new && sorted.0 == sorted.1, || "sends in another order".to_owned());
}

fn send(told: &mut Told<'_>, before: &Send, after: &Send) {
    let Send { to, level, from, origin: _ } = before;
    setting(told, &format!("send to {to}"), Unit::Db, level, &after.level);
    told.say_if(*from != after.from, || match after.from {
        SendFrom::Post => format!("send to {to} after the fader"),
        SendFrom::Pre => format!("send to {to} before the fader"),
    });
}
