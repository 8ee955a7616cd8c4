# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of `music-neurons bench`: its output, not how fast the machine is."""

import json

import models
from program import ProgramTest, run

PARTS = ("encoder", "floor", "read", "lookup", "product", "gates", "heads", "batch")
FIELDS = {"ms", "least_ms", "quartiles_ms", "to_floor", "to_floor_quartiles"}
SIZES = [(900, 540), (1800, 1080), (2400, 1440)]

# The factor within which medians must agree with what others add up to. A busy machine
# spreads them, but not this far.
NEAR = 6


class BenchTest(ProgramTest):
    def setUp(self):
        # Large enough that no part takes only a few ticks of the clock.
        self.wide = self.folder / "wide.safetensors"
        if not self.wide.exists():
            made = models.small_model(hidden=64, latent=48, music=6, weights="I8")
            self.wide.write_bytes(models.model_bytes(*made))

    def rows(self, *arguments):
        text = self.good("bench", "--model", self.wide, "--format", "json", *arguments)
        return [json.loads(line) for line in text.splitlines()]

    def assert_near(self, a, b):
        self.assertLess(a, NEAR * b)
        self.assertLess(b, NEAR * a)

    def test_every_supported_kernel_and_the_drawing_are_measured(self):
        rows = self.rows("--seconds", "0.05")
        kernels = [r for r in rows if "kernel" in r]
        drawing = [r for r in rows if "width" in r]
        self.assertEqual([r["kernel"] for r in kernels], self.kernels()["supported"])
        self.assertEqual([r["kernel"] for r in kernels if r["best"]], [self.kernels()["chosen"]])
        self.assertEqual([(r["width"], r["height"]) for r in drawing], SIZES)
        self.assertEqual(len(rows), len(kernels) + len(drawing))
        for r in drawing:
            self.assertGreater(r["draw_all_ms"], r["draw_step_ms"])
            self.assertGreater(r["draw_window_ms"], r["draw_step_ms"])

    def test_a_kernel_can_be_measured_alone(self):
        rows = self.rows("--seconds", "0.01", "--kernel", "scalar")
        self.assertEqual([r["kernel"] for r in rows if "kernel" in r], ["scalar"])

    def test_each_part_has_its_time_and_ratio(self):
        (row,) = (r for r in self.rows("--seconds", "1", "--kernel", "scalar") if "kernel" in r)
        for name, value in (("hidden", 64), ("latent", 48), ("steps", 32), ("weights", "int8")):
            self.assertEqual(row[name], value)
        self.assertGreater(row["rounds"], 1)
        for name in PARTS:
            with self.subTest(name):
                part = row[name]
                extra = {"windows", "factor", "factor_quartiles"} if name == "batch" else set()
                self.assertEqual(set(part), FIELDS | extra)
                low, high = part["quartiles_ms"]
                self.assertTrue(0 < part["least_ms"] <= low <= part["ms"] <= high, part)
                low, high = part["to_floor_quartiles"]
                self.assertTrue(0 < low <= part["to_floor"] <= high, part)
                self.assert_near(part["to_floor"], part["ms"] / row["floor"]["ms"])
        self.assertEqual(row["floor"]["to_floor"], 1)
        batch = row["batch"]
        self.assertEqual(batch["windows"], 64)
        self.assert_near(batch["factor"], row["encoder"]["ms"] / batch["ms"])

    def test_the_parts_make_up_the_whole(self):
        (row,) = (r for r in self.rows("--seconds", "0.2", "--kernel", "scalar") if "kernel" in r)
        ms = {name: row[name]["ms"] for name in PARTS}
        self.assert_near(ms["encoder"], ms["lookup"] + ms["product"] + ms["gates"] + ms["heads"])
        self.assert_near(ms["floor"], ms["lookup"] + ms["product"] + ms["heads"])
        # The time of a batch is that of one window, not of 64.
        self.assert_near(ms["batch"], ms["encoder"])

    def test_text_tells_the_same_as_json(self):
        text = self.good("bench", "--model", self.wide, "--seconds", "0.01")
        for kernel in self.kernels()["supported"]:
            self.assertIn(f"hidden 64, int8 weights, kernel {kernel}:", text)
        for part in PARTS:
            count = sum(line.startswith(part + " ") for line in text.splitlines())
            self.assertEqual(count, len(self.kernels()["supported"]), part)

    def test_questions_are_answered_line_by_line(self):
        asked = "".join(f"{part} {i + 1}\n" for i, part in enumerate(PARTS))
        text = self.good("bench", "--model", self.wide, "--ask", data=asked.encode())
        answers = [[float(word) for word in line.split()] for line in text.splitlines()]
        self.assertEqual([len(a) for a in answers], list(range(1, len(PARTS) + 1)))
        for times in answers:
            self.assertTrue(all(0 < t < 1 for t in times), times)

    def test_a_question_that_means_nothing_is_refused(self):
        for line in ("gate 1", "encoder", "encoder 0", "encoder x", "encoder 1 1", "1", "", "encoder 999999999"):
            with self.subTest(line):
                result = run("bench", "--model", self.wide, "--ask", data=f"{line}\n".encode())
                self.assert_refused(result)
                self.assertEqual(result.stdout, b"")
