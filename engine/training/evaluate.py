# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How well an encoder and a decoder do on windows that they were not trained on."""

import numpy as np
import torch
from torch.nn import functional

import vae

BATCH = 256
# A neuron that is told by its sigma to be one of music, and one that is active.
MUSIC_SIGMA, ACTIVE = 0.9, 0.1


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
