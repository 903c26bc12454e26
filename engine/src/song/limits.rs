//! What the numbers of a song may be: scripts hold what they are given to it, checks what a song was read with.

use mixwright_nodes::{
    params::{Kind, ParamInfo},
    unit::{Db, Unit, written},
};

const fn number(name: &'static str, unit: Unit, range: (f64, f64)) -> ParamInfo {
    ParamInfo::new(name, "", Kind::Number(unit), range, true)
}

const fn moving(name: &'static str, unit: Unit, range: (f64, f64)) -> ParamInfo {
    ParamInfo::new(name, "", Kind::Number(unit), range, false)
}

/// From silence to 24 dB louder.
const LEVELS: (f64, f64) = (Db::OFF.0, 24.0);

/// Frames of a song a second.
pub const FRAMES: ParamInfo = number("rate", Unit::Hz, (8_000.0, 384_000.0));
/// The tempo.
pub const TEMPO: ParamInfo = moving("tempo", Unit::Bpm, (10.0, 999.0));
/// A strip's fader.
pub const FADER: ParamInfo = moving("fader", Unit::Db, LEVELS);
/// The levels of sends, parallel chains and VCAs.
pub const LEVEL: ParamInfo = moving("level", Unit::Db, LEVELS);
/// A strip's place between left and right.
pub const PAN: ParamInfo = moving("pan", Unit::Pan, (-100.0, 100.0));
/// The share of an effect's output.
pub const MIX: ParamInfo = moving("mix", Unit::Percent, (0.0, 100.0));
/// A clip's gain: a recording may be far too quiet.
pub const GAIN: ParamInfo = number("gain", Unit::Db, (Db::OFF.0, 48.0));
/// Turns of an oscillator a second. At the most of them the two edges of a square, which glide 5 ms each, fill a turn.
pub const RATE: ParamInfo = number("rate", Unit::Hz, (0.001, 100.0));
/// Where in a turn an oscillator begins.
pub const PHASE: ParamInfo = number("phase", Unit::Plain, (0.0, 1.0));
/// The level at which a follower says its first value.
pub const QUIET: ParamInfo = number("quiet", Unit::Db, LEVELS);
/// The level at which a follower says its second value.
pub const LOUD: ParamInfo = number("loud", Unit::Db, LEVELS);
/// How long a follower takes to rise.
pub const ATTACK: ParamInfo = number("attack", Unit::Ms, (0.01, 10_000.0));
/// How long a follower takes to fall.
pub const RELEASE: ParamInfo = number("release", Unit::Ms, (0.01, 10_000.0));
/// The most beats in a bar, and the shortest note that is a beat.
pub const METER: u32 = 64;

/// Whether a turn of an oscillator can last so many seconds.
///
/// # Errors
/// How long it must last.
pub fn turn(seconds: f64) -> Result<(), String> {
    let shortest = 1.0 / RATE.max;
    if seconds.is_finite() && seconds >= shortest * (1.0 - 1e-9) {
        return Ok(());
    }
    let [given, least] = [seconds, shortest].map(|seconds| written(1000.0 * seconds, Unit::Ms));
    Err(format!("a turn of an oscillator lasts {given}, but must last {least} or more"))
}
