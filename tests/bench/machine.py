# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Which machine it is that measures."""

import os
import pathlib
import platform

# Of all that processors can, what the kernels use.
FLAGS = "sse4_1 avx2 avx_vnni avx512f avx512bw avx512_vnni asimd asimddp".split()

CACHES = pathlib.Path("/sys/devices/system/cpu/cpu0/cache")


def cpuinfo():
    """The first processor's fields."""
    fields = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            name, colon, value = line.partition(":")
            if colon:
                fields.setdefault(name.strip(), value.strip())
    return fields


def caches():
    """By name, such as L2, of one core."""
    found = {}
    for index in sorted(CACHES.glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found[f"L{level}"] = size
    return found


def load():
    return os.getloadavg()[0]


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
        "load": load(),
    }
