# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Scalars of a phrase: jSymbolic's, and what only sixteen bars have, its form."""

import numpy as np

import transform
from corpus import PITCH_TO_TOKEN

COMMON = 0.09  # a pitch or interval that has this share of the notes
# What `features` gives: jSymbolic's codes, P of pitch, M of melody, R of rhythm.
CODES = (
    "P11 P1 P3 P5 P7 P16 P2 P4 P6 P7c P8 P9 P10 P12 P13 P14 P15 "
    "M2 M3 M5 M6 M4 M7 M8 M9 M10 M11 M12 M13 M14 M15 M17 M18 M19 R15 R17 R18 R19 R20 R22 R23"
).split()
# What `form` gives. Of melody, of pitch, of rhythm.
FORM = (
    "M repeats 2 bars", "M repeats 4 bars", "M sequence", "M opening returns", "M halves alike",
    "P arch", "P rise", "R denser", "R arch of density",
)
SHIFT_MAX = 12  # semitones of a sequence


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


def _alike(a, b):
    """Share of the onsets of two stretches of tokens that are the same, pitch included."""
    a, b = ({(step, note) for step, note in enumerate(x) if note >= transform.NOTE_MIN} for x in (a, b))
    return len(a & b) / len(a | b) if a | b else 0.0


def _shifted(tokens, semitones):
    return np.where(tokens >= transform.NOTE_MIN, tokens.astype(int) + semitones, tokens)


def _repeats(parts):
    """Of each part but the first its likeness to that earlier one that is most like it, on average."""
    return np.mean([max(_alike(part, earlier) for earlier in parts[:number])
                    for number, part in enumerate(parts) if number])


def _sequence(windows):
    """The same, of each window to the one before it, moved up or down by an interval."""
    moves = [move for move in range(-SHIFT_MAX, SHIFT_MAX + 1) if move]
    return np.mean([max(_alike(_shifted(a, move), b) for move in moves) for a, b in zip(windows, windows[1:])])


def form(tokens):
    """What a phrase [PHRASE, STEPS] has over its sixteen bars, as FORM names it."""
    four = tokens.reshape(len(tokens) // 2, -1)
    onset = tokens >= transform.NOTE_MIN
    count = onset.sum(1)
    pitch = np.where(count > 0, (tokens * onset).sum(1) / np.maximum(1, count), tokens[onset].mean())
    half, quarter = len(tokens) // 2, len(tokens) // 4

    def arch(x):
        return x[quarter:-quarter].mean() - np.append(x[:quarter], x[-quarter:]).mean()

    def later(x):
        return x[half:].mean() - x[:half].mean()

    return np.array([
        _repeats(tokens), _repeats(four), _sequence(tokens), max(_alike(four[0], part) for part in four[2:]),
        _alike(tokens[:half].ravel(), tokens[half:].ravel()), arch(pitch), later(pitch), later(count), arch(count),
    ], np.float32)
