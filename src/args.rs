//! The arguments: one declaration makes parser, help and completions.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mixwright_engine::{
    plan::Machine,
    sink::{Depth, Format},
    store::Store,
};
use std::path::PathBuf;

/// A mix is a program: renders songs declared in scripts.
#[derive(Debug, Parser)]
#[command(name = "mixwright", version, about, after_help = CODES, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const CODES: &str = "\
Exit codes: 0 done; 1 the world failed (a file, the disk); 2 the author's mistake or a failed check; \
3 our fault: please report it.";

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Renders a song to a file, and the mix and stems beside it.
    Render(Box<Render>),
    /// Renders a song anew whenever a file changes that it is made of; Ctrl-C ends it.
    Watch(Box<Watch>),
    /// Says all that is wrong with a song, and renders nothing.
    Check(Check),
    /// Prints a song as it is declared, wired or planned.
    Show(Show),
    /// Lists the effects, or explains one.
    Effects(Effects),
    /// Measures audio files: loudness, peaks, stereo.
    Measure(Measure),
    /// Shows or empties the cache of what was rendered before.
    Cache(Cache),
    /// Prints a script that completes this command's arguments in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// A song.
#[derive(Debug, Arguments)]
pub(crate) struct Song {
    /// The song: a script (.rhai), or what `show song` printed (.ron).
    #[arg(value_name = "SCRIPT")]
    pub(crate) script: PathBuf,
    /// What the script's `param("key", ...)` finds instead of its default.
    #[arg(long = "param", value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) params: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// What is made of a song, and where it goes.
#[derive(Debug, Arguments)]
pub(crate) struct Made {
    #[command(flatten)]
    pub(crate) song: Song,
    /// Where the master goes; named after the script, and after the part, in the present folder if not given.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Where the mix goes, as it is before the master's effects.
    #[arg(long, value_name = "FILE")]
    pub(crate) mix: Option<PathBuf>,
    /// The folder that stems go to: those that the song names, or every strip that goes to the master.
    #[arg(long, value_name = "DIR")]
    pub(crate) stems: Option<PathBuf>,
    /// The kind of all files; by the name of the output if not given, 24 bits.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Kind>,
    /// A part of the song, in bars (`17..25`) or times (`1:02.5..1:30`, `30s..45s`); one that reaches past the song's end
    /// ends with the song. Its master is finished by itself, so it may be louder or softer than within the whole.
    #[arg(long, value_name = "A..B", conflicts_with = "section")]
    pub(crate) range: Option<String>,
    /// A section of the song by its name; as with `--range`, its master is finished by itself.
    #[arg(long, value_name = "NAME")]
    pub(crate) section: Option<String>,
    /// Strips that are heard alone, separated by commas.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) solo: Vec<String>,
    /// Strips that are silent, separated by commas.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) mute: Vec<String>,
    /// Threads that work, 1 to 256; one for each core if not given. Fewer leave cores to other programs. Changes no bit
    /// of the output.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Frames that effects work on at once, at most, 1 to 65536. Smaller ones take a little less memory and more time;
    /// much larger ones far more memory (65536: more than twice as much), and are no faster. Changes no bit of the output.
    #[arg(long, value_name = "N", default_value_t = Machine::default().block as u32, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) block: u32,
    /// Strips of which like effects run side by side at most; as many as suit the CPU if not given. `--profile` tells
    /// whether another number is faster for a song. Changes no bit of the output.
    #[arg(long, value_name = "N", value_parser = PossibleValuesParser::new(["1", "2", "4", "8", "16"]).try_map(|n| n.parse::<usize>()))]
    pub(crate) pack: Option<usize>,
    #[command(flatten)]
    pub(crate) caching: Caching,
}

/// `mixwright render`.
#[derive(Debug, Arguments)]
pub(crate) struct Render {
    #[command(flatten)]
    pub(crate) made: Made,
    /// Tell on the standard error where the time went: strip by strip with their effects, by stages of the pipeline, by
    /// what ran side by side, and by threads. A trace of it all goes beside the output, `OUT.trace.json`, for
    /// ui.perfetto.dev, chrome://tracing or Firefox's profiler. Changes no bit of the output.
    #[arg(long)]
    pub(crate) profile: bool,
    /// Print the report as JSON, and the profile within it.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing but errors, and what `--json` asks for; what would only be printed is not measured either.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// `mixwright watch`.
#[derive(Debug, Arguments)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) made: Made,
    /// Bring up the live page of the song for a browser on this machine, and print its address.
    #[arg(long)]
    pub(crate) serve: bool,
    /// The port of the live page, 0 for any that is free; 4747 if not given, or the next of ten that is free.
    #[arg(long, value_name = "N", requires = "serve")]
    pub(crate) port: Option<u16>,
    /// Open the live page in the browser.
    #[arg(long, requires = "serve")]
    pub(crate) open: bool,
}

/// Whether signals are kept from render to render, so that only what changed is rendered again.
#[derive(Clone, Debug, Arguments)]
pub(crate) struct Caching {
    #[command(flatten)]
    pub(crate) place: CachePlace,
    /// Render everything, and keep nothing.
    #[arg(long, conflicts_with = "cache")]
    pub(crate) no_cache: bool,
}

/// Where they are kept, and how much of them.
#[derive(Clone, Debug, Arguments)]
pub(crate) struct CachePlace {
    /// The folder of the cache of what was rendered before; the system's own place for caches if not given. It changes no
    /// bit of the output.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// The most megabytes that the cache holds: what was used longest ago goes first.
    #[arg(long, value_name = "MB", default_value_t = Store::BUDGET / 1_000_000)]
    pub(crate) cache_size: u64,
}

impl CachePlace {
    /// The most bytes.
    pub(crate) fn budget(&self) -> u64 {
        self.cache_size.saturating_mul(1_000_000)
    }
}

/// A kind of file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// WAV, 16 bits, dithered.
    Wav16,
    /// WAV, 24 bits, dithered.
    Wav24,
    /// WAV, 32 bits floating point.
    Wav32f,
    /// FLAC, 16 bits, dithered.
    Flac16,
    /// FLAC, 24 bits, dithered.
    Flac24,
}

impl Kind {
    pub(crate) fn format(self) -> Format {
        match self {
            Kind::Wav16 => Format::Wav(Depth::Bits16),
            Kind::Wav24 => Format::Wav(Depth::Bits24),
            Kind::Wav32f => Format::WavFloat,
            Kind::Flac16 => Format::Flac(Depth::Bits16),
            Kind::Flac24 => Format::Flac(Depth::Bits24),
        }
    }
}

/// `mixwright check`.
#[derive(Debug, Arguments)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) song: Song,
    /// Print what was found as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `mixwright show`.
#[derive(Debug, Arguments)]
pub(crate) struct Show {
    /// What of the song is printed.
    #[arg(value_enum)]
    pub(crate) what: View,
    #[command(flatten)]
    pub(crate) song: Song,
}

/// A view of a song.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum View {
    /// The work: lanes, stages and delays.
    Plan,
    /// Nodes and wires, in the DOT language of Graphviz.
    Graph,
    /// The whole declaration as RON, which `render` takes as well as a script.
    Song,
}

/// `mixwright effects`.
#[derive(Debug, Arguments)]
pub(crate) struct Effects {
    /// The effect that is explained; all are listed if not given.
    pub(crate) name: Option<String>,
    /// Print the descriptions as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the manual of all effects as Markdown.
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

/// `mixwright measure`.
#[derive(Debug, Arguments)]
pub(crate) struct Measure {
    /// The audio files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `mixwright cache`.
#[derive(Debug, Arguments)]
pub(crate) struct Cache {
    /// What is to be done.
    #[arg(value_enum)]
    pub(crate) what: CacheWork,
    #[command(flatten)]
    pub(crate) place: CachePlace,
}

/// What is done with a cache.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CacheWork {
    /// Tells where it is and what it holds.
    Show,
    /// Removes all that it holds.
    Clear,
    /// Removes what was used longest ago, until the rest is within its size.
    Prune,
}
