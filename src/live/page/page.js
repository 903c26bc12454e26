// The page: what the server tells and what the hand does, wired to the player and to what is drawn.

import { showChange, showError, showNeeds, showPlot, showTrim } from './cards.js';
import { Data } from './data.js';
import { listen } from './keys.js';
import { Lanes } from './lanes.js';
import { Link } from './link.js';
import { Meters } from './meters.js';
import { Player } from './player.js';
import { Choice } from './sources.js';
import { Transport } from './transport.js';
import { View } from './view.js';
import { $, beat, carry, clock, pressed } from './words.js';

const base = new URL('.', location.href).pathname;
const PATIENCE = 100; // ms that drawing waits for the sound
const swapped = (player) => new Promise((done) => {
  player.addEventListener('swap', done, { once: true });
  setTimeout(done, PATIENCE);
});
const kept = JSON.parse(sessionStorage.getItem('place') ?? 'null');

class Page {
  constructor() {
    this.base = base;
    this.player = new Player(base);
    this.data = new Data(base);
    this.view = new View();
    this.choice = new Choice(new URLSearchParams(location.hash.slice(1).replaceAll('%2C', '%252C')));
    this.lanes = new Lanes(this, this.view, this.data);
    this.meters = new Meters(this, this.data);
    this.link = new Link(base);
    this.renders = [];
    this.state = 'connecting';
    this.selected = null;
    this.heard = null; // the render whose sound the player was given last
    this.player.addEventListener('change', () => this.tick());
    this.player.addEventListener('failed', () => (this.given = null)); // asked for again when the server is back
    this.link.addEventListener('message', ({ detail }) => this.told(detail));
    this.link.addEventListener('lost', () => this.status('disconnected'));
    this.transport = new Transport(this);
    this.buttons();
    listen(this);
    addEventListener('pagehide', () => this.keep());
  }

  buttons() {
    const on = (id, act) => $(id).addEventListener('click', act);
    on('#side-a', () => this.compare('a'));
    on('#side-b', () => this.compare('b'));
    on('#point-mix', () => this.point('mix'));
    on('#point-master', () => this.point('master'));
    on('#equal', () => {
      this.choice.equal = !this.choice.equal;
      this.choose();
    });
    on('#clear', () => {
      this.choice.clear();
      this.listen();
    });
  }

  // What the server tells.

  told(message) {
    const { type } = message;
    if (type === 'hello') this.hello(message);
    else if (type === 'rendering') this.status('rendering', message.fraction);
    else if (type === 'render') this.rendered(message.render);
    else if (type === 'error') this.failed(message.error);
    else if (type === 'healed') this.healed();
    else if (type === 'solo') this.answered(message);
  }

  hello({ build, state, fraction, renders, error }) {
    if (this.build && this.build !== build) return location.reload(); // keeps its place as it goes
    this.build = build;
    const last = renders.at(-1);
    const known = this.renders.at(-1);
    if (last && known?.master.source === last.master.source) {
      // A server that began anew forgot what was before: the page did not.
      this.renders = [...(renders.length > 1 ? renders : this.renders).slice(0, -1), last];
      this.choose();
      if (this.choice.partial) this.ask();
    } else if (last) {
      this.renders = renders.slice(0, -1);
      this.rendered(last);
    }
    this.empty();
    if (error) this.failed(error);
    else this.healed();
    if (state === 'rendering') this.status('rendering', fraction);
  }

  async rendered(render) {
    const first = !this.renders.length;
    this.renders = [...this.renders.slice(-1), render];
    this.choice.compared = false;
    this.status('ready');
    this.hear();
    // The sound comes first: until it is under way nothing is drawn that could keep it waiting.
    if (this.player.busy) await swapped(this.player);
    if (render !== this.renders.at(-1)) return;
    const sounds = this.renders.flatMap(({ master, mix, strips }) => [master, mix, ...strips]);
    this.data.keep(new Set(sounds.flatMap((sound) => [sound.source, sound.peaks, sound.meters])));
    if (this.state !== 'error') showError(null);
    showChange(render, this.renders.at(-2));
    this.empty();
    this.choose();
    this.select(this.selected ?? render.strips.at(-1)?.name);
    if (this.choice.partial) this.ask();
    if (first && kept) this.player.seek(kept.frame);
    if (first && kept?.playing) this.player.play();
  }

  failed(error) {
    const sounding = this.renders.at(-1);
    showError(error, sounding ? `still ${this.player.playing ? 'playing' : 'on'} render ${sounding.number}` : 'no render yet');
    this.status('error');
  }

  healed() {
    showError(null);
    this.status('ready');
  }

  answered(message) {
    if (!this.choice.partial || !this.choice.fits(message)) return;
    this.choice.answer = message;
    this.choose();
  }

  status(state, fraction) {
    this.state = state;
    const words = { ready: 'up to date', rendering: `rendering ${Math.round((fraction ?? 0) * 100)} %` };
    $('#state').dataset.state = state;
    $('#state b').textContent = words[state] ?? state;
    this.title();
  }

  empty() {
    const none = !this.renders.length;
    document.body.classList.toggle('none', none);
    $('#empty').hidden = !none;
    $('#empty p').textContent = 'No render yet. It appears here, and can be heard, as soon as the script renders.';
  }

  title() {
    const render = this.shown();
    const word = $('#state b').textContent;
    $('#title').textContent = render?.title ?? 'mixwright';
    const what = this.player.playing ? 'playing' : 'paused';
    $('#sounding').textContent = render ? `${what} render ${render.number}` : '';
    document.title = render ? `${render.title}: ${what} ${render.number}, ${word}` : `mixwright: ${word}`;
  }

  // What is heard.

  /** The render that sounds, and that is therefore drawn. */
  shown() {
    return this.choice.render(this.renders);
  }

  /** Gives the player what is chosen, if it is another sound, or at another place. */
  hear() {
    const render = this.shown();
    const source = this.choice.source(this.renders);
    if (!source) return;
    const move = carry(this.heard, render);
    this.heard = render;
    if (move && this.player.loop) this.player.loop = this.player.loop.map(move);
    if (move || this.given?.id !== source.id || this.given.gain !== source.gain) this.player.swap(source, { move });
    this.given = source;
  }

  /** Brings player and page to what is chosen now. */
  choose() {
    const { choice, renders } = this;
    const render = this.shown();
    if (!render) return;
    this.hear();
    const sound = choice.sound(renders);
    if (this.drawn !== render) this.view.fit(render.frames, carry(this.drawn, render));
    this.drawn = render;
    this.lanes.show(render, sound);
    this.transport.sections(render);
    this.buttonsFor(render);
    const label = choice.partial ? 'master' : choice.point;
    this.meters.show(render, sound, label);
    $('#legend').textContent = `${label} ${render.number}`;
    this.meters.choose(render.strips.find((strip) => strip.name === this.selected));
    showNeeds(render);
    const other = renders.length > 1 ? renders.at(render === renders.at(-1) ? -2 : -1)[label].source : null;
    showPlot(base, 'loudness', sound.source, other);
    showPlot(base, 'spectrum', sound.source, null);
    const words = choice.words();
    history.replaceState(null, '', words ? `#${words}` : location.pathname);
    this.title();
    this.tick();
  }

  buttonsFor(render) {
    const { choice, renders } = this;
    const b = renders.at(-1);
    pressed('#side-a', render !== b);
    pressed('#side-b', render === b);
    pressed('#point-mix', !choice.partial && choice.point === 'mix');
    pressed('#point-master', !choice.partial && choice.point === 'master');
    pressed('#equal', choice.equal);
    $('#side-a').disabled = renders.length < 2 || choice.partial;
    for (const id of ['#side-b', '#point-mix', '#point-master']) $(id).disabled = choice.partial;
    $('#side-a').textContent = renders.length > 1 ? `A ${renders.at(-2).number}` : 'A';
    $('#side-b').textContent = `B ${b.number}`;
    showTrim(render === b ? 'B' : 'A', choice.trim(renders));
    this.lanes.mark(this.selected, choice.solo, choice.mute);
    $('#listening').hidden = !choice.partial;
    if (choice.partial) $('#listening span').textContent = choice.told(render);
  }

  comparable() {
    return this.renders.length > 1 && !this.choice.partial;
  }

  compare(side) {
    if (!this.comparable()) return;
    this.choice.side = side;
    this.choose();
  }

  flip() {
    this.compare(this.choice.side === 'a' ? 'b' : 'a');
  }

  point(point) {
    if (this.choice.partial) return;
    Object.assign(this.choice, { point, compared: true });
    this.choose();
  }

  bypass() {
    this.point(this.choice.point === 'mix' ? 'master' : 'mix');
  }

  toggle(kind, name) {
    if (name === 'master') return;
    this.choice.toggle(kind, name);
    this.listen();
  }

  listen() {
    this.choose();
    this.ask();
  }

  ask() {
    this.link.send({ type: 'listen', solo: [...this.choice.solo], mute: [...this.choice.mute] });
  }

  // What is in sight.

  select(name) {
    this.selected = name;
    const strip = this.shown()?.strips.find((one) => one.name === name);
    this.meters.choose(strip);
    this.lanes.mark(name, this.choice.solo, this.choice.mute);
    this.tick();
  }

  /** Draws playhead and meters; again and again only while it plays. */
  tick() {
    const { player } = this;
    document.body.classList.toggle('playing', player.playing);
    $('#play').setAttribute('aria-label', player.playing ? 'Pause' : 'Play');
    $('#play span').textContent = player.playing ? 'pause' : 'play';
    this.title();
    this.due ??= requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.due = null;
    const render = this.shown();
    if (!render || !this.lanes.render) return;
    const at = this.player.position();
    if (this.player.playing) this.view.chase(at);
    this.lanes.head(at);
    this.meters.draw(at, this.lanes);
    $('#time').textContent = clock(at / render.rate);
    $('#beat').textContent = beat(render, at);
    if (this.player.playing) this.due ??= requestAnimationFrame(() => this.frame());
  }

  keep() {
    const place = { frame: Math.round(this.player.position()), playing: this.player.playing };
    sessionStorage.setItem('place', JSON.stringify(place));
  }
}

export const page = new Page();
