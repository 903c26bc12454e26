//! The command: reads arguments, calls the crates that do the work, and is the only one to print.

mod args;
mod cache;
mod check;
mod clipped;
mod draw;
mod effects;
mod heard;
mod live;
mod load;
mod measure;
mod outcome;
mod outputs;
mod part;
mod profile;
mod progress;
mod render;
mod request;
mod sections;
mod show;
mod stop;
mod table;
mod watch;

use args::{Args, Verb};
use clap::{CommandFactory, Parser};
use mixwright_engine::{diagnostic::Diagnostic, panic::said};
use mixwright_nodes::dsp::cpu;
use outcome::Outcome;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // What goes wrong with us is told once, in our words.
    std::panic::set_hook(Box::new(|_| {}));
    let args = Args::parse();
    let done = std::panic::catch_unwind(move || run(args));
    let outcome = done.unwrap_or_else(|panic| Err(Outcome::Bug(said(&*panic).to_owned())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(outcome) => {
            outcome.print();
            outcome.code().into()
        }
    }
}

fn run(args: Args) -> Result<(), Outcome> {
    if let Some(told) = cpu::mistold() {
        let message = format!("`MIXWRIGHT_CPU={told}` names no vectors that a CPU has");
        return Err(Outcome::Author(vec![
            Diagnostic::error(message).hint("it is `sse2`, `avx2` or `avx512`"),
        ]));
    }
    match args.verb {
        Verb::Render(args) => render::run(&args),
        Verb::Watch(args) => watch::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Show(args) => show::run(&args),
        Verb::Effects(args) => effects::run(&args),
        Verb::Measure(args) => measure::run(&args),
        Verb::Cache(args) => cache::run(&args),
        Verb::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "mixwright", &mut text);
            print(&String::from_utf8_lossy(&text))
        }
    }
}

/// Writes to the standard output. Whoever closed the pipe has heard enough: that is no failure.
fn print(text: &str) -> Result<(), Outcome> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Outcome::World(format!("cannot write to the standard output: {error}"), None))
        }
        _ => Ok(()),
    }
}

/// Writes to the standard error, where all that is not asked for goes.
fn tell(text: &str) {
    // There is no one left to tell when this fails.
    let _ = anstream::stderr().write_all(text.as_bytes());
}
