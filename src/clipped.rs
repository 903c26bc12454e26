//! What of the sound the files of a render could not hold.

use mixwright_engine::{
    diagnostic::Diagnostic,
    render::report::{Clipped, Report},
};

/// A warning for each file that clips.
pub(crate) fn warnings(report: &Report) -> Vec<Diagnostic> {
    let told = |clipped: &Clipped| {
        let (file, count) = (clipped.file.display(), clipped.samples);
        Diagnostic::warning(format!(
            "`{file}` clips: {count} samples went beyond full scale and were cut off"
        ))
        .hint("lower the faders, end the master in `finish` or `limit`, or write `--format wav32f`")
    };
    report.clipped.iter().map(told).collect()
}
