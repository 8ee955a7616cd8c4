#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of decoders: of `import --decoder`, `decode` and `export`.

MUSIC_NEURONS is the program's path, else build/music-neurons. A test that needs PyTorch, or
weights beside the repository, skips where they are missing.
"""

import json
import math
import os
import pathlib
import random
import statistics
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checkpoints
import midi
import models
from imports import ImportTest
from program import run
from test_export import read_folder

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOGLE = ROOT.parent / "shared" / "checkpoints" / "mel_small"
MAGENTA = ROOT / "engine" / "training" / "runs" / "magenta" / "weights-half.safetensors"
CELL = "decoder/multi_rnn_cell/cell_{}/lstm_cell/"
CLASSES, STEPS, LATENT, UNITS, LAYERS = 90, 32, 12, 10, 2
GROUPS = [midi.note(2 * i, 2 * i + 2, 60 + i % 9) for i in range(48)]  # 6 bars of eighths


def dense(rng, name, inputs, outputs, scale):
    return {
        name + "kernel": ([inputs, outputs], checkpoints.floats(rng.gauss(0, scale) for _ in range(inputs * outputs))),
        name + "bias": ([outputs], checkpoints.floats(rng.gauss(0, 0.5) for _ in range(outputs))),
    }


def decoder(seed=1, latent=LATENT):
    """A random decoder with MusicVAE's names."""
    rng = random.Random(seed)
    tensors = dense(rng, "decoder/z_to_initial_state/", latent, 2 * LAYERS * UNITS, 1)
    for layer in range(LAYERS):
        inputs = UNITS if layer else CLASSES + latent
        tensors |= dense(rng, CELL.format(layer), inputs + UNITS, 4 * UNITS, 1.2)
    return tensors | dense(rng, "decoder/output_projection/", UNITS, CLASSES, 3)


def product(tensors, name, inputs):
    """inputs, a dict of indices and values, times a kernel, plus its bias."""
    width = tensors[name + "kernel"][0][1]
    kernel, sums = tensors[name + "kernel"][1], list(tensors[name + "bias"][1])
    for row, value in inputs.items():
        for k in range(width):
            sums[k] += value * kernel[row * width + k]
    return sums


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def decode(tensors, z):
    """The likeliest tokens, by the formulas, in doubles, and the logits of each."""
    start = [math.tanh(x) for x in product(tensors, "decoder/z_to_initial_state/", dict(enumerate(z)))]
    states = [start[i * UNITS : (i + 1) * UNITS] for i in range(2 * LAYERS)]
    tokens, all_logits, given = [], [], {CLASSES + i: v for i, v in enumerate(z)}
    for _ in range(STEPS):
        inputs, at = dict(given), CLASSES + len(z)
        if tokens:
            inputs[tokens[-1]] = 1
        for layer in range(LAYERS):
            c, h = states[2 * layer : 2 * layer + 2]
            g = product(tensors, CELL.format(layer), inputs | {at + i: v for i, v in enumerate(h)})
            for u in range(UNITS):
                i, j, f, o = g[u::UNITS]
                c[u] = c[u] * sigmoid(f + 1) + sigmoid(i) * math.tanh(j)
                h[u] = sigmoid(o) * math.tanh(c[u])
            inputs, at = dict(enumerate(h)), UNITS
        logits = product(tensors, "decoder/output_projection/", inputs)
        tokens.append(logits.index(max(logits)))
        all_logits.append(logits)
    return tokens, all_logits


def lines_of(text):
    return [list(map(int, line.split())) for line in text.splitlines()]


def read_midi(data):
    """(tempo in us, notes as (start, end, pitch) in steps) of a file of format 0."""
    format_, tracks, ppqn = struct.unpack_from(">HHH", data, 8)
    assert (data[:4], format_, tracks, data[14:18]) == (b"MThd", 0, 1, b"MTrk")
    assert struct.unpack_from(">I", data, 18)[0] == len(data) - 22
    at, tick, tempo, notes, open_ = 22, 0, None, [], {}
    while at < len(data):
        delta = 0
        while True:
            delta = delta << 7 | data[at] & 0x7F
            at += 1
            if not data[at - 1] & 0x80:
                break
        tick += delta
        if data[at] == 0xFF:
            kind, size = data[at + 1 : at + 3]
            if kind == 0x51:
                tempo = int.from_bytes(data[at + 3 : at + 3 + size], "big")
            at += 3 + size
            continue
        status, pitch = data[at], data[at + 1]
        step = tick * 4 / ppqn
        if status == 0x90:
            assert pitch not in open_
            open_[pitch] = step
        else:
            notes.append((open_.pop(pitch), step, pitch))
        at += 3
    assert not open_
    return tempo, notes


def notes_of(windows):
    """The notes of tokens, by MusicVAE's rules: none lasts beyond its window."""
    notes = []
    for w, tokens in enumerate(windows):
        for i, token in enumerate(tokens):
            if token > 1:
                end = next((k for k in range(i + 1, STEPS) if tokens[k]), STEPS)
                notes.append((w * STEPS + i, w * STEPS + end, token + 19))
    return notes


class DecodeTest(ImportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weights = checkpoints.weights(8, LATENT, music=8) | decoder()
        source = cls.folder / "floats.safetensors"
        source.write_bytes(checkpoints.safetensors(cls.weights))
        cls.decoding = cls.folder / "decoding.safetensors"
        result = run("import", source, "--decoder", source, "-o", cls.decoding, "--windows", 400)
        assert result.returncode == 0, result
        cls.said = result.stdout.decode()
        rng = random.Random(5)
        # Numbers in Q16, as `latent` prints them.
        cls.places = [[round(rng.gauss(0, 1) * 65536) / 65536 for _ in range(LATENT)] for _ in range(40)]
        cls.turned = json.loads(models.split_file(cls.decoding.read_bytes())[0]["__metadata__"]["readout"]).get("turned", [])

    def decode(self, text, *options):
        return lines_of(self.good("decode", "--model", self.decoding, *options, data=text.encode()))

    def objects(self, places, key="z"):
        return "".join(json.dumps({key: z}) + "\n" for z in places)

    def test_import_tells_of_the_decoder(self):
        self.assertIn("decoder: LSTM 2 x 10, int16 weights\n", self.said)
        metadata = models.split_file(self.decoding.read_bytes())[0]["__metadata__"]
        self.assertEqual((metadata["decoder_layers"], metadata["decoder_hidden"]), ("2", "10"))
        self.assertIn("Decoder from float weights", metadata["provenance"])
        self.assertTrue(self.turned)  # else nothing below shows that signs are minded

    def test_weights_of_the_decoder_have_a_type_of_their_own(self):
        source = self.source(self.weights)
        for options, encoder, decoder_ in (([], "int16", "int16"), (["--weights", "int8"], "int8", "int16"),
                                           (["--decoder-weights", "int8"], "int16", "int8")):
            _, said = self.imported(source, "--decoder", source, "--windows", "40", *options)
            self.assertIn(f"weights: {encoder}", said)
            self.assertIn(f"decoder: LSTM 2 x 10, {decoder_} weights\n", said)

    def test_the_origin_of_the_decoder_is_kept(self):
        encoder = self.source(self.weights, metadata={"origin": "Heard in a shell."})
        other = self.source(self.weights, "other.safetensors", {"origin": "Sung by a brook."})
        for source, times in ((encoder, 0), (other, 1)):
            model, _ = self.imported(encoder, "--decoder", source, "--windows", "40")
            text = models.split_file(model.read_bytes())[0]["__metadata__"]["provenance"]
            self.assertEqual(text.count("Heard in a shell."), 1)
            self.assertEqual(text.count("Sung by a brook."), times)

    def test_melodies_are_those_of_the_formulas(self):
        ours = self.decode(self.objects(self.places))
        classes, whole = set(), 0
        for mine, z in zip(ours, self.places, strict=True):
            tokens, logits = decode(self.weights, z)
            classes |= set(tokens)
            whole += mine == tokens
            for step, (a, b) in enumerate(zip(mine, tokens, strict=True)):
                if a != b:  # rounding may choose between two classes; what follows is another melody
                    self.assertLess(logits[step][b] - logits[step][a], 0.02)
                    break
        self.assertGreater(len(classes), 20)
        self.assertGreaterEqual(whole, 36)  # of 40

    def test_every_kernel_writes_the_same(self):
        for options in ([], ["--temperature", "1", "--seed", "3"]):
            expected = self.decode(self.objects(self.places[:8]), *options, "--kernel", "scalar")
            for kernel in self.kernels()["supported"]:
                with self.subTest(kernel):
                    self.assertEqual(self.decode(self.objects(self.places[:8]), *options, "--kernel", kernel), expected)

    def test_all_formats_of_latent_and_encode_are_read(self):
        tune = self.write(midi.file(midi.track(*GROUPS, midi.note(256, 257, 60))), "tune.mid")
        latent = ["latent", "--model", self.decoding, "--hop", "2bars", tune]
        expected = self.decode(self.good(*latent, "--format", "json"))
        silent = [i for i, w in enumerate(expected) if not any(w)]
        self.assertEqual(expected, self.decode(self.good(*latent)))
        self.assertEqual(expected, self.decode(self.good(*latent, "--sigma")))
        self.assertEqual(expected, self.decode(self.good(*latent, "--sigma", "--format", "json")))
        self.assertEqual(expected, self.decode("", "--midi", tune))
        # A window with fewer than 2 notes has no z, and is a rest. A tensor leaves it out.
        self.assertEqual(silent, list(range(3, 9)))
        self.assertEqual(expected[:3], self.decode(self.good(*latent, "--format", "magenta-js")))
        path = self.write(self.good(*latent).encode(), "z.csv")
        self.assertEqual(expected, lines_of(self.good("decode", "--model", self.decoding, path)))

        tokens = "".join(" ".join(map(str, w)) + "\n" for w in expected[:3]).encode()
        encoded = [self.good("encode", "--model", self.decoding, "--format", f, data=tokens) for f in ("json", "csv")]
        mu = [json.loads(line)["mu"] for line in encoded[0].splitlines()]
        z = [[-v if i in self.turned else v for i, v in enumerate(row)] for row in mu]
        self.assertEqual(self.decode(encoded[0]), self.decode(self.objects(z)))
        self.assertEqual(self.decode(encoded[1]), self.decode(self.objects(z)))

    def test_a_melody_is_written_as_a_midi_file(self):
        places = "".join(json.dumps({"z": z}) + "\n" for z in [*self.places[:3], None, *self.places[3:6]])
        tokens = self.decode(places)
        self.assertEqual(tokens[3], [0] * STEPS)
        out = self.path("out.mid")
        self.assertEqual(self.good("decode", "--model", self.decoding, "-o", out, "--tempo", "90", data=places.encode()), "")
        tempo, notes = read_midi(out.read_bytes())
        self.assertEqual(tempo, round(60e6 / 90))
        self.assertEqual(notes, notes_of(tokens))
        self.assertGreater(len(notes), 20)

    def test_seeds_draw_other_melodies_and_the_same_again(self):
        def draw(*options):
            return self.decode(self.objects(self.places[:1] * 6), *options)

        cold, warm = draw(), draw("--temperature", "1")
        self.assertEqual(cold, cold[:1] * 6)
        self.assertEqual(cold, draw("--temperature", "0", "--seed", "7"))
        self.assertEqual(len({tuple(w) for w in warm}), 6)  # each window draws its own
        self.assertEqual(warm, draw("--temperature", "1", "--seed", "0"))
        self.assertNotEqual(warm, draw("--temperature", "1", "--seed", "18446744073709551615"))

    def test_export_gives_the_decoder_back(self):
        out = self.path("folder")
        self.good("export", self.decoding, "--magenta-js", out)
        floats = read_folder(out)
        for name, (shape, values) in decoder().items():
            with self.subTest(name):
                self.assertEqual(floats[name][0], shape)
                # A unit in the last place of the largest weight, and of z's.
                close = max(map(abs, values)) / 8000
                for ours, theirs in zip(floats[name][1], values, strict=True):
                    self.assertAlmostEqual(ours, theirs, delta=close)
        again, _ = self.imported(out, "--decoder", out, "--windows", "400")
        text = self.objects(self.places)
        theirs = lines_of(self.good("decode", "--model", again, data=text.encode()))
        self.assertGreaterEqual(sum(a == b for a, b in zip(self.decode(text), theirs, strict=True)), 36)

    def mu(self, path):
        """mu of two bars after two bars, with the signs of the model, and the ranks of its neurons."""
        text = self.good("analyze", "--model", self.decoding, "--hop", "2bars", "--format", "json", "--latent", path)
        order = json.loads(models.split_file(self.decoding.read_bytes())[0]["__metadata__"]["readout"])
        return [json.loads(line)["mu"] for line in text.splitlines()], order["order"], order["music"]

    def decode_mu(self, places):
        return self.decode(self.objects(places, "mu"))

    def test_a_morph_goes_along_the_arc_between_two_melodies(self):
        a = self.write(midi.file(midi.track(midi.note(64, 65, 60), *[midi.note(96 + 2 * i, 98 + 2 * i, 60 + i % 7) for i in range(12)])), "a.mid")
        b = self.write(midi.file(midi.track(*[midi.note(3 * i, 3 * i + 2, 80 - i) for i in range(10)])), "b.mid")
        (*_, first), order, music = self.mu(a)
        (second, *_), _, _ = self.mu(b)
        self.assertIsNotNone(first)  # the fourth window: two are empty, one has a single note
        for neuron in order[music:]:
            first[neuron] = second[neuron] = 0
        norm = lambda v: math.sqrt(sum(x * x for x in v))
        w = math.acos(sum(x * y for x, y in zip(first, second)) / norm(first) / norm(second))
        for steps in (2, 5, 8):
            shares = [(math.sin((1 - i / (steps - 1)) * w) / math.sin(w), math.sin(i / (steps - 1) * w) / math.sin(w)) for i in range(steps)]
            places = [[round((s * x + t * y) * 65536) / 65536 for x, y in zip(first, second)] for s, t in shares]
            options = [] if steps == 8 else ["--steps", steps]
            with self.subTest(steps):
                ours = lines_of(self.good("morph", "--model", self.decoding, a, b, *options))
                self.assertEqual(ours, self.decode_mu(places))
        out = self.path("way.mid")
        self.good("morph", a, b, "--model", self.decoding, "-o", out, "--tempo", "60")
        self.assertEqual(read_midi(out.read_bytes()), (1000000, notes_of(ours)))

    def test_what_cannot_be_morphed_is_refused(self):
        a = self.write(midi.file(midi.track(*GROUPS)), "a.mid")
        silent = self.write(midi.file(midi.track(midi.note(0, 1, 60))), "silent.mid")
        for arguments, why in (([a], "two MIDI files"), ([a, a, a], "two MIDI files"), ([a, silent], "silent.mid: no two bars"),
                               ([a, self.folder / "none.mid"], "none.mid"), ([a, a, "--steps", "1"], "--steps")):
            with self.subTest(why):
                result = run("morph", "--model", self.decoding, *arguments)
                self.assert_refused(result)
                self.assertIn(why.encode(), result.stderr)
        self.assert_refused(run("morph", "--model", self.model, a, a))
        self.assert_refused(run("vary", "--model", self.model, a))
        for amount in ("-0.1", "1.1", "nan"):
            self.assert_refused(run("vary", "--model", self.decoding, "--amount", amount, a))

    def test_a_variation_moves_the_music_neurons_by_a_seed(self):
        tune = self.write(midi.file(midi.track(*GROUPS)), "vary.mid")
        places, order, music = self.mu(tune)
        for place in places:
            for neuron in order[music:]:
                place[neuron] = 0

        def vary(*options):
            return lines_of(self.good("vary", "--model", self.decoding, *options, tune))

        self.assertEqual(vary("--amount", "0"), self.decode_mu(places))
        self.assertEqual(vary(), vary("--amount", "0.5", "--seed", "0"))
        self.assertNotEqual(vary("--amount", "1"), vary("--amount", "1", "--seed", "1"))
        self.assertNotEqual(vary("--amount", "1"), self.decode_mu(places))
        self.assertEqual(len({tuple(w) for w in vary("--amount", "1")}), len(places))  # each moves its own way

    def music(self):
        """300 places like those of music, without noise."""
        header, body = models.split_file(self.decoding.read_bytes())
        start, end = header["readout/quantiles"]["data_offsets"]
        quantiles = struct.unpack(f"<{(end - start) // 4}f", body[start:end])
        readout = json.loads(header["__metadata__"]["readout"])
        places = [[0.0] * LATENT for _ in range(300)]
        rng = random.Random(6)
        for neuron in readout["order"][: readout["music"]]:
            own = quantiles[models.QUANTILES * neuron :][: models.QUANTILES]
            for place in places:
                place[neuron] = round(rng.uniform(own[4], own[-5]) * 65536) / 65536
        return places

    def test_moves_are_learnt_from_what_the_decoder_writes(self):
        places = self.music()

        def pitch(windows):
            return [statistics.mean(token for token in w if token > 1) for w in windows]

        before = pitch(self.decode_mu(places))
        for amount in (1, -1):
            after = pitch(self.decode(self.objects(places, "mu"), "--move", f"register={amount}"))
            self.assertGreater(amount * (statistics.mean(after) - statistics.mean(before)), statistics.pstdev(before) / 3)
        tune = self.write(midi.file(midi.track(*GROUPS)), "move.mid")
        vary = ["vary", "--model", self.decoding, "--amount", "0", tune]
        self.assertEqual(self.good(*vary, "--move", "range=0"), self.good(*vary))
        self.assertNotEqual(self.good(*vary, "--move", "range=2", "--move", "register=-2"), self.good(*vary))

    def test_moves_that_make_no_sense_are_refused(self):
        place = self.objects(self.places[:1]).encode()
        for move in ("density", "=1", "densit=1", "density=", "density=5", "density=nan", "density=1x"):
            result = run("decode", "--model", self.decoding, "--move", move, data=place)
            self.assert_refused(result)
            self.assertIn(f"--move '{move}'".encode(), result.stderr)
        header, body = models.split_file(self.decoding.read_bytes())
        for name in ("readout/moves", "readout/moves_offset", "readout/moves_bend"):
            header["former " + name] = header.pop(name)
        old = self.write(models.with_header(header, body), "old.safetensors")
        self.good("decode", "--model", old, data=place)
        result = run("decode", "--model", old, "--move", "density=1", data=place)
        self.assert_refused(result)
        self.assertIn(b"old.safetensors: its decoder's axes are not known", result.stderr)

    def test_bench_measures_the_decoder_with_each_kernel(self):
        text = self.good("bench", "--model", self.decoding, "--seconds", "0.01", "--format", "json")
        rows = [r for r in map(json.loads, text.splitlines()) if "decoder" in r]
        self.assertEqual([r["decoder"] for r in rows], self.kernels()["supported"])
        for row in rows:
            self.assertEqual((row["layers"], row["hidden"], row["weights"]), (LAYERS, UNITS, "int16"))
            self.assertTrue(0 < row["least_ms"] <= row["ms"], row)
        self.assertEqual(self.good("bench", "--model", self.decoding, "--seconds", "0.01", "--kernel", "scalar")
                         .count("decoder "), 1)

    def test_info_tells_of_the_decoder(self):
        self.assertEqual(self.info(self.decoding)["decoder"], {"layers": LAYERS, "hidden": UNITS, "weights": "int16"})
        self.assertIn("LSTM 2 x 10, int16", self.good("info", self.decoding))
        self.assertIsNone(self.info(self.model)["decoder"])

    def test_a_model_without_a_decoder_is_refused(self):
        for options in ([], ["--midi", self.write(midi.file(midi.track(*GROUPS)))]):
            result = run("decode", "--model", self.model, *options)
            self.assert_refused(result)
            self.assertIn(b"small.safetensors: no decoder", result.stderr)

    def test_a_decoder_of_other_neurons_is_not_brought_along(self):
        source = self.source(checkpoints.weights(8, LATENT))
        for tensors, why in (
            (decoder(latent=LATENT + 1), b"its decoder reads 13 neurons, the encoder has 12"),
            ({k: v for k, v in decoder().items() if "output" not in k}, b"decoder/output_projection/kernel"),
            ({"a": ([1], [0.0])}, b"no flat decoder"),
        ):
            with self.subTest(why):
                other = self.source(tensors, "other.safetensors")
                result = self.run_import(source, "--decoder", other)
                self.assert_refused(result)
                self.assertIn(b"other.safetensors", result.stderr)
                self.assertIn(why, result.stderr)
                self.assertFalse(self.path("out.safetensors").exists())

    def test_what_is_no_z_is_named_by_its_line(self):
        good = json.dumps({"z": [0] * LATENT}) + "\n"
        header = "window,start_beat," + ",".join(f"z_{i}" for i in range(LATENT)) + "\n"
        row = ",".join(["0.5"] * LATENT)
        for text, line, why in (
            (good + "{}\n", 2, "an object without z or mu"),
            (good + '{"z": 3}\n', 2, "an object without z or mu"),
            (good + '{"z": [1, 2]}\n', 2, "2 numbers where the model has 12 neurons"),
            (json.dumps({"z": ["1"] * LATENT}), 1, "not of numbers"),
            ('{"z": [\n', 1, ""),
            (row + ",0.5\n", 1, "13 numbers"),
            (row + ",x\n", 1, "'x"),
            (row.replace("0.5", "nan", 1), 1, "not finite"),
            (row.replace("0.5", "inf", 1), 1, "not finite"),
            (row.replace("0.5", "", 1), 1, "not finite"),
            (header + "0,0," + row[:-4] + "\n", 2, "11 numbers"),
            (header + "0\n", 2, "without window"),
            (header + "0,0," + row + "\n\n0,0,," + row[4:] + "\n", 4, "not finite"),
            (f"[[{row}],\n[{row},1]]\n", 2, "13 numbers"),
            ("\0\n", 1, "a zero byte"),
            ("hello\n", 1, "'hello"),
        ):
            with self.subTest(text[-40:]):
                result = run("decode", "--model", self.decoding, data=text.encode())
                self.assert_refused(result)
                self.assertIn(f"standard input:{line}: ".encode(), result.stderr)
                self.assertIn(why.encode(), result.stderr)
        self.assertEqual(self.decode(""), [])
        self.assertEqual(self.decode("\n[]\n"), [])

    def test_options_out_of_range_are_refused(self):
        for option, value in (("--temperature", "-0.1"), ("--temperature", "101"), ("--temperature", "nan"),
                              ("--tempo", "3"), ("--tempo", "1000"), ("--seed", "-1"), ("--seed", "x"),
                              ("--seed", "18446744073709551616")):
            with self.subTest(f"{option} {value}"):
                result = run("decode", "--model", self.decoding, option, value)
                self.assert_refused(result)
                self.assertIn(option.encode(), result.stderr)
        self.assert_refused(run("decode", "--model", self.decoding, "--midi", "a.mid", "z.csv"))
        self.assert_refused(run("decode", "--model", self.decoding, self.folder / "none.csv"))
        self.assert_refused(run("decode", "--model", self.decoding, "-o", self.folder / "no" / "out.mid"), 1)

    def test_googles_decoder_writes_what_pytorch_says(self):
        try:
            import torch
        except ImportError:
            self.skipTest("no PyTorch")
        if not GOOGLE.exists():
            self.skipTest(f"{GOOGLE} is not there")
        sys.path.append(str(ROOT / "engine" / "training"))
        import transform
        import vae

        model, _ = self.imported(MAGENTA, "--decoder", GOOGLE, "--windows", "200")
        torch.set_num_threads(1)
        z = torch.randn(200, 256, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        z = (z * 65536).round() / 65536
        exact = {name: tensor.double() for name, tensor in vae.load_decoder(GOOGLE).items()}
        theirs = vae.generate(exact, z, torch.float64).numpy()
        theirs = torch.from_numpy(transform.render(transform.notes(theirs)))  # no note-off where nothing sounds
        ours = torch.tensor(lines_of(self.good("decode", "--model", model, data=self.objects(z.tolist()).encode())))
        same = (ours == theirs).double().mean().item()
        print(f"measured: {same:.4f} of the steps are those of float64")
        self.assertGreaterEqual(same, 0.995)


if __name__ == "__main__":
    unittest.main()
