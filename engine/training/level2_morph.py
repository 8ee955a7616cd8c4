#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Ways between phrases of 16 bars: how smooth they are, by runs of level two and by other means.

Pairs of held-out phrases, nine places along the arc between their latents, each written
by the conductor and level one's decoder. Beside the runs: the same arc window by window,
between what level one says; and the notes of both ends of that, mixed by chance. Prints
a Markdown table: by how much an eighth of the way moves, "of" how far the ends are apart.
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
import level2_cache
import level2_evaluate
import safetensors
import transform
import vae
from level2_windows import PHRASE

PARTS = 8
SEED = 1
# Nearly opposite or equal vectors have no arc.
STRAIGHT = 1 - 1e-6


def arc(a, b, share):
    """Places at a share of the way between rows of a and b, by spherical interpolation."""
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=-1)[..., None]
    angle = torch.acos(cosine.clamp(-STRAIGHT, STRAIGHT))
    round_ = (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / torch.sin(angle)
    return torch.where(cosine.abs() > STRAIGHT, (1 - share) * a + share * b, round_)


def mixed(a, b, share, rng):
    """The notes of phrases a and b [n, steps], each kept by chance; a note-off goes with its note."""
    out = np.zeros_like(a)
    for tokens, chance in ((a, 1 - share), (b, share)):
        onset = tokens >= transform.NOTE_MIN
        # The number of the note that each step belongs to; 0: none yet.
        note = onset.cumsum(1)
        kept = np.take_along_axis(rng.random(tokens.shape) < chance, note - 1, 1) & (note > 0)
        out = np.where((tokens > 0) & kept, tokens, out)
    return out


def measures(phrases):
    """Of phrases [n, steps]: (mean pitch, notes)."""
    onset = phrases >= transform.NOTE_MIN
    count = onset.sum(1)
    return (phrases * onset).sum(1) / np.maximum(1, count), count


def overlap(a, b):
    """Of onsets of phrases: those in both, of those in either."""
    a, b = a >= transform.NOTE_MIN, b >= transform.NOTE_MIN
    return (a & b).sum(1) / np.maximum(1, (a | b).sum(1))


def distance(a, b):
    """Between phrases, on average over pairs: semitones of the mean pitch, notes, same onsets, steps that differ."""
    (pitch_a, notes_a), (pitch_b, notes_b) = measures(a), measures(b)
    both = (notes_a > 0) & (notes_b > 0)
    return np.array([
        np.abs(pitch_a - pitch_b)[both].mean(), np.abs(notes_a - notes_b).mean(), overlap(a, b).mean(),
        (a != b).sum(1).mean(),
    ])


def row(name, line):
    """A row of the table, of places along ways: a list of phrases [n, steps]."""
    own = np.mean([distance(a, b) for a, b in zip(line, line[1:])], 0)
    ends = distance(line[0], line[-1])
    cells = [f"{own[0]:.2f} of {ends[0]:.2f}", f"{own[1]:.2f} of {ends[1]:.2f}",
             f"{own[2]:.3f} (ends {ends[2]:.3f})", f"{own[3]:.1f} of {ends[3]:.1f}"]
    # A straight way of eight equal parts has 1.
    return f"| {name} | " + " | ".join([*cells, f"{PARTS * own[3] / ends[3]:.2f}"]) + " |"


def written(decoder, first):
    """Phrases [n, steps] that level one's decoder writes of its latents [n, PHRASE, neurons]."""
    parts = [vae.generate(decoder, part) for part in first.flatten(0, 1).split(level2_evaluate.BATCH * PHRASE)]
    return torch.cat(parts).view(len(first), -1).numpy()


@torch.no_grad()
def report(args):
    torch.set_num_threads(1)
    cached = level2_cache.read(pathlib.Path(args.cache) / "whole.npz")
    decoder = vae.load_decoder(args.decoder)
    shares = [k / PARTS for k in range(PARTS + 1)]
    print(f"{args.pairs} pairs of phrases\n")
    print("| way | mean pitch, semitones | notes | same onsets, of those in either | steps that change | all eight, of the ends |")
    print("| --- |" + " --- |" * 5)
    for path in args.float:
        arrays, metadata = safetensors.read(path)
        tensors = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
        found = level2_cache.for_weights(cached, metadata)
        phrases = level2_evaluate.Set(found, 2 * args.pairs)
        own = level2.restrict(decoder, found.neurons)
        mu = level2.encode(tensors, phrases.mu, phrases.heard)[0]
        a, b = mu[: args.pairs], mu[args.pairs :]
        line = [written(own, level2.conduct(tensors, arc(a, b, share))) for share in shares]
        print(row(f"{metadata['mode']}, z = {mu.shape[1]} (`{path}`)", line), flush=True)
    a, b = phrases.mu[: args.pairs], phrases.mu[args.pairs :]
    line = [written(own, arc(a, b, share)) for share in shares]
    print(row("level one, window by window", line))
    rng = np.random.default_rng(SEED)
    print(row("notes by chance", [mixed(line[0], line[-1], share, rng) for share in shares]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("cache", help="as level2_cache.py writes it")
    add("float", nargs="+", metavar="FLOAT.safetensors", help="weights as level2_train.py writes them")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="PATH", help="folder or weights (default: %(default)s)")
    add("--pairs", type=int, default=200, help="of phrases (default: %(default)s)")
    try:
        report(parser.parse_args())
    except level2_evaluate.ERRORS as error:
        print(f"level2_morph.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
