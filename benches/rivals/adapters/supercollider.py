"""SuperCollider off line: scsynth, and supernova for two threads. The score is compiled before the clock starts."""

OPTIONS = ["48000", "WAV", "int24", "-o", "2", "-i", "0", "-m", "131072", "-w", "512", "-b", "1024"]


def scsynth(job):
    return ["scsynth", "-N", score(job, in_memory=False), "_", job.out, *OPTIONS]


def supernova(job):
    # Its DiskIn gives silence off line, so stems are loaded whole; the clock includes that.
    return ["supernova", "-T", str(job.threads), "-N", score(job, in_memory=True), "_", job.out, *OPTIONS]


def score(job, in_memory):
    # Here, so that the other rivals run where supriya is absent.
    from adapters import supercollider_score

    return supercollider_score.write(job, in_memory)
