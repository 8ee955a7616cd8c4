#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The figures of `music-neurons study` against numpy."""

import json
import subprocess
import unittest

from studied import AXES, LATENT, MUSIC, PROGRAM, RANDOM, TURNED, StudyTest, study

import corpus
import features
import figures
import numpy as np
import phik
import tiny
import torch
import vae


# Figures have six digits.
EXACT = {"rtol": 5e-6, "atol": 1e-6}


class Figures(StudyTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.listen()

    @classmethod
    def encode(cls, windows):
        """The program's mu, sigma and score of windows."""
        lines = "".join(" ".join(map(str, window)) + "\n" for window in windows)
        command = [PROGRAM, "encode", "--model", cls.model]
        text = subprocess.run(command, input=lines.encode(), capture_output=True, check=True).stdout
        answers = [json.loads(line) for line in text.splitlines()]
        return [np.array([a[key] for a in answers]) for key in ("mu", "sigma", "musicality")]

    @classmethod
    def listen(cls):
        cls.tokens, cls.styles, cls.names = corpus.windows(cls.corpus, "heldout")
        cls.mu, cls.sigma, cls.score = cls.encode(cls.tokens)
        cls.random = figures.random_windows(RANDOM, figures.RANDOM_SEED)
        cls.random_mu, _, cls.random_score = cls.encode(cls.random)
        cls.music = np.array(cls.order[:MUSIC])
        cls.noise = np.sort(cls.order[MUSIC:])

    def figure(self, *path):
        found = self.study
        for key in path:
            found = found[key]
        return np.array(found, float)

    def assert_figure(self, expected, *path):
        np.testing.assert_allclose(self.figure(*path), expected, err_msg=str(path), **EXACT)

    def assert_quantiles(self, values, *path):
        for name in ("p10", "p25", "p50", "p75", "p90"):
            self.assert_figure(np.quantile(values, int(name[1:]) / 100), *path, name)

    def assert_auc(self, detector, real, random):
        """AUC over all windows and over those with 8 onsets or more, and the curve's area."""
        many, some = ((tokens >= 2).sum(1) >= 8 for tokens in (self.tokens, self.random))
        self.assert_figure(figures.auc(real, random), "detectors", detector, "auc")
        self.assert_figure(figures.auc(real[many], random[some]), "detectors", detector, "auc_8_onsets")
        area = figures.roc_area(self.figure("detectors", detector, "roc"))
        self.assertAlmostEqual(area, figures.auc(real, random), delta=0.005)

    def test_all_went_well_and_was_told(self):
        self.assertEqual((self.result.returncode, self.result.stderr), (0, b""), self.result)
        self.assertIn(f"{LATENT} neurons, {MUSIC} of them music", self.result.stdout.decode())

    def test_windows_are_the_heldout_ones_that_train_has_not(self):
        about = self.study["about"]
        self.assertEqual(about["heldout_windows"], len(self.tokens))
        self.assertEqual(about["random_windows"], RANDOM)
        self.assertEqual(about["random_seed"], figures.RANDOM_SEED)

    def test_a_heldout_window_that_train_has_too_is_left_out(self):
        folder = self.folder / "leaky"
        folder.mkdir()
        for name in ("tiny-train.bin.xz", "tiny-heldout.bin.xz"):
            (folder / name).write_bytes((self.corpus / name).read_bytes())
        # These are the first pieces of the same draw, so the train part has all their windows.
        tiny.write_corpus(folder, "heldout", 40, 30, 1)
        result = study(self.model, self.folder / "none", "--corpus", folder)
        self.assert_refused(result)
        self.assertIn(b"that the train part has not", result.stderr)

    def test_neurons(self):
        kl = figures.divergence(self.mu, self.sigma)
        active = np.abs(self.mu) > 0.1
        columns = {
            "kl": kl,
            "sigma": self.sigma.mean(0),
            "sigma_sd": self.sigma.std(0),
            "mu": self.mu.mean(0),
            "mu_variance": self.mu.var(0),
            "mu_abs": np.abs(self.mu).mean(0),
            "active": active.mean(0),
            "mu_abs_random": np.abs(self.random_mu).mean(0),
            "active_random": (np.abs(self.random_mu) > 0.1).mean(0),
            "rank": np.argsort(self.order) + 1,
            "music": np.isin(np.arange(LATENT), self.music),
            "turned": np.isin(np.arange(LATENT), TURNED),
        }
        self.assertEqual(set(self.study["neurons"]), {*columns, "label"})
        for name, values in columns.items():
            self.assert_figure(values, "neurons", name)

    def test_orders_and_rules(self):
        kl, sigma, variance = figures.divergence(self.mu, self.sigma), self.sigma.mean(0), self.mu.var(0)
        is_music = np.isin(np.arange(LATENT), self.music)
        for name, rule in (("kl_above_0.03", kl > 0.03), ("sigma_below_0.9", sigma < 0.9)):
            self.assert_figure(rule.sum(), "orders", "rules", name, "neurons")
            self.assert_figure((rule & is_music).sum(), "orders", "rules", name, "also_music")
        for name, values in (("kl", kl), ("sigma", -sigma), ("mu_variance", variance)):
            first = np.argsort(-values)[:MUSIC]
            self.assert_figure(is_music[first].sum(), "orders", "first_by", name)
        for name, a, b in (("kl_sigma", kl, -sigma), ("kl_mu_variance", kl, variance)):
            self.assert_figure(figures.spearman(a, b), "orders", "spearman", name, "all")
            self.assert_figure(figures.spearman(a[self.music], b[self.music]), "orders", "spearman", name, "music")

    def test_correlation(self):
        matrix = np.corrcoef(self.mu[:, self.music], rowvar=False)
        self.assert_figure(matrix, "correlation", "matrix")
        self.assert_figure(np.abs(matrix[~np.eye(MUSIC, dtype=bool)]).mean(), "correlation", "mean_abs")

    def test_phik_and_rho_of_neurons_with_features(self):
        names = [f["code"] or f["name"] for f in self.study["features"]["names"]]
        computed = [features.compute(window) for window in self.tokens]
        table = np.array([[values.get(name, np.nan) for name in names] for values in computed], float)
        measured, rho = self.figure("features", "phik"), self.figure("features", "rho")
        self.assertEqual(measured.shape, (MUSIC, len(names)))
        for rank, f in [(0, names.index("P12")), (3, names.index("R15")), (5, names.index("M17")), (1, 0)]:
            neuron, there = self.mu[:, self.music[rank]], ~np.isnan(table[:, f])
            self.assertAlmostEqual(measured[rank, f], phik.phik(neuron, table[:, f]), delta=2e-4)
            self.assertAlmostEqual(rho[rank, f], figures.spearman(neuron[there], table[there, f]), delta=2e-4)
        self.check_top(names, measured)

    def check_top(self, names, measured):
        part = self.study["features"]
        chance = self.figure("features", "shuffled", "by_feature")
        self.assertAlmostEqual(chance.max(), part["shuffled"]["largest"])
        self.assertGreater(part["shuffled"]["largest"], part["shuffled"]["p95"])
        for rank, row in enumerate(part["top"]):
            clear = np.where(measured[rank] > chance, measured[rank], 0)
            expected = [names[f] for f in np.argsort(-clear, kind="stable")[:3] if clear[f] > 0]
            self.assertEqual([f["code"] or f["feature"] for f in row["features"]], expected)
        for kind, codes in (("pitch", range(11, 16)), ("rhythm", range(15, 24))):
            columns = [names.index(f"{kind[0].upper()}{n}") for n in codes if f"{kind[0].upper()}{n}" in names]
            clear = np.where(measured > chance, measured, 0)[:, columns]
            self.assert_figure(clear.max(), "features", f"best_{kind}", "phik")
            self.assertEqual(part[f"best_{kind}"]["rank"], clear.max(1).argmax() + 1)

    def test_activated_neurons(self):
        for kind, chosen in (("music", self.music), ("noise", self.noise)):
            for what, mu in (("real", self.mu), ("random", self.random_mu)):
                count = (np.abs(mu[:, chosen]) > 0.1).sum(1)
                self.assert_figure(np.bincount(count, minlength=len(chosen) + 1), "activated", kind, what, "histogram")
                self.assert_quantiles(count, "activated", kind, what, "quantiles")

    def test_what_tells_random_from_real(self):
        train, _, _ = self.encode(corpus.windows(self.corpus, "train")[0])
        self.assertEqual(self.study["about"]["train_windows"], len(train))
        yardstick = figures.Yardstick(train, self.noise)
        measures = {
            "count": lambda mu: (np.abs(mu[:, self.noise]) > 0.1).sum(1),
            "energy": lambda mu: (mu[:, self.noise] ** 2).mean(1),
            "mahalanobis": yardstick.distance,
            "own_thresholds": yardstick.unusual,
        }
        for name, measure in measures.items():
            self.assert_auc(name, measure(self.mu), measure(self.random_mu))
        self.assert_auc("score", -self.score, -self.random_score)
        self.assertEqual(set(self.study["detectors"]), {*measures, "statistic", "score"})
        # The statistic ranks like the score, except where the curve is flat.
        self.assertAlmostEqual(self.figure("detectors", "statistic", "auc"), figures.auc(-self.score, -self.random_score), delta=0.02)  # fmt: skip

    def test_score(self):
        self.assert_quantiles(self.score, "score", "real", "quantiles")
        self.assert_quantiles(self.random_score, "score", "random", "quantiles")
        self.assert_figure((self.score < 0.5).mean(), "score", "real", "below_half")
        self.assert_figure((self.random_score < 0.5).mean(), "score", "random", "below_half")
        many, some = ((tokens >= 2).sum(1) >= 8 for tokens in (self.tokens, self.random))
        cases = {"reliability": (self.score, self.random_score)}
        cases["reliability_8_onsets"] = (self.score[many], self.random_score[some])
        for name, scores in cases.items():
            error, bins = figures.reliability(*scores)
            self.assert_figure(error, "score", name, "error")
            for k, expected in enumerate(bins):
                for key, value in zip(("weight", "said", "real"), expected):
                    self.assert_figure(np.nan if value is None else value, "score", name, "bins", k, key)

    def test_harder_sequences(self):
        for name, windows in figures.harder(self.tokens).items():
            _, _, score = self.encode(windows)
            self.assert_figure(figures.auc(-self.score, -score), "harder", name)

    def test_axes(self):
        sums = self.mu @ self.axes["axes"].T.astype(float) + self.axes["axes_offset"]
        h = sums[:, AXES:]
        values = sums[:, :AXES] + h**2 / (1 + np.abs(h)) @ self.axes["axes_bend"].T.astype(float)
        computed = [features.compute(window) for window in self.tokens]
        rows = self.study["axes"]
        self.assertEqual([row["name"] for row in rows], [f"axis {i}" for i in range(AXES)])
        self.assertNotIn("all", rows[-1])
        pitch = np.array([one["P12"] for one in computed])
        # Equal slopes may differ in their last digits, so rise has no place among them.
        for axis, key in {0: "P12", 1: "R15", 2: "syncopation", 4: "P10", 6: "legato"}.items():
            row = rows[axis]
            feature = np.array([one[key] for one in computed])
            self.assert_figure(figures.spearman(values[:, axis], feature), "axes", axis, "all")
            for i, part in enumerate(row["parts"]["styles"]):
                chosen = self.styles == self.names.index(part["name"])
                expected = figures.spearman(values[chosen, axis], feature[chosen])
                self.assert_figure(expected, "axes", axis, "parts", "styles", i, "rho")
            counts = [part["count"] for part in row["parts"]["registers"]]
            self.assertEqual(counts, np.histogram(pitch, [0, 48, 60, 72, 84, 128])[0].tolist())
            others = [figures.spearman(values[:, axis], values[:, other]) for other in range(AXES)]
            self.assert_figure(others, "axes", axis, "axes", "rho")
        slope = (h * (2 + np.abs(h)) / (1 + np.abs(h)) ** 2).mean(0)
        ways = self.axes["axes"][:AXES] + (self.axes["axes_bend"] * slope) @ self.axes["axes"][AXES:]
        ways = ways * self.mu.std(0)
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        for axis in range(AXES - 1):
            self.assert_figure(ways[axis] @ ways.T, "axes", axis, "axes", "cosine")

    def test_labels_that_hold(self):
        (row,) = self.study["labels"]
        self.assertEqual((row["rank"], row["neuron"], row["stability"]), (2, self.order[1], 0.25))
        computed = [features.compute(window) for window in self.tokens]
        pitch = np.array([one["P12"] for one in computed])
        notes = np.array([one["R15"] for one in computed])
        inside = (pitch >= 60) & (pitch < 84)
        parts = [inside & (self.styles == k) for k in range(len(self.names))]
        rho = [figures.spearman(self.mu[p, self.order[1]], notes[p]) if p.sum() >= 200 else np.inf for p in parts]
        if np.isinf(min(rho)):
            self.assertIsNone(row["least"])
        else:
            self.assert_figure(min(rho), "labels", 0, "least")
            self.assertEqual(row["style"], self.names[int(np.argmin(rho))])

    def test_styles(self):
        rows = {row["style"]: i for i, row in enumerate(self.study["styles"])}
        self.assertEqual(list(rows), list(tiny.STYLES))
        for k, name in enumerate(self.names):
            part = self.styles == k
            self.assert_figure(part.sum(), "styles", rows[name], "count")
            self.assert_figure(figures.auc(-self.score[part], -self.random_score), "styles", rows[name], "auc")
            self.assert_quantiles(self.score[part], "styles", rows[name], "score")

    def test_attribute_vectors_and_single_neurons(self):
        half = self.tunes() % 2
        computed = [features.compute(window) for window in self.tokens]
        self.assertGreater(len(self.study["attributes"]), 4)
        for i, row in enumerate(self.study["attributes"]):
            values = np.array([c.get(row["code"], np.nan) for c in computed], float)
            vector, single, neuron = figures.attribute(values, self.mu, half)
            self.assertEqual((row["neuron"], row["rank"]), (neuron, self.order.index(neuron) + 1))
            for name, expected in (("vector", vector), ("single", single)):
                found = [self.figure("attributes", i, name, key) for key in ("auc", "rho")]
                np.testing.assert_allclose(found, expected, rtol=1e-4, err_msg=row["code"])

    def tunes(self):
        """For each window, the group of the first segment that has it."""
        _, segments, steps = corpus.load(self.corpus / "tiny-heldout.bin.xz")
        first = {}
        for segment in segments:
            piece = steps[segment["offset"] :][: segment["length"]]
            for at in range(0, len(piece) - corpus.STEPS + 1, corpus.BAR):
                window = piece[at : at + corpus.STEPS].copy()
                window[: np.flatnonzero(window > 1)[0]] = 0
                first.setdefault(window.tobytes(), int(segment["group"]))
        return np.array([first[window.tobytes()] for window in self.tokens])

    def test_reconstruction_through_the_decoder(self):
        latents = self.mu.copy()
        latents[:, TURNED] *= -1  # the signs for the decoder
        quiet = latents.copy()
        quiet[:, self.noise] = 0
        tokens = torch.from_numpy(self.tokens.astype(np.int64))
        for suffix, z in (("", latents), ("_without_noise", quiet)):
            z = torch.from_numpy(z).float()
            free = vae.generate(self.tensors, z).numpy() == self.tokens
            taught = vae.decode(self.tensors, z, tokens).argmax(2).t().numpy() == self.tokens
            for name, right in (("free" + suffix, free), ("taught" + suffix, taught)):
                self.check_right(right, "reconstruction", name)
                for k, style in enumerate(self.study["reconstruction"]["styles"]):
                    self.assertEqual(style["style"], self.names[k])
                    self.check_right(right[self.styles == k], "reconstruction", "styles", k, name)
        part = self.study["reconstruction"]
        for name in ("free", "taught"):
            cost = part[name]["steps"] - part[name + "_without_noise"]["steps"]
            self.assertAlmostEqual(part["noise_costs"][name], cost, delta=2e-6)
            self.assertNotEqual(cost, 0)

    def check_right(self, right, *path):
        # Sums in another order may change a step where two classes are nearly equal.
        self.assertAlmostEqual(self.figure(*path, "steps"), right.mean(), delta=0.002)
        self.assertAlmostEqual(self.figure(*path, "windows"), right.all(1).mean(), delta=0.005)

    def test_neurons_that_the_decoder_names(self):
        rows = [self.tensors[vae.INITIAL + "kernel"], self.tensors[vae.DECODER_CELL.format(0) + "kernel"][corpus.CLASSES :][:LATENT]]  # fmt: skip
        use = np.sqrt(sum((r.numpy().astype(float) ** 2).sum(1) for r in rows))
        head = np.where(np.arange(LATENT) % 3, 1.3, 0.9)
        named = np.flatnonzero((use > 1.5) & (head > 1.1))
        self.assertTrue(0 < len(named) < 7, named)
        self.assert_figure(use, "decoder_neurons", "use")
        self.assert_figure(head, "decoder_neurons", "sigma_head")
        part = self.study["decoder_neurons"]["named"]
        both = set(named) & set(self.music)
        self.assertEqual(part["neurons"], named.tolist())
        self.assertEqual((part["count"], part["also_music"]), (len(named), len(both)))
        self.assertAlmostEqual(part["jaccard"], len(both) / len(set(named) | set(self.music)), delta=2e-6)


if __name__ == "__main__":
    unittest.main()
