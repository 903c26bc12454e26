// The song along time: overview, ruler, waveform, and a lane for each strip.

import { $, figure, make, place } from './words.js';
import { colour, drawRuler, drawWave, levelFor, peaksOf } from './wave.js';
import { drag, wheel } from './view.js';


export class Lanes {
  constructor(page, view, data) {
    Object.assign(this, { page, view, data, rows: [], render: null });
    this.seen = new WeakSet();
    this.watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.seen.add(target);
        else this.seen.delete(target);
      }
      this.draw();
    }, { rootMargin: '80px' });
    const wave = $('#wave');
    new ResizeObserver(() => {
      this.view.width = wave.clientWidth || 1;
      this.view.tell();
    }).observe(wave);
    view.addEventListener('change', () => this.draw());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    for (const element of [wave, $('#ruler'), $('#lanes')]) wheel(element, view);
    const at = (share) => view.from + share * (view.to - view.from);
    drag(wave, { press: (share) => page.transport.seek(at(share)) });
    drag($('#overview'), { press: (share) => page.transport.seek(share * view.frames) });
    drag($('#ruler'), {
      move: (start, now) => page.transport.drawLoop([at(Math.min(start, now)), at(Math.max(start, now))]),
      release: (start, end) => {
        const far = Math.abs(end - start) * view.width > 4;
        page.transport.loop(far ? [at(Math.min(start, end)), at(Math.max(start, end))] : null);
        if (!far) page.transport.seek(at(start));
      },
    });
  }

  /** Another render, or another of its sounds. */
  show(render, sound) {
    this.sound = sound;
    if (render !== this.render) {
      this.render = render;
      this.build();
      this.bands();
    }
    this.draw();
  }

  build() {
    const list = $('#lanes ul');
    const strips = this.render.strips;
    const same = this.rows.length === strips.length && strips.every((strip, i) => strip.name === this.rows[i].name);
    if (!same) {
      this.watch.disconnect();
      this.rows = strips.map((strip) => this.row(strip));
      list.replaceChildren(...this.rows.map((row) => row.element));
      for (const row of this.rows) this.watch.observe(row.element);
    }
    strips.forEach((strip, i) => this.fill(this.rows[i], strip));
  }

  row({ name, kind }) {
    const label = make('button', { class: 'name', 'data-strip': name }, make('span', {}, name));
    const solo = make('button', { class: 'solo', 'aria-pressed': 'false', 'aria-label': `Solo ${name}` }, 'S');
    const mute = make('button', { class: 'mute', 'aria-pressed': 'false', 'aria-label': `Mute ${name}` }, 'M');
    const bar = make('div', { class: 'bar' }, make('i', { class: 'rms' }), make('i', { class: 'peak' }));
    const now = make('output', { class: 'now' });
    const turned = make('div', { class: 'turned', 'aria-hidden': 'true' });
    const loudness = make('span', { class: 'loudness', title: 'integrated loudness, LUFS' });
    const keys = kind === 'master' ? make('span', { class: 'keys' }) : make('span', { class: 'keys' }, solo, mute);
    const gutter = make('div', { class: 'gutter' }, make('i', { class: 'ran', title: 're-rendered' }), label, keys, bar, now);
    gutter.append(turned, loudness);
    const canvas = make('canvas');
    const track = make('div', { class: 'track' }, canvas);
    const element = make('li', { class: `row lane is-${kind}` }, gutter, track);
    label.addEventListener('click', () => this.page.select(name));
    solo.addEventListener('click', () => this.page.toggle('solo', name));
    mute.addEventListener('click', () => this.page.toggle('mute', name));
    drag(track, { press: (share) => this.page.transport.seek(this.view.from + share * (this.view.to - this.view.from)) });
    return { name, kind, element, label, solo, mute, canvas, now, turned, loudness, rms: bar.children[0], peak: bar.children[1] };
  }

  fill(row, strip) {
    row.strip = strip;
    row.loudness.textContent = figure(strip.loudness);
    row.element.classList.toggle('fresh', strip.ran);
    const most = strip.reductions.map(({ effect, most }) => `${effect} ${figure(most)} dB at most`).join(', ');
    row.turned.title = most;
    row.turned.replaceChildren(...strip.reductions.slice(0, 4).map(() => make('i')), make('b'));
    row.turned.classList.toggle('none', !strip.reductions.length);
    row.label.title = strip.file ? `${strip.file}:${strip.line}` : strip.name;
  }

  mark(selected, solo, mute) {
    for (const row of this.rows) {
      row.element.classList.toggle('selected', row.name === selected);
      row.label.setAttribute('aria-current', String(row.name === selected));
      row.solo.setAttribute('aria-pressed', String(solo.has(row.name)));
      row.mute.setAttribute('aria-pressed', String(mute.has(row.name)));
      const silent = mute.has(row.name) || (solo.size > 0 && !solo.has(row.name) && row.kind !== 'master');
      row.element.classList.toggle('silent', silent);
    }
  }

  /** Chooses the strip above or below. */
  pick(way) {
    const at = this.rows.findIndex((row) => row.name === this.page.selected);
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, at < 0 ? 0 : at + way))];
    if (!row) return;
    this.page.select(row.name);
    row.label.focus();
    row.element.scrollIntoView({ block: 'nearest' });
  }

  visible() {
    return this.rows.filter((row) => this.seen.has(row.element));
  }

  bands() {
    const { sections, frames, changed } = this.render;
    const piece = (kind, from, to, name = '') => {
      const element = make('span', { class: kind }, name);
      element.style.left = `${(from / frames) * 100}%`;
      element.style.width = `${((to - from) / frames) * 100}%`;
      return element;
    };
    const bands = sections.map(({ name, from, to }) => piece('band', from, to, name));
    $('#overview .bands').replaceChildren(...bands, ...changed.map(([from, to]) => piece('diff', from, to)));
  }

  arrived() {
    this.draw();
    this.page.tick();
  }

  draw() {
    if (this.render) this.due ??= requestAnimationFrame(() => ((this.due = null), this.paint()));
  }

  paint() {
    const { view, render, sound } = this;
    const box = $('#overview .window');
    box.style.left = `${(view.from / view.frames) * 100}%`;
    box.style.width = `${((view.to - view.from) / view.frames) * 100}%`;
    box.hidden = view.to - view.from >= view.frames;
    const whole = { from: 0, to: view.frames, width: view.width };
    this.wave($('#overview canvas'), whole, sound, { tone: colour('quiet'), inner: colour('quiet') });
    drawRuler($('#ruler canvas'), view, render);
    const accent = { tone: colour('wave'), inner: colour('wave-rms') };
    this.wave($('#wave canvas'), view, sound, accent, true);
    this.shade();
    this.page.transport.drawLoop(this.page.player.loop);
    const tones = { tone: colour('lane'), inner: colour('lane-rms'), power: 0.45 };
    for (const row of this.visible()) if (row.canvas.clientWidth && row.strip.peaks) this.wave(row.canvas, view, row.strip, tones);
    this.page.tick();
  }

  /** Where this render differs from the last. */
  shade() {
    const wave = $('#wave');
    const { view } = this;
    for (const old of wave.querySelectorAll('.diff')) old.remove();
    if (this.page.shown() !== this.page.renders.at(-1)) return;
    for (const [from, to] of this.render.changed) {
      const [left, right] = [Math.max(0, view.x(from)), Math.min(view.width, view.x(to))];
      if (right <= left) continue;
      const mark = make('i', { class: 'diff' });
      Object.assign(mark.style, { left: `${left}px`, width: `${Math.max(2, right - left)}px` });
      wave.append(mark);
    }
  }

  wave(canvas, view, sound, tones, near = false) {
    const level = levelFor(view, devicePixelRatio || 1);
    const span = (view.to - view.from) / view.width;
    if (near && span < 200 && sound.source && view.to - view.from < 1 << 18) return this.samples(canvas, view, sound, tones);
    const peaks = this.data.peaks(sound.peaks, level);
    const meters = this.data.meters(sound.meters);
    if (!peaks.value || !meters.value) Promise.all([peaks.promise, meters.promise]).then((both) => both.every(Boolean) && this.arrived());
    drawWave(canvas, view, peaks.value, meters.value?.rms, tones);
  }

  /** Nearer than the finest peaks the samples themselves are drawn. */
  samples(canvas, view, sound, tones) {
    const from = Math.floor(view.from);
    const query = `from=${from}&n=${Math.ceil(view.to - from)}`;
    const kept = this.data.fetch(`pcm/${sound.source}?${query}`, (buffer) => {
      const all = new Float32Array(buffer);
      return [all.subarray(0, all.length / 2), all.subarray(all.length / 2)];
    });
    if (!kept.value) return void kept.promise.then((planes) => planes && this.draw());
    const peaks = peaksOf(kept.value, 0);
    const moved = { from: view.from - from, to: view.to - from, width: view.width };
    drawWave(canvas, moved, peaks, null, tones);
  }

  /** The playhead, an element moved by a transform; its words for those who do not see it. */
  head(frame) {
    const x = this.view.x(frame);
    const inside = x >= 0 && x <= this.view.width;
    for (const head of document.querySelectorAll('.cursor .head')) {
      head.style.transform = `translateX(${x.toFixed(1)}px)`;
      head.hidden = !inside;
    }
    const overview = $('#overview');
    $('.head', overview).style.transform = `translateX(${((frame / this.view.frames) * overview.clientWidth).toFixed(1)}px)`;
    const slider = $('#wave');
    slider.setAttribute('aria-valuemax', (this.render.frames / this.render.rate).toFixed(3));
    slider.setAttribute('aria-valuenow', (frame / this.render.rate).toFixed(3));
    slider.setAttribute('aria-valuetext', place(this.render, frame));
  }
}
