//! What the page costs: no more after many swaps than after few, whatever the song's length.
#![cfg(target_os = "linux")]

use crate::browser::Browser;
use crate::stage::{Stage, play, ready, song};
use serde_json::json;
use std::fs;

/// What playing and swapping may add to an idle page.
const MOST: f64 = 80.0;

/// The parent of a process.
fn parent(process: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Is a process one of the browser's?
fn descends(mut process: u32, from: u32) -> bool {
    while let Some(above) = parent(process) {
        if above == from {
            return true;
        }
        process = above;
    }
    false
}

/// The megabytes of the browser's renderers, shared ones in shares.
fn renderers(browser: &Browser) -> f64 {
    let processes =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let ours = processes.filter(|process| {
        let command = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains("--type=renderer") && descends(*process, browser.id())
    });
    let share = |process: u32| -> Option<f64> {
        let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let line = text.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    ours.filter_map(share).sum::<f64>() / 1024.0
}

#[test]
fn fifty_swaps_leave_no_trace() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = browser.open(&stage.address());
    // It keeps what was fetched, which would look like the page's.
    tab.call("Network.disable", json!({}));
    ready(&tab);
    stage.save(&song("minus.wav", "", 120));
    tab.until("page.renders.length > 1");
    let idle = renderers(&browser);
    assert!(idle > 0.0, "no renderer was found");
    play(&tab, 1.0);
    tab.eval(
        r"(async () => {
        for (let swap = 0; swap < 50; swap++) {
            if (swap % 10 === 0) page.transport.seek(48000 * (swap % 20));
            page.flip();
            await new Promise((done) => setTimeout(done, 200));
        }
    })()",
    );
    let after = renderers(&browser);
    assert!(after <= idle + MOST, "{idle:.0} MB idle, {after:.0} MB after 50 swaps");
    assert!(tab.number("page.player.blocks.kept.size") <= 24.0);
}
