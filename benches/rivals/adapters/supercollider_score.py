"""The reference mix as a score of SuperCollider's synthesis servers."""

import os

from supriya import Score, SynthDefBuilder
from supriya.ugens import HPF, BPeakEQ, Compander, DiskIn, FreeVerb, In, Limiter, Out, PlayBuf

from adapters.job import factor, pan

GROUP_BUS, REVERB_BUS, MIX_BUS = 16, 32, 40


def write(job, in_memory):
    """Writes the score as OSC and returns its path."""
    tracks, groups = job.session["tracks"], job.session["groups"]
    buses = {group["name"]: GROUP_BUS + 2 * k for k, group in enumerate(groups)}
    strips = [strip(f"t{i}", track, buses[track["group"]], in_memory) for i, track in enumerate(tracks)]
    sums = [group_bus(group, buses[group["name"]]) for group in groups] + [reverb(job.session["reverb"])]
    last = master(job.session["master"])
    score = Score()
    with score.at(0):
        for definition in [*strips, *sums, last]:  # a message each: supernova refuses a file of several
            score.add_synthdefs(definition)
        stems = [stem(score, job, track, in_memory) for track in tracks]
        # Tracks, then buses, then the master. supernova runs a parallel group on all its threads, scsynth takes it as
        # a group.
        first, second = (score.add_group(parallel=True, add_action="ADD_TO_TAIL") for _ in range(2))
        for definition, buffer in zip(strips, stems):
            first.add_synth(definition, add_action="ADD_TO_TAIL", buffer=buffer)
        for definition in sums:
            second.add_synth(definition, add_action="ADD_TO_TAIL")
        score.add_synth(last, add_action="ADD_TO_TAIL")
    with score.at(job.session["seconds"]):
        score.do_nothing()
    path = os.path.join(job.work, "score.osc")
    with open(path, "wb") as file:
        for bundle in score.iterate_osc_bundles():
            datagram = bundle.to_datagram(realtime=False)
            file.write(len(datagram).to_bytes(4, "big"))
            file.write(datagram)
    return path


def stem(score, job, track, in_memory):
    if in_memory:
        return score.add_buffer(file_path=job.path(track["file"]))
    buffer = score.add_buffer(channel_count=track["channels"], frame_count=32768)
    buffer.read(job.path(track["file"]), leave_open=True)
    return buffer


def strip(name, track, bus, in_memory):
    channels = track["channels"]
    left, right = pan(track)
    send = factor(track["send_db"])
    with SynthDefBuilder(buffer=0) as builder:
        if in_memory:
            sound = PlayBuf.ar(channel_count=channels, buffer_id=builder["buffer"], rate=1)
        else:
            sound = DiskIn.ar(channel_count=channels, buffer_id=builder["buffer"])
        sides = [sound] if channels == 1 else [sound[0], sound[1]]
        sides = [HPF.ar(source=side * factor(track["gain_db"]), frequency=track["high_pass"]) for side in sides]
        sides = [bells(side, track["bells"]) for side in sides]
        if channels == 1:
            pressed = Compander.ar(source=sides[0], control=sides[0], **ballistics(track["compressor"]))
            sides = [pressed, pressed]
        else:
            sides = linked(*sides, track["compressor"])
        sides = [sides[0] * left, sides[1] * right]
        Out.ar(bus=bus, source=sides)
        Out.ar(bus=REVERB_BUS, source=[side * send for side in sides])
    return builder.build(name=name)


def group_bus(group, bus):
    with SynthDefBuilder() as builder:
        sound = In.ar(channel_count=2, bus=bus)
        sides = linked(sound[0], sound[1], group["compressor"])
        Out.ar(bus=MIX_BUS, source=[bells(side, group["bells"]) for side in sides])
    return builder.build(name=group["name"])


def reverb(own):
    with SynthDefBuilder() as builder:
        sound = In.ar(channel_count=2, bus=REVERB_BUS)
        wet = [FreeVerb.ar(source=sound[k], mix=1.0, room_size=own["room"], damping=own["damp"]) for k in range(2)]
        Out.ar(bus=MIX_BUS, source=[side * factor(own["return_db"]) for side in wet])
    return builder.build(name="reverb")


def master(own):
    ceiling, ahead = factor(own["limiter"]["ceiling"]), own["limiter"]["lookahead"] / 1000
    with SynthDefBuilder() as builder:
        sound = In.ar(channel_count=2, bus=MIX_BUS)
        sides = linked(*(bells(sound[k], own["bells"]) for k in range(2)), own["compressor"])
        Out.ar(bus=0, source=[Limiter.ar(source=side, level=ceiling, duration=ahead) for side in sides])
    return builder.build(name="master")


def bells(signal, bands):
    for frequency, gain, q in bands:
        signal = BPeakEQ.ar(source=signal, frequency=frequency, reciprocal_of_q=1 / q, gain=gain)
    return signal


def linked(left, right, own):
    """Both sides by the louder one."""
    key = abs(left).max(abs(right))
    return [Compander.ar(source=side, control=key, **ballistics(own)) for side in (left, right)]


def ballistics(own):
    return dict(
        threshold=factor(own["threshold"]),
        slope_below=1,
        slope_above=1 / own["ratio"],
        clamp_time=own["attack"] / 1000,
        relax_time=own["release"] / 1000,
    )
