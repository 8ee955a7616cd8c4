# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Learning curves of a run's log as a picture."""

import json

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

LOSSES = ("cross_entropy", "kl", "sampled_cross_entropy", "sampled_kl", "surprise")
LINES = ("-", "--", ":")


def read(path):
    """(training entries, evaluation entries) of a log."""
    steps, evaluations = [], []
    with open(path) as file:
        for entry in map(json.loads, file):
            if "evaluation" in entry:
                evaluations.append(entry)
            elif "settings" not in entry:
                steps.append(entry)
    return steps, evaluations


def draw(log, picture):
    steps, evaluations = read(log)
    figure, axes = pyplot.subplots(4, 1, figsize=(9, 14), sharex=True, constrained_layout=True)
    for name in LOSSES:
        points = [(entry["step"], entry[name]) for entry in steps if name in entry]
        if points:
            axes[0].plot(*zip(*points), label=name.replace("_", "-"), linewidth=0.8)
    axes[0].set_ylabel("training loss, nats a window")
    axes[0].set_yscale("symlog", linthresh=10)
    sets = sorted({name for entry in evaluations for name in entry["evaluation"]})
    for number, name in enumerate(sets):
        own = [(e["step"], e["evaluation"][name]) for e in evaluations if name in e["evaluation"]]
        look = {"color": f"C{number % 10}", "linestyle": LINES[number % len(LINES)], "marker": ".", "markersize": 3}
        for axis, figure_name in ((axes[1], "free_steps"), (axes[2], "noise_active_median")):
            points = [(step, figures[figure_name]) for step, figures in own if figure_name in figures]
            if points:
                axis.plot(*zip(*points), label=name, **look)
    axes[1].set_ylabel("share of steps reproduced, free-running")
    axes[2].set_ylabel("noise neurons active, median")
    for name, label in (("rate", "learning rate"), ("beta", "beta")):
        points = [(entry["step"], entry[name]) for entry in steps if name in entry]
        if points:
            axes[3].plot(*zip(*points), label=label)
    axes[3].set_yscale("log")
    axes[3].set_xlabel("step")
    for axis in axes:
        axis.grid(alpha=0.3)
        if axis.has_data():
            axis.legend(fontsize=7, ncol=2)
    figure.savefig(picture, dpi=80, format="png")
    pyplot.close(figure)
