#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Reconstruction against the number of neurons and what they say: the best linear level two of each kind.

Prints a row of a table for each KL weight and number of neurons that may speak.
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
import shipped
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


def run(args):
    dtype = environment.product_type("auto")
    train = level2_cache.read_train(args.cache, args.parts)
    decoder = level2.restrict(vae.load_decoder(args.decoder), train.neurons, shipped.signs(args.model))
    axes = level2_axes.axes(*level2_axes.whole(train.mu, train.sigma, train.heard))
    phrases = level2_evaluate.Set(level2_cache.read(pathlib.Path(args.cache) / "whole.npz"), args.count)
    print(f"| neurons, KL weight | {' | '.join(COLUMNS)} |\n{'| --- ' * (len(COLUMNS) + 1)}|")
    for name, beta in cells():
        tensors = level2.new(len(train.neurons), LATENT, LATENT, torch.Generator().manual_seed(1))
        level2_axes.start(tensors, axes, beta)
        figures = level2_evaluate.evaluate(tensors, decoder, phrases, dtype=dtype)
        print(f"| {name} | {' | '.join(f'{figures[column]:g}' for column in COLUMNS)} |", flush=True)
    figures = level2_evaluate.reconstruction(decoder, phrases.mu, phrases.tokens, phrases.heard, dtype)
    print("level one itself:", figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("--model", default=level2_evaluate.MODEL, help="the model file with level one (default: %(default)s)")
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
