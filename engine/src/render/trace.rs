//! The trace of a render: a row for what came one after the other and a row for each thread, as the viewers of browsers
//! read it (the Trace Event Format, JSON: <https://ui.perfetto.dev>, `chrome://tracing`, the profiler of Firefox).

use super::{
    RenderError,
    gather::{self, Account},
    pipeline::{Of, Worked},
};
use crate::{
    files::{self, FileError},
    graph::key,
    plan::Pack,
};
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// Words of a pack's name at most.
const MOST_WORDS: usize = 5;

/// Writes the trace of a render whose files are about to take their places, as it then will.
///
/// # Errors
/// If the disk refuses.
pub(super) fn write(account: &Account<'_>, target: &Path) -> Result<files::Whole, RenderError> {
    let output = files::Output::create(target)?;
    let mut writer = output.writer()?;
    let failed = |source| -> FileError { output.failed(source) };
    events(account, &mut writer).map_err(failed)?;
    writer.flush().map_err(failed)?;
    drop(writer);
    Ok(output.secure()?)
}

fn events(account: &Account<'_>, to: &mut impl Write) -> io::Result<()> {
    write!(to, "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
    let title = format!("mixwright: {}", account.song.title);
    write!(
        to,
        "\n{{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{{\"name\":{}}}}}",
        Text(&title)
    )?;
    row(to, 0, "the render")?;
    (1..=account.threads_there_were()).try_for_each(|thread| row(to, thread, &format!("thread {thread}")))?;
    for (phase, begin, end) in account.phases.spans() {
        slice(to, 0, &phase.to_string(), "phase", begin, end)?;
        write!(to, "}}")?;
    }
    for worked in &account.worked {
        let (name, stage) = (name(account, worked), format!("stage {}", worked.stage));
        for kept in &worked.log.slices {
            slice(to, kept.thread + 1, &name, &stage, kept.begin, kept.end)?;
            let at = kept.at as f64 / f64::from(account.plan.rate);
            write!(to, ",\"args\":{{\"song s\":{at:.3}}}}}")?;
        }
    }
    cut(account, to)?;
    writeln!(to, "\n]}}")
}

/// The name of a row.
fn row(to: &mut impl Write, row: usize, name: &str) -> io::Result<()> {
    let name = Text(name);
    write!(
        to,
        ",\n{{\"ph\":\"M\",\"pid\":1,\"tid\":{row},\"name\":\"thread_name\",\"args\":{{\"name\":{name}}}}}"
    )
}

/// A slice of a row, to which more may be added.
fn slice(
    to: &mut impl Write,
    row: usize,
    name: &str,
    kind: &str,
    begin: Duration,
    end: Duration,
) -> io::Result<()> {
    let (name, kind, at, length) = (Text(name), Text(kind), Micros(begin), Micros(end - begin));
    write!(
        to,
        ",\n{{\"ph\":\"X\",\"pid\":1,\"tid\":{row},\"ts\":{at},\"dur\":{length},\"name\":{name},\"cat\":{kind}"
    )
}

/// Tells where slices end, if there were more than are kept.
fn cut(account: &Account<'_>, to: &mut impl Write) -> io::Result<()> {
    let logs = || account.worked.iter().map(|worked| &worked.log);
    let Some(last) = logs()
        .filter(|log| log.ticks > log.slices.len())
        .flat_map(|log| log.slices.last())
        .map(|slice| slice.end)
        .max()
    else {
        return Ok(());
    };
    let (kept, all) =
        (logs().map(|log| log.slices.len()).sum::<usize>(), logs().map(|log| log.ticks).sum::<usize>());
    let told = format!("the trace is cut here: it holds the first {kept} of {all} slices");
    write!(
        to,
        ",\n{{\"ph\":\"i\",\"s\":\"g\",\"pid\":1,\"tid\":0,\"ts\":{},\"name\":{},\"cat\":\"cut\"}}",
        Micros(last),
        Text(&told)
    )
}

/// What a worker does, in a few words.
fn name(account: &Account<'_>, worked: &Worked) -> String {
    match &worked.of {
        Of::Outputs(outputs, _) => {
            let output = &account.plan.outputs[outputs[0]];
            let whose = match outputs.len() {
                1 => key::strip(account.path(output)).1.to_owned(),
                many => format!("{many} strips"),
            };
            format!("{} of {whose}", gather::word(output))
        }
        Of::Pack(pack, _) => pack_name(account, &account.plan.packs[*pack]),
    }
}

/// The words of a pack's steps, and whose they are: `trim eq compress of 12 tracks`.
fn pack_name(account: &Account<'_>, pack: &Pack) -> String {
    let mut words: Vec<&str> = Vec::new();
    for step in &pack.steps {
        let word = account.word(step);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > MOST_WORDS {
        words.truncate(MOST_WORDS - 1);
        words.push("…");
    }
    format!("{} of {}", words.join(" "), whose(account, pack))
}

/// The strip of a pack, or how many of which kind.
fn whose(account: &Account<'_>, pack: &Pack) -> String {
    let first = |lane: &usize| account.part(account.plan.lanes[*lane].nodes[0].node).path;
    let strips: BTreeSet<(&str, &str)> = pack.lanes.iter().map(|lane| key::strip(first(lane))).collect();
    let mut kinds: Vec<&str> = strips.iter().map(|(kind, _)| *kind).collect();
    kinds.dedup();
    match (strips.first(), &kinds[..]) {
        (Some((_, name)), _) if strips.len() == 1 => (*name).to_owned(),
        (_, [kind]) => format!("{} {kind}", strips.len()),
        _ => format!("{} strips", strips.len()),
    }
}

/// A time in microseconds, to the nanosecond: no rounding makes slices meet.
struct Micros(Duration);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        write!(f, "{}.{:03}", nanos / 1000, nanos % 1000)
    }
}

/// A text as JSON has it.
struct Text<'t>(&'t str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}
