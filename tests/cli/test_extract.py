#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of `extract`; MUSIC_NEURONS is the program's path, else build/music-neurons.

Tests that use the training's reader skip where numpy is missing.
"""

import itertools
import json
import lzma
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import midi
from program import PROGRAM, SECONDS, ProgramTest, on_terminal, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
BAR = 16
WEIGHTS = ROOT / "engine" / "training" / "runs" / "magenta" / "weights-half.safetensors"


def read(path):
    """(sources, styles, segments) of a corpus; a segment is (group, source, style, tokens)."""
    data = lzma.open(path).read()
    assert data[:8] == b"MELCORP1"
    sources, styles, count, steps = struct.unpack_from("<4I", data, 8)
    names = [data[24 + 32 * i :][:32].rstrip(b"\0").decode("ascii") for i in range(sources + styles)]
    at = 24 + 32 * (sources + styles)
    assert len(data) == at + 16 * count + steps
    line, segments, end = data[at + 16 * count :], [], 0
    for i in range(count):
        group, offset, length, source, style, zero = struct.unpack_from("<3I2BH", data, at + 16 * i)
        assert offset == end and length % BAR == 0 and zero == 0
        end = offset + length
        segments.append((group, names[source], names[sources + style], list(line[offset:end])))
    assert end == steps
    return names[:sources], names[sources:], segments


def read_index(path):
    return [line.split("\t") for line in lzma.open(path, "rt").read().splitlines()]


def melody(seed, bars=4, base=60):
    """Notes (start, end, pitch) that sound in every bar, with rests between."""
    rng = random.Random(seed)
    notes = []
    for step in range(0, bars * BAR, 4):
        if step % BAR == 0 or rng.random() < 0.7:
            notes.append((step, step + rng.choice((1, 2, 3, 4)), base + rng.randrange(12)))
    return notes


def track(notes, channel=1, *others):
    return midi.file(midi.track(*[midi.note(*n, channel) for n in notes], *others))


def tokens(notes, start, steps):
    """The line from a step on. A note that already sounds there leaves no note-off."""
    return midi.tokens([n for n in notes if n[0] >= start], start, steps)


class ExtractTest(ProgramTest):
    def setUp(self):
        self.place = self.folder / self.id().rpartition(".")[2]
        self.tunes = self.place / "tunes"
        self.tunes.mkdir(parents=True)
        self.name = self.place / "out"

    def put(self, path, data):
        path = self.tunes / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def extract(self, *options, folders=None):
        return self.good("extract", *(folders or [self.tunes]), "-o", self.name, *options)

    def segments(self, *options):
        """The files of a corpus without a held-out part."""
        self.extract("--heldout", 0, *options)
        return read(f"{self.name}-train.bin.xz")[2]

    def lines(self, data, *options):
        """The tokens of all segments of one file."""
        self.put("one.mid", data)
        return [s[3] for s in self.segments(*options)]


class LineTest(ExtractTest):
    def test_tokens_are_those_of_the_notes(self):
        for seed in range(6):
            notes = melody(seed, 9)
            with self.subTest(seed):
                self.assertEqual(self.lines(track(notes)), [tokens(notes, 0, 9 * BAR)])

    def test_windows_are_those_that_analyze_cuts(self):
        rng = random.Random(5)
        notes = [(s, s + rng.randrange(1, 60) / 8, rng.randrange(30, 100))
                 for s in (rng.randrange(8 * 96) / 8 for _ in range(120))]
        self.put("a.mid", midi.file(midi.track(*[midi.note(*n, 3) for n in sorted(notes)])))
        for voice in ("highest", "lowest", "latest", "skyline"):
            with self.subTest(voice):
                line = self.segments("--voice", voice)[0][3]
                text = self.good("analyze", "--model", self.model, "--format", "json", "--voice", voice,
                                 self.tunes / "a.mid")
                windows = [json.loads(record)["tokens"] for record in text.splitlines()]
                self.assertGreater(len(line), 5 * BAR)
                for i in range(len(line) // BAR - 1):
                    cut = line[i * BAR :][: 2 * BAR]
                    first = next(k for k, t in enumerate(cut) if t > 1)
                    self.assertEqual([0] * first + cut[first:], windows[i])

    def test_tracks_on_one_channel_have_lines_of_their_own(self):
        """Also where both play the same notes."""
        tunes = [melody(number, 4, 60) for number in range(3)]
        self.put("one.mid", midi.file(midi.track(midi.metre(0, 4, 4)),
                                      *[midi.track(*[midi.note(*n) for n in tune]) for tune in tunes]))
        self.extract("--heldout", 0)
        _, _, segments = read(f"{self.name}-train.bin.xz")
        index = read_index(f"{self.name}-train.index.tsv.xz")
        self.assertEqual([row[4] for row in index], ["one.mid#2.1", "one.mid#3.1", "one.mid#4.1"])
        self.assertEqual([list(s[3]) for s in segments], [midi.tokens(tune, 0, 64) for tune in tunes])

    def test_each_channel_but_the_drums_has_a_line(self):
        parts = {channel: melody(channel, 3, 40 + channel) for channel in (1, 2, 10, 16)}
        groups = [midi.note(*n, channel) for channel, notes in parts.items() for n in notes]
        lines = self.lines(midi.file(midi.track(*groups)))
        self.assertEqual(lines, [tokens(parts[c], 0, 3 * BAR) for c in (1, 2, 16)])
        index = read_index(f"{self.name}-train.index.tsv.xz")
        self.assertEqual([row[4] for row in index], ["one.mid#1.1", "one.mid#1.2", "one.mid#1.16"])

    def test_only_bars_of_16_steps_count(self):
        notes = melody(1, 12)
        for numerator, denominator, regular in ((4, 4, True), (2, 2, True), (8, 8, True), (2, 4, True),
                                                (3, 4, False), (6, 8, False), (5, 4, False), (1, 4, False)):
            with self.subTest((numerator, denominator)):
                data = track(notes, 1, midi.metre(0, numerator, denominator))
                if regular:
                    self.assertEqual(self.lines(data), [tokens(notes, 0, 12 * BAR)])
                    continue
                self.put("one.mid", data)
                result = run("extract", self.tunes, "-o", self.name)
                self.assert_refused(result)
                self.assertIn(b"no melody of two bars", result.stderr)

    def test_a_metre_ends_a_segment_and_another_begins_one(self):
        notes = melody(2, 12)
        change = midi.metre(0, 4, 4) + midi.metre(3 * BAR, 3, 4) + midi.metre(3 * BAR + 24, 4, 4)
        second = 3 * BAR + 24
        self.assertEqual(self.lines(track(notes, 1, change)),
                         [tokens(notes[: next(i for i, n in enumerate(notes) if n[0] >= 3 * BAR)], 0, 3 * BAR),
                          tokens(notes, second, (12 * BAR - second + BAR - 1) // BAR * BAR)])

    def test_the_same_metre_again_ends_nothing_unless_it_cuts_a_bar(self):
        notes = melody(3, 8)
        again = midi.metre(0, 4, 4) + midi.metre(4 * BAR, 4, 4) + midi.metre(6 * BAR, 2, 2)
        self.assertEqual(self.lines(track(notes, 1, again)), [tokens(notes, 0, 8 * BAR)])
        early = 3 * BAR + 8
        lines = self.lines(track(notes, 1, midi.metre(0, 4, 4) + midi.metre(early, 4, 4)))
        self.assertEqual([len(line) for line in lines], [3 * BAR, 5 * BAR])
        self.assertEqual(lines[1], tokens(notes, early, 5 * BAR))

    def test_rests_of_two_bars_end_a_segment(self):
        first = melody(4, 3)
        for rest, whole in ((1, True), (2, False), (5, False)):
            start = (3 + rest) * BAR
            second = [(s + start, e + start, p) for s, e, p in melody(5, 2)]
            with self.subTest(rest):
                lines = self.lines(track(first + second))
                if whole:
                    self.assertEqual(lines, [tokens(first + second, 0, 6 * BAR)])
                else:
                    self.assertEqual(lines, [tokens(first, 0, 3 * BAR), tokens(second, start, 2 * BAR)])

    def test_rests_before_and_after_are_left_out(self):
        notes = [(s + 5 * BAR, e + 5 * BAR, p) for s, e, p in melody(6, 2)]
        late = midi.control(40 * BAR, 7, 1)  # the file goes on
        self.assertEqual(self.lines(track(notes, 1, late)), [tokens(notes, 5 * BAR, 2 * BAR)])

    def test_a_held_note_is_no_rest_and_ends_where_it_does(self):
        notes = [(0, 4, 60), (4, 11 * BAR + 3, 62), (11 * BAR + 8, 12 * BAR, 64)]
        line = self.lines(track(notes))[0]
        self.assertEqual(line, tokens(notes, 0, 12 * BAR))
        self.assertEqual(line[11 * BAR + 3], 1)

    def test_a_note_that_never_ends_is_a_rest_after_16_bars(self):
        stuck = [(0, 4, 60), (4, 40 * BAR, 62)]
        later = [(s + 40 * BAR, e + 40 * BAR, p) for s, e, p in melody(7, 3)]
        lines = self.lines(track(stuck + later))
        self.assertEqual(lines, [tokens(stuck, 0, 16 * BAR), tokens(later, 40 * BAR, 3 * BAR)])

    def test_one_bar_alone_is_no_segment(self):
        self.put("one.mid", track([(0, 4, 60), (8, 12, 62)]))
        self.assert_refused(run("extract", self.tunes, "-o", self.name))


class CorpusTest(ExtractTest):
    def put_tunes(self, count, base=0):
        for i in range(count):
            self.put(f"style{i % 3}/deep/{base + i:03}.mid", track(melody(base + i)))

    def both(self, *options):
        self.extract(*options)
        return [read(f"{self.name}-{part}.bin.xz")[2] for part in ("train", "heldout")]

    def test_names_of_folders_are_sources_and_styles(self):
        self.put("a.mid", track(melody(1)))
        self.put("jig/b.MID", track(melody(2)))
        self.put("jig/deep/er/c.RMI", track(melody(3)))
        self.put("r\u00e9el and\tmore, a name that is much too long/d.mid", track(melody(4)))
        self.put("jig/notes.txt", b"no music")
        self.put(".hidden/e.mid", track(melody(5)))
        other = self.place / "other"
        other.mkdir()
        (other / "f.mid").write_bytes(track(melody(6)))
        (other / "g.midi").write_bytes(track(melody(7)))
        (other / "h.kar").write_bytes(track(melody(8)))
        self.extract("--heldout", 0, folders=[f"{self.tunes}/", other])
        sources, styles, segments = read(f"{self.name}-train.bin.xz")
        self.assertEqual(sources, ["tunes", "other"])
        self.assertEqual(styles, ["tunes", "jig", "r??el and?more, a name that is ", "other"])
        self.assertEqual([s[:3] for s in segments],
                         [(0, "tunes", "tunes"), (1, "tunes", "jig"), (2, "tunes", "jig"),
                          (3, "tunes", styles[2]), *((n, "other", "other") for n in (4, 5, 6))])
        index = read_index(f"{self.name}-train.index.tsv.xz")
        self.assertEqual([row[0] for row in index], list("0123456"))
        self.assertEqual([row[4].partition("#")[0] for row in index][:3],
                         ["a.mid", "jig/b.MID", "jig/deep/er/c.RMI"])
        self.assertEqual({row[5] for row in index}, {"4"})

    def test_styles_beyond_what_a_byte_numbers_are_one(self):
        for i in range(260):
            self.put(f"{i:03}/a.mid", track(melody(i, 2)))
        self.extract("--heldout", 0)
        _, styles, segments = read(f"{self.name}-train.bin.xz")
        self.assertEqual(len(styles), 256)
        self.assertEqual([s[2] for s in segments], [f"{i:03}" for i in range(255)] + ["other"] * 5)

    def test_a_share_of_the_files_is_held_out(self):
        self.put_tunes(200)
        for share, least, most in ((10, 8, 36), (50, 75, 125)):
            train, heldout = self.both("--heldout", share)
            self.assertEqual(len(train) + len(heldout), 200)
            self.assertTrue(least <= len(heldout) <= most, len(heldout))
            self.assertFalse({s[0] for s in train} & {s[0] for s in heldout})
            self.assertFalse({bytes(s[3]) for s in train} & {bytes(s[3]) for s in heldout})

    def test_the_split_follows_from_the_music(self):
        self.put_tunes(40)
        first = [{bytes(s[3]) for s in part} for part in self.both()]
        self.assertTrue(first[1])
        moved = self.place / "moved" / "elsewhere"
        shutil.copytree(self.tunes, moved)
        for i, path in enumerate(sorted(moved.rglob("*.mid"))):
            path.rename(path.with_name(f"{99 - i}.mid"))
        self.tunes = moved.parent
        self.assertEqual([{bytes(s[3]) for s in part} for part in self.both()], first)

    def test_copies_in_any_key_go_the_same_way(self):
        for i in range(30):
            for key in range(4):
                notes = [(s, e, p + 3 * key) for s, e, p in melody(i)]
                self.put(f"{key}/{i}.mid", track(notes))
        rhythms = [{tuple(t - s[3][0] if t > 1 else t - 500 for t in s[3]) for s in part} for part in self.both()]
        self.assertEqual([len(r) > 0 for r in rhythms], [True, True])
        self.assertFalse(rhythms[0] & rhythms[1])

    def test_a_few_files_leave_something_in_both_parts(self):
        for count in (2, 3, 5):
            self.put_tunes(count)
            train, heldout = self.both()
            self.assertTrue(train and heldout)
            train, heldout = self.both("--heldout", 1)
            self.assertTrue(train and heldout)

    def test_the_same_files_give_the_same_bytes(self):
        self.put_tunes(8)
        contents = []
        for _ in range(2):
            self.extract()
            contents.append([path.read_bytes() for path in sorted(self.place.glob("out-*"))])
        self.assertEqual(len(contents[0]), 4)
        self.assertEqual(contents[0], contents[1])
        self.assertEqual(sorted(p.name for p in self.place.iterdir() if p.is_file()),
                         [f"out-{part}.{kind}.xz" for part in ("heldout", "train") for kind in ("bin", "index.tsv")])

    def test_without_a_held_out_part_one_is_written(self):
        self.put_tunes(3)
        text = self.extract("--heldout", 0)
        self.assertEqual(text, f"{self.name}-train.bin.xz: 3 segments, 12 bars\n")
        self.assertEqual(len(list(self.place.glob("out-*"))), 2)

    def test_bad_files_are_told_and_passed_over(self):
        self.put_tunes(2)
        good = track(melody(1))
        for i, data in enumerate((b"", b"MThd", good[:40], good[:-6], random.Random(1).randbytes(300))):
            self.put(f"bad{i}.mid", data)
        for options, mended in ((["--strict"], ()), ([], (2, 3))):
            result = run("extract", self.tunes, "-o", self.name, *options)
            lines = result.stderr.decode().splitlines()
            self.assertEqual(result.returncode, 0, result)
            self.assertEqual(len(lines), 5)
            for i, line in enumerate(lines):
                said = "warning" if i in mended else "passed over"
                self.assertRegex(line, f"^music-neurons: {said}: .*bad{i}.mid: .+")

    def test_nothing_that_can_be_read_is_bad_input(self):
        empty = self.place / "empty"
        empty.mkdir()
        self.put("bad.mid", b"bad")
        for arguments, lines in (([empty, "-o", self.name], 1), ([self.tunes, "-o", self.name], 2),
                                 ([self.place / "no such folder", "-o", self.name], 1),
                                 ([self.tunes / "bad.mid", "-o", self.name], 1), ([self.tunes], 1),
                                 (["-o", self.name], 1), ([self.tunes, "-o", self.name, "--heldout", 51], 1)):
            with self.subTest(arguments):
                result = run("extract", *arguments)
                self.assertEqual(result.returncode, 2, result)
                self.assertEqual(result.stderr.count(b"\n"), lines)
        self.assertEqual(list(self.place.glob("out*")), [])

    def test_what_was_there_stays_if_the_new_cannot_be_written(self):
        self.put_tunes(3)
        self.extract()
        before = {p: p.read_bytes() for p in self.place.glob("out-*")}
        index = self.place / "out-heldout.index.tsv.xz"
        self.assertIn(index, before)
        result = run("extract", self.tunes, "-o", self.place / "no such folder" / "out")
        self.assert_refused(result, status=1)
        self.put_tunes(3, 10)
        limit = ["prlimit", "--fsize=100"]  # the corpus is longer
        if shutil.which("prlimit"):
            result = subprocess.run([*limit, PROGRAM, "extract", self.tunes, "-o", self.name],
                                    capture_output=True, timeout=SECONDS, check=False)
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual({p: p.read_bytes() for p in before}, before)

    def test_a_terminal_sees_how_far_it_is(self):
        self.put_tunes(3)
        text = on_terminal("extract", self.tunes, "-o", self.name)
        for i in range(1, 4):
            self.assertIn(f"file {i} of 3", text)

    def test_links_lead_to_a_folder_once(self):
        """Two links to the folder that they are in double the ways at each level."""
        self.put_tunes(3)
        self.put("style/9.mid", track(melody(9, 6)))
        alone = self.segments()
        for name, target in (("again", "."), ("and-again", "."), ("style/up", ".."), ("tunes", "style"),
                             ("nowhere", "missing"), ("itself", "itself")):
            (self.tunes / name).symlink_to(target)
        self.assertEqual(self.segments(), alone)
        self.good("import", WEIGHTS, "-o", self.place / "model.safetensors", "--corpus", self.tunes, "--windows", 8)

    def test_import_learns_from_it(self):
        for i in range(12):
            self.put(f"{i}.mid", track(melody(i, 12)))
        folder = self.place / "corpus"
        folder.mkdir()
        self.name = folder / "out"
        self.extract()
        model = self.place / "model.safetensors"
        self.good("import", WEIGHTS, "-o", model, "--corpus", folder, "--windows", 50)
        self.assertRegex(self.good("info", model), r"windows\s+of\s+music\s+\(of\s+\d+")


class TrainingTest(ExtractTest):
    """The training's reader."""

    def setUp(self):
        super().setUp()
        sys.path.append(str(ROOT / "engine" / "training"))
        try:
            import corpus
        except ImportError:
            print("\nskipped: the training's reader, for there is no numpy")
            self.skipTest("no numpy")
        self.corpus = corpus
        os.environ["MUSIC_NEURONS"] = PROGRAM
        for i in range(20):
            self.put(f"style{i % 2}/{i}.mid", track(melody(i, 6)))

    def windows(self, folder):
        return [self.corpus.windows(folder, part) for part in ("train", "heldout")]

    def test_it_reads_what_was_written(self):
        self.extract()
        found = {bytes(w) for tokens, _, _ in self.windows(self.place) for w in tokens}
        expected = set()
        for i, bar in itertools.product(range(20), range(5)):
            window = midi.tokens([n for n in melody(i, 6) if n[0] >= bar * BAR], bar * BAR)
            if sum(t > 1 for t in window) >= 4:
                expected.add(bytes(window))
        self.assertEqual(found, expected)
        self.assertEqual(sorted(self.windows(self.place)[0][2]), ["style0", "style1"])

    def test_a_folder_of_midi_files_is_a_corpus(self):
        self.extract()
        for written, made in zip(self.windows(self.place), self.windows(self.tunes)):
            self.assertEqual(written[0].tolist(), made[0].tolist())
            self.assertEqual(written[1].tolist(), made[1].tolist())

    def test_folders_without_music_are_refused(self):
        empty = self.place / "empty"
        empty.mkdir()
        bad = self.place / "bad"
        bad.mkdir()
        (bad / "a.mid").write_bytes(b"bad")
        for folder in (empty, bad):
            with self.assertRaises(self.corpus.CorpusError):
                self.corpus.windows(folder, "train")


if __name__ == "__main__":
    unittest.main()
