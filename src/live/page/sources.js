// What is to be heard: of two renders one, its master or its mix, or what solo and mute left of it.

const level = (sound) => sound?.loudness ?? null;

export class Choice {
  constructor(words) {
    const names = (key) => new Set((words.get(key) ?? '').split(',').filter(Boolean).map(decodeURIComponent));
    this.solo = names('solo');
    this.mute = names('mute');
    this.side = words.get('side') === 'a' ? 'a' : 'b';
    this.point = words.get('point') === 'mix' ? 'mix' : 'master';
    this.equal = words.get('equal') !== 'off';
    this.compared = false; // mix and master, since this render came
    this.answer = null; // the server's, to solo and mute
  }

  /** As it stands in the address: survives a reload. */
  words() {
    const list = (names) => [...names].map(encodeURIComponent).join(',');
    const words = [];
    if (this.solo.size) words.push(`solo=${list(this.solo)}`);
    if (this.mute.size) words.push(`mute=${list(this.mute)}`);
    if (this.side === 'a') words.push('side=a');
    if (this.point === 'mix') words.push('point=mix');
    if (!this.equal) words.push('equal=off');
    return words.join('&');
  }

  get partial() {
    return this.solo.size + this.mute.size > 0;
  }

  /** The render that is chosen. */
  render(renders) {
    return this.side === 'a' && renders.length > 1 && !this.partial ? renders.at(-2) : renders.at(-1);
  }

  sound(renders) {
    return this.render(renders)?.[this.partial ? 'master' : this.point];
  }

  /** What the player is to play; null while the server still mixes what was asked for. */
  source(renders) {
    const render = this.render(renders);
    if (!render) return null;
    const { rate, frames } = render;
    if (!this.partial) return { id: this.sound(renders).source, gain: 10 ** (this.trim(renders) / 20), rate, frames };
    const { answer } = this;
    const ready = answer?.source && answer.render === render.number;
    return ready ? { id: answer.source, gain: 1, rate, frames } : null;
  }

  /** dB that are taken out of the louder of what is compared; never positive. */
  trim(renders) {
    if (!this.equal || this.partial) return 0;
    const heard = level(this.sound(renders));
    const points = this.compared ? ['mix', 'master'] : [this.point];
    const others = renders.slice(-2).flatMap((render) => points.map((point) => level(render[point])));
    const levels = others.filter((one) => one !== null && one > -70);
    return heard === null || !levels.length ? 0 : Math.min(0, Math.min(...levels) - heard);
  }

  /** What is heard instead of the render. */
  told(render) {
    const { solo, mute, answer } = this;
    const count = render.strips.filter((strip) => strip.kind !== 'master').length;
    const what = solo.size
      ? `${solo.size} of ${count} strips, before groups and master: not the render`
      : `without ${[...mute].join(', ')}: not the render`;
    if (answer?.why && !answer.source) return `${what}. It failed: ${answer.why}`;
    return answer?.source && answer.render === render.number ? what : `${what}. Rendering it; the sound before plays on`;
  }

  toggle(kind, name) {
    if (!this[kind].delete(name)) this[kind].add(name);
    this.answer = null;
  }

  clear() {
    this.solo.clear();
    this.mute.clear();
    this.answer = null;
  }

  /** Is this the answer to what is asked for now? */
  fits({ strips, mute }) {
    const same = (names, wish) => names.length === wish.size && names.every((name) => wish.has(name));
    return same(strips, this.solo) && (!mute || same(mute, this.mute));
  }
}
