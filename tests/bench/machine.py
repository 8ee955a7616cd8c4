# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The machine on which the bench runs."""

import os
import pathlib
import platform
import time

# The features of processors that kernels use.
FLAGS = "sse4_1 avx2 avx_vnni avx512f avx512bw avx512_vnni asimd asimddp".split()

# If other programs take more of a core than this, the figures are noise.
OTHERS_MOST = 0.1

# A core with this part of the fastest clock is good enough to measure on.
FAST = 0.9

CPUS = pathlib.Path("/sys/devices/system/cpu")


def cpuinfo():
    """The fields of the first processor."""
    fields = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            name, colon, value = line.partition(":")
            if colon:
                fields.setdefault(name.strip(), value.strip())
    return fields


def caches():
    """The caches of one core by name, such as L2."""
    found = {}
    for index in sorted((CPUS / "cpu0" / "cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found[f"L{level}"] = size
    return found


def use_fast_cores():
    """Keeps this process and its children off slow cores, if there are two kinds."""
    clocks = {}
    for cpu in os.sched_getaffinity(0):
        file = CPUS / f"cpu{cpu}" / "cpufreq" / "cpuinfo_max_freq"
        clocks[cpu] = int(file.read_text()) if file.exists() else 0
    os.sched_setaffinity(0, {cpu for cpu, clock in clocks.items() if clock >= FAST * max(clocks.values())})


def busy_seconds():
    """Busy time of all cores since the start, with that of other guests of the host."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, interrupts, soft, stolen = map(int, file.readline().split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    """Time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Watch:
    """How much of a core others have taken since this object was made."""

    def __init__(self):
        self.start = time.monotonic(), busy_seconds(), own_seconds()

    def others(self):
        elapsed, busy, own = (
            end - start for start, end in zip(self.start, (time.monotonic(), busy_seconds(), own_seconds()))
        )
        return max(0, busy - own) / elapsed


def describe():
    fields = cpuinfo()
    has = fields.get("flags", fields.get("Features", "")).split()
    family = "".join(f", {name} {fields[name]}" for name in ("cpu family", "model") if name in fields)
    return {
        "cpu": fields.get("model name", fields.get("CPU part", platform.machine())) + family,
        "cores": os.cpu_count(),
        "caches": caches(),
        "flags": [flag for flag in FLAGS if flag in has],
        "system": f"{platform.system()} {platform.release()}",
        "load": os.getloadavg()[0],
    }
