//! The engine that scripts run in: it computes and asks, and can do nothing else.
//!
//! Rhai's own limits bound each value; the meter bounds the whole evaluation in operations, time and memory. Nothing
//! here knows what a song is.

mod arithmetic;
mod meter;
mod notes;
mod text;

pub use meter::{Limits, Spent, resident};
pub use notes::{Notes, plain};

use mixwright_engine::{diagnostic::Diagnostic, panic::said};
use rhai::{
    Engine,
    packages::{
        ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage,
        BasicMathPackage, BasicStringPackage, LogicPackage, MoreStringPackage, Package,
    },
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use meter::Meter;

/// The largest script, in bytes: parsing cannot be metered.
pub const SOURCE: usize = 1 << 20;
/// The stack of an evaluation, in bytes: values that a script nests are dropped by recursion.
const STACK: usize = 256 << 20;
/// The longest string, in bytes, those within a value counted together.
const STRING: usize = 1 << 20;
/// The most entries of an array or a map, those within it counted together.
pub const ENTRIES: usize = 20_000;
/// The most imports of one script.
pub const MODULES: usize = 64;

/// An engine for one evaluation, and what comes out of it besides the song.
pub struct Sandbox {
    /// The engine, for more functions to be registered.
    pub engine: Engine,
    notes: Arc<Mutex<Notes>>,
}

impl Sandbox {
    /// An engine whose limits count from now. Memory is what the process holds: see [`resident`].
    pub fn new(limits: Limits) -> Self {
        Self::measured(limits, resident)
    }

    /// The same with another measure of the bytes in use, such as a counting allocator's.
    pub fn measured(limits: Limits, in_use: fn() -> usize) -> Self {
        let mut engine = Engine::new_raw();
        let notes = Arc::new(Mutex::new(Notes::default()));
        add_packages(&mut engine);
        bound_values(&mut engine);
        text::register(&mut engine, STRING);
        arithmetic::register(&mut engine, &notes);
        capture(&mut engine, &notes);
        let meter = Meter::new(limits, in_use);
        engine.on_progress(move |_| meter.tick().map(rhai::Dynamic::from));
        Sandbox { engine, notes }
    }

    /// What was printed and warned of since the last call.
    pub fn take_notes(&self) -> Notes {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The standard packages without those that wait, leave (`sleep`, `exit`) or deal in raw bytes.
fn add_packages(engine: &mut Engine) {
    ArithmeticPackage::new().register_into_engine(engine);
    BasicStringPackage::new().register_into_engine(engine);
    BasicIteratorPackage::new().register_into_engine(engine);
    BasicFnPackage::new().register_into_engine(engine);
    LogicPackage::new().register_into_engine(engine);
    BasicMathPackage::new().register_into_engine(engine);
    BasicArrayPackage::new().register_into_engine(engine);
    BasicMapPackage::new().register_into_engine(engine);
    MoreStringPackage::new().register_into_engine(engine);
}

/// Rhai's own operation limit stays off: callbacks run on a copy of its counter, so only the meter's total holds.
fn bound_values(engine: &mut Engine) {
    engine
        .set_max_call_levels(32)
        .set_max_expr_depths(256, 256)
        .set_max_variables(1_000)
        .set_max_functions(1_000)
        .set_max_modules(MODULES)
        .set_max_string_size(STRING)
        .set_max_array_size(ENTRIES)
        .set_max_map_size(ENTRIES)
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        // The optimiser folds constants with operators of its own, whose bits follow the CPU; so do the fast ones.
        .set_optimization_level(rhai::OptimizationLevel::None)
        .set_fast_operators(false)
        .disable_symbol("eval");
}

fn capture(engine: &mut Engine, notes: &Arc<Mutex<Notes>>) {
    let printed = notes.clone();
    engine.on_print(move |words| {
        printed.lock().unwrap_or_else(PoisonError::into_inner).print(words);
    });
    let debugged = notes.clone();
    engine.on_debug(move |words, source, at| {
        let place = format!("{}:{}: {words}", source.unwrap_or("script"), at.line().unwrap_or(0));
        debugged.lock().unwrap_or_else(PoisonError::into_inner).print(&place);
    });
}

/// Whether a script is small enough to be parsed.
///
/// # Errors
/// If it is not.
pub fn check_size(source: &str) -> Result<(), Diagnostic> {
    if source.len() <= SOURCE {
        return Ok(());
    }
    Err(Diagnostic::error(format!("the script has {} bytes, but may have {SOURCE}", source.len()))
        .hint("large tables belong in a RON file, read with `settings`"))
}

/// Why a script was not evaluated, which is no fault of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Mixwright itself is wrong: what was said in the panic.
    Ours(String),
    /// The system gave no thread: what it said.
    NoThread(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Ours(words) => write!(f, "this is a bug in mixwright: {words}"),
            Fault::NoThread(words) => write!(f, "no thread for the script: {words}"),
        }
    }
}

impl std::error::Error for Fault {}

/// Does the work on a thread whose stack is deep enough for all that the limits let a script nest, and drops there what
/// the script leaves behind.
///
/// # Errors
/// If the work panics, or no thread can be had for it.
pub fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Fault> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("script".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| Fault::NoThread(error.to_string()))?
            .join()
            .map_err(|panic| Fault::Ours(plain(said(&*panic))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::EvalAltResult;

    fn run(script: &str) -> Result<rhai::Dynamic, Box<EvalAltResult>> {
        Sandbox::new(Limits::default()).engine.eval(script)
    }

    #[test]
    fn honest_scripts_run() {
        let sum =
            run("let a = []; for i in 0..100 { a.push(i * 2) } a.map(|x| x + 1).reduce(|s, x| s + x, 0)");
        assert_eq!(sum.unwrap().as_int(), Ok(10_000));
        assert_eq!(run("`${1 + 1} ${#{a: 1}.a}`.to_upper()").unwrap().into_string().unwrap(), "2 1");
    }

    #[test]
    fn a_script_is_pure() {
        for call in [
            "eval(\"1\")",
            "timestamp()",
            "sleep(1)",
            "exit()",
            "Fn(\"sl\" + \"eep\").call(1)",
            "Fn(\"eval\").call(\"1\")",
        ] {
            let error = run(call).expect_err(call).to_string();
            assert!(!error.contains("terminated"), "{call}: {error}");
        }
    }

    #[test]
    fn a_panic_is_our_fault() {
        assert_eq!(apart(|| 3), Ok(3));
        let fault = apart(|| -> i32 { panic!("lost {}", "count") }).expect_err("it panics");
        assert_eq!(fault.to_string(), "this is a bug in mixwright: lost count");
    }

    #[test]
    fn a_script_has_a_size() {
        assert!(check_size(&" ".repeat(SOURCE)).is_ok());
        assert!(check_size(&" ".repeat(SOURCE + 1)).is_err());
    }
}
