"""The rows of the tables: who renders which variant of the mix, how, and what that needs.

A need is a program, `py:MODULE`, or `limit:MODE`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from adapters import csound, ecasound, ffmpeg, limit, mixwright, python_hosts, sox, supercollider

THREADS = 2
FREEVERB, CONVOLUTION, FLOOR = "algorithmic reverb", "2-second convolution reverb", "floor"
VARIANTS = [FREEVERB, CONVOLUTION, FLOOR]


@dataclass
class Row:
    engine: str  # rows of one engine are compared with mixwright as one
    how: str
    command: Callable
    variant: str = FREEVERB
    threads: int = 1
    needs: tuple = ()

    @property
    def name(self):
        return f"{self.engine}, {self.how}" if self.how else self.engine


def both(engine, command, variant=FREEVERB, needs=()):
    """On two threads and on one."""
    return [
        Row(engine, "2 threads", command, variant, THREADS, needs),
        Row(engine, "1 thread", command, variant, 1, needs),
    ]


MIXWRIGHT = "mixwright"
CPU = "mixwright held down"
HALL = "mixwright, its own hall for Freeverb"
NODE, SIMD, SCALAR = "limit node", "limit simd", "limit scalar"
SC, BOARD = "scsynth", "pedalboard"
SIMD_NEEDS = ("limit:simd",)
SC_NEEDS, NOVA_NEEDS = ("scsynth", "py:supriya"), ("supernova", "py:supriya")
BOARD_NEEDS, DAW_NEEDS = ("py:pedalboard",), ("py:dawdreamer",)

ROWS = [
    *both(MIXWRIGHT, mixwright.render()),
    Row(CPU, "AVX2, 2 threads", mixwright.render(cpu="avx2"), threads=THREADS),
    Row(CPU, "SSE2, 2 threads", mixwright.render(cpu="sse2"), threads=THREADS),
    Row("mixwright with meters and report", "2 threads", mixwright.render(report=True), threads=THREADS),
    *both(HALL, mixwright.render("hall")),
    *both(SIMD, limit.mode("simd"), needs=SIMD_NEEDS),
    *both(NODE, limit.mode("node")),
    *both(SCALAR, limit.mode("scalar")),
    Row(SC, "1 thread", supercollider.scsynth, needs=SC_NEEDS),
    Row("supernova", "2 threads, stems in memory", supercollider.supernova, threads=THREADS, needs=NOVA_NEEDS),
    *both(BOARD, python_hosts.pedalboard, needs=BOARD_NEEDS),
    Row("DawDreamer", "Faust JIT", python_hosts.dawdreamer, needs=DAW_NEEDS),
    *both("Csound", csound.one_process, needs=("csound",)),
    Row("ecasound", "swh LADSPA", ecasound.one_process, needs=("ecasound",)),
    Row("ffmpeg", "one graph", ffmpeg.graph, needs=("ffmpeg",)),
    Row("ffmpeg", "a process per track, 2 at once", ffmpeg.processes, threads=THREADS, needs=("ffmpeg",)),
    Row("SoX", "a process per track, 2 at once", sox.processes, threads=THREADS, needs=("sox",)),
    Row("SoX", "a process per track, 1 at once", sox.processes, needs=("sox",)),
    *both(MIXWRIGHT, mixwright.render("convolution"), CONVOLUTION),
    *both(SIMD, limit.mode("simd"), CONVOLUTION, SIMD_NEEDS),
    *both(NODE, limit.mode("node"), CONVOLUTION),
    Row(SCALAR, "1 thread", limit.mode("scalar"), CONVOLUTION),
    *both(BOARD, python_hosts.pedalboard, CONVOLUTION, BOARD_NEEDS),
    Row("Csound", "ftconv, 1 thread", csound.one_process, CONVOLUTION, needs=("csound",)),
    Row("ffmpeg", "one graph, afir", ffmpeg.graph, CONVOLUTION, needs=("ffmpeg",)),
    Row("SoX", "fir, 2 processes at once", sox.processes, CONVOLUTION, THREADS, ("sox",)),
    Row("read the stems", "", limit.mode("read"), FLOOR),
    Row("decode, sum, write", "", limit.mode("sum"), FLOOR),
]

# What mixwright's time is divided by.
MEASURES = [NODE, SIMD, SC, BOARD]
