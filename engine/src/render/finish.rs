//! The last phase of the master: stored as it comes, then solved in trials, each written as if it were to stay.
//!
//! Within a trial a stretch is limited while the one before it is measured and, again at once, written.

use super::{
    Meters, Progress, RenderError,
    output::Told,
    schedule::both,
    scratch::{Playback, Scratch, Written},
    take::Keeper,
};
use crate::sink::Sink;
use mixwright_nodes::{
    effect::Width,
    finish::{Draft, Finish, Finished, Finisher, Gauge, Heard, solve},
    meter::program::Program,
};
use std::path::Path;

/// Frames that are limited at once: enough that it does not matter how long two threads take to meet.
const STRETCH: usize = 1 << 15;

/// A master on its way to its last phase.
pub(super) struct Unfinished {
    scratch: Scratch,
    draft: Draft,
}

/// How a master is finished.
pub(super) struct Finishing<'f> {
    pub(super) wish: &'f Finish,
    pub(super) rate: u32,
    pub(super) meters: Meters,
    pub(super) threads: usize,
    /// Begins the file that it goes to, if it goes to one.
    pub(super) begin: &'f dyn Fn() -> Result<Option<Sink>, RenderError>,
    /// Begins to keep it, if it is to be kept.
    pub(super) keep: &'f dyn Fn() -> Result<Option<Keeper>, RenderError>,
    pub(super) progress: &'f Progress<'f>,
}

/// A master that is finished.
pub(super) struct Mastered {
    pub(super) sink: Option<Sink>,
    pub(super) told: Told,
    pub(super) finished: Finished,
}

impl Unfinished {
    /// One that has not begun, in a folder that has room for it.
    pub(super) fn new(folder: &Path, rate: u32) -> Result<Unfinished, RenderError> {
        Ok(Unfinished { scratch: Scratch::new(folder)?, draft: Draft::new(rate, Width::Stereo) })
    }

    /// Hears what comes next.
    pub(super) fn hear(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        self.draft.push(left, Some(right));
        self.scratch.write(left, right)
    }

    /// Solves the wish; what the last trial made stays.
    pub(super) fn finish(self, how: &Finishing<'_>) -> Result<Mastered, RenderError> {
        let signal = self.scratch.into_written(how.progress)?;
        let mut made = None;
        let finished = solve(how.wish, self.draft, |finisher| {
            // What does not stay makes room first.
            drop(made.take());
            let (bounce, heard) = how.trial(&signal, finisher)?;
            made = Some(bounce);
            Ok::<_, RenderError>(heard)
        })?;
        let bounce = made.map_or_else(|| how.untouched(&signal), Ok)?;
        let meter = match bounce.measure {
            Measure::All(program) => Some(*program),
            Measure::Trial(_) => None,
        };
        Ok(Mastered { sink: bounce.sink, told: Told::new(meter, bounce.keeper)?, finished })
    }
}

impl Finishing<'_> {
    /// The signal through a finisher.
    fn trial(
        &self,
        signal: &Written<'_>,
        mut finisher: Finisher<'_>,
    ) -> Result<(Bounce, Heard), RenderError> {
        let (mut bounce, mut playback) = (self.bounce()?, signal.play()?);
        let (mut ready, mut next) = (Stretch::default(), Stretch::default());
        loop {
            let limited = || limit(&mut playback, &mut finisher, &mut next);
            let (goes_on, kept) = both(self.threads, limited, || bounce.hear(&ready));
            kept?;
            std::mem::swap(&mut ready, &mut next);
            if !goes_on? {
                break;
            }
        }
        let applied = finisher.end(&mut |left, right| ready.push(left, right));
        bounce.hear(&ready)?;
        let heard = match &bounce.measure {
            Measure::All(program) => {
                let reading = program.reading();
                let (loudness, true_peak) = (reading.loudness.integrated, reading.true_peak.level);
                Heard { loudness, true_peak, applied }
            }
            Measure::Trial(gauge) => gauge.heard(applied),
        };
        Ok((bounce, heard))
    }

    /// The signal as it is.
    fn untouched(&self, signal: &Written<'_>) -> Result<Bounce, RenderError> {
        let (mut bounce, mut playback) = (self.bounce()?, signal.play()?);
        while let Some([left, right]) = playback.next()? {
            bounce.take(left, right)?;
        }
        Ok(bounce)
    }

    fn bounce(&self) -> Result<Bounce, RenderError> {
        let measure = match self.meters {
            Meters::All => Measure::All(Box::new(Program::new(self.rate, Width::Stereo))),
            Meters::None => Measure::Trial(Box::new(Gauge::new(self.rate, Width::Stereo))),
        };
        Ok(Bounce { measure, sink: (self.begin)()?, keeper: (self.keep)()?, threads: self.threads })
    }
}

/// What is made of a run: its file, and what it measures.
struct Bounce {
    measure: Measure,
    sink: Option<Sink>,
    keeper: Option<Keeper>,
    threads: usize,
}

/// What is measured of a run.
enum Measure {
    /// All that a report tells.
    All(Box<Program>),
    /// What a trial must know.
    Trial(Box<Gauge>),
}

impl Bounce {
    fn hear(&mut self, stretch: &Stretch) -> Result<(), RenderError> {
        self.take(&stretch.left, &stretch.right)
    }

    fn take(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError> {
        let Bounce { measure, sink, keeper, threads } = self;
        let write = || {
            keeper.as_mut().map_or(Ok(()), |keeper| keeper.push(left, right))?;
            Ok(sink.as_mut().map_or(Ok(()), |sink| sink.write(&[left, right]))?)
        };
        let ((), written) = both(*threads, || measure.push(left, right), write);
        written
    }
}

impl Measure {
    fn push(&mut self, left: &[f32], right: &[f32]) {
        match self {
            Measure::All(program) => program.push(left, Some(right)),
            Measure::Trial(gauge) => gauge.push(left, Some(right)),
        }
    }
}

/// Some of a signal, of which each thread holds one.
#[derive(Default)]
struct Stretch {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Stretch {
    fn clear(&mut self) {
        self.left.clear();
        self.right.clear();
    }

    fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        self.left.extend_from_slice(left);
        self.right.extend_from_slice(right.expect("a master is stereo"));
    }
}

/// Limits the next stretch; tells whether the signal goes on.
fn limit(
    playback: &mut Playback<'_>,
    finisher: &mut Finisher<'_>,
    stretch: &mut Stretch,
) -> Result<bool, RenderError> {
    stretch.clear();
    while stretch.left.len() < STRETCH {
        let Some([left, right]) = playback.next()? else { return Ok(false) };
        finisher.run(left, Some(right), &mut |left, right| stretch.push(left, right));
    }
    Ok(true)
}
