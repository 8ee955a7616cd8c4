#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Training on a tiny corpus: gradients, schedules, resuming, import of the result.

Skips, with exit 0, where PyTorch or matplotlib is missing.
"""

import contextlib
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAINING = ROOT / "engine" / "training"
SHARED = ROOT.parent / "shared"
PROGRAM = pathlib.Path(os.environ.get("MUSIC_NEURONS", ROOT / "build" / "music-neurons"))
sys.path.insert(0, str(TRAINING))

try:
    import matplotlib
    import numpy as np
    import torch
except ImportError as error:
    print(f"training: skipped ({error})")
    sys.exit(0)

import tiny

import align
import batches
import corpus
import evaluate
import lstm
import origin
import reference
import safetensors
import train
import trainer
import transform
import vae

# These tests belong to training, so they run with it.
from test_decoder_train import Lessons, Runs as DecoderRuns
from test_figures import Figures
from test_level2 import Figures as LongFigures
from test_level2 import Mixture, Music, Start, Styles
from test_level2 import Network as LongNetwork
from test_level2 import Runs as LongRuns
from test_level2_figures import Compared, Form, Live, Neurons
from test_transform import Lines, Practice, Rendering, Transformations
from test_transform import Windows as PlayedWindows

SMALL = "--hidden 12 --batch 12 --evaluation-windows 96 --workers 2 --precision float32".split()
MAGENTA = [*SMALL, *"--sampled-batch 8 --sampled-first 3 --beta-steps 6 --pool 512".split()]
OPEN = [*SMALL, *"--latent 6 --decoder-layers 2 --decoder-hidden 8 --beta-steps 20".split()]


class Folder(tiny.InFolder):
    """Tests with a corpus and a decoder on disk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus, cls.decoder = cls.folder / "corpus", cls.folder / "decoder"
        cls.corpus.mkdir()
        cls.decoder.mkdir()
        tiny.write_corpus(cls.corpus, "train", 60, 40, 1)
        tiny.write_corpus(cls.corpus, "heldout", 12, 20, 2)
        tiny.write_decoder(cls.decoder)

    def arguments(self, mode, run, *more):
        own = [*MAGENTA, "--decoder", str(self.decoder)] if mode == "magenta" else OPEN
        return [mode, str(self.folder / run), "--corpus", str(self.corpus), *own, *map(str, more)]

    def command(self, *arguments):
        return [sys.executable, str(TRAINING / "train.py"), *arguments]

    def trainer(self, mode, run, *more):
        return trainer.Trainer(train.parse(self.arguments(mode, run, *more)))


class Gradients(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)

    def inputs(self, steps, n, size):
        shapes = ((steps, n, 4 * size), (size, 4 * size), (n, size), (n, size))
        return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]

    def test_of_the_sequence_are_those_of_finite_differences(self):
        self.assertTrue(torch.autograd.gradcheck(lstm.Sequence.apply, self.inputs(4, 3, 5)))

    def test_of_the_sequence_are_those_of_torchs_lstm(self):
        inputs = self.inputs(7, 3, 5)
        pre, recurrent, h, c = inputs
        theirs = torch.nn.LSTM(20, 5, bias=False).double()
        order = torch.cat([torch.arange(5) + 5 * gate for gate in (0, 2, 1, 3)])
        with torch.no_grad():
            # Torch's gates are i, f, g (our j), o, each in rows.
            theirs.weight_ih_l0.copy_(torch.eye(20, dtype=torch.float64)[order])
            theirs.weight_hh_l0.copy_(recurrent.t()[order])
        expected, _ = theirs(pre, (h[None], c[None]))
        states = lstm.Sequence.apply(*inputs)
        torch.testing.assert_close(states, expected)
        weight = torch.randn_like(expected)
        ours = torch.autograd.grad((states * weight).sum(), inputs)
        others = torch.autograd.grad((expected * weight).sum(), [pre, theirs.weight_hh_l0, h, c])
        others = [others[0], others[1][torch.argsort(order)].t(), *others[2:]]
        for mine, other in zip(ours, others):
            torch.testing.assert_close(mine, other)

    def test_of_gathered_rows_are_those_of_one_hot_products(self):
        table = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
        index = torch.tensor([[0, 5, 0], [2, 2, 1]])
        weight = torch.randn(2, 3, 4, dtype=torch.float64)
        one_hot = torch.nn.functional.one_hot(index, 6).double()
        (expected,) = torch.autograd.grad((one_hot @ table * weight).sum(), table)
        (found,) = torch.autograd.grad((lstm.Gather.apply(table, index, torch.float64) * weight).sum(), table)
        torch.testing.assert_close(found, expected)

    def test_in_bfloat16_are_near_those_in_float32(self):
        inputs = [tensor.detach().float().requires_grad_() for tensor in self.inputs(8, 16, 24)]
        inputs[1].data *= 0.2
        results = []
        for dtype in (torch.float32, torch.bfloat16):
            states = lstm.Sequence.apply(inputs[0].to(dtype), *inputs[1:])
            results.append([states, *torch.autograd.grad(states.sum(), inputs)])
        for exact, rough in zip(*results):
            self.assertLess((exact - rough).norm() / exact.norm(), 0.02)


class Network(Folder):
    def test_encoder_is_the_reference(self):
        tensors = vae.new_encoder(12, 6, torch.Generator().manual_seed(1))
        tokens, _, _ = corpus.windows(self.corpus, "heldout")
        weights = reference.Weights({name: t.numpy() for name, t in tensors.items()}, corpus.CLASSES)
        expected = reference.Encoder(weights).batch(tokens[:20])
        found = vae.encode(tensors, torch.from_numpy(tokens[:20].astype(np.int64)))
        for mine, other in zip(found, expected):
            np.testing.assert_allclose(mine.numpy(), other, atol=2e-6)

    def test_decoder_teaches_itself_what_it_generates(self):
        tensors = vae.load_decoder(self.decoder)
        self.assertEqual(vae.decoder_sizes(tensors), (2, 8, 24))
        z = torch.randn(50, 24, generator=torch.Generator().manual_seed(1))
        tokens = vae.generate(tensors, z)
        logits = vae.decode(tensors, z, tokens)
        self.assertTrue(torch.equal(logits.argmax(2).t(), tokens))

    def test_a_cold_decoder_generates_the_most_probable(self):
        tensors = vae.load_decoder(self.decoder)
        z = torch.randn(50, 24, generator=torch.Generator().manual_seed(1))
        cold = vae.generate(tensors, z, temperature=1e-4, generator=torch.Generator().manual_seed(2))
        warm = vae.generate(tensors, z, temperature=1.0, generator=torch.Generator().manual_seed(2))
        self.assertGreater((cold == vae.generate(tensors, z)).float().mean(), 0.99)
        self.assertLess((warm == cold).float().mean(), 0.9)

    def test_unused_neurons_are_those_that_the_decoder_does_not_hear(self):
        tensors = vae.load_decoder(self.decoder)
        self.assertEqual(vae.unused(tensors).tolist(), [False] * 4 + [True] * 20)
        # Both kernels count together: norms of 3 and 4 make one of 5.
        size = {"latent": 9, "hidden": 8}
        tensors = vae.new_decoder(1, size["hidden"], size["latent"], torch.Generator().manual_seed(1))
        initial, cell = tensors[vae.INITIAL + "kernel"], tensors[vae.DECODER_CELL.format(0) + "kernel"]
        initial[:], cell[:] = 0, 0
        initial[:, 0], cell[corpus.CLASSES : corpus.CLASSES + 9, 0] = 3, 4
        initial[2, 0] = 5.05  # norm 6.44, just under 1.3 times 5
        initial[7, 0] = 5.25  # norm 6.60, just over it
        self.assertEqual(torch.nonzero(~vae.unused(tensors)).ravel().tolist(), [7])

    def test_surprise_is_torchs_density(self):
        mu, z = torch.randn(2, 5, 6).unbind()
        sigma = torch.rand(5, 6) + 0.1
        normal = torch.distributions.Normal(mu, sigma)
        torch.testing.assert_close(vae.surprise(mu, sigma, z), -normal.log_prob(z).sum(1))
        prior = torch.distributions.Normal(0.0, 1.0)
        torch.testing.assert_close(vae.divergence(mu, sigma), torch.distributions.kl_divergence(normal, prior))


class Alignment(Folder):
    def test_turned_noise_neurons_say_the_same_on_axes_of_their_own(self):
        generator = torch.Generator().manual_seed(4)
        tensors = {**vae.new_encoder(12, 8, generator), **vae.new_decoder(2, 10, 8, generator)}
        music = 5
        tensors["encoder/mu/kernel"] *= 20  # so that its answers differ
        tensors["encoder/sigma/bias"][music] = -1
        tokens = torch.from_numpy(corpus.windows(self.corpus, "train")[0][:300].astype(np.int64))
        turned, variances = align.turn(tensors, tokens)
        before, after = vae.encode(tensors, tokens)[0], vae.encode(turned, tokens)[0]
        np.testing.assert_allclose(
            vae.decode(turned, after, tokens), vae.decode(tensors, before, tokens), rtol=0, atol=1e-4
        )
        noise = [n for n in range(8) if n != music]
        covariance = torch.cov(after[:, noise].t().double()).numpy()
        np.testing.assert_allclose(covariance, np.diag(variances), rtol=0, atol=1e-4)
        self.assertTrue((np.diff(variances) <= 0).all() and variances[0] > 10 * variances[-1] > 0)
        self.assertGreater(abs(torch.corrcoef(before[:, noise].t())).mean(), 0.3)
        np.testing.assert_array_equal(after[:, music], before[:, music])


class Windows(Folder):
    def test_a_style_held_out_is_in_no_batch(self):
        whole = self.trainer("open", "a", "--steps", 1)
        part = self.trainer("open", "b", "--steps", 1, "--hold-out-style", "hymn")
        self.assertLess(len(part.tunes), len(whole.tunes))
        hymn = part.tunes.lines.names.index("hymn")
        self.assertEqual((set(part.tunes.lines.style) & {hymn}, set(whole.tunes.lines.style) & {hymn}), (set(), {hymn}))
        self.assertEqual(set(part.sets) - set(whole.sets), {"styles_left_out"})

    def test_a_set_left_out_is_in_no_batch(self):
        folder = self.folder / "sets"
        folder.mkdir()
        for seed, split in enumerate(("train", "heldout")):
            tiny.write_corpus(folder, split, 6, 10, seed)
            for name, style in (("parts", "bass_line"), ("modern", "pop")):
                tiny.write_corpus(folder, split, 6, 10, 3, (style,), name=name)
        for mode, sets in (("open", ["parts", "tiny"]), ("magenta", ["modern", "parts", "tiny"])):
            run = self.trainer(mode, "sets", "--steps", 1, "--corpus", folder)
            self.assertEqual((run.tunes.lines.sets, len(run.tunes)), (sets, 54 * len(sets)))
            # Evaluation includes what training leaves out.
            self.assertLessEqual({"heldout", "phases", "played", "bass", "pop", "practice"}, set(run.sets))
            self.assertNotIn("jazz", run.sets)
            top = corpus.lines(folder, "heldout", ("parts", "modern"))
            # Top lines alone, and the note-off at a line's end.
            self.assertTrue(np.isin(run.sets["phases"], np.append(top.tokens, 1)).all())

    def test_lines_of_several_files_are_one_after_the_other(self):
        folder = self.folder / "lines"
        folder.mkdir()
        tiny.write_corpus(folder, "train", 2, 3, 1, ("reel", "hymn"), name="b")
        tiny.write_corpus(folder, "train", 1, 4, 2, ("song",), name="a")
        lines = corpus.lines(folder, "train")
        self.assertEqual((lines.sets, lines.names), (["a", "b"], ["song", "reel", "hymn"]))
        self.assertEqual(lines.start.tolist(), [0, 64, 112])
        self.assertEqual(lines.length.tolist(), [64, 48, 48])
        self.assertEqual((lines.style.tolist(), lines.origin.tolist()), ([0, 1, 2], [0, 1, 1]))
        second = corpus.load(folder / "b-train.bin.xz")[2]
        self.assertEqual(lines.tokens[64:].tolist(), second.tolist())
        with self.assertRaises(corpus.CorpusError):
            corpus.lines(folder, "train", ("a", "b"))

    def test_a_folder_may_hold_several_corpora_packed_or_not(self):
        folder = self.folder / "two"
        folder.mkdir()
        tiny.write_corpus(folder, "train", 6, 10, 1, ("polka", "reel"), packed=False)
        (folder / "other-train.bin.xz").write_bytes((self.corpus / "tiny-train.bin.xz").read_bytes())
        tokens, styles, names = corpus.windows(folder, "train")
        self.assertEqual(sorted(names), ["hymn", "polka", "reel", "song"])
        self.assertEqual(len(np.unique(styles)), 4)
        self.assertGreater(len(tokens), len(corpus.windows(self.corpus, "train")[0]))

    def test_silence_is_no_music_to_train_on(self):
        lines = corpus.Lines(np.zeros(320, np.uint8), *np.array([[0], [320], [0], [0]]), ["a"], ["x"])
        with self.assertRaises(corpus.CorpusError):
            batches.Tunes(lines, 1).draw(0, 4)

    def test_random_windows_have_as_many_notes_as_asked(self):
        onsets = np.arange(2, 33).repeat(50)
        windows = corpus.random_windows(len(onsets), 1, onsets=onsets)
        self.assertTrue(((windows >= 2).sum(1) == onsets).all())
        few = windows[onsets == 4]
        self.assertGreater(len({tuple(row) for row in (few >= 2).tolist()}), 45)

    def test_damaged_corpora_are_refused(self):
        folder = self.folder / "damaged"
        folder.mkdir()
        data = bytearray(1000)
        for change in (b"", b"MELCORP2", b"MELCORP1" + b"\xff" * 16):
            data[: len(change)] = change
            (folder / "x-train.bin").write_bytes(data)
            with self.assertRaises(corpus.CorpusError):
                corpus.windows(folder, "train")


class Runs(Folder):
    def losses(self, run):
        with open(self.folder / run / "log.jsonl") as file:
            return [entry for entry in map(json.loads, file) if "norm" in entry]

    def check_run(self, mode, share, *more):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            train.train(train.parse(self.arguments(mode, mode, "--steps", 150, "--rate", 0.01, *more)))
        folder = self.folder / mode
        entries = self.losses(mode)
        self.assertLess(entries[-1]["cross_entropy"], share * entries[0]["cross_entropy"])
        self.assertIn("heldout", output.getvalue())
        self.assertEqual((folder / "curves.png").read_bytes()[:4], b"\x89PNG")
        with open(folder / "log.jsonl") as file:
            settings = json.loads(file.readline())
        self.assertEqual((settings["settings"]["rate"], settings["workers"]), (0.01, 2))
        return folder

    def test_open_learns_and_can_start_from_weights(self):
        folder = self.check_run("open", 0.6)
        floats, metadata = safetensors.read(folder / "weights.safetensors")
        halves, _ = safetensors.read(folder / "weights-half.safetensors")
        self.assertEqual((metadata["z_size"], metadata["dec_rnn_size"]), ("6", "8 8"))
        for name, weight in floats.items():
            np.testing.assert_allclose(halves[name], weight, rtol=1e-3, atol=1e-4)
        started = self.trainer("open", "c", "--steps", 1, "--init", folder / "weights.safetensors")
        for name, weight in started.trained.items():
            self.assertTrue(np.array_equal(weight.detach().numpy(), floats[name]))
        # Kept weights are in half precision. Training goes on in float32.
        started = self.trainer("open", "c", "--steps", 1, "--init", folder / "weights-half.safetensors")
        for name, weight in started.trained.items():
            self.assertEqual(weight.dtype, torch.float32)
            self.assertTrue(np.array_equal(weight.detach().numpy(), halves[name].astype(np.float32)))
        self.assertTrue(np.isfinite(started.train_step()["norm"]))
        with self.assertRaises(vae.SizeError):
            self.trainer("open", "c", "--steps", 1, "--hidden", 13, "--init", folder / "weights.safetensors")

    def test_magenta_learns_and_leaves_the_decoder_alone_and_imports(self):
        folder = self.check_run("magenta", 0.95, "--temperature", 0.2)
        floats, metadata = safetensors.read(folder / "weights.safetensors")
        self.assertTrue(all(name.startswith("encoder/") for name in floats))
        # Our texts about one corpus must not appear for another one.
        self.assertFalse({"origin", "licence", "attribution"} & set(metadata))
        if not PROGRAM.exists():
            self.skipTest(f"no {PROGRAM}")
        model = folder / "model.safetensors"
        command = [PROGRAM, "import", folder / "weights.safetensors", "-o", model, "--corpus", self.corpus]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        _, metadata = safetensors.read(model)
        self.assertEqual((metadata["hidden"], metadata["latent"]), ("12", "24"))

    def test_weights_tell_where_they_come_from(self):
        ours = self.folder / "ours"
        ours.mkdir()
        for split in ("train", "heldout"):
            for name in origin.SETS["magenta"]:
                source = next(self.corpus.glob(f"*-{split}.bin.xz"))
                (ours / f"{name}-{split}.bin.xz").write_bytes(source.read_bytes())
        for mode, decoder in (("open", False), ("magenta", True)):
            # The last --corpus counts.
            run = self.trainer(mode, "told", "--steps", 1, "--corpus", ours)
            folder = self.folder / f"told {mode}"
            folder.mkdir()
            run.train_step()
            run.save(folder)
            for name in ("weights", "weights-half"):
                _, metadata = safetensors.read(folder / f"{name}.safetensors")
                self.assertEqual("Google" in metadata["origin"], decoder)
                self.assertIn(" 1 steps, seed 1", metadata["origin"])
                self.assertEqual("Apache-2.0" in metadata["attribution"], decoder)
                self.assertIn("creativecommons.org/licenses/by/4.0", metadata["attribution"])
                self.assertIn("The Mutopia Project", metadata["attribution"])
                for name in ("POP909", "Weimar Jazz Database"):
                    self.assertEqual(name in metadata["attribution"], decoder, name)
                self.assertIn("ISC", metadata["licence"])

            later = self.trainer(mode, "told", "--steps", 1, "--corpus", ours, "--init", folder / "weights.safetensors")
            later.train_step()
            later.save(folder)
            _, metadata = safetensors.read(folder / "weights.safetensors")
            self.assertIn(" 1 steps, then 1 steps, seed 1", metadata["origin"])
            third = self.trainer(mode, "third", "--steps", 1, "--corpus", ours, "--init", folder / "weights.safetensors")
            third.save(folder)
            _, metadata = safetensors.read(folder / "weights.safetensors")
            self.assertIn(" 2 steps, then 0 steps, seed 1", metadata["origin"])

    def test_fitted_posteriors_decode_better_than_an_encoder_that_knows_nothing(self):
        encoder = vae.new_encoder(12, 24, torch.Generator().manual_seed(1))
        safetensors.write(self.folder / "new", {k: v.numpy() for k, v in encoder.items()}, {})
        command = [sys.executable, TRAINING / "fit.py", self.folder / "new", "--corpus", self.corpus]
        command += ["--decoder", self.decoder, "--count", 20, "--steps", 40]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        sampled = json.loads(result.stdout)["sampled at temperature 0.5"]
        self.assertGreater(sampled["fitted from the prior"]["free_steps"], sampled["encoder"]["free_steps"])

    def test_a_resumed_run_ends_with_the_same_bits(self):
        for mode in ("magenta", "open"):
            folder = self.folder / f"resumed {mode}"
            folder.mkdir()
            straight = self.trainer(mode, "d", "--steps", 12)
            for _ in range(12):
                straight.train_step()
            first = self.trainer(mode, "d", "--steps", 12)
            for _ in range(5):
                first.train_step()
            first.save(folder)
            second = self.trainer(mode, "d", "--steps", 12)
            second.load(folder)
            while second.step < 12:
                second.train_step()
            for name, weight in straight.trained.items():
                self.assertTrue(torch.equal(weight, second.trained[name]), f"{mode}: {name}")

    def test_a_resumed_run_knows_which_neurons_were_unused_at_first(self):
        generator = torch.Generator().manual_seed(2)
        tensors = {**vae.new_encoder(12, 6, generator), **vae.new_decoder(2, 8, 6, generator)}
        tensors[vae.INITIAL + "kernel"][3] *= 9
        safetensors.write(self.folder / "loud", {k: v.numpy() for k, v in tensors.items()}, {})
        folder = self.folder / "unused"
        folder.mkdir()
        weight = ("--steps", 9, "--unused-weight", 3)
        first = self.trainer("open", "u", *weight, "--init", self.folder / "loud")
        self.assertEqual(first.kl_weight.tolist(), [3, 3, 3, 1, 3, 3])
        first.save(folder)
        second = self.trainer("open", "u", *weight)
        second.load(folder)
        self.assertEqual(second.kl_weight.tolist(), [3, 3, 3, 1, 3, 3])

    def test_the_parts_of_magenta_can_be_left_out(self):
        for more in (("--batch", 0), ("--sampled-batch", 0), ("--sampled-entropy", 0, "--sampled-weight", 1)):
            alone = self.trainer("magenta", "e", "--steps", 4, *more)
            for _ in range(4):
                figures = alone.train_step()
            self.assertEqual("cross_entropy" in figures, more[0] != "--batch")
            self.assertEqual("sampled_cross_entropy" in figures, more[0] == "--batch")

    def test_unused_neurons_fall_silent_where_they_cost_more(self):
        unused = slice(4, None)
        kl = []
        for weight in (1, 8):
            run = self.trainer("magenta", "g", "--steps", 60, "--rate", 0.01, "--unused-weight", weight,
                               "--sampled-first", 0, "--beta-steps", 1, "--precision", "float32")
            run.trained["encoder/mu/kernel"].data.mul_(20)
            self.assertEqual(run.kl_weight.tolist(), [1.0] * 4 + [float(weight)] * 20)
            for _ in range(60):
                run.train_step()
            mu, sigma = vae.encode(run.tensors, run.sets["heldout"])
            kl.append(vae.divergence(mu, sigma)[:, unused].sum(1).mean().item())
        self.assertLess(kl[1], 0.6 * kl[0])

    def test_a_step_without_a_finite_gradient_changes_nothing(self):
        broken = self.trainer("open", "f", "--steps", 100)
        broken.trained["encoder/mu/bias"].data.fill_(float("nan"))
        before = broken.trained["encoder/mu/kernel"].clone()
        with self.assertRaises(trainer.RunError):
            for _ in range(100):
                broken.train_step()
        self.assertTrue(torch.equal(before, broken.trained["encoder/mu/kernel"]))

    def test_a_signal_stops_a_run_with_a_checkpoint(self):
        arguments = self.arguments("open", "stopped", "--steps", 1000000)
        with subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            rest = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 0)
        self.assertIn("--resume", rest)
        self.assertTrue((self.folder / "stopped" / "checkpoint.pt").exists())
        again = subprocess.run(self.command(*arguments), capture_output=True, text=True)
        self.assertEqual(again.returncode, 2)
        self.assertIn("--resume", again.stderr)
        (self.folder / "stopped" / "checkpoint.pt").write_bytes(b"no checkpoint")
        again = subprocess.run(self.command(*arguments, "--resume"), capture_output=True, text=True)
        self.assertEqual(again.returncode, 2)
        self.assertIn("damaged", again.stderr)

    def test_wrong_settings_are_told(self):
        for more in (
            ("--steps", 1, "--hold-out-style", "waltz"),
            ("--steps", 1, "--without", "tiny"),
            ("--steps", 1, "--resume"),
            ("--steps", 1, "--corpus", self.folder),
            ("--steps", 1, "--init", self.corpus / "tiny-train.bin.xz"),
            ("--steps", 1, "--batch", 0),
            (),
        ):
            command = self.command(*self.arguments("open", "wrong", *more))
            result = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(result.returncode, 2, more)
            self.assertNotIn("Traceback", result.stderr)


class Played(Folder):
    def test_a_corpus_of_played_windows(self):
        command = [sys.executable, TRAINING / "played.py", "--corpus", self.corpus, "--count", 500]
        for name in ("one", "again"):
            subprocess.run(list(map(str, [*command, "-o", self.folder / name])), check=True)
        names, segments, tokens = corpus.load(self.folder / "one-train.bin")
        self.assertEqual(names, [*tiny.STYLES, "practice"])
        self.assertTrue((segments["length"] == corpus.STEPS).all())
        windows = tokens.reshape(-1, corpus.STEPS)
        self.assertEqual(len(windows), 500)
        self.assertTrue(transform.valid(windows).all())
        self.assertTrue((transform.onsets(windows) >= transform.ONSETS_MIN).all())
        # A quarter are figures, each a tune of its own. All other styles have the same size.
        sizes = np.bincount(segments["style"])
        self.assertEqual(sizes[3], 125)
        self.assertTrue((abs(sizes[:3] - 375 / 3) < 40).all())
        self.assertEqual(len(set(segments["group"][segments["style"] == 3])), 125)
        self.assertEqual((self.folder / "one-train.bin").read_bytes(), (self.folder / "again-train.bin").read_bytes())


@unittest.skipUnless(SHARED.is_dir(), "no ../shared")
class Shared(unittest.TestCase):
    def test_the_start_model_reconstructs_as_it_says(self):
        start, _ = safetensors.read(SHARED / "models" / "melody-2bar-256.float.safetensors")
        tensors = {name: torch.from_numpy(array.copy()) for name, array in start.items()}
        # Its stated figures were measured on top lines.
        tokens, _, _ = corpus.windows(SHARED / "corpus", "heldout", evaluate.BEYOND_TOP_LINES)
        chosen = np.random.default_rng(1).permutation(len(tokens))[:512]
        tokens = torch.from_numpy(tokens[chosen].astype(np.int64))
        mu, sigma = vae.encode(tensors, tokens)
        self.assertAlmostEqual((vae.generate(tensors, mu) == tokens).double().mean().item(), 0.856, delta=0.02)
        forced = vae.decode(tensors, mu, tokens).argmax(2).t() == tokens
        self.assertAlmostEqual(forced.double().mean().item(), 0.911, delta=0.02)
        self.assertEqual(int((sigma.mean(0) < 0.9).sum()), 30)


if __name__ == "__main__":
    unittest.main()
