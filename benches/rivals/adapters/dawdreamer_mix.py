"""The reference mix in DawDreamer: a Faust processor per track, group and master. Arguments: SESSION_DIR OUT"""

import json
import os
import sys

import dawdreamer
import numpy as np
import soundfile as sf
from job import factor, pan

folder, out = sys.argv[1], sys.argv[2]
with open(os.path.join(folder, "session.json")) as file:
    session = json.load(file)
RATE = 48_000
engine = dawdreamer.RenderEngine(RATE, 512)
graph = []


def bells(bands):
    return " : ".join(f"fi.peak_eq_cq({gain},{frequency},{q})" for frequency, gain, q in bands)


def compressor(own, channels):
    kind = "stereo" if channels == 2 else "mono"
    return f"co.compressor_{kind}({own['ratio']},{own['threshold']},{own['attack'] / 1000},{own['release'] / 1000})"


def add(processor, inputs):
    graph.append((processor, inputs))


def faust(name, code):
    processor = engine.make_faust_processor(name)
    processor.set_dsp_string('import("stdfaust.lib");\n' + code)
    assert processor.compile(), name
    return processor


def strip(i, track):
    sound, _ = sf.read(os.path.join(folder, track["file"]), dtype="float32", always_2d=True)
    add(engine.make_playback_processor(f"p{i}", np.ascontiguousarray(sound.T)), [])
    left, right = pan(track)
    chain = f"*({factor(track['gain_db'])}) : fi.highpass(2,{track['high_pass']}) : {bells(track['bells'])}"
    press = compressor(track["compressor"], track["channels"])
    if track["channels"] == 1:
        code = f"process = {chain} : {press} <: *({left}),*({right});"
    else:
        code = f"c = {chain}; process = c,c : {press} : *({left}),*({right});"
    add(faust(f"t{i}", code), [f"p{i}"])


tracks, groups, reverb, master = session["tracks"], session["groups"], session["reverb"], session["master"]
for i, track in enumerate(tracks):
    strip(i, track)
for group in groups:
    name = group["name"]
    members = [f"t{i}" for i, track in enumerate(tracks) if track["group"] == name]
    add(engine.make_add_processor(f"sum_{name}", [1.0] * len(members)), members)
    code = f"c = {bells(group['bells'])}; process = {compressor(group['compressor'], 2)} : c,c;"
    add(faust(name, code), [f"sum_{name}"])
add(
    engine.make_add_processor("sends", [factor(track["send_db"]) for track in tracks]),
    [f"t{i}" for i in range(len(tracks))],
)
add(engine.make_reverb_processor("reverb", reverb["room"], reverb["damp"], 1 / 3, 0.0, 1.0), ["sends"])
levels = [1.0] * len(groups) + [factor(reverb["return_db"])]
add(engine.make_add_processor("mix", levels), [*(group["name"] for group in groups), "reverb"])
ahead, ceiling, release = (
    master["limiter"]["lookahead"] / 1000,
    factor(master["limiter"]["ceiling"]),
    master["limiter"]["release"] / 1000,
)
limiter = f"co.limiter_lad_stereo({ahead},{ceiling},0.001,{ahead},{release})"
code = f"c = {bells(master['bells'])}; process = c,c : {compressor(master['compressor'], 2)} : {limiter};"
add(faust("master", code), ["mix"])
assert engine.load_graph(graph)
engine.render(session["seconds"])
sf.write(out, engine.get_audio().T[: session["frames"]], RATE, subtype="PCM_24")
