// The player: `swap` is its only verb, and whatever changes what is heard goes through it.

import { Blocks, Voice, clockTime, songFrame } from './voice.js';

const LEAD = 0.06; // from the wish to the crossfade: time to fetch a block
const MIN_LEAD = 0.03; // a start nearer than this may be late
const SETTLED = 0.03; // a crossfade is over
const AHEAD = 3; // seconds that are scheduled
const PAUSE = 0.01; // the fade of a pause

const chain = (first, second) => (first && second ? (frame) => second(first(frame)) : (first ?? second));

export class Player extends EventTarget {
  constructor(base) {
    super();
    this.blocks = new Blocks(base);
    this.context = null;
    this.output = null; // what is played, before the volume: tests listen here
    this.voice = null;
    this.voices = new Set();
    this.spans = [];
    this.want = null;
    this.busy = null;
    this.coming = undefined; // a seek that is under way
    this.playing = false;
    this.rest = 0; // the song frame where it is paused
    this.level = 1;
    this.loop = null;
    this.source = null; // { id, gain, rate, frames }: what sounds, or would
    setInterval(() => this.fill(), 250);
  }

  get rate() {
    return this.source?.rate ?? 48000;
  }

  clock() {
    return Math.round(this.context.currentTime * this.rate);
  }

  span(frame) {
    return this.spans.findLast((span) => span.clock <= frame) ?? this.spans[0];
  }

  /** The song frame that is heard now. */
  position() {
    if (!this.playing || !this.voice) return this.want?.seek ?? this.rest;
    if (this.want?.seek !== undefined) return this.want.seek;
    if (this.coming !== undefined) return this.coming;
    const late = (this.context.outputLatency || 0) * this.rate;
    const frame = this.clock() - late;
    return Math.min(songFrame(this.span(frame), Math.max(frame, this.spans[0].clock)), this.source.frames);
  }

  /** Sets what is heard; `move` carries a frame of what was heard before to this source. */
  swap(source, { seek, move } = {}) {
    if (!this.playing) {
      if (this.context && this.source && this.source.rate !== source.rate) this.drop();
      this.source = source;
      this.rest = Math.min(seek ?? (move ? move(this.rest) : this.rest), source.frames);
      this.tell();
      return Promise.resolve();
    }
    // A wish that was not begun yet hands its seek and its tempo on to the later one.
    const earlier = this.want;
    const carried = earlier?.seek === undefined || !move ? earlier?.seek : move(earlier.seek);
    this.want = { source, seek: seek ?? carried, move: chain(earlier?.move, move) };
    this.busy ??= this.run().finally(() => (this.busy = null));
    return this.busy;
  }

  seek(frame) {
    const source = this.want?.source ?? this.source;
    if (source) this.swap(source, { seek: Math.max(0, Math.min(Math.round(frame), source.frames - 1)) });
    this.tell();
  }

  setLoop(loop) {
    this.loop = loop && loop.map(Math.round);
    const source = this.want?.source ?? this.source;
    if (this.playing && source) this.swap(source);
    this.tell();
  }

  async play() {
    if (this.playing || !this.source) return;
    this.playing = true;
    this.tell();
    this.open();
    // Without a gesture the browser leaves the promise open: then the button goes on saying "play".
    await Promise.race([this.context.resume(), new Promise((done) => setTimeout(done, 400))]);
    if (!this.playing) return;
    if (this.context.state !== 'running') return this.halt(this.rest);
    const over = this.rest >= this.source.frames - 1;
    if (!this.want) await this.swap(this.source, { seek: over ? (this.loop?.[0] ?? 0) : this.rest });
  }

  async pause() {
    if (!this.playing) return;
    this.rest = Math.round(this.position());
    this.playing = false;
    this.want = null;
    this.hush();
    this.tell();
    await new Promise((done) => setTimeout(done, 40));
    if (!this.playing) await this.context?.suspend();
  }

  stop() {
    this.pause();
    this.rest = this.loop?.[0] ?? 0;
    this.tell();
  }

  volume(level) {
    this.level = level;
    this.dial?.gain.setTargetAtTime(level, this.context.currentTime, 0.01);
  }

  open() {
    if (this.context) return;
    this.context = new AudioContext({ sampleRate: this.rate, latencyHint: 'interactive' });
    this.output = new GainNode(this.context);
    this.gate = new GainNode(this.context);
    this.dial = new GainNode(this.context, { gain: this.level });
    this.gate.connect(this.output).connect(this.dial).connect(this.context.destination);
    this.dispatchEvent(new Event('open'));
  }

  /** Another rate needs another context. */
  drop() {
    this.hush();
    const old = this.context;
    this.context = this.output = this.gate = this.dial = null;
    setTimeout(() => old.close(), 60);
  }

  /** Fades out and lets go of all that is scheduled. */
  hush() {
    if (this.voice) {
      const time = this.context.currentTime + 0.005;
      this.gate.gain.setValueAtTime(1, time).linearRampToValueAtTime(0, time + PAUSE);
      for (const voice of this.voices) voice.end(time, PAUSE);
    }
    this.voice = null;
    this.voices.clear();
    this.spans = [];
    this.coming = undefined;
  }

  tell() {
    this.dispatchEvent(new Event('change'));
  }

  /** The latest wish wins, and one crossfade runs at a time. */
  async run() {
    while (this.want && this.playing) {
      const wish = this.want;
      const { source } = wish;
      this.want = null;
      this.coming = wish.seek;
      if (this.context.sampleRate !== source.rate) this.reopen(wish);
      const old = this.voice;
      const at = this.clock() + Math.ceil((old ? LEAD : MIN_LEAD) * source.rate);
      const song = Math.round(wish.seek ?? this.carried(at, wish.move));
      const head = await this.fetch(source.id, song).catch(() => null);
      if (!this.playing) return;
      // What came late begins later, as much further on.
      const start = Math.max(at, this.clock() + Math.ceil(MIN_LEAD * source.rate));
      const begins = wish.seek === undefined && old ? Math.round(this.carried(start, wish.move)) : song;
      const skip = begins - song;
      if (!head || skip < 0 || (skip && skip > head[0].length / 2)) {
        // The fetch failed or came far too late: what sounds goes on.
        if (head) this.want ??= { source };
        else this.dispatchEvent(new Event('failed'));
        if (this.want) this.want.move = chain(wish.move, this.want.move);
        else if (!old) this.halt(song);
        this.coming = undefined;
        continue;
      }
      if (!head[0].length) {
        this.source = source;
        return this.halt(source.frames); // shorter than the place
      }
      this.begin(source, start, begins, head.map((plane) => plane.subarray(skip)));
      await this.until(start + Math.ceil(SETTLED * source.rate));
      this.coming = undefined;
      this.voices.delete(old);
    }
  }

  /** A new context for another rate; what was heard gives the place. */
  reopen(wish) {
    const song = this.position();
    wish.seek ??= wish.move ? wish.move(song) : song;
    this.drop();
    this.source = wish.source;
    this.open();
  }

  /** Where in the new source the clock frame falls. */
  carried(at, move) {
    const song = this.voice ? songFrame(this.span(at), at) : this.rest;
    return move ? move(song) : song;
  }

  /** Crossfades to a source at a frame of the clock. */
  begin(source, start, song, planes) {
    const voice = new Voice(this.context, source.id, source.gain, this.gate);
    voice.span = { clock: start, song, loop: this.loop && song < this.loop[1] ? this.loop : null };
    voice.next = start;
    this.place(voice, planes);
    const time = clockTime(start, source.rate);
    voice.fadeIn(time);
    if (this.voice) this.voice.fadeOut(time);
    else this.gate.gain.cancelScheduledValues(0).setValueAtTime(1, time);
    this.spans = [...this.spans.slice(-1), voice.span];
    this.voice = voice;
    this.voices.add(voice);
    this.source = source;
    this.fill();
    this.dispatchEvent(new CustomEvent('swap', { detail: { id: source.id, at: start, song } }));
    this.tell();
  }

  /** Nothing is there to play: rests at the place. */
  halt(frame) {
    this.playing = false;
    this.want = null;
    this.hush();
    this.rest = frame;
    this.tell();
  }

  async until(frame) {
    while (this.playing && this.context && this.clock() < frame) {
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  /** What follows a song frame: the rest of its block, and the next where that is short. */
  async fetch(id, song) {
    const size = this.rate / 2;
    const index = Math.floor(song / size);
    const skip = song - index * size;
    const both = [this.blocks.get(id, index, size)];
    if (skip > size / 2) both.push(this.blocks.get(id, index + 1, size));
    const [one, two] = await Promise.all(both);
    const parts = [0, 1].map((channel) => one[channel].subarray(skip));
    if (!two || !two[0].length) return parts;
    return parts.map((part, channel) => {
      const joined = new Float32Array(part.length + two[channel].length);
      joined.set(part);
      joined.set(two[channel], part.length);
      return joined;
    });
  }

  /** Puts samples at the voice's next frame, cut at the end of its loop. */
  place(voice, planes) {
    const { loop } = voice.span;
    const song = songFrame(voice.span, voice.next);
    const room = loop && song < loop[1] ? loop[1] - song : Infinity;
    const cut = planes.map((plane) => plane.subarray(0, room));
    const wrapped = loop && song === loop[0] && voice.next > voice.span.clock;
    voice.put(cut, voice.next, { start: wrapped, end: cut[0].length === room });
  }

  /** Schedules the next seconds of the voice that sounds. */
  async fill() {
    const { voice } = this;
    if (!voice || voice.filling) return;
    voice.filling = true;
    try {
      while (this.playing && !voice.ended && voice.next < this.clock() + AHEAD * this.rate) {
        const planes = await this.fetch(voice.id, songFrame(voice.span, voice.next));
        if (voice.ended || voice !== this.voice) return;
        if (!planes[0].length) {
          if (this.clock() >= voice.next && !this.want) this.halt(this.source.frames);
          return;
        }
        if (voice.next < this.clock()) voice.next = this.clock() + Math.ceil(MIN_LEAD * this.rate); // starved: go on
        this.place(voice, planes);
      }
    } catch {
      // The server is away: what was fetched plays on, the next tick asks again.
    } finally {
      voice.filling = false;
    }
  }
}
