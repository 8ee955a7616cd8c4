# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The results of the bench, as text and as a picture."""

import textwrap

from machine import OTHERS_MOST
from rounds import PEERS, ours_key

WIDTH = 110


def machine(found):
    caches = ", ".join(f"{name} {size}" for name, size in found["caches"].items())
    lines = (
        f"{found['cpu']}; {found['cores']} cores; {caches or 'caches unknown'}",
        f"{' '.join(found['flags']) or 'no vector instructions'}; {found['system']}",
        f"load average before {found['load']:.2f}; meanwhile others took {found['others']:.2f} of a core"
        + (": the figures are noise" if found["others"] > OTHERS_MOST else ""),
    )
    return "\n".join(lines)


def table(header, rows):
    """Columns as wide as they need to be, the first aligned to the left."""
    cells = [header, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]

    def line(row):
        return "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, rows)])


def figures(found):
    words = {True: "reached", False: "NOT REACHED", None: "-"}
    rows = [
        [f.name, str(f.hidden or ""), f.target, f.value or "not measured", words[f.reached]] for f in found
    ]
    return table(["figure", "hidden", "to reach", "median of rounds (quartiles)", ""], rows)


def times(sizes):
    """Milliseconds of a window: a row for each subject, a column for each size."""
    all_ms = {hidden: size.milliseconds() for hidden, size in sizes.items()}
    names = list(dict.fromkeys(name for ms in all_ms.values() for name in ms))
    names += [name for name in PEERS if name not in names]
    rows = []
    for name in names:
        row = [name]
        for hidden, size in sizes.items():
            ms = all_ms[hidden].get(name)
            reason = size.absent.get(name, "-").split(":")[0]
            row.append(f"{ms['median']:.4g} ({ms['least']:.4g})" if ms else reason)
        rows.append(row)
    return table(["ms a window, median (least)", *(f"hidden {hidden}" for hidden in sizes)], rows)


def agreement(sizes):
    rows = []
    for name in PEERS:
        found = [size.agreement.get(name) for size in sizes.values()]
        if any(found):
            cells = [f"{a['mean_abs_difference']:.4f} of {a['mean_abs_mu']:.3f}" if a else "-" for a in found]
            rows.append([name, *cells])
    header = ["mean abs difference of mu to ours", *(f"hidden {hidden}" for hidden in sizes)]
    return table(header, rows) if rows else "No peer is installed."


LATENCY = ("min_ms", "median_ms", "p95_ms", "max_ms")


def latency(lines):
    """Distributions, a row for each model and block size."""
    found = [line for line in lines if line["name"] == "latency"]
    rows = [
        [line["model"], str(line["block"]), *(f"{line[key]:.2f}" for key in LATENCY), str(line["late"])]
        for line in found
    ]
    header = ["ms from a window's close to its values", "block", "min", "median", "95 %", "max", "late"]
    return table(header, rows) if rows else "No latency was measured."


def picture(sizes, ours, title, path):
    """Bars of a window's time for each size. @return Why there is none, or None."""
    try:
        import matplotlib
    except ImportError:
        return "no picture: no matplotlib"
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    best = ours.best
    kinds = [(ours_key("int8", best, "read"), "weights read once a step", "#c8c8c8")]
    kinds += [(ours_key("int8", best, "floor"), f"int8 products alone, {best} (floor)", "#8c8c8c")]
    kinds += [(ours_key("int8", best, "encoder"), f"ours int8, {best}", "#d1495b")]
    if best != "avx2" and "avx2" in ours.kernels:
        kinds += [(ours_key("int8", "avx2", "encoder"), "ours int8, avx2", "#e8919c")]
    kinds += [(ours_key("int16", best, "encoder"), f"ours int16, {best}", "#edae49")]
    kinds += zip(reversed(PEERS), reversed(PEERS), ("#00798c", "#4aa9b8", "#30638e"))

    figure, axes = plt.subplots(figsize=(9, 5))
    width = 0.85 / len(kinds)
    for at, (name, label, colour) in enumerate(kinds):
        bars = [
            (i + (at - (len(kinds) - 1) / 2) * width, size.milliseconds()[name]["median"])
            for i, size in enumerate(sizes.values())
            if name in size.subjects
        ]
        if bars:
            drawn = axes.bar(*zip(*bars), width, label=label, color=colour)
            axes.bar_label(drawn, [f"{float(f'{ms:.2g}'):g}" for _, ms in bars], fontsize=7)
    axes.set_yscale("log")
    axes.set_xticks(range(len(sizes)), [f"hidden {hidden}" for hidden in sizes])
    axes.set_ylabel("ms a window of 2 bars, one core (log scale)")
    axes.set_title("\n".join(textwrap.wrap(title, WIDTH)), fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    return None
