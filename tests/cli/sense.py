# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Sense by its definition (engine/models/README.md), in plain Python."""

import math
import statistics
from collections import Counter

import surprise

LIMITS = ((1, 2, 3, 4, 5, 6, 7, 8, 10, 12), (1, 2, 3, 4, 5, 6))
FEATURES = 51
MAJOR = (0, 2, 4, 5, 7, 9, 11)


def is_near_a_limit(bits):
    """Whether rounding could put a note on the other side of a limit."""
    return any(abs(value - round(value)) < 0.02 for note in bits if note for value in note)


def features(tokens, table):
    notes = [(i, token + 19) for i, token in enumerate(tokens) if token > 1]
    n = len(notes)
    known = surprise.bits(notes, table)[1:]
    values = [n / 32, 1 / n]
    for view, limits in enumerate(LIMITS):
        bits = [note[view] for note in known]
        count = max(len(bits), 1)
        values += [sum(bits) / count, sum(b * b for b in bits) / count]
        values += [sum(b > limit for b in bits) / count for limit in limits]
    values += (sorted((note[0] for note in known), reverse=True) + [0] * 5)[:5]
    values.append(max((note[1] for note in known), default=0))

    classes = Counter(pitch % 12 for _, pitch in notes)
    inside = sorted((sum(classes[(k + d) % 12] for d in MAJOR) for k in range(12)), reverse=True)
    values += [(n - inside[k]) / n for k in (0, 1, 2, 4)]
    shares = sorted(classes.values(), reverse=True) + [0] * 12
    values += [len(classes) / 12, len(classes) / n]
    values += [shares[k] / n for k in range(3)] + [sum(shares[5:]) / n]
    pitches = [pitch for _, pitch in notes]
    values.append((max(pitches) - min(pitches)) / 12)

    steps = {step for step, _ in notes}
    values += [sum(step - far in steps for step in steps) / n for far in (1, 2, 3, 4, 6, 8, 12, 16)]
    values += [max(Counter(step % length for step in steps).values()) / n for length in (2, 3, 4, 8)]
    return values


def log_sigma(sigma):
    """To base 2, straight between powers of 2; a sigma of 0 counts as the least above it."""
    sigma = max(sigma, 2**-16)
    octave = math.floor(math.log2(sigma))
    return octave + sigma / 2**octave - 1


def value(inputs, weights, offset, bend):
    """Rows of weights: the first adds to the value, the others are bends."""
    sums = [o + sum(w * x for w, x in zip(row, inputs)) for row, o in zip(weights, offset)]
    bent = sum(b * h * h / (1 + abs(h)) for b, h in zip(bend, sums[1:]))
    return min(max(sums[0] + bent, 0), 1)


def form(windows):
    """Of (start in steps, sense) of windows in order."""
    reach, mean, last, answer = 0, 0, 0, []
    for start, sense in windows:
        hop, last = min(start - last, 128), start
        if not reach:
            reach, mean = 32, sense
            answer.append(0.5)
            continue
        reach = min(reach + hop, 128)
        answer.append(min(max(0.5 + sense - mean, 0), 1))
        mean += (sense - mean) * hop / reach
    return answer


def musicality(windows):
    """Of (start in steps, musicality of the window alone) in order: the median over the windows of the last bar."""
    answer = []
    for n, (start, _) in enumerate(windows):
        near = [value for other, value in windows[: n + 1] if start - other < 16]
        answer.append(statistics.median(near))
    return answer
