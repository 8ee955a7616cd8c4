# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A second implementation of engine/study/window_features, one window at a time.

jSymbolic's scalars have their codes as keys. They are computed as in music21: notes with
times in seconds at 120 bpm, counters of pitches, a list of intervals. Our own scalars have
names as keys. What is undefined on a window is left out.
"""

import collections
import statistics

import numpy as np

SIXTEENTH = 0.125  # seconds
PITCH_TO_TOKEN = -19
BAR = 16
COMMON = 0.09
D5 = 74
MAJOR = (0, 2, 4, 5, 7, 9, 11)
BLACK = (1, 3, 6, 8, 10)
ARPEGGIO = (0, 3, 4, 7, 10, 11, 12, 15, 16)
OCTAVES = (12, 24, 48, 60, 72, 84)  # music21's list has no 36

Note = collections.namedtuple("Note", "pitch start end")


def notes_of(tokens):
    """The notes of a window, times in steps."""
    events = [i for i, token in enumerate(tokens) if token] + [len(tokens)]
    return [
        Note(int(tokens[i]) - PITCH_TO_TOKEN, i, end)
        for i, end in zip(events, events[1:])
        if tokens[i] > 1
    ]


def _pitch(pitches):
    # most_common keeps equal ones in the order of their arrival.
    counter = collections.Counter(pitches)
    (first, most), *rest = counter.most_common(2)
    values = {
        "P1": most / len(pitches),
        "P3": rest[0][1] / most if rest else 0.0,
        "P7": sum(n / len(pitches) >= COMMON for n in counter.values()),
        "P8": len(counter),
        "P10": max(pitches) - min(pitches),
        "P11": first,
        "P12": statistics.mean(pitches),
        "P13": sum(p < 55 for p in pitches) / len(pitches),
        "P14": sum(55 <= p <= 72 for p in pitches) / len(pitches),
        "P15": sum(p > 72 for p in pitches) / len(pitches),
    }
    if rest:
        values["P5"] = abs(rest[0][0] - first)

    histogram = [sum(p % 12 == c for p in pitches) for c in range(12)]
    first = histogram.index(max(histogram))
    others = histogram[:first] + [0] + histogram[first + 1 :]
    values |= {
        "P2": max(histogram) / len(pitches),
        "P4": max(others) / max(histogram),
        "P9": sum(n > 0 for n in histogram),
        "P16": first,
    }
    if any(others):
        values["P6"] = abs(others.index(max(others)) - first)
    return values


def _arcs(steps):
    """Non-zero intervals in runs of one direction."""
    runs = []
    for step in steps:
        if runs and (runs[-1][-1] > 0) == (step > 0):
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs


def _melody(pitches):
    steps = [b - a for a, b in zip(pitches, pitches[1:])]
    if not steps:
        return {}
    widths = [abs(step) for step in steps]
    counter = collections.Counter(sorted(widths)).most_common()

    def share(*chosen):
        return sum(width in chosen for width in widths) / len(widths)

    values = {
        "M2": statistics.mean(widths),
        "M3": counter[0][0],
        "M5": counter[0][1] / len(widths),
        "M6": counter[1][1] / counter[0][1] if counter[1:] else 0.0,
        "M7": sum(n / len(widths) >= COMMON for _, n in counter),
        "M8": share(*ARPEGGIO),
        "M9": share(0),
        "M10": share(1),
        "M11": share(1, 2),
        "M12": share(3, 4),
        "M13": share(7),
        "M14": share(6),
        "M15": share(*OCTAVES),
        "largest leap": max(widths),
    }
    if counter[1:]:
        values["M4"] = abs(counter[1][0] - counter[0][0])
    moving = [step for step in steps if step]
    if moving:
        values["M17"] = sum(step > 0 for step in moving) / len(moving)
        *ended, _ = _arcs(moving)
        if ended:
            values["M18"] = len(moving) / len(ended)
            values["M19"] = statistics.mean(abs(sum(run)) for run in ended)
    return values


def _rhythm(notes):
    durations = [(note.end - note.start) * SIXTEENTH for note in notes]
    onsets = [note.start * SIXTEENTH for note in notes]
    gaps = [b - a for a, b in zip(onsets, onsets[1:])]
    values = {
        "R15": len(notes) / (notes[-1].end * SIXTEENTH),
        "R17": statistics.mean(durations),
        "R18": statistics.pstdev(durations),
        "R19": max(durations),
        "R20": min(durations),
    }
    if gaps:
        values |= {"R22": statistics.mean(gaps), "R23": statistics.pstdev(gaps)}
    return values


def _keys(classes):
    # In fifths above D, the middle of the white keys.
    sharpness = np.sin((classes * 7 - 2) % 12 * np.pi / 6)
    return {
        "scale fit": max(np.isin((classes - key) % 12, MAJOR).mean() for key in range(12)),
        "sharpness": sharpness.mean(),
        "white keys": 1 - np.isin(classes, BLACK).mean(),
        "first sharpness": sharpness[0],
        "first black key": float(classes[0] in BLACK),
    }


def _lines(pitch, start):
    if len(pitch) > 1:
        slope = np.polyfit(start, pitch, 1)[0]
        line = {"slope": slope, "rise": slope * np.ptp(start)}
    else:
        line = {}
    return {
        "highest": pitch.max(),
        "lowest": pitch.min(),
        "first pitch": pitch[0],
        "last pitch": pitch[-1],
        "mean from D5": abs(pitch.mean() - D5),
        "first from D5": abs(pitch[0] - D5),
        "last from D5": abs(pitch[-1] - D5),
        **line,
    }


def _places(pitch, start, steps):
    """The contents of parts of the window, and places of notes in bars."""
    late = start >= steps / 2
    inside = (start >= steps / 4) & (start < steps * 3 / 4)
    in_bar = start % BAR
    values = {
        "off-beat": (start % 4 != 0).mean(),
        "off-beat eighths": (start % 4 == 2).mean(),
        "odd sixteenths": (start % 2 == 1).mean(),
        "mean onset": start.mean(),
        "first onset": start[0],
        "second half notes": late.mean(),
        "middle notes": inside.mean(),
        "mid-bar notes": ((in_bar >= BAR / 4) & (in_bar < BAR * 3 / 4)).mean(),
    }
    if inside.any() and not inside.all():
        values["arch"] = pitch[inside].mean() - pitch[~inside].mean()
    if late.any() and not late.all():
        values["second half pitch"] = pitch[late].mean() - pitch[~late].mean()
    if not late.all():
        values["first half early"] = (~inside)[~late].mean()
    if late.any():
        values["second half early"] = inside[late].mean()
    return values


def _strength(step):
    """Longuet-Higgins and Lee's weight of a step: 0 on a bar line, -1 in the middle of a bar, down to -4."""
    return max(-level for level in range(5) if step % (BAR >> level) == 0)


def _pulse(notes, steps):
    """How the rhythm sits in the bars, how even it is, and how long its notes sound."""
    start = [note.start for note in notes]
    gaps = np.diff(start)
    room = np.diff(start + [steps])
    ends = start[1:] + [notes[-1].end]
    weights = [[_strength(step) for step in range(a, b)] for a, b in zip(start, ends)]
    bars = [{s % BAR for s in start if s // BAR == bar} for bar in range(steps // BAR)]
    pairs = list(zip(bars, bars[1:]))
    either = sum(len(a | b) for a, b in pairs)
    values = {
        "legato": np.mean([(note.end - note.start) / gap for note, gap in zip(notes, room)]),
        "syncopation": np.mean([max(w) - w[0] for w in weights]),
    }
    if either:
        values["same rhythm"] = sum(len(a & b) for a, b in pairs) / either
    if len(gaps):
        values["gap variation"] = gaps.std() / gaps.mean()
    return values


def compute(tokens):
    """{code or name: value} of a window."""
    notes = notes_of(tokens)
    if not notes:
        return {}
    pitches = [note.pitch for note in notes]
    pitch, start = np.array(pitches), np.array([note.start for note in notes])
    sounding = sum(note.end - note.start for note in notes)
    return {
        **_pitch(pitches),
        **_melody(pitches),
        **_rhythm(notes),
        **_keys(pitch % 12),
        **_lines(pitch, start),
        **_places(pitch, start, len(tokens)),
        **_pulse(notes, len(tokens)),
        "rests": 1 - sounding / len(tokens),
    }
