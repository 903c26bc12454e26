"""ecasound with LADSPA plug-ins of swh-plugins; loop devices are its buses."""

import math

from adapters.job import factor, pan

STEREO = "-f:f32_le,2,48000"
SENDS, MIX, TRACKS = "loop,50", "loop,60", 100


def one_process(job):
    tracks, groups, own = job.session["tracks"], job.session["groups"], job.session["master"]
    words = ["ecasound", "-q", "-z:nodb", "-z:nointbuf", "-B:nonrt", "-b:1024", "-n:mix"]
    for i, track in enumerate(tracks):
        words += strip(job, i, track)
    words += ["-a:" + ",".join(f"s{i}" for i in range(len(tracks))), STEREO, "-o", SENDS]
    for k, group in enumerate(groups, 1):
        words += ["-a:" + ",".join(f"b{i}" for i in job.members(group)), STEREO, "-o", f"loop,{k}"]
        words += [
            f"-a:{group['name']}",
            STEREO,
            "-i",
            f"loop,{k}",
            compressor(group["compressor"]),
            *bells(group["bells"]),
        ]
    back = factor(job.session["reverb"]["return_db"]) * 100
    # GVerb takes one channel.
    words += ["-a:reverb", STEREO, "-i", SENDS, "-chmix:1", "-el:gverb,60,3,0.4,0.75,-90,-90,-12", f"-ea:{back:.4f}"]
    words += ["-a:reverb," + ",".join(group["name"] for group in groups), STEREO, "-o", MIX]
    limiter = f"-el:fastLookaheadLimiter,0,{own['limiter']['ceiling']},{own['limiter']['release'] / 1000}"
    words += ["-a:master", STEREO, "-i", MIX, *bells(own["bells"]), compressor(own["compressor"]), limiter]
    return words + ["-f:s24_le,2,48000", "-o", job.out, f"-t:{job.session['seconds']}"]


def strip(job, i, track):
    left, right = pan(track)
    stereo = track["channels"] == 2
    words = [f"-a:t{i}", f"-f:s24_le,{track['channels']},48000", "-i", job.path(track["file"])]
    words += [f"-ea:{factor(track['gain_db']) * 100:.4f}", f"-el:butthigh_iir,{track['high_pass']},1.41421356"]
    words += [*bells(track["bells"]), compressor(track["compressor"], stereo)]
    words += [] if stereo else ["-chcopy:1,2"]
    words += [f"-eac:{left * 100:.4f},1", f"-eac:{right * 100:.4f},2", STEREO, "-o", f"loop,{TRACKS + i}"]
    # A loop device is read once: its one input serves both the dry chain and the send.
    words += [f"-a:b{i},s{i}", STEREO, "-i", f"loop,{TRACKS + i}"]
    return words + [f"-a:s{i}", f"-ea:{factor(track['send_db']) * 100:.5f}"]


def bells(bands):
    def octaves(q):
        return 2 / math.log(2) * math.asinh(1 / (2 * q))

    return [f"-el:singlePara,{gain},{frequency},{octaves(q):.4f}" for frequency, gain, q in bands]


def compressor(own, stereo=True):
    plugin = "sc4" if stereo else "sc4m"
    return f"-el:{plugin},0,{own['attack']},{own['release']},{own['threshold']},{own['ratio']},1,0"
