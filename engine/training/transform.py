# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What playing does to a melody: phase, tempo, touch, timing, register, pauses.

The same transformations are for real melodies and for made-up ones. A melody is a
row of tokens (corpus.py) or, between steps of the grid, `Notes`. All functions take
many melodies at a time and change none of their arguments.

`windows` draws them by chance: it takes excerpts of melodies [n, EXCERPT], see
there, and gives windows [n, STEPS].
"""

import typing

import numpy as np

from corpus import BAR, CLASSES, STEPS

OFF = 1
NOTE_MIN, NOTE_MAX = 2, CLASSES - 1
# A bar before the window, and twice a window and a phase for one played at double speed.
LEAD = BAR
EXCERPT = LEAD + 2 * (STEPS + BAR) + BAR  # excerpt_steps(STEPS)
ONSETS_MIN = 2
# A step of 15 / bpm seconds.
MS_PER_STEP_AT_1_BPM = 15000.0
# Twice the speed may cost this share of the notes, else the melody keeps its own.
LOST_MAX = 1 / 8


class Notes(typing.NamedTuple):
    """Notes of n melodies, at most one a column: token 0 where there is none; times in steps."""

    token: np.ndarray
    start: np.ndarray
    end: np.ndarray


class Chances(typing.NamedTuple):
    """How probable each transformation is."""

    phase: float = 0.6  # the window begins on any of 16 steps, else on a bar line
    slow: float = 0.1  # all notes take twice their time
    fast: float = 0.1  # or half of it
    short: float = 0.15  # notes are shortened, to as little as a quarter
    joined: float = 0.15  # rests between notes are closed
    timing: float = 0.3  # played by hand instead of by the clock
    transposed: float = 0.9  # moved in pitch
    pause: float = 0.12  # silence up to some step of the window
    stop: float = 0.06  # the melody ends within the window


NONE = Chances(*[0.0] * len(Chances._fields))
PHASES = NONE._replace(phase=1.0)
# Of a transposition: the share of near ones, by how many semitones these fall to 1 / e of
# the most probable one; the others go anywhere on the keyboard.
NEAR, NEAR_SEMITONES = 0.7, 4.0
# Milliseconds: how far a player is from the grid as a whole, and from note to note.
LATE_MS, SPREAD_MS = 25.0, (15.0, 40.0)
BPM = (60.0, 180.0)
JOINED_STEPS = (1, 2, 4, 16)
PAUSE_STEPS = (1, 20)
STOP_STEPS = (12, STEPS - 1)


def notes(tokens):
    """The notes of melodies [n, m]; what sounds at the end ends there."""
    n, steps = tokens.shape
    events = np.where(tokens > 0, np.arange(steps), steps)
    following = np.minimum.accumulate(events[:, ::-1], 1)[:, ::-1]
    end = np.concatenate([following[:, 1:], np.full((n, 1), steps)], 1)
    start = np.broadcast_to(np.arange(steps, dtype=np.float64), (n, steps))
    return Notes(np.where(tokens >= NOTE_MIN, tokens, 0), start, end.astype(np.float64))


def render(played, steps=STEPS):
    """Tokens [n, steps] of notes by MusicVAE's rules; what starts outside leaves nothing.

    Times round to floor(x + 0.5), a note takes a step at least. Of notes on one step
    the highest stays. A later note cuts an earlier one; else its end is a note-off.
    """
    onset = np.floor(played.start + 0.5).astype(int)
    row, column = np.nonzero((played.token > 0) & (onset >= 0) & (onset < steps))
    token, onset = played.token[row, column], onset[row, column]
    end = np.maximum(np.floor(played.end[row, column] + 0.5).astype(int), onset + 1)
    # Where several are written to one step the last one stays: the highest, the first of equals.
    order = np.lexsort((-column, token))
    tokens = np.zeros((len(played.token), steps), np.uint8)
    ends = np.zeros(tokens.shape, int)
    tokens[row[order], onset[order]] = token[order]
    ends[row[order], onset[order]] = end[order]
    row, onset = np.nonzero(tokens)
    following = np.full(len(row), steps)
    same = row[1:] == row[:-1]
    following[:-1][same] = onset[1:][same]
    end = ends[row, onset]
    rests = end < following
    tokens[row[rests], end[rests]] = OFF
    return tokens


def valid(tokens):
    """Of each melody whether a note-off always ends a note; without one they all hold."""
    n, steps = tokens.shape
    events = np.where(tokens > 0, np.arange(steps), -1)
    last = np.maximum.accumulate(events, 1)
    before = np.concatenate([np.full((n, 1), -1), last[:, :-1]], 1)
    sounds = (before >= 0) & (np.take_along_axis(tokens, np.maximum(before, 0), 1) >= NOTE_MIN)
    return (sounds | (tokens != OFF)).all(1) & (tokens <= NOTE_MAX).all(1)


def onsets(tokens):
    return (tokens >= NOTE_MIN).sum(1)


def stretch(played, factor):
    """All times [n] times as long."""
    factor = np.asarray(factor, float)[:, None]
    return played._replace(start=played.start * factor, end=played.end * factor)


def move(played, steps):
    """All notes later by `steps` [n], or earlier."""
    steps = np.asarray(steps, float)[:, None]
    return played._replace(start=played.start + steps, end=played.end + steps)


def shorten(played, share):
    """Each note takes a `share` [n] of its time."""
    share = np.asarray(share, float)[:, None]
    return played._replace(end=played.start + (played.end - played.start) * share)


def join(played, steps):
    """Rests of at most `steps` [n] between two notes are closed. For notes in the order of their columns."""
    start = np.where(played.token > 0, played.start, np.inf)
    following = np.minimum.accumulate(start[:, ::-1], 1)[:, ::-1]
    following = np.concatenate([following[:, 1:], np.full((len(start), 1), np.inf)], 1)
    closed = following - played.end <= np.asarray(steps, float)[:, None]
    return played._replace(end=np.where(closed, following, played.end))


def by_hand(played, late, spread, rng):
    """Starts and ends later by `late` [n] steps and by a Gaussian of `spread` [n], each of its own."""
    late, spread = (np.asarray(x, float)[:, None] for x in (late, spread))

    def moved(times):
        return times + late + spread * rng.standard_normal(times.shape)

    return played._replace(start=moved(played.start), end=moved(played.end))


def steps_of(milliseconds, bpm):
    return milliseconds * bpm / MS_PER_STEP_AT_1_BPM


def pause(tokens, step):
    """Silence before `step` [n] of each melody, as before somebody begins to play."""
    silent = np.where(np.arange(tokens.shape[1]) < np.asarray(step)[:, None], 0, tokens)
    return np.where(np.cumsum(silent >= NOTE_MIN, 1) == 0, 0, silent)


def stop(tokens, step):
    """Silence from `step` [n] of each melody on; a note that sounds ends there."""
    position, step = np.arange(tokens.shape[1]), np.asarray(step)[:, None]
    last = np.where((tokens > 0) & (position < step), position, -1).max(1)
    sounds = (last >= 0) & (tokens[np.arange(len(tokens)), last] >= NOTE_MIN)
    stopped = np.where(position < step, tokens, 0)
    return np.where((position == step) & sounds[:, None], OFF, stopped).astype(tokens.dtype)


def room(tokens):
    """(lowest, highest) transposition [n] that keeps all notes on the keyboard."""
    sounding = tokens >= NOTE_MIN
    lowest = np.where(sounding, tokens, NOTE_MAX).min(1).astype(int)
    highest = np.where(sounding, tokens, NOTE_MIN).max(1).astype(int)
    return NOTE_MIN - lowest, NOTE_MAX - highest


def transpose(tokens, shift):
    """Melodies moved by `shift` [n] semitones, as far as all notes stay on the keyboard."""
    shift = np.clip(shift, *room(tokens))[:, None]
    return np.where(tokens >= NOTE_MIN, tokens + shift, tokens).astype(tokens.dtype)


def _far():
    """Cumulated weights of transpositions from -NOTE_MAX to NOTE_MAX, and that lowest one."""
    shift = np.arange(-NOTE_MAX, NOTE_MAX + 1)
    near = np.exp(-np.abs(shift) / NEAR_SEMITONES)
    weight = NEAR * near / near.sum() + (1 - NEAR) / len(shift)
    return np.concatenate([[0], np.cumsum(weight)]), -NOTE_MAX


def draw_transposition(tokens, rng):
    """A transposition [n] within each melody's room, near ones more often."""
    cumulated, least = _far()
    low, high = room(tokens)
    start, end = cumulated[low - least], cumulated[high - least + 1]
    drawn = np.searchsorted(cumulated, start + (end - start) * rng.random(len(tokens)), "right") - 1 + least
    return np.clip(drawn, low, high)


def _lost(tokens):
    """The share of the notes of excerpts that twice the speed puts on a step with another one."""
    sounding = tokens >= NOTE_MIN
    # Half a step is rounded up: an odd step falls on the even one after it.
    pairs = sounding[:, 1:-1:2] & sounding[:, 2::2]
    return pairs.sum(1) / np.maximum(1, sounding.sum(1))


def _uniform(rng, limits, n):
    return limits[0] + (limits[1] - limits[0]) * rng.random(n)


def _touch(played, chances, rng):
    """Shortened and joined notes."""
    n = len(played.token)
    kind = rng.random(n)
    share = np.where(kind < chances.short, _uniform(rng, (0.25, 1.0), n), 1)
    gap = np.where(kind > 1 - chances.joined, rng.choice(JOINED_STEPS, n), 0)
    return join(shorten(played, share), gap)


def _timing(played, chances, rng):
    n = len(played.token)
    chosen = rng.random(n) < chances.timing
    bpm = _uniform(rng, BPM, n)
    late = chosen * steps_of(LATE_MS * rng.standard_normal(n), bpm)
    spread = chosen * steps_of(_uniform(rng, SPREAD_MS, n), bpm)
    return by_hand(played, late, spread, rng)


def _pauses(tokens, chances, rng):
    """Silence at either end, where notes enough are left."""
    n = len(tokens)
    begun = pause(tokens, np.where(rng.random(n) < chances.pause, rng.integers(*PAUSE_STEPS, n, endpoint=True), 0))
    tokens = np.where((onsets(begun) >= ONSETS_MIN)[:, None], begun, tokens)
    steps = np.where(rng.random(n) < chances.stop, rng.integers(*STOP_STEPS, n, endpoint=True), tokens.shape[1])
    stopped = stop(tokens, steps)
    return np.where((onsets(stopped) >= ONSETS_MIN)[:, None], stopped, tokens)


def excerpt_steps(steps):
    """How long the excerpt is that a window of so many steps is played from."""
    return LEAD + 2 * (steps + BAR) + BAR


def windows(excerpts, rng, chances=Chances(), steps=STEPS):
    """Windows [n, steps] played from excerpts [n, excerpt_steps(steps)] of melodies, one each.

    Step LEAD of an excerpt is a bar line, and where the window begins if nothing else
    happens. A window may have less than ONSETS_MIN notes: whoever trains draws another.
    """
    n = len(excerpts)
    tempo = rng.random(n)
    fast = (tempo > 1 - chances.fast) & (_lost(excerpts) <= LOST_MAX)
    factor = np.where(tempo < chances.slow, 2.0, np.where(fast, 0.5, 1.0))
    phase = np.floor(rng.random(n) * BAR * np.maximum(factor, 1)) * (rng.random(n) < chances.phase)
    # The bar line stays where it is, the phase is one of the played melody.
    played = stretch(move(notes(excerpts), np.full(n, -LEAD)), factor)
    played = _timing(_touch(move(played, -phase), chances, rng), chances, rng)
    tokens = pause(render(played, steps), np.zeros(n, int))
    tokens = _pauses(tokens, chances, rng)
    shift = draw_transposition(tokens, rng) * (rng.random(n) < chances.transposed)
    return transpose(tokens, shift)
