//! What a save is told in: one line each.

use mixwright_engine::{
    changes::{self, Change},
    render::report::Recalled,
};
use std::path::Path;
use std::time::Duration;

/// The most changes that are told in a line.
const MOST: usize = 4;

/// What the clock on the wall says.
pub(super) fn clock() -> String {
    jiff::Zoned::now().strftime("%H:%M:%S").to_string()
}

/// A line at a time.
pub(super) fn at(clock: &str, words: &str) -> String {
    format!("{clock}  {words}\n")
}

/// The line of a good render; `kept` is its master.
pub(super) fn rendered(
    clock: &str,
    words: &[Change],
    kept: &Path,
    took: Duration,
    recalled: Option<&Recalled>,
) -> String {
    let words = match words {
        [] => format!("{} written", kept.display()),
        words => changes::line(words, MOST),
    };
    let spared = match recalled {
        Some(Recalled { ran, stored, .. }) if !stored.is_empty() => {
            format!("; {} of {} strips ran", ran.len(), ran.len() + stored.len())
        }
        _ => String::new(),
    };
    at(clock, &format!("{words}  ({:.2} s{spared})", took.as_secs_f64()))
}

/// That the song is what it was when it was last rendered.
pub(super) fn same(clock: &str) -> String {
    at(clock, "the song is as it was: nothing to render")
}

/// That there is no new render; `kept` is the master of the last good one.
pub(super) fn not_rendered(clock: &str, kept: Option<&Path>) -> String {
    match kept {
        Some(kept) => at(clock, &format!("not rendered: {} stays as it was", kept.display())),
        None => at(clock, "not rendered: waiting for a change"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixwright_nodes::unit::Percent;

    #[test]
    fn a_save_is_a_line() {
        let change = |of: &str, what: &str| Change { of: Some(of.to_owned()), what: what.to_owned() };
        let words = [change("vocal", "fader -6 -> -4.5 dB"), change("vocal", "compress ratio 3 -> 4")];
        let line = rendered("12:03:07", &words, Path::new("out.wav"), Duration::from_millis(1840), None);
        assert_eq!(line, "12:03:07  vocal: fader -6 -> -4.5 dB, compress ratio 3 -> 4  (1.84 s)\n");
        let strips = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let recalled = Recalled {
            ran: strips(&["a"]),
            stored: strips(&["b", "c"]),
            saved: Percent(60.0),
            trouble: None,
        };
        let many: Vec<Change> = ('a'..='g').map(|name| change(&name.to_string(), "muted")).collect();
        let line = rendered("12:03:07", &many, Path::new("out.wav"), Duration::from_secs(1), Some(&recalled));
        assert_eq!(
            line,
            "12:03:07  a: muted; b: muted; c: muted; d: muted and 3 more  (1.00 s; 1 of 3 strips ran)\n"
        );
        let first = rendered("12:03:07", &[], Path::new("out.wav"), Duration::from_secs(1), Some(&recalled));
        assert_eq!(first, "12:03:07  out.wav written  (1.00 s; 1 of 3 strips ran)\n");
    }

    #[test]
    fn the_clock_has_hours_minutes_and_seconds() {
        let parts: Vec<u32> = clock().split(':').map(|part| part.parse().unwrap()).collect();
        assert!(parts.len() == 3 && parts[0] < 24 && parts[1] < 60 && parts[2] <= 60, "{parts:?}");
    }
}
