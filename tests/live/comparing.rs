//! A and B, mix and master, solo and mute: only for listening.

use crate::browser::{Browser, Tab};
use crate::stage::{Heard, RATE, Stage, forget, heard, in_time, listen, play, ready, song, trio};
use std::fs;

/// The level of the left channel's constant, in dB.
fn level(heard: &Heard) -> f64 {
    20.0 * f64::from(heard.left[heard.left.len() - 1].abs()).log10()
}

#[test]
fn a_and_b_are_equally_loud_and_none_is_turned_up() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", ".invert().fader(-3.db)", 120));
    let tab = stage.tapped(&browser);
    stage.save(&song("half.wav", "", 120));
    tab.until("page.renders.length > 1");
    tab.eval("document.querySelector('#equal').click()");
    play(&tab, 2.0);
    listen(&tab, 0.3);
    let b = heard(&tab);
    forget(&tab);
    tab.eval("addEventListener('keydown', () => (window.pressed ??= page.player.clock()), true)");
    tab.press("Tab", 0);
    tab.until("page.choice.side === 'a' && !page.player.busy");
    listen(&tab, 0.3);
    let pressed = tab.number("pressed");
    let a = heard(&tab);
    let off = (level(&a) - level(&b)).abs();
    assert!(off <= 0.1, "{off} dB apart");
    assert!(a.left[a.left.len() - 1] < 0.0 && b.left[b.left.len() - 1] > 0.0, "A is the render before");
    let change = a.leaves(a.left[0], 0).unwrap() as f64 + a.from as f64;
    in_time("the other of A and B", (change - pressed) / f64::from(RATE), 0.1);
    assert!(tab.number("page.player.voice.gain") <= 1.0);
    tab.press("Tab", 0);
    tab.until("page.choice.side === 'b' && !page.player.busy");
    assert!(tab.number("page.player.voice.gain") < 0.72);
    assert_eq!(tab.text("document.querySelector('#trim').textContent"), "B \u{2212}3.0 dB for comparison");
    // Off, the very samples are played.
    tab.press("e", 0);
    listen(&tab, 0.3);
    assert_eq!(tab.number("page.player.voice.gain"), 1.0);
}

/// Is what sounds the sum of the first two strips, to the bit?
fn is_the_sum(tab: &Tab, when: &str) {
    tab.until("page.player.voice && !page.player.busy");
    forget(tab);
    listen(tab, 0.3);
    let heard = heard(tab);
    for index in 0..heard.left.len() - 1 {
        assert!((heard.left[index] - 0.75).abs() < 1e-6, "{when}, {index}: {}", heard.left[index]);
        let step = f64::from(heard.right[index + 1]) - f64::from(heard.right[index]);
        assert!((step - 2.0 / 1_048_576.0).abs() < 4e-7, "{when}, {index}: {step}");
    }
}

const SOLOED: &str = "page.choice.answer?.source && page.player.source.id === page.choice.answer.source";

#[test]
fn solo_is_the_sum_of_the_strips_and_survives() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let before = fs::read(stage.path("mix.rhai")).unwrap();
    let tab = stage.tapped(&browser);
    play(&tab, 1.0);
    for strip in ["one", "two"] {
        tab.eval(&format!("document.querySelector('[aria-label=\"Solo {strip}\"]').click()"));
    }
    tab.until(SOLOED);
    is_the_sum(&tab, "at first");
    assert_eq!(
        tab.text("document.querySelector('#listening span').textContent"),
        "2 of 3 strips, before groups and master: not the render"
    );
    tab.eval("page.transport.seek(240000)");
    is_the_sum(&tab, "after a seek");
    tab.eval("page.link.socket.close()");
    tab.until("page.link.socket?.readyState === 1 && page.state === 'ready'");
    tab.until(SOLOED);
    is_the_sum(&tab, "after a lost socket");
    assert_eq!(fs::read(stage.path("mix.rhai")).unwrap(), before, "the script is never touched");
    stage.save(&trio(-6.0));
    tab.until("page.renders.length > 1");
    tab.until(SOLOED);
    is_the_sum(&tab, "after a new render");
    // Loaded again: the address says what is soloed.
    tab.call("Page.reload", serde_json::json!({}));
    ready_again(&tab);
    assert_eq!(tab.text("[...page.choice.solo].join()"), "one,two");
    tab.until(SOLOED);
    assert_eq!(
        tab.text("document.querySelector('[aria-label=\"Solo one\"]').getAttribute('aria-pressed')"),
        "true"
    );
    tab.press("S", 8);
    tab.until("!page.choice.partial && document.querySelector('#listening').hidden");
}

/// The page after a reload: that of before is gone.
fn ready_again(tab: &Tab) {
    tab.until("typeof page === 'undefined' && document.readyState === 'complete'");
    tab.eval("import('./page.js').then(({ page }) => { window.page = page; })");
    tab.until("page.renders.length > 0");
}

#[test]
fn mute_is_the_render_without_the_strip() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let tab = stage.tapped(&browser);
    play(&tab, 1.0);
    tab.eval("page.select('three')");
    tab.press("u", 0);
    tab.until(SOLOED);
    is_the_sum(&tab, "without the third");
    assert_eq!(
        tab.text("document.querySelector('#listening span').textContent"),
        "without three: not the render"
    );
}

#[test]
fn a_tab_that_plays_silences_the_others() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let first = browser.open(&stage.address());
    let second = browser.open(&stage.address());
    for tab in [&first, &second] {
        ready(tab);
        tab.eval("document.querySelector('#play').click()");
        tab.until("page.player.playing");
    }
    first.until("!page.player.playing");
    second.until("page.player.playing && page.player.voice");
}
