// What is told in words: the error, what changed, what the song must reach, and the plots.

import { $, figure, make, signed } from './words.js';

const clear = (value) => value !== null && value !== undefined;

/** A line of the script with a caret below what is meant. */
function excerpt({ excerpt, line, column, width, labels = [] }) {
  const block = make('pre');
  for (const { number, text } of excerpt) {
    const here = number === line;
    block.append(make('span', { class: here ? 'here' : '' }, make('i', {}, String(number).padStart(4)), ` ${text}\n`));
    const marks = labels.filter((label) => label.line === number).map((label) => [label, label.text]);
    if (here && column) marks.unshift([{ column, width }, '']);
    for (const [mark, words] of marks) {
      // Tabs stay tabs, so that the caret stands below what it means.
      const lead = text.slice(0, mark.column - 1).replace(/[^\t]/g, ' ');
      block.append(make('span', { class: 'caret' }, `     ${lead}${'^'.repeat(Math.max(1, mark.width ?? 1))} ${words}\n`));
    }
  }
  return block;
}

function diagnostic(one) {
  const card = make('article', { class: one.severity });
  card.append(make('h3', {}, make('b', {}, one.severity), ` ${one.message}`));
  if (one.line) card.append(make('code', { class: 'where' }, [one.file, one.line, one.column].filter(Boolean).join(':')));
  if (one.excerpt?.length) card.append(excerpt(one));
  for (const hint of one.hints ?? []) card.append(make('p', { class: 'hint' }, hint));
  return card;
}

export function showError(error, note) {
  const card = $('#error');
  card.hidden = !error;
  if (!error) return card.replaceChildren();
  const { diagnostics } = error;
  const first = diagnostics[0];
  const line = first.line ? `${first.file}:${first.line} ` : '';
  const fold = make('button', { class: 'fold', 'aria-expanded': 'true', 'data-key': 'Esc' }, 'fold');
  const set = (folded) => {
    card.classList.toggle('folded', folded);
    fold.textContent = folded ? 'unfold' : 'fold';
    fold.setAttribute('aria-expanded', String(!folded));
  };
  fold.addEventListener('click', () => set(!card.classList.contains('folded')));
  const count = diagnostics.length > 1 ? `${diagnostics.length} errors` : 'error';
  const head = make('header', {}, make('b', {}, count), make('span', { class: 'brief' }, `${line}${first.message}`));
  head.append(make('span', { class: 'note' }, note), fold);
  card.replaceChildren(head, ...diagnostics.map(diagnostic));
  set(false);
}

const pair = (before, now, unit) => (clear(before) ? `${figure(before)} → ${figure(now)} ${unit}` : `${figure(now)} ${unit}`);

export function showChange(render, before) {
  const box = $('#change');
  box.hidden = false;
  const ran = render.strips.filter((strip) => strip.ran).length;
  const words = make('ul', {}, ...render.words.map((line) => make('li', {}, line)));
  const facts = [
    `${ran} of ${render.strips.length} strips rendered`,
    `${render.seconds < 9.95 ? render.seconds.toFixed(render.seconds < 0.995 ? 2 : 1) : Math.round(render.seconds)} s`,
    pair(before?.master.loudness, render.master.loudness, 'LUFS'),
    pair(before?.master.true_peak, render.master.true_peak, 'dBTP'),
  ];
  box.replaceChildren(make('b', {}, `render ${render.number}`), words, make('p', {}, ...facts.map((fact) => make('span', {}, fact))));
}

/** Limits and findings: number, limit, and what is to be done. */
export function showNeeds(render) {
  const rows = [];
  const row = (good, label, value, words, title = '') => {
    const item = make('li', { class: good ? 'good' : 'bad', title }, make('i', {}, good ? 'pass' : 'not'), make('span', {}, label));
    item.append(make('b', {}, value), make('small', {}, words));
    rows.push(item);
  };
  const { target, master } = render;
  if (clear(target?.loudness)) {
    const off = (master.loudness ?? -Infinity) - target.loudness;
    const good = Math.abs(off) <= 0.5;
    const words = good ? `target ${figure(target.loudness)}` : `${figure(Math.abs(off))} LU too ${off > 0 ? 'loud' : 'soft'}`;
    row(good, 'loudness', `${figure(master.loudness)} LUFS`, words);
  }
  if (clear(target?.ceiling)) {
    const off = (master.true_peak ?? -Infinity) - target.ceiling;
    const words = off <= 0.005 ? `ceiling ${figure(target.ceiling)}` : `${figure(off, off < 0.1 ? 2 : 1)} dB too high`;
    row(off <= 0.005, 'true peak', `${figure(master.true_peak)} dBTP`, words);
  }
  for (const { severity, message, hints = [], file, line } of render.findings) {
    const item = make('li', { class: `finding ${severity}` }, make('i', {}, severity), make('span', {}, message));
    item.append(...hints.map((hint) => make('small', {}, hint)));
    if (line) item.append(make('code', {}, `${file?.split('/').pop()}:${line}`));
    rows.push(item);
  }
  const panel = $('#needs');
  panel.hidden = !rows.length;
  panel.replaceChildren(make('h2', {}, 'Requirements'), make('ul', {}, ...rows));
}

/** The difference of A and B that was taken out of the louder. */
export function showTrim(name, gain) {
  $('#trim').textContent = gain < -0.045 ? `${name} ${signed(gain)} dB for comparison` : '';
}

/** A plot drawn by the engine, with the last render's dimmed behind. */
export async function showPlot(base, name, now, before) {
  const box = $(`#${name}`);
  const wish = `${now} ${before ?? ''}`;
  if (box.dataset.wish === wish) return;
  box.dataset.wish = wish;
  const load = async (id) => {
    const answer = await fetch(`${base}plot/${id}/${name}.svg`);
    const svg = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement;
    return answer.ok && svg.nodeName === 'svg' ? document.importNode(svg, true) : null;
  };
  const layers = await Promise.all([before && before !== now ? load(before) : null, load(now)]).catch(() => []);
  if (box.dataset.wish !== wish) return;
  layers[0]?.classList.add('behind');
  layers[0]?.setAttribute('aria-hidden', 'true');
  if (layers[1]) box.replaceChildren(...layers.filter(Boolean));
  else delete box.dataset.wish;
}
