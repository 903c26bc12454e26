"""What an adapter is given, and the arithmetic that all need."""

import math
import os
from dataclasses import dataclass


@dataclass
class Job:
    session: dict
    folder: str  # holds session.json, stems/ and ir.wav
    work: str  # takes what the adapter writes before the clock starts, and the rival's intermediate files
    out: str  # the WAV to make
    threads: int
    conv: bool  # convolution in place of the algorithmic reverb

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        path = os.path.join(self.work, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def members(self, group):
        return [i for i, track in enumerate(self.session["tracks"]) if track["group"] == group["name"]]


def factor(db):
    return 10 ** (db / 20)


def pan(track):
    """Constant power; a stereo track keeps its level in the middle."""
    angle = (track["pan"] + 1) * math.pi / 4
    level = math.sqrt(2) if track["channels"] == 2 else 1.0
    return level * math.cos(angle), level * math.sin(angle)
