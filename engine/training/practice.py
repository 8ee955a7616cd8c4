# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What hands practise: figures that scores of music hold little of.

Scales, arpeggios, broken chords, Alberti bass, trills, repeated notes, finger
exercises, walking bass, ostinatos, lines of blues and bebop: in all keys, registers
and densities. None of it is made of random notes: chance picks the figure, its key,
its range and its rhythm, and where a line turns.

A figure gives `Line`s: pitches above a tonic and how many steps each takes.
"""

import itertools
import typing

import numpy as np

from corpus import BAR, PITCH_TO_TOKEN
from transform import EXCERPT, NOTE_MAX, NOTE_MIN, OFF

# Semitones above the tonic, within an octave.
SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 8, 11),
    (0, 2, 3, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 2, 4, 5, 7, 9, 10),
    (0, 2, 4, 6, 7, 9, 11),
    (0, 2, 4, 7, 9),
    (0, 3, 5, 7, 10),
    (0, 3, 5, 6, 7, 10),
    (0, 2, 4, 6, 8, 10),
    (0, 2, 3, 5, 6, 8, 9, 11),
    tuple(range(12)),
)
PENTATONIC = ((0, 3, 5, 7, 10), (0, 2, 4, 7, 9), (0, 3, 5, 6, 7, 10), (0, 2, 4, 5, 7, 9, 10))
CHORDS = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "seventh": (0, 4, 7, 10),
    "major seventh": (0, 4, 7, 11),
    "minor seventh": (0, 3, 7, 10),
    "half-diminished": (0, 3, 6, 10),
    "diminished seventh": (0, 3, 6, 9),
    "sixth": (0, 4, 7, 9),
}
# Roots above the tonic with their chords, one after the other.
PROGRESSIONS = (
    ((0, "major"),),
    ((0, "minor"),),
    ((0, "major"), (7, "seventh")),
    ((0, "major"), (5, "major"), (7, "seventh"), (0, "major")),
    ((0, "major"), (9, "minor"), (5, "major"), (7, "major")),
    ((0, "major"), (7, "major"), (9, "minor"), (5, "major")),
    ((0, "minor"), (5, "minor"), (7, "seventh"), (0, "minor")),
    ((0, "minor"), (8, "major"), (3, "major"), (10, "major")),
    ((2, "minor seventh"), (7, "seventh"), (0, "major seventh"), (0, "sixth")),
    ((2, "half-diminished"), (7, "seventh"), (0, "minor"), (0, "minor")),
    ((0, "seventh"), (5, "seventh"), (0, "seventh"), (7, "seventh")),
    ((0, "major seventh"), (9, "minor seventh"), (2, "minor seventh"), (7, "seventh")),
    ((0, "minor"), (10, "major"), (8, "major"), (7, "seventh")),
)
# In which order the tones of a chord are broken.
BROKEN = ((0, 1, 2), (0, 2, 1, 2), (0, 1, 2, 1), (0, 1, 2, 3, 2, 1), (2, 1, 0), (0, 2), (0, 2, 3, 2),
          (0, 1, 2, 3), (3, 2, 1, 0), (0, 2, 4, 2), (0, 2, 3, 4, 3, 2), (2, 0, 1, 0), (0, 3))
# Degrees of finger exercises, moved up by one each time.
FINGERS = ((0, 2, 3, 4, 5, 4, 3, 2), (0, 2, 5, 4, 3, 4, 3, 2), (0, 2, 5, 4, 3, 2, 3, 4), (0, 1, 0, 2, 5, 4, 3, 1),
           (0, 5, 4, 5, 3, 4, 2, 3), (0, 5, 3, 4, 2, 3, 1, 2), (0, 1, 2, 3, 4, 3, 2, 1), (0, 2, 1, 3, 2, 4, 3, 1),
           (0, 4, 3, 2, 1, 2, 3, 4), (0, 1, 2, 0), (0, 1, 2, 3), (0, 2, 1, 3))
# Orders of the degrees of a scale: plainly, in thirds, in groups.
GROUPS = ((0,), (0,), (0, 2), (2, 0), (0, 1, 2), (0, 1, 2, 3), (0, 2, 1), (3, 2, 1, 0), (0, 3), (0, 7))
# How many steps notes take, over and over; each fills beats or bars.
EVEN = ((1,), (1,), (2,), (2,), (4,), (3,))
DOTTED = ((3, 1), (2, 1, 1), (1, 1, 2), (1, 2, 1), (3, 3, 2), (3, 1, 2, 2), (1, 2, 1), (4, 2, 2), (6, 2))
# Onsets of a bar of an ostinato.
RIFFS = ((0, 4, 8, 12), (0, 3, 6, 8, 11, 14), (0, 6, 8, 14), (0, 3, 8, 11), (0, 2, 3, 6, 8, 10, 11, 14),
         (0, 2, 4, 6, 8, 10, 12, 14), (0, 3, 6, 10, 12), (0, 4, 7, 8, 12, 14), (0, 2, 6, 8, 12), (0, 7, 8, 10),
         (0, 1, 3, 4, 6, 8, 9, 11, 12, 14), (0, 8, 10, 11), (2, 4, 6, 10, 12, 14), (0, 3, 4, 7, 8, 11, 12, 15))
# A line's eighths, straight or swung to the grid.
EIGHTHS = ((2, 2), (2, 2), (3, 1))


class Line(typing.NamedTuple):
    """Pitches above the tonic, None for a rest, and how many steps each takes."""

    pitches: list
    steps: list


def degree(scale, number):
    """The pitch of a degree of a scale or chord that goes on in all octaves."""
    octave, place = divmod(number, len(scale))
    return 12 * octave + scale[place]


def _pick(rng, values):
    return values[rng.integers(len(values))]


def _fill(pitches, rhythm):
    """A line of EXCERPT steps of endless pitches and a rhythm."""
    line, total = Line([], []), 0
    for pitch, steps in zip(pitches, itertools.cycle(rhythm)):
        line.pitches.append(pitch)
        line.steps.append(steps)
        total += steps
        if total >= EXCERPT:
            return line


def _turns(low, high, direction):
    """Degrees up and down between two, or from one to the other again and again."""
    up = list(range(low, high))
    down = list(range(high, low, -1))
    return itertools.cycle({"both": up + down, "up": up + [high], "down": down + [low]}[direction])


def _run(rng, scale, spans, rhythms):
    span = rng.integers(*spans, endpoint=True)
    group = _pick(rng, GROUPS)
    turns = _turns(0, span, _pick(rng, ("both", "both", "up", "down")))
    return _fill((degree(scale, d + g) for d in turns for g in group), _pick(rng, rhythms))


def scale(rng):
    return _run(rng, _pick(rng, SCALES), (4, 21), EVEN + DOTTED if rng.random() < 0.3 else EVEN)


def arpeggio(rng):
    return _run(rng, CHORDS[_pick(rng, list(CHORDS))], (3, 12), EVEN + DOTTED if rng.random() < 0.3 else EVEN)


def _chords(rng):
    """A progression: (root, tones) of each chord. A root more than a fifth up goes down instead."""
    return [(root - 12 if root > 7 else root, CHORDS[kind]) for root, kind in _pick(rng, PROGRESSIONS)]


def broken_chords(rng):
    """Alberti's order among others; each chord takes half a bar or more."""
    order, length = _pick(rng, BROKEN), _pick(rng, (1, 1, 2, 2, 2, 4))
    change = _pick(rng, (8, 16, 16, 32))
    inversion = rng.integers(3)
    pitches = []
    for root, tones in itertools.islice(itertools.cycle(_chords(rng)), EXCERPT // change + 1):
        pitches += [root + degree(tones, inversion + order[i % len(order)]) for i in range(change // length)]
    return _fill(pitches, (length,))


def trill(rng):
    """Two notes in turns: trills, tremolos, octaves; on to the next place after a while."""
    steps, length = _pick(rng, SCALES[:7]), _pick(rng, (1, 1, 1, 2))
    interval = _pick(rng, (1, 1, 1, 2, 4, 7))
    stay = _pick(rng, (4, 8, 16, 16, 64)) // length
    places = _turns(0, rng.integers(1, 8), _pick(rng, ("both", "up", "down")))
    return _fill((degree(steps, p + interval * (i % 2)) for p in places for i in range(stay)), (length,))


def repeated(rng):
    steps, rhythm = _pick(rng, SCALES), _pick(rng, EVEN + DOTTED)
    stay = _pick(rng, (2, 3, 4, 4, 8, 16, 200))
    places = _turns(0, rng.integers(1, 9), _pick(rng, ("both", "up", "down")))
    return _fill((degree(steps, p) for p in places for _ in range(stay)), rhythm)


def fingers(rng):
    """A figure of the five fingers, moved by a degree each time; downwards it is turned over."""
    steps, figure, length = _pick(rng, SCALES[:7]), _pick(rng, FINGERS), _pick(rng, (1, 1, 1, 2))
    span = rng.integers(3, 15)
    up = [d + f for d in range(span) for f in figure]
    down = [d + 5 - f for d in range(span, 0, -1) for f in figure]
    return _fill((degree(steps, d) for d in itertools.cycle(up + down)), (length,))


def pedal(rng):
    """A line over or under a note that stays, in turns."""
    steps, length = _pick(rng, SCALES[:7]), _pick(rng, (1, 1, 2))
    held = _pick(rng, (-3, 0, 7))
    order = _pick(rng, (1, -1))
    turns = _turns(1, rng.integers(3, 9), "both")
    return _fill((degree(steps, x) for d in turns for x in (d, held)[::order]), (length,))


def walking_bass(rng):
    """A quarter each: the root, tones of the chord or scale, a note that leads to the next root."""
    change = _pick(rng, (4, 4, 2))
    chords = _chords(rng)
    pitches, steps = [], []
    for place in range(EXCERPT // (4 * change)):
        (root, tones), (after, _) = chords[place % len(chords)], chords[(place + 1) % len(chords)]
        middle = [root + degree(tones, d) for d in _pick(rng, ((1, 2), (2, 1), (1, 3), (0, 2), (2, 3)))]
        bar = [root, *middle[: change - 2], after + _pick(rng, (-1, 1, -2, 2, 7))]
        for pitch in bar:
            # Now and then a quarter is struck twice, as an eighth or a swung one.
            parts = _pick(rng, ((2, 2), (3, 1))) if rng.random() < 0.1 else (4,)
            pitches += [pitch] * len(parts)
            steps += parts
    return Line(pitches, steps)


def _stroll(rng, low, high, length):
    """Degrees that mostly go on to a neighbour, as a tune does."""
    place = rng.integers(low, high + 1)
    for _ in range(length):
        yield place
        place = int(np.clip(place + _pick(rng, (-2, -1, -1, 0, 1, 1, 2)), low, high))


def ostinato(rng):
    """A bar of a few notes of a pentatonic or blues scale, over and over, its end varied at times."""
    notes, onsets = _pick(rng, PENTATONIC), _pick(rng, RIFFS)
    first = list(_stroll(rng, -2, _pick(rng, (2, 5)), len(onsets)))
    first[0] = _pick(rng, (0, 0, 0, len(notes) - 1))
    other = first[: len(first) * 3 // 4] + list(_stroll(rng, -2, 4, len(first) - len(first) * 3 // 4))
    varied = rng.random() < 0.5
    chords = _chords(rng) if rng.random() < 0.4 else [(0, None)]
    share = _pick(rng, (1, 1, 0))  # each note held to the next, or as short as can be
    pitches, steps = ([None], [onsets[0]]) if onsets[0] else ([], [])
    for bar in range(EXCERPT // BAR):
        root = chords[bar // 2 % len(chords)][0]
        for d, here, after in zip(other if varied and bar % 2 else first, onsets, (*onsets[1:], BAR + onsets[0])):
            gap = after - here
            pitches.append(root + degree(notes, d))
            steps.append(gap if share else 1)
            if not share and gap > 1:
                pitches.append(None)
                steps.append(gap - 1)
    return Line(pitches, steps)


def _bebop(rng, root, tones, first, target):
    """A bar of eighths over a chord, from `first` on, that closes in on `target` from both its sides."""
    scale = {(root + x) % 12 for x in ((0, 2, 4, 5, 7, 9, 10, 11) if 4 in tones else (0, 2, 3, 5, 7, 9, 10))}
    way, line = _pick(rng, (-1, 1)), [first]
    while len(line) < BAR // 2 - 2:
        pitch = line[-1]
        # By step along the scale, now and then over a tone as in a chord.
        for _ in range(2 if rng.random() < 0.25 else 1):
            pitch += way
            while pitch % 12 not in scale:
                pitch += way
        line.append(pitch)
        if not -7 <= pitch <= 16:
            way = -1 if pitch > 0 else 1
        elif rng.random() < 0.15:
            way = -way
    target += 12 * round((line[-1] - target) / 12)
    return line + [target + x for x in _pick(rng, ((1, -1), (2, -1), (-2, -1), (2, 1)))], target


def bebop(rng):
    """Eighths over a progression, straight or swung, with a rest between phrases."""
    chords, swing = _chords(rng), _pick(rng, EIGHTHS)
    pitches, steps = [], []
    here = chords[0][0] + _pick(rng, chords[0][1])
    for bar in range(EXCERPT // BAR):
        (root, tones), (after, others) = chords[bar % len(chords)], chords[(bar + 1) % len(chords)]
        line, here = _bebop(rng, root, tones, here, after + _pick(rng, others))
        if rng.random() < 0.3:
            silent = rng.integers(1, 5)
            line[:silent] = [None] * silent
        pitches += line
        steps += swing * (BAR // 4)
    return Line(pitches, steps)


def blues(rng):
    """Short calls of the blues scale, each said two or three times."""
    notes, swing = _pick(rng, PENTATONIC[:3]), _pick(rng, EIGHTHS)
    pitches, steps = [], []
    while sum(steps) < EXCERPT:
        count = int(rng.integers(3, 7))
        call = [degree(notes, d) for d in _stroll(rng, -2, 6, count)]
        for _ in range(_pick(rng, (1, 2, 3))):
            pitches += call + [None] * (8 - count)
            steps += swing * 4
    return Line(pitches, steps)


FIGURES = (scale, arpeggio, broken_chords, trill, repeated, fingers, pedal, walking_bass, ostinato, bebop, blues)
# A line's middle: around here most often, but anywhere on the keyboard.
MIDDLE, SPREAD = 62, 16
LOW = (walking_bass, ostinato, broken_chords)
LOW_MIDDLE = 47


def place(line, middle):
    """Tokens [EXCERPT] of a line in the octave nearest to a middle pitch, on the keyboard.

    A note that is not on the keyboard even so moves by octaves until it is.
    """
    heard = [pitch for pitch in line.pitches if pitch is not None]
    shift = round(middle - (min(heard) + max(heard)) / 2)
    low, high = NOTE_MIN - PITCH_TO_TOKEN, NOTE_MAX - PITCH_TO_TOKEN
    shift = int(np.clip(shift, low - min(heard), max(low - min(heard), high - max(heard))))
    tokens, step, sounds = np.zeros(EXCERPT, np.uint8), 0, False
    for pitch, steps in zip(line.pitches, line.steps):
        if step >= EXCERPT:
            break
        if pitch is not None:
            pitch += shift
            while pitch > high:
                pitch -= 12
            tokens[step] = pitch + PITCH_TO_TOKEN
        elif sounds:
            tokens[step] = OFF
        sounds = pitch is not None
        step += steps
    return tokens


def draw(rng, count, figures=FIGURES, anywhere=0.0):
    """Excerpts [count, EXCERPT] of figures, each as often, in any key.

    A share `anywhere` of them has its middle anywhere on the keyboard, as likely here as there.
    """
    excerpts = np.zeros((count, EXCERPT), np.uint8)
    for number in range(count):
        figure = _pick(rng, figures)
        line = figure(rng)
        middle = LOW_MIDDLE if figure in LOW and rng.random() < 0.6 else MIDDLE
        middle = rng.normal(middle, SPREAD)
        if anywhere and rng.random() < anywhere:
            middle = rng.uniform(NOTE_MIN, NOTE_MAX + 1) - PITCH_TO_TOKEN
        excerpts[number] = place(line, middle)
    return excerpts
