# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Learning curves of level two's log as a picture."""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

import curves

LOSSES = ("error", "kl", "partial", "cross_entropy", "gap")
# What each further panel shows of the evaluations, and its label.
PANELS = (
    (("free_steps", "onset_pitch", "onset_f"), "free-running, share"),
    (("says", "music"), "neurons"),
    (("bars_4", "bars_8", "bars_8_together"), "mu of the latest bars, correlation"),
    (("style_windows_balanced", "style_tunes_balanced"), "styles told, balanced"),
)


def draw(log, picture):
    steps, evaluations = curves.read(log)
    figure, axes = pyplot.subplots(1 + len(PANELS), 1, figsize=(9, 14), sharex=True, constrained_layout=True)
    for name in LOSSES:
        points = [(entry["step"], entry[name]) for entry in steps if name in entry]
        if points:
            axes[0].plot(*zip(*points), label=name.replace("_", "-"), linewidth=0.8)
    axes[0].set_ylabel("training loss, nats a phrase")
    axes[0].set_yscale("symlog", linthresh=100)
    for axis, (names, label) in zip(axes[1:], PANELS):
        for number, name in enumerate(names):
            for line, kind in zip(curves.LINES, ("whole", "played", "tunes")):
                points = [(e["step"], e["evaluation"][kind][name]) for e in evaluations
                          if name in e["evaluation"].get(kind, {})]
                if points:
                    axis.plot(*zip(*points), label=f"{name}, {kind}", color=f"C{number}", linestyle=line, marker=".")
        axis.set_ylabel(label)
    axes[-1].set_xlabel("step")
    for axis in axes:
        axis.grid(alpha=0.3)
        if axis.has_data():
            axis.legend(fontsize=7, ncol=3)
    figure.savefig(picture, dpi=80, format="png")
    pyplot.close(figure)
