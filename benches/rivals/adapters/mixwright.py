"""mixwright, as it is shipped: mix.rhai beside the session's stems."""

import os
import shutil

BINARY = os.environ.get("MIXWRIGHT_BIN", "mixwright")
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mix.rhai")


def lay_script(folder):
    """Puts the script beside the stems, where its settings are, and where commands of one's own find it."""
    shutil.copy(SCRIPT, folder)


def render(reverb="freeverb", cpu=None, report=False):
    def command(job):
        script = job.path(os.path.basename(SCRIPT))
        held_down = ["env", f"MIXWRIGHT_CPU={cpu}"] if cpu else []
        words = [*held_down, BINARY, "render", script, "-o", job.out, "--threads", str(job.threads), "--no-cache"]
        return words + ["--param", f"reverb={reverb}"] + ([] if report else ["--quiet"])

    return command
