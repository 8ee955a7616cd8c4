# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What one can say of a window in a number, and of a neuron in words.

A code such as P12 names the jSymbolic feature (as music21 computes it) that a
feature is, or at one tempo ranks windows as. A feature that is undefined on a
window is missing there (NaN), not 0.
"""

from typing import NamedTuple

import numpy as np

import corpus

PITCHES = 128
# About the median of the corpus. A neuron may tell the middle register from both
# ends, which no feature that goes from low to high shows.
CENTRE = 74
MAJOR = (0, 2, 4, 5, 7, 9, 11)
BLACK = (1, 3, 6, 8, 10)
ARPEGGIO = (0, 3, 4, 7, 10, 11, 12, 15, 16)

# A correlation below this gives a neuron no name.
CLEAR = 0.2
UNCLEAR = "mixed"
SHOWN = 3
# What the format allows, in bytes.
LABEL_BYTES, FEATURES_BYTES = 31, 127


class Feature(NamedTuple):
    code: str  # jSymbolic's, if it has the feature
    name: str
    high: str  # a neuron that goes with the feature, in words
    low: str  # one that goes against it


FEATURES = (
    Feature("P12", "mean pitch", "higher pitch", "lower pitch"),
    Feature("P10", "range", "wider range", "narrower range"),
    Feature("", "highest", "higher top note", "lower top note"),
    Feature("", "lowest", "higher bottom note", "lower bottom note"),
    Feature("", "first pitch", "higher first note", "lower first note"),
    Feature("", "last pitch", "higher last note", "lower last note"),
    Feature("", "mean from D5", "high or low register", "middle register"),
    Feature("", "first from D5", "starts far from D5", "starts near D5"),
    Feature("", "last from D5", "ends far from D5", "ends near D5"),
    Feature("P1", "commonest pitch", "one pitch prevails", "pitches evenly used"),
    Feature("P2", "commonest class", "one pitch class prevails", "pitch classes evenly used"),
    Feature("P8", "pitches", "more pitches", "fewer pitches"),
    Feature("P9", "pitch classes", "more pitch classes", "fewer pitch classes"),
    Feature("", "scale fit", "closer to a scale", "more chromatic"),
    Feature("", "sharpness", "sharper keys", "flatter keys"),
    Feature("", "white keys", "more white keys", "more black keys"),
    Feature("", "first sharpness", "starts on the sharp side", "starts on the flat side"),
    Feature("", "first black key", "starts on a black key", "starts on a white key"),
    Feature("M2", "mean interval", "wider intervals", "narrower intervals"),
    Feature("", "largest leap", "wider leaps", "no wide leaps"),
    Feature("M8", "arpeggio", "more arpeggio", "less arpeggio"),
    Feature("M9", "repeated notes", "more repeated notes", "fewer repeated notes"),
    Feature("M11", "stepwise", "more stepwise motion", "less stepwise motion"),
    Feature("M17", "rising share", "more rising intervals", "more falling intervals"),
    Feature("", "slope", "rising line", "falling line"),
    Feature("", "arch", "arched line", "dipping line"),
    Feature("", "second half pitch", "second half higher", "second half lower"),
    Feature("R15", "notes", "more notes", "fewer notes"),
    Feature("R17", "mean duration", "longer notes", "shorter notes"),
    Feature("R18", "duration spread", "uneven durations", "even durations"),
    Feature("R19", "longest", "longer longest note", "shorter longest note"),
    Feature("R20", "shortest", "longer shortest note", "shorter shortest note"),
    Feature("R23", "gap spread", "uneven rhythm", "even rhythm"),
    Feature("", "rests", "more rests", "fewer rests"),
    Feature("", "off-beat", "more off-beat notes", "more on-beat notes"),
    Feature("", "off-beat eighths", "more off-beat eighths", "fewer off-beat eighths"),
    Feature("", "odd sixteenths", "more odd sixteenths", "fewer odd sixteenths"),
    Feature("", "mean onset", "later onsets", "earlier onsets"),
    Feature("", "first onset", "later start", "earlier start"),
    Feature("", "second half notes", "second half busier", "first half busier"),
    Feature("", "first half early", "first half starts busier", "first half ends busier"),
    Feature("", "second half early", "second half starts busier", "second half ends busier"),
    Feature("", "middle notes", "busier middle", "busier start and end"),
    Feature("", "mid-bar notes", "more notes mid-bar", "more notes around bar lines"),
)


def _mean(values, chosen):
    """Mean over each row's chosen columns; NaN if there are none."""
    count = chosen.sum(1)
    total = np.where(chosen, values, 0).sum(1, dtype=np.float64)
    return np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)


def _spread(values, chosen):
    """Population SD over each row's chosen columns."""
    return np.sqrt(_mean(np.square(values - _mean(values, chosen)[:, None]), chosen))


def _largest(values, chosen):
    return np.where(chosen, values, -np.inf).max(1)


def _smallest(values, chosen):
    return np.where(chosen, values, np.inf).min(1)


def _histogram(values, chosen, size):
    """[n, size]: how often each value is among a row's chosen columns."""
    rows = np.broadcast_to(np.arange(len(values))[:, None], values.shape)
    flat = rows[chosen] * size + values[chosen]
    return np.bincount(flat, minlength=len(values) * size).reshape(-1, size)


class _Notes:
    """The notes of windows: arrays [n, steps] whose first columns are notes."""

    def __init__(self, tokens):
        steps = tokens.shape[1]
        position = np.broadcast_to(np.arange(steps), tokens.shape)
        event = np.where(tokens > 0, position, steps)
        following = np.minimum.accumulate(event[:, ::-1], 1)[:, ::-1]
        end = np.concatenate([following[:, 1:], np.full((len(tokens), 1), steps)], 1)

        onset = tokens >= 2
        order = np.argsort(~onset, 1, kind="stable")
        self.steps = steps
        self.exists = np.take_along_axis(onset, order, 1)
        self.start = np.take_along_axis(position, order, 1)
        self.duration = np.take_along_axis(end - position, order, 1)
        pitch = tokens.astype(np.int64) - corpus.PITCH_TO_TOKEN
        self.pitch = np.where(self.exists, np.take_along_axis(pitch, order, 1), 0)
        quarter = self.start * 4 // steps
        self.late = quarter >= 2
        self.inside = (quarter == 1) | (quarter == 2)
        # From each note to the next, as jSymbolic has it: over rests, too.
        self.follows = self.exists[:, 1:]
        self.interval = np.diff(self.pitch, axis=1)
        self.gap = np.diff(self.start, axis=1)


def _pitch_features(notes):
    pitch, exists = notes.pitch, notes.exists
    count = np.maximum(exists.sum(1), 1)
    pitches = _histogram(pitch, exists, PITCHES)
    classes = _histogram(pitch % 12, exists, 12)
    scales = np.array([[(c - key) % 12 in MAJOR for key in range(12)] for c in range(12)])
    # The angle of each pitch class on the circle of fifths, in fifths above D:
    # amid the white keys, with as many sharps on one side as flats on the other.
    fifths = (np.arange(12) * 7 - 2) % 12 * np.pi / 6
    highest, lowest = _largest(pitch, exists), _smallest(pitch, exists)
    mean, first, last = _mean(pitch, exists), pitch[:, 0], pitch[np.arange(len(pitch)), count - 1]
    return {
        "mean pitch": mean,
        "range": highest - lowest,
        "highest": highest,
        "lowest": lowest,
        "first pitch": first,
        "last pitch": last,
        "mean from D5": np.abs(mean - CENTRE),
        "first from D5": np.abs(first - CENTRE),
        "last from D5": np.abs(last - CENTRE),
        "commonest pitch": pitches.max(1) / count,
        "commonest class": classes.max(1) / count,
        "pitches": (pitches > 0).sum(1),
        "pitch classes": (classes > 0).sum(1),
        "scale fit": (classes @ scales).max(1) / count,
        "sharpness": classes @ np.sin(fifths) / count,
        "white keys": 1 - classes[:, BLACK].sum(1) / count,
        "first sharpness": np.sin(fifths)[first % 12],
        "first black key": np.isin(first % 12, BLACK),
    }


def _melody_features(notes):
    width, follows = np.abs(notes.interval), notes.follows
    late, inside = notes.late, notes.inside
    time = np.where(notes.exists, notes.start - _mean(notes.start, notes.exists)[:, None], 0)
    moment = np.square(time).sum(1)
    slope = np.full(len(time), np.nan)
    np.divide((time * notes.pitch).sum(1), moment, out=slope, where=moment > 0)
    return {
        "mean interval": _mean(width, follows),
        "largest leap": _largest(width, follows),
        "arpeggio": _mean(np.isin(width, ARPEGGIO), follows),
        "repeated notes": _mean(width == 0, follows),
        "stepwise": _mean((width == 1) | (width == 2), follows),
        "rising share": _mean(notes.interval > 0, follows & (width > 0)),
        "slope": slope,
        "arch": _mean(notes.pitch, notes.exists & inside) - _mean(notes.pitch, notes.exists & ~inside),
        "second half pitch": _mean(notes.pitch, notes.exists & late) - _mean(notes.pitch, notes.exists & ~late),
    }


def _rhythm_features(notes):
    start, duration, exists = notes.start, notes.duration, notes.exists
    late, inside = notes.late, notes.inside
    quarter_bar = start % corpus.BAR * 4 // corpus.BAR
    return {
        "notes": exists.sum(1),
        "mean duration": _mean(duration, exists),
        "duration spread": _spread(duration, exists),
        "longest": _largest(duration, exists),
        "shortest": _smallest(duration, exists),
        "gap spread": _spread(notes.gap, notes.follows),
        "rests": 1 - np.where(exists, duration, 0).sum(1) / notes.steps,
        "off-beat": _mean(start % 4 != 0, exists),
        "off-beat eighths": _mean(start % 4 == 2, exists),
        "odd sixteenths": _mean(start % 2 == 1, exists),
        "mean onset": _mean(start, exists),
        "first onset": start[:, 0],
        "second half notes": _mean(late, exists),
        "first half early": _mean(~inside, exists & ~late),
        "second half early": _mean(inside, exists & late),
        "middle notes": _mean(inside, exists),
        "mid-bar notes": _mean((quarter_bar == 1) | (quarter_bar == 2), exists),
    }


def compute(tokens):
    """[n, len(FEATURES)] of windows [n, steps]: NaN where one is undefined."""
    notes = _Notes(tokens)
    values = {**_pitch_features(notes), **_melody_features(notes), **_rhythm_features(notes)}
    table = np.stack([values[feature.name] for feature in FEATURES], 1).astype(np.float64)
    table[~np.isfinite(table) | ~notes.exists[:, :1]] = np.nan
    return table


def _ranks(values):
    """Ranks of one column; ties share their mean rank."""
    _, group, size = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(size) - (size + 1) / 2)[group]


def spearman(mu, table):
    """[neurons, features]: rank correlations, each over the windows that have the feature."""
    rho = np.zeros((mu.shape[1], table.shape[1]))
    for f, column in enumerate(table.T):
        kept = np.isfinite(column)
        if kept.sum() < 2 or np.ptp(column[kept]) == 0:
            continue
        feature = _ranks(column[kept])
        for n in range(len(rho)):
            neuron = _ranks(mu[kept, n])
            if np.ptp(neuron) > 0:
                rho[n, f] = np.corrcoef(feature, neuron)[0, 1]
    return rho


def label(rho):
    """The words for a neuron with these correlations, as the file has them."""
    strongest = np.argsort(-np.abs(rho), kind="stable")[:SHOWN]
    first = FEATURES[strongest[0]]
    words = UNCLEAR if abs(rho[strongest[0]]) < CLEAR else first.high if rho[strongest[0]] > 0 else first.low
    texts = {
        "label": words,
        "features": ", ".join(f"{FEATURES[f].name} {rho[f]:+.2f}" for f in strongest),
    }
    for key, most in (("label", LABEL_BYTES), ("features", FEATURES_BYTES)):
        if len(texts[key].encode()) > most:
            raise ValueError(f"{key} of more than {most} bytes: {texts[key]}")
    return texts
