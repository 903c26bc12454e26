"""ffmpeg, float64 throughout: as one graph, or as a process per track, bus and mix."""

import shlex

from adapters import stages
from adapters.job import factor, pan

BASE = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-filter_complex_threads", "1"]
# It has no algorithmic reverb: eight echoes stand in, and are cheaper.
ECHOES = "aecho=0.8:0.9:29|37|53|71|97|131|173|229:0.5|0.45|0.4|0.36|0.32|0.27|0.22|0.18"


def graph(job):
    """All in one process."""
    tracks, groups = job.session["tracks"], job.session["groups"]
    parts = []
    for i, track in enumerate(tracks):
        parts.append(f"[{i}:a]{chain(track)},asplit=2[t{i}][p{i}]")
        parts.append(f"[p{i}]volume={track['send_db']}dB:precision=double[s{i}]")
    for group in groups:
        parts.append("".join(f"[t{i}]" for i in job.members(group)) + f"{bus(job, group)}[{group['name']}]")
    sends = "".join(f"[s{i}]" for i in range(len(tracks)))
    parts.append(f"{sends}{summed(len(tracks))}{reverb(job)}[reverb]")
    buses = "".join(f"[{group['name']}]" for group in groups)
    parts.append(f"{buses}[reverb]{summed(len(groups) + 1)}{master(job)},aformat=sample_fmts=s32[out]")
    script = job.write("graph.txt", ";\n".join(parts))
    return [*BASE, *inputs(job), "-filter_complex_script", script, "-map", "[out]", "-c:a", "pcm_s24le", job.out]


def processes(job):
    """A process per track, then one per bus, then the mix, with float WAVs between them."""
    tracks, groups, work = job.session["tracks"], job.session["groups"], job.work

    def step(files, filters, to, codec="pcm_f32le"):
        opened = [word for file in files for word in ("-i", file)]
        return shlex.join([*BASE, *opened, "-filter_complex", filters, "-c:a", codec, to])

    played = [f"{work}/t{i}.wav" for i in range(len(tracks))]
    first = [step([job.path(track["file"])], f"[0:a]{chain(track)}", to) for track, to in zip(tracks, played)]
    sends = ";".join(f"[{i}:a]volume={track['send_db']}dB[s{i}]" for i, track in enumerate(tracks))
    sent = "".join(f"[s{i}]" for i in range(len(tracks)))
    buses = [f"{work}/{group['name']}.wav" for group in groups] + [f"{work}/reverb.wav"]
    second = [step(played, f"{sends};{sent}{summed(len(tracks))}{reverb(job)}", buses[-1])]
    second += [step([played[i] for i in job.members(group)], bus(job, group), to) for group, to in zip(groups, buses)]
    last = step(buses, f"{summed(len(buses))}{master(job)}", job.out, "pcm_s24le")
    return stages.command(job, [first, second, [last]])


def inputs(job):
    files = [job.path(track["file"]) for track in job.session["tracks"]]
    if job.conv:
        files.append(job.path(job.session["reverb"]["response"]))
    return [word for file in files for word in ("-i", file)]


def chain(track):
    left, right = pan(track)
    return (
        f"aformat=sample_fmts=dblp,volume={track['gain_db']}dB:precision=double,"
        f"highpass=f={track['high_pass']}:t=q:w=0.70710678,{bells(track['bells'])},{compressor(track['compressor'])},"
        f"pan=stereo|c0={left:.6f}*c0|c1={right:.6f}*c{track['channels'] - 1}"
    )


def bus(job, group):
    return f"{summed(len(job.members(group)))}{compressor(group['compressor'])},{bells(group['bells'])}"


def master(job):
    own = job.session["master"]
    limiter = own["limiter"]
    return (
        f"{bells(own['bells'])},{compressor(own['compressor'])},alimiter=limit={factor(limiter['ceiling']):.6f}:"
        f"attack={limiter['lookahead']}:release={limiter['release']}:level=0:latency=1,"
        f"atrim=end_sample={job.session['frames']}"
    )


def reverb(job):
    own = job.session["reverb"]
    back = f"volume={own['return_db']}dB"
    if not job.conv:
        return f"{ECHOES},{back}"
    # afir multiplies by its `dry` and `wet`, 10 each; it drops its last part, so silence is added where it ends.
    gain = factor(own["response_gain_db"]) / 100
    response = len(job.session["tracks"])
    return (
        f"aformat=sample_fmts=fltp[dry];[dry][{response}:a]afir=dry=10:wet=10:gtype=none:irfmt=input:maxir=3,"
        f"volume={gain:.8f},{back},apad=whole_len={job.session['frames']}"
    )


def summed(count):
    return f"amix=inputs={count}:normalize=0:duration=longest," if count > 1 else ""


def bells(bands):
    return ",".join(f"equalizer=f={frequency}:t=q:w={q}:g={gain}" for frequency, gain, q in bands)


def compressor(own):
    return (
        f"acompressor=threshold={factor(own['threshold']):.6f}:ratio={own['ratio']}:attack={own['attack']}:"
        f"release={own['release']}:knee=1:detection=peak:link=maximum"
    )
