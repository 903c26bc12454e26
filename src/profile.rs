//! `render --profile`: where the time went, for people and as JSON.

use crate::table::{aligned, plain};
use comfy_table::{CellAlignment, Table};
use mixwright_engine::{
    render::profile::{Does, PackTime, PartTime, Profile, StripTime},
    song::StripKind,
};
use mixwright_nodes::unit::{Ms, Percent};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Parts of a strip with a smaller share of all work are told in one row, in percent.
const SMALL: f64 = 0.2;

/// Words of a pack's effects at most.
const MOST_WORDS: usize = 6;

/// Names of a pack's strips at most.
const MOST_NAMES: usize = 4;

/// Of what the figures of a column are a share: a report has shares of the loudness too.
const OF_WORK: &str = "of all work";

/// A profile, and what the engine did not time as it was not its work.
pub(crate) struct Told<'p> {
    pub(crate) engine: &'p Profile,
    /// Until the song was checked.
    pub(crate) declaring: Duration,
    /// All in all.
    pub(crate) took: Duration,
}

impl Told<'_> {
    /// In figures.
    pub(crate) fn text(&self) -> String {
        let profile = self.engine;
        let tables = [strips(profile), over_all(profile), stages(profile)].into_iter().chain(packs(profile));
        let tables = tables.chain([threads(profile), self.phases()]);
        let mut text: String = tables.map(|table| format!("{table}\n\n")).collect();
        let _ = writeln!(text, "wrote {}", profile.trace.display());
        text
    }

    /// As JSON.
    pub(crate) fn json(&self) -> Value {
        let mut json = serde_json::to_value(self.engine).unwrap_or_default();
        let phases = self.every_phase().into_iter();
        let phases = phases
            .map(|(phase, time)| json!({ "phase": phase, "time": time, "share": self.of_the_clock(time) }));
        json["phases"] = phases.collect();
        json
    }

    fn phases(&self) -> Table {
        let mut table = plain(&["phase", "ms", "of the clock"]);
        let all = ("all".to_owned(), millis(self.took));
        for (phase, time) in self.every_phase().into_iter().chain([all]) {
            table.add_row([phase, ms(time), percent(self.of_the_clock(time))]);
        }
        aligned(&mut table);
        table
    }

    /// The share of a time in all that passed.
    fn of_the_clock(&self, time: Ms) -> Percent {
        Percent(100.0 * time.0 / millis(self.took).0.max(f64::MIN_POSITIVE))
    }

    /// The phases of the engine, between those of the command.
    fn every_phase(&self) -> Vec<(String, Ms)> {
        let (declaring, took) = (millis(self.declaring), millis(self.took));
        let mut phases = vec![("declaring".to_owned(), declaring)];
        phases.extend(self.engine.phases.iter().map(|phase| (phase.phase.to_string(), phase.time)));
        // The trace is written, and the sections of the master are measured.
        let rest = took.0 - phases.iter().map(|(_, time)| time.0).sum::<f64>();
        phases.push(("reporting".to_owned(), Ms(rest)));
        phases
    }
}

fn strips(profile: &Profile) -> Table {
    let mut table = plain(&["work", "ms", OF_WORK, ""]);
    for strip in &profile.strips {
        table.add_row([name(strip), ms(strip.time), percent(strip.share), String::new()]);
        table.add_rows(parts(&strip.parts));
    }
    table.add_row(["all".to_owned(), ms(profile.work), percent(Percent(100.0)), String::new()]);
    aligned(&mut table);
    table
}

/// A row for each part of a strip, and one for all that are small. Where all are, the strip's own row says as much.
fn parts(parts: &[PartTime]) -> Vec<[String; 4]> {
    let small = parts.iter().rev().take_while(|part| part.share.0 < SMALL).count();
    if small == parts.len() {
        return Vec::new();
    }
    let (told, small) = parts.split_at(if small > 1 { parts.len() - small } else { parts.len() });
    let mut rows: Vec<_> = told.iter().map(row).collect();
    if !small.is_empty() {
        let (time, share) =
            small.iter().fold((0.0, 0.0), |(time, share), part| (time + part.time.0, share + part.share.0));
        rows.push([
            format!("  {} others", small.len()),
            ms(Ms(time)),
            percent(Percent(share)),
            String::new(),
        ]);
    }
    rows
}

fn name(strip: &StripTime) -> String {
    match strip.kind {
        Some(StripKind::Bus) => format!("{} (bus)", strip.name),
        Some(StripKind::Group) => format!("{} (group)", strip.name),
        Some(StripKind::Track | StripKind::Master) | None => strip.name.clone(),
    }
}

fn row(part: &PartTime) -> [String; 4] {
    let packed = match part.side_by_side {
        1 => String::new(),
        strips => format!("{strips} side by side"),
    };
    [format!("  {}", part.name), ms(part.time), percent(part.share), packed]
}

/// What is done to all strips: each effect, and all that is no effect.
fn over_all(profile: &Profile) -> Table {
    let mut kinds: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for part in profile.strips.iter().flat_map(|strip| &strip.parts) {
        let (time, share) = kinds.entry(part.effect.unwrap_or(kind(part.does))).or_default();
        (*time, *share) = (*time + part.time.0, *share + part.share.0);
    }
    let mut kinds: Vec<(&str, (f64, f64))> = kinds.into_iter().collect();
    kinds.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0));
    let mut table = plain(&["over all strips", "ms", OF_WORK]);
    for (kind, (time, share)) in kinds {
        table.add_row([kind.to_owned(), ms(Ms(time)), percent(Percent(share))]);
    }
    aligned(&mut table);
    table
}

fn kind(does: Does) -> &'static str {
    match does {
        Does::Source => "clips, read and decoded",
        Does::Arrive => "inputs, aligned and laid down",
        Does::Interleave => "interleaving, for what runs side by side",
        Does::Effect => "effects",
        Does::Fader => "faders and sends",
        Does::Follow => "followers",
        Does::Sum => "sums",
        Does::Output => "outputs, metered and written",
        Does::Finish => "the end of the master",
    }
}

fn stages(profile: &Profile) -> Table {
    let mut table = plain(&["stage", "packs", "outputs", "ms", "of playing"]);
    for (i, stage) in profile.stages.iter().enumerate() {
        let (packs, outputs) = (stage.packs.to_string(), stage.outputs.to_string());
        table.add_row([i.to_string(), packs, outputs, ms(stage.time), percent(stage.share)]);
    }
    aligned(&mut table);
    table
}

/// What ran side by side, if anything did.
fn packs(profile: &Profile) -> Option<Table> {
    let packs = &profile.packs;
    let fill = packs.fill?;
    let mut table = plain(&["side by side", "strips", "places", "filled", "ms", OF_WORK, ""]);
    for PackTime { effects, strips, places, fill, time, share } in &packs.runs {
        let (words, names) = (first(effects, MOST_WORDS, " "), first(strips, MOST_NAMES, ", "));
        let (strips, places) = (strips.len().to_string(), places.to_string());
        table.add_row([words, strips, places, whole(*fill), ms(*time), percent(*share), names]);
    }
    let (all, share) = ("all, by time".to_owned(), Percent(packs.runs.iter().map(|run| run.share.0).sum()));
    let nothing = String::new;
    table.add_row([all, nothing(), nothing(), whole(fill), ms(packs.time), percent(share), nothing()]);
    aligned(&mut table);
    table.column_iter_mut().last()?.set_cell_alignment(CellAlignment::Left);
    Some(table)
}

/// All words, or the first of them where there are more than so many.
fn first(words: &[String], most: usize, between: &str) -> String {
    match words.len() {
        all if all > most => format!("{} and {} more", words[..most - 1].join(between), all + 1 - most),
        _ => words.join(between),
    }
}

fn threads(profile: &Profile) -> Table {
    let threads = &profile.threads;
    let mut table = plain(&["thread", "work ms", "idle ms", "used"]);
    for (i, work) in threads.each.iter().enumerate() {
        let idle = Ms((threads.wall.0 - work.0).max(0.0));
        let used = Percent(100.0 * work.0 / threads.wall.0.max(f64::MIN_POSITIVE));
        table.add_row([(i + 1).to_string(), ms(*work), ms(idle), whole(used)]);
    }
    table.add_row(["all".to_owned(), ms(threads.work), ms(threads.idle), whole(threads.used)]);
    aligned(&mut table);
    table
}

fn millis(time: Duration) -> Ms {
    Ms(time.as_secs_f64() * 1e3)
}

fn ms(time: Ms) -> String {
    format!("{:.1}", time.0)
}

fn percent(share: Percent) -> String {
    format!("{:.1} %", share.0)
}

fn whole(share: Percent) -> String {
    format!("{:.0} %", share.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, share: f64) -> PartTime {
        let (does, time) = (Does::Effect, Ms(share));
        PartTime { name: name.to_owned(), does, effect: None, time, share: Percent(share), side_by_side: 1 }
    }

    fn told(shares: &[(&str, f64)]) -> Vec<String> {
        let all: Vec<PartTime> = shares.iter().map(|(name, share)| part(name, *share)).collect();
        parts(&all).into_iter().map(|[name, ..]| name).collect()
    }

    #[test]
    fn small_parts_share_a_row_unless_there_is_nothing_else() {
        assert_eq!(told(&[("eq", 5.0), ("gate", 0.1), ("sum", 0.1)]), ["  eq", "  2 others"]);
        assert_eq!(told(&[("eq", 5.0), ("gate", 0.1)]), ["  eq", "  gate"]);
        assert!(told(&[("eq", 0.1), ("gate", 0.1)]).is_empty(), "the strip's row says it");
    }

    #[test]
    fn long_lists_are_cut() {
        let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(first(&names[..4], 4, ", "), "a, b, c, d");
        assert_eq!(first(&names, 4, ", "), "a, b, c and 2 more");
    }
}
