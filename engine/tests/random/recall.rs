//! What comes of a song with the help of earlier renders is what comes of it without, to the byte.

use crate::{
    common::{Made, machine},
    dice::Dice,
    edits::edit,
    hold, runner, songs,
};
use mixwright_engine::{
    check::check,
    render::{
        Meters, Progress, RenderError, Request, render,
        report::Report,
        take::{Picture, Take},
    },
    sink::Format,
    song::{Length, Place, Song},
    store::Store,
    written::to_ron,
};
use proptest::{collection::vec, prelude::any, test_runner::TestCaseError};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// How often a song is edited and rendered again.
const EDITS: usize = 4;

#[test]
fn edited_songs_sound_as_if_nothing_had_been_rendered_before() {
    let cases = vec(any::<u32>(), 0..500);
    let held = runner(130).run(&(cases, vec(any::<u32>(), 1..60)), |(numbers, edits)| {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store"), Store::BUDGET, "test").unwrap();
        let (mut song, mut dice) = (songs::song(&mut Dice(&numbers)), Dice(&edits));
        song.end = Some(Place::bar(1.0).plus(Length { samples: 20_000.0, ..Length::default() }));
        for _ in 0..EDITS {
            let told = |what: &str| TestCaseError::fail(format!("{what}\n{}", to_ron(&song)));
            let meters = if dice.one_in(6) { Meters::None } else { Meters::All };
            let (threads, take) = (1 + dice.below(2), dice.one_in(2));
            let wish = |store| Wish { store, meters, threads, take };
            let cold = rendered(&song, folder.path(), wish(None));
            let warm = rendered(&song, folder.path(), wish(Some(&store)));
            match (cold, warm) {
                (Some((mut cold, bytes)), Some((mut warm, stored))) => {
                    let drawn =
                        [&mut cold, &mut warm].map(|report| report.take.take().map(|take| drawn(&take)));
                    if drawn[0] != drawn[1] || drawn[0].is_some() != take {
                        return Err(told("it is drawn otherwise"));
                    }
                    if let Some(what) = ["the master", "the mix"]
                        .into_iter()
                        .zip(bytes.iter().zip(&stored))
                        .find_map(|(name, (a, b))| differs(name, a, b))
                    {
                        return Err(told(&what));
                    }
                    // In words, as no number is no number.
                    if format!("{cold:?}") != format!("{warm:?}") {
                        return Err(told(&format!("another report: {cold:?}\n{warm:?}")));
                    }
                }
                (None, None) => {}
                _ => return Err(told("only one of them is rendered")),
            }
            edit(&mut song, &mut dice);
        }
        Ok(())
    });
    hold(held);
}

/// Where one file of floats is not as the other, if anywhere.
fn differs(name: &str, cold: &[u8], warm: &[u8]) -> Option<String> {
    if cold.len() != warm.len() {
        return Some(format!("{name} has {} or {} bytes", cold.len(), warm.len()));
    }
    let words = |bytes: &[u8]| -> Vec<f32> {
        bytes.as_chunks::<4>().0.iter().map(|word| f32::from_le_bytes(*word)).collect()
    };
    let (cold, warm) = (words(cold), words(warm));
    let at = cold.iter().zip(&warm).position(|(a, b)| !a.is_finite() || a.to_bits() != b.to_bits())?;
    Some(format!("{name} is {:?} or {:?} at word {at}", cold[at], warm[at]))
}

/// The pictures of a take: of strips by their names, of the mix and the master.
fn drawn(take: &Take) -> (Vec<(String, Picture)>, [Picture; 2]) {
    (take.strips.clone(), [&take.mix, &take.master].map(|played| played.picture.clone()))
}

/// How a song is to be rendered.
struct Wish<'s> {
    store: Option<&'s Store>,
    meters: Meters,
    threads: usize,
    take: bool,
}

/// The report and the bytes of all outputs, if the song can be rendered.
fn rendered(song: &Song, folder: &Path, wish: Wish<'_>) -> Option<(Report, Vec<Vec<u8>>)> {
    let checked = check(song, &Made).ok()?.song;
    let request = Request {
        master: Some(folder.join("master.wav")),
        mix: Some(folder.join("mix.wav")),
        meters: wish.meters,
        take: wish.take,
        machine: machine(wish.threads, 2048),
        store: wish.store.cloned(),
        ..Request::new(Format::WavFloat)
    };
    let stop = AtomicBool::new(false);
    let report = render(&checked, &request, &Made, &Progress { told: &|_, _, _| {}, stop: &stop });
    let mut report = match report {
        Ok(report) => report,
        Err(RenderError::Song(_)) => return None,
        Err(error) => panic!("{error}"),
    };
    report.recalled = None;
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    Some((report, vec![read("master.wav"), read("mix.wav")]))
}
