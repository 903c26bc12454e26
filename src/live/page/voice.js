// What sounds: blocks fetched from the server, each started at an exact frame of the audio context's clock.
//
// Two kinds of frames: a frame of the clock counts the context's samples and never jumps, a frame of the song is
// where that falls in the source. A span says how the one becomes the other from some clock frame on.

const FADE = 0.02; // of a crossfade: old and new are nearly the same signal, so linear sums to 0 dB
const EDGE = 96; // frames over which a loop's seam is faded
const KEPT = 24; // blocks kept in memory

// A ten-thousandth of a frame late, so that rounding never falls below the frame: the browser would interpolate.
export const clockTime = (frame, rate) => (frame + 1e-4) / rate;

/** Where a clock frame falls in the song. */
export function songFrame(span, frame) {
  const at = span.song + frame - span.clock;
  const loop = span.loop;
  if (!loop || span.song >= loop[1] || at < loop[1]) return at;
  return loop[0] + ((at - loop[1]) % (loop[1] - loop[0]));
}

/** Blocks of one server, fetched on a grid so that the browser's cache serves them again. */
export class Blocks {
  constructor(base) {
    this.base = base;
    this.kept = new Map();
  }

  get(id, index, size) {
    const key = `${id} ${index} ${size}`;
    let block = this.kept.get(key);
    this.kept.delete(key);
    block ??= this.load(id, index, size).catch((error) => {
      this.kept.delete(key);
      throw error;
    });
    this.kept.set(key, block);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return block;
  }

  async load(id, index, size) {
    const answer = await fetch(`${this.base}pcm/${id}?from=${index * size}&n=${size}`);
    if (!answer.ok) throw new Error(`no sound of ${id}: ${answer.status}`);
    const all = new Float32Array(await answer.arrayBuffer());
    return [all.subarray(0, all.length / 2), all.subarray(all.length / 2)];
  }
}

/** One source as it sounds, with a gain of its own; works in any context, an offline one too. */
export class Voice {
  constructor(context, id, gain, output) {
    Object.assign(this, { context, id, gain, next: 0, ended: false, sources: new Set() });
    this.node = new GainNode(context, { gain: 0 });
    this.node.connect(output);
  }

  /** Starts planar samples at a frame of the clock; `seam` says which ends are seams of a loop. */
  put(planes, frame, seam = {}) {
    const { context } = this;
    const length = planes[0].length;
    if (!length) return;
    const buffer = context.createBuffer(2, length, context.sampleRate);
    planes.forEach((plane, channel) => {
      buffer.copyToChannel(plane, channel);
      const own = buffer.getChannelData(channel);
      const edge = Math.min(EDGE, length);
      for (let i = 0; i < edge; i++) {
        if (seam.start) own[i] *= i / edge;
        if (seam.end) own[length - 1 - i] *= i / edge;
      }
    });
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.node);
    source.onended = () => this.sources.delete(source);
    this.sources.add(source);
    source.start(clockTime(frame, context.sampleRate));
    this.next = frame + length;
  }

  fadeIn(time, length = FADE) {
    this.node.gain.setValueAtTime(0, time).linearRampToValueAtTime(this.gain, time + length);
  }

  fadeOut(time, length = FADE) {
    this.node.gain.setValueAtTime(this.gain, time).linearRampToValueAtTime(0, time + length);
    this.end(time, length);
  }

  /** Stops what is scheduled once a fade that begins at `time` is over. */
  end(time, length = FADE) {
    this.ended = true;
    for (const source of this.sources) source.stop(time + length + 0.005);
    const wait = (time + length - this.context.currentTime) * 1000 + 100;
    setTimeout(() => this.node.disconnect(), Math.max(0, wait));
  }
}
