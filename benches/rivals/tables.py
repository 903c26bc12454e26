"""The results as Markdown: a table per session and variant, and mixwright's time divided by others'."""

from measure import median
from rows import FLOOR, MEASURES, MIXWRIGHT, VARIANTS


def written(session, results):
    """All tables of one session; `results` are rows with their runs and checks."""
    out = []
    title = f"Session {session['name']} ({len(session['tracks'])} stems, {session['seconds']} s)"
    for variant in VARIANTS:
        own = [result for result in results if result.row.variant == variant]
        if own:
            out += [f"### {title}, {variant}", "", table(own, session["seconds"], variant), ""]
            if variant != FLOOR:
                out += ratios(own)
    return out


def table(results, seconds, variant):
    whole = sorted((result for result in results if not result.faults), key=lambda result: median(result.runs, "wall"))
    checked = variant != FLOOR
    lines = ["| | wall s (min to max) | CPU s | x real time | peak MB |" + (" output, dB |" if checked else "")]
    lines += ["|---|---|---|---|---|" + ("---|" if checked else "")]
    for result in whole:
        walls = [run.wall for run in result.runs]
        wall = median(result.runs, "wall")
        cells = [bold(result.row), f"**{wall:.2f}** ({min(walls):.2f} to {max(walls):.2f})"]
        cells += [f"{median(result.runs, 'cpu'):.2f}", f"{seconds / wall:.0f}", f"{median(result.runs, 'peak'):.0f}"]
        lines.append(line(cells + ([result.output.says] if checked else [])))
    for result in results:
        if result.faults:
            cells = [bold(result.row), "**FAILED**: " + "; ".join(result.faults), "", "", ""]
            lines.append(line(cells + ([result.output.says] if checked else [])))
    return "\n".join(lines)


def line(cells):
    return "| " + " | ".join(cells) + " |"


def bold(row):
    return f"**{row.name}**" if row.engine == MIXWRIGHT else row.name


def ratios(results):
    """mixwright's wall time and CPU time over those of each measure, like with like where there is like."""
    lines = []
    for threads in (2, 1):
        ours = best(results, MIXWRIGHT, threads)
        for engine in MEASURES:
            theirs = best(results, engine, threads)
            if ours and theirs:
                wall, cpu = (median(ours.runs, of) / median(theirs.runs, of) for of in ("wall", "cpu"))
                lines.append(line([theirs.row.name, f"{threads}", f"{wall:.2f}", f"{cpu:.2f}"]))
    if not lines:
        return []
    return ["| mixwright's time over that of | mixwright's threads | wall | CPU |", "|---|---|---|---|", *lines, ""]


def best(results, engine, threads):
    """The row of an engine that uses most of so many threads."""
    fitting = [r for r in results if r.row.engine == engine and r.row.threads <= threads and not r.faults]
    return max(fitting, key=lambda result: result.row.threads, default=None)
