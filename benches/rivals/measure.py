"""One measured run of a command."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass

WORDS = "stderr.txt"


@dataclass
class Run:
    wall: float
    cpu: float
    peak: float  # MB
    code: int


def run(argv, work):
    # Through GNU time, whose child starts small: a child of this process would inherit its peak memory.
    note = os.path.join(work, "time.txt")
    timed = ["/usr/bin/time", "-q", "-o", note, "-f", "%M", *argv]
    with open(os.path.join(work, WORDS), "w") as words:
        begun = time.perf_counter()
        child = subprocess.Popen(timed, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    with open(note) as file:
        peak = int(file.read().split()[-1]) / 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, peak, child.returncode)


def median(runs, of):
    return statistics.median(getattr(own, of) for own in runs)


def last_words(work):
    """What the last run said first: errors begin with what is wrong."""
    with open(os.path.join(work, WORDS)) as file:
        lines = [line.strip() for line in file if line.strip()]
    return lines[0] if lines else "no word"
