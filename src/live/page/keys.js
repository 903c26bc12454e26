// Keys. Each does what a button does too.

import { $, make } from './words.js';

const LIST = [
  ['Space', 'play or pause'], ['← →', '5 s back or on; with Shift a bar'], ['Home', 'to the start'],
  ['↑ ↓', 'the strip above or below'], ['[ ]', 'the section before or after'], ['1 – 9', 'to a section'],
  ['L', 'loop the section, or none'], ['Tab', 'the other of A and B'], ['M', 'mix or master'], ['E', 'equal loudness'],
  ['S', 'solo the strip'], ['U', 'mute the strip'], ['Shift S', 'clear solo and mute'],
  ['+ −', 'zoom at the playhead'], ['F', 'follow the playhead'], ['Esc', 'fold the error'], ['?', 'these keys'],
];

const press = (id) => () => $(id).click();

export function listen(page) {
  const keys = {
    ' ': press('#play'),
    ArrowLeft: (event) => page.transport.step(-1, event.shiftKey),
    ArrowRight: (event) => page.transport.step(1, event.shiftKey),
    ArrowUp: () => page.lanes.pick(-1),
    ArrowDown: () => page.lanes.pick(1),
    Home: () => page.transport.seek(0),
    '[': () => page.transport.section(-1),
    ']': () => page.transport.section(1),
    l: press('#loop'),
    m: () => page.bypass(),
    e: press('#equal'),
    f: press('#follow'),
    '+': press('#in'),
    '=': press('#in'),
    '-': press('#out'),
    '?': press('#ask'),
    s: () => page.selected && page.toggle('solo', page.selected),
    u: () => page.selected && page.toggle('mute', page.selected),
    S: press('#clear'),
    Tab: () => page.flip(),
    Escape: () => $('#error .fold')?.click(),
  };
  document.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || $('#help').open) return;
    if (target.matches('input:not([type=range]), textarea, select')) return;
    if (target.matches('input') && /^(Arrow|Home)/.test(key)) return;
    // A control that has the focus keeps Space, and Tab goes on from it; from nowhere Tab is the other of A and B.
    if (key === ' ' && target.matches('button:focus-visible')) return;
    if (key === 'Tab' && (event.shiftKey || target !== document.body || !page.comparable())) return;
    const act = /^[1-9]$/.test(key) ? () => page.transport.jump(Number(key) - 1) : (keys[key] ?? keys[key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    act(event);
  });
  // What the pointer pressed does not keep the focus: Space and Tab stay the page's.
  document.addEventListener('click', ({ target, detail }) => detail && target.closest('button')?.blur());
  $('#help dl').append(...LIST.flatMap(([key, words]) => [make('dt', {}, make('kbd', {}, key)), make('dd', {}, words)]));
  for (const button of document.querySelectorAll('[data-key]')) {
    button.title ||= `${button.getAttribute('aria-label') ?? button.textContent} (${button.dataset.key})`;
    button.setAttribute('aria-keyshortcuts', button.dataset.key.replace(' ', '+'));
  }
}
