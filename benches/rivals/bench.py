"""Renders the reference mix with every rival that is here, in interleaved rounds, and writes the tables.

Called by run.sh, which says what the settings are.
"""

import argparse
import os
import re
import shlex
import sys
from dataclasses import dataclass, field

import check
import machine
import measure
import rows
import session
import tables
from adapters import limit, mixwright
from adapters.job import Job

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "docs", "performance.md")
# A load from which on wall times are not those of the rows alone.
BUSY = 0.5
BEGIN, END = "<!-- rivals: begin -->", "<!-- rivals: end -->"


@dataclass
class Result:
    row: rows.Row
    argv: list
    out: str
    work: str
    runs: list = field(default_factory=list)
    output: check.Check = None

    @property
    def name(self):
        return f"{self.row.name}, {self.row.variant}"

    @property
    def faults(self):
        codes = sorted({run.code for run in self.runs if run.code != 0})
        ended = [f"it ended with {code}: {measure.last_words(self.work)}" for code in codes]
        return ended or (self.output.faults if self.output else [])


def main():
    own = settings()
    unknown = set(own.sessions) - set(session.SECONDS)
    if unknown:
        sys.exit(f"SESSIONS takes {','.join(session.SECONDS)}, not {','.join(sorted(unknown))}")
    if own.write and (own.only or own.extra or set(own.sessions) != set(session.SECONDS)):
        sys.exit("--write wants the whole of it: leave out ONLY, SESSIONS and commands of your own")
    chosen = [row for row in rows.ROWS if re.search(own.only, row.name)] + extras(own.extra)
    present, absent = apart(chosen)
    for name, needs in absent.items():
        tell(f"absent: {name} (needs {needs})")
    load = os.getloadavg()[0]
    page, failed = [], []
    for name in own.sessions:
        results, lines = measured(name, present, own)
        page += lines
        wrong = [result for result in results if result.faults]
        failed += [f"session {name}: {result.name}: {'; '.join(result.faults)}" for result in wrong]
    page = head(own, load, absent) + page
    text = "\n".join(page)
    with open(os.path.join(own.folder, "results.md"), "w") as file:
        file.write(text)
    print(text)
    if own.write:
        put_into_page(text)
    if failed:
        sys.exit("\n".join(["", "FAILED:", *failed]))


def settings():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--sessions", type=lambda text: text.split(","), required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--warm", type=int, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("extra", nargs="*")
    return parser.parse_args()


def extras(commands):
    """NAME=COMMAND, where {dir} is the session's folder, with stems and mix.rhai, and {out} the WAV to make."""

    def row(text):
        name, _, words = text.partition("=")
        return rows.Row(name, "", lambda job: shlex.split(words.format(dir=job.folder, out=job.out)))

    return [row(text) for text in commands]


def apart(chosen):
    """The rows that can be run, and what the engines of the others lack."""
    lacking = {need: not machine.has(need) for row in chosen for need in row.needs}
    absent = {row.engine: ", ".join(need for need in row.needs if lacking[need]) for row in chosen}
    absent = {engine: needs for engine, needs in absent.items() if needs}
    return [row for row in chosen if row.engine not in absent], absent


def measured(name, present, own):
    folder = os.path.join(own.folder, name)
    tell(f"session {name}: stems in {folder}")
    mix = session.make(name, folder)
    mixwright.lay_script(folder)
    results = [prepared(place, row, mix, folder, own) for place, row in enumerate(present)]
    for round in range(own.warm + own.rounds):
        for result in results:
            clear(result.work)
            done = measure.run(result.argv, result.work)
            clear(result.work, keep=result.out)
            tell(f"  round {round + 1}: {result.name}: {done.wall:.2f} s, CPU {done.cpu:.2f} s")
            if round >= own.warm:
                result.runs.append(done)
    stems = check.Stems(folder, mix)
    for variant in (rows.FREEVERB, rows.CONVOLUTION):
        compared = [result for result in results if result.row.variant == variant]
        reference = referred(variant, folder, stems, own) if compared else None
        for result in compared:
            result.output = reference.check(result.out)
    return results, tables.written(mix, results)


def prepared(place, row, mix, folder, own):
    """A row's command, and a folder for what it makes."""
    work = os.path.join(own.folder, "work", f"{mix['name']}-{place}")
    os.makedirs(work, exist_ok=True)
    out = os.path.join(work, "out.wav")
    job = Job(mix, folder, work, out, row.threads, row.variant == rows.CONVOLUTION)
    return Result(row, row.command(job), out, work)


def clear(work, keep=None):
    """Removes sounds: none is checked for an earlier run, and no row waits for another's disk."""
    for name in os.listdir(work):
        path = os.path.join(work, name)
        if name.endswith(".wav") and path != keep:
            os.remove(path)


def referred(variant, folder, stems, own):
    out = os.path.join(own.folder, "work", "reference.wav")
    job = Job(None, folder, own.folder, out, 1, variant == rows.CONVOLUTION)
    if measure.run(limit.mode("scalar")(job), own.folder).code != 0:
        sys.exit(f"the reference render failed: {measure.last_words(own.folder)}")
    return check.Reference(out, stems)


def head(own, load, absent):
    beside = " Other work ran beside it: its wall times say little, its CPU times more." if load > BUSY else ""
    lines = [f"{machine.described()}. The load was {load:.1f} when it began.{beside}"]
    lines += [f"Medians over interleaved rounds: {own.rounds}, after {own.warm} that did not count.", ""]
    lines += [machine.versions() + ".", ""]
    if absent:
        lines += ["Absent: " + ", ".join(f"{name} (needs {needs})" for name, needs in absent.items()) + ".", ""]
    return lines


def put_into_page(text):
    with open(PAGE) as file:
        before, _, rest = file.read().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        sys.exit(f"docs/performance.md has lost its markers: {BEGIN} and {END}")
    with open(PAGE, "w") as file:
        file.write(f"{before}{BEGIN}\n\n{text}\n{END}{after}")


def tell(text):
    print(text, file=sys.stderr, flush=True)


main()
