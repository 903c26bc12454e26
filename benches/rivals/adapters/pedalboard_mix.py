"""The reference mix in pedalboard and numpy. Arguments: SESSION_DIR OUT THREADS algo|conv"""

import json
import os
import sys
from multiprocessing.pool import ThreadPool

import numpy as np
from job import factor, pan
from pedalboard import BrickwallLimiter, Compressor, Convolution, Gain, HighpassFilter, PeakFilter, Pedalboard, Reverb
from pedalboard.io import AudioFile

folder, out, threads, kind = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
with open(os.path.join(folder, "session.json")) as file:
    session = json.load(file)
RATE = 48_000


def compressor(own):
    return Compressor(
        threshold_db=own["threshold"], ratio=own["ratio"], attack_ms=own["attack"], release_ms=own["release"]
    )


def bells(bands):
    return [PeakFilter(cutoff_frequency_hz=frequency, gain_db=gain, q=q) for frequency, gain, q in bands]


def played(track):
    with AudioFile(os.path.join(folder, track["file"])) as stem:
        sound = stem.read(stem.frames)
    # HighpassFilter is of first order: two in a row stand in for the second-order Butterworth.
    high_pass = [HighpassFilter(track["high_pass"]), HighpassFilter(track["high_pass"])]
    effects = [Gain(track["gain_db"]), *high_pass, *bells(track["bells"]), compressor(track["compressor"])]
    left, right = pan(track)
    return Pedalboard(effects)(sound, RATE) * np.array([[left], [right]], np.float32)


def summed(group):
    return Pedalboard([compressor(group["compressor"]), *bells(group["bells"])])(buses[group["name"]], RATE)


def reverberated():
    own = session["reverb"]
    if kind == "conv":
        space = Convolution(os.path.join(folder, own["response"]), mix=1.0)
    else:
        space = Reverb(room_size=own["room"], damping=own["damp"], wet_level=1 / 3, dry_level=0.0, width=1.0)
    return Pedalboard([space, Gain(own["return_db"])])(sends, RATE)


side_by_side = ThreadPool(threads).imap if threads > 1 else map
buses = {group["name"]: np.zeros((2, session["frames"]), np.float32) for group in session["groups"]}
sends = np.zeros((2, session["frames"]), np.float32)
for track, sound in zip(session["tracks"], side_by_side(played, session["tracks"])):
    buses[track["group"]] += sound
    sends += sound * np.float32(factor(track["send_db"]))
jobs = [reverberated, *(lambda group=group: summed(group) for group in session["groups"])]
mix = sum(side_by_side(lambda job: job(), jobs))
master = session["master"]
limiter = master["limiter"]
effects = [*bells(master["bells"]), compressor(master["compressor"])]
effects += [
    BrickwallLimiter(ceiling_db=limiter["ceiling"], release_ms=limiter["release"], lookahead_ms=limiter["lookahead"])
]
with AudioFile(out, "w", RATE, 2, bit_depth=24) as file:
    file.write(Pedalboard(effects)(mix, RATE))
