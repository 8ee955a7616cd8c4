#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How well an encoder and a decoder do on windows that they were not trained on.

As a program: figures of float weights on held-out windows of all kinds, and how many
noise neurons real and random windows excite. Prints JSON.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch
from torch.nn import functional

import batches
import corpus
import safetensors
import transform
import vae

BATCH = 256
# A neuron that is told by its sigma to be one of music, and one that is active.
MUSIC_SIGMA, ACTIVE = 0.9, 0.1
ERRORS = (OSError, ValueError, KeyError, corpus.CorpusError, safetensors.FormatError, vae.SizeError)
# Windows of the evaluation are the same in every run.
SEED, TEMPERATURE = 1, 0.5
# A set of evaluation windows by the styles in it; these are on bar lines and as written.
STYLES = {
    "bass": ("bass_line",),
    "accompaniment": ("accompaniment",),
    "pop": ("pop",),
    "jazz": ("jazz_trad_swing", "jazz_bop", "jazz_modern"),
}
# Sets of the corpus beyond its top lines.
BEYOND_TOP_LINES = ("parts", "keys", "hands", "modern")


def _drawn(lines, count, chances, practised=0.0):
    return batches.Tunes(lines, SEED, chances, practised).windows(np.random.default_rng(SEED), count)


def sets(folder, count, left_out=(), chances=None):
    """Held-out windows [count, STEPS] by name, as far as the corpus has such lines.

    heldout: top lines on bar lines, distinct and unknown to training. phases: top
    lines at all phases. played: all lines with all transformations. Those of STYLES.
    practice: figures that hands practise. styles_left_out: played, of those styles.
    And of all lines sets by the `chances` of other transformations, by name.
    """
    lines = corpus.lines(folder, "heldout")
    lines, out = batches.leave_out(lines, [name for name in left_out if name in lines.names])
    top = lines.select(~np.isin(lines.origin, [i for i, name in enumerate(lines.sets) if name in BEYOND_TOP_LINES]))
    tokens, styles, names = corpus.windows(folder, "heldout", BEYOND_TOP_LINES)
    tokens = tokens[~np.isin(styles, [names.index(name) for name in left_out if name in names])]
    order = np.random.default_rng(SEED).permutation(len(tokens))
    found = {"heldout": tokens[order[:count]]}
    drawn = {"phases": (top, transform.PHASES), "played": (lines, transform.Chances())}
    for name, styles in STYLES.items():
        own = np.isin(lines.style, [lines.names.index(style) for style in styles if style in lines.names])
        drawn[name] = (lines.select(own), transform.NONE)
    drawn.update({name: (lines, own) for name, own in (chances or {}).items()})
    drawn["styles_left_out"] = (out, transform.Chances())
    found.update({name: _drawn(own, count, chances) for name, (own, chances) in drawn.items() if len(own.length)})
    found["practice"] = _drawn(lines, count, transform.Chances(), 1.0)
    return {name: windows for name, windows in found.items() if len(windows)}


@torch.no_grad()
def _batch(encoder, decoder, tokens):
    """Sums over one batch, in float32 throughout."""
    mu, sigma = vae.encode(encoder, tokens)
    free = vae.generate(decoder, mu) == tokens
    logits = vae.decode(decoder, mu, tokens)
    forced = logits.argmax(2).t() == tokens
    target = tokens.t().reshape(-1)
    return {
        "free_steps": free.double().mean(1).sum().item(),
        "free_windows": free.all(1).sum().item(),
        "forced_steps": forced.double().mean(1).sum().item(),
        "cross_entropy": functional.cross_entropy(logits.reshape(len(target), -1), target, reduction="sum").item(),
        "kl": vae.divergence(mu, sigma).sum(0).double(),
        "sigma": sigma.sum(0).double(),
        "mu": mu,
    }


def sampled(decoder, count):
    """Melodies [count, STEPS] that a decoder makes of z from the prior."""
    device = decoder[vae.INITIAL + "kernel"].device
    generator = torch.Generator(device).manual_seed(SEED)
    z = torch.randn(count, vae.decoder_sizes(decoder)[2], generator=generator, device=device)
    return vae.generate(decoder, z, temperature=TEMPERATURE, generator=generator)


def evaluate(encoder, decoder, tokens, pool):
    """Figures of windows [n, STEPS]; cross-entropy and KL in nats a window."""
    results = list(pool.map(lambda part: _batch(encoder, decoder, part), tokens.split(BATCH)))
    total = {name: sum(r[name] for r in results) / len(tokens) for name in results[0] if name != "mu"}
    mu = torch.cat([r["mu"] for r in results])
    noise = total["sigma"] >= MUSIC_SIGMA
    kl = total.pop("kl")
    figures = {name: round(float(value), 5) for name, value in total.items() if name != "sigma"}
    figures["kl"] = round(kl.sum().item(), 3)
    figures["music_neurons"] = int((~noise).sum())
    figures["noise_active_median"] = float(np.median((mu[:, noise].abs() > ACTIVE).sum(1).cpu().numpy()))
    return figures


@torch.no_grad()
def active(encoder, tokens, noise, pool):
    """The median share of the noise neurons, a mask, that windows [n, STEPS] excite."""
    parts = pool.map(lambda part: vae.encode(encoder, part)[0][:, noise].abs() > ACTIVE, tokens.split(BATCH))
    return round(float(np.median(torch.cat(list(parts)).float().mean(1).numpy())), 4)


@torch.no_grad()
def noise_neurons(encoder, tokens, pool):
    """A mask of the neurons whose mean sigma over windows [n, STEPS] is that of noise."""
    sigma = torch.cat(list(pool.map(lambda part: vae.encode(encoder, part)[1], tokens.split(BATCH))))
    return sigma.mean(0) >= MUSIC_SIGMA


def report(args):
    """Figures of all sets, one transformation alone after the other too, and of random windows."""
    environment.product_type("float32")
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in safetensors.read(args.float)[0].items()}
    decoder = tensors if vae.OUTPUT + "kernel" in tensors else vae.load_decoder(args.decoder)
    alone = {f"{name} alone": transform.NONE._replace(**{name: 1.0}) for name in transform.NONE._fields}
    found = sets(args.corpus, args.windows, chances=alone)
    found = {name: torch.from_numpy(windows.astype(np.int64)) for name, windows in found.items()}
    found["sampled"] = sampled(decoder, args.windows)
    with ThreadPoolExecutor(args.workers or os.cpu_count()) as pool:
        noise = noise_neurons(tensors, found["played"], pool)
        figures = {}
        for name, windows in found.items():
            figures[name] = {} if name in alone else evaluate(tensors, decoder, windows, pool)
            figures[name]["noise_active"] = active(tensors, windows, noise, pool)
        random = torch.from_numpy(corpus.random_windows(args.windows, SEED).astype(np.int64))
        figures["random"] = {"noise_active": active(tensors, random, noise, pool)}
    return {"windows": args.windows, "noise_neurons": int(noise.sum()), **figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights as train.py writes them")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="DIR",
        help="where the weights have no decoder of their own (default: %(default)s)")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--windows", type=int, default=2000, help="of each set (default: %(default)s)")
    add("--workers", type=int, default=0, help="threads (default: one a core)")
    try:
        print(json.dumps(report(parser.parse_args()), indent=1))
    except ERRORS as error:
        print(f"evaluate.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
