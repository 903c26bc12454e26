"""Rivals that are Python packages: each mix is a script of its own beside this file."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def pedalboard(job):
    script = os.path.join(HERE, "pedalboard_mix.py")
    return [sys.executable, script, job.folder, job.out, str(job.threads), "conv" if job.conv else "algo"]


def dawdreamer(job):
    return [sys.executable, os.path.join(HERE, "dawdreamer_mix.py"), job.folder, job.out]
