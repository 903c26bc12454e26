"""Commands in stages: those of a stage run side by side, as many at once as there are threads."""

import shlex


def command(job, stages):
    script = ["set -e"]
    for k, lines in enumerate(stages):
        listed = shlex.quote(job.write(f"stage{k}.txt", "\n".join(lines) + "\n"))
        script.append(f"tr '\\n' '\\0' < {listed} | xargs -0 -P{job.threads} -I{{}} sh -c '{{}}'")
    return ["sh", job.write("run.sh", "\n".join(script) + "\n")]
