// Waveforms on canvas: drawn once for each zoom, size, render and theme, never for each frame.

import { LEVELS, SILENCE } from './data.js';

/** The canvas at the size of its box and the screen's resolution, cleared. */
export function sheet(canvas) {
  const ratio = devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height, ratio };
}

const probe = document.body.appendChild(document.createElement('i'));
probe.hidden = true;

/** A colour of the sheet as the theme has it now. */
export function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** The level whose points are no wider than a pixel of the screen. */
export function levelFor(view, ratio) {
  const span = (view.to - view.from) / view.width / ratio;
  return Math.max(0, LEVELS.findLastIndex((frames) => frames <= span));
}

/** Low and high for each column of the sheet, both channels in one. */
function columns(peaks, view, count) {
  const low = new Float32Array(count);
  const high = new Float32Array(count);
  const { points, channels, span, top } = peaks;
  const step = (view.to - view.from) / count;
  for (let x = 0; x < count; x++) {
    const first = Math.floor((view.from + x * step) / span);
    const last = Math.min(peaks.count - 1, Math.max(first, Math.ceil((view.from + (x + 1) * step) / span) - 1));
    let [least, most] = first < peaks.count ? [Infinity, -Infinity] : [0, 0];
    for (let i = first * channels * 2; i < (last + 1) * channels * 2; i += 2) {
      least = Math.min(least, points[i]);
      most = Math.max(most, points[i + 1]);
    }
    low[x] = least / top;
    high[x] = most / top;
  }
  return { low, high };
}

function outline(pen, low, high, width, middle, reach) {
  const step = width / low.length;
  const y = (value) => middle - value * reach;
  pen.beginPath();
  for (let i = 0; i < high.length; i++) pen.lineTo((i + 0.5) * step, y(high[i]) - 0.35);
  for (let i = low.length - 1; i >= 0; i--) pen.lineTo((i + 0.5) * step, y(low[i]) + 0.35);
  pen.fill();
}

/** The highest RMS of each column as a height. */
function powers(track, view, count) {
  const step = (view.to - view.from) / count;
  return Float32Array.from({ length: count }, (_, x) => {
    const first = Math.floor((view.from + x * step) / track.every);
    const last = Math.max(first, Math.ceil((view.from + (x + 1) * step) / track.every) - 1);
    let most = SILENCE;
    for (let i = first; i <= last && i < track.values.length; i++) most = Math.max(most, track.values[i]);
    return most === SILENCE ? 0 : 10 ** (most / 2000);
  });
}

// Quiet strips are to be seen beside loud ones: lanes bend the scale, the master's is straight.
const bend = (power) => (value) => Math.sign(value) * Math.abs(value) ** power;

/** Peaks with the RMS inside. */
export function drawWave(canvas, view, peaks, rms, { tone, inner, power = 1 }) {
  const { pen, width, height, ratio } = sheet(canvas);
  if (!peaks || !width) return;
  const count = Math.max(1, Math.round(width * ratio));
  const middle = height / 2;
  const reach = middle - 1;
  const shape = power === 1 ? (value) => value : bend(power);
  const { low, high } = columns(peaks, view, count);
  pen.fillStyle = tone;
  outline(pen, low.map(shape), high.map(shape), width, middle, reach);
  if (!rms) return;
  const heights = powers(rms, view, count);
  const up = heights.map((value, i) => Math.min(shape(value), Math.max(0, shape(high[i]))));
  const down = heights.map((value, i) => Math.max(-shape(value), Math.min(0, shape(low[i]))));
  pen.fillStyle = inner;
  outline(pen, down, up, width, middle, reach);
}

/** Samples as peaks, for stretches that are nearer than the first level. */
export function peaksOf([left, right], from) {
  const span = Math.max(1, Math.ceil(left.length / 4096));
  const lead = Math.floor(from / span);
  const count = lead + Math.ceil(left.length / span);
  const points = new Float32Array(count * 4);
  for (let i = 0; i < left.length; i++) {
    const at = (lead + Math.floor(i / span)) * 4;
    const fresh = i % span === 0;
    points[at] = fresh ? left[i] : Math.min(points[at], left[i]);
    points[at + 1] = fresh ? left[i] : Math.max(points[at + 1], left[i]);
    points[at + 2] = fresh ? right[i] : Math.min(points[at + 2], right[i]);
    points[at + 3] = fresh ? right[i] : Math.max(points[at + 3], right[i]);
  }
  return { points, top: 1, span, count, channels: 2 };
}

/** Bars as ticks, numbered where there is room, with the sections' names as flags. */
export function drawRuler(canvas, view, render) {
  const { pen, width, height } = sheet(canvas);
  const { bars, sections } = render;
  pen.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
  pen.textBaseline = 'alphabetic';
  const each = bars.length > 1 ? (view.x(bars.at(-1).at) - view.x(bars[0].at)) / (bars.length - 1) : width;
  const every = [1, 2, 4, 8, 16, 32, 64, 128].find((count) => each * count >= 34) ?? 256;
  const fine = [1, 2, 4, 8, 16, 32, 64].find((count) => each * count >= 5) ?? 256;
  bars.forEach(({ at, beats }, i) => {
    const x = Math.round(view.x(at)) + 0.5;
    if (x < -60 || x > width + 60) return;
    const numbered = i % every === 0;
    pen.fillStyle = colour(numbered ? 'dim' : 'edge');
    if (i % fine === 0) pen.fillRect(x - 0.5, height - (numbered ? 9 : 5), 1, 9);
    if (numbered) pen.fillText(i + 1, x + 3.5, height - 3);
    if (each < 90) return;
    pen.fillStyle = colour('edge');
    for (let b = 1; b < beats; b++) pen.fillRect(Math.round(x + (each * b) / beats), height - 3, 1, 3);
  });
  for (const { name, from, to } of sections) {
    const [left, right] = [Math.max(0, view.x(from)), Math.min(width, view.x(to))];
    if (right <= left) continue;
    pen.fillStyle = colour('edge');
    if (view.x(from) >= 0) pen.fillRect(Math.round(left), 0, 1, height);
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, right - left - 4, 15);
    pen.clip();
    pen.fillStyle = colour('text');
    pen.fillText(name, left + 5, 11);
    pen.restore();
  }
}
