#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Sense, form and musicality of windows that follow each other: the numbers of their definition (sense.py)."""

import json
import random
import unittest

import models
import sense
from program import ProgramTest, run
from test_surprise import add_table, random_line, random_table, song

BENDS = 5


def add_sense(tensors, latent, rng):
    """Random weights, of which sense is somewhere in the middle."""
    inputs = sense.FEATURES + 2 * latent
    weights = [[rng.uniform(-0.004, 0.004) for _ in range(inputs)] for _ in range(1 + BENDS)]
    offset = [0.5] + [rng.uniform(-1, 1) for _ in range(BENDS)]
    bend = [rng.uniform(-0.2, 0.2) for _ in range(BENDS)]
    tensors["readout/sense"] = ("F32", [1 + BENDS, inputs], sum(weights, []))
    tensors["readout/sense_offset"] = ("F32", [1 + BENDS], offset)
    tensors["readout/sense_bend"] = ("F32", [1, BENDS], bend)
    return weights, offset, bend


class SenseTest(ProgramTest):
    def model_with_sense(self, rng):
        tensors, metadata = models.small_model()
        table = random_table(rng)
        add_table(tensors, table)
        latent = int(metadata["latent"])
        weights = add_sense(tensors, latent, rng)
        return self.write(models.model_bytes(tensors, metadata), "sense.safetensors"), table, weights

    def test_sense_is_that_of_the_definition(self):
        rng = random.Random(31)
        model, table, weights = self.model_with_sense(rng)
        windows = [[rng.choice((0, 0, rng.randrange(2, 90))) for _ in range(32)] for _ in range(150)]
        windows.append([0] * 16 + [41] * 4 + [0] * 12)  # a note that is repeated
        text = "".join(json.dumps(window) + "\n" for window in windows).encode()
        compared, within = 0, 0
        for tokens, line in zip(windows, self.good("encode", "--model", model, data=text).splitlines()):
            notes = [(i, token + 19) for i, token in enumerate(tokens) if token > 1]
            if len(notes) < 4 or sense.is_near_a_limit(sense.surprise.bits(notes, table)):
                continue
            answer = json.loads(line)
            inputs = sense.features(tokens, table) + answer["mu"] + [sense.log_sigma(s) for s in answer["sigma"]]
            expected = sense.value(inputs, *weights)
            self.assertAlmostEqual(answer["sense"], expected, delta=0.004, msg=tokens)
            compared += 1
            within += 0 < expected < 1
        self.assertGreater(compared, 20)
        self.assertGreater(within, 10)

    def test_fewer_than_four_notes_are_not_judged(self):
        model, _, _ = self.model_with_sense(random.Random(32))
        text = json.dumps([40, 0, 0, 42, 0, 0, 44] + [0] * 25).encode()
        self.assertEqual(json.loads(self.good("encode", "--model", model, data=text))["sense"], 0.5)

    def test_form_is_sense_less_its_mean_before(self):
        rng = random.Random(33)
        model, _, _ = self.model_with_sense(rng)
        path = self.write(song(random_line(rng, 400)), "song.mid")
        for hop in ("bar", "beat", "2bars"):
            lines = self.good("analyze", "--model", model, "--format", "json", "--hop", hop, path).splitlines()
            windows = [window for window in map(json.loads, lines) if window["sense"] is not None]
            expected = sense.form([(4 * window["start_beat"], window["sense"]) for window in windows])
            self.assertGreater(len(set(expected)), 10)
            for window, form in zip(windows, expected):
                self.assertAlmostEqual(window["form"], form, places=6)

    def test_musicality_is_the_median_over_windows_that_begin_less_than_a_bar_before(self):
        rng = random.Random(34)
        model, _, _ = self.model_with_sense(rng)
        path = self.write(song(random_line(rng, 300)), "song.mid")
        for hop in ("step", "half-beat", "half-bar", "bar"):
            lines = self.good("analyze", "--model", model, "--format", "json", "--hop", hop, path).splitlines()
            windows = [window for window in map(json.loads, lines) if window["sense"] is not None]
            text = "".join(json.dumps(window["tokens"]) + "\n" for window in windows).encode()
            alone = [json.loads(line)["musicality"] for line in self.good("encode", "--model", model, data=text).splitlines()]
            expected = sense.musicality([(4 * w["start_beat"], value) for w, value in zip(windows, alone)])
            self.assertGreater(len(set(expected)), 3)
            for window, value in zip(windows, expected):
                self.assertAlmostEqual(window["musicality"], value, places=6)
            if hop == "bar":
                self.assertEqual([window["musicality"] for window in windows], alone)

    def test_a_model_without_sense_says_nothing(self):
        tensors, metadata = models.small_model()
        model = self.write(models.model_bytes(tensors, metadata), "none.safetensors")
        text = json.dumps([40, 0, 42, 0, 44, 0, 45] + [0] * 25).encode()
        self.assertIsNone(json.loads(self.good("encode", "--model", model, data=text))["sense"])

    def test_tensors_that_do_not_fit_are_named(self):
        def refused(change, what):
            tensors, metadata = models.small_model()
            add_table(tensors, random_table(random.Random(1)))
            add_sense(tensors, int(metadata["latent"]), random.Random(2))
            change(tensors)
            model = self.write(models.model_bytes(tensors, metadata), "bad.safetensors")
            result = run("info", model)
            self.assert_refused(result)
            self.assertIn(what, result.stderr.decode())

        def put(name, place, number):
            return lambda tensors: tensors[name][2].__setitem__(place, number)

        refused(lambda t: t.pop("readout/sense_offset"), "readout/sense_offset")
        refused(lambda t: t.pop("readout/sense_bend"), "readout/sense_bend")
        refused(lambda t: t.update({"readout/sense_bend": ("F32", [BENDS, 1], t["readout/sense_bend"][2])}), "readout/sense_bend")
        refused(lambda t: t.update({"readout/sense": ("F32", [2, 90], [0.0] * 180)}), "readout/sense ")
        for name in ("readout/sense", "readout/sense_offset", "readout/sense_bend"):
            refused(put(name, 3, float("nan")), name)
            refused(put(name, 0, float("inf")), name)

        def without_surprise(tensors):
            for name in [name for name in tensors if name.startswith("surprise/")]:
                del tensors[name]

        refused(without_surprise, "readout/sense needs surprise")


if __name__ == "__main__":
    unittest.main()
