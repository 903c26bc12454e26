"""The stems' sounds, from fixed seeds: drums, basses, plucked and sustained notes, phrases, a little hiss."""

import numpy as np

RATE = 48_000
BEAT = 0.5
SCALE = [0, 3, 5, 7, 10, 12]
# A preamp's noise; it also keeps rivals out of denormal numbers, which would be another contest.
HISS = np.float32(2e-5)


def stem(name, seed, channels, frames):
    """One stem, with its peak at -6 dBFS; the sides of a stereo one are alike in part."""
    rng = np.random.default_rng(1000 + seed)
    sound = np.stack([channel(name, frames, rng) for _ in range(channels)], 1)
    if channels == 2:
        sound = 0.6 * sound + 0.6 * sound.mean(1, keepdims=True)
    return sound * (0.5 / np.abs(sound).max())


def response():
    """Two seconds of falling noise with a peak of 0.9, and the gain that brings it to unit energy."""
    rng = np.random.default_rng(7)
    frames = 2 * RATE
    tail = rng.standard_normal((frames, 2)) * np.exp(-6.9 * np.arange(frames) / frames)[:, None]
    tail /= np.sqrt((tail**2).sum(0).mean())
    peak = np.abs(tail).max()
    return (tail * 0.9 / peak).astype(np.float32), peak / 0.9


def placed(frames, rng, shot, period, jitter=0.0, probability=1.0):
    """A sound every `period` seconds, not quite in time, now louder and now softer."""
    out = np.zeros(frames + len(shot), np.float32)
    time = 0.0
    while time < frames / RATE:
        if rng.random() < probability:
            at = max(0, int((time + rng.normal() * jitter) * RATE))
            if at < frames:
                out[at : at + len(shot)] += shot * np.float32(0.55 + 0.45 * rng.random())
        time += period
    return out[:frames]


def envelope(frames, attack, decay):
    time = np.arange(frames, dtype=np.float32) / RATE
    return (np.minimum(time / attack, 1) * np.exp(-time / decay)).astype(np.float32)


def tone(rng, frequency, seconds, decay, partials=6, attack=0.004):
    frames = int(seconds * RATE)
    time = np.arange(frames, dtype=np.float64) / RATE
    sound = sum(np.sin(2 * np.pi * frequency * k * time + rng.random() * 6.28) / k**1.3 for k in range(1, partials + 1))
    return (sound * envelope(frames, attack, decay)).astype(np.float32)


def noise(rng, seconds, decay, attack=0.001, smooth=0):
    """White; darker the more frames it is smoothed over, brighter where that is negative."""
    frames = int(seconds * RATE)
    sound = rng.standard_normal(frames).astype(np.float32)
    if smooth > 0:
        sound = np.convolve(sound, np.ones(smooth, np.float32) / smooth, "same").astype(np.float32)
    elif smooth < 0:
        sound = np.diff(sound, prepend=np.float32(0))
    return sound * envelope(frames, attack, decay)


def melody(frames, rng, base, period, seconds, decay, partials, attack=0.004, probability=0.85):
    out = np.zeros(frames, np.float32)
    for step in rng.permutation(SCALE)[:4]:
        note = tone(rng, base * 2 ** (step / 12), seconds, decay, partials, attack)
        line = placed(frames, rng, note, period * 4, 0.004, probability)
        out += line if step == 0 else np.roll(line, int(period * RATE * (1 + step % 4)))
    return out


def channel(name, frames, rng):
    return instrument(name, frames, rng) + rng.standard_normal(frames).astype(np.float32) * HISS


def instrument(name, frames, rng):
    match name:
        case "kick":
            length = int(0.4 * RATE)
            time = np.arange(length) / RATE
            sweep = np.sin(2 * np.pi * (50 * time + 9 * (1 - np.exp(-time * 35)))).astype(np.float32)
            return placed(frames, rng, sweep * envelope(length, 0.001, 0.12), BEAT)
        case "snare":
            return placed(frames, rng, noise(rng, 0.35, 0.07) + tone(rng, 190, 0.35, 0.05, 3), 2 * BEAT, 0.002)
        case "hat":
            return placed(frames, rng, noise(rng, 0.12, 0.02, smooth=-1), BEAT / 2, 0.001)
        case "tom_lo" | "tom_hi":
            return placed(frames, rng, tone(rng, 90 if name == "tom_lo" else 140, 0.6, 0.15, 3), 4 * BEAT, 0.01, 0.6)
        case "overheads" | "room" | "perc":
            decay = {"overheads": 0.25, "room": 0.15, "perc": 0.04}[name]
            hits = placed(
                frames, rng, noise(rng, 0.8, decay, smooth=-1 if name == "overheads" else 3), BEAT, 0.003, 0.9
            )
            return hits + placed(frames, rng, tone(rng, 55, 0.4, 0.1, 2), BEAT) * 0.5
        case "bass_di" | "bass_amp":
            return melody(frames, rng, 55, BEAT, 0.45, 0.3, 10)
        case "sub":
            return melody(frames, rng, 41, BEAT, 0.5, 0.4, 2)
        case "gtr_l" | "gtr_r":
            return melody(frames, rng, 165, BEAT / 2, 0.9, 0.25, 16, 0.002)
        case "pluck" | "arp":
            return melody(frames, rng, 330, BEAT / 4, 0.5, 0.12, 12, 0.002)
        case "piano":
            return melody(frames, rng, 220, BEAT, 1.8, 0.5, 10, 0.003)
        case "pad" | "strings" | "brass":
            return melody(frames, rng, 196, 2 * BEAT, 3.5, 2.2, 12, 0.35)
        case "fx":
            return placed(frames, rng, noise(rng, 3.0, 1.0, 0.5, 8), 8 * BEAT, 0.2, 0.7)
        case _:  # voices: pitched phrases, and breath
            phrases = melody(frames, rng, 233 if name.startswith("bgv") else 175, BEAT, 0.8, 0.5, 18, 0.05, 0.75)
            return phrases + placed(frames, rng, noise(rng, 0.25, 0.06, 0.02, -1), BEAT, 0.03, 0.5) * 0.3
