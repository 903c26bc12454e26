// The transport: where it is heard, and the buttons and steps that move it.

import { $, barOf, figure, frameOf, make, pressed, sectionAt } from './words.js';

const STEP = 5; // seconds
const SOON = 0.7; // seconds after a section's start from which "back" means its start

export class Transport {
  constructor(page) {
    const { player, view } = page;
    Object.assign(this, { page, player });
    const tabs = new BroadcastChannel(page.base);
    tabs.onmessage = () => player.pause();
    const on = (id, act) => $(id).addEventListener('click', act);
    on('#play', () => {
      if (player.playing) return player.pause();
      tabs.postMessage('playing');
      player.play();
    });
    on('#stop', () => player.stop());
    on('#loop', () => this.loopSection());
    on('#follow', () => pressed('#follow', (view.follow = !view.follow)));
    on('#in', () => view.zoom(0.5, player.position()));
    on('#out', () => view.zoom(2, player.position()));
    on('#ask', () => $('#help').showModal());
    $('#volume').addEventListener('input', ({ target }) => {
      const off = Number(target.value) <= Number(target.min);
      player.volume(off ? 0 : 10 ** (target.value / 20));
      $('#level').textContent = off ? 'off' : figure(Number(target.value));
    });
  }

  seek(frame) {
    this.player.seek(frame);
    this.page.view.chase(frame);
  }

  step(way, bar) {
    const render = this.page.shown();
    const now = this.player.position();
    if (bar) this.seek(frameOf(render, Math.round(barOf(render, now) * 64) / 64 + way));
    else this.seek(now + way * STEP * render.rate);
  }

  section(way) {
    const { sections, rate, frames } = this.page.shown();
    const now = this.player.position();
    const starts = [0, ...sections.map((one) => one.from)];
    // Soon after a start, back is the one before it.
    const to = way > 0 ? starts.find((from) => from > now) : starts.findLast((from) => from < now - rate * SOON);
    this.seek(to ?? (way > 0 ? frames : 0));
  }

  jump(index) {
    const section = this.page.shown()?.sections[index];
    if (section) this.seek(section.from);
  }

  loop(range) {
    this.player.setLoop(range);
    this.drawLoop(this.player.loop);
  }

  loopSection() {
    const section = this.page.shown() && sectionAt(this.page.shown(), this.player.position());
    this.loop(this.player.loop ? null : section ? [section.from, section.to] : [0, this.page.shown()?.frames ?? 1]);
  }

  drawLoop(range) {
    pressed('#loop', Boolean(range));
    const { view } = this.page;
    for (const band of document.querySelectorAll('.cursor .loop')) {
      band.hidden = !range;
      if (!range) continue;
      const left = Math.max(0, view.x(range[0]));
      band.style.left = `${left}px`;
      band.style.width = `${Math.max(0, Math.min(view.width, view.x(range[1])) - left)}px`;
    }
  }

  sections(render) {
    if (this.listed === render) return;
    this.listed = render;
    const buttons = render.sections.map(({ name, from }) => {
      const button = make('button', {}, name);
      button.addEventListener('click', () => this.seek(from));
      return button;
    });
    $('#sections').replaceChildren(...buttons);
  }
}
