"""The two sessions: every value of the reference mix, written as the session.json that all rivals read.

Stems stand in a folder beside it and are made once, from seeds (sounds.py).
"""

import json
import os

import numpy as np
import soundfile as sf

import sounds

RATE = 48_000
SECONDS = {"A": 180, "S": 60}

# fmt: off
#    name          group    channels gain  pan    send
TRACKS = [
    ("kick",       "drums", 1,  2.0,  0.00, -40.0),
    ("snare",      "drums", 1,  1.0,  0.05, -14.0),
    ("hat",        "drums", 1, -3.0,  0.30, -24.0),
    ("tom_lo",     "drums", 1, -2.0, -0.35, -16.0),
    ("tom_hi",     "drums", 1, -2.0,  0.35, -16.0),
    ("overheads",  "drums", 2, -4.0,  0.00, -20.0),
    ("room",       "drums", 2, -6.0,  0.00, -18.0),
    ("perc",       "drums", 2, -5.0, -0.20, -12.0),
    ("bass_di",    "bass",  1,  1.0,  0.00, -40.0),
    ("bass_amp",   "bass",  1, -1.0,  0.00, -30.0),
    ("sub",        "bass",  1, -2.0,  0.00, -60.0),
    ("gtr_l",      "music", 1, -2.0, -0.80, -18.0),
    ("gtr_r",      "music", 1, -2.0,  0.80, -18.0),
    ("piano",      "music", 2, -2.0,  0.00, -12.0),
    ("pad",        "music", 2, -6.0,  0.00, -10.0),
    ("strings",    "music", 2, -5.0,  0.10,  -8.0),
    ("pluck",      "music", 2, -4.0,  0.25, -10.0),
    ("arp",        "music", 2, -5.0, -0.25, -12.0),
    ("brass",      "music", 2, -4.0,  0.15, -12.0),
    ("fx",         "music", 2, -8.0,  0.00,  -6.0),
    ("lead_vox",   "vox",   1,  2.0,  0.00, -10.0),
    ("vox_double", "vox",   1, -2.0, -0.10, -10.0),
    ("bgv_a",      "vox",   2, -4.0, -0.30,  -8.0),
    ("bgv_b",      "vox",   2, -4.0,  0.30,  -8.0),
]
# fmt: on
NAMES = [track[0] for track in TRACKS]
OF = {"A": NAMES, "S": ["kick", "snare", "overheads", "bass_di", "piano", "pluck", "lead_vox", "bgv_a"]}

# Bells are Hz, dB, Q. Those of a track vary a little around its group's.
TRACK_BELLS = {
    "drums": [(110, 3.0, 1.2), (420, -4.0, 1.4), (5200, 3.5, 0.9)],
    "bass": [(95, 2.5, 1.0), (280, -3.0, 1.2), (1200, 2.0, 1.0)],
    "music": [(220, -2.5, 1.0), (1400, 2.0, 0.8), (7000, 2.5, 0.7)],
    "vox": [(240, -3.0, 1.3), (2800, 3.0, 0.9), (9500, 2.5, 0.7)],
}


def compressor(threshold, ratio, attack, release):
    """dB, to one, ms, ms"""
    return dict(threshold=threshold, ratio=ratio, attack=attack, release=release)


TRACK_COMPRESSOR = compressor(-18.0, 3.0, 10.0, 120.0)
GROUPS = [
    dict(name="drums", compressor=compressor(-16.0, 2.0, 20.0, 150.0), bells=[(70.0, 1.5, 0.9), (8000.0, 1.5, 0.7)]),
    dict(name="bass", compressor=compressor(-18.0, 2.5, 25.0, 180.0), bells=[(80.0, 1.0, 0.8), (900.0, 1.0, 0.9)]),
    dict(name="music", compressor=compressor(-18.0, 1.8, 30.0, 220.0), bells=[(350.0, -1.5, 0.9), (6000.0, 1.5, 0.7)]),
    dict(name="vox", compressor=compressor(-18.0, 2.2, 12.0, 140.0), bells=[(200.0, -1.0, 0.8), (4000.0, 1.5, 0.8)]),
]
MASTER = dict(
    bells=[(45.0, 1.0, 0.8), (250.0, -1.0, 0.8), (3000.0, 0.8, 0.7), (12000.0, 1.5, 0.6)],
    compressor=compressor(-12.0, 2.0, 30.0, 250.0),
    limiter=dict(ceiling=-1.0, lookahead=5.0, release=50.0),
)


def make(name, folder):
    """Writes a session into its folder: what it has of stems is kept."""
    os.makedirs(os.path.join(folder, "stems"), exist_ok=True)
    frames = SECONDS[name] * RATE
    names = [own for own in NAMES if own in OF[name]]
    tracks = [track(place, own) for place, own in enumerate(names)]
    for own in tracks:
        path = os.path.join(folder, own["file"])
        if not os.path.exists(path):
            # Written beside and renamed: an interrupted run leaves no half stem that the next would take.
            part = path.replace(".wav", ".part.wav")
            sf.write(
                part,
                sounds.stem(own["name"], NAMES.index(own["name"]), own["channels"], frames),
                RATE,
                subtype="PCM_24",
            )
            os.rename(part, path)
    response, gain = sounds.response()
    sf.write(os.path.join(folder, "ir.wav"), response, RATE, subtype="FLOAT")
    reverb = dict(room=0.75, damp=0.4, return_db=-6.0, response="ir.wav", response_gain_db=float(20 * np.log10(gain)))
    session = dict(
        name=name, seconds=SECONDS[name], frames=frames, tracks=tracks, groups=GROUPS, reverb=reverb, master=MASTER
    )
    with open(os.path.join(folder, "session.json"), "w") as file:
        json.dump(session, file, indent=1)
    return session


def track(place, name):
    _, group, channels, gain, pan, send = TRACKS[NAMES.index(name)]
    return dict(
        name=name,
        file=f"stems/{place:02d}_{name}.wav",
        group=group,
        channels=channels,
        gain_db=gain,
        high_pass=80.0,
        bells=[varied(bell, place, k) for k, bell in enumerate(TRACK_BELLS[group])],
        compressor=TRACK_COMPRESSOR,
        pan=pan,
        send_db=send,
    )


def varied(bell, place, band):
    frequency, gain, q = bell
    return round(frequency * (1 + 0.03 * ((place * 7 + band) % 5 - 2)), 1), gain, q
