#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Train what tells styles from level one's windows, and hold it against other means.

pooled: each window goes through two layers, the same for all; mean and largest over
the windows heard through two more. So a phrase heard in part is told as a whole one is.
The layers of the windows learn jSymbolic's scalars of the phrase first: many phrases
come from few tunes, and those that learn styles alone learn the tunes by heart.
Beside it a classifier of these scalars, one of all windows' mu as they stand, and
level two's mixture. Prints JSON, with the confusion of each.
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

BATCH, RATE, KEPT = 192, 2e-3, 0.6
WINDOW, HIDDEN = 256, 128
# The layers of the windows move so much less while styles are learnt, and so many phrases are heard as a whole.
SLOW, WHOLE = 0.1, 0.5
SCALARS = "scalars"


class Pooled:
    """Told from (level one's mu, which windows were heard; in training level one's sigma, the phrase's scalars)."""

    def __init__(self, inputs, generator):
        self.tensors, self.helper = {}, {}
        for name, rows, columns in (
            ("window_0", inputs[0].shape[2], WINDOW), ("window_1", WINDOW, WINDOW), ("phrase", 2 * WINDOW, HIDDEN),
            ("output", HIDDEN, len(level2_windows.LABELS)),
        ):
            level2.add_layer(self.tensors, level2.STYLE + name, rows, columns, generator)
        if len(inputs) > 3:
            level2.add_layer(self.helper, SCALARS, 2 * WINDOW, inputs[3].shape[1], generator)

    def weights(self):
        """(weights, the share of the rate that each moves with)."""
        window = level2.STYLE + "window_"
        return [*((v, SLOW if k.startswith(window) else 1) for k, v in self.tensors.items()),
                *((v, SLOW) for v in self.helper.values())]

    def _missed(self, both, scalars, whole):
        """By how much the pool's reading misses the scalars of phrases heard as a whole."""
        found = level2.linear(self.helper, SCALARS, both, torch.float32)
        missed = functional.smooth_l1_loss(found, scalars, reduction="none").mean(1)
        return (missed * whole).sum() / whole.sum().clamp(min=1)

    def learn_scalars(self, inputs, steps, dtype=torch.float32, seed=2):
        """Trains the layers of the windows to say the scalars of whole phrases."""
        generator = torch.Generator().manual_seed(seed)
        weights = [v.requires_grad_() for v, share in self.weights() if share == SLOW]
        optimiser = torch.optim.Adam(weights)
        for step in range(steps):
            row = torch.randint(len(inputs[0]), (BATCH,), generator=generator)
            mu, heard, sigma, scalars = (x[row] for x in inputs)
            both = level2.pooled(self.tensors, drawn(mu, sigma, generator), heard, dtype)
            advance(optimiser, self._missed(both, scalars, torch.ones(BATCH)), weights,
                    [RATE * (1 - (1 - SLOW) * step / steps)])

    def loss(self, inputs, style, drop, generator, dtype):
        """Cross-entropy of phrases drawn from level one's posterior, half of them heard as a whole."""
        mu, heard, sigma, *scalars = inputs
        whole = torch.rand(len(mu), generator=generator) < WHOLE
        count = torch.randint(1, PHRASE + 1, (len(mu),), generator=generator).masked_fill(whole, PHRASE)
        fewer = level2.latest(heard, count)
        fewer = torch.where(fewer.any(1, keepdim=True), fewer, heard)
        both = level2.pooled(self.tensors, drawn(mu, sigma, generator), fewer, dtype)
        loss = functional.cross_entropy(level2.told(self.tensors, both, drop, dtype), style)
        return loss + sum(self._missed(both, x, whole.float()) for x in scalars)

    def logits(self, inputs):
        return level2.labels(self.tensors, *inputs)


def drawn(mu, sigma, generator):
    """z from level one's posterior."""
    return mu.float() + sigma.float() * torch.randn(mu.shape, generator=generator)


class Flat:
    """Told from a row of numbers, by two layers of 256."""

    def __init__(self, inputs, generator):
        self.mean, self.scale = inputs[0].mean(0), inputs[0].std(0).clamp(min=1e-3)
        self.tensors = {}
        sizes = (inputs[0].shape[1], WINDOW, WINDOW, len(level2_windows.LABELS))
        for layer, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
            level2.add_layer(self.tensors, str(layer), rows, columns, generator)

    def weights(self):
        return [(v, 1) for v in self.tensors.values()]

    def loss(self, inputs, style, drop, _generator, dtype):
        return functional.cross_entropy(self.logits(inputs, drop, dtype), style)

    def logits(self, inputs, drop=lambda h: h, dtype=torch.float32):
        h = (inputs[0] - self.mean) / self.scale
        for layer in range(2):
            h = drop(torch.relu(level2.linear(self.tensors, str(layer), h, dtype)))
        return level2.linear(self.tensors, "2", h, dtype)


def advance(optimiser, loss, weights, rates):
    """One step of an optimiser, each group of weights at its rate."""
    for group, rate in zip(optimiser.param_groups, rates):
        group["lr"] = rate
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights)):
        weight.grad = gradient
    optimiser.step()


def fit(network, inputs, style, steps, dtype=torch.float32, seed=1):
    """Trains a network on inputs and their labels; each label counts as much."""
    generator = torch.Generator().manual_seed(seed)
    weights, shares = zip(*((v.requires_grad_(), share) for v, share in network.weights()))
    optimiser = torch.optim.Adam([{"params": [v]} for v in weights])
    of_label = [torch.nonzero(style == label).ravel() for label in style.unique()]

    def drop(h):
        return h * (torch.rand(h.shape, generator=generator) < KEPT) / KEPT

    for step in range(steps):
        label = torch.randint(len(of_label), (BATCH,), generator=generator)
        share = torch.rand(BATCH, generator=generator)
        chosen = torch.stack([of_label[x][int(s * len(of_label[x]))] for x, s in zip(label, share)])
        loss = network.loss(tuple(x[chosen] for x in inputs), style[chosen], drop, generator, dtype)
        advance(optimiser, loss, weights, [RATE * share * (1 - step / steps) for share in shares])
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
    lines, total = level2_evaluate.by_tune(logits, line)
    tune_label = label[[np.flatnonzero(line == number)[0] for number in lines]]
    return {**level2_evaluate.styles(logits, label, line), "confusion of phrases": confusion(logits, label),
            "confusion of tunes": confusion(total, tune_label)}


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


def write(path, network, learnt, steps):
    """Writes a network's weights in half precision into a file, beside what is there; only the labels learnt."""
    tensors, metadata = safetensors.read(path) if pathlib.Path(path).exists() else ({}, {})
    own = {k: v.detach().numpy().astype(np.float16) for k, v in network.tensors.items()}
    for name in ("kernel", "bias"):
        own[f"{level2.STYLE}output/{name}"] = own[f"{level2.STYLE}output/{name}"][..., learnt]
    labels = {"labels": ", ".join(level2_windows.LABELS[x] for x in learnt), "label_steps": str(steps)}
    safetensors.write(path, {**tensors, **own}, {**metadata, **labels})


def scalars(tokens, like=None):
    """jSymbolic's of phrases [n, PHRASE, STEPS], standardised as those of other phrases were."""
    found = torch.from_numpy(np.stack([level2_scalars.features(row) for row in tokens]))
    mean, scale = like or (found.mean(0), found.std(0).clamp(min=1e-3))
    return (found - mean) / scale, (mean, scale)


def others(inputs, style, test, count, steps, seed):
    """(name, logits) of classifiers of scalars and of all windows as they stand, from the first `count` phrases."""
    def flat(mu, heard):
        return torch.cat([mu.flatten(1).float(), heard.float()], 1)

    mu, heard, _, own = (part[:count] for part in inputs)
    for name, x, y in (("scalars", own, test[2]), ("level one as it stands", flat(mu, heard), flat(*test[:2]))):
        network = fit(Flat((x,), torch.Generator().manual_seed(seed)), (x,), style[:count], steps)
        yield name, network.logits((y,)).detach()


def report(args):
    dtype = environment.product_type("auto")
    train, held = level2_cache.read_train(args.cache, args.parts or None), level2_cache.read(
        pathlib.Path(args.cache) / "tunes.npz")
    if args.output and pathlib.Path(args.output).exists():
        metadata = safetensors.read(args.output)[1]
        train, held = (level2_cache.for_weights(found, metadata) for found in (train, held))
    tokens, *inputs, label = phrases(train, args.count)
    own, like = scalars(tokens)
    style, inputs = torch.from_numpy(label).long(), (*map(torch.from_numpy, inputs), own)
    known = level2_windows.LABEL_OF[held.style] >= 0
    label, line = level2_windows.LABEL_OF[held.style][known], held.line[known]
    test = (torch.from_numpy(held.mu[known].astype(np.float32)), torch.from_numpy(held.heard[known]),
            scalars(held.tokens[known], like)[0])
    result = {"labels": level2_windows.LABELS, "tunes": len(np.unique(line)), "phrases": len(line),
              "majority": round(float(np.bincount(label).max() / len(label)), 4)}
    network = Pooled(inputs, torch.Generator().manual_seed(args.seed))
    network.learn_scalars(inputs, args.scalar_steps, dtype)
    fit(network, inputs, style, args.steps, dtype)
    with torch.no_grad():
        result["pooled"] = {**figures(network.logits(test[:2]), label, line), **partial(network, *test[:2], label, line)}
    if args.output:
        write(args.output, network, style.unique().tolist(), args.scalar_steps + args.steps)
    if args.compared:
        for name, logits in others(inputs, style, test, args.compared, args.compared_steps, args.seed):
            result[name] = figures(logits, label, line)
    for path in args.float:
        with torch.no_grad():
            result[f"mixture of {path}"] = figures(mixture_logits(path, *test[:2]), label, line)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("float", nargs="*", metavar="FLOAT.safetensors", help="weights of a mixture or an adversarial level two")
    add("-o", "--output", metavar="FILE", help="writes the pooled one's weights, beside what is there")
    add("--parts", type=int, default=0, help="of the cache (default: all)")
    add("--count", type=int, default=60000, help="phrases to train on (default: %(default)s)")
    add("--compared", type=int, default=60000, help="those for the others; 0: none (default: %(default)s)")
    add("--scalar-steps", type=int, default=5000, help="that learn scalars (default: %(default)s)")
    add("--steps", type=int, default=2000, help="that learn styles (default: %(default)s)")
    add("--compared-steps", type=int, default=1500, help="of the others (default: %(default)s)")
    add("--seed", type=int, default=1, help="default: %(default)s")
    try:
        print(json.dumps(report(parser.parse_args())))
    except level2_evaluate.ERRORS as error:
        print(f"level2_styles.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
