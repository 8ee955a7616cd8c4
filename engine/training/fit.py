#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Hold an encoder against posteriors fitted to single melodies.

For each melody alone, mean and deviation of z are fitted by gradient to what the
decoder says: cross-entropy plus beta times KL. It is started several times near the
prior's mean, with beta ramped from 0 as in training, of which the best fit counts,
and from what the encoder says. That is what the encoder ought to answer; how well the fitted means
decode is what any encoder could reach. Prints JSON.
"""

import argparse
import json
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch
from torch.nn import functional

import corpus
import evaluate
import safetensors
import vae

SEED = 5
RATE = 0.03
# A fit that knows nothing starts with some certainty, or the decoder hears noise.
START_SPREAD, START_SIGMA = 0.3, 0.3
# Draws of z with which a fit is judged.
JUDGED = 32
TEMPERATURE = 0.5
ERRORS = (OSError, ValueError, KeyError, corpus.CorpusError, safetensors.FormatError, vae.SizeError)


def losses(decoder, tokens, mu, sigma, noise, beta, dtype):
    """Cross-entropy plus beta times KL of each melody."""
    logits = vae.decode(decoder, mu + sigma * noise, tokens, dtype)
    entropy = functional.cross_entropy(logits.permute(1, 2, 0), tokens, reduction="none").sum(1)
    return entropy + beta * vae.divergence(mu, sigma).sum(1)


@torch.no_grad()
def judge(decoder, tokens, mu, sigma, beta, dtype):
    """The mean loss of each melody, with the same draws for all fits."""
    generator = torch.Generator().manual_seed(SEED)
    return sum(
        losses(decoder, tokens, mu, sigma, torch.randn(mu.shape, generator=generator), beta, dtype)
        for _ in range(JUDGED)
    ) / JUDGED


def fit(decoder, tokens, mu, sigma, beta, ramp, steps, dtype, seed=SEED):
    """(mu, sigma) fitted from those given, by Adam with a rate that falls to 0.

    Beta is reached after the share `ramp` of the steps.
    """
    generator = torch.Generator().manual_seed(seed)
    mu, log_sigma = (x.clone().requires_grad_() for x in (mu, torch.log(sigma)))
    optimiser = torch.optim.Adam([mu, log_sigma])
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        sigma = log_sigma.exp()
        noise = torch.randn(mu.shape, generator=generator)
        weight = beta * min(1, step / steps / ramp) if ramp else beta
        loss = losses(decoder, tokens, mu, sigma, noise, weight, dtype).sum()
        gradients = torch.autograd.grad(loss, [mu, log_sigma])
        mu.grad, log_sigma.grad = gradients
        optimiser.step()
    return mu.detach(), log_sigma.exp().detach()


def fit_from_prior(decoder, tokens, like, args, dtype):
    """(mu, sigma), for each melody the best of several fits."""
    best = None
    for start in range(args.starts):
        spread = torch.randn(like.shape, generator=torch.Generator().manual_seed(start))
        sigma = torch.full_like(like, START_SIGMA)
        found = fit(decoder, tokens, START_SPREAD * spread, sigma, args.beta, 0.5, args.steps, dtype, start)
        loss = judge(decoder, tokens, *found, args.beta, dtype)
        if best is None:
            best = (loss, *found)
        better = loss < best[0]
        best = (
            torch.where(better, loss, best[0]),
            *(torch.where(better[:, None], new, old) for new, old in zip(found, best[1:])),
        )
    return best[1:]


def reconstruction(decoder, mu, tokens):
    """Shares of steps and of whole windows that decode freely from mu."""
    right = vae.generate(decoder, mu) == tokens
    return {
        "free_steps": round(right.double().mean().item(), 4),
        "free_windows": round(right.all(1).double().mean().item(), 4),
    }


def correlation(a, b):
    """Of the same neuron over melodies, averaged over neurons; and of all values together."""
    if not a.shape[1]:
        return None
    each = [np.corrcoef(x, y)[0, 1] for x, y in zip(a.t().numpy(), b.t().numpy())]
    together = np.corrcoef(a.numpy().ravel(), b.numpy().ravel())[0, 1]
    return {"mean": round(float(np.mean(each)), 4), "least": round(float(min(each)), 4),
            "together": round(float(together), 4)}


def compare(encoder, decoder, tokens, args, dtype):
    with torch.no_grad():
        mu, sigma = vae.encode(encoder, tokens)
    music = sigma.mean(0) < evaluate.MUSIC_SIGMA
    report = {"melodies": len(tokens), "music_neurons": int(music.sum())}
    report["encoder"] = reconstruction(decoder, mu, tokens)
    fits = {
        "from the prior": fit_from_prior(decoder, tokens, mu, args, dtype),
        "from the encoder": fit(decoder, tokens, mu, sigma, args.beta, 0, args.steps, dtype),
    }
    for name, (fitted, deviation) in fits.items():
        report[f"fitted {name}"] = {
            "loss": round(judge(decoder, tokens, fitted, deviation, args.beta, dtype).mean().item(), 3),
            **reconstruction(decoder, fitted, tokens),
            "kl": round(vae.divergence(fitted, deviation).sum(1).mean().item(), 2),
            "correlation of mu over music neurons": correlation(fitted[:, music], mu[:, music]),
        }
    return report


def run(args):
    dtype = environment.product_type("auto")
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in safetensors.read(args.float)[0].items()}
    decoder = tensors if vae.OUTPUT + "kernel" in tensors else vae.load_decoder(args.decoder)
    windows, _, _ = corpus.windows(args.corpus, "heldout", evaluate.BEYOND_TOP_LINES)
    chosen = np.random.default_rng(SEED).permutation(len(windows))[: args.count]
    generator = torch.Generator().manual_seed(SEED)
    z = torch.randn(args.count, vae.decoder_sizes(decoder)[2], generator=generator)
    sets = {
        "heldout": torch.from_numpy(windows[chosen].astype(np.int64)),
        f"sampled at temperature {TEMPERATURE:g}": vae.generate(
            decoder, z, temperature=TEMPERATURE, generator=generator
        ),
    }
    if args.tunes_only:
        sets = {"heldout": sets["heldout"]}
    report = {name: compare(tensors, decoder, tokens, args, dtype) for name, tokens in sets.items()}
    print(json.dumps({"beta": args.beta, "steps": args.steps, **report}, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights as train.py writes them")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="DIR",
        help="where the weights have no decoder of their own (default: %(default)s)")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--count", type=int, default=100, help="melodies of each kind (default: %(default)s)")
    add("--tunes-only", action="store_true", help="no melodies drawn from the decoder")
    add("--starts", type=int, default=4, help="fits from the prior (default: %(default)s)")
    add("--steps", type=int, default=400, help="of each fit (default: %(default)s)")
    add("--beta", type=float, default=0.2, help="weight of the KL divergence (default: %(default)s)")
    args = parser.parse_args()
    try:
        run(args)
    except ERRORS as error:
        print(f"fit.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
