//! Which frames are rendered: the whole song, or a part of it with a run-up.

use super::{RenderError, pipeline::Window};
use crate::{diagnostic::Diagnostic, plan::Plan, resolved::Resolved};
use mixwright_nodes::unit::{Frames, clock};

/// How long before a part rendering begins at most, in seconds, so that what rings is there.
const RUN_UP: i64 = 10;

/// The frames to be rendered: up to the end that is sure and on through all tails, or what of that is asked for.
///
/// # Errors
/// If nothing of it is.
pub(super) fn window(
    song: &Resolved,
    plan: &Plan,
    part: Option<(Frames, Frames)>,
) -> Result<Window, RenderError> {
    let over = if song.exact { song.end } else { song.end + plan.tail };
    let Some((first, last)) = part else {
        return Ok(Window { start: Frames(0), from: Frames(0), to: over });
    };
    let (from, to) = (first.max(Frames(0)), last.min(over));
    if from >= to {
        return Err(outside(song, first, last));
    }
    let run_up = plan.tail.0.clamp(i64::from(song.rate) / 10, RUN_UP * i64::from(song.rate));
    Ok(Window { start: Frames((from.0 - run_up).max(0)), from, to })
}

/// Refuses a song that would be a file without a sample.
///
/// # Errors
/// If nothing in it gives it a length.
pub fn plays(song: &Resolved) -> Result<(), Diagnostic> {
    if song.end > Frames(0) {
        return Ok(());
    }
    let error = Diagnostic::error(format!("`{}` plays nothing: no track of it has a clip", song.title));
    Err(error.hint("give a track a file, or the song an `end`"))
}

/// What is said of a part in which there is no song, or in which it has rung out.
pub(super) fn outside(song: &Resolved, from: Frames, to: Frames) -> RenderError {
    let time = |frames: Frames| clock(frames.seconds(song.rate));
    let end = match song.exact {
        true => format!("it is {} long", time(song.end)),
        false => format!("its last clip ends at {}, and nothing rings that long", time(song.end)),
    };
    let message = format!("from {} to {} there is nothing of the song: {end}", time(from), time(to));
    RenderError::Song(vec![Diagnostic::error(message)])
}
