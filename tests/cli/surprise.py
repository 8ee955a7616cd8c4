# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Surprise, from its definition: how likely a note is by a table and by what was played before.

As slow and as plain as possible. engine/models/README.md describes the table.
"""

import math

VIEWS = ("intervals", "durations")
SYMBOLS = (51, 15)
ORDERS = ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 6))
KEY_BITS = (6, 4)
# The first steps of each group of times between onsets.
GROUPS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 17, 32, 33)


def symbols(notes):
    """(interval, duration) of each note (step, pitch) but the first."""
    pairs = zip(notes, notes[1:])
    return [
        (min(max(b[1] - a[1], -25), 25) + 25, sum(b[0] - a[0] >= first for first in GROUPS) - 1) for a, b in pairs
    ]


def key(view, context):
    """The number of a context: its last symbol comes last, and stands in the lowest bits."""
    return sum((symbol + 1) << (KEY_BITS[view] * i) for i, symbol in enumerate(reversed(context)))


def foreseen_by_table(view, rows, past, symbol):
    """Of the longest context that has a row; rows are -8 log2 p by key."""
    for length in reversed(ORDERS[view]):
        if length <= len(past) and (row := rows.get(key(view, past[len(past) - length :]))):
            return 2 ** (-row[symbol] / 8)
    raise AssertionError("there is always a row for the empty context")


def foreseen_by_phrase(past, symbol):
    """(probability, evidence) by the last 4 places, of the last 128 notes, that the last symbol had before."""
    last = len(past) - 1
    places = [i for i in range(last - 1, -1, -1) if past[i] == past[last] and last - i <= 127][:4]
    hits = evidence = 0
    for i in places:
        length = 1
        while length < 3 and i - length >= 0 and past[i - length] == past[last - length]:
            length += 1
        weight = 4 ** (length - 1)
        evidence += weight
        hits += weight * (past[i + 1] == symbol)
    return (hits / evidence if evidence else 0), evidence


def evidence_class(evidence):
    return min(evidence.bit_length(), 7)


def bits(notes, table):
    """(bits of the interval, bits of the duration) of each note; None for the first.

    A table has rows by key for each view, and shares for each view and class, of 65536.
    """
    rows, shares = table
    both = symbols(notes)
    answer = [None]
    for n in range(len(both)):
        note = []
        for view in range(2):
            past = [s[view] for s in both[:n]]
            by_phrase, evidence = foreseen_by_phrase(past, both[n][view]) if past else (0, 0)
            share = shares[view][evidence_class(evidence)] / 65536
            p = (1 - share) * foreseen_by_table(view, rows[view], past, both[n][view]) + share * by_phrase
            note.append(-math.log2(max(p, 2**-30)))
        answer.append(tuple(note))
    return answer


def fit(lines):
    """Rows by key for each view, from lines of notes: PPM with escape method C, interpolated."""
    tables = []
    for view in range(2):
        counts = {}
        for notes in lines:
            line = [s[view] for s in symbols(notes)]
            for n, symbol in enumerate(line):
                for length in ORDERS[view]:
                    if length <= n:
                        context = tuple(line[n - length : n])
                        counts.setdefault(context, [0] * SYMBOLS[view])[symbol] += 1

        def row(context):
            shorter = max((o for o in ORDERS[view] if o < len(context)), default=None)
            below = [1 / SYMBOLS[view]] * SYMBOLS[view]
            if shorter is not None:
                below = row(context[len(context) - shorter :])
            times = counts[context]
            escape = sum(t > 0 for t in times)
            return [(t + escape * p) / (sum(times) + escape) for t, p in zip(times, below)]

        tables.append(
            {
                key(view, context): [min(int(-8 * math.log2(p) + 0.5), 127) for p in row(context)]
                for context, times in counts.items()
                if not context or sum(times) >= 4
            }
        )
    return tables
