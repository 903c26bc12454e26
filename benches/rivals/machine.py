"""What it was measured on, and with which versions."""

import datetime
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess

from adapters import limit

PROGRAMS = [
    ("rustc", ["rustc", "--version"], r"rustc (\S+)"),
    ("ffmpeg", ["ffmpeg", "-version"], r"version (\S+)"),
    ("SoX", ["sox", "--version"], r"v([\d.]+)"),
    ("ecasound", ["ecasound", "--version"], r"v([\d.]+)"),
    ("Csound", ["csound", "--version"], r"version ([\d.]+)"),
    ("scsynth", ["scsynth", "-v"], r"scsynth ([\d.]+)"),
    ("supernova", ["supernova", "-v"], r"supernova ([\d.]+)"),
]
MODULES = ["pedalboard", "dawdreamer", "supriya", "numpy"]


def has(need):
    kind, _, name = need.rpartition(":")
    if kind == "py":
        return version(name) is not None
    if kind == "limit":
        return name in said([limit.BINARY, "modes"]).split()
    return shutil.which(name) is not None


def version(module):
    try:
        return importlib.metadata.version(module)
    except importlib.metadata.PackageNotFoundError:
        return None


def said(argv):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20)
    except OSError:
        return ""
    return done.stdout + done.stderr


def versions():
    found = [("mixwright", os.environ["MIXWRIGHT_COMMIT"])]
    for name, argv, pattern in PROGRAMS:
        match = re.search(pattern, said(argv))
        found.append((name, match.group(1) if match else "absent"))
    found.append(("Python", platform.python_version()))
    found += [(module, version(module) or "absent") for module in MODULES]
    return ", ".join(f"{name} {number}" for name, number in found)


def described():
    cpu = processor()
    memory = int(first(r"MemTotal:\s*(\d+)", "/proc/meminfo") or 0) / 2**20
    system = first(r'PRETTY_NAME="(.+)"', "/etc/os-release") or platform.platform()
    flags = (first(r"flags\s*:\s*(.+)", "/proc/cpuinfo") or "").split()
    level = next((name for flag, name in [("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in flags), "no AVX2")
    virtual = ", a virtual machine" if "hypervisor" in flags else ""
    return f"{cpu} with {level}, {os.cpu_count()} cores{virtual}, {memory:.0f} GB, {system}, {datetime.date.today()}"


def processor():
    """As the kernel names it. Virtual machines often hide the model's name: its numbers tell it all the same."""
    name = first(r"model name\s*:\s*(.+)", "/proc/cpuinfo") or platform.machine()
    family, model = (first(rf"{of}\s*:\s*(\d+)", "/proc/cpuinfo") for of in ("cpu family", "model"))
    return f"{name} (family {family}, model {model})" if family and model else name


def first(pattern, path):
    try:
        with open(path) as file:
            match = re.search(pattern, file.read())
    except OSError:
        return None
    return match.group(1) if match else None
