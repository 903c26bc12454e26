//! What moves by itself: `lfo(#{ … })` and `follow(strip, #{ … })`.

use crate::{
    api::curves::{Curve, worth},
    args::{self, Arg},
    call::{Args, Book},
    draft::Draft,
    options::Options,
    spot::Part,
    units::Quantity,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{
        Length, Motion, Tap, Turn,
        limits::{self, ATTACK, LOUD, PHASE, QUIET, RATE, RELEASE},
    },
    time::Timeline,
};
use mixwright_nodes::{
    curve::Wave,
    params::{ParamInfo, Value},
    unit::Unit,
};
use rhai::Dynamic;

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
    let mut options = Options::read(draft, "lfo", map, &known);
    let wave = options.heed(draft, "shape", |arg| args::word("shape", arg, WAVES));
    let phase = options.heed(draft, "phase", |arg| args::number(&PHASE, arg));
    let every = turn(draft, &mut options).unwrap_or(Turn::Rate(1.0));
    let between = between(draft, "lfo", &mut options);
    let (wave, phase, origin) = (wave.unwrap_or(Wave::Sine), phase.unwrap_or(0.0), draft.here());
    Motion::Lfo { wave, every, phase, between, origin }
}

fn turn(draft: &mut Draft, options: &mut Options) -> Option<Turn> {
    let given = |name: &str| options.0.iter().any(|(given, _)| given == name);
    if given("every") == given("rate") {
        let error = Diagnostic::error("an `lfo` takes either `every` or `rate`");
        draft.report(error.hint("write for example `every: 2.bars` or `rate: 0.5.hz`"));
        return None;
    }
    if given("rate") {
        return options.heed(draft, "rate", |arg| args::number(&RATE, arg).map(Turn::Rate));
    }
    let ruler = plain_ruler(draft);
    options.heed(draft, "every", |arg| {
        let length = args::length("every", arg)?;
        let parts = [length.bars, length.beats, length.seconds, length.samples];
        if parts.iter().any(|part| *part < 0.0) || length == Length::default() {
            return Err(Diagnostic::error("the turn of an `lfo` must be longer than nothing"));
        }
        if let Some(ruler) = ruler {
            limits::turn(ruler.shortest(length)).map_err(Diagnostic::error)?;
        }
        Ok(Turn::Every(length))
    })
}

/// The ruler of a song of one tempo and one meter: of others, how long bars are is known when all is said.
fn plain_ruler(draft: &Draft) -> Option<Timeline> {
    let song = &draft.song;
    let plain = draft.declared.is_some() && song.tempos.is_empty() && song.meters.len() == 1;
    plain.then(|| Timeline::new(song))
}

/// The two values between which something moves.
fn between(draft: &mut Draft, of: &str, options: &mut Options) -> (Value, Value) {
    if options.0.iter().all(|(name, _)| name != "between") {
        let error = Diagnostic::error(format!("`{of}` needs `between`"));
        draft.report(error.hint("say between which values it moves: `between: [10.left, 10.right]`"));
    }
    let pair = options.heed(draft, "between", |arg| match arg {
        Arg::List(pair) if pair.len() == 2 => {
            worth("between", &pair[0]).and_then(|low| Ok((low, worth("between", &pair[1])?)))
        }
        Arg::Range(from, to) => Ok(((*from).into(), (*to).into())),
        other => Err(args::unfit("between", "two values such as `[10.left, 10.right]`", other)),
    });
    let zero = || Value::from(Quantity { value: 0.0, unit: Unit::Plain });
    pair.unwrap_or((zero(), zero()))
}

fn follow(draft: &mut Draft, args: Args) -> Motion<Value> {
    let mut args = args.into_iter().map(Arg::of);
    let heard = args.next().unwrap_or(Arg::Nothing);
    let heard = draft.about(Part::Argument(0), |draft| draft.heard("follow", &heard));
    let known = ["quiet", "loud", "attack", "release", "between"];
    let mut options = Options::read(draft, "follow", args.next(), &known);
    let mut number = |draft: &mut Draft, info: &ParamInfo, usual: f64| {
        options.heed(draft, info.name, |arg| args::number(info, arg)).unwrap_or(usual)
    };
    let (quiet, loud) = (number(draft, &QUIET, -48.0), number(draft, &LOUD, -12.0));
    let (attack, release) = (number(draft, &ATTACK, 10.0), number(draft, &RELEASE, 150.0));
    if quiet >= loud {
        draft.report(Diagnostic::error("`quiet` must lie below `loud`"));
    }
    let between = between(draft, "follow", &mut options);
    let heard = heard.unwrap_or(Tap { strip: String::new(), point: Default::default() });
    Motion::Follow { heard, quiet, loud, attack, release, between }
}
