// Meters: the engine's own tracks, read at the playhead. Nothing is measured here.

import { SILENCE, held, read } from './data.js';
import { $, beat, figure, make } from './words.js';

const LOW = -54;
const HOLD = 1.5;
const DEEP = 12; // dB of gain reduction that fill a bar

const share = (value) => Math.max(0, Math.min(1, ((value ?? -Infinity) - LOW) / -LOW));
const scale = (element, value, axis = 'X') => (element.style.transform = `scale${axis}(${value.toFixed(4)})`);

/** Text is set only where it changed: a layout costs more than a comparison. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ROWS = [
  ['peak', 'TP', 'true peak, held 1.5 s; dBTP'],
  ['rms', 'RMS', 'RMS; dB'],
  ['momentary', 'M', 'momentary loudness; LUFS'],
  ['short', 'S', 'short-term loudness; LUFS'],
  ['integrated', 'I', 'integrated loudness of the whole; LUFS'],
];

export class Meters {
  constructor(page, data) {
    Object.assign(this, { page, data, rows: {} });
    const list = make('dl');
    const ticks = [-48, -36, -24, -12, -6, 0].map((value) => {
      const tick = make('i', {}, String(value).replace('-', '−'));
      tick.style.left = `${share(value) * 100}%`;
      return tick;
    });
    list.append(make('dt'), make('dd', { class: 'scale' }, make('div', { class: 'ticks', 'aria-hidden': 'true' }, ...ticks)));
    for (const [name, label, title] of ROWS) {
      const bar = make('i', { class: 'fill' });
      const hold = make('i', { class: 'hold' });
      const target = make('i', { class: 'tick', hidden: '' });
      const value = make('output', { id: `meter-${name}`, 'aria-label': title });
      list.append(make('dt', { title }, label), make('dd', {}, make('div', { class: 'bar' }, bar, hold, target), value));
      this.rows[name] = { bar, hold, target, value };
    }
    this.correlation = make('i', { class: 'needle' });
    this.correlationValue = make('output', { id: 'meter-correlation', 'aria-label': 'correlation' });
    const way = make('div', { class: 'way' }, make('i'), this.correlation);
    list.append(make('dt', { title: 'correlation of left and right, −1 to +1' }, 'r'), make('dd', {}, way, this.correlationValue));
    this.facts = make('p', { class: 'facts' });
    this.heading = make('h2');
    $('#meters').append(this.heading, list, this.facts);
  }

  /** What stays the same for a whole render. */
  show(render, sound, name) {
    Object.assign(this, { render, sound });
    this.heading.textContent = name;
    const target = name === 'mix' ? null : render.target; // the mix has none to reach
    const aims = { peak: target?.ceiling, momentary: null, short: target?.loudness, integrated: target?.loudness };
    for (const [row, aim] of Object.entries(aims)) {
      const tick = this.rows[row].target;
      tick.hidden = aim === null || aim === undefined;
      tick.style.left = `${share(aim) * 100}%`;
    }
    this.data.meters(sound.meters).promise.then((tracks) => tracks && this.sound === sound && this.count(tracks));
  }

  count(tracks) {
    const { render, sound } = this;
    const ceiling = render.target?.ceiling ?? 0;
    const overs = tracks.peak.values.reduce((sum, value) => sum + (value > ceiling * 100 + 0.5), 0);
    const facts = [
      ['max M', figure(sound.max_momentary)], ['max S', figure(sound.max_short)], ['LRA', figure(sound.range)],
      ['max TP', figure(sound.true_peak)], ['overs', String(overs)],
    ].map(([label, value]) => make('span', {}, `${label} `, make('b', {}, value)));
    this.facts.replaceChildren(...facts);
    this.facts.lastChild.classList.toggle('bad', overs > 0);
    const { values, every } = tracks.correlation ?? { values: [] };
    const worst = values.reduce((best, value, i) => (value !== SILENCE && !(value >= values[best]) ? i : best), -1);
    if (worst >= 0) {
      const link = make('button', { class: 'link' }, `${figure(values[worst] / 100, 2)} at ${beat(render, worst * every)}`);
      link.addEventListener('click', () => this.page.transport.seek(worst * every));
      this.facts.append(make('span', {}, 'lowest r ', link));
    }
    this.page.tick();
  }

  /** The figures at a frame. */
  draw(frame, lanes) {
    const { render, sound } = this;
    const tracks = this.data.meters(sound.meters).value;
    if (tracks) this.master(tracks, frame, render, sound);
    for (const row of lanes.visible()) {
      const own = row.strip.meters && this.data.meters(row.strip.meters).value;
      if (own) this.lane(row, own, frame);
    }
    this.strip(frame);
  }

  master(tracks, frame, render, sound) {
    const values = { integrated: sound.loudness ?? -Infinity, peak: held(tracks.peak, frame, HOLD * render.rate) };
    for (const name of ['rms', 'momentary', 'short']) values[name] = read(tracks[name], frame);
    for (const [name, { bar, hold, value }] of Object.entries(this.rows)) {
      scale(bar, share(name === 'peak' ? read(tracks.peak, frame) : values[name]));
      say(value, figure(values[name]));
      if (name === 'peak') hold.style.transform = `translateX(${(share(values.peak) * 100).toFixed(2)}%)`;
    }
    const over = values.peak > (render.target?.ceiling ?? 0) + 0.005;
    this.rows.peak.value.classList.toggle('bad', over);
    const correlation = read(tracks.correlation, frame);
    say(this.correlationValue, Number.isFinite(correlation) ? figure(correlation, 2) : '–');
    this.correlation.style.transform = `translateX(${(((correlation ?? 0) + 1) * 50).toFixed(1)}%)`;
    this.correlation.hidden = !Number.isFinite(correlation);
  }

  lane(row, tracks, frame) {
    const peak = read(tracks.peak, frame);
    scale(row.rms, share(read(tracks.rms, frame)));
    row.peak.style.transform = `translateX(${(share(peak) * 100).toFixed(2)}%)`;
    say(row.now, figure(peak));
    let deepest = 0;
    row.strip.reductions.forEach((reduction, i) => {
      const down = turned(tracks, reduction, frame);
      deepest = Math.max(deepest, down);
      if (i < 4) scale(row.turned.children[i], Math.min(1, down / DEEP), 'Y');
    });
    if (row.strip.reductions.length) say(row.turned.lastChild, figure(deepest && -deepest));
  }

  /** The strip that is chosen: where it stands in the script, and what its effects turn down. */
  choose(strip) {
    this.chosen = strip;
    const panel = $('#strip');
    panel.hidden = !strip;
    if (!strip) return;
    const copy = make('button', { class: 'copy', 'aria-label': 'Copy the place in the script' }, 'copy');
    const where = `${strip.file}:${strip.line}`;
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(where);
      copy.textContent = 'copied';
      setTimeout(() => (copy.textContent = 'copy'), 1200);
    });
    const short = `${strip.file?.split('/').pop()}:${strip.line}`;
    const facts = [['LUFS-I', strip.loudness], strip.peak === undefined || strip.true_peak ? ['max TP', strip.true_peak] : ['peak', strip.peak]]
      .map(([label, value]) => make('span', {}, `${label} `, make('b', {}, figure(value))));
    facts.push(make('span', {}, strip.ran ? 're-rendered' : 'from the store'));
    this.effects = strip.reductions.map(({ effect, most, mean }) => {
      const fill = make('i', { class: 'fill' });
      const now = make('output');
      const limit = `${mean === undefined ? '' : `mean ${figure(-mean)}, `}most ${figure(most && -most)}`;
      return { effect, most, fill, now, row: [make('dt', {}, effect), make('dd', {}, make('div', { class: 'bar' }, fill), now, make('small', {}, limit))] };
    });
    const place = strip.file && strip.line ? [make('div', { class: 'where' }, make('code', { title: where }, short), copy)] : [];
    panel.replaceChildren(
      make('h2', {}, strip.name, make('small', {}, strip.kind)), ...place, make('p', { class: 'facts' }, ...facts),
      ...(this.effects.length ? [make('h3', {}, 'gain reduction, dB')] : []),
      make('dl', { class: 'effects' }, ...this.effects.flatMap(({ row }) => row)),
    );
  }

  strip(frame) {
    if (!this.chosen) return;
    const tracks = this.chosen.meters && this.data.meters(this.chosen.meters).value;
    if (!tracks) return;
    for (const { effect, most, fill, now } of this.effects) {
      const down = turned(tracks, { effect, most }, frame);
      scale(fill, Math.min(1, down / DEEP));
      say(now, tracks[`reduction/${effect}`] ? figure(down && -down) : '');
    }
  }
}

/** What an effect turns down at a frame; where that is not known over time, the most that it did. */
function turned(tracks, { effect, most }, frame) {
  const track = tracks[`reduction/${effect}`];
  return Math.max(0, (track ? read(track, frame) : most) || 0);
}
