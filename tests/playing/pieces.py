# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a player does in the first minute: short pieces, as notes (start, end, pitch) in steps.

Times need not lie on the grid. Figures are anybody's; tunes are Bach's, Beethoven's,
Strauss's and a folk song.
"""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

import midi

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
# Milliseconds of a step at 120 bpm.
STEP_MS = 125.0


def line(pitches, lengths=(1,), start=0.0, touch=1.0):
    """Notes one after the other; None is a rest. Lengths, in steps, repeat."""
    notes, at = [], start
    for i, pitch in enumerate(pitches):
        length = lengths[i % len(lengths)]
        if pitch is not None:
            notes.append((at, at + length * touch, pitch))
        at += length
    return notes


def degree(tonic, number, scale=MAJOR):
    return tonic + 12 * (number // len(scale)) + scale[number % len(scale)]


def up_and_down(tonic, octaves, scale=MAJOR):
    top = octaves * len(scale)
    return [degree(tonic, n, scale) for n in [*range(top), *range(top, 0, -1)]]


def late(notes, milliseconds):
    return [(start + milliseconds / STEP_MS, end + milliseconds / STEP_MS, pitch) for start, end, pitch in notes]


def faster(notes, factor):
    return [(start / factor, end / factor, pitch) for start, end, pitch in notes]


def moved(notes, semitones):
    return [(start, end, pitch + semitones) for start, end, pitch in notes]


def by_hand(notes, milliseconds, seed=1):
    rng = random.Random(seed)
    played = []
    for start, end, pitch in notes:
        off = rng.gauss(0, milliseconds / STEP_MS)
        played.append((max(0.0, start + off), max(0.1, end + off), pitch))
    return played


def scale():
    return line(up_and_down(60, 2) * 3)


def minor_scale():
    return line(up_and_down(57, 2, MINOR) * 3, (2,))


def arpeggio():
    return line([48, 52, 55, 60, 64, 67, 72, 67, 64, 60, 55, 52] * 6)


def trill():
    return line([72, 74] * 32)


def repeated_note():
    return line([64] * 32, (2,))


def alberti():
    return line([p for chord in ((48, 55, 52, 55), (47, 55, 50, 55), (48, 55, 52, 55), (50, 57, 53, 57)) * 2
                 for p in chord * 2])


def walking_bass():
    return line([28, 31, 33, 34, 35, 33, 31, 30, 29, 33, 36, 38, 40, 38, 36, 35], (4,))


def funk_riff():
    bar = [(40, 1), (None, 1), (40, 1), (52, 1), (None, 2), (50, 1), (52, 1), (None, 1), (40, 1), (43, 1), (None, 1),
           (45, 1), (None, 1), (46, 1), (47, 1)]
    pitches, lengths = zip(*bar * 4)
    return line(pitches, lengths)


def gallop():
    return line([40, 40, 40] * 8 + [43, 43, 43] * 4 + [45, 45, 45] * 4, (2, 1, 1))


def blues_lick():
    bar = [60, 63, 65, 66, 67, 70, 67, None, 72, 70, 67, 66, 65, 63, 60, None]
    return line(bar * 2 + bar[8:] + bar[:8] + bar, (2,))


def bebop():
    down = [79, 77, 76, 75, 74, 72, 71, 69, 67, 71, 74, 77, 76, 72, 69, 68]
    return line(down + [p - 2 for p in down] + down, (2,))


def bach_prelude():
    """The figure of the first prelude of the Well-Tempered Clavier, its first four bars."""
    chords = ((60, 64, 67, 72, 76), (60, 62, 69, 74, 77), (59, 62, 67, 74, 77), (60, 64, 67, 72, 76))
    return line([p for a, b, c, d, e in chords for p in (a, b, c, d, e, c, d, e) * 2])


def waltz():
    """The Blue Danube's beginning, in 3/4."""
    bar = [60, 60, 64, 67, 67, None, 79, 79, None, 76, 76, None, 60, 60, 64, 67, 67, None, 79, 79, None, 77, 77, None]
    return line(bar * 2, (4,))


def twinkle():
    half = [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60]
    return line(half * 2, (4, 4, 4, 4, 4, 4, 8))


def triplets():
    return line([p for p in (60, 64, 67, 72, 67, 64) * 8], (4 / 3,))


def comping():
    return [(start + 16 * bar, start + 16 * bar + 1.5, pitch + shift)
            for bar, shift in enumerate((0, 5, 0, 7, 0, 5, 7, 0)) for start in (0, 6, 10) for pitch in (52, 55, 60)]


def cat(seed=4):
    """Steps on keys anywhere, at any time."""
    rng = random.Random(seed)
    return sorted((start, start + rng.uniform(0.3, 6), rng.randrange(36, 97))
                  for start in (rng.uniform(0, 128) for _ in range(45)))


def fists(seed=4):
    """Clusters at any time."""
    rng = random.Random(seed)
    return [(start, start + 1, pitch + i)
            for start, pitch in sorted((rng.uniform(0, 128), rng.randrange(30, 90)) for _ in range(40))
            for i in range(5)]


def random_notes(seed=4):
    """The paper's recipe, 14 onsets in each 2 bars."""
    rng = random.Random(seed)
    starts = sorted(32 * window + s for window in range(4) for s in rng.sample(range(32), 14))
    return [(start, end, rng.randrange(30, 101)) for start, end in zip(starts, [*starts[1:], 128])]


def eighths(pitches, seed=4):
    """Keys at random in a steady beat: a rhythm without a tune."""
    rng = random.Random(seed)
    return line([rng.choice(pitches) for _ in range(64)], (2,))


def with_slips(notes, share=0.2, seed=4):
    """Notes of which some are a semitone off."""
    rng = random.Random(seed)
    return [(start, end, pitch + (rng.choice((-1, 1)) if rng.random() < share else 0)) for start, end, pitch in notes]


def twice(first, second):
    """One piece after the other, on the next bar."""
    end = -(-max(end for _, end, _ in first) // 16) * 16
    return first + [(start + end, stop + end, pitch) for start, stop, pitch in second]


def file(notes):
    """A MIDI file of notes at 120 bpm."""
    return midi.file(midi.track(midi.tempo(0, 120), *midi.on_free_channels(notes)))


ODE = midi.ode_to_joy()
WHITE = [pitch for pitch in range(48, 85) if pitch % 12 in MAJOR]

# Name: notes, and whether it is music; None: a beat of random keys, which musicality may take for music.
PIECES = {
    "a C major scale in sixteenths": (scale(), True),
    "an A minor scale in eighths": (minor_scale(), True),
    "an arpeggio": (arpeggio(), True),
    "a trill": (trill(), True),
    "one note repeated": (repeated_note(), True),
    "an Alberti bass in sixteenths": (alberti(), True),
    "a walking bass": (walking_bass(), True),
    "a funk bass riff": (funk_riff(), True),
    "a gallop on the low E": (gallop(), True),
    "a blues lick": (blues_lick(), True),
    "a bebop line": (bebop(), True),
    "Bach's C major prelude": (bach_prelude(), True),
    "a waltz": (waltz(), True),
    "Twinkle": (twinkle(), True),
    "Twinkle, two octaves down": (moved(twinkle(), -24), True),
    "triplets": (triplets(), True),
    "comping chords": (comping(), True),
    "Ode to Joy": (ODE, True),
    "Ode to Joy, 69 ms late": (late(ODE, 69), True),
    "Ode to Joy, 1 % faster than the tempo": (faster(ODE, 1.01), True),
    "Ode to Joy, then with slips": (twice(ODE, with_slips(ODE)), True),
    "Twinkle, then with slips": (twice(twinkle(), with_slips(twinkle())), True),
    "white keys at random in eighths": (eighths(WHITE), None),
    "any keys at random in eighths": (eighths(range(48, 85)), None),
    "Ode to Joy by hand": (by_hand(ODE, 20), True),
    "a cat on the keys": (cat(), False),
    "fists on the keys": (fists(), False),
    "random notes": (random_notes(), False),
}
