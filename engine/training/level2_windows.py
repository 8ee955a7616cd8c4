# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What level two hears: 2-bar windows in a row, played from lines of the corpus.

A phrase is PHRASE windows, 16 bars. A stretch is a few windows longer, so that it
holds several phrases. A window without a note is one that was not heard.
"""

import typing

import numpy as np

import batches
import corpus
import transform

PHRASE = 8
STRETCH = 12
WINDOW_BARS = corpus.STEPS // corpus.BAR
# As level one's, without its pauses: what is not heard is masked in training.
CHANCES = transform.Chances(phase=0.3, pause=0.0, stop=0.0)
# So many stretches may begin in the silence before a tune, by at most so many bars.
BEFORE, BEFORE_BARS = 0.25, 8
# Of a phrase that is measured as a whole.
ONSETS_MIN = 32
# A tune is at least so long, and has at most so many phrases where styles are measured.
TUNE_BARS, TUNE_PHRASES = 4, 4

# The corpus' styles, merged where they are one to the ear that hears a single line without its tempo.
# Those that are not here are roles or mixtures of several styles, and have no label.
MERGED = {
    "folk dance": ("reel", "hornpipe", "folk_other"),
    "hymn": ("hymn_chorale",),
    "sacred": ("sacred_vocal", "early_music"),
    "song": ("art_song",),
    "orchestra": ("strings", "winds"),
    "bass": ("bass_line",),
    "accompaniment": ("accompaniment",),
    "pop": ("pop",),
    "jazz": ("jazz_trad_swing", "jazz_bop", "jazz_modern"),
    "ragtime": ("ragtime",),
    "baroque keyboard": ("keyboard_bach",),
}
STYLES = tuple(MERGED)
NO_STYLE = -1
# What is told in the end. Voices are one to the ear, and which instruments play is not heard;
# of ragtime there are too few works, nine held-out lines.
LABELS = ("folk dance", "hymn", "voice", "bass", "accompaniment", "pop", "jazz", "baroque keyboard")
# Of each style its label, and of NO_STYLE, which is last.
LABEL_OF = np.array([0, 1, 2, 2, NO_STYLE, 3, 4, 5, 6, NO_STYLE, 7, NO_STYLE])


class Windows(typing.NamedTuple):
    """Windows in a row, n times."""

    tokens: np.ndarray  # [n, windows, STEPS]
    style: np.ndarray  # [n], an index into STYLES or NO_STYLE
    line: np.ndarray  # [n], the number of the line that each comes from


def merged(names):
    """Of each of the corpus' styles by name its index into STYLES, or NO_STYLE."""
    known = {name: number for number, own in enumerate(MERGED.values()) for name in own}
    return np.array([known.get(name, NO_STYLE) for name in names])


def heard(tokens):
    """Which windows [.., STEPS] have a note."""
    return (tokens >= transform.NOTE_MIN).any(-1)


def cut(tokens):
    """Melodies [n, windows * STEPS] as windows, each as level one is given it: no note comes from before."""
    flat = tokens.reshape(-1, corpus.STEPS)
    return transform.pause(flat, np.zeros(len(flat), int)).reshape(len(tokens), -1, corpus.STEPS)


def play(lines, number, bar, rng, chances, windows):
    """Windows [n, windows, STEPS] from a `bar` of the lines of a `number` on, as people play them."""
    steps = windows * corpus.STEPS
    found = batches.excerpts(lines, number, bar, transform.excerpt_steps(steps))
    return cut(transform.windows(found, rng, chances, steps))


def draw(lines, rng, count, chances=CHANCES, windows=STRETCH):
    """Windows of `count` stretches, a style as likely as the square root of its bars."""
    bars = lines.length // corpus.BAR
    order = np.argsort(lines.style, kind="stable")
    styles, first = np.unique(lines.style[order], return_index=True)
    ends = np.cumsum(bars[order])
    starts = np.append(0, ends)[first]
    sizes = np.diff(np.append(starts, ends[-1]))
    style = rng.choice(len(styles), count, p=np.sqrt(sizes) / np.sqrt(sizes).sum())
    place = starts[style] + rng.integers(0, sizes[style])
    position = np.searchsorted(ends, place, "right")
    number = order[position]
    bar = place - (ends - bars[order])[position]
    # The bar that was drawn lies anywhere in the stretch; most of the stretch lies in the tune.
    low = np.where(rng.random(count) < BEFORE, -BEFORE_BARS, 0)
    high = np.maximum(low, bars[number] - PHRASE * WINDOW_BARS)
    bar = np.clip(bar - rng.integers(0, windows * WINDOW_BARS, count), low, high)
    tokens = play(lines, number, bar, rng, chances, windows)
    return Windows(tokens, merged(lines.names)[lines.style[number]], number)


def whole(lines, rng, count, chances=transform.NONE):
    """Phrases of `count` places that are heard from end to end, distinct and with ONSETS_MIN notes."""
    found, total = [], 0
    lines = lines.select(lines.length >= PHRASE * corpus.STEPS)
    while total < count:
        some = draw(lines, rng, count, chances, PHRASE)
        kept = heard(some.tokens).all(1) & ((some.tokens >= transform.NOTE_MIN).sum((1, 2)) >= ONSETS_MIN)
        found.append(Windows(*(part[kept] for part in some)))
        total += kept.sum()
    parts = [np.concatenate(part) for part in zip(*found)]
    _, first = np.unique(parts[0].reshape(len(parts[0]), -1), axis=0, return_index=True)
    first = np.sort(first)[:count]
    return Windows(*(part[first] for part in parts))


def tunes(lines, rng, count):
    """Phrases as written of at most `count` lines of each merged style, up to TUNE_PHRASES a line."""
    style = merged(lines.names)[lines.style]
    bars = lines.length // corpus.BAR
    number, bar = [], []
    for own in range(len(STYLES)):
        chosen = rng.permutation(np.flatnonzero((style == own) & (bars >= TUNE_BARS)))[:count]
        for line in chosen:
            last = max(0, bars[line] - PHRASE * WINDOW_BARS)
            places = np.unique(np.linspace(0, last, min(TUNE_PHRASES, 1 + last // WINDOW_BARS)).astype(int))
            number += [line] * len(places)
            bar += list(places)
    number, bar = np.array(number), np.array(bar)
    tokens = play(lines, number, bar, rng, transform.NONE, PHRASE)
    kept = heard(tokens).any(1)
    return Windows(tokens[kept], style[number[kept]], number[kept])
