#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of what `music-neurons import` learns from music; MUSIC_NEURONS is the program's path."""

import json
import lzma
import os
import random
import statistics
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checkpoints
import midi
from imports import ROOT, ImportTest, melcorp, melody, notes_of

# The float weights of the open model.
FLOATS = ROOT / "engine/training/runs/open-broad/weights-half.safetensors"
CORPUS = ROOT.parent / "shared" / "corpus"


class LandmarkTest(ImportTest):
    """Where the styles of a corpus lie: by the medians of the windows that are in it."""

    def landmarks(self, model):
        data = model.read_bytes()
        size = int.from_bytes(data[:8], "little")
        readout = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["readout"])
        return {mark["name"]: mark["axes"] for mark in readout["landmarks"]}

    def windows(self, tunes):
        """Distinct windows as import cuts them: one a bar, with enough notes."""
        found = set()
        for tune in tunes:
            for at in range(0, len(tune) - 16, 16):
                window = (tune[at : at + 32] + [0] * 32)[:32]
                onsets = [i for i, t in enumerate(window) if t > 1]
                if len(onsets) >= 4 and onsets[0] < 16:
                    found.add(tuple([0] * onsets[0] + window[onsets[0] :]))
        return found

    def test_a_landmark_is_the_median_of_its_style(self):
        rng = random.Random(6)
        tunes = [melody(rng, 24) for _ in range(32)]
        # Every other tune is an octave and a half higher, and of the other style.
        tunes = [[t + 18 if t > 1 and i % 2 else t for t in tune] for i, tune in enumerate(tunes)]
        few = [melody(rng, 4)]  # too few windows for a landmark
        corpus = self.path("tunes.bin")
        corpus.write_bytes(melcorp(tunes, ("low_songs", "high_songs")))
        rare = self.path("few.bin")
        rare.write_bytes(melcorp(few, ("rare",)))
        model, _ = self.imported(
            self.source(checkpoints.weights(16, 24, music=8)), "--corpus", corpus, "--corpus", rare, "--windows", "all"
        )
        marks = self.landmarks(model)
        self.assertEqual(set(marks), {"low songs", "high songs"})
        self.assertGreater(marks["high songs"][0], marks["low songs"][0] + 0.2)  # the register
        for name, part in (("low songs", tunes[::2]), ("high songs", tunes[1::2])):
            answers = self.encode(model, [list(w) for w in self.windows(part)])
            for axis in range(8):
                middle = statistics.median(answer["axes"][axis] for answer in answers)
                self.assertAlmostEqual(marks[name][axis], middle, delta=0.03)

    def test_without_a_corpus_there_are_none(self):
        model, _ = self.imported(self.source(checkpoints.weights(8, 24, music=6)))
        self.assertEqual(self.landmarks(model), {})


class CalibrationTest(ImportTest):
    def test_without_a_corpus_it_is_rough_and_says_so(self):
        model, text = self.imported(self.source(checkpoints.weights(8, 24, music=6)))
        self.assertIn("rough", text)
        info = self.info(model)
        self.assertEqual(sorted(info["order"]), list(range(6)))
        self.assertEqual(info["noise"], 18)
        self.assertIn("rough", info["provenance"])
        for answer in self.encode(model, [[0] * 32, melody(random.Random(1), 2)]):
            self.assertTrue(0 <= answer["musicality"] <= 1)

    def test_corpora_packed_or_not_and_midi_files_are_the_same_music(self):
        source = self.source(checkpoints.weights(6, 20))
        plain = self.corpus()
        packed = self.corpus("tunes.bin.xz", pack=True)
        rng = random.Random(3)
        folder = self.path("songs")
        (folder / "deep" / "er").mkdir(parents=True)
        for i in range(12):
            path = folder / ("deep/er" if i % 2 else "") / f"{i}.{'MID' if i % 3 else 'midi'}"
            notes = [midi.note(*n) for n in notes_of(melody(rng, 6))]
            path.write_bytes(midi.file(midi.track(*notes)))
        told = set()
        for corpus in ([plain], [packed], [folder], sorted(folder.rglob("*.[Mm]*")), [plain, packed, folder]):
            _, text = self.imported(source, "--corpus", *corpus)
            told.update(line for line in text.splitlines() if line.startswith("calibration"))
        self.assertEqual(len(told), 1, told)
        self.assertRegex(told.pop(), r"on (\d\d) of \1 windows of the corpus and 20000 random")

    def test_all_windows_are_those_there_are_and_random_ones_are_50000_at_most(self):
        source = self.source(checkpoints.weights(4, 6))
        path = self.path("tunes.bin")
        path.write_bytes(melcorp([melody(random.Random(seed), 2) for seed in range(30)]))
        for asked, told in (("all", "30 of 30 windows of the corpus and 50000"),
                            (60000, "30 of 30 windows of the corpus and 50000"),
                            (20, "20 of 30 windows of the corpus and 20")):
            _, text = self.imported(source, "--corpus", path, "--windows", asked)
            self.assertIn(f"on {told} random", text)

    def test_held_out_parts_are_left_alone(self):
        source = self.source(checkpoints.weights(6, 20))
        folder = self.path("corpus")
        folder.mkdir()
        rng = random.Random(4)
        for name, tunes in (("a-train.bin", 3), ("a-heldout.bin", 5), ("b-train.bin.xz", 4)):
            data = melcorp([melody(rng, 2) for _ in range(tunes)])
            (folder / name).write_bytes(lzma.compress(data) if name.endswith("xz") else data)
        _, text = self.imported(source, "--corpus", folder)
        self.assertIn("on 7 of 7 windows", text)

    def test_bad_files_are_passed_over_while_others_remain(self):
        source = self.source(checkpoints.weights(6, 20))
        bad = self.path("bad.mid")
        bad.write_bytes(b"no music")
        result = self.run_import(source, "--corpus", bad, "--corpus", self.corpus())
        self.assertEqual(result.returncode, 0, result)
        self.assert_one_line(result)
        self.assertIn(b"bad.mid", result.stderr)
        self.assert_refused(self.run_import(source, "--corpus", bad))

    def test_hostile_corpora_are_refused(self):
        source = self.source(checkpoints.weights(6, 4))
        tunes = [melody(random.Random(1), 4)] * 2
        good = melcorp(tunes)
        packed = lzma.compress(good)
        for name, data in (
            ("empty", b""),
            ("cut off", good[:-1]),
            ("longer", good + b"\0"),
            ("header only", good[:20]),
            ("no token", melcorp([[90] * 64])),
            ("segment outside", melcorp(tunes, offset=65)),
            ("segment far outside", melcorp(tunes, offset=2**32 - 1)),
            ("too many segments", melcorp(tunes, segments=2**32 - 1)),
            ("too many steps", melcorp(tunes, steps=2**32 - 1)),
            ("cut off xz", packed[:-9]),
            ("damaged xz", packed[:40] + b"\xff" * 8 + packed[48:]),
            ("xz of no corpus", lzma.compress(b"hello" * 100)),
            ("no notes", melcorp([[0] * 64])),
        ):
            with self.subTest(name):
                path = self.path("bad.bin")
                path.write_bytes(data)
                self.assert_refused(self.run_import(source, "--corpus", path))
        for path in ("/dev/zero", self.path("nothing there"), self.path("")):
            with self.subTest(path):
                self.assert_refused(self.run_import(source, "--corpus", path))

    def test_extremes_load_and_answer(self):
        alike = checkpoints.weights(6, 9)
        for name in list(alike):
            if name.startswith(("encoder/mu/", "encoder/sigma/")):
                alike[name] = alike[name][0], [0.0] * len(alike[name][1])
        for name, tensors, options in (
            ("all music", checkpoints.weights(6, 9, music=9), []),
            ("no music", checkpoints.weights(6, 9, music=0), []),
            ("one neuron", checkpoints.weights(6, 1, music=0), []),
            ("mu and sigma are always the same", alike, []),
            ("one window", checkpoints.weights(6, 9), ["--windows", 1]),
            ("fewer windows than neurons", checkpoints.weights(6, 60), ["--windows", 7]),
            ("one tune", checkpoints.weights(6, 9), ["--corpus", self.corpus(tunes=1)]),
            ("windows of a step", checkpoints.weights(6, 9), ["--steps", 1]),
        ):
            with self.subTest(name):
                model, text = self.imported(self.source(tensors), *options)
                info = self.info(model)
                self.assertEqual(info["music"] + info["noise"], len(tensors["encoder/mu/bias"][1]))
                for answer in self.encode(model, [[0] * info["steps"], [45] * info["steps"]]):
                    self.assertTrue(0 <= answer["musicality"] <= 1)
                if name in ("all music", "mu and sigma are always the same", "one window"):
                    self.assertIn("always 0.5", text)
                    self.assertEqual(answer["musicality"], 0.5)


@unittest.skipUnless(FLOATS.exists() and CORPUS.exists(), f"no {FLOATS.parent} and {CORPUS}")
class OurModelTest(ImportTest):
    def heldout(self, count):
        """Held-out windows of music, read by the format of the corpus."""
        data = lzma.open(CORPUS / "melodies-heldout.bin.xz").read()
        sources, styles, segments, _ = struct.unpack_from("<4I", data, 8)
        table = 24 + 32 * (sources + styles)
        steps = table + 16 * segments
        windows = set()
        for i in range(segments):
            offset, length = struct.unpack_from("<2I", data, table + 16 * i + 4)
            for at in range(steps + offset, steps + offset + length - 31, 16):
                window = data[at : at + 32]
                onsets = [i for i, t in enumerate(window) if t > 1]
                if len(onsets) >= 4 and onsets[0] < 16:
                    windows.add(bytes(onsets[0]) + window[onsets[0] :])
        return random.Random(1).sample(sorted(windows), count)

    def random_notes(self, count):
        rng = random.Random(2)
        windows = []
        for _ in range(count):
            steps = rng.sample(range(32), rng.randint(2, 32))
            windows.append([rng.randint(30, 100) - 19 if i in steps else 0 for i in range(32)])
        return windows

    def separation(self, model):
        music, noise = (
            sorted(a["musicality"] for a in self.encode(model, windows))
            for windows in (self.heldout(1000), self.random_notes(1000))
        )
        pairs = sum((m > n) + (m == n) / 2 for m in music for n in noise)
        return pairs / (len(music) * len(noise)), music[len(music) // 2], noise[len(noise) // 2]

    @staticmethod
    def first(info):
        """The music neurons."""
        return info["order"][: info["music"]]

    def test_our_floats_and_corpus_give_our_model_again(self):
        # As in engine/training/README.md, but with fewer windows.
        played = self.folder / "played"
        script = ROOT / "engine/training/played.py"
        command = ["/usr/bin/python3", script, "--without", "modern", "--count", "12000", "-o", played]
        subprocess.run(command, check=True, cwd=ROOT)
        model, _ = self.imported(FLOATS, "--corpus", f"{played}-train.bin", "--windows", "all")
        info = self.info(model)
        shipped = self.info(ROOT / "engine/models/melody-2bar-open.safetensors")
        # With fewer windows a neuron at the limit may fall on the other side.
        self.assertAlmostEqual(info["music"], shipped["music"], delta=2)
        self.assertLessEqual(len(set(self.first(info)) ^ set(self.first(shipped))), 4)
        auc, music, noise = self.separation(model)
        print(f"measured: our weights imported with the corpus, AUC {auc:.4f}")
        self.assertGreater(auc, 0.995)
        self.assertGreater(music, 0.9)
        self.assertLess(noise, 0.1)

    def test_without_the_corpus_the_score_still_tells(self):
        model, _ = self.imported(FLOATS)
        shipped = self.info(ROOT / "engine/models/melody-2bar-open.safetensors")
        # A few melodies on the bar excite fewer neurons than music as people play it, but the same ones.
        rough = self.info(model)
        self.assertGreater(rough["music"], 40)
        self.assertLess(rough["music"], shipped["music"])
        self.assertLessEqual(len(set(self.first(rough)) - set(self.first(shipped))), 3)
        auc, music, noise = self.separation(model)
        print(f"measured: our weights imported without a corpus, AUC {auc:.4f}")
        self.assertGreater(auc, 0.95)
        self.assertGreater(music, 0.8)
        self.assertLess(noise, 0.2)


if __name__ == "__main__":
    unittest.main()
