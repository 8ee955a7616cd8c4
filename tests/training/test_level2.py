#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Level two on a tiny cache: sizes, masks, gradients, priors, figures, resuming. Needs PyTorch."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

TRAINING = pathlib.Path(__file__).resolve().parents[2] / "engine" / "training"
sys.path.insert(0, str(TRAINING))

import numpy as np
import torch

import corpus
import level2
import level2_axes
import level2_cache
import level2_evaluate
import level2_reference
import level2_scalars
import level2_styles
import level2_train
import level2_trainer
import level2_windows
import safetensors
import tiny
import transform
import vae
from level2_windows import PHRASE, STRETCH

NEURONS, WIDTH, LATENT = 4, 12, 16


def network(seed=1, dtype=torch.float32):
    """Encoder and conductor with answers that differ, and phrases for them."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {k: 2 * v.to(dtype) for k, v in level2.new(NEURONS, WIDTH, LATENT, generator).items()}
    mu = torch.randn(5, PHRASE, NEURONS, generator=generator).to(dtype)
    return tensors, mu, torch.rand(5, PHRASE, generator=generator) < 0.7


def plain(tensors, name, x):
    """A trunk by its formula, in numpy."""
    def linear(layer, x):
        return x @ tensors[f"{name}{layer}/kernel"].numpy() + tensors[f"{name}{layer}/bias"].numpy()

    h = linear("input", x)
    for block in (0, 1):
        h = h + linear(f"block_{block}/out", np.maximum(linear(f"block_{block}/in", h), 0))
    return lambda layer: linear(layer, h)


class Network(unittest.TestCase):
    def test_a_new_posterior_is_near_the_prior(self):
        tensors = level2.new(NEURONS, WIDTH, LATENT, torch.Generator().manual_seed(1))
        self.assertEqual(level2.sizes(tensors), (NEURONS, WIDTH, LATENT))
        _, level1, heard = network()
        mu, sigma = level2.encode(tensors, level1, heard)
        self.assertEqual((mu.shape, sigma.shape), ((5, LATENT), (5, LATENT)))
        self.assertEqual(level2.conduct(tensors, mu).shape, (5, PHRASE, NEURONS))
        self.assertLess(float(mu.abs().max()), 0.5)
        torch.testing.assert_close(sigma, torch.ones_like(sigma), rtol=0, atol=0.3)

    def test_both_halves_are_their_formula(self):
        tensors, level1, heard = network(dtype=torch.float64)
        flags = heard.numpy().astype(float)
        x = np.concatenate([(level1.numpy() * flags[..., None]).reshape(5, -1), flags], 1)
        head = plain(tensors, level2.ENCODER, x)
        mu, sigma = level2.encode(tensors, level1, heard, torch.float64)
        np.testing.assert_allclose(mu, head("mu"), rtol=0, atol=1e-12)
        np.testing.assert_allclose(sigma, np.log1p(np.exp(head("sigma"))), rtol=0, atol=1e-12)
        output = plain(tensors, level2.CONDUCTOR, mu.numpy())("output")
        answer = level2.conduct(tensors, mu, torch.float64)
        np.testing.assert_allclose(answer, output.reshape(5, PHRASE, NEURONS), rtol=0, atol=1e-12)
        reference = level2_reference.Encoder({k: v.numpy() for k, v in tensors.items()})
        for mine, other in zip(reference.encode(level1.numpy(), heard.numpy()), (mu, sigma)):
            np.testing.assert_array_equal(mine, other)
        self.assertIsNone(reference.labels(level1.numpy(), heard.numpy()))

    def test_what_was_not_heard_does_not_count(self):
        tensors, level1, heard = network()
        other = torch.where(heard[..., None], level1, torch.randn(level1.shape))
        for mine, changed in zip(level2.encode(tensors, level1, heard), level2.encode(tensors, other, heard)):
            self.assertTrue(torch.equal(mine, changed))
        # A window that says 0 is not one that was not heard.
        silent = level1 * heard[..., None]
        self.assertFalse(torch.equal(level2.encode(tensors, silent, heard)[0],
                                     level2.encode(tensors, silent, torch.ones_like(heard))[0]))
        answer, sigma = torch.zeros_like(level1), torch.ones_like(level1)
        torch.testing.assert_close(level2.error(answer, level1, sigma, heard), level2.error(answer, other, sigma, heard))

    def test_the_latest_windows_are_the_last(self):
        heard = torch.tensor([[True] * 7 + [False], [True] * 8])
        self.assertEqual(level2.latest(heard, torch.tensor([2, 3])).int().tolist(), [[0] * 6 + [1, 0], [0] * 5 + [1] * 3])

    def test_error_is_the_divergence_of_level_ones_posterior(self):
        answer, mu = torch.randn(2, 3, PHRASE, NEURONS).unbind()
        sigma, heard = torch.rand(3, PHRASE, NEURONS) + 0.1, torch.ones(3, PHRASE, dtype=torch.bool)
        normal = torch.distributions.Normal
        expected = torch.distributions.kl_divergence(normal(mu, sigma), normal(answer, sigma)).sum((1, 2))
        torch.testing.assert_close(level2.error(answer, mu, sigma, heard), expected)

    def test_gradients_are_those_of_finite_differences(self):
        tensors, level1, heard = network(dtype=torch.float64)
        names = list(tensors)

        def loss(*weights):
            own = dict(zip(names, weights))
            mu, sigma = level2.encode(own, level1, heard, torch.float64)
            answer = level2.conduct(own, mu + sigma, torch.float64)
            return level2.error(answer, level1, torch.full_like(level1, 0.7), heard) + vae.divergence(mu, sigma).sum(1)

        inputs = [tensors[name].requires_grad_() for name in names]
        self.assertTrue(torch.autograd.gradcheck(loss, inputs, fast_mode=True))
        judge = level2.new_discriminator(3, 2, 6, torch.Generator().manual_seed(1))
        inputs = [v.double().requires_grad_() for v in judge.values()]
        real, made = torch.randn(2, 4, 3, dtype=torch.float64).unbind()
        style, share = torch.eye(4, 2, dtype=torch.float64), torch.rand(4, 1, dtype=torch.float64)

        def penalty(*weights):
            return level2.gradient_penalty(dict(zip(judge, weights)), real, made, style, share)

        self.assertTrue(torch.autograd.gradcheck(penalty, inputs, fast_mode=True))

    def test_a_penalty_is_of_the_slope(self):
        judge = {k: torch.zeros_like(v) for k, v in level2.new_discriminator(2, 1, 3, torch.Generator()).items()}
        # D = 3 tanh(tanh(z_0)), whose slope at 0 is 3.
        for layer in ("layer_0", "layer_1"):
            judge[f"{level2.DISCRIMINATOR}{layer}/kernel"][0, 0] = 1
        judge[level2.DISCRIMINATOR + "output/kernel"][0, 0] = 3
        zero = torch.zeros(1, 2)
        penalty = level2.gradient_penalty(judge, zero, zero, torch.ones(1, 1), torch.ones(1, 1) / 2)
        torch.testing.assert_close(penalty, torch.tensor([4.0]))

    def test_a_restricted_decoder_says_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            decoder = tiny.write_decoder(pathlib.Path(folder))
        neurons = [3, 0, 2]
        z = torch.randn(40, 3, generator=torch.Generator().manual_seed(1))
        full = torch.zeros(40, 24)
        full[:, neurons] = z
        found = vae.generate(level2.restrict(decoder, neurons), z)
        self.assertGreater(len(np.unique(found, axis=0)), 10)
        self.assertTrue(torch.equal(found, vae.generate(decoder, full)))
        # A file of weights gives the same decoder, without the encoder beside it.
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "weights.safetensors"
            safetensors.write(path, {"encoder/x": np.zeros(1, np.float32), **{k: v.numpy() for k, v in decoder.items()}}, {})
            read = vae.load_decoder(path)
        self.assertEqual(set(read), set(decoder))
        self.assertTrue(torch.equal(vae.generate(read, full), vae.generate(decoder, full)))


class Mixture(unittest.TestCase):
    def setUp(self):
        self.mixture = level2.Mixture(3, 5, 4, [1, 2, 1])
        self.style = torch.tensor([0, 2, -1, 1])

    def test_posterior_and_divergence_are_torchs(self):
        normal = torch.distributions.Normal
        z = torch.randn(4, 5)
        density = torch.stack([normal(mean, 1.0).log_prob(z).sum(1) for mean in self.mixture.means], 1)
        torch.testing.assert_close(torch.softmax(self.mixture.logits(z), 1), torch.softmax(density, 1))
        sigma = torch.rand(4, 5) + 0.2
        each = torch.stack([
            torch.distributions.kl_divergence(normal(z, sigma), normal(mean, 1.0)).sum(1) for mean in self.mixture.means
        ], 1)
        found = self.mixture.divergence(z, sigma, self.style)
        for row, style in ((0, 0), (1, 2), (3, 1)):
            torch.testing.assert_close(found[row], each[row, style])
        # Without a style: the least of all ways to share the posterior out.
        shares = torch.distributions.Dirichlet(torch.ones(3)).sample((2000,))
        prior = torch.tensor([0.25, 0.5, 0.25])
        bounds = (shares * (each[2] + torch.log(shares / prior))).sum(1)
        self.assertLessEqual(float(found[2]), float(bounds.min()) + 1e-4)
        self.assertLess(float(bounds.min() - found[2]), 0.1)

    def test_samples_come_from_the_style_or_from_any(self):
        style = self.style.repeat_interleave(4000)
        z = self.mixture.sample(style, torch.Generator().manual_seed(1)).view(4, 4000, 5)
        expected = torch.zeros(4, 5)
        expected[0, 0], expected[1, 2], expected[3, 1] = 4, 4, 4
        expected[2] = torch.tensor([1.0, 2, 1, 0, 0])
        torch.testing.assert_close(z.mean(1), expected, rtol=0, atol=0.15)
        self.assertEqual(self.mixture.one_hot(self.style).int().tolist(), [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0]])


class Start(unittest.TestCase):
    def test_it_is_the_best_linear_level_two(self):
        generator = torch.Generator().manual_seed(1)
        mix = torch.randn(PHRASE * NEURONS, PHRASE * NEURONS, generator=generator) * torch.logspace(0.5, -1.5, 32)[:, None]
        level1 = (torch.randn(3000, PHRASE * NEURONS, generator=generator) @ mix + 1).view(3000, PHRASE, NEURONS)
        sigma, heard, beta = torch.full_like(level1, 0.5), torch.ones(3000, PHRASE, dtype=torch.bool), 1.5
        tensors = level2.new(NEURONS, 40, LATENT, generator)
        level2_axes.start(tensors, level2_axes.axes(level1.numpy(), sigma.numpy()), np.full(LATENT, beta))
        tensors[level2.ENCODER + "sigma/kernel"].zero_()

        def loss(changed):
            mu, width = level2.encode(changed, level1, heard)
            column = (level2.conduct(changed, torch.eye(LATENT)) - level2.conduct(changed, torch.zeros(1, LATENT)))
            spread = (width**2 * (column.flatten(1) / 0.5).norm(dim=1) ** 2 / 2).sum(1)
            error = level2.error(level2.conduct(changed, mu), level1, sigma, heard)
            return float((error + spread + beta * vae.divergence(mu, width).sum(1)).mean())

        best = loss(tensors)
        # Of an axis with a variance v above beta, beta / 2 (1 + ln(v / beta)); of others and those left out, v / 2.
        v = np.linalg.eigvalsh(np.cov(level1.flatten(1).double().t().numpy() / 0.5))[::-1]
        used = (v > beta) & (np.arange(len(v)) < LATENT)
        expected = np.where(used, beta * (1 + np.log(np.maximum(v, beta) / beta)), v).sum() / 2
        self.assertTrue(4 < used.sum() < len(v) - 4)
        self.assertAlmostEqual(best / expected, 1, places=2)
        for name in ("encoder/mu/kernel", "encoder/sigma/bias", "encoder/input/kernel", "conductor/output/kernel"):
            weight = tensors["long/" + name]
            for change in (0.97 * weight, 1.03 * weight, weight + 0.01 * torch.randn(weight.shape, generator=generator)):
                self.assertGreater(loss({**tensors, "long/" + name: change}), best)
        # At the prior nothing is said; the solution is far better.
        silent = {**tensors, level2.ENCODER + "mu/kernel": 0 * tensors[level2.ENCODER + "mu/kernel"]}
        self.assertGreater(loss(silent), 1.5 * best)

    def test_styles_are_told_from_the_start(self):
        style = np.arange(600) % 3
        h = np.random.default_rng(1).standard_normal((600, WIDTH)) + 4 * np.eye(WIDTH)[style]
        tensors = level2.new(NEURONS, WIDTH, LATENT, torch.Generator().manual_seed(1))
        level2_axes.start_styles(tensors, h, style, 4)
        mu = h @ tensors[level2.ENCODER + "mu/kernel"].numpy() + tensors[level2.ENCODER + "mu/bias"].numpy()
        mixture = level2.Mixture(3, LATENT, 4, [1, 1, 1])
        found = mixture.logits(torch.from_numpy(mu).float()).argmax(1).numpy()
        self.assertGreater((found == style).mean(), 0.95)


class Music(tiny.InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiny.write_corpus(cls.folder, "train", 12, 20, 1, ("reel", "hymn_chorale", "inner_part"))
        cls.lines = corpus.lines(cls.folder, "train")

    def test_windows_in_a_row_are_those_of_a_line(self):
        rng = np.random.default_rng(1)
        number, bar = np.array([3, 4]), np.array([2, 15])
        found = level2_windows.play(self.lines, number, bar, rng, transform.NONE, 3)
        for row, (line, first) in enumerate(zip(number, bar)):
            start = self.lines.start[line] + first * corpus.BAR
            end = self.lines.start[line] + self.lines.length[line]
            expected = self.lines.tokens[start:end][: 3 * corpus.STEPS]
            self.assertEqual(found[row].ravel()[: len(expected)].tolist(), expected.tolist())
            # After the end the note ends, in a window that knows of it.
            rest = found[row].ravel()[len(expected) :]
            self.assertFalse((rest >= transform.NOTE_MIN).any())

    def test_no_note_comes_from_before_a_window(self):
        tokens = np.zeros((1, 64), np.uint8)
        tokens[0, [10, 40, 50]] = 30, transform.OFF, 31
        cut = level2_windows.cut(tokens)
        self.assertEqual(np.argwhere(cut).tolist(), [[0, 0, 10], [0, 1, 18]])
        self.assertEqual(level2_windows.heard(cut).tolist(), [[True, True]])
        self.assertEqual(level2_windows.heard(np.array([[0, 1, 0]])).tolist(), [False])

    def test_styles_are_merged_and_roles_have_none(self):
        style = level2_windows.merged(["hornpipe", "reel", "inner_part", "jazz_bop"])
        names = [level2_windows.STYLES[s] if s >= 0 else None for s in style]
        self.assertEqual(names, ["folk dance", "folk dance", None, "jazz"])

    def test_stretches_lie_in_tunes(self):
        found = level2_windows.draw(self.lines, np.random.default_rng(1), 300)
        self.assertEqual(found.tokens.shape, (300, STRETCH, corpus.STEPS))
        heard = level2_windows.heard(found.tokens)
        self.assertGreater(heard.mean(), 0.5)
        self.assertFalse(heard.all())
        self.assertTrue((found.style == level2_windows.merged(self.lines.names)[self.lines.style[found.line]]).all())
        whole = level2_windows.whole(self.lines, np.random.default_rng(1), 20)
        self.assertTrue(level2_windows.heard(whole.tokens).all())
        self.assertEqual(len(np.unique(whole.tokens.reshape(20, -1), axis=0)), 20)
        tunes = level2_windows.tunes(self.lines, np.random.default_rng(1), 3)
        self.assertEqual(np.bincount(tunes.style)[:2].tolist(), [9, 9])  # three places each, 0, 2 and 4 bars on


class Figures(unittest.TestCase):
    def test_of_reconstruction_by_hand(self):
        true = torch.tensor([[30, 0, 31, 1]])
        found = torch.tensor([[30, 32, 33, 0]])
        sums = {k: int(v) for k, v in level2_evaluate.right(true, found).items()}
        self.assertEqual(sums, {"steps": 1, "all_steps": 4, "onsets": 2, "pitches": 1, "hits": 2, "found": 3})

    def test_of_styles_by_hand(self):
        # Tune 7 is told by the sum of its phrases, tune 8 wrongly; one phrase has no style.
        probability = torch.tensor([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.5, 0.5]])
        figures = level2_evaluate.styles(torch.log(probability) + 3, np.array([0, 0, 1, -1]), np.array([7, 7, 8, 9]))
        self.assertEqual((figures["style_windows"], figures["style_tunes"]), (0.3333, 0.5))
        self.assertEqual((figures["style_windows_balanced"], figures["style_tunes_balanced"]), (0.25, 0.5))
        # 0.9 is right, 0.6 and 0.8 are wrong: (0.1 + 0.6 + 0.8) / 3.
        self.assertAlmostEqual(figures["reliability_error"], 0.5, places=4)

    def test_of_correlation_are_numpys(self):
        a, b = np.random.default_rng(1).standard_normal((2, 50, 3)).astype(np.float32)
        expected = [np.corrcoef(x, y)[0, 1] for x, y in zip(a.T, b.T)]
        np.testing.assert_allclose(level2_evaluate.correlations(*map(torch.from_numpy, (a, b))), expected, atol=1e-5)

    def test_scalars_of_a_phrase_by_hand(self):
        tokens = np.zeros((PHRASE, corpus.STEPS), np.uint8)
        tokens[0, :16:4] = np.array([60, 64, 67, 60]) + corpus.PITCH_TO_TOKEN
        tokens[0, 16] = transform.OFF
        found = level2_scalars.features(tokens).round(3).tolist()
        pitch = [60, 0.5, 0.5, 4, 3, 0, 0.5, 0.5, 4, 3, 3, 3, 7, 62.75, 0, 1, 0]
        size = [4.667, 3, 0.333, 1, 1, 3, 1, 0, 0, 0, 0.667, 0.333, 0, 0, 0.667, 1.5, 7]
        self.assertEqual(found, np.float32([*pitch, *size, 0.25, 4, 0, 4, 4, 4, 0]).round(3).tolist())


class Styles(unittest.TestCase):
    def setUp(self):
        generator = torch.Generator().manual_seed(1)
        self.mu, self.heard = torch.randn(6, PHRASE, NEURONS, generator=generator), torch.rand(6, PHRASE) < 0.6
        self.heard[:, 3] = True
        self.network = level2_styles.Pooled((self.mu, self.heard), generator)

    def test_the_pooled_network_is_its_formula(self):
        tensors = {k.removeprefix(level2.STYLE): v.numpy() for k, v in self.network.tensors.items()}

        def layer(name, x):
            return x @ tensors[name + "/kernel"] + tensors[name + "/bias"]

        expected = []
        for mu, heard in zip(self.mu.numpy(), self.heard.numpy()):
            h = np.maximum(layer("window_1", np.maximum(layer("window_0", mu[heard]), 0)), 0)
            h = np.concatenate([h.mean(0), h.max(0)])
            expected.append(layer("output", np.maximum(layer("phrase", h), 0)))
        found = self.network.logits((self.mu, self.heard))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
        level_two = level2.new(NEURONS, WIDTH, LATENT, torch.Generator().manual_seed(1))
        reference = level2_reference.Encoder({k: v.numpy() for k, v in {**level_two, **self.network.tensors}.items()})
        odds = np.exp(expected)
        np.testing.assert_allclose(reference.labels(self.mu.numpy(), self.heard.numpy()),
                                   odds / odds.sum(1, keepdims=True), rtol=0, atol=1e-5)

    def test_a_file_has_the_labels_learnt_beside_what_was_there(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "weights.safetensors"
            safetensors.write(path, {"long/x": np.zeros(2, np.float16)}, {"mode": "vae"})
            level2_styles.write(path, self.network, [0, 2], 7)
            arrays, metadata = safetensors.read(path)
        self.assertEqual((metadata["mode"], metadata["labels"], metadata["label_steps"]), ("vae", "folk dance, voice", "7"))
        expected = self.network.tensors[level2.STYLE + "output/kernel"][:, [0, 2]].numpy().astype(np.float16)
        np.testing.assert_array_equal(arrays[level2.STYLE + "output/kernel"], expected)
        self.assertIn("long/x", arrays)

    def test_labels_of_merged_styles_add_up(self):
        probability = torch.rand(4, len(level2_windows.STYLES))
        of = dict(zip(level2_windows.STYLES, probability.t()))
        found = torch.exp(level2_evaluate.merge(torch.log(probability)))
        labels = dict(zip(level2_windows.LABELS, found.t()))
        torch.testing.assert_close(labels["voice"], of["sacred"] + of["song"])
        self.assertEqual(len(labels), len(level2_windows.STYLES) - 3)
        for name in set(level2_windows.LABELS) - {"voice"}:
            torch.testing.assert_close(labels[name], of[name])

    def test_it_learns_what_windows_have_in_common(self):
        style = torch.arange(90) % 3
        mu = torch.randn(90, PHRASE, NEURONS, generator=torch.Generator().manual_seed(2))
        mu[..., 0] += 2 * style[:, None]
        heard = torch.ones(90, PHRASE, dtype=torch.bool)
        scalars = torch.stack([mu[..., 1].mean(1), mu[..., 2].amax(1)], 1)
        inputs = mu, heard, 0.1 * mu.abs(), scalars
        network = level2_styles.Pooled(inputs, torch.Generator().manual_seed(3))
        network.learn_scalars(inputs, 60)
        with torch.no_grad():
            both = level2.pooled(network.tensors, mu, heard)
            found = level2.linear(network.helper, level2_styles.SCALARS, both, torch.float32)
            self.assertLess(float(((found - scalars) ** 2).mean()), 0.2 * float(scalars.var(0).mean()))
        level2_styles.fit(network, inputs, style, 60)
        with torch.no_grad():
            for windows, least in ((8, 0.9), (2, 0.6)):
                fewer = level2.latest(heard, torch.full((90,), windows))
                found = network.logits((mu, fewer)).argmax(1)
                self.assertGreater(float((found == style).float().mean()), least)


class Runs(tiny.InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.decoder, cls.cache = (cls.folder / name for name in ("decoder", "cache"))
        cls.decoder.mkdir()
        cls.cache.mkdir()
        tiny.write_decoder(cls.decoder)
        rng = np.random.default_rng(1)
        for name, count, windows in (("train-000", 40, STRETCH), ("whole", 9, PHRASE), ("played", 9, PHRASE),
                                     ("tunes", 30, PHRASE)):
            style = np.arange(count) % 3 - (name != "tunes")
            # All windows of a phrase are alike, but for a little.
            mu = rng.standard_normal((count, 1, NEURONS)) + 0.1 * rng.standard_normal((count, windows, NEURONS))
            tokens = rng.integers(1, 60, (count, windows, corpus.STEPS)).astype(np.uint8)
            tokens[: count // 4, 0] = 0
            found = level2_cache.Latents(tokens, mu.astype(np.float16), np.full_like(mu, 0.2, np.float16), style,
                                         np.arange(count) // 2, np.arange(NEURONS))
            level2_cache.write(cls.cache / f"{name}.npz", found)

    def parse(self, mode, run, *more):
        sizes = f"--width {WIDTH} --latent {LATENT} --judge 8 --batch 16 --evaluation-phrases 8 --precision float32"
        common = ["--cache", self.cache, "--decoder", self.decoder, *sizes.split()]
        return level2_train.parse([str(x) for x in (mode, self.folder / run, *common, *more)])

    def go(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()):
            level2_train.go(self.parse(*arguments))

    def entries(self, run):
        with open(self.folder / run / "log.jsonl") as file:
            return [json.loads(line) for line in file]

    def test_it_learns_and_says_so(self):
        origin = self.cache / "origin.json"
        origin.write_text(json.dumps({"sets": [], "model": ""}))
        self.addCleanup(origin.unlink)
        self.go("vae", "learn", "--steps", 150, "--rate", 0.01, "--beta-steps", 20, "--partial-weight", 1,
                "--start", "random")
        entries = self.entries("learn")
        losses = [entry["error"] for entry in entries if "error" in entry]
        self.assertLess(losses[-1], 0.3 * losses[0])
        figures = entries[-1]["evaluation"]
        self.assertGreater(figures["whole"]["bars_4"], 0.8)
        self.assertLess(figures["whole"]["error"], 0.3 * losses[0])
        self.assertIn("free_steps", figures["played"])
        self.assertEqual((self.folder / "learn" / "curves.png").read_bytes()[:4], b"\x89PNG")
        arrays, metadata = safetensors.read(self.folder / "learn" / "weights-half.safetensors")
        self.assertEqual((metadata["level1_neurons"], metadata["training_steps"]), ("0 1 2 3", "150"))
        self.assertEqual(metadata["level1_turned"], "")
        self.assertEqual(level2_reference.Encoder(arrays).latent, LATENT)

    def test_weights_read_their_own_neurons_of_a_cache(self):
        found = level2_cache.read(self.cache / "whole.npz")
        own = level2_cache.for_weights(found, {"level1_neurons": "2 0"})
        np.testing.assert_array_equal(own.mu, found.mu[..., [2, 0]])
        np.testing.assert_array_equal(own.sigma, found.sigma[..., [2, 0]])
        np.testing.assert_array_equal(own.neurons, [2, 0])
        with self.assertRaises(ValueError):
            level2_cache.for_weights(found, {"level1_neurons": "2 7"})

    def test_a_run_goes_on_with_the_neurons_of_its_weights(self):
        first = level2_trainer.Trainer(self.parse("vae", "first", "--steps", 1))
        (self.folder / "first").mkdir()
        first.save(self.folder / "first")
        tensors, metadata = safetensors.read(self.folder / "first" / "weights-half.safetensors")
        path = self.folder / "other-order.safetensors"
        safetensors.write(path, tensors, {**metadata, "level1_neurons": "3 1 0 2"})
        later = level2_trainer.Trainer(self.parse("vae", "later", "--steps", 1, "--init", path))
        self.assertTrue(torch.equal(later.mu, first.mu[..., [3, 1, 0, 2]]))
        self.assertEqual(later.metadata()["level1_neurons"], "3 1 0 2")

    def test_a_resumed_run_ends_with_the_same_bits(self):
        more = ("--decoded", 2, "--beta-steps", 6)
        for mode in ("vae", "mixture", "adversarial"):
            whole = level2_trainer.Trainer(self.parse(mode, mode, "--steps", 12, *more))
            stopped = level2_trainer.Trainer(self.parse(mode, mode, "--steps", 12, *more))
            for _ in range(12):
                whole.train_step()
            for _ in range(5):
                stopped.train_step()
            folder = self.folder / mode
            folder.mkdir(exist_ok=True)
            stopped.save(folder)
            resumed = level2_trainer.Trainer(self.parse(mode, mode, "--steps", 12, *more))
            resumed.load(folder)
            for _ in range(7):
                resumed.train_step()
            for name, weight in {**whole.trained, **whole.judge}.items():
                self.assertTrue(torch.equal(weight, {**resumed.trained, **resumed.judge}[name]), name)

    def test_neurons_that_speak_dearly_fall_silent(self):
        run = level2_trainer.Trainer(self.parse("vae", "dear", "--steps", 150, "--rate", 0.01, "--beta-steps", 1,
                                                "--neurons", 5, "--rest-weight", 50, "--start", "random"))
        for _ in range(150):
            run.train_step()
        phrases = run.sets["whole"]
        mu, sigma = level2.encode(run.trained, phrases.mu, phrases.heard)
        kl = vae.divergence(mu, sigma).mean(0)
        self.assertGreater(float(kl[:5].max()), 0.5)
        self.assertLess(float(kl[5:].max()), 0.1)

    def test_the_adversary_draws_styles_to_their_means(self):
        run = level2_trainer.Trainer(self.parse("adversarial", "drawn", "--steps", 300, "--rate", 0.003, "--beta", 5,
                                                "--beta-steps", 1, "--judge-steps", 3, "--start", "random"))
        for _ in range(250):
            run.train_step()
        z = level2.encode(run.trained, run.mu[:, :PHRASE].float(), run.heard[:, :PHRASE])[0].detach()
        for style in (0, 1):
            self.assertGreater(float(z[run.style == style, style].mean()), 1)

    def test_a_cache_that_is_missing_is_named(self):
        args = self.parse("vae", "x", "--steps", 1)
        args.cache = self.folder / "none"
        with self.assertRaisesRegex(corpus.CorpusError, "none"):
            level2_trainer.Trainer(args)


if __name__ == "__main__":
    unittest.main()
