//! `mixwright measure`: what finished files measure.

use crate::{args, outcome::Outcome, print, table};
use mixwright_engine::measure::measure;
use serde_json::{Value, json};

pub(crate) fn run(args: &args::Measure) -> Result<(), Outcome> {
    let mut readings = Vec::new();
    for file in &args.files {
        let reading = measure(file)?;
        readings.push((file.display().to_string(), reading));
    }
    if args.json {
        let all: Vec<Value> = readings
            .iter()
            .map(|(file, measured)| {
                json!({
                    "file": file,
                    "rate": measured.rate,
                    "format": measured.format,
                    "lossy": measured.lossy,
                    "late": measured.late,
                    "reading": measured.reading,
                })
            })
            .collect();
        return print(&format!("{:#}\n", Value::from(all)));
    }
    print(&table::measures(&readings))
}
