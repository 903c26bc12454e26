//! The plots: loudness in the course of the song, and third octaves.

use super::{
    library::Heard,
    message::Program,
    spectrum::{Band, NOTHING},
    svg::{Svg, number},
};
use mixwright_engine::render::take::{SILENCE, Track};
use mixwright_nodes::unit::clock;

/// Where a plot's curves lie within it, and what they show.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// What is at the top and at the bottom.
    levels: (f64, f64),
}

impl Frame {
    fn y(&self, level: f64) -> f64 {
        let (high, low) = self.levels;
        let share = (high - level.clamp(low, high)) / (high - low);
        self.top + share * (self.bottom - self.top)
    }

    fn x(&self, share: f64) -> f64 {
        self.left + share * (self.right - self.left)
    }

    /// Lines across, each so many levels, with their numbers.
    fn grid(&self, svg: &mut Svg, step: f64, unit: &str) {
        let (high, low) = self.levels;
        let mut level = high;
        while level >= low {
            let y = self.y(level);
            svg.line("grid", 0.5, [Some((self.left, y)), Some((self.right, y))].into_iter());
            let words = number(level).replace(".0", "");
            let words = if level == high { format!("{words} {unit}") } else { words };
            svg.words("axis", "end", (self.left - 4.0, y + 4.0), &words);
            level -= step;
        }
    }
}

/// The level at the top of a plot: a little room above the highest.
fn top(highest: Option<f64>) -> f64 {
    6.0 * ((highest.unwrap_or(-1.0) + 1.0) / 6.0).ceil()
}

/// What is said of a level that may be none.
fn told(level: Option<f64>, unit: &str) -> String {
    level.map_or_else(|| "\u{2212}\u{221e} (silent)".to_owned(), |level| format!("{} {unit}", number(level)))
}

/// Momentary and short-term loudness from end to end, with the integrated one, the target and the sections.
pub(super) fn loudness(heard: &Heard) -> String {
    let render = &heard.kept.message;
    let program: Option<&Program> = heard.is_master().then_some(&render.master);
    let track = |name: &str| heard.picture().tracks.iter().find(|track| track.name == name);
    let most = |name: &str| track(name).and_then(loudest);
    let (momentary, short) = (most("momentary"), most("short"));
    let high = top(momentary.map(|(_, level)| level));
    let frame = Frame { left: 60.0, right: 870.0, top: 20.0, bottom: 196.0, levels: (high, high - 42.0) };
    let at = |frames: f64| clock(frames / f64::from(render.rate));
    let mut finding = match short {
        Some((frames, level)) => format!("loudest 3 s {} LUFS at {}", number(level), at(frames)),
        None => "under 3 s, or silent".to_owned(),
    };
    if let Some(program) = program {
        finding = format!("integrated {}, {finding}", told(program.loudness, "LUFS"));
    }
    let mut svg = Svg::new(960, 220, "Loudness", &finding);
    let share = |frames: f64| frames / render.frames.max(1) as f64;
    for (number, section) in render.sections.iter().enumerate() {
        let (from, to) = (frame.x(share(section.from as f64)), frame.x(share(section.to as f64)));
        let to = to.clamp(frame.left, frame.right);
        if number % 2 == 1 {
            svg.area("section", 0.06, (from, frame.top), (to - from, frame.bottom - frame.top));
        }
        svg.words("section", "start", (from + 3.0, 14.0), &section.name);
    }
    frame.grid(&mut svg, 6.0, "LUFS");
    if let (Some(target), Some(_)) = (render.target, program) {
        let (from, to) = (frame.y(target.loudness + 0.5), frame.y(target.loudness - 0.5));
        svg.area("target", 0.25, (frame.left, from), (frame.right - frame.left, to - from));
    }
    let mut ends = Vec::new();
    for (name, class, width, most) in [("momentary", "m", 0.6, momentary), ("short", "s", 1.6, short)] {
        let Some(track) = track(name) else { continue };
        svg.line(class, width, curve(track, &frame, render.frames));
        ends.extend(
            most.map(|(_, level)| (level, format!("max {} {}", class.to_uppercase(), number(level)))),
        );
    }
    if let Some(level) = program.and_then(|program| program.loudness) {
        let y = frame.y(level);
        svg.line("i", 1.0, [Some((frame.left, y)), Some((frame.right, y))].into_iter());
        ends.push((level, format!("I {}", number(level))));
    }
    labels(&mut svg, &frame, ends);
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let time = at(share * render.frames as f64);
        let time = time.split('.').next().unwrap_or_default();
        svg.words("axis", "middle", (frame.x(share), 212.0), time);
    }
    svg.ended()
}

/// Words at the ends of lines, none over another nor below the plot.
fn labels(svg: &mut Svg, frame: &Frame, mut ends: Vec<(f64, String)>) {
    const LINE: f64 = 12.0;
    ends.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut last = f64::NEG_INFINITY;
    ends.retain(|(_, words)| !words.is_empty());
    let mut below = ends.len() as f64;
    for (level, words) in ends {
        below -= 1.0;
        last = (frame.y(level) + 4.0).min(frame.bottom - below * LINE).max(last + LINE);
        svg.words("value", "start", (frame.right + 4.0, last), &words);
    }
}

/// The largest value of a track, and its frame.
fn loudest(track: &Track) -> Option<(f64, f64)> {
    let known = track.values.iter().enumerate().filter(|(_, value)| **value != SILENCE);
    let (place, value) = known.max_by_key(|(_, value)| **value)?;
    Some(((place + 1) as f64 * track.every, f64::from(*value) / 100.0))
}

/// A track as points, of each pixel the largest.
fn curve(track: &Track, frame: &Frame, frames: usize) -> impl Iterator<Item = Option<(f64, f64)>> {
    let pixels = (frame.right - frame.left) as usize;
    let each = track.values.len().div_ceil(pixels).max(1);
    track.values.chunks(each).enumerate().map(move |(number, values)| {
        let value = values.iter().copied().filter(|value| *value != SILENCE).max()?;
        let at = ((number * each + values.len()) as f64 * track.every).min(frames as f64);
        Some((frame.x(at / frames.max(1) as f64), frame.y(f64::from(value) / 100.0)))
    })
}

/// Frequencies that are written below a spectrum.
const TICKS: [(f64, &str); 6] =
    [(31.5, "31.5"), (125.0, "125"), (500.0, "500"), (2000.0, "2k"), (8000.0, "8k"), (16_000.0, "16k Hz")];

/// Third octaves: of a sound, and of what it was made of, if it is the master.
pub(super) fn spectrum(bands: &[Band], before: Option<&[Band]>) -> String {
    let heard = bands.iter().filter(|band| band.level > NOTHING);
    let highest = heard.max_by(|a, b| a.level.total_cmp(&b.level));
    let high = top(highest.map(|band| band.level));
    let frame = Frame { left: 44.0, right: 430.0, top: 12.0, bottom: 196.0, levels: (high, high - 60.0) };
    let finding = match highest {
        Some(band) => format!("highest at {}: {} dB", hertz(band.hertz), number(band.level)),
        None => "silent".to_owned(),
    };
    let mut svg = Svg::new(480, 220, "Spectrum in third octaves", &finding);
    frame.grid(&mut svg, 12.0, "dB");
    let (low, octaves) = (20.0_f64, octave(1000.0));
    let x = |hertz: f64| frame.x((octave(hertz / low)) / octaves);
    for (tick, words) in TICKS {
        svg.words("axis", "middle", (x(tick), 212.0), words);
    }
    let points = |bands: &[Band]| {
        let point = |band: &Band| Some((x(band.hertz), frame.y(band.level)));
        bands.iter().map(point).collect::<Vec<_>>()
    };
    let mut ends = Vec::new();
    let both = [(before, "mix", 0.8), (Some(bands), if before.is_some() { "master" } else { "" }, 1.6)];
    for (bands, name, width) in both {
        let Some(bands) = bands else { continue };
        svg.line(if name == "mix" { "before" } else { "after" }, width, points(bands).into_iter());
        ends.extend(bands.last().map(|band| (band.level, name.to_owned())));
    }
    labels(&mut svg, &frame, ends);
    svg.ended()
}

/// How many octaves a ratio is.
fn octave(ratio: f64) -> f64 {
    mixwright_nodes::dsp::math::log2(ratio)
}

fn hertz(hertz: f64) -> String {
    match hertz {
        hertz if hertz >= 1000.0 => format!("{:.1} kHz", hertz / 1000.0).replace(".0", ""),
        hertz => format!("{hertz:.0} Hz"),
    }
}
