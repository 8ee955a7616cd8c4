#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Surprise in the program: the numbers of its definition (surprise.py), and the table that import makes."""

import json
import random
import struct
import subprocess
import unittest

import checkpoints
import midi
import models
import surprise
from program import PROGRAM, ProgramTest, run
from test_import import melcorp, melody


def random_table(rng):
    """Rows for the empty context, all of one symbol and some longer ones; and shares."""
    rows = []
    for view, count in enumerate(surprise.SYMBOLS):
        contexts = [()] + [(s,) for s in range(count)]
        lengths = [rng.choice(surprise.ORDERS[view][2:]) for _ in range(300)]
        contexts += [tuple(rng.randrange(20, 30) % count for _ in range(length)) for length in lengths]
        rows.append({surprise.key(view, c): [rng.randrange(8, 128) for _ in range(count)] for c in contexts})
    shares = [[0] + [rng.randrange(65536) for _ in range(7)] for _ in range(2)]
    return rows, shares


def add_table(tensors, table):
    rows, shares = table
    for view, name in enumerate(surprise.VIEWS):
        keys = sorted(rows[view])
        tensors[f"surprise/{name}/keys"] = ("I32", [len(keys)], keys)
        bits = [value for k in keys for value in rows[view][k]]
        tensors[f"surprise/{name}/bits"] = ("I8", [len(keys), surprise.SYMBOLS[view]], bits)
    tensors["surprise/share"] = ("I32", [2, 8], sum(shares, []))


def table_of(path):
    """The table of a model file."""
    header, body = models.split_file(path.read_bytes())

    def values(name):
        start, end = header[name]["data_offsets"]
        code = models.CODES[header[name]["dtype"]]
        return struct.unpack(f"<{(end - start) // struct.calcsize(code)}{code}", body[start:end])

    rows = []
    for view, name in enumerate(surprise.VIEWS):
        keys, bits = values(f"surprise/{name}/keys"), values(f"surprise/{name}/bits")
        count = surprise.SYMBOLS[view]
        rows.append({k: list(bits[i * count : (i + 1) * count]) for i, k in enumerate(keys)})
    shares = values("surprise/share")
    return rows, [list(shares[:8]), list(shares[8:])]


def random_line(rng, count):
    """Notes (step, pitch) that come back to what they did before, with leaps and rests of all sizes."""
    notes, step = [], 0
    pitch = 60
    for _ in range(count):
        notes.append((step, pitch))
        step += rng.choice((1, 2, 2, 2, 4, 4, 7, 10, 12, 14, 16, 20, 32, 50))
        pitch = min(max(pitch + rng.choice((-30, -24, -7, -2, -2, -1, 0, 1, 2, 2, 4, 7, 25)), 21), 108)
        if len(notes) > 12 and rng.random() < 0.2:  # a phrase again, in another place
            start = rng.randrange(len(notes) - 8)
            for a, b in zip(notes[start : start + 7], notes[start + 1 : start + 8]):
                notes.append((step, pitch))
                step += b[0] - a[0]
                pitch = min(max(pitch + b[1] - a[1], 21), 108)
    return notes


def song(notes):
    ends = [b[0] for b in notes[1:]] + [notes[-1][0] + 1]
    events = [midi.note(start, end, pitch) for (start, pitch), end in zip(notes, ends)]
    return midi.file(midi.track(*events))


class SurpriseTest(ProgramTest):
    def model_with(self, table):
        tensors, metadata = models.small_model()
        if table:
            add_table(tensors, table)
        return self.write(models.model_bytes(tensors, metadata), "surprise.safetensors")

    def analyze(self, model, notes, *options):
        path = self.write(song(notes), "song.mid")
        lines = self.good("analyze", "--model", model, "--format", "json", *options, path).splitlines()
        return [json.loads(line) for line in lines]

    def test_bits_are_those_of_the_definition(self):
        rng = random.Random(21)
        for trial in range(6):
            table = random_table(rng)
            notes = random_line(rng, 150)
            expected = surprise.bits(notes, table)
            windows = self.analyze(self.model_with(table), notes, "--hop", "2bars")
            got = [bits for window in windows for bits in window["note_surprise"]]
            self.assertEqual(len(got), len(expected))
            self.assertIsNone(got[0])
            for n, (bits, both) in enumerate(zip(got[1:], expected[1:]), 1):
                self.assertAlmostEqual(bits, sum(both), delta=0.01, msg=(trial, n))
            at = 0
            for window in windows:
                count = len(window["note_surprise"])
                known = [both for both in expected[at : at + count] if both]
                at += count
                for field, value in (("pitch", 0), ("time", 1)):
                    mean = sum(both[value] for both in known) / len(known) if known else None
                    got = window[f"surprise_{field}"]
                    self.assertEqual(got is None, mean is None)
                    if known:
                        self.assertAlmostEqual(got, mean, delta=0.01)
                        both = window["surprise_pitch"] + window["surprise_time"]
                        self.assertAlmostEqual(window["surprise"], both, places=5)

    def test_a_window_alone_is_a_melody_of_its_own(self):
        rng = random.Random(22)
        table = random_table(rng)
        model = self.model_with(table)
        windows = [[rng.choice((0, 1, 0, rng.randrange(2, 90))) for _ in range(32)] for _ in range(20)]
        text = "".join(json.dumps(window) + "\n" for window in windows).encode()
        for window, line in zip(windows, self.good("encode", "--model", model, data=text).splitlines()):
            notes = [(i, token + 19) for i, token in enumerate(window) if token > 1]
            bits = surprise.bits(notes, table)[1:]
            answer = json.loads(line)
            for view, field in enumerate(("surprise_pitch", "surprise_time")):
                self.assertAlmostEqual(answer[field], sum(b[view] for b in bits) / len(bits), delta=0.01)

    def test_neither_transposition_nor_the_place_in_the_bar_nor_the_hop_matters(self):
        rng = random.Random(23)
        model = self.model_with(random_table(rng))
        notes = [(step, min(max(pitch, 40), 90)) for step, pitch in random_line(rng, 80)]

        def bits(moved, *options):
            return [b for w in self.analyze(model, moved, "--hop", "2bars", *options) for b in w["note_surprise"]]

        expected = bits(notes)
        self.assertEqual(bits([(step, pitch + 7) for step, pitch in notes]), expected)
        for later in (1, 5, 16):
            self.assertEqual(bits([(step + later, pitch) for step, pitch in notes]), expected)
        for window, other in zip(self.analyze(model, notes), self.analyze(model, notes, "--hop", "bar")):
            self.assertEqual(window, other)

    def test_without_a_table_nothing_is_known(self):
        notes = random_line(random.Random(24), 40)
        for window in self.analyze(self.model_with(None), notes):
            self.assertIsNone(window["surprise"])
            self.assertTrue(all(bits is None for bits in window["note_surprise"]))
        rows = self.good("analyze", "--model", self.model_with(None), "--format", "csv", self.folder / "song.mid")
        self.assertIn(",,,", rows.splitlines()[1])

    def test_formats_agree(self):
        model = self.model_with(random_table(random.Random(25)))
        windows = self.analyze(model, random_line(random.Random(26), 60))
        path = self.folder / "song.mid"
        lines = self.good("analyze", "--model", model, "--format", "csv", path).splitlines()
        header, *rows = [line.split(",") for line in lines]
        text = self.good("analyze", "--model", model, path).splitlines()[1:]
        for window, row, line in zip(windows, rows, text, strict=True):
            for field in ("surprise", "surprise_pitch", "surprise_time"):
                cell = row[header.index(field)]
                self.assertEqual(float(cell) if cell else None, window[field])
            shown = line.split()[3]
            self.assertEqual(shown, "-" if window["surprise"] is None else f"{window['surprise']:.1f}")


class FitTest(ProgramTest):
    def imported(self, *lines, name="fitted.safetensors"):
        source = self.write(checkpoints.safetensors(checkpoints.weights(6, 4)), "float.safetensors")
        options = [part for path in lines for part in ("--lines", path)]
        result = run("import", source, "-o", self.folder / name, "--windows", 200, *options)
        self.assertEqual((result.returncode, result.stderr), (0, b""), result)
        return self.folder / name, result.stdout.decode()

    def tunes(self, seed, count=20):
        rng = random.Random(seed)
        return [melody(rng, 8) for _ in range(count)]

    def test_the_table_holds_what_was_counted(self):
        tunes = self.tunes(31)
        paths = [self.write(melcorp(tunes[:12]), "a-train.bin"), self.write(melcorp(tunes[12:]), "b-train.bin")]
        model, said = self.imported(*paths)
        lines = [[(i, token + 19) for i, token in enumerate(tune) if token > 1] for tune in tunes]
        rows, shares = table_of(model)
        for view, expected in enumerate(surprise.fit(lines)):
            self.assertEqual(sorted(rows[view]), sorted(expected))
            for k in expected:
                for got, bits in zip(rows[view][k], expected[k]):
                    self.assertAlmostEqual(got, bits, delta=0.5)  # equal, but for an ulp at a tie
            self.assertEqual(shares[view][0], 0)  # without evidence the phrase has no say
            self.assertTrue(all(0 <= share <= 65535 for share in shares[view]))
        self.assertIn(f"learnt from {sum(len(line) - 1 for line in lines)} notes in 20 lines", said)
        info = json.loads(self.good("info", "--format", "json", model))
        self.assertIn("20 whole lines", info["provenance"])

    def test_the_share_of_the_phrase_makes_the_lines_most_likely(self):
        model, _ = self.imported(self.write(melcorp(self.tunes(32)), "c-train.bin"))
        lines = [[(i, token + 19) for i, token in enumerate(tune) if token > 1] for tune in self.tunes(32)]
        rows, shares = table_of(model)

        def total(view, c, share):
            changed = [list(part) for part in shares]
            changed[view][c] = share
            return sum(bits[view] for line in lines for bits in surprise.bits(line, (rows, changed))[1:])

        for view, c in ((0, 2), (0, 5), (1, 7)):
            here = total(view, c, shares[view][c])
            for other in (shares[view][c] - 1500, shares[view][c] + 1500):
                if 0 <= other < 65536:
                    self.assertLess(here, total(view, c, other))

    def test_the_same_lines_give_the_same_bytes_on_any_number_of_processors(self):
        path = self.write(melcorp(self.tunes(33, 70)), "d-train.bin")
        first = self.imported(path)[0].read_bytes()
        source = self.folder / "float.safetensors"
        again = self.folder / "fitted.safetensors"
        command = [PROGRAM, "import", source, "-o", again, "--windows", "200", "--lines", path]
        subprocess.run(["taskset", "-c", "0", *command], check=True, capture_output=True)
        self.assertEqual(again.read_bytes(), first)

    def test_folders_and_midi_files_are_lines_too(self):
        folder = self.folder / "lines"
        folder.mkdir()
        (folder / "a-train.bin").write_bytes(melcorp(self.tunes(34, 3)))
        (folder / "a-heldout.bin").write_bytes(b"is not read")
        (folder / "tune.mid").write_bytes(song([(4 * i, 60 + i % 5) for i in range(40)]))
        self.assertIn("in 4 lines", self.imported(folder)[1])

    def test_without_lines_there_is_no_table(self):
        model, said = self.imported()
        self.assertIn("surprise: none without --lines", said)
        self.assertNotIn("surprise/share", models.split_file(model.read_bytes())[0])

    def test_bad_lines_end_in_one_line(self):
        source = self.write(checkpoints.safetensors(checkpoints.weights(6, 4)), "float.safetensors")
        single = melcorp([[50] + [0] * 31])
        for name, data, why in (
            ("bad.bin", b"MELCORP1 and no more", "bad.bin"),
            ("cut.bin", melcorp(self.tunes(35, 2))[:-3], "cut.bin"),
            ("single.bin", single, "no two notes"),
            ("empty.bin", melcorp([]), "no line"),
        ):
            with self.subTest(name):
                result = run("import", source, "-o", self.folder / "x", "--lines", self.write(data, name))
                self.assertEqual(result.returncode, 2)
                self.assert_one_line(result)
                self.assertIn(why, result.stderr.decode())
        result = run("import", source, "-o", self.folder / "x", "--lines", self.folder / "nowhere")
        self.assertEqual(result.returncode, 2)
        self.assert_one_line(result)


if __name__ == "__main__":
    unittest.main()
