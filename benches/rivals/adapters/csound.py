"""Csound, float64: an instrument per track, group, reverb and master, with global signals between them."""

from adapters.job import factor, pan

CONTROL_FRAMES = 64
# compress2 at so high a ratio stands in for a limiter; it overshoots.
BRICK = 1000


def one_process(job):
    tracks, groups = job.session["tracks"], job.session["groups"]
    buses = [group["name"] for group in groups] + ["reverb", "mix"]
    instruments = [strip(job, track) for track in tracks] + [group_bus(group) for group in groups]
    instruments += [reverb(job), master(job.session["master"])]
    score = [f"i {k} 0 {job.session['seconds']}" for k in range(1, len(instruments) + 1)]
    if job.conv:
        response = job.path(job.session["reverb"]["response"])
        score = [f'f {900 + side} 0 0 1 "{response}" 0 0 {side}' for side in (1, 2)] + score
    lines = ["<CsoundSynthesizer>", "<CsInstruments>"]
    lines += ["sr=48000", f"ksmps={CONTROL_FRAMES}", "nchnls=2", "0dbfs=1"]
    lines += [f"ga_{bus}_{side} init 0" for bus in buses for side in "lr"]
    for k, body in enumerate(instruments, 1):
        lines += [f"instr {k}", *body, "endin"]
    lines += ["</CsInstruments>", "<CsScore>", *score, "e", "</CsScore>", "</CsoundSynthesizer>"]
    piece = job.write("mix.csd", "\n".join(lines) + "\n")
    threads = ["-j", str(job.threads)] if job.threads > 1 else []
    return ["csound", "-d", "-m0", "-O", "null", "-W", "-3", "-o", job.out, *threads, piece]


def strip(job, track):
    left, right = pan(track)
    gain, send, group = factor(track["gain_db"]), factor(track["send_db"]), track["group"]
    sides = ["al"] if track["channels"] == 1 else ["al", "ar"]
    lines = [f'{", ".join(sides)} diskin2 "{job.path(track["file"])}", 1']
    for side in sides:
        lines += [
            f"{side} = {side} * {gain:.6f}",
            f"{side} butterhp {side}, {track['high_pass']}",
            *bells(side, track["bells"]),
        ]
    if track["channels"] == 1:
        lines += ["akey = al", f"ax compress2 al, akey, {ballistics(track['compressor'])}", "al = ax", "ar = ax"]
    else:
        lines += linked(track["compressor"])
    lines += [f"al = al * {left:.6f}", f"ar = ar * {right:.6f}", *add(group)]
    return lines + [f"ga_reverb_{side} = ga_reverb_{side} + a{side} * {send:.6f}" for side in "lr"]


def group_bus(group):
    lines = take(group["name"]) + linked(group["compressor"])
    return lines + bells("al", group["bells"]) + bells("ar", group["bells"]) + add("mix")


def reverb(job):
    own = job.session["reverb"]
    back = factor(own["return_db"])
    if job.conv:
        lines = ["al ftconv ga_reverb_l, 901, 2048", "ar ftconv ga_reverb_r, 902, 2048"]
        back *= factor(own["response_gain_db"])
    else:
        lines = ["al, ar reverbsc ga_reverb_l, ga_reverb_r, 0.85, 10000"]
    return lines + [f"al = al * {back:.6f}", f"ar = ar * {back:.6f}", *add("mix"), "ga_reverb_l = 0", "ga_reverb_r = 0"]


def master(own):
    limiter = own["limiter"]
    brick = dict(threshold=limiter["ceiling"], ratio=BRICK, attack=1, release=limiter["release"])
    lines = take("mix") + bells("al", own["bells"]) + bells("ar", own["bells"]) + linked(own["compressor"])
    return lines + linked(brick, limiter["lookahead"] / 1000) + ["outs al, ar"]


def take(bus):
    """A bus's sum, which begins anew."""
    return [f"al = ga_{bus}_l", f"ar = ga_{bus}_r", f"ga_{bus}_l = 0", f"ga_{bus}_r = 0"]


def add(bus):
    return [f"ga_{bus}_{side} = ga_{bus}_{side} + a{side}" for side in "lr"]


def bells(signal, bands):
    return [f"{signal} pareq {signal}, {frequency}, {factor(gain):.6f}, {q}" for frequency, gain, q in bands]


def linked(own, ahead=0):
    """Both sides by the louder one."""
    how = ballistics(own, ahead)
    return [
        "akey max abs(al), abs(ar)",
        f"axl compress2 al, akey, {how}",
        f"axr compress2 ar, akey, {how}",
        "al = axl",
        "ar = axr",
    ]


def ballistics(own, ahead=0):
    times = f"{own['attack'] / 1000}, {own['release'] / 1000}"
    return f"-90, {own['threshold']}, {own['threshold']}, {own['ratio']}, {times}, {ahead}"
