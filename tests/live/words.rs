//! What the page says: of a broken script, and of what changed.

use crate::browser::{Browser, Tab};
use crate::stage::{RATE, Stage, forget, heard, in_time, listen, play, ready, song};

fn shown(tab: &Tab, selector: &str) -> String {
    tab.text(&format!("document.querySelector('{selector}').textContent"))
}

#[test]
fn a_broken_script_is_shown_while_the_sound_goes_on() {
    let Some(browser) = Browser::start() else { return };
    let good = song("half.wav", "", 120);
    let stage = Stage::new(&good);
    let tab = stage.tapped(&browser);
    play(&tab, 1.0);
    listen(&tab, 0.2);
    forget(&tab);
    tab.eval(
        r"(() => {
        const card = document.querySelector('#error');
        page.link.addEventListener('message', ({ detail, timeStamp }) => {
            if (detail.type === 'error') window.since = timeStamp;
        });
        new MutationObserver(() => (window.until = card.hidden ? window.until : performance.now()))
            .observe(card, { attributes: true, childList: true });
    })()",
    );
    stage.save(&song("half.wav", ".compress(#{ treshold: -20.db })", 120));
    tab.until("!document.querySelector('#error').hidden && page.state === 'error'");
    in_time("the card", tab.number("until - since") / 1000.0, 0.3);
    listen(&tab, 0.5);
    let heard = heard(&tab);
    assert!(heard.left.iter().all(|left| *left == 0.5));
    heard.runs_on(0, heard.left.len() - 2);
    assert!(shown(&tab, "#error h3").contains("`compress` has no setting `treshold`"));
    let line = song("half.wav", ".compress(#{ treshold: -20.db })", 120);
    let line = line.lines().nth(3).unwrap();
    let column = line.find("treshold").unwrap() + 1;
    assert!(
        shown(&tab, "#error .where").ends_with(&format!("mix.rhai:4:{column}")),
        "{}",
        shown(&tab, "#error .where")
    );
    assert_eq!(shown(&tab, "#error .note"), "still playing render 1");
    assert!(shown(&tab, "#error .hint").contains("threshold"));
    // The caret stands below the word.
    let (code, caret) = (shown(&tab, "#error .here"), shown(&tab, "#error .caret"));
    assert_eq!(code.find("treshold"), caret.find('^'), "{code}{caret}");
    assert_eq!(caret.matches('^').count(), "treshold".len());
    // Esc folds it to a line, and unfolds it.
    tab.press("Escape", 0);
    tab.until("document.querySelector('#error').classList.contains('folded')");
    assert!(shown(&tab, "#error .brief").contains("mix.rhai:4"));
    assert_eq!(
        tab.text("getComputedStyle(document.querySelector('#error pre').parentElement).display"),
        "none"
    );
    tab.press("Escape", 0);
    tab.until("!document.querySelector('#error').classList.contains('folded')");
    // Text can be selected.
    assert_eq!(tab.text("getComputedStyle(document.querySelector('#error pre')).userSelect"), "auto");
    stage.save(&good);
    tab.until("document.querySelector('#error').hidden && page.state === 'ready'");
    assert_eq!(shown(&tab, "#state b"), "up to date");
}

#[test]
fn a_change_is_told_with_its_figures() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", ".fader(-6.db)", 120));
    let tab = browser.open(&stage.address());
    ready(&tab);
    stage.save(&song("half.wav", ".fader(-3.db)", 120));
    tab.until("page.renders.length > 1");
    let told = shown(&tab, "#change");
    assert!(
        told.contains("render 2") && told.contains("one") && told.contains("LUFS") && told.contains('→'),
        "{told}"
    );
    tab.until("document.title.includes('paused 2')");
    assert_eq!(shown(&tab, "#sounding"), "paused render 2");
    assert_eq!(shown(&tab, "#side-a"), "A 1");
    let marked = tab.number("document.querySelectorAll('.lane.fresh').length");
    let ran = tab.number("page.renders.at(-1).strips.filter((strip) => strip.ran).length");
    assert_eq!(marked, ran);
}

#[test]
fn figures_at_the_playhead_are_those_of_the_engine() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = browser.open(&stage.address());
    ready(&tab);
    tab.until("document.querySelector('#meter-rms').textContent");
    for seek in 0..50u32 {
        let frame = seek.wrapping_mul(2_654_435_761) % (39 * RATE);
        let (shown, meant) = {
            let both = tab.text(&format!(
                r"(async () => {{
                page.transport.seek({frame});
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                const answer = await fetch(`${{page.base}}meters/${{page.renders.at(-1).master.meters}}`);
                const bytes = await answer.arrayBuffer();
                const size = new DataView(bytes).getUint32(4, true);
                let at = 8 + size, words = [];
                for (const track of JSON.parse(new TextDecoder().decode(bytes.slice(8, at))).tracks) {{
                    const shown = document.querySelector(`#meter-${{track.name}}`);
                    const value = new DataView(bytes).getInt16(at + 2 * Math.floor({frame} / track.every), true);
                    at += 2 * track.count;
                    if (!['rms', 'momentary', 'short'].includes(track.name)) continue;
                    words.push([shown.textContent.replace('−', '-'), value === -32768 ? '-∞' : (value / 100).toFixed(1)]);
                }}
                return words.map(([is]) => is).join() + ' ' + words.map(([, meant]) => meant).join();
            }})()"
            ));
            let (shown, meant) = both.split_once(' ').unwrap();
            (shown.to_owned(), meant.to_owned())
        };
        assert_eq!(shown, meant.replace("-0.0", "0.0"), "at frame {frame}");
    }
}
