// Places in a song and numbers as words, and elements that hold them.

const pad = (value, width) => String(value).padStart(width, '0');

export function clock(seconds) {
  const thousandths = Math.max(0, Math.round(seconds * 1000));
  return `${Math.floor(thousandths / 60000)}:${pad(Math.floor(thousandths / 1000) % 60, 2)}.${pad(thousandths % 1000, 3)}`;
}

/** A number with a true minus; never "−0.0". */
export function figure(value, digits = 1) {
  if (value === null || value === undefined) return '–';
  if (value === -Infinity) return '−∞';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export const signed = (value, digits = 1) => {
  const text = figure(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
};

/** The bar that a frame is in, and how far: 0 is the first bar's start. */
export function barOf(render, frame) {
  const { bars } = render;
  if (!bars.length) return 0;
  let low = 0;
  let high = bars.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bars[middle].at <= frame) low = middle;
    else high = middle - 1;
  }
  return low + (frame - bars[low].at) / length(render, low);
}

function length(render, bar) {
  const { bars } = render;
  const last = Math.min(bar, bars.length - 2);
  return last < 0 ? Math.max(1, render.frames) : bars[last + 1].at - bars[last].at;
}

export function frameOf(render, place) {
  const { bars } = render;
  const bar = Math.max(0, Math.min(Math.floor(place), bars.length - 1));
  return bars.length ? bars[bar].at + (place - bar) * length(render, bar) : 0;
}

/** "14:3": bar and beat, counted from one. */
export function beat(render, frame) {
  const place = barOf(render, Math.max(0, frame) + 0.5);
  const bar = Math.max(0, Math.floor(place));
  const beats = render.bars[Math.min(bar, render.bars.length - 1)]?.beats ?? 4;
  return `${bar + 1}:${Math.floor((place - bar) * beats) + 1}`;
}

export const sectionAt = (render, frame) => render.sections.findLast((one) => one.from <= frame && frame < one.to);

/** "chorus, bar 14 beat 3, 0:31.250". */
export function place(render, frame) {
  const [bar, count] = beat(render, frame).split(':');
  const name = sectionAt(render, frame)?.name;
  return `${name ? `${name}, ` : ''}bar ${bar} beat ${count}, ${clock(frame / render.rate)}`;
}

/** Carries a frame of one render to another: bar and beat are kept if the tempo map changed, else the time. */
export function carry(from, to) {
  if (!from || from === to) return undefined;
  const common = Math.min(from.bars.length, to.bars.length);
  const ratio = to.rate / from.rate;
  const same = (bar, i) => Math.abs(bar.at * ratio - to.bars[i].at) <= 1 && bar.beats === to.bars[i].beats;
  if (from.bars.slice(0, common).every(same)) return ratio === 1 ? undefined : (frame) => Math.round(frame * ratio);
  return (frame) => Math.round(Math.max(0, frameOf(to, barOf(from, frame))));
}

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element; text is never read as HTML. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const pressed = (id, on) => $(id).setAttribute('aria-pressed', String(on));
