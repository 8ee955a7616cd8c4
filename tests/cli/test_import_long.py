#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of `music-neurons import --long`; MUSIC_NEURONS is the program's path."""

import collections
import csv
import io
import json
import os
import random
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checkpoints
import midi
import models
import test_decode
from imports import ImportTest, melody, notes_of
from program import run

LATENT, NEURONS, WIDTH, OWN, UNITS, HIDDEN = 6, (4, 0, 2), 5, 7, 4, 3
STYLES = ("reel", "slow air")
METADATA = {"level1_neurons": " ".join(map(str, NEURONS)), "labels": ", ".join(STYLES)}
INPUT = "long/encoder/input/kernel"
WINDOW = "long/style/window_0/kernel"


def second_level(seed=1):
    """Shape and values by name."""
    rng = random.Random(seed)
    tensors = {}

    def add(name, rows, columns):
        tensors[name + "/kernel"] = [rows, columns], checkpoints.floats(rng.gauss(0, 0.3) for _ in range(rows * columns))
        tensors[name + "/bias"] = [columns], checkpoints.floats(rng.gauss(0, 0.3) for _ in range(columns))

    add("long/encoder/input", 8 * (len(NEURONS) + 1), WIDTH)
    for block in range(2):
        add(f"long/encoder/block_{block}/in", WIDTH, WIDTH)
        add(f"long/encoder/block_{block}/out", WIDTH, WIDTH)
    add("long/encoder/mu", WIDTH, OWN)
    add("long/encoder/sigma", WIDTH, OWN)
    add("long/style/window_0", len(NEURONS), UNITS)
    add("long/style/window_1", UNITS, UNITS)
    add("long/style/phrase", 2 * UNITS, HIDDEN)
    add("long/style/output", HIDDEN, len(STYLES))
    return tensors


class LongImportTest(ImportTest):
    def setUp(self):
        self.level1 = self.source(checkpoints.weights(8, LATENT))

    def long(self, tensors=None, metadata=None, name="long.safetensors"):
        return self.source(tensors or second_level(), name, METADATA if metadata is None else metadata)

    def tensor(self, model, name):
        header, data = models.split_file(model.read_bytes())
        entry = header[name]
        begin, end = entry["data_offsets"]
        count = {"I8": "b", "I16": "h", "I32": "i", "F32": "f"}[entry["dtype"]]
        return entry["shape"], list(struct.unpack(f"<{(end - begin) // struct.calcsize(count)}{count}", data[begin:end]))

    def weights(self, model, name):
        """Rows of a layer's weights in floats."""
        (rows, columns), q = self.tensor(model, name + "/weight")
        multiplier = self.tensor(model, name + "/multiplier")[1]
        return [[q[r * columns + c] * multiplier[r] / 2**39 for c in range(columns)] for r in range(rows)]

    def test_a_second_level_comes_along(self):
        model, text = self.imported(self.level1, "--long", self.long())
        found = self.info(model)["second_level"]
        self.assertEqual((found["reads"], found["width"], found["latent"]), (len(NEURONS), WIDTH, OWN))
        self.assertEqual(found["styles"], list(STYLES))
        self.assertEqual(self.tensor(model, "long/neurons")[1], list(NEURONS))
        self.assertIn("roughly without --lines", text)
        self.assertIn("Second level from float weights", self.info(model)["provenance"])
        (rows, columns), kernel = second_level()[INPUT]
        for row, line in enumerate(self.weights(model, "long/encoder/input")):
            for column, weight in enumerate(line):
                self.assertAlmostEqual(weight, kernel[column * WIDTH + row], delta=1e-3)
        self.assertEqual((rows, columns), (8 * (len(NEURONS) + 1), WIDTH))

    def test_its_neurons_are_ranked_on_lines(self):
        lines = self.corpus(bars=20)
        model, text = self.imported(self.level1, "--long", self.long(), "--lines", lines, "--corpus", lines)
        self.assertRegex(text, r"second level: \d of its neurons are music, on \d+ phrases\n")
        again, _ = self.imported(self.level1, "--long", self.long(), "--lines", lines, "--corpus", lines,
                                 output="again.safetensors")
        header, data = models.split_file(model.read_bytes())
        other, same = models.split_file(again.read_bytes())
        self.assertEqual((header["long/quantiles"], data), (other["long/quantiles"], same))
        found = self.info(model)["second_level"]
        self.assertEqual(len(found["labels"]), found["music"])
        for label in found["labels"]:
            self.assertTrue(label["label"])
            self.assertRegex(label["features"], r"^[^,]+ [+-]\d\.\d\d")

    def relabelled(self, model, names):
        """The model with other labels of level two; those of so little music hold nowhere."""
        header, body = models.split_file(model.read_bytes())
        readout = json.loads(header["__metadata__"]["readout"])
        readout["long"]["labels"] = names
        header["__metadata__"]["readout"] = json.dumps(readout)
        path = self.path("relabelled.safetensors")
        path.write_bytes(models.with_header(header, body))
        return path

    def test_analyze_tells_what_its_most_excited_neurons_mean(self):
        lines = self.corpus(bars=20)
        model, _ = self.imported(self.level1, "--long", self.long(), "--lines", lines, "--corpus", lines)
        music, order = (self.info(model)["second_level"][key] for key in ("music", "order"))
        names = [{"label": f"high {rank}", "opposite": f"low {rank}"} for rank in range(music)]
        names[-1:] = [{"label": "mixed", "opposite": ""}]
        model = self.relabelled(model, names)
        notes = [midi.note(start, end, pitch) for start, end, pitch in notes_of(melody(random.Random(5), 40))]
        tune = self.write(midi.file(midi.track(*notes)))
        analyze = "analyze", "--model", model, "--latent", "--format"
        records = [json.loads(line) for line in self.good(*analyze, "json", tune).splitlines()]
        rows = list(csv.DictReader(io.StringIO(self.good(*analyze, "csv", tune))))
        table = [line for line in self.good(*analyze, "text", tune).splitlines() if " | " in line][1:]
        self.assertEqual((len(records), len(rows), len(table)), (40, 40, 40))
        told = collections.Counter()
        for record, row, line in zip(records, rows, table):
            mu, sigma = ([record[key][neuron] for neuron in order] for key in ("long_mu", "long_sigma"))
            ranks = sorted(range(music), key=lambda rank: -abs(mu[rank]))
            self.assertEqual([found["rank"] for found in record["long_top"]], [rank + 1 for rank in ranks[:8]])
            for place, (rank, found) in enumerate(zip(ranks, record["long_top"]), 1):
                words = names[rank]["opposite" if mu[rank] < 0 else "label"]
                words = None if words in ("mixed", "") else words
                told[words] += 1
                own = found["neuron"], found["mu"], found["sigma"], found["label"]
                self.assertEqual(own, (order[rank], mu[rank], sigma[rank], words))
                cells = [row[f"long_top_{place}_{name}"] for name in ("neuron", "rank", "label")]
                self.assertEqual(cells, [str(order[rank]), str(rank + 1), words or ""])
                if place <= 4:
                    said = f"{rank + 1} {words + ' ' if words else ''}[{order[rank]}] {mu[rank]:+.2f}"
                    self.assertIn(said, line.split(" | ")[1])
            self.assertEqual(row["long_top_8_label"], "")  # a second level of seven neurons has no eighth
        self.assertGreater(len(told), 1)

    def test_a_model_without_one_has_no_neurons_of_16_bars(self):
        model, _ = self.imported(self.level1)
        tune = self.write(midi.file(midi.track(*(midi.note(step, step + 2, 60) for step in range(0, 64, 2)))))
        (record, *_) = self.good("analyze", "--model", model, "--format", "json", tune).splitlines()
        self.assertIsNone(json.loads(record)["long_top"])
        self.assertNotIn("16 bars", self.good("analyze", "--model", model, tune))

    def test_signs_are_made_to_fit_those_of_training(self):
        plain, _ = self.imported(self.level1, "--long", self.long(), output="plain.safetensors")
        turned = set(self.info(plain)["turned"])
        before = set(range(LATENT)) - turned  # where it was trained, the signs of all were others
        metadata = {**METADATA, "level1_turned": " ".join(map(str, sorted(before)))}
        model, _ = self.imported(self.level1, "--long", self.long(metadata=metadata, name="turned.safetensors"))
        for name, windows in (("long/encoder/input", 8), ("long/style/window_0", 1)):
            for own, other in zip(self.weights(plain, name), self.weights(model, name)):
                read = windows * len(NEURONS)
                self.assertEqual(own[:read], [-weight for weight in other[:read]])
                self.assertEqual(own[read:], other[read:])

    def test_a_decoder_comes_along_too(self):
        source = self.source({**checkpoints.weights(8, LATENT), **test_decode.decoder(latent=LATENT)}, "both.safetensors")
        model, _ = self.imported(source, "--decoder", source, "--long", self.long())
        self.assertIsNotNone(self.info(model)["decoder"])
        self.assertIsNotNone(self.info(model)["second_level"])

    def test_places_are_pulled_towards_the_parts_of_styles(self):
        source = self.source({**checkpoints.weights(8, LATENT), **test_decode.decoder(latent=LATENT)}, "both.safetensors")
        lines = self.corpus(bars=20)
        model, _ = self.imported(source, "--decoder", source, "--long", self.long(), "--lines", lines, "--corpus", lines)
        readout = json.loads(models.split_file(model.read_bytes())[0]["__metadata__"]["readout"])
        music, order = readout["music"], readout["order"]
        shape, parts = self.tensor(model, "long/style/parts")
        self.assertEqual(shape, [len(STYLES) * (music + 1), music])
        rng = random.Random(2)
        places = [[round(rng.gauss(0, 1) * 65536) / 65536 for _ in range(LATENT)] for _ in range(200)]

        def pulled(place, style, amount):
            own = parts[style * (music + 1) * music :]
            moved = list(place)
            for i in range(music):
                moved[order[i]] += amount * (own[i] + sum(own[(k + 1) * music + i] * place[order[k]] for k in range(music)))
            return moved

        def decode(places, *options):
            data = "".join(json.dumps({"mu": place}) + "\n" for place in places).encode()
            return self.good("decode", "--model", model, *options, data=data).splitlines()

        plain = decode(places)
        for style, name in enumerate(STYLES):
            found = decode(places, "--move", f"{name}=1.5")
            wanted = decode([pulled(place, style, 1.5) for place in places])
            # A rounding apart, a decoder may choose another step.
            self.assertGreater(sum(map(str.__eq__, found, wanted)), 190)
            self.assertLess(sum(map(str.__eq__, found, plain)), 190)
        # Styles come before axes.
        both = decode(places, "--move", "density=1", "--move", "reel=1.5")
        wanted = decode([pulled(place, 0, 1.5) for place in places], "--move", "density=1")
        self.assertGreater(sum(map(str.__eq__, both, wanted)), 190)
        result = run("decode", "--model", model, "--move", "jig=1", data=b"")
        self.assert_refused(result)
        self.assertIn(b"--move 'jig=1': not NAME=AMOUNT with an axis or a style of the model", result.stderr)

    def test_weights_that_do_not_fit_are_refused_in_a_line(self):
        def without(name):
            tensors = second_level()
            del tensors[name]
            return tensors

        def changed(name, shape):
            count = shape[0] * shape[1] if len(shape) == 2 else shape[0]
            return {**second_level(), name: (shape, [0.0] * count)}

        cases = (
            (second_level(), {**METADATA, "level1_neurons": "4 0 6"}, "reads neuron 6, the encoder has 6"),
            (second_level(), {**METADATA, "level1_neurons": "4 0 9999"}, "metadata level1_neurons"),
            (second_level(), {**METADATA, "level1_neurons": "4 0 x"}, "metadata level1_neurons"),
            (second_level(), {**METADATA, "level1_neurons": "4 0"}, INPUT),
            (second_level(), {"labels": METADATA["labels"]}, "metadata level1_neurons"),
            (second_level(), {**METADATA, "level1_turned": "1 -2"}, "metadata level1_turned"),
            (second_level(), {**METADATA, "labels": "reel"}, "metadata labels"),
            (second_level(), {**METADATA, "labels": "reel, air, hymn"}, "metadata labels"),
            (second_level(), {**METADATA, "labels": "reel, " + 40 * "x"}, "metadata labels"),
            (without(INPUT), METADATA, INPUT),
            (without("long/encoder/sigma/bias"), METADATA, "long/encoder/sigma/bias is missing"),
            (without(WINDOW), METADATA, WINDOW),
            (changed("long/encoder/mu/kernel", [WIDTH + 1, OWN]), METADATA, "long/encoder/mu/kernel"),
            (changed("long/style/output/kernel", [HIDDEN, 9]), METADATA, "9 outputs"),
            ({**second_level(), INPUT: (second_level()[INPUT][0], [float("nan")] * 160)}, METADATA, "not finite"),
        )
        for number, (tensors, metadata, why) in enumerate(cases):
            with self.subTest(why):
                result = self.run_import(self.level1, "--long", self.long(tensors, metadata, f"bad{number}.safetensors"))
                self.assert_refused(result)
                self.assertIn(why, result.stderr.decode())
                self.assertFalse(self.path("out.safetensors").exists())

    def test_what_is_read_is_not_written(self):
        second = self.long()
        result = self.run_import(self.level1, "--long", second, output="long.safetensors")
        self.assert_refused(result)
        self.assertIn(b"is to be read, not written", result.stderr)

    def test_windows_of_16_bars_have_no_second_level(self):
        result = self.run_import(self.level1, "--long", self.long(), "--steps", 256)
        self.assert_refused(result)
        self.assertIn(b"windows of 32 steps", result.stderr)


if __name__ == "__main__":
    unittest.main()
