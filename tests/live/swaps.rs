//! A new render while the song plays: at once, at the same place, without a hole or a click.

use crate::browser::{Browser, LONGEST, Tab};
use crate::stage::{Heard, RATE, Stage, forget, heard, in_time, listen, play, song};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// From the event to the crossfade.
const SOON: f64 = 0.1;

/// Notes at which frame of the clock each render was told, and which voices there were at most.
fn note(tab: &Tab) {
    tab.eval(
        r"(() => {
        window.told = [];
        window.most = 0;
        page.link.addEventListener('message', ({ detail }) => detail.type === 'render' && told.push(page.player.clock()));
        setInterval(() => (most = Math.max(most, page.player.voices.size)), 2);
    })()",
    );
}

/// The value of the left channel for each of the two sounds.
fn value(file: &str) -> f32 {
    if file == "half.wav" { 0.5 } else { -0.5 }
}

/// Saves the other sound, waits for it, and says how many frames went by from the event to the first change.
fn swap(stage: &Stage, tab: &Tab, before: &str, after: &str) -> (Heard, f64) {
    forget(tab);
    tab.eval("void (told.length = 0)");
    stage.save(&song(after, "", 120));
    tab.until("told.length > 0");
    listen(tab, 0.4);
    let heard = heard(tab);
    let event = tab.number("told[0]");
    let change = heard.leaves(value(before), 0).expect("the new sound") as f64 + heard.from as f64;
    let end = heard.settles(value(after)).expect("nothing but the new sound at last");
    assert!(end < heard.left.len());
    (heard, change - event)
}

#[test]
fn a_new_render_is_heard_at_once_without_a_hole_or_a_click() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = stage.tapped(&browser);
    note(&tab);
    play(&tab, 1.0);
    let mut files = ["half.wav", "minus.wav"];
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let mut worst = 0.0f64;
    thread::scope(|scope| {
        for round in 0..20 {
            if round == 10 {
                // The second half with all cores busy.
                for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
                    scope.spawn(|| {
                        while !stop.load(Ordering::Relaxed) && begun.elapsed() < LONGEST {
                            std::hint::spin_loop();
                        }
                    });
                }
            }
            if tab.number("page.player.position()") > 18.0 * f64::from(RATE) {
                tab.eval("page.player.seek(48000)");
                listen(&tab, 0.3);
            }
            let (heard, late) = swap(&stage, &tab, files[0], files[1]);
            worst = worst.max(late);
            heard.runs_on(0, heard.left.len() - 2);
            files.reverse();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(tab.number("most"), 2.0);
    in_time("from the event to the crossfade", worst / f64::from(RATE), SOON);
}

#[test]
fn of_forty_saves_the_last_is_heard() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = stage.tapped(&browser);
    note(&tab);
    play(&tab, 1.0);
    for save in 0..40 {
        let file = if save % 2 == 0 { "minus.wav" } else { "half.wav" };
        // Each save is another text, so that none is taken for the one before.
        stage.save(&format!("{}// {save}\n", song(file, "", 120)));
        thread::sleep(Duration::from_millis(150));
    }
    stage.save(&song("minus.wav", "", 120));
    tab.until("page.state === 'ready' && page.renders.at(-1).number > 1");
    let last = "page.renders.at(-1).master.source === page.player.source.id && !page.player.busy && page.state === 'ready'";
    listen(&tab, 1.5);
    tab.until(last);
    forget(&tab);
    listen(&tab, 0.5);
    let heard = heard(&tab);
    assert!(heard.left.iter().all(|left| *left == -0.5), "the last save does not sound");
    heard.runs_on(0, heard.left.len() - 2);
    assert!(tab.number("most") <= 2.0);
    assert_eq!(tab.number("page.player.voices.size"), 1.0);
}

#[test]
fn wishes_that_overtake_each_other_make_one_crossfade_at_a_time() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = stage.tapped(&browser);
    note(&tab);
    stage.save(&song("minus.wav", "", 120));
    tab.until("page.renders.length > 1");
    play(&tab, 1.0);
    listen(&tab, 0.2);
    forget(&tab);
    tab.eval(
        r"(async () => {
        for (let wish = 0; wish < 40; wish++) {
            page.flip();
            await new Promise((done) => setTimeout(done, 20 + (wish * 37) % 130));
        }
        // A source that is not there: what sounds goes on.
        await page.player.swap({ ...page.player.source, id: 'nothing' });
    })()",
    );
    listen(&tab, 0.5);
    let heard = heard(&tab);
    heard.runs_on(0, heard.left.len() - 2);
    assert!(heard.settles(-0.5).is_some(), "the last wish does not sound");
    assert!(heard.left.contains(&0.5), "no wish was heard on the way");
    assert!(tab.number("most") <= 2.0);
}

#[test]
fn another_tempo_keeps_bar_and_beat() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = stage.tapped(&browser);
    note(&tab);
    play(&tab, 4.0);
    stage.save(&song("minus.wav", "", 100));
    tab.until("told.length > 0");
    listen(&tab, 0.5);
    let heard = heard(&tab);
    let change = heard.leaves(0.5, heard.left.iter().position(|left| *left == 0.5).unwrap()).unwrap();
    let settled = heard.settles(-0.5).unwrap() + 10;
    // The frame before the swap carried on to the index at which the swap began, in bars of the new length.
    let before = heard.frame(change - 10) + 9;
    let meant = before as f64 * 120.0 / 100.0 + (settled + 1 - change) as f64;
    let is = heard.frame(settled) as f64;
    assert!((is - meant).abs() <= 1.5, "{is} is not {meant}");
    // And back while it is paused: the place moves with the bars.
    tab.eval("page.player.pause()");
    listen_paused(&tab);
    let rest = tab.number("page.player.rest");
    stage.save(&song("half.wav", "", 120));
    tab.until("page.renders.at(-1).bars[1].at === 96000");
    let now = tab.number("page.player.rest");
    assert!((now - rest / 1.2).abs() <= 1.0, "{now} is not {rest} / 1.2");
}

fn listen_paused(tab: &Tab) {
    tab.until("page.player.context.state === 'suspended'");
}

#[test]
fn seeking_and_looping_are_heard_where_they_are_shown() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = stage.tapped(&browser);
    play(&tab, 2.0);
    tab.eval("page.transport.loop([480000, 504000])");
    tab.eval("page.transport.seek(490000)");
    tab.until("!page.player.busy");
    forget(&tab);
    listen(&tab, 1.6);
    let heard = heard(&tab);
    let inside = |frame: u64| (480_000..504_000).contains(&frame);
    // A seam is faded over two milliseconds at each side; all else is the loop itself.
    let frames: Vec<u64> =
        (0..heard.right.len()).filter(|i| heard.left[*i] == 0.5).map(|i| heard.frame(i)).collect();
    assert!(frames.iter().all(|frame| inside(*frame)), "{:?}", frames.iter().find(|frame| !inside(**frame)));
    let turns = frames.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!((2..=4).contains(&turns), "{turns} turns in 1.6 s of a loop of 0.5 s");
    let shown = tab.number("page.player.position()");
    assert!((480_000.0..504_000.0).contains(&shown), "{shown}");
}
