"""SoX: a process per track, bus and mix. Between effects it has 32-bit integers: levels run low and are given back."""

import shlex

import soundfile as sf

from adapters import stages
from adapters.job import factor, pan

# How far tracks and buses run below their level, in dB.
TRACK_DOWN = 6.0
BUS_DOWN = 12.0
BETWEEN = "-e signed-integer -b 32"


def processes(job):
    tracks, groups, work = job.session["tracks"], job.session["groups"], job.work
    first = [track_command(job, i, track) for i, track in enumerate(tracks)]
    sends = " ".join(f"-v {factor(track['send_db']):.6f} {work}/t{i}.wav" for i, track in enumerate(tracks))
    second = [f"sox -V1 -D -m {sends} {BETWEEN} {work}/reverb.wav {reverb(job)}"]
    second += [group_command(job, group) for group in groups]
    return stages.command(job, [first, second, [mix_command(job)]])


def track_command(job, i, track):
    left, right = (side * factor(TRACK_DOWN - BUS_DOWN) for side in pan(track))
    high_pass = f"highpass -2 {track['high_pass']} 0.70710678q"
    effects = f"{high_pass} {bells(track['bells'])} {compressor(track['compressor'], TRACK_DOWN)}"
    return (
        f"sox -V1 -D {shlex.quote(job.path(track['file']))} {BETWEEN} {job.work}/t{i}.wav "
        f"gain {track['gain_db'] - TRACK_DOWN} {effects} remix 1v{left:.6f} {track['channels']}v{right:.6f}"
    )


def group_command(job, group):
    members = job.members(group)
    mixed = "-m " if len(members) > 1 else ""
    files = " ".join(f"-v 1 {job.work}/t{i}.wav" for i in members)
    effects = f"{compressor(group['compressor'], BUS_DOWN)} {bells(group['bells'])}"
    return f"sox -V1 -D {mixed}{files} {BETWEEN} {job.work}/{group['name']}.wav {effects}"


def mix_command(job):
    own = job.session["master"]
    buses = " ".join(f"-v 1 {job.work}/{group['name']}.wav" for group in job.session["groups"])
    back = factor(job.session["reverb"]["return_db"])
    # There is no limiter: a compander that hears 5 ms ahead stands in, and lets some peaks through.
    ceiling = own["limiter"]["ceiling"] - BUS_DOWN
    ahead, release = own["limiter"]["lookahead"] / 1000, own["limiter"]["release"] / 1000
    limiter = f"compand 0.0005,{release} -110,-110,{ceiling},{ceiling},0,{ceiling + 0.01} 0 0 {ahead}"
    return (
        f"sox -V1 -D -m {buses} -v {back:.6f} {job.work}/reverb.wav -b 24 {shlex.quote(job.out)} {bells(own['bells'])} "
        f"{compressor(own['compressor'], BUS_DOWN)} {limiter} gain {BUS_DOWN} trim 0 {job.session['frames']}s"
    )


def reverb(job):
    if not job.conv:
        return "reverb -w 70 40 90"
    own = job.session["reverb"]
    # `fir` takes one response for both sides: the left one.
    response, _ = sf.read(job.path(own["response"]))
    taps = response[:, 0] * factor(own["response_gain_db"])
    return "fir " + job.write("response.txt", "\n".join(f"{tap:.8g}" for tap in taps))


def bells(bands):
    return " ".join(f"equalizer {frequency} {q}q {gain}" for frequency, gain, q in bands)


def compressor(own, down):
    threshold = own["threshold"] - down
    top = threshold - threshold / own["ratio"]
    return f"compand {own['attack'] / 1000},{own['release'] / 1000} -110,-110,{threshold},{threshold},0,{top:.4f}"
