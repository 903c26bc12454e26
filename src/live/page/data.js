// Peaks and meter tracks, as the engine made them: fetched once, kept while a render names them.

/** Frames in a point of each level of peaks. */
export const LEVELS = [256, 1024, 4096, 16384];

export const SILENCE = -32768;

export class Data {
  constructor(base) {
    this.base = base;
    this.kept = new Map();
  }

  /** One level of peaks: points of low and high for each channel, from −1 to 1 when divided by `top`. */
  peaks(id, level) {
    return this.fetch(`peaks/${id}/${level}`, (buffer) => {
      const view = new DataView(buffer);
      const narrow = view.getUint32(4, true) & 1;
      const points = narrow ? new Int8Array(buffer, 24) : new Int16Array(buffer, 24);
      return {
        points,
        top: narrow ? 128 : 32768,
        span: view.getInt32(12, true),
        count: view.getUint32(16, true),
        channels: view.getUint32(20, true) || 1,
      };
    });
  }

  /** The meter tracks of a source, by name. */
  meters(id) {
    return this.fetch(`meters/${id}`, (buffer) => {
      const size = new DataView(buffer).getUint32(4, true);
      const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
      const body = new DataView(buffer, 8 + size);
      const tracks = {};
      let at = 0;
      for (const { name, every, count } of header.tracks) {
        const values = new Int16Array(count);
        for (let i = 0; i < count; i++, at += 2) values[i] = body.getInt16(at, true);
        tracks[name] = { every, values };
      }
      return tracks;
    });
  }

  fetch(path, read) {
    let kept = this.kept.get(path);
    if (!kept) {
      kept = { value: null };
      kept.promise = fetch(this.base + path)
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(path))))
        .then((buffer) => (kept.value = read(buffer)))
        .catch(() => (setTimeout(() => this.kept.delete(path), 1000), null));
      this.kept.set(path, kept);
    }
    return kept;
  }

  /** Lets go of what no render names any more. */
  keep(ids) {
    for (const path of this.kept.keys()) if (!ids.has(path.split(/[/?]/)[1])) this.kept.delete(path);
  }
}

/** The value of a track at a frame, in its unit; silence is −∞. */
export function read(track, frame) {
  if (!track?.values.length) return null;
  const index = Math.min(track.values.length - 1, Math.max(0, Math.floor(frame / track.every)));
  const value = track.values[index];
  return value === SILENCE ? -Infinity : value / 100;
}

/** The highest value of the frames before, for a peak that holds. */
export function held(track, frame, frames) {
  if (!track?.values.length) return null;
  const last = Math.min(track.values.length - 1, Math.floor(frame / track.every));
  let most = SILENCE;
  for (let i = Math.max(0, last - Math.floor(frames / track.every)); i <= last; i++) most = Math.max(most, track.values[i]);
  return most === SILENCE ? -Infinity : most / 100;
}
