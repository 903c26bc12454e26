//! A server that dies and begins anew: the page goes on where it was.

use crate::browser::Browser;
use crate::stage::{Stage, forget, heard, in_time, listen, play, song};

#[test]
fn the_page_outlives_its_server() {
    let Some(browser) = Browser::start() else { return };
    let mut stage = Stage::new(&song("half.wav", "", 120));
    let tab = stage.tapped(&browser);
    stage.save(&song("minus.wav", "", 120));
    tab.until("page.renders.length > 1 && page.player.source.id === page.renders.at(-1).master.source");
    play(&tab, 2.0);
    tab.eval("page.point('mix')");
    listen(&tab, 0.3);
    forget(&tab);
    let port = stage.kill();
    tab.until("page.state === 'disconnected'");
    assert_eq!(tab.text("document.querySelector('#state b').textContent"), "disconnected");
    // What was fetched plays on.
    listen(&tab, 1.0);
    let meanwhile = heard(&tab);
    meanwhile.runs_on(0, meanwhile.left.len() - 2);
    stage.start(port);
    let back = tab.number(
        r"(async () => {
        const begun = performance.now();
        while (page.link.socket?.readyState !== WebSocket.OPEN) await new Promise((done) => setTimeout(done, 10));
        return performance.now() - begun;
    })()",
    );
    in_time("the page", back / 1000.0, 3.5);
    tab.until("page.state === 'ready'");
    listen(&tab, 0.5);
    forget(&tab);
    listen(&tab, 0.3);
    let after = heard(&tab);
    assert!(after.left.iter().all(|left| *left == -0.5));
    after.runs_on(0, after.left.len() - 2);
    assert!(after.frame(0) > meanwhile.frame(meanwhile.left.len() - 1), "the playhead went back");
    assert_eq!(tab.text("page.choice.point"), "mix");
    assert_eq!(tab.text("document.querySelector('#point-mix').getAttribute('aria-pressed')"), "true");
}
