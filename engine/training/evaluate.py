# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How well an encoder and a decoder do on windows that they were not trained on."""

import numpy as np
import torch
from torch.nn import functional

import batches
import corpus
import practice
import transform
import vae

BATCH = 256
# A neuron that is told by its sigma to be one of music, and one that is active.
MUSIC_SIGMA, ACTIVE = 0.9, 0.1


# Windows of the evaluation are the same in every run.
SEED = 1
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


def sets(folder, count, left_out=(), without=()):
    """Held-out windows [count, STEPS] by name, as far as the corpus has such lines.

    heldout: top lines on bar lines, distinct and unknown to training. phases: top
    lines at all phases. played: all lines with all transformations. Those of STYLES.
    practice: figures that hands practise. styles_left_out: played, of those styles.
    """
    lines = corpus.lines(folder, "heldout", without)
    lines, out = batches.leave_out(lines, [name for name in left_out if name in lines.names])
    top = lines.select(~np.isin(lines.origin, [i for i, name in enumerate(lines.sets) if name in BEYOND_TOP_LINES]))
    tokens, styles, names = corpus.windows(folder, "heldout", (*BEYOND_TOP_LINES, *without))
    tokens = tokens[~np.isin(styles, [names.index(name) for name in left_out if name in names])]
    order = np.random.default_rng(SEED).permutation(len(tokens))
    found = {"heldout": tokens[order[:count]]}
    drawn = {"phases": (top, transform.PHASES), "played": (lines, transform.Chances())}
    for name, styles in STYLES.items():
        own = np.isin(lines.style, [lines.names.index(style) for style in styles if style in lines.names])
        drawn[name] = (lines.select(own), transform.NONE)
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
