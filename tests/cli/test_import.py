#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of what `music-neurons import` reads and writes; MUSIC_NEURONS is the program's path."""

import array
import json
import math
import os
import random
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checkpoints
import models
import test_export
from imports import SECONDS, ImportTest, melcorp, melody
from program import PROGRAM, run


class NumbersTest(ImportTest):
    def errors(self, tensors, *options, steps=32):
        """Mean and largest error of mu and sigma against floats."""
        model, _ = self.imported(self.source(tensors), *options)
        turned = self.info(model)["turned"]
        rng = random.Random(8)
        windows = [[rng.randrange(90) if rng.random() < 0.4 else 0 for _ in range(steps)] for _ in range(4)]
        errors = []
        for window, answer in zip(windows, self.encode(model, windows)):
            mu, sigma = checkpoints.encode(tensors, window)
            mu = [-value if n in turned else value for n, value in enumerate(mu)]
            errors += [abs(a - b) for a, b in zip(mu + sigma, answer["mu"] + answer["sigma"])]
        return sum(errors) / len(errors), max(errors)

    def test_one_layer_gives_the_numbers_of_the_floats(self):
        for hidden, latent in ((5, 3), (8, 8), (17, 20)):
            with self.subTest(hidden):
                tensors = checkpoints.weights(hidden, latent, seed=hidden)
                mean, largest = self.errors(tensors)
                self.assertLess(mean, 4e-4)
                self.assertLess(largest, 4e-3)
                mean, largest = self.errors(tensors, "--weights", "int8")
                self.assertLess(mean, 2e-2)
                self.assertLess(largest, 0.2)

    def test_two_layers_give_the_numbers_of_the_floats(self):
        for hidden, options, steps in ((5, [], 256), (9, ["--steps", 32], 32)):
            with self.subTest(hidden):
                tensors = checkpoints.weights(hidden, 4, layers=2, seed=hidden)
                mean, largest = self.errors(tensors, *options, steps=steps)
                self.assertLess(mean, 1e-3)
                self.assertLess(largest, 1e-2)

    def test_fewer_bits_are_coarser(self):
        tensors = checkpoints.weights(8, 8)
        self.assertGreater(self.errors(tensors, "--hidden-frac", 8)[0], 4 * self.errors(tensors)[0])

    def test_the_type_is_what_was_asked_for(self):
        source = self.source(checkpoints.weights(6, 4))
        for asked, got in (("auto", "int16"), ("int16", "int16"), ("int8", "int8")):
            info = self.info(self.imported(source, "--weights", asked)[0])
            self.assertTrue(info["weights"].startswith(got), info)

    def test_int8_rounds_better_with_a_corpus(self):
        rng = random.Random(6)
        windows = [melody(rng, 2) for _ in range(12)]
        corpus = self.corpus(seed=7)
        for layers in (1, 2):
            tensors = checkpoints.weights(16, 12, layers=layers)
            source = self.source(tensors)
            truth = [checkpoints.encode(tensors, window)[0] for window in windows]
            errors = {}
            for rounding, told in (("nearest", "to nearest"), ("compensated", "compensated"), ("auto", "compensated")):
                options = ("--weights", "int8", "--rounding", rounding, "--corpus", corpus, "--steps", 32)
                model, text = self.imported(source, *options)
                info = self.info(model)
                self.assertIn(f"\nrounding: {told}", text)
                self.assertEqual("make up for each other" in info["provenance"], told == "compensated")
                errors[rounding] = sum(
                    abs(value * (-1 if n in info["turned"] else 1) - ours)
                    for mu, answer in zip(truth, self.encode(model, windows))
                    for n, (value, ours) in enumerate(zip(mu, answer["mu"]))
                )
            with self.subTest(layers):
                self.assertLess(errors["compensated"], 0.7 * errors["nearest"])
                self.assertEqual(errors["auto"], errors["compensated"])

    def test_only_int8_with_enough_music_is_compensated_unasked(self):
        source, corpus = self.source(checkpoints.weights(16, 4)), self.corpus()
        single = self.corpus("single.bin", tunes=1, bars=2)
        for options, told in (
            (["--weights", "int8"], "to nearest"),
            (["--weights", "int16", "--corpus", corpus], "to nearest"),
            (["--weights", "int16", "--corpus", corpus, "--rounding", "compensated"], "compensated"),
            (["--weights", "int8", "--corpus", single], "to nearest"),
            (["--weights", "int8", "--corpus", single, "--rounding", "compensated"], "compensated"),
        ):
            with self.subTest(options):
                self.assertIn(f"\nrounding: {told}", self.imported(source, *options)[1])

    def test_rows_of_zeros_and_large_weights_are_no_trouble(self):
        tensors = checkpoints.weights(6, 4)
        shape, values = tensors["encoder/mu/kernel"]
        tensors["encoder/mu/kernel"] = shape, [0.0 if i % 4 == 1 else 50 * v for i, v in enumerate(values)]
        mean, largest = self.errors(tensors)
        self.assertLess(largest, 0.2)


class ContainerTest(ImportTest):
    def test_all_containers_give_the_same_bytes(self):
        for layers in (1, 2):
            tensors = checkpoints.weights(6, 5, layers=layers)
            slots = {f"{n}/{slot}": t for n, t in tensors.items() for slot in ("Adam", "Adam_1")}
            prefix = checkpoints.write_bundle(self.path(f"trained{layers}.ckpt"), tensors | slots, ["global_step"])
            sources = [
                self.source(tensors),
                prefix,
                prefix.with_name(prefix.name + ".index"),
                checkpoints.write_tar(self.path(f"trained{layers}.tar"), tensors),
                checkpoints.write_magenta_folder(self.path(f"magenta{layers}"), tensors),
            ]
            files = [self.imported(s, "--windows", 20, "--name", "same")[0].read_bytes() for s in sources]
            self.assertTrue(all(f == files[0] for f in files))

    def test_the_number_of_processors_does_not_matter(self):
        source, corpus = self.source(checkpoints.weights(6, 20)), self.corpus()
        options = ("--corpus", corpus, "--weights", "int8", "--rounding", "compensated")
        one = self.imported(source, *options)[0].read_bytes()
        ours = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(ours)})
        self.addCleanup(os.sched_setaffinity, 0, ours)
        self.assertEqual(self.imported(source, *options)[0].read_bytes(), one)

    def test_data_begin_aligned_and_without_gaps(self):
        for hidden in (5, 16):
            data = self.imported(self.source(checkpoints.weights(hidden, 5)))[0].read_bytes()
            header, body = models.split_file(data)
            self.assertEqual((len(data) - len(body)) % 64, 0)
            offsets = sorted(t["data_offsets"] for n, t in header.items() if n != "__metadata__")
            self.assertEqual([a for a, _ in offsets] + [len(body)], [0] + [b for _, b in offsets])
            self.assertFalse([n for n, t in header.items() if n != "__metadata__" and t["data_offsets"][0] % 4
                              and not n.endswith(("weight", "recurrent"))])

    def test_texts_go_into_the_file(self):
        source = self.source(checkpoints.weights(5, 3))
        info = self.info(self.imported(source, "--name", "N\u00e4me", "--licence", "CC0", "--steps", 16)[0])
        self.assertEqual((info["name"], info["licence"], info["steps"]), ("N\u00e4me", "CC0", 16))
        info = self.info(self.imported(source, output="my model.safetensors")[0])
        self.assertEqual((info["name"], info["steps"]), ("my model", 32))
        self.assertNotIn(str(self.folder), info["provenance"])


    def test_what_the_weights_tell_goes_into_the_file(self):
        tensors = checkpoints.weights(5, 3)
        long = "A longer story. " * 200
        texts = {"origin": long, "licence": "CC0", "attribution": "N\u00e4mebody", "format": "x", "provenance": "y"}
        source = self.source(tensors, metadata=texts)
        info = self.info(self.imported(source)[0])
        self.assertTrue(info["provenance"].startswith(long + " Imported from float weights"), info)
        self.assertEqual((info["licence"], info["attribution"]), ("CC0", "N\u00e4mebody"))
        info = self.info(self.imported(source, "--licence", "MIT")[0])
        self.assertEqual((info["licence"], info["attribution"]), ("MIT", "N\u00e4mebody"))
        plain = self.info(self.imported(self.source(tensors, "plain.safetensors"))[0])
        self.assertTrue(info["provenance"].endswith(plain["provenance"]))
        self.assertEqual((plain["licence"], plain["attribution"]), ("That of the weights it was imported from.", ""))
        silent = self.source(tensors, "silent.safetensors", metadata=dict.fromkeys(texts, ""))
        self.assertEqual(self.info(self.imported(silent)[0]), plain)


class TurnTest(ImportTest):
    """Music neurons rise with their strongest feature, whatever they did in the source."""

    HIDDEN, LATENT, MUSIC = 8, 24, 16

    def setUp(self):
        self.tensors = checkpoints.weights(self.HIDDEN, self.LATENT, music=self.MUSIC)
        self.tunes = [melody(random.Random(seed), 2) for seed in range(40)]
        path = self.path("tunes.bin")
        path.write_bytes(melcorp(self.tunes))
        self.model, _ = self.imported(self.source(self.tensors), "--corpus", path)
        self.turned = self.info(self.model)["turned"]

    def test_some_music_neurons_and_no_noise_neurons_are_negated(self):
        music = self.info(self.model)["order"]
        self.assertEqual(sorted(music), list(range(self.MUSIC)))
        self.assertEqual(self.turned, sorted(set(self.turned)))
        self.assertLess(set(self.turned), set(music))
        self.assertTrue(self.turned)
        text = " ".join(self.good("info", self.model).split())
        by_rank = ", ".join(f"{rank} [{n}]" for rank, n in enumerate(music, 1) if n in self.turned)
        self.assertIn(f" turned {by_rank} ", text)

    def test_mu_of_a_negated_neuron_is_the_negative_of_the_sources(self):
        far = 0
        for window, answer in zip(self.tunes[:4], self.encode(self.model, self.tunes[:4])):
            mu, _ = checkpoints.encode(self.tensors, window)
            for neuron, (source, ours) in enumerate(zip(mu, answer["mu"])):
                self.assertAlmostEqual(ours, -source if neuron in self.turned else source, delta=4e-3)
                far += neuron in self.turned and abs(source) > 0.1
        self.assertGreater(far, 0)

    def test_labels_say_what_a_high_mu_means(self):
        for label in self.info(self.model)["labels"]:
            first, *others = label["features"].split(", ")
            self.assertRegex(first, r"^[^+-]+ \+\d\.\d\d$")
            self.assertEqual(len(others), 2)
            self.assertEqual(label["label"] == "mixed", float(first.split()[-1]) < 0.2, label)
        self.assertEqual(len(self.info(self.model)["labels"]), self.MUSIC)

    def test_quantiles_are_those_of_the_negated_neurons(self):
        header, body = models.split_file(self.model.read_bytes())
        begin, end = header["readout/quantiles"]["data_offsets"]
        table = array.array("f", body[begin:end])
        mu = [answer["mu"] for answer in self.encode(self.model, self.tunes)]
        for neuron in range(self.LATENT):
            values = sorted(line[neuron] for line in mu)
            low, middle, high = (table[neuron * 65 + k] for k in (0, 32, 64))
            median = (values[len(values) // 2 - 1] + values[len(values) // 2]) / 2
            for expected, actual in ((values[0], low), (median, middle), (values[-1], high)):
                self.assertAlmostEqual(expected, actual, delta=1e-4)

    def test_export_gives_back_the_source(self):
        folder = self.path("exported")
        result = run("export", self.model, "--magenta-js", folder)
        self.assertEqual(result.returncode, 0, result)
        exported = test_export.read_folder(folder)
        for name in ("mu/kernel", "mu/bias", "sigma/kernel", "sigma/bias"):
            shape, values = self.tensors[f"encoder/{name}"]
            self.assertEqual(list(exported[f"encoder/{name}"][0]), list(shape))
            for expected, actual in zip(values, exported[f"encoder/{name}"][1]):
                self.assertAlmostEqual(expected, actual, delta=1e-3 * max(map(abs, values)), msg=name)


class ListTest(ImportTest):
    def test_the_list_has_all_names_shapes_and_types_and_import_no_slots(self):
        tensors = checkpoints.weights(6, 5)
        slots = {f"{n}/Adam": t for n, t in tensors.items()}
        prefix = checkpoints.write_bundle(self.path("a.ckpt"), tensors | slots, ["global_step"])
        prefix.with_name("a.ckpt.data-00000-of-00001").unlink()
        text = self.good("import", "--list", prefix)
        lines = [line.split() for line in text.splitlines()]
        for name, (shape, _) in (tensors | slots).items():
            self.assertIn([name, *" x ".join(map(str, shape)).split(), "float32"], lines)
        result = run("import", prefix, "-o", self.path("x"))
        self.assertNotIn(b"/Adam", result.stdout)
        self.assertIn(f"and {len(slots) + 1} of an optimizer", result.stdout.decode())
        self.assert_refused(result)
        self.assertFalse(self.path("x").exists())


class FailureTest(ImportTest):
    def assert_kept(self, result, status=2):
        self.assert_refused(result, status)
        self.assertEqual(self.path("out.safetensors").read_bytes(), b"older")
        self.assertEqual(sorted(self.before), sorted(os.listdir(self.path(""))))

    def test_a_failure_leaves_what_was_there(self):
        tensors = checkpoints.weights(5, 3)
        name = checkpoints.CELL.format(0, "bw") + "kernel"
        missing = {n: t for n, t in tensors.items() if n != name}
        other = checkpoints.weights(5, 4)["encoder/sigma/kernel"]
        values = list(tensors["encoder/mu/bias"][1])
        self.path("out.safetensors").write_bytes(b"older")
        for case, bad, options in (
            ("missing", missing, []),
            ("shape", tensors | {"encoder/sigma/kernel": other}, []),
            ("nan", tensors | {"encoder/mu/bias": ([3], [math.nan, *values[1:]])}, []),
            ("infinite", tensors | {"encoder/mu/bias": ([3], [-math.inf, *values[1:]])}, []),
            ("too large", tensors | {"encoder/mu/bias": ([3], [1e30, *values[1:]])}, []),
            ("too large for int8", tensors | {name: (tensors[name][0], [20.0] * len(tensors[name][1]))},
             ["--weights", "int8"]),
            ("no encoder", {"a": ([1], [1.0])}, []),
        ):
            with self.subTest(case):
                source = self.source(bad)
                self.before = os.listdir(self.path(""))
                self.assert_kept(self.run_import(source, *options))

    def test_output_that_cannot_be_written_is_a_failure(self):
        source = self.source(checkpoints.weights(5, 3))
        self.assert_refused(run("import", source, "-o", self.path("no") / "x"), status=1)
        self.assert_refused(run("import", source, "-o", "/dev/full"), status=1)
        self.assert_refused(run("import", source, "-o", self.path("")), status=1)
        self.assert_refused(run("import", source, "-o", source))

    def test_a_model_that_is_there_is_replaced(self):
        source = self.source(checkpoints.weights(5, 3))
        self.path("out.safetensors").write_bytes(b"older")
        self.info(self.imported(source)[0])
        self.assertEqual(len(os.listdir(self.path(""))), 2)

    def test_bad_arguments_are_refused_in_one_line(self):
        source = self.source(checkpoints.weights(5, 3))
        out = self.path("x")
        for arguments in (
            [],
            [source],
            ["-o", out],
            [source, source, "-o", out],
            [source, "-o"],
            [source, "-o", out, "--weights", "int4"],
            [source, "-o", out, "--rounding", "up"],
            [source, "-o", out, "--rounding", "compensated"],
            [source, "-o", out, "--hidden-frac", "15"],
            [source, "-o", out, "--steps", "0"],
            [source, "-o", out, "--steps", "257"],
            [source, "-o", out, "--windows", "0"],
            [source, "-o", out, "--windows", "alles"],
            [source, "-o", out, "--name", b"\xff"],
            [source, "-o", out, "--corpus"],
            [self.path("nothing there"), "-o", out],
            [self.path(""), "-o", out],
        ):
            with self.subTest(arguments):
                result = subprocess.run([PROGRAM, "import", *arguments], capture_output=True,
                                        timeout=SECONDS, check=False)
                self.assert_refused(result)
                self.assertFalse(out.exists())


class FullSizeTest(ImportTest):
    def test_the_published_size_is_imported(self):
        """Random weights of a MusicVAE of 1 x 2048, of the size of trained ones."""
        hidden, latent = 2048, 512
        rng = random.Random(1)
        draws = array.array("f", (rng.gauss(0, 1) for _ in range(65537)))

        def values(count, size):
            some = array.array("f", (size * v for v in draws)).tobytes()
            return (some * (4 * count // len(some) + 1))[: 4 * count]

        header, parts, at = {}, [], 0
        cell = checkpoints.CELL.format
        for name, shape, size in [
            entry
            for way in ("fw", "bw")
            for entry in ((cell(0, way) + "kernel", [90 + hidden, 4 * hidden], 0.02),
                          (cell(0, way) + "bias", [4 * hidden], 0.2))
        ] + [
            entry
            for head in ("mu", "sigma")
            for entry in ((f"encoder/{head}/kernel", [2 * hidden, latent], 0.02),
                          (f"encoder/{head}/bias", [latent], 0.3))
        ]:
            parts.append(values(math.prod(shape), size))
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + len(parts[-1])]}
            at += len(parts[-1])
        text = json.dumps(header).encode()
        source = self.path("full.safetensors")
        source.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
        start = time.monotonic()
        model, _ = self.imported(source)
        seconds = time.monotonic() - start
        info = self.info(model)
        self.assertEqual((info["hidden"], info["latent"], info["weights"].split()[0]), (hidden, latent, "int8"))
        print(f"measured: a MusicVAE of 1 x {hidden} is imported in {seconds:.1f} s")
        source.unlink()
        model.unlink()


if __name__ == "__main__":
    unittest.main()
