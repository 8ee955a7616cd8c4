# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The same windows with wrong notes or a wrong rhythm: what sense and surprise are judged by.

Each function takes a window's tokens, which of its notes to change [notes], and a random
generator, and returns other tokens. Written apart from the program's own (study/corruptions.c),
which sense learns from.
"""

import numpy as np

import corpus

MAJOR = (0, 2, 4, 5, 7, 9, 11)
PITCHES = (21, 108)
PAPER = (30, 100)


def _repitch(how):
    def change(window, chosen, rng):
        window = window.copy()
        at = np.flatnonzero(window > 1)
        pitches = window[at].astype(int) - corpus.PITCH_TO_TOKEN
        window[at] = np.clip(np.where(chosen, how(pitches, chosen, rng), pitches), *PITCHES) + corpus.PITCH_TO_TOKEN
        return window

    return change


def _in_key(pitches, chosen, rng):
    """From the lowest to the highest, of the major scale that most notes fit."""
    counts = np.bincount(pitches % 12, minlength=12)
    tonic = max(range(12), key=lambda key: sum(counts[(key + degree) % 12] for degree in MAJOR))
    scale = [p for p in range(pitches.min(), pitches.max() + 1) if (p - tonic) % 12 in MAJOR]
    return rng.choice(scale or [pitches.min()], len(pitches))


def _shuffled(pitches, chosen, rng):
    pitches = pitches.copy()
    pitches[chosen] = rng.permutation(pitches[chosen])
    return pitches


def _onsets(window, chosen, rng):
    """The chosen notes start on other steps; the pitches stay in order."""
    at = np.flatnonzero(window > 1)
    free = np.setdiff1d(np.arange(len(window)), at[~chosen])
    starts = np.sort(np.concatenate([at[~chosen], rng.choice(free, chosen.sum(), replace=False)]))
    changed = np.where(window == 1, 1, 0).astype(window.dtype)
    changed[starts] = window[at]
    changed[: starts[0]] = 0
    return changed


KINDS = {
    "uniform": _repitch(lambda p, chosen, rng: rng.integers(PAPER[0], PAPER[1] + 1, len(p))),
    "in range": _repitch(lambda p, chosen, rng: rng.integers(p.min(), p.max() + 1, len(p))),
    "in key": _repitch(_in_key),
    "shuffled": _repitch(_shuffled),
    "a semitone off": _repitch(lambda p, chosen, rng: p + rng.choice((-1, 1), len(p))),
    "octaves": _repitch(lambda p, chosen, rng: p + rng.choice((-12, 12), len(p))),
    "onsets moved": _onsets,
}


def corrupt(windows, kind, rng, share=1.0):
    """Windows [n, STEPS]; each note is chosen by a chance of `share`, one or one a window."""
    shares = np.broadcast_to(share, len(windows))
    return np.array([KINDS[kind](w, rng.random((w > 1).sum()) < s, rng) for w, s in zip(windows, shares)])


def ladder(window, kind, shares, rng):
    """A window with more and more notes wrong: those of a share are among those of the next."""
    order = rng.random((window > 1).sum())
    seed = int(rng.integers(1 << 30))
    return np.array([KINDS[kind](window, order < share, np.random.default_rng(seed)) for share in shares])
