//! Blocks started one after the other are the sound itself, bit for bit, at any rate.

use crate::browser::Browser;
use crate::stage::{Stage, ready, song};

#[test]
fn five_scheduled_minutes_are_bit_identical() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = browser.open(&stage.address());
    ready(&tab);
    for rate in [44_100, 48_000, 96_000] {
        let wrong = tab.number(&format!(
            r"(async () => {{
            const {{ Voice, clockTime }} = await import('./voice.js');
            const rate = {rate}, frames = rate * 300, size = rate / 2, start = 2976;
            const context = new OfflineAudioContext(2, start + frames, rate);
            const voice = new Voice(context, 'x', 1, context.destination);
            voice.node.gain.value = 1;
            let seed = 1;
            const next = () => Math.fround(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * 2 - 1);
            const planes = (at) => [0, 1].map((channel) => {{
                seed = at * 2 + channel + 1;
                return Float32Array.from({{ length: size }}, next);
            }});
            for (let at = 0; at < frames; at += size) voice.put(planes(at), start + at);
            const sounded = await context.startRendering();
            let wrong = 0;
            for (let at = 0; at < frames; at += size) planes(at).forEach((plane, channel) => {{
                const is = sounded.getChannelData(channel).subarray(start + at, start + at + size);
                for (let i = 0; i < size; i++) wrong += is[i] !== plane[i];
            }});
            return wrong;
        }})()"
        ));
        assert_eq!(wrong, 0.0, "at {rate} Hz");
    }
}

#[test]
fn what_is_played_is_what_was_rendered() {
    let Some(browser) = Browser::start() else { return };
    let stage = Stage::new(&song("half.wav", "", 120));
    let tab = browser.open(&stage.address());
    ready(&tab);
    // The blocks that the player fetches, against the file that the server offers.
    let wrong = tab.number(
        r"(async () => {
        const { id, frames, rate } = page.player.source;
        const bytes = await (await fetch(`${page.base}audio/${id}.wav`)).arrayBuffer();
        const view = new DataView(bytes);
        let at = 12;
        while (view.getUint32(at, false) !== 0x64617461) at += 8 + view.getUint32(at + 4, true);
        let wrong = 0;
        for (let block = 0, frame = 0; frame < frames; block++) {
            const [left, right] = await page.player.blocks.get(id, block, rate / 2);
            for (let i = 0; i < left.length; i++, frame++) {
                wrong += left[i] !== view.getFloat32(at + 8 + frame * 8, true);
                wrong += right[i] !== view.getFloat32(at + 12 + frame * 8, true);
            }
        }
        return wrong;
    })()",
    );
    assert_eq!(wrong, 0.0);
}
