#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Reconstruction against the number of neurons and what they say: the best linear level two of each kind.

Prints a row of a table for each KL weight and number of neurons that may speak, and
for each file of weights that is given; draws the curve if asked for.
"""

import argparse
import pathlib
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import level2
import level2_axes
import level2_cache
import level2_evaluate
import safetensors
import vae

# KL weights with all neurons, and numbers of neurons with the first weight.
WEIGHTS = (0.5, 1, 1.25, 1.5, 2, 3, 4, 8)
NEURONS, CHEAP = (77, 96, 128, 160, 256, 384), 0.5
LATENT = 512
SILENT = 1e9
COLUMNS = ("kl", "says", "music", "error", "free_steps", "onset_pitch", "onset_f", "bars_8")


def cells():
    """(name, KL weight of each neuron)."""
    for weight in WEIGHTS:
        yield f"all, {weight:g}", np.full(LATENT, float(weight))
    for count in NEURONS:
        yield f"{count}, {CHEAP:g}", np.where(np.arange(LATENT) < count, CHEAP, SILENT)


def rows(args, decoder, phrases, dtype):
    """(kind, name, figures) of the linear ones and of the files."""
    train = level2_cache.read_train(args.cache, args.parts)
    axes = level2_axes.axes(*level2_axes.whole(train.mu, train.sigma, train.heard))
    for name, beta in cells():
        tensors = level2.new(len(train.neurons), LATENT, LATENT, torch.Generator().manual_seed(1))
        level2_axes.start(tensors, axes, beta)
        yield name.split(",")[0], name, level2_evaluate.evaluate(tensors, decoder, phrases, dtype=dtype)
    for path in args.float:
        tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in safetensors.read(path)[0].items()}
        yield "trained", pathlib.Path(path).parent.name, level2_evaluate.evaluate(tensors, decoder, phrases, dtype=dtype)


def draw(points, ceiling, picture):
    """Steps right against what is said, with the number of music neurons beside each point."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 5), constrained_layout=True)
    kinds = {
        "linear, all neurons may speak": [f for kind, _, f in points if kind == "all"],
        f"linear, so many may, weight {CHEAP}": [f for kind, _, f in points if kind.isdigit()],
        "trained": [f for kind, _, f in points if kind == "trained"],
    }
    for (label, found), style in zip(kinds.items(), ("o-", "s--", "*")):
        axis.plot([f["kl"] for f in found], [f["free_steps"] for f in found], style, label=label)
        for f in found:
            axis.annotate(f["music"], (f["kl"], f["free_steps"]), xytext=(4, -10), textcoords="offset points", fontsize=7)
    axis.axhline(ceiling, color="grey", linestyle=":", label="level one itself")
    axis.set_xlabel("KL divergence, nats a phrase; beside each point its music neurons, above 1 nat")
    axis.set_ylabel("free-running, share of steps right")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    figure.savefig(picture, dpi=80, format="png")


def run(args):
    dtype = environment.product_type("auto")
    held = level2_cache.read(pathlib.Path(args.cache) / "whole.npz")
    decoder = level2.restrict(vae.load_decoder(args.decoder), held.neurons)
    phrases = level2_evaluate.Set(held, args.count)
    print(f"| neurons, KL weight | {' | '.join(COLUMNS)} |\n{'| --- ' * (len(COLUMNS) + 1)}|")
    points = []
    for kind, name, figures in rows(args, decoder, phrases, dtype):
        print(f"| {name} | {' | '.join(f'{figures[column]:g}' for column in COLUMNS)} |", flush=True)
        points.append((kind, name, figures))
    figures = level2_evaluate.reconstruction(decoder, phrases.mu, phrases.tokens, phrases.heard, dtype)
    print("level one itself:", figures)
    if args.picture:
        draw(points, figures["free_steps"], args.picture)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("float", nargs="*", metavar="FLOAT.safetensors", help="weights as level2_train.py writes them")
    add("--picture", metavar="FILE.png", help="where to draw the curve")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="PATH", help="folder or weights (default: %(default)s)")
    add("--parts", type=int, default=16, help="of the cache (default: %(default)s)")
    add("--count", type=int, default=400, help="held-out phrases (default: %(default)s)")
    try:
        run(parser.parse_args())
    except level2_evaluate.ERRORS as error:
        print(f"level2_sweep.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
