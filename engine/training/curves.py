# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Learning curves of a run's log as a picture."""

import json

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

LOSSES = ("cross_entropy", "kl", "sampled_cross_entropy", "sampled_kl", "surprise")
SHARES = ("free_steps", "free_windows", "forced_steps")


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
    figure, axes = pyplot.subplots(3, 1, figsize=(9, 11), sharex=True, constrained_layout=True)
    for name in LOSSES:
        points = [(entry["step"], entry[name]) for entry in steps if name in entry]
        if points:
            axes[0].plot(*zip(*points), label=name.replace("_", "-"), linewidth=0.8)
    axes[0].set_ylabel("training loss, nats a window")
    axes[0].set_yscale("symlog", linthresh=10)
    sets = sorted({name for entry in evaluations for name in entry["evaluation"]})
    for name, style in zip(sets, ("-", "--", ":")):
        for colour, share in enumerate(SHARES):
            points = [(e["step"], e["evaluation"][name][share]) for e in evaluations if name in e["evaluation"]]
            label = f"{name}: {share.replace('_', ' ')}"
            axes[1].plot(*zip(*points), style, color=f"C{colour}", label=label, marker=".", markersize=3)
    axes[1].set_ylabel("share reproduced")
    axes[2].plot([e["step"] for e in steps], [e["rate"] for e in steps], label="learning rate")
    axes[2].plot([e["step"] for e in steps], [e["beta"] for e in steps], label="beta")
    axes[2].set_yscale("log")
    axes[2].set_xlabel("step")
    for axis in axes:
        axis.grid(alpha=0.3)
        if axis.has_data():
            axis.legend(fontsize=8)
    figure.savefig(picture, dpi=80, format="png")
    pyplot.close(figure)
