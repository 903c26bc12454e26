//! What moves by itself: `lfo(#{ … })` and `follow(strip, #{ … })`.

use crate::{
    api::curves::{Curve, worth},
    args::{self, Arg, Options},
    call::{Args, Book},
    draft::Draft,
    units::Quantity,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{Length, Motion, Tap, Turn},
};
use mixwright_nodes::{
    curve::Wave,
    params::{Kind, ParamInfo, Value},
    unit::Unit,
};
use rhai::Dynamic;

const RATE: ParamInfo = ParamInfo::new("rate", "", Kind::Number(Unit::Hz), (0.0001, 100.0), true);
const PHASE: ParamInfo = ParamInfo::new("phase", "", Kind::Number(Unit::Plain), (0.0, 1.0), true);
const QUIET: ParamInfo = ParamInfo::new("quiet", "", Kind::Number(Unit::Db), (-144.0, 24.0), true);
const LOUD: ParamInfo = ParamInfo::new("loud", "", Kind::Number(Unit::Db), (-144.0, 24.0), true);
const ATTACK: ParamInfo = ParamInfo::new("attack", "", Kind::Number(Unit::Ms), (0.01, 10_000.0), true);
const RELEASE: ParamInfo = ParamInfo::new("release", "", Kind::Number(Unit::Ms), (0.01, 10_000.0), true);
const WAVES: &[(&str, Wave)] =
    &[("sine", Wave::Sine), ("triangle", Wave::Triangle), ("square", Wave::Square), ("saw", Wave::Saw)];

/// Registers oscillators and followers.
pub(crate) fn register(book: &mut Book<'_>) {
    book.function("lfo(#{ shape, every, between })", 1..=1, |draft, args| {
        Dynamic::from(Curve(lfo(draft, args)))
    });
    book.function("follow(strip, #{ quiet, loud, between })", 2..=2, |draft, args| {
        Dynamic::from(Curve(follow(draft, args)))
    });
}

fn lfo(draft: &mut Draft, args: Args) -> Motion<Value> {
    let known = ["shape", "every", "rate", "phase", "between"];
    let map = args.into_iter().next().map(Arg::of);
    let mut options = Options::read("lfo", map, &known, |wrong| draft.report(wrong));
    let wave = options.take("shape").and_then(|arg| draft.heed(args::word("shape", &arg, WAVES)));
    let phase = options.take("phase").and_then(|arg| draft.heed(args::number(&PHASE, &arg)));
    let turn = turn(options.take("every"), options.take("rate"));
    let every = draft.heed(turn).unwrap_or(Turn::Rate(1.0));
    let between = between(draft, "lfo", options.take("between"));
    Motion::Lfo { wave: wave.unwrap_or(Wave::Sine), every, phase: phase.unwrap_or(0.0), between }
}

fn turn(every: Option<Arg>, rate: Option<Arg>) -> Result<Turn, Diagnostic> {
    match (every, rate) {
        (Some(every), None) => {
            let length = args::length("every", &every)?;
            let parts = [length.bars, length.beats, length.seconds, length.samples];
            if parts.iter().any(|part| *part < 0.0) || length == Length::default() {
                return Err(Diagnostic::error("the turn of an `lfo` must be longer than nothing"));
            }
            Ok(Turn::Every(length))
        }
        (None, Some(rate)) => args::number(&RATE, &rate).map(Turn::Rate),
        _ => Err(Diagnostic::error("an `lfo` takes either `every` or `rate`")
            .hint("write for example `every: 2.bars` or `rate: 0.5.hz`")),
    }
}

/// The two values between which something moves.
fn between(draft: &mut Draft, of: &str, arg: Option<Arg>) -> (Value, Value) {
    let pair = match &arg {
        Some(Arg::List(pair)) if pair.len() == 2 => {
            worth("between", &pair[0]).and_then(|low| Ok((low, worth("between", &pair[1])?)))
        }
        Some(Arg::Range(from, to)) => Ok(((*from).into(), (*to).into())),
        Some(other) => Err(args::unfit("between", "two values such as `[10.left, 10.right]`", other)),
        None => Err(Diagnostic::error(format!("`{of}` needs `between`"))
            .hint("say between which values it moves: `between: [10.left, 10.right]`")),
    };
    let zero = || Value::from(Quantity { value: 0.0, unit: Unit::Plain });
    draft.heed(pair).unwrap_or((zero(), zero()))
}

fn follow(draft: &mut Draft, args: Args) -> Motion<Value> {
    let mut args = args.into_iter().map(Arg::of);
    let heard = args.next().unwrap_or(Arg::Nothing);
    let heard = draft.heard("follow", &heard);
    let known = ["quiet", "loud", "attack", "release", "between"];
    let mut options = Options::read("follow", args.next(), &known, |wrong| draft.report(wrong));
    let mut number = |draft: &mut Draft, info: &ParamInfo, usual: f64| {
        options.take(info.name).and_then(|arg| draft.heed(args::number(info, &arg))).unwrap_or(usual)
    };
    let (quiet, loud) = (number(draft, &QUIET, -48.0), number(draft, &LOUD, -12.0));
    let (attack, release) = (number(draft, &ATTACK, 10.0), number(draft, &RELEASE, 150.0));
    if quiet >= loud {
        draft.report(Diagnostic::error("`quiet` must lie below `loud`"));
    }
    let between = between(draft, "follow", options.take("between"));
    let heard = heard.unwrap_or(Tap { strip: String::new(), point: Default::default() });
    Motion::Follow { heard, quiet, loud, attack, release, between }
}
