#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How well level two does on held-out phrases.

As a program: figures of a run's float weights on the held-out sets of a cache, as JSON.
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

import corpus
import level2
import level2_cache
import level2_windows
import safetensors
import transform
import vae

BATCH = 32
# The model file with level one, from the top of the repository.
MODEL = "engine/models/melody-2bar.safetensors"
# A neuron that says something, and one of music.
SAYS_NATS, MUSIC_NATS = 0.1, 1.0
ERRORS = (OSError, ValueError, KeyError, corpus.CorpusError, safetensors.FormatError, vae.SizeError)
SEED = 1


class Set:
    """Held-out phrases as tensors."""

    def __init__(self, latents, count=None):
        self.tokens = torch.from_numpy(latents.tokens[:count].astype(np.int64))
        self.mu = torch.from_numpy(latents.mu[:count].astype(np.float32))
        self.sigma = torch.from_numpy(latents.sigma[:count].astype(np.float32))
        self.heard = torch.from_numpy(latents.heard[:count])
        self.style, self.line = latents.style[:count], latents.line[:count]


def right(tokens, found):
    """Sums over windows: steps right, true onsets, those at the right pitch, and what F needs."""
    onset, other = tokens >= transform.NOTE_MIN, found >= transform.NOTE_MIN
    return {
        "steps": (tokens == found).sum(),
        "all_steps": tokens.numel(),
        "onsets": onset.sum(),
        "pitches": (onset & (tokens == found)).sum(),
        "hits": (onset & other).sum(),
        "found": other.sum(),
    }


def reconstruction(decoder, answers, tokens, heard, dtype=torch.float32):
    """Free-running shares of steps, of onsets at the right pitch, and F of the onsets' places."""
    total = {}
    for answer, true, windows in zip(answers.split(BATCH), tokens.split(BATCH), heard.split(BATCH)):
        sums = right(true[windows], vae.generate(decoder, answer[windows], dtype))
        total = {name: total.get(name, 0) + float(value) for name, value in sums.items()}
    return {
        "free_steps": round(total["steps"] / total["all_steps"], 4),
        "onset_pitch": round(total["pitches"] / total["onsets"], 4),
        "onset_f": round(2 * total["hits"] / (total["onsets"] + total["found"]), 4),
    }


def correlations(a, b):
    """Of each neuron over phrases."""
    a, b = a - a.mean(0), b - b.mean(0)
    return (a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0)).clamp(min=1e-9)


def partial(tensors, phrases, mu, music):
    """Correlation of mu from the latest bars with mu from all: mean over music neurons, and of all values."""
    figures = {}
    for windows in (1, 2, 4, 6):
        heard = level2.latest(phrases.heard, torch.full((len(mu),), windows))
        fewer = level2.encode(tensors, phrases.mu, heard)[0][:, music]
        figures[f"bars_{2 * windows}"] = round(correlations(fewer, mu[:, music]).mean().item(), 4)
        figures[f"bars_{2 * windows}_together"] = round(
            float(np.corrcoef(fewer.flatten().numpy(), mu[:, music].flatten().numpy())[0, 1]), 4)
    return figures


def balanced(true, found):
    """Mean over the styles there are of the share that was found."""
    return round(float(np.mean([(found[true == style] == style).mean() for style in np.unique(true)])), 4)


def by_tune(logits, line):
    """The lines, and of each the mean of its phrases' log-probabilities."""
    logits = logits - torch.logsumexp(logits, 1, keepdim=True)
    lines, number = np.unique(line, return_inverse=True)
    total = torch.zeros(len(lines), logits.shape[1]).index_add_(0, torch.from_numpy(number), logits)
    return lines, total / torch.from_numpy(np.bincount(number))[:, None]


def merge(logits):
    """Logits of labels, of logits of styles; a style without a label is left out."""
    label = torch.from_numpy(level2_windows.LABEL_OF[:-1])
    return torch.stack([torch.logsumexp(logits[:, label == own], 1) for own in range(len(level2_windows.LABELS))], 1)


def styles(logits, style, line):
    """Figures of a classifier's logits for phrases with a style."""
    known = style >= 0
    logits, style, line = logits[known], style[known], line[known]
    lines, total = by_tune(logits, line)
    tune_style = style[[np.flatnonzero(line == number)[0] for number in lines]]
    probability = torch.softmax(logits, 1).max(1)
    hit = probability[1].numpy() == style
    place = np.minimum((probability[0].numpy() * 10).astype(int), 9)
    gaps = [abs(hit[place == p].mean() - probability[0].numpy()[place == p].mean()) * (place == p).mean()
            for p in np.unique(place)]
    return {
        "style_windows": round(float(hit.mean()), 4),
        "style_windows_balanced": balanced(style, probability[1].numpy()),
        "style_tunes": round(float((total.argmax(1).numpy() == tune_style).mean()), 4),
        "style_tunes_balanced": balanced(tune_style, total.argmax(1).numpy()),
        "reliability_error": round(float(sum(gaps)), 4),
    }


@torch.no_grad()
def evaluate(tensors, decoder, phrases, mixture=None, decoded=True, dtype=torch.float32):
    """Figures of a Set. Level two runs in float32, only free-running products in `dtype`."""
    mu, sigma = level2.encode(tensors, phrases.mu, phrases.heard)
    answers = level2.conduct(tensors, mu)
    own = phrases.sigma.clamp(min=0.05)
    figures = {"error": round(level2.error(answers, phrases.mu, own, phrases.heard).mean().item(), 2)}
    music = torch.ones(mu.shape[1], dtype=torch.bool)
    if sigma.any():
        kl = vae.divergence(mu, sigma).mean(0)
        music = kl > MUSIC_NATS
        figures.update(
            kl=round(kl.sum().item(), 2),
            says=int((kl > SAYS_NATS).sum()),
            music=int(music.sum()),
            music_kl=round(kl[music].sum().item(), 2),
        )
    if music.any():
        figures.update(partial(tensors, phrases, mu, music))
    if decoded:
        figures.update(reconstruction(decoder, answers, phrases.tokens, phrases.heard, dtype))
    if mixture is not None:
        label = level2_windows.LABEL_OF[phrases.style]
        figures.update(styles(merge(mixture.logits(mu)), label, phrases.line))
    return figures


@torch.no_grad()
def by_neurons(tensors, decoder, phrases, counts=(16, 40, 77, 160, 256)):
    """Reconstruction from the neurons that say most, the others at 0."""
    mu, sigma = level2.encode(tensors, phrases.mu, phrases.heard)
    order = vae.divergence(mu, sigma).mean(0).argsort(descending=True)
    found = {}
    for count in counts:
        kept = torch.zeros(mu.shape[1]).index_fill(0, order[:count], 1)
        answers = level2.conduct(tensors, mu * kept)
        found[str(count)] = reconstruction(decoder, answers, phrases.tokens, phrases.heard)
    return found


def report(args):
    arrays, metadata = safetensors.read(args.float)
    tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
    environment.product_type("float32")
    neurons = list(map(int, metadata["level1_neurons"].split()))
    decoder = level2.restrict(vae.load_decoder(args.decoder), neurons)
    mixture = None
    if metadata["mode"] != "vae":
        count = len(level2_windows.STYLES)
        mixture = level2.Mixture(count, int(metadata["z_size"]), float(metadata["distance"]), np.ones(count))

    def cached(name):
        return Set(level2_cache.for_weights(level2_cache.read(pathlib.Path(args.cache) / f"{name}.npz"), metadata), args.count)

    figures = {}
    for name in ("whole", "played", "tunes"):
        phrases = cached(name)
        figures[name] = evaluate(tensors, decoder, phrases, mixture, name != "tunes")
        if name != "tunes":
            ceiling = reconstruction(decoder, phrases.mu, phrases.tokens, phrases.heard)
            figures[name]["level one itself"] = ceiling
    if metadata["mode"] != "adversarial":
        figures["by neurons"] = by_neurons(tensors, decoder, cached("whole"))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights as level2_train.py writes them")
    add("cache", help="as level2_cache.py writes it")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="PATH", help="folder or weights (default: %(default)s)")
    add("--count", type=int, help="phrases of each set (default: all)")
    try:
        print(json.dumps(report(parser.parse_args()), indent=1))
    except ERRORS as error:
        print(f"level2_evaluate.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
