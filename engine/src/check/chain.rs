//! Chains: effects with their parameters, curves, keys and names.

use super::{Bench, motion::Bounds};
use crate::{
    diagnostic::{Diagnostic, Origin},
    resolved::{Beside, Fader, Follower, Link, Placed},
    song::{
        Insert, InsertEffect, Motion, Setting,
        limits::{LEVEL, MIX},
    },
    source,
};
use mixwright_nodes::{
    curve::{Curve, Scale},
    dsp::pan::PanLaw,
    effect::{Channels, KeyUse, Slot, Width},
    effects::AnyEffect,
    params::{ParamError, ParamInfo, Value},
    unit::{Percent, Unit},
};
use std::collections::BTreeSet;

/// The names of the taps in a chain.
pub(super) fn taps(chain: &[Insert]) -> Vec<&str> {
    chain
        .iter()
        .flat_map(|insert| match insert {
            Insert::Tap(name) => vec![name.as_str()],
            Insert::Parallel(parallel) => taps(&parallel.chain),
            Insert::Effect(_) => Vec::new(),
        })
        .collect()
}

impl Bench<'_> {
    /// A chain and the width of what comes out of it.
    pub(super) fn chain(&mut self, strip: &str, chain: &[Insert], width: Width) -> (Vec<Link>, Width) {
        let mut names = BTreeSet::new();
        let mut now = width;
        let mut links = Vec::new();
        for insert in chain {
            match insert {
                Insert::Effect(effect) => {
                    if !names.insert(effect.name.as_str()) {
                        let message = format!("`{strip}` has two effects named `{}`", effect.name);
                        self.found.push(Diagnostic::error(message).at(&effect.origin));
                    }
                    if effect.bypass {
                        continue;
                    }
                    let placed = self.effect(strip, effect, now);
                    now = placed.slot.effect.width(now);
                    links.push(Link::Effect(Box::new(placed)));
                }
                Insert::Parallel(parallel) => {
                    let (chain, wide) = self.chain(strip, &parallel.chain, now);
                    now = now.max(wide);
                    let mut followers = Vec::new();
                    let gain =
                        self.setting(&parallel.level, &bounds(&LEVEL), &parallel.origin, &mut followers);
                    let level = Fader { gain, pan: Curve::Hold(0.0), law: PanLaw::usual(), followers };
                    let (name, origin) = (parallel.name.clone(), parallel.origin.clone());
                    links.push(Link::Beside(Beside { name, chain, level, origin }));
                }
                Insert::Tap(name) => links.push(Link::Tap(name.clone())),
            }
        }
        (links, now)
    }

    fn effect(&mut self, strip: &str, insert: &InsertEffect, width: Width) -> Placed {
        self.values(insert);
        self.key_fits(insert);
        if insert.on != Channels::Stereo && width == Width::Mono {
            let message =
                format!("`{}` works on the {} of `{strip}`, which is mono", insert.name, insert.on.word());
            self.found.push(Diagnostic::error(message).at(&insert.origin));
        }
        let mut followers = Vec::new();
        let mut effect = insert.effect.clone();
        let mut curves = Vec::new();
        for (path, motion) in &insert.moves {
            if let Some((place, curve)) = self.moved(insert, path, motion, &mut followers) {
                match curve {
                    // What a curve holds for ever is a value: the effect may know that it never moves.
                    Curve::Hold(value) => effect.poke(&place, value),
                    curve => curves.push((place, curve)),
                }
            }
        }
        let (mix, mix_curve) = self.mix(insert, &mut followers);
        Placed {
            name: insert.name.clone(),
            slot: Slot { effect, curves, mix, mix_curve, on: insert.on },
            key: insert.key.as_ref().and_then(|key| self.heard(key, &insert.origin)),
            followers,
            origin: insert.origin.clone(),
        }
    }

    /// What an effect's parameters are, and whether they go together.
    fn values(&mut self, insert: &InsertEffect) {
        let name = insert.effect.info().params.name;
        let mut fresh = AnyEffect::named(name).expect("an effect's own name is in the list");
        self.declared(name, insert.effect.entries(), |param, value| fresh.set(param, value), &insert.origin);
        let before = self.found.len();
        self.files_of(insert);
        // A file that is not given is told already.
        if self.found.len() == before
            && let Err(problem) = insert.effect.check()
        {
            self.found.push(Diagnostic::error(format!("`{name}`: {problem}")).at(&insert.origin));
        }
    }

    /// A song that a program made has passed no parser: values are held against their declarations here.
    pub(super) fn declared(
        &mut self,
        name: &str,
        entries: Vec<(String, Value)>,
        mut set: impl FnMut(&str, &Value) -> Result<(), ParamError>,
        origin: &Origin,
    ) {
        for (param, value) in entries {
            let unset = matches!(&value, Value::Text(text) if text.is_empty());
            if let (Err(error), false) = (set(&param, &value), unset) {
                let found = Diagnostic::error(format!("`{name}`: {error}")).at(origin);
                self.found.push(found.hints(error.hint()));
            }
        }
    }

    /// The files among an effect's parameters must be there, and short enough to be taken whole.
    fn files_of(&mut self, insert: &InsertEffect) {
        for (name, file) in insert.effect.files() {
            if file.is_empty() {
                let message = format!("`{}` needs `{name}`: the name of an audio file", insert.name);
                self.found.push(Diagnostic::error(message).at(&insert.origin));
                continue;
            }
            let path = self.song.folder.join(&file);
            let fits = self
                .files
                .whole(&path)
                .and_then(|facts| Ok(source::fits_whole(&path, facts.rate, facts.frames)?));
            self.found.extend(fits.err().map(|error| error.at(&insert.origin)));
        }
    }

    fn key_fits(&mut self, insert: &InsertEffect) {
        let name = insert.effect.info().params.name;
        let error = match (insert.effect.info().key, &insert.key) {
            (KeyUse::Required, None) => {
                Diagnostic::error(format!("`{name}` needs a strip that it listens to"))
                    .hint(format!("write for example `{name}(kick)`"))
            }
            (KeyUse::None, Some(_)) => Diagnostic::error(format!("`{name}` listens to no key")),
            _ => return,
        };
        self.found.push(error.at(&insert.origin));
    }

    fn moved(
        &mut self,
        insert: &InsertEffect,
        path: &str,
        motion: &Motion,
        followers: &mut Vec<Follower>,
    ) -> Option<(Vec<usize>, Curve)> {
        let info = insert.effect.info().params;
        let Some((param, place)) = info.find(path) else {
            let message = format!("`{}` has no parameter `{path}`", info.name);
            self.found.push(Diagnostic::error(message).at(&insert.origin));
            return None;
        };
        if !param.moves() {
            let message = format!("`{path}` of `{}` is set once and takes no curve", info.name);
            self.found.push(Diagnostic::error(message).at(&insert.origin));
            return None;
        }
        let setting = Setting::Moves(motion.clone());
        Some((place, self.setting(&setting, &bounds(param), &insert.origin, followers)))
    }

    fn mix(&mut self, insert: &InsertEffect, followers: &mut Vec<Follower>) -> (Percent, Option<Curve>) {
        match self.setting(&insert.mix, &bounds(&MIX), &insert.origin, followers) {
            Curve::Hold(value) => (Percent(value), None),
            curve => (Percent(100.0), Some(curve)),
        }
    }
}

/// What a parameter's values must keep to.
pub(super) fn bounds(param: &ParamInfo) -> Bounds<'static> {
    let unit = param.unit().unwrap_or(Unit::Plain);
    let scale = match unit {
        Unit::Db | Unit::Dbtp => Scale::Level,
        Unit::Hz => Scale::Octaves,
        _ => Scale::Even,
    };
    // Only what can be switched off goes to "off" by way of -90 dB.
    let scale = if scale == Scale::Level && param.min > -100.0 { Scale::Even } else { scale };
    Bounds { name: param.name, scale, unit, min: param.min, max: param.max }
}
