#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Train what tells styles from level one's windows, and hold it against other means.

pooled: each window goes through two layers, the same for all; mean and largest over
the windows heard through two more. So a phrase heard in part is told as a whole one is.
Beside it a classifier of jSymbolic's scalars, one of all windows' mu as they stand,
and level two's mixture. Prints JSON, with the confusion of each.
"""

import argparse
import json
import pathlib
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch
from torch.nn import functional

import level2
import level2_cache
import level2_evaluate
import level2_scalars
import level2_windows
import safetensors
from level2_windows import PHRASE

BATCH, RATE, KEPT = 192, 2e-3, 0.7
WINDOW, HIDDEN = 256, 128


class Pooled:
    """Told from (level one's mu, which windows were heard, and level one's sigma in training)."""

    def __init__(self, inputs, generator):
        self.tensors = {}
        for name, rows, columns in (
            ("window_0", inputs[0].shape[2], WINDOW), ("window_1", WINDOW, WINDOW), ("phrase", 2 * WINDOW, HIDDEN),
            ("output", HIDDEN, len(level2_windows.LABELS)),
        ):
            level2.add_layer(self.tensors, level2.STYLE + name, rows, columns, generator)

    def prepare(self, inputs, generator):
        """The inputs of training: drawn from level one's posterior, and of the latest one to all windows."""
        mu, heard, sigma = inputs
        count = torch.randint(1, PHRASE + 1, (len(mu),), generator=generator)
        fewer = level2.latest(heard, count)
        z = mu.float() + sigma.float() * torch.randn(mu.shape, generator=generator)
        return z, torch.where(fewer.any(1, keepdim=True), fewer, heard)

    def logits(self, inputs, drop=lambda h: h, dtype=torch.float32):
        return level2.labels(self.tensors, *inputs, drop, dtype)


class Flat:
    """Told from a row of numbers, by two layers of 256."""

    def __init__(self, inputs, generator):
        self.mean, self.scale = inputs[0].mean(0), inputs[0].std(0).clamp(min=1e-3)
        self.tensors = {}
        sizes = (inputs[0].shape[1], WINDOW, WINDOW, len(level2_windows.LABELS))
        for layer, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
            level2.add_layer(self.tensors, str(layer), rows, columns, generator)

    def prepare(self, inputs, _generator):
        return inputs

    def logits(self, inputs, drop=lambda h: h, dtype=torch.float32):
        h = (inputs[0] - self.mean) / self.scale
        for layer in range(2):
            h = drop(torch.relu(level2.linear(self.tensors, str(layer), h, dtype)))
        return level2.linear(self.tensors, "2", h, dtype)


def fit(kind, inputs, style, steps, dtype=torch.float32, seed=1):
    """A network of a kind, trained on inputs and their labels; each label counts as much."""
    generator = torch.Generator().manual_seed(seed)
    network = kind(inputs, generator)
    for weight in network.tensors.values():
        weight.requires_grad_()
    optimiser = torch.optim.Adam(network.tensors.values(), lr=RATE)
    of_label = [torch.nonzero(style == label).ravel() for label in style.unique()]

    def drop(h):
        return h * (torch.rand(h.shape, generator=generator) < KEPT) / KEPT

    for step in range(steps):
        label = torch.randint(len(of_label), (BATCH,), generator=generator)
        share = torch.rand(BATCH, generator=generator)
        chosen = torch.stack([of_label[x][int(s * len(of_label[x]))] for x, s in zip(label, share)])
        batch = network.prepare(tuple(x[chosen] for x in inputs), generator)
        loss = functional.cross_entropy(network.logits(batch, drop, dtype), style[chosen])
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        for weight, gradient in zip(network.tensors.values(), torch.autograd.grad(loss, network.tensors.values())):
            weight.grad = gradient
        optimiser.step()
    return network


def phrases(latents, count, seed=1):
    """Phrases with a label from stretches: (tokens, mu, heard, sigma, label)."""
    label = level2_windows.LABEL_OF[latents.style]
    windows = np.lib.stride_tricks.sliding_window_view(latents.heard, PHRASE, 1)
    found = np.argwhere((windows.sum(2) >= 2) & (label >= 0)[:, None])
    found = np.random.default_rng(seed).permutation(found)[:count]
    row, place = found[:, :1], found[:, 1:] + np.arange(PHRASE)
    parts = (latents.tokens, latents.mu, latents.heard, latents.sigma)
    return *(part[row, place] for part in parts), label[row[:, 0]]


def confusion(logits, label):
    found = logits.argmax(1).numpy()
    count = len(level2_windows.LABELS)
    return np.bincount(label * count + found, minlength=count**2).reshape(count, count).tolist()


def figures(logits, label, line):
    return {**level2_evaluate.styles(logits, label, line), "confusion of phrases": confusion(logits, label)}


def mixture_logits(path, mu, heard):
    """What the mixture of a file of level two says of labels; its styles are merged."""
    arrays, metadata = safetensors.read(path)
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
    styles = len(level2_windows.STYLES)
    mixture = level2.Mixture(styles, int(metadata["z_size"]), float(metadata["distance"]), np.ones(styles))
    return level2_evaluate.merge(mixture.logits(level2.encode(tensors, mu, heard)[0]))


@torch.no_grad()
def partial(network, mu, heard, label, line):
    """Balanced accuracy of phrases from the latest bars."""
    found = {}
    for windows in (1, 2, 4):
        fewer = level2.latest(heard, torch.full((len(mu),), windows))
        kept = fewer.any(1)
        logits = network.logits((mu[kept], fewer[kept]))
        found[f"bars_{2 * windows}"] = level2_evaluate.styles(logits, label[kept], line[kept])["style_windows_balanced"]
    return found


def write(path, network, steps):
    """Writes a network's weights in half precision into a file, beside what is there."""
    tensors, metadata = safetensors.read(path) if pathlib.Path(path).exists() else ({}, {})
    own = {k: v.detach().numpy().astype(np.float16) for k, v in network.tensors.items()}
    labels = {"labels": ", ".join(level2_windows.LABELS), "label_steps": str(steps)}
    safetensors.write(path, {**tensors, **own}, {**metadata, **labels})


def report(args):
    dtype = environment.product_type("auto")
    tokens, *inputs, label = phrases(level2_cache.read_train(args.cache, args.parts or None), args.count)
    style, inputs = torch.from_numpy(label).long(), tuple(map(torch.from_numpy, inputs))
    held = level2_cache.read(pathlib.Path(args.cache) / "tunes.npz")
    known = level2_windows.LABEL_OF[held.style] >= 0
    label, line = level2_windows.LABEL_OF[held.style][known], held.line[known]
    test = torch.from_numpy(held.mu[known].astype(np.float32)), torch.from_numpy(held.heard[known])
    result = {"labels": level2_windows.LABELS, "tunes": len(np.unique(line)), "phrases": len(line),
              "majority": round(float(np.bincount(label).max() / len(label)), 4)}
    network = fit(Pooled, inputs, style, args.steps, dtype)
    with torch.no_grad():
        result["pooled"] = {**figures(network.logits(test), label, line), **partial(network, *test, label, line)}
    if args.output:
        write(args.output, network, args.steps)
    count = args.compared
    if count:
        def flat(mu, heard):
            return torch.cat([mu.flatten(1).float(), heard.float()], 1)

        def scalars(tokens):
            return torch.from_numpy(np.stack([level2_scalars.features(row) for row in tokens]))

        for name, own, other in (("scalars", scalars(tokens[:count]), scalars(held.tokens[known])),
                                 ("level one as it stands", flat(*(part[:count] for part in inputs[:2])), flat(*test))):
            network = fit(Flat, (own,), style[:count], args.steps // 2)
            with torch.no_grad():
                result[name] = figures(network.logits((other,)), label, line)
    for path in args.float:
        with torch.no_grad():
            result[f"mixture of {path}"] = figures(mixture_logits(path, *test), label, line)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("float", nargs="*", metavar="FLOAT.safetensors", help="weights of a mixture or an adversarial level two")
    add("-o", "--output", metavar="FILE", help="writes the pooled one's weights, beside what is there")
    add("--parts", type=int, default=0, help="of the cache (default: all)")
    add("--count", type=int, default=60000, help="phrases to train on (default: %(default)s)")
    add("--compared", type=int, default=20000, help="those for the others; 0: none (default: %(default)s)")
    add("--steps", type=int, default=3000, help="default: %(default)s")
    try:
        print(json.dumps(report(parser.parse_args())))
    except level2_evaluate.ERRORS as error:
        print(f"level2_styles.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
