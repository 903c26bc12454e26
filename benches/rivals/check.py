"""Whether what a rival wrote is the whole mix."""

import os
from dataclasses import dataclass

import numpy as np
import soundfile as sf
from scipy.signal import fftconvolve

RATE = 48_000
# Rivals are late by up to 70 ms, and some end as much earlier; what is missing beyond that was not mixed.
LENGTH_OFF = 4800
# The furthest is mixwright, 4.6 dB softer for what its detector hears.
RMS_OFF = 6.0
# How far a stem may stand from where the reference has it, in dB. The furthest of a whole mix is 6.4 dB off; one that
# is left out falls by more than 30, or comes out turned over.
WEIGHT_OFF = 10.0
# How far apart two mixes are looked for, in frames, and from when to when they are listened to, in seconds.
FURTHEST, BEGIN, END = 9600, 15, 40


@dataclass
class Check:
    says: str
    faults: list


class Stems:
    """The raw stems in mono, over what is listened to."""

    def __init__(self, folder, session):
        self.names = [track["name"] for track in session["tracks"]]
        self.sounds = np.array([heard(os.path.join(folder, track["file"])) for track in session["tracks"]])
        self.products = self.sounds @ self.sounds.T

    def weights(self, mix, lag):
        """The weighted sum of stems that is nearest to a mix, by least squares."""
        mono = mix[BEGIN * RATE + lag : END * RATE + lag].mean(1)
        return np.linalg.solve(self.products, self.sounds @ mono)


def heard(path):
    sound, _ = sf.read(path, start=BEGIN * RATE, stop=END * RATE, always_2d=True)
    return sound.mean(1)


class Reference:
    def __init__(self, path, stems):
        self.mix, _ = sf.read(path, always_2d=True)
        self.stems = stems
        self.weights = stems.weights(self.mix, 0)

    def check(self, path):
        """Peak, level, lag and residual of a mix, and why it is not the whole mix if it is not."""
        if not os.path.exists(path):
            return Check("", ["it wrote nothing"])
        try:
            mix, rate = sf.read(path, always_2d=True)
        except sf.LibsndfileError as error:
            return Check("", [f"no audio: {error.error_string}"])
        missing = len(self.mix) - len(mix)
        if rate != RATE or mix.shape[1] != 2 or abs(missing) > LENGTH_OFF:
            return Check("", [f"{len(mix)} frames of {mix.shape[1]} channels at {rate} Hz, {missing} too few"])
        lag = late_by(mix, self.mix)
        level = decibels((mix**2).mean())
        faults = self.faults(mix, level, lag)
        peak = decibels(np.abs(mix).max() ** 2)
        return Check(
            f"peak {peak:.1f}, rms {level:.1f}, lag {lag}, residual {residual(mix, self.mix, lag):.0f}", faults
        )

    def faults(self, mix, level, lag):
        off = level - decibels((self.mix**2).mean())
        if not abs(off) <= RMS_OFF:
            return [f"its level is off by {off:+.1f} dB"]
        # What is left of a missing stem may be turned over: that is below any bound.
        ratios = np.maximum(self.stems.weights(mix, lag) / self.weights, 1e-9)
        offs = zip(self.stems.names, 20 * np.log10(ratios))
        return [f"its {name} {how(off)}" for name, off in offs if not abs(off) <= WEIGHT_OFF]


def how(off):
    return "is missing" if off < -WEIGHT_OFF else f"is {off:.0f} dB too loud"


def decibels(power):
    return 10 * np.log10(power + 1e-20)


def late_by(mix, reference):
    frames = END * RATE
    alike = fftconvolve(mix[:frames].sum(1), reference[:frames].sum(1)[::-1])
    middle = min(frames, len(reference)) - 1
    return int(np.argmax(alike[middle - FURTHEST : middle + FURTHEST + 1])) - FURTHEST


def residual(mix, reference, lag):
    """What is left of the difference once both are aligned and levelled, against the reference, in dB."""
    mix, reference = (mix[lag:], reference) if lag >= 0 else (mix, reference[-lag:])
    frames = min(len(mix), len(reference))
    mix, reference = mix[:frames], reference[:frames]
    gain = (mix * reference).sum() / (mix**2).sum()
    return decibels(((gain * mix - reference) ** 2).mean()) - decibels((reference**2).mean())
