"""The loops written by hand (limit/)."""

import os

BINARY = os.environ.get("LIMIT_BIN", "limit")


def mode(name):
    def command(job):
        return [BINARY, name, job.folder, job.out, str(job.threads), "conv" if job.conv else "algo"]

    return command
