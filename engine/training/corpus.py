# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Two-bar windows from melody corpora, and random sequences to set against them.

A token is 0 (hold, or silence goes on), 1 (note-off) or 2..89 (note-on of MIDI
pitch token + 19). A step is a sixteenth, 16 steps are a bar of 4/4.
"""

import atexit
import functools
import lzma
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import typing

import numpy as np

STEPS = 32
BAR = 16
CLASSES = 90
PITCH_TO_TOKEN = -19
MIDI = (".mid", ".midi")
# The program that makes a corpus of MIDI files: the environment's, or the build's.
PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build" / "music-neurons"
XZ_MAGIC = b"\xfd7zXZ\0"
# A window in several files counts for the first: these, then others by name.
FIRST = ("melodies", "extra-pdtunes")

SEGMENT = np.dtype(
    [
        ("group", "<u4"),
        ("offset", "<u4"),
        ("length", "<u4"),
        ("source", "u1"),
        ("style", "u1"),
        ("zero", "<u2"),
    ]
)


class CorpusError(Exception):
    """The corpus is missing or malformed."""


def load(path):
    """Return (style names, segments, steps) of one MELCORP1 file, packed with xz or not."""
    try:
        data = pathlib.Path(path).read_bytes()
        if data.startswith(XZ_MAGIC):
            data = lzma.decompress(data)
    except (OSError, lzma.LZMAError) as error:
        raise CorpusError(f"{path}: cannot read ({error})") from None
    if data[:8] != b"MELCORP1":
        raise CorpusError(f"{path}: not a MELCORP1 file")
    try:
        sources, styles, segments, steps = struct.unpack_from("<4I", data, 8)
        if 32 * (sources + styles) > len(data):
            raise ValueError("names past the end")
        start = 24 + 32 * sources
        names = [data[start + 32 * i :][:32].rstrip(b"\0").decode() for i in range(styles)]
        start += 32 * styles
        table = np.frombuffer(data, SEGMENT, segments, start)
        tokens = np.frombuffer(data, np.uint8, steps, start + SEGMENT.itemsize * segments)
    except (struct.error, ValueError) as error:
        raise CorpusError(f"{path}: damaged ({error})") from None
    ends = table["offset"].astype(np.int64) + table["length"]
    if (ends > steps).any() or (table["style"] >= styles).any() or (tokens >= CLASSES).any():
        raise CorpusError(f"{path}: damaged (a segment, a style or a token is out of range)")
    return names, table, tokens


@functools.cache
def _extract(folder):
    """A temporary folder with the corpus of a folder of MIDI files, kept until the end."""
    program = os.environ.get("MUSIC_NEURONS", PROGRAM)
    place = tempfile.mkdtemp(prefix="music-neurons-corpus-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    command = [program, "extract", folder, "-o", pathlib.Path(place) / "midi"]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    except OSError as error:
        raise CorpusError(f"{folder}: MIDI files need the program music-neurons, built or named by "
                          f"$MUSIC_NEURONS ({error})") from None
    except subprocess.CalledProcessError:
        raise CorpusError(f"{folder}: no corpus can be made of its MIDI files") from None
    return place


def _find(folder, split):
    """The corpus files of a split by name."""
    found = {}
    for suffix in (f"-{split}.bin", f"-{split}.bin.xz"):
        for path in pathlib.Path(folder).glob("*" + suffix):
            found[path.name.removesuffix(suffix)] = path
    return found


def set_name(path):
    """The NAME of a file of a corpus, NAME-SPLIT.bin."""
    return pathlib.Path(path).name.rpartition("-")[0]


def files(folder, split, without=()):
    """The corpus files of a split, NAME-SPLIT.bin.xz or NAME-SPLIT.bin, in a fixed order.

    Those of the sets `without` are left out. Of a folder that has none for any
    split, but MIDI files, a corpus is made first.
    """
    folder = pathlib.Path(folder).resolve()
    found = _find(folder, split)
    if not found and not _find(folder, "*") and any(p.suffix.lower() in MIDI for p in folder.rglob("*")):
        found = _find(_extract(folder), split)
    if not found:
        raise CorpusError(f"{folder}: no NAME-{split}.bin.xz, and no MIDI files")
    rest = sorted(set(found) - set(FIRST))
    return [found[name] for name in (*FIRST, *rest) if name in found and name not in without]


class Lines(typing.NamedTuple):
    """Whole lines of a corpus, back to back."""

    tokens: np.ndarray  # of all lines
    start: np.ndarray  # where each line begins in them
    length: np.ndarray
    style: np.ndarray  # an index into names
    origin: np.ndarray  # an index into sets
    names: list
    sets: list

    def select(self, chosen):
        """The lines of a mask."""
        return self._replace(**{name: getattr(self, name)[chosen] for name in ("start", "length", "style", "origin")})


def lines(folder, split, without=()):
    """The lines of a split ("train" or "heldout") of a folder's files."""
    tokens, tables, names, sets, total = [], [], [], [], 0
    for path in files(folder, split, without):
        own_names, segments, steps = load(path)
        names += [name for name in own_names if name not in names]
        known = np.array([names.index(name) for name in own_names] or [0])
        start = segments["offset"].astype(np.int64) + total
        style = known[segments["style"]]
        tables.append((start, segments["length"].astype(np.int64), style, np.full(len(style), len(sets))))
        sets.append(set_name(path))
        tokens.append(steps)
        total += len(steps)
    if not tables:
        raise CorpusError(f"{folder}: no set of the {split} part is left")
    return Lines(np.concatenate(tokens), *(np.concatenate(column) for column in zip(*tables)), names, sets)


def windows(folder, split, without=()):
    """All distinct windows of a split ("train" or "heldout") of a folder's files.

    Returns (tokens [n, STEPS], style of each as an index, style names), in the
    order of the token strings. A window that occurs in several styles counts for
    the first. Held-out windows that also occur in train are left out.

    A window has its first onset in the first bar and at least 4 onsets. The
    corpus' own rule also names a limit on silence, but its published counts
    (261,554 and 27,267) are those without it, and so is this.
    """
    tokens, styles, names = [], [], []
    for path in files(folder, split, without):
        own_names, segments, steps = load(path)
        names += [name for name in own_names if name not in names]
        for segment in segments:
            piece = steps[segment["offset"] :][: segment["length"]]
            if len(piece) < STEPS:
                continue
            cut = np.lib.stride_tricks.sliding_window_view(piece, STEPS)[::BAR]
            tokens.append(cut)
            styles.append(np.full(len(cut), names.index(own_names[segment["style"]])))
    if not tokens:
        raise CorpusError(f"{folder}: no piece of two bars in the {split} part")
    tokens, styles = np.concatenate(tokens), np.concatenate(styles)
    onsets = tokens >= 2
    tokens = np.where(np.cumsum(onsets, 1) == 0, 0, tokens).astype(np.uint8)
    kept = onsets[:, :BAR].any(1) & (onsets.sum(1) >= 4)
    strings = np.ascontiguousarray(tokens[kept]).view(f"V{STEPS}").ravel()
    strings, first = np.unique(strings, return_index=True)
    styles = styles[kept][first]
    if split == "heldout":
        known = windows(folder, "train", without)[0].view(f"V{STEPS}").ravel()
        fresh = ~np.isin(strings, known)
        strings, styles = strings[fresh], styles[fresh]
    return strings.view(np.uint8).reshape(-1, STEPS), styles, names


def random_windows(count, seed, pitches=range(30, 101), onsets=None):
    """Random sequences by the recipe of arXiv 2308.00015.

    2..32 onsets, uniform, anywhere on the grid; one note sounds from the first
    onset on, each held to the next; pitches uniform, there in MIDI 30..100.
    `onsets` [count] says how many there are instead.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(2, STEPS + 1, count)
    onsets = drawn if onsets is None else np.asarray(onsets)
    # The steps with the `onsets` smallest of 32 random keys are a uniform choice.
    rank = rng.random((count, STEPS)).argsort(1).argsort(1)
    tokens = np.array(pitches) + PITCH_TO_TOKEN
    notes = tokens[rng.integers(0, len(tokens), (count, STEPS))]
    return np.where(rank < onsets[:, None], notes, 0).astype(np.uint8)
