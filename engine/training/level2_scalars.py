# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""jSymbolic's scalars of a phrase, to tell styles by without any neuron."""

import numpy as np

import transform
from corpus import PITCH_TO_TOKEN

COMMON = 0.09  # a pitch or interval that has this share of the notes


def _most(values):
    """(the most common value, its share, second's share / first's, distance of both, how many are common)."""
    found, count = np.unique(values, return_counts=True)
    order = np.argsort(-count, kind="stable")
    share = count[order] / len(values)
    first = found[order[0]]
    second = found[order[1]] if len(order) > 1 else first
    return first, share[0], share[1] / share[0] if len(order) > 1 else 0, abs(second - first), (share >= COMMON).sum()


def _arcs(intervals):
    """Mean length, in intervals, and mean span of runs in one direction."""
    moves = intervals[intervals != 0]
    if not len(moves):
        return 0, 0
    run = np.cumsum(np.diff(np.sign(moves), prepend=np.sign(moves[0])) != 0)
    return np.bincount(run).mean(), np.abs(np.bincount(run, moves)).mean()


def features(tokens):
    """jSymbolic's scalars of one phrase [PHRASE, STEPS]; one that is undefined is 0."""
    played = transform.notes(tokens.reshape(1, -1))
    chosen = played.token[0] > 0
    start, end = played.start[0][chosen], played.end[0][chosen]
    pitch = played.token[0][chosen].astype(int) - PITCH_TO_TOKEN
    intervals = np.diff(pitch) if len(pitch) > 1 else np.zeros(1, int)
    size = np.abs(intervals)
    duration, gap = end - start, np.diff(start) if len(start) > 1 else np.zeros(1)
    rising, falling = (intervals > 0).sum(), (intervals < 0).sum()

    def share(*sizes):
        return np.isin(size, sizes).mean()

    classes = len(np.unique(pitch % 12))
    return np.array([
        *_most(pitch), *_most(pitch % 12), len(np.unique(pitch)), classes, np.ptp(pitch), pitch.mean(),
        (pitch <= 54).mean(), ((pitch > 54) & (pitch <= 72)).mean(), (pitch >= 73).mean(),
        size.mean(), *_most(size), share(0, 3, 4, 7, 10, 11, 12, 15, 16), share(0), share(1), share(1, 2),
        share(3, 4), share(7), share(6), share(12), rising / max(1, rising + falling), *_arcs(intervals),
        len(pitch) / max(1, end.max() - start.min()), duration.mean(), duration.std(), duration.max(), duration.min(),
        gap.mean(), gap.std(),
    ], np.float32)
