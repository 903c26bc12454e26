//! `mixwright show`: a song as it is declared, wired or planned.

use crate::{
    args,
    load::{self, Loaded},
    outcome::Outcome,
    print,
};
use mixwright_engine::{graph, plan, written};

pub(crate) fn run(args: &args::Show) -> Result<(), Outcome> {
    let Loaded { song, warnings, .. } = load::song(&args.song)?;
    load::warn(&warnings);
    if let args::View::Song = args.what {
        return print(&format!("{}\n", written::to_ron(&song)));
    }
    let checked = load::checked(&song)?;
    load::warn(&checked.warnings);
    let graph = graph::build(&checked.song).map_err(|error| Outcome::Author(vec![error]))?;
    match args.what {
        args::View::Graph => print(&graph::dot::Dot(&graph).to_string()),
        _ => print(
            &plan::plan(&graph, checked.song.rate, &plan::Machine::default(), &plan::Place::ALL).to_string(),
        ),
    }
}
