// The stretch of the song that is in sight, and the pointer on it.

const NEAREST = 64; // frames a pixel at most zoom

export class View extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { from: 0, to: 1, frames: 1, width: 800, follow: true });
  }

  /** Another render: the same stretch as far as it goes; the whole song stays the whole song. */
  fit(frames, move = (frame) => frame) {
    const whole = this.from === 0 && this.to === this.frames;
    this.frames = frames;
    if (whole) Object.assign(this, { from: 0, to: frames });
    else this.show(move(this.from), move(this.to));
    this.tell();
  }

  show(from, to) {
    const least = Math.min(this.frames, NEAREST * this.width);
    const span = Math.min(this.frames, Math.max(least, to - from));
    this.from = Math.max(0, Math.min(from, this.frames - span));
    this.to = this.from + span;
    this.tell();
  }

  zoom(factor, around) {
    const from = around - (around - this.from) * factor;
    this.show(from, from + (this.to - this.from) * factor);
  }

  pan(frames) {
    this.show(this.from + frames, this.to + frames);
  }

  /** Turns the page when the playhead leaves it. */
  chase(frame) {
    if (!this.follow || (frame >= this.from && frame < this.to)) return;
    const span = this.to - this.from;
    if (span < this.frames) this.show(frame - span * 0.02, frame + span * 0.98);
  }

  x(frame) {
    return ((frame - this.from) / (this.to - this.from)) * this.width;
  }

  frame(x) {
    return this.from + (x / this.width) * (this.to - this.from);
  }

  tell() {
    this.dispatchEvent(new Event('change'));
  }
}

/** Calls back with the share of the width, from 0 to 1, at which a pointer is pressed, dragged and let go. */
export function drag(element, { press, move, release }) {
  const share = (event) => {
    const box = element.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    const start = share(event);
    press?.(start);
    const moved = (next) => move?.(start, share(next));
    const done = (last) => {
      element.removeEventListener('pointermove', moved);
      release?.(start, share(last));
    };
    element.addEventListener('pointermove', moved);
    element.addEventListener('pointerup', done, { once: true });
  });
}

/** Wheel with Ctrl, or a pinch, zooms at the pointer; a sideways wheel pans. */
export function wheel(element, view) {
  const turn = (event) => {
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      view.zoom(Math.exp(event.deltaY * 0.004), view.frame(event.offsetX));
    } else if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      view.pan((sideways / view.width) * (view.to - view.from));
    } else return;
    event.preventDefault();
  };
  element.addEventListener('wheel', turn, { passive: false });
}
