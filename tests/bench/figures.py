# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The targets, and whether they were reached."""

from dataclasses import dataclass

import elsewhere
from process import Missing
from rounds import ONNX_INT8, SMALL, TORCH, ours_key

INSTANCES = 64
KIB_MOST = 256


@dataclass
class Figure:
    """A row of the table. `reached` is None where nothing was measured."""

    name: str
    hidden: int | None = None
    target: str = ""
    value: str = ""
    reached: bool | None = None


def at_most(name, hidden, spread, most, absent):
    return _ratio(name, hidden, spread, f"at most {most}", lambda value: value <= most, absent)


def at_least(name, hidden, spread, least, absent):
    return _ratio(name, hidden, spread, f"at least {least}", lambda value: value >= least, absent)


def _ratio(name, hidden, spread, target, good, absent):
    if not spread:
        return Figure(name, hidden, target, absent)
    low, high = spread["quartiles"]
    value = f"{spread['median']:.2f} ({low:.2f} to {high:.2f})"
    return Figure(name, hidden, target, value, good(spread["median"]))


def of_sizes(sizes, ours):
    """Figures from paired rounds. `sizes` has them by hidden units."""
    figures = []
    for hidden, size in sizes.items():
        ratio = size.ratio(size.best("encoder"), size.best("floor"))
        figures.append(at_most(f"encoder / floor, {ours.best}", hidden, ratio, 1.25, ""))
    for hidden, least in ((256, 1.3), (512, 1.3), (2048, 1.0)):
        size = sizes[hidden]
        ratio = size.ratio(ONNX_INT8, size.best("encoder"))
        figures.append(
            at_least(f"{ONNX_INT8} / ours with int8 weights", hidden, ratio, least, size.absent.get(ONNX_INT8))
        )
    for hidden, least in ((256, 7), (512, 35), (2048, 10)):
        size = sizes[hidden]
        ratio = size.ratio(TORCH, size.best("encoder"))
        figures.append(
            at_least(f"{TORCH} / ours with int8 weights", hidden, ratio, least, size.absent.get(TORCH))
        )
    for name, hidden in ours.shipped.items():
        size = sizes[hidden]
        ratio = size.ratio(ours_key(name, ours.best, "encoder"), size.best("floor"))
        figures.append(at_most(f"{name}, as it ships / int8 floor", hidden, ratio, 3, ""))
    for hidden, size in sizes.items():
        ratio = size.ratio(ours_key("int8", "avx2", "encoder"), ours_key("int8", "avx2", "floor"))
        figures.append(at_most("AVX2 / floor of its own", hidden, ratio, 1.4, "not on this processor"))
    for kind in ("int8", "int16"):
        ratio = sizes[SMALL].ratio(*(ours_key(kind, ours.best, part) for part in ("encoder", "batch")))
        name = f"batch of 64 / batch of 1, {kind} weights, windows a second and core"
        figures.append(at_least(name, SMALL, ratio, 4, ""))
    return figures


def _instructions(build):
    rows = (
        ("idle", "run(), 64 frames, no event, no window due", 400),
        ("note on and off", "run(), note on and off in the block, thru and melody", 2500),
    )
    try:
        found = elsewhere.instructions(build)
    except Missing as missing:
        return [Figure(name, None, f"at most {most:,} instructions", str(missing)) for _, name, most in rows]
    figures = []
    for what, name, most in rows:
        figure = Figure(name, None, f"at most {most:,} instructions", "not measured")
        if what in found:
            median, worst = found[what]
            figure.value, figure.reached = f"{median:,} (worst {worst:,})", median <= most
        figures.append(figure)
    return figures


def _memory(build):
    figure = Figure(f"resident memory of the 2nd to {INSTANCES}th instance, each", None, f"at most {KIB_MOST} KiB")
    try:
        kib = elsewhere.instance_kib(build)
        figure.value, figure.reached = f"{kib} KiB", kib <= KIB_MOST
    except Missing as missing:
        figure.value = str(missing)
    return figure


def _instances(build):
    """A figure for each shipped model, and all output of the program."""
    name = f"{INSTANCES} instances{{}}, hop 1 step at 120 bpm, one core for all workers"
    target = "no window late"
    try:
        lines = elsewhere.latency(build)
    except Missing as missing:
        return [Figure(name.format(""), None, target, str(missing))], []
    figures = [
        Figure(
            name.format(f" of {line['model']}"),
            None,
            target,
            f"{line['late']:,} late, {line['windows']:,} in time",
            line["late"] == 0 and line["windows"] > 0,
        )
        for line in lines
        if line["name"] == f"{INSTANCES} instances"
    ]
    return figures or [Figure(name.format(""), None, target, "not measured: needs a second core")], lines


def of_tests(build):
    """Figures from other programs, and the output of the latency program."""
    instances, lines = _instances(build)
    return [*_instructions(build), *instances, _memory(build)], lines
