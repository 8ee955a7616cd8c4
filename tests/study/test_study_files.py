#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The files of `music-neurons study`, its report, and what it refuses."""

import csv
import html.parser
import json
import random
import re
import subprocess
import sys
import unittest

from studied import LATENT, PROGRAM, REPORT, SECONDS, SECTIONS, StudyTest, study

import corpus
import midi
import models
import tiny


class Files(StudyTest):
    def test_the_same_input_gives_the_same_bytes(self):
        again = self.folder / "again"
        self.assertEqual(study(self.model, again, *self.options, "--no-report").returncode, 0)
        for name in ("study.json", "neurons.csv", "phik.csv"):
            self.assertEqual((again / name).read_bytes(), (self.output / name).read_bytes(), name)
        self.assertEqual(sorted(p.name for p in again.iterdir()), ["neurons.csv", "phik.csv", "study.json"])

    def test_numbers_have_six_digits_at_most_and_keys_are_sorted(self):
        text = (self.output / "study.json").read_text()
        for number in re.findall(r"-?\d+\.\d+(?:e[+-]?\d+)?", text):
            digits = re.sub(r"e.*|[-.]", "", number).strip("0")
            self.assertLessEqual(len(digits), 6, number)
        self.assertEqual(list(self.study), sorted(self.study))

    def test_csv_has_what_json_has(self):
        with open(self.output / "neurons.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([int(row["neuron"]) for row in rows], list(range(LATENT)))
        for name, column in self.study["neurons"].items():
            cells = [row[name] if name == "label" else float(row[name]) for row in rows]
            self.assertEqual(cells, column, name)
        self.assertEqual(rows[self.order[0]]["label"], 'more "swing", less')
        for name in ("use", "sigma_head"):
            self.assertEqual([float(r["decoder_" + name]) for r in rows], self.study["decoder_neurons"][name])
        with open(self.output / "phik.csv", newline="") as file:
            header, *rows = csv.reader(file)
        self.assertEqual(len(header), len(self.study["features"]["names"]) + 1)
        self.assertIn("P12 mean pitch", header)
        self.assertEqual([[float(c) for c in row[1:]] for row in rows], self.study["features"]["phik"])

    def test_fewer_windows_if_asked_for(self):
        output = self.folder / "few"
        result = study(self.model, output, "--corpus", self.corpus, "--random", 50, "--windows", 70, "--no-report")
        self.assertEqual((result.returncode, result.stderr), (0, b""), result)
        figures_of = json.loads((output / "study.json").read_text())
        about = figures_of["about"]
        self.assertEqual([about[k + "_windows"] for k in ("heldout", "train", "random")], [70, 70, 50])
        self.assertIsNone(figures_of["reconstruction"])
        self.assertIsNone(figures_of["decoder_neurons"])
        self.assertEqual(sum(row["count"] for row in figures_of["styles"]), 70)

    def test_model_without_noise_or_without_music_neurons(self):
        for music in (0, LATENT):
            path = self.folder / "extreme.safetensors"
            path.write_bytes(models.model_bytes(*models.small_model(latent=LATENT, music=music)))
            result = study(path, self.folder / f"extreme{music}", *self.options, "--windows", 60)
            self.assertEqual((result.returncode, result.stderr), (0, b""), result)
            self.assertTrue((self.folder / f"extreme{music}" / "report.html").exists())


STEPS, BAR = 32, 16


def tune(seed, bars):
    """Pitches of quarters, four a bar."""
    rng = random.Random(seed)
    return [rng.choice((60, 62, 64, 65, 67, 69, 71, 72)) for _ in range(4 * bars)]


def windows_of(pitches):
    """Its windows of two bars, by hand: tokens are pitch less 19."""
    tokens = [token for pitch in pitches for token in (pitch - 19, 0, 0, 0)]
    return {tuple(tokens[at : at + STEPS]) for at in range(0, len(tokens) - BAR, BAR)}


class Music(StudyTest):
    """Folders of MIDI files, and several corpora."""

    def write_tunes(self, folder, styles, count, bars=8):
        """Writes files in folders of styles; their windows by path, in order."""
        found = {}
        for i in range(count):
            path = folder / styles[i % len(styles)] / f"{i}.mid"
            path.parent.mkdir(parents=True, exist_ok=True)
            pitches = tune(f"{folder.name} {i}", bars)
            path.write_bytes(midi.file(midi.track(*[midi.note(4 * k, 4 * k + 4, p) for k, p in enumerate(pitches)])))
            found[path] = windows_of(pitches)
        return dict(sorted(found.items()))

    def about(self, name, *paths):
        """The figures of a study, and what it said on stderr."""
        output = self.folder / name
        options = [option for path in paths for option in ("--corpus", path)]
        result = study(self.model, output, *options, "--random", 20, "--no-report")
        self.assertEqual(result.returncode, 0, result)
        return json.loads((output / "study.json").read_text()), result.stderr.decode()

    def test_of_midi_files_every_second_one_is_compared_with(self):
        tunes = list(self.write_tunes(self.folder / "midi", ["jigs", "reels"], 11).values())
        known = set.union(*tunes[1::2])
        figures, said = self.about("of-midi", self.folder / "midi")
        self.assertEqual(said, "")
        self.assertEqual(figures["about"]["train_windows"], len(known))
        self.assertEqual(figures["about"]["heldout_windows"], len(set.union(*tunes[::2]) - known))
        self.assertEqual(sorted(row["style"] for row in figures["styles"]), ["jigs", "reels"])

    def test_with_a_train_part_all_midi_files_are_heard_and_bad_ones_passed_over(self):
        folder = self.folder / "songs"
        tunes = self.write_tunes(folder, ["."], 3)
        (folder / "bad.mid").write_bytes(b"MELCORP1 is no MIDI file")
        figures, said = self.about("beside", folder, self.corpus / "tiny-train.bin.xz")
        self.assertRegex(said, r"^music-neurons: passed over: .*bad\.mid.*\n$")
        self.assertEqual(figures["about"]["heldout_windows"], len(set.union(*tunes.values())))
        self.assertEqual(figures["about"]["train_windows"], self.study["about"]["train_windows"])
        self.assertEqual([row["style"] for row in figures["styles"]], ["songs"])

    def test_several_corpora_are_one(self):
        other = self.folder / "other-corpus"
        other.mkdir()
        tiny.write_corpus(other, "train", 8, 10, 5, styles=("polka",), name="other")
        tiny.write_corpus(other, "heldout", 8, 10, 6, styles=("polka",), name="other")
        figures, _ = self.about("both", self.corpus, other)
        counts = {row["style"]: row["count"] for row in figures["styles"]}
        for row in self.study["styles"]:
            self.assertEqual(counts.pop(row["style"]), row["count"])
        self.assertEqual(list(counts), ["polka"])
        self.assertGreater(counts["polka"], 0)


class Page(html.parser.HTMLParser):
    """The contents of a page, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.sources, self.ids, self.pictures = [], [], [], 0
        self.tag = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        self.pictures += tag == "svg"
        for name, value in attrs:
            if name in ("href", "src", "xlink:href", "srcset", "action", "data"):
                self.sources.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_data(self, data):
        if self.tag == "h2" and data.strip():
            self.headings.append(data.strip())

    def handle_endtag(self, tag):
        self.tag = None


class Report(StudyTest):
    def test_the_page_has_all_sections_and_asks_for_nothing(self):
        text = (self.output / "report.html").read_text()
        page = Page(text)
        self.assertEqual(tuple(page.headings), ("In short", *SECTIONS, "Words"))
        self.assertEqual(page.pictures, 8)
        self.assertEqual(len(page.ids), len(set(page.ids)), "ids are not unique")
        for source in page.sources:
            self.assertTrue(source.startswith(("#", "data:")), source)
            if source.startswith("#"):
                self.assertIn(source[1:], page.ids)
        self.assertEqual(re.findall(r"@import|url\((?!#)[^)]*\)|<script|<link|<iframe", text), [])
        self.assertIn("prefers-color-scheme: dark", text)
        # A hostile label is text, not markup.
        self.assertIn("more &quot;swing&quot;, less", text)

    def test_the_page_marks_labels_that_fail_and_says_so_in_short(self):
        changed = dict(self.study)
        rank, neuron, label = 2, self.order[1], "more notes, C4 to C6"
        for least, tested, fails in ((0.149, True, True), (0.15, True, False), (None, False, False)):
            with self.subTest(least):
                changed["labels"] = [{"rank": rank, "neuron": neuron, "label": label, "stability": 0.25, "least": least,
                                      "style": "jigs" if tested else ""}]
                path = self.folder / "changed.json"
                path.write_text(json.dumps(changed))
                subprocess.run([sys.executable, REPORT, path], check=True)
                text = (self.folder / "report.html").read_text()
                self.assertEqual(text.count(f"<td>✗ {label}</td>"), 2 * fails)
                self.assertEqual(f"Do not trust these here: {rank} {label} [{neuron}]." in text, fails)
                self.assertEqual("1 of 1 labels hold" in text, tested and not fails)

    def test_what_little_music_does_not_show_is_left_open(self):
        changed = dict(self.study)
        unknown = {"auc": None, "rho": None}
        changed["attributes"] = [row | {"vector": unknown, "single": unknown} for row in self.study["attributes"]]
        path = self.folder / "little.json"
        path.write_text(json.dumps(changed))
        subprocess.run([sys.executable, REPORT, path], check=True)
        self.assertIn("better on 0 of 0 features", (self.folder / "report.html").read_text())

    def test_the_page_explains_its_words(self):
        text = (self.output / "report.html").read_text()
        for word in ("phik", "KL", "AUC", "rho", "P11 main pitch", "R15 notes"):
            self.assertIn(f"<td>{word}</td>", text)

    def test_the_page_is_made_again_from_the_figures_alone(self):
        page = self.folder / "again.html"
        subprocess.run([sys.executable, REPORT, self.output / "study.json", "-o", page], check=True)
        self.assertEqual(page.read_bytes(), (self.output / "report.html").read_bytes())

    def test_the_card_has_the_figures(self):
        command = [sys.executable, REPORT, "--card", self.output / "study.json"]
        text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        self.assertIn(f"| reliability error, ten bins | {self.study['score']['reliability']['error']:.4f} |", text)
        self.assertIn(f"| free running | {self.study['reconstruction']['free']['steps']:.4f} |", text)
        for title in (*SECTIONS, "### "):
            self.assertIn(title, text)

    def test_without_matplotlib_there_are_the_figures_and_a_hint(self):
        output = self.folder / "bare"
        environment = {"PATH": str(self.folder), "PYTHONPATH": str(self.folder / "broken")}
        (self.folder / "broken").mkdir()
        (self.folder / "broken" / "matplotlib.py").write_text("raise ImportError('none here')\n")
        result = study(self.model, output, "--corpus", self.corpus, "--random", 50, "--windows", 60, environment=environment)
        self.assertEqual(result.returncode, 0, result)
        self.assert_one_line(result)
        self.assertIn(b"matplotlib", result.stderr)
        self.assertEqual(sorted(p.name for p in output.iterdir()), ["neurons.csv", "phik.csv", "study.json"])

    def test_a_file_that_is_no_study_is_one_line(self):
        for text in ("", "[]", "{}", '{"about": {}}', '{"about": {"name": 3}}'):
            path = self.folder / "no.json"
            path.write_text(text)
            for options in ((), ("--card",)):
                command = [sys.executable, REPORT, *options, path]
                result = subprocess.run(command, capture_output=True, check=False)
                self.assertEqual(result.returncode, 2, result)
                self.assertEqual(result.stderr.count(b"\n"), 1, result)


class BadInput(StudyTest):
    def refused(self, *arguments, status=2):
        result = subprocess.run([PROGRAM, "study", *map(str, arguments)], capture_output=True, timeout=SECONDS)
        self.assert_refused(result, status)
        self.assertFalse((self.folder / "x").exists(), "something is left behind")
        return result.stderr.decode()

    def corpus_of(self, name, *files):
        folder = self.folder / name
        folder.mkdir()
        for file in files:
            (folder / file).write_bytes((self.corpus / file).read_bytes())
        return folder

    def test_what_is_not_given(self):
        self.assertIn("-o FOLDER", self.refused(self.model, "--corpus", self.corpus))
        self.assertIn("--corpus", self.refused(self.model, "-o", self.folder / "x"))

    def test_corpora_without_a_part(self):
        train = self.corpus_of("only-train", "tiny-train.bin.xz")
        heldout = self.corpus_of("only-heldout", "tiny-heldout.bin.xz")
        self.assertIn("no held-out part", self.refused(self.model, "-o", self.folder / "x", "--corpus", train))
        self.assertIn("no train part", self.refused(self.model, "-o", self.folder / "x", "--corpus", heldout))
        self.assertIn("nowhere", self.refused(self.model, "-o", self.folder / "x", "--corpus", self.folder / "nowhere"))
        (self.folder / "one.mid").write_bytes(b"")
        self.assertIn("it takes two", self.refused(self.model, "-o", self.folder / "x", "--corpus", self.folder / "one.mid"))

    def test_a_study_is_there_whole_or_not_at_all(self):
        folder = self.folder / "half"
        (folder / "phik.csv").mkdir(parents=True)
        options = ("--corpus", self.corpus, "--random", 20, "--windows", 20)
        self.refused(self.model, "-o", folder, *options, status=1)
        self.assertEqual([p.name for p in folder.iterdir()], ["phik.csv"])

    def test_parts_that_are_named_one_by_one(self):
        files = [self.corpus / f"tiny-{split}.bin.xz" for split in ("train", "heldout")]
        output = self.folder / "named"
        paths = [option for file in files for option in ("--corpus", file)]
        result = study(self.model, output, *paths, "--random", 20, "--no-report")
        self.assertEqual((result.returncode, result.stderr), (0, b""), result)
        found = json.loads((output / "study.json").read_text())["about"]
        self.assertEqual(found["heldout_windows"], self.study["about"]["heldout_windows"])

    def test_damaged_heldout_parts(self):
        good = corpus.lzma.decompress((self.corpus / "tiny-heldout.bin.xz").read_bytes())
        for name, data in {
            "cut": good[:-1],
            "no magic": b"MELCORP2" + good[8:],
            "style without a name": good[: 24 + 32 * 4 + 13] + b"\xff" + good[24 + 32 * 4 + 14 :],
            "token": good[:-1] + b"\x5a",
            "empty": b"",
        }.items():
            folder = self.corpus_of(name, "tiny-train.bin.xz")
            (folder / "bad-heldout.bin").write_bytes(data)
            with self.subTest(name):
                self.assertIn("bad-heldout.bin", self.refused(self.model, "-o", self.folder / "x", "--corpus", folder))

    def test_a_damaged_train_part_is_not_passed_over(self):
        folder = self.corpus_of("half-train", "tiny-train.bin.xz", "tiny-heldout.bin.xz")
        (folder / "more-train.bin").write_bytes(b"MELCORP1")
        self.assertIn("more-train.bin", self.refused(self.model, "-o", self.folder / "x", "--corpus", folder))

    def test_a_decoder_of_another_latent_space(self):
        folder = self.folder / "other"
        folder.mkdir()
        tiny.write_decoder(folder, latent=LATENT + 1)
        text = self.refused(self.model, "-o", self.folder / "x", "--corpus", self.corpus, "--decoder", folder)
        self.assertIn(f"{LATENT + 1} neurons, but the model has {LATENT}", text)
        self.refused(self.model, "-o", self.folder / "x", "--corpus", self.corpus, "--decoder", self.folder / "nowhere")

    def test_counts_and_models_that_are_none(self):
        for options in (("--random", 0), ("--windows", 0), ("--random", "many")):
            self.refused(self.model, "-o", self.folder / "x", "--corpus", self.corpus, *options)
        self.refused(self.corpus / "tiny-train.bin.xz", "-o", self.folder / "x", "--corpus", self.corpus)

    def test_folders_that_cannot_be_written(self):
        path = self.folder / "file"
        path.write_text("")
        self.refused(self.model, "-o", path, "--corpus", self.corpus)
        self.refused(self.model, "-o", self.folder / "no" / "where", "--corpus", self.corpus, status=1)
        self.refused(self.model, "-o", "/proc", "--corpus", self.corpus, status=1)

    def test_windows_that_are_not_whole_bars(self):
        path = self.folder / "odd.safetensors"
        path.write_bytes(models.model_bytes(*models.small_model(steps=24)))
        self.assertIn("24 steps", self.refused(path, "-o", self.folder / "x", "--corpus", self.corpus))


if __name__ == "__main__":
    unittest.main()
