//! What the three productions measure. Each is rendered once from end to end, and all that is out of bounds is told at once.

use crate::{production::Production, signal::Signal};
use std::ops::RangeInclusive;

#[test]
fn first_light_is_a_record() {
    let song = Production::rendered("first-light/mix.rhai");
    record(&song, Bars { tempo: 108.0, chorus: 13..21 }).told();
}

#[test]
fn night_train_is_a_record() {
    let song = Production::rendered("night-train/mix.rhai");
    record(&song, Bars { tempo: 84.0, chorus: 13..21 }).told();
}

#[test]
fn the_episode_is_a_talk_over_music() {
    let show = Production::rendered("podcast/episode.rhai");
    let mut figures = Figures::default();
    delivered(&mut figures, &show, -16.0);
    figures.within("host over guest, LU", show.loudness_of("host") - show.loudness_of("guest"), -1.0..=1.0);
    // Nobody speaks: what the theme then is, and is not besides, is what the duck took.
    let free = show.again(&["--mute", "host,guest,chime"]);
    let ducked = show.stem("theme");
    let steps_back = |second: u32| {
        let (start, end) = (f64::from(second), f64::from(second + 1));
        free.between(start, end).loudness() - ducked.between(start, end).loudness()
    };
    for second in 5..35 {
        // The narrow span says as well that it does not come up between sentences.
        figures.within(&format!("theme down at {second} s, dB"), steps_back(second), 12.0..=15.0);
    }
    for second in [0, 1, 2, 40, 41] {
        figures.within(&format!("theme down at {second} s, dB"), steps_back(second), -0.1..=1.0);
    }
    figures.told();
}

/// Where a song's chorus lies.
struct Bars {
    tempo: f64,
    chorus: std::ops::Range<u32>,
}

impl Bars {
    fn chorus_of(&self, signal: &Signal) -> Signal {
        let seconds = |bar: u32| f64::from(bar - 1) * 240.0 / self.tempo;
        signal.between(seconds(self.chorus.start), seconds(self.chorus.end))
    }
}

/// What is wanted of both songs.
fn record(song: &Production, bars: Bars) -> Figures {
    let mut figures = Figures::default();
    delivered(&mut figures, song, -14.0);
    let (mix, vocals) = (bars.chorus_of(&song.mix()), bars.chorus_of(&song.stem("vocals")));
    figures.within("voice under the mix in the chorus, LU", mix.loudness() - vocals.loudness(), 3.0..=6.0);
    let words = |signal: &Signal| signal.power(1_000.0, 4_000.0);
    figures.within(
        "voice over the band, 1-4 kHz, dB",
        words(&vocals) - words(&mix.without(&vocals)),
        -3.0..=6.0,
    );
    figures.within("kick over bass, LU", song.loudness_of("kick") - song.loudness_of("bass"), -3.0..=3.0);
    guitars(&mut figures, song);
    figures
}

/// The right guitar was recorded upside down: in the mix it is not, and the two stand up to a mono loudspeaker.
fn guitars(figures: &mut Figures, song: &Production) {
    let part = ["--range", "17..19"];
    let alone = |name: &str| song.again(&[&part[..], &["--solo", name]].concat());
    let file = |name: &str| song.raw(&[&part[..], &["--solo", name]].concat());
    figures.within(
        "left guitar like its file",
        alone("guitar left").likeness(&file("guitar_left.ogg")),
        0.3..=1.0,
    );
    figures.within(
        "right guitar like its file",
        alone("guitar right").likeness(&file("guitar_right.ogg")),
        -1.0..=-0.3,
    );
    let both = alone("guitar left,guitar right");
    let stereo = both.reading().stereo.expect("two channels");
    figures.within("correlation of the guitars", stereo.correlation.expect("they sound"), 0.0..=1.0);
    figures.within("guitars lost in mono, LU", both.lost_in_mono(), -0.5..=2.5);
}

/// What is wanted of every mix and its master.
fn delivered(figures: &mut Figures, production: &Production, loudness: f64) {
    let (master, mix) = (production.master(), production.mix());
    let reading = master.reading();
    let integrated = master.loudness();
    figures.within("loudness, LUFS", integrated, loudness - 0.1..=loudness + 0.1);
    figures.within("true peak, dBTP", reading.true_peak.level.0, -3.0..=-0.9);
    figures.within("peak to loudness, LU", reading.true_peak.level.0 - integrated, 9.0..=20.0);
    figures.within("loudness range, LU", reading.loudness.range.expect("it is long enough").0, 2.0..=10.0);
    for (which, signal) in [("mix", &mix), ("master", &master)] {
        let balance = signal.reading().balance.expect("both sides sound").0;
        figures.within(&format!("{which}: right over left, LU"), balance, -0.5..=0.5);
        figures.within(&format!("{which}: lost in mono, LU"), signal.lost_in_mono(), -0.5..=1.5);
        figures.within(&format!("{which}: offset"), signal.offset(), 0.0..=0.000_1);
        let below = signal.power(0.0, 30.0) - signal.power(0.0, 24_000.0);
        figures.within(&format!("{which}: below 30 Hz, dB"), below, -120.0..=-40.0);
    }
}

/// Figures that were asked for, and those that are out of bounds.
#[derive(Default)]
struct Figures(Vec<String>);

impl Figures {
    fn within(&mut self, what: &str, figure: f64, bounds: RangeInclusive<f64>) {
        if !bounds.contains(&figure) {
            self.0.push(format!("{what}: {figure:.3} is not within {bounds:?}"));
        }
    }

    fn told(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}
