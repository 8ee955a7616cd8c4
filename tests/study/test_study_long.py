#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What `music-neurons study` says of a second level, against numpy.

MUSIC_NEURONS=build/music-neurons python3 tests/study/test_study_long.py BUILD_DIR
"""

import json
import pathlib
import subprocess
import sys
import unittest

from studied import PROGRAM, REPORT, study

import checkpoints
import corpus
import features
import figures
import level2_scalars
import level2_windows
import midi
import models
import numpy as np
import phik
import test_import_long
import tiny
from program import ProgramTest

PHRASE, WINDOW, LATENT = 8, 32, test_import_long.LATENT
READ = test_import_long.NEURONS
STYLES = ("reel", "hymn_chorale", "winds")
LABELS = ("hymn", "folk dance")
LABEL_OF = {"reel": 1, "hymn_chorale": 0}
SHUFFLE_SEED = 5
build = pathlib.Path(PROGRAM).parent


def compute(*arguments, data):
    command = [build / "tests" / "study_compute", *map(str, arguments)]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def balanced(confusion):
    there = confusion.sum(1) > 0
    return (np.diag(confusion)[there] / confusion.sum(1)[there]).mean()


class Form(unittest.TestCase):
    def test_the_form_of_a_phrase(self):
        rng = np.random.default_rng(3)
        phrases = rng.integers(50, 70, (60, 256)) * (rng.random((60, 256)) < 0.3)
        for phrase in phrases[::2]:  # a half has windows that come again, some of them moved
            for window in range(1, PHRASE):
                if rng.random() < 0.7:
                    own = phrase[32 * rng.integers(window) :][:32]
                    move = rng.choice((0, 0, 2, -5))
                    phrase[32 * window :][:32] = np.where(own > 1, own + move, own)
        phrases[0, 64:96] = 0
        data = phrases.astype(np.uint8)
        found = np.frombuffer(compute("form", 256, data=data.tobytes())).reshape(60, -1)
        expected = [level2_scalars.form(phrase.reshape(PHRASE, WINDOW)) for phrase in data]
        np.testing.assert_allclose(found, expected, atol=1e-5)
        self.assertGreater(found[:, 0].max(), 0.5)

    def test_a_phrase_without_a_note_has_no_form(self):
        self.assertTrue(np.isnan(np.frombuffer(compute("form", 256, data=bytes(256)))).all())


class StudyLong(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.folder / "corpus"
        folder.mkdir()
        tiny.write_corpus(folder, "train", 45, 30, 1, STYLES)
        tiny.write_corpus(folder, "heldout", 18, 40, 2, STYLES)
        sources = []
        second = {"level1_neurons": " ".join(map(str, READ)), "labels": ", ".join(LABELS)}
        for name, tensors, metadata in (
            ("one", checkpoints.weights(8, LATENT), None), ("two", test_import_long.second_level(), second),
        ):
            sources.append(cls.folder / f"{name}.safetensors")
            sources[-1].write_bytes(checkpoints.safetensors(tensors, metadata))
        cls.model = cls.folder / "model.safetensors"
        train = folder / "tiny-train.bin.xz"
        command = [PROGRAM, "import", sources[0], "--long", sources[1], "--corpus", train, "--lines", train,
                   "--windows", "1000", "-o", cls.model]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        cls.output = cls.folder / "study"
        cls.result = study(cls.model, cls.output, "--corpus", folder, "--random", 200)
        cls.study = json.loads((cls.output / "study.json").read_text())
        cls.long = cls.study["long"]
        readout = json.loads(models.split_file(cls.model.read_bytes())[0]["__metadata__"]["readout"])
        cls.order = readout["long"]["order"][: readout["long"]["music"]]
        cls.listen(folder)

    @classmethod
    def phrases(cls, lines):
        """(tokens, line) of the distinct phrases without a silent window, sorted."""
        found = {}
        for number, (start, length) in enumerate(zip(lines.start, lines.length)):
            line = lines.tokens[start : start + length]
            for at in range(0, length - 255, 16):
                phrase = line[at : at + 256].copy()
                onset = phrase > 1
                if onset[:16].any() and onset.sum() >= 32 and (onset.reshape(PHRASE, WINDOW).sum(1) >= 2).all():
                    phrase[: onset.argmax()] = 0
                    found.setdefault(phrase.tobytes(), number)
        keys = sorted(found)
        return np.array([list(key) for key in keys], np.uint8), np.array([found[key] for key in keys])

    @classmethod
    def second(cls, mu):
        """(mu, sigma, probabilities) of phrases heard as a whole, of level one's mu [n, PHRASE, LATENT]."""
        read = np.rint(mu[:, :, list(READ)] * 65536).astype(np.int32)
        data = b"".join(bytes([1] * PHRASE) + row.tobytes() for row in read)
        command = [build / "tests" / "study_phrases", cls.model]
        output = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
        values, own = np.frombuffer(output, np.int32).reshape(len(mu), -1), test_import_long.OWN
        return values[:, :own] / 65536, values[:, own : 2 * own] / 65536, values[:, 2 * own :] / 2**30

    @classmethod
    def listen(cls, folder):
        cls.lines = corpus.lines(folder, "heldout")
        cls.tokens, cls.tune = cls.phrases(cls.lines)
        windows = cls.tokens.reshape(-1, WINDOW).copy()
        for window in windows:  # no note comes from before
            window[: (window > 1).argmax()] = 0
        text = "".join(" ".join(map(str, window)) + "\n" for window in windows)
        command = [PROGRAM, "encode", "--model", cls.model]
        output = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
        first = np.array([json.loads(line)["mu"] for line in output.splitlines()]).reshape(-1, PHRASE, LATENT)
        cls.mu, cls.sigma, cls.told = cls.second(first)
        shuffled, replaced = first.copy(), first.copy()
        for index, phrase in enumerate(first):
            dice, order = figures.Dice(SHUFFLE_SEED + index), list(range(PHRASE))
            other = (index + 1 + dice.below(len(first) - 1)) % len(first)
            replaced[index, index % PHRASE] = first[other, index % PHRASE]
            for place in range(PHRASE, 1, -1):
                which = dice.below(place)
                order[place - 1], order[which] = order[which], order[place - 1]
            shuffled[index] = phrase[order]
        cls.shuffled, cls.replaced = cls.second(shuffled)[0], cls.second(replaced)[0]
        cls.labels = np.array([LABEL_OF.get(STYLES[style], -1) for style in cls.lines.style[cls.tune]])

    def test_all_went_well(self):
        self.assertEqual((self.result.returncode, self.result.stderr), (0, b""), self.result)
        self.assertEqual((self.long["phrases"], self.long["music"]), (len(self.tokens), len(self.order)))
        self.assertGreater(len(self.tokens), 100)

    def test_neurons(self):
        names = [name["code"] + " " + name["name"] for name in self.long["names"]]
        computed = [features.compute(phrase) for phrase in self.tokens]
        forms = np.array([level2_scalars.form(phrase.reshape(PHRASE, WINDOW)) for phrase in self.tokens])
        pitch = np.array([values["P12"] for values in computed], float)
        columns = {"P12 mean pitch": pitch, "M 2 bars come again": forms[:, 0], "R denser half": forms[:, 7]}
        self.assertEqual(len(self.long["neurons"]), len(self.order))
        for rank, (neuron, told) in enumerate(zip(self.order, self.long["neurons"])):
            mu = self.mu[:, neuron]
            self.assertEqual((told["rank"], told["neuron"]), (rank + 1, neuron))
            kl = figures.divergence(self.mu, self.sigma)[neuron]
            self.assertAlmostEqual(told["kl"], kl, delta=1e-4 * max(1, kl))
            self.assertAlmostEqual(told["any_order"], np.corrcoef(mu, self.shuffled[:, neuron])[0, 1], delta=1e-5)
            change = (self.replaced[:, neuron] - mu) ** 2
            share = np.array([change[place::PHRASE].mean() for place in range(PHRASE)])
            self.assertAlmostEqual(told["windows"], share.sum() ** 2 / (share**2).sum(), delta=1e-4)
            for name, column in columns.items():
                self.assertAlmostEqual(self.long["phik"][rank][names.index(name)], phik.phik(mu, column), delta=2e-4)
            for feature in told["top"]:
                name = feature["code"] + " " + feature["feature"]
                if name in columns:
                    self.assertAlmostEqual(feature["rho"], figures.spearman(mu, columns[name]), delta=2e-4)

    def test_the_kind_of_a_neuron_is_that_of_its_strongest_scalar(self):
        chance = self.long["shuffled"]["by_feature"]
        for row, neuron in zip(self.long["phik"], self.long["neurons"]):
            coded = [(value, -i) for i, value in enumerate(row) if self.long["names"][i]["code"]]
            value, place = max(coded)
            kind = self.long["names"][-place]["code"][0] if value > chance[-place] else "-"
            self.assertIn(neuron["kind"], (kind, "-") if sorted(coded)[-2][0] == value else (kind,))

    def test_styles(self):
        part, known = self.long["styles"], self.labels >= 0
        label, told = self.labels[known], self.told[known]
        self.assertEqual((part["labels"], part["phrases"]), (list(LABELS), known.sum()))
        confusion = np.zeros((2, 2))
        np.add.at(confusion, (label, told.argmax(1)), 1)
        np.testing.assert_array_equal(part["model"]["phrases"]["confusion"], confusion)
        self.assertAlmostEqual(part["model"]["phrases"]["accuracy"], np.trace(confusion) / len(label), places=5)
        self.assertAlmostEqual(part["model"]["phrases"]["balanced"], balanced(confusion), places=5)
        self.assertAlmostEqual(part["majority"]["phrases"], np.bincount(label).max() / len(label), places=5)
        tunes = np.zeros((2, 2))
        for tune in np.unique(self.tune[known]):
            own = self.tune[known] == tune
            tunes[label[own][0], np.log(told[own]).sum(0).argmax()] += 1
        np.testing.assert_array_equal(part["model"]["tunes"]["confusion"], tunes)
        said, right = told.max(1), told.argmax(1) == label
        place = np.minimum((10 * said).astype(int), 9)
        error = sum(abs((said - right)[place == p].sum()) for p in range(10)) / len(label)
        self.assertAlmostEqual(part["model"]["reliability"]["error"], error, places=5)

    def test_scalars_tell_what_scalars_can_tell(self):
        # Each style of the tiny corpus has a rhythm of its own.
        self.assertEqual(self.long["styles"]["scalars"]["phrases"]["accuracy"], 1)
        self.assertLess(self.long["styles"]["scalars"]["reliability"]["error"], 0.01)

    def test_labels_stand_for_the_styles_that_training_merges(self):
        text = (pathlib.Path(REPORT).parent / "study_long_styles.c").read_text()
        for style, own in level2_windows.MERGED.items():
            label = level2_windows.LABEL_OF[level2_windows.STYLES.index(style)]
            for name in own:
                found = f'{{"{level2_windows.LABELS[label]}", "{name}"}}'
                same = label >= 0 and name == level2_windows.LABELS[label]
                self.assertEqual(found in text, label >= 0 and not same, name)

    def test_the_page_has_a_section(self):
        text = (self.output / "report.html").read_text()
        for part in ("<h2>Sixteen bars</h2>", "about 77 of 512", "long-phik", "long-order", "long-reliability"):
            self.assertTrue(part in text, part)
        command = [sys.executable, REPORT, "--card", self.output / "study.json"]
        card = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        self.assertIn("### Sixteen bars", card)

    def test_music_without_a_phrase_leaves_it_out(self):
        folder = self.folder / "short"
        folder.mkdir()
        tiny.write_corpus(folder, "train", 40, 12, 3, STYLES)
        tiny.write_corpus(folder, "heldout", 16, 12, 4, STYLES)
        output = self.folder / "none"
        result = study(self.model, output, "--corpus", folder, "--random", 50)
        self.assertEqual((result.returncode, result.stderr), (0, b""), result)
        self.assertIsNone(json.loads((output / "study.json").read_text())["long"])
        self.assertFalse("Sixteen bars" in (output / "report.html").read_text())

    def test_what_is_wrong_with_a_file_is_told_once(self):
        folder = self.folder / "midi"
        folder.mkdir()
        rng = np.random.default_rng(1)
        for name in "abcd":
            notes = [midi.note(step, step + 2, int(pitch)) for step, pitch in zip(range(0, 640, 2), rng.integers(50, 80, 320))]
            (folder / f"{name}.mid").write_bytes(midi.file(midi.track(*notes)))
        for name in "ef":
            (folder / f"{name}.mid").write_bytes(b"MThd")
        result = study(self.model, self.folder / "of-midi", "--corpus", folder, "--random", 50, "--no-report")
        self.assertEqual((result.returncode, result.stderr.count(b"passed over"), result.stderr.count(b"\n")), (0, 2, 2), result)
        self.assertGreater(json.loads((self.folder / "of-midi" / "study.json").read_text())["long"]["phrases"], 10)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        build = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
