//! How the page looks and how it is used without a mouse, and that it asks nobody but its server.

use crate::browser::{Browser, Tab};
use crate::stage::{Stage, in_time, ready, song, trio};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// The page with all its states gone through once.
fn toured(browser: &Browser, stage: &Stage) -> Tab {
    let tab = browser.open(&stage.address());
    ready(&tab);
    stage.save(&trio(-6.0));
    tab.until("page.renders.length > 1");
    tab.press(" ", 0);
    tab.until("page.player.playing && page.player.voice");
    tab.eval("page.toggle('solo', 'two')");
    tab.until("page.choice.answer?.source");
    stage.save(&format!("{}let broken = ;\n", trio(-6.0)));
    tab.until("page.state === 'error'");
    tab.until("document.querySelector('#loudness svg') && document.querySelector('#spectrum svg')");
    tab
}

#[test]
fn nobody_but_the_server_is_asked_and_nothing_is_amiss() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let tab = toured(&browser, &stage);
    let own = stage.address().split('#').next().unwrap().to_owned();
    for event in tab.told("Network.requestWillBeSent") {
        let address = event["params"]["request"]["url"].as_str().unwrap().to_owned();
        assert!(address.starts_with(&own) || address.starts_with("data:"), "{address}");
    }
    for event in ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"] {
        let told = tab.told(event);
        assert!(told.is_empty(), "{told:?}");
    }
}

/// Text whose contrast is below 4.5, by the colours as they are painted.
const PALE: &str = r"(() => {
    const parts = (colour) => {
        const paint = new OffscreenCanvas(1, 1).getContext('2d');
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        return [...paint.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map((x) => x / 255)
        .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
        .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (colour !== 'rgba(0, 0, 0, 0)') layers.push(colour);
        }
        const paint = new OffscreenCanvas(1, 1).getContext('2d');
        for (const colour of layers.reverse()) {
            paint.fillStyle = colour;
            paint.fillRect(0, 0, 1, 1);
        }
        return [...paint.getImageData(0, 0, 1, 1).data];
    };
    const pale = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.closest(':disabled, svg, .silent')) continue;
        const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) pale.push(`${element.tagName}.${element.className} ${element.textContent.slice(0, 20)}: ${contrast.toFixed(2)}`);
    }
    return pale.join('\n');
})()";

#[test]
fn it_fits_and_can_be_read_at_any_width_in_both_themes() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let tab = toured(&browser, &stage);
    for theme in ["light", "dark"] {
        for (width, height) in [(360, 780), (800, 900), (1280, 900), (1600, 1000)] {
            tab.look(width, height, theme);
            tab.until(&format!("innerWidth === {width}"));
            thread::sleep(Duration::from_millis(100));
            let wide = tab.number("document.documentElement.scrollWidth");
            assert!(wide <= f64::from(width), "{theme}, {width}: it scrolls sideways to {wide}");
            assert_eq!(tab.text(PALE), "", "{theme}, {width}");
        }
        tab.look(360, 780, theme);
        tab.until("innerWidth === 360");
        let small = tab.text(
            r"[...document.querySelectorAll('button, input')].filter((one) => one.checkVisibility()).map((one) => {
            const { width, height } = one.getBoundingClientRect();
            return width < 44 || height < 44 ? `${one.id || one.textContent} ${width} x ${height}` : '';
        }).filter(Boolean).join('\n')",
        );
        assert_eq!(small, "", "{theme}: targets below 44 pixels");
    }
}

#[test]
fn every_control_has_a_name() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let tab = toured(&browser, &stage);
    tab.call("Accessibility.enable", json!({}));
    let tree = tab.call("Accessibility.getFullAXTree", json!({}));
    let mut controls = 0;
    for node in tree["nodes"].as_array().unwrap() {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        if ["button", "slider", "link", "textbox", "checkbox"].contains(&role) && node["ignored"] != true {
            assert_ne!(node["name"]["value"].as_str().unwrap_or_default(), "", "{node}");
            controls += 1;
        }
    }
    assert!(controls > 20, "{controls}");
}

/// A key, and what is true after it.
const KEYS: [(&str, u32, &str); 24] = [
    ("Home", 0, "page.player.position() === 0"),
    ("]", 0, "page.player.position() === 384000"),
    ("[", 0, "page.player.position() === 0"),
    ("2", 0, "page.player.position() === 384000"),
    ("ArrowRight", 0, "page.player.position() === 624000"),
    ("ArrowLeft", 0, "page.player.position() === 384000"),
    ("ArrowRight", 8, "page.player.position() === 480000"),
    ("ArrowLeft", 8, "page.player.position() === 384000"),
    ("l", 0, "page.player.loop?.join() === '384000,768000'"),
    ("l", 0, "page.player.loop === null"),
    ("m", 0, "page.choice.point === 'mix'"),
    ("m", 0, "page.choice.point === 'master'"),
    ("e", 0, "page.choice.equal"),
    ("Tab", 0, "page.choice.side === 'a'"),
    ("Tab", 0, "page.choice.side === 'b'"),
    ("+", 0, "page.view.to - page.view.from < page.view.frames"),
    ("-", 0, "page.view.to - page.view.from === page.view.frames"),
    ("f", 0, "!page.view.follow"),
    ("ArrowUp", 0, "document.activeElement.dataset.strip === 'three' && page.selected === 'three'"),
    ("s", 0, "page.choice.solo.has('three')"),
    ("u", 0, "page.choice.mute.has('three')"),
    ("S", 8, "!page.choice.partial"),
    ("ArrowDown", 0, "page.selected === 'master'"),
    ("?", 0, "document.querySelector('#help').open"),
];

#[test]
fn all_can_be_done_by_keys() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let tab = browser.open(&stage.address());
    ready(&tab);
    stage.save(&trio(-6.0));
    tab.until("page.renders.length > 1");
    for (key, modifiers, then) in KEYS {
        tab.press(key, modifiers);
        tab.until(then);
    }
    tab.press("Escape", 0);
    tab.until("!document.querySelector('#help').open");
    let words = tab.text("document.querySelector('#wave').getAttribute('aria-valuetext')");
    assert!(words.starts_with("second, bar 5 beat 1"), "{words}");
    // From a control Tab goes on through the page, and where it is can be seen.
    tab.eval("document.querySelector('#play').focus()");
    for _ in 0..12 {
        tab.press("Tab", 0);
        let outline = tab.text("getComputedStyle(document.activeElement).outlineStyle");
        assert_eq!(outline, "solid", "{}", tab.eval("document.activeElement.outerHTML"));
    }
    tab.eval("document.querySelector('#follow').focus()");
    tab.press(" ", 0);
    tab.until("page.view.follow && !page.player.playing");
}

#[test]
fn without_a_gesture_the_button_goes_on_saying_play() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = browser.open(&stage.address());
    ready(&tab);
    // A timer of the page's own is no gesture; the driver's code would be.
    tab.eval("void (document.querySelector('#play span').dataset.seen = '')");
    assert_eq!(tab.text("document.querySelector('#play span').textContent"), "play");
    let place = tab.eval(
        "(({ x, y, width, height }) => [x + width / 2, y + height / 2])(document.querySelector('#play').getBoundingClientRect())",
    );
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
        tab.call("Input.dispatchMouseEvent", event);
    }
    tab.until("page.player.context?.state === 'running' && page.player.voice");
    assert_eq!(tab.text("document.querySelector('#play span').textContent"), "pause");
    assert_eq!(tab.eval("document.activeElement === document.body"), Value::Bool(true));
}

#[test]
fn it_is_small_and_idle_when_paused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/live/page");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let texts: Vec<(String, String)> = files
        .map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()))
        .filter(|(path, _)| [".js", ".html", ".css"].iter().any(|kind| path.ends_with(kind)))
        .collect();
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".js")) {
        assert!(text.lines().count() <= 300, "{path}");
    }
    let size: usize = texts.iter().map(|(_, text)| text.len()).sum();
    assert!(size <= 100_000, "{size} bytes of page");
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&trio(0.0));
    let tab = browser.open(&stage.address());
    ready(&tab);
    tab.call("Performance.enable", json!({}));
    let busy = || {
        let metrics = tab.call("Performance.getMetrics", json!({}));
        let all = metrics["metrics"].as_array().unwrap();
        all.iter().find(|one| one["name"] == "TaskDuration").unwrap()["value"].as_f64().unwrap()
    };
    thread::sleep(Duration::from_secs(1));
    let before = busy();
    thread::sleep(Duration::from_secs(3));
    let share = (busy() - before) / 3.0;
    in_time("a second of an idle page", share, 0.01);
}
