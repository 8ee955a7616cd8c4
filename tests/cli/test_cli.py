#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tests of the program; MUSIC_NEURONS is its path, else build/music-neurons."""

import csv
import io
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import midi
import models
from program import PROGRAM, SECONDS, ProgramTest, on_terminal, run
from test_bench import BenchTest  # noqa: F401, found by unittest
from test_complete import CompletionTest  # noqa: F401, found by unittest
from test_draw import DrawTest  # noqa: F401, found by unittest
from test_draw_piece import DrawPieceTest  # noqa: F401, found by unittest
from test_exit_status import ExitStatusTest  # noqa: F401, found by unittest
from test_export import ExportTest  # noqa: F401, found by unittest
from test_hostile import HostileMidiTest, HostileModelTest  # noqa: F401, found by unittest
from test_import import (  # noqa: F401, found by unittest
    ContainerTest, FailureTest, FullSizeTest, ListTest, NumbersTest, TurnTest,
)
from test_import_corpus import CalibrationTest, OurModelTest  # noqa: F401, found by unittest
from test_import_long import LongImportTest  # noqa: F401, found by unittest
from test_many import ManyWindowsTest  # noqa: F401, found by unittest
from test_render import RenderTest  # noqa: F401, found by unittest
from test_rewritten import RewrittenTest  # noqa: F401, found by unittest
from test_sense import SenseTest  # noqa: F401, found by unittest
from test_tracks import TracksTest  # noqa: F401, found by unittest
from test_untidy import UntidyMidiTest  # noqa: F401, found by unittest
from test_surprise import FitTest, SurpriseTest  # noqa: F401, found by unittest

VECTORS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "vectors" / "converter.json"

SCALE = [(2 * i, 2 * i + 2, 60 + i) for i in range(32)]  # 4 bars of eighths


def random_notes(rng, steps, count):
    """Chords, overlaps, off-grid ends, pitches out of range."""
    notes = []
    for _ in range(count):
        start = rng.randrange(steps * 8) / 8
        notes.append((start, start + rng.randrange(1, 80) / 8, rng.randrange(15, 115)))
    return notes


class CommandLineTest(ProgramTest):
    def test_help_and_version_go_to_stdout(self):
        self.assertRegex(self.good("--version"), r"^music-neurons \d+\.\d+\.\d+( \(\S+\))?\n$")
        self.assertIn("Usage: music-neurons COMMAND", self.good("--help"))
        self.assertEqual(self.good("help"), self.good("--help"))
        for command in ("analyze", "draw", "encode", "info", "bench", "import", "export", "latent", "extract", "render"):
            with self.subTest(command):
                self.assertIn(f"Usage: music-neurons {command}", self.good(command, "--help"))
                self.assertEqual(self.good("help", command), self.good(command, "--help"))

    def test_bad_arguments_are_refused_in_one_line(self):
        path = self.write(midi.file(midi.track(midi.note(0, 1, 60))))
        model = ["--model", self.model]
        for arguments in (
            [],
            ["foo"],
            ["help", "foo"],
            ["help", "analyze", "draw"],
            ["--foo"],
            ["analyze"],
            ["latent", *model, path, path],
            ["analyze", "--foo", path],
            ["analyze", "-x", path],
            ["analyze", path, "--model"],
            ["analyze", *model, "--hop", "3bars", path],
            ["analyze", *model, "--channel", "17", path],
            ["analyze", *model, "--channel", "-1", path],
            ["analyze", *model, "--channel", "", path],
            ["analyze", *model, "--voice", "loudest", path],
            ["analyze", *model, "--format", "xml", path],
            ["analyze", *model, "--kernel", "mmx", path],
            ["analyze", *model, "--latent=3", path],
            ["analyze", *model, self.folder / "no such file"],
            ["analyze", "--model", self.folder / "no such file", path],
            ["encode", *model, "file"],
            ["encode", *model, "--format", "text"],
            ["encode", *model, "--kernel", "mmx"],
            ["info", self.model, "--format", "csv"],
            ["info", self.model, self.model],
            ["info", self.folder],
            ["bench", *model, "--seconds", "0"],
            ["bench", *model, "--seconds", "nan"],
            ["bench", *model, "--seconds", "1s"],
            ["bench", *model, "--kernel", "mmx"],
        ):
            with self.subTest(arguments):
                result = run(*arguments)
                self.assert_refused(result)
                self.assertEqual(result.stdout, b"")

    def test_an_unknown_kernel_names_those_that_run(self):
        result = run("encode", "--model", self.model, "--kernel", "mmx")
        for name in self.kernels()["supported"]:
            self.assertIn(name.encode(), result.stderr)

    def test_a_line_stays_one_line_whatever_a_file_is_called(self):
        result = run("analyze", "--model", self.model, "a\nb\x1b[31m.mid")
        self.assert_refused(result)
        self.assertNotIn(b"\x1b", result.stderr)

    def test_messages_have_colour_on_a_terminal_alone_and_if_it_is_wanted(self):
        line = "music-neurons: unknown command 'foo'; see music-neurons --help\r\n"
        wanted = {"NO_COLOR": "", "TERM": "xterm"}
        self.assertEqual(on_terminal("foo", status=2, **wanted), "\x1b[31m" + line.replace(": ", ": \x1b[0m", 1))
        for unwanted in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}):
            self.assertEqual(on_terminal("foo", status=2, **(wanted | unwanted)), line)
        self.assertNotIn(b"\x1b", run("foo").stderr)

    def test_output_that_cannot_be_written_is_a_failure(self):
        path = self.write(midi.file(midi.track(*[midi.note(*n) for n in SCALE])))
        line = b"0 " * 32 + b"\n"
        for arguments in (["--help"], ["info", self.model], ["analyze", "--model", self.model, path],
                          ["analyze", "--model", self.model, "--format", "json", path],
                          ["encode", "--model", self.model]):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                result = subprocess.run([PROGRAM, *arguments], input=line, stdout=full,
                                        stderr=subprocess.PIPE, timeout=SECONDS, check=False)
                self.assert_refused(result, status=1)

    def test_the_default_model_lies_beside_the_program_or_where_it_is_installed(self):
        program = self.folder / "bin" / "music-neurons"
        program.parent.mkdir()
        shutil.copy(PROGRAM, program)
        for place in ("lib/lv2", "bin"):
            bundle = self.folder / place / "music-neurons.lv2"
            bundle.mkdir(parents=True)
            shutil.copy(self.model, bundle / "melody-2bar-open.safetensors")
            result = subprocess.run([program, "info", "--format", "json"], capture_output=True, check=True)
            self.assertTrue(os.path.samefile(json.loads(result.stdout)["path"],
                                             bundle / "melody-2bar-open.safetensors"))

    def test_the_bundles_models_go_by_names_and_others_by_files(self):
        home = self.folder / "named"
        bundle = home / "music-neurons.lv2"
        bundle.mkdir(parents=True)
        shutil.copy(PROGRAM, home / "music-neurons")
        files = {"magenta": "melody-2bar.safetensors", "open": "melody-2bar-open.safetensors"}
        for seed, name in enumerate(files.values(), 2):
            (bundle / name).write_bytes(models.model_bytes(*models.small_model(seed=seed)))
        shutil.copy(self.model, home / "open")

        def ask(*arguments):
            return subprocess.run([home / "music-neurons", *arguments], input=b"0 " * 32, cwd=home,
                                  env={"HOME": home}, capture_output=True, timeout=SECONDS, check=False)

        def mu(name):
            return json.loads(ask("encode", "--model", name).stdout)["mu"]

        for name, file in files.items():
            info = json.loads(ask("info", "--format", "json", name).stdout)
            self.assertTrue(os.path.samefile(info["path"], bundle / file))
            self.assertEqual(mu(name), mu(bundle / file))
        self.assertNotEqual(mu("open"), mu("magenta"))
        self.assertEqual(mu("./open"), mu(self.model))  # the file of that name
        for name in ("opne", ""):
            result = ask("encode", "--model", name)
            self.assert_refused(result)
            self.assertIn(b"not one of open, magenta", result.stderr)
        (bundle / files["magenta"]).unlink()
        result = ask("encode", "--model", "magenta")
        self.assert_refused(result)
        self.assertIn(files["magenta"].encode(), result.stderr)


class EncodeTest(ProgramTest):
    def encode(self, text, *options):
        return self.good("encode", "--model", self.model, *options, data=text.encode())

    def test_separators_and_blank_lines_do_not_matter(self):
        tokens = [random.Random(1).randrange(90) for _ in range(32)]
        plain = self.encode(" ".join(map(str, tokens)) + "\n")
        self.assertEqual(plain, self.encode(",".join(map(str, tokens))))
        self.assertEqual(plain, self.encode("\n \t\n" + json.dumps(tokens) + "\r\n\n"))

    def test_formats_hold_the_same_numbers(self):
        rng = random.Random(2)
        text = "".join(" ".join(str(rng.randrange(90)) for _ in range(32)) + "\n" for _ in range(5))
        objects = [json.loads(line) for line in self.encode(text).splitlines()]
        rows = list(csv.reader(io.StringIO(self.encode(text, "--format", "csv"))))
        self.assertEqual(len(objects), 5)
        self.assertEqual([list(map(float, r)) for r in rows], [o["mu"] + o["sigma"] for o in objects])
        for o in objects:
            self.assertEqual(len(o["mu"]), 20)
            self.assertTrue(0 <= o["musicality"] <= 1)
            active = sum(abs(mu) > 0.1 for mu in o["mu"])
            self.assertEqual(active, o["music_active"] + o["noise_active"])
            for value in o["mu"] + o["sigma"]:
                self.assertLess(abs(value * 65536 - round(value * 65536)), 1e-2)

    def test_a_bad_line_is_named_after_the_good_ones(self):
        good = " ".join(["0"] * 32)
        for bad in ("1 2 3", good + " 0", good[:-1] + "90", good[:-1] + "-1", good[:-1] + "x",
                    good[:-1] + "1.0", "[" + good, good + "]", f"[{good}] 1", "[[" + good, "]",
                    good[:-1] + "\x00", good[:-1] + "4294967296", "0 " * 70000, "\x0b"):
            with self.subTest(bad[:80]):
                result = run("encode", "--model", self.model, data=f"{good}\n\n{bad}\n{good}\n".encode())
                self.assert_refused(result)
                self.assertIn(b"standard input:3: ", result.stderr)
                self.assertEqual(result.stdout.count(b"\n"), 1)

    def test_every_kernel_gives_the_same_output(self):
        rng = random.Random(3)
        text = "".join(" ".join(str(rng.randrange(90)) for _ in range(32)) + "\n" for _ in range(20))
        names = self.kernels()["supported"] + ["auto"]
        for weights in ("I16", "I8"):
            # Sizes that do not fill the vectors of the kernels.
            model = models.small_model(hidden=23, latent=19, weights=weights)
            path = self.write(models.model_bytes(*model), "odd.safetensors")
            outputs = {self.encode(text, "--model", path, "--kernel", name) for name in names}
            self.assertEqual(len(outputs), 1, weights)


class AnalyzeTest(ProgramTest):
    def windows(self, groups, *options):
        """(first step, tokens) of each window of a file of one track."""
        records = self.records(midi.file(midi.track(*groups)), *options)
        self.assertEqual([r["window"] for r in records], list(range(1, len(records) + 1)))
        return [(r["start_beat"] * 4, r["tokens"]) for r in records]

    def starts(self, groups, *options):
        return [start for start, _ in self.windows(groups, *options)]

    def test_conformance_vectors_of_the_converter(self):
        if not VECTORS.exists():
            print(f"\nskipped: the conformance vectors, for {VECTORS.name} is not there")
            self.skipTest(f"{VECTORS} is not there")
        for vector in json.loads(VECTORS.read_text()):
            notes = [(n["startStep"], n["endStep"], n["pitch"]) for n in vector["notes"]]
            with self.subTest(vector["name"]):
                windows = self.windows(midi.on_free_channels(notes), "--voice", "highest")
                if windows or any(vector["tokens"]):
                    self.assertEqual(windows[0], (0, vector["tokens"]))

    def test_tokens_follow_the_rules_at_every_step(self):
        for seed in range(8):
            notes = random_notes(random.Random(seed), 150, 30 + 20 * seed)
            with self.subTest(seed):
                windows = self.windows(midi.on_free_channels(notes), "--voice", "highest", "--hop", "step")
                self.assertGreater(len(windows), 100)
                for start, tokens in windows:
                    self.assertEqual(tokens, midi.tokens(notes, int(start)), start)

    def test_a_key_may_be_struck_again_before_it_is_released(self):
        """Both on one tick: the note-off is that of the note before."""
        for seed in range(8):
            rng = random.Random(seed)
            notes, start = [], 0
            while start < 96:
                end = start + rng.choice((1, 2, 2, 3, 4))
                notes.append((start, end, rng.choice((60, 60, 62))))
                start = end + rng.choice((0, 0, 0, 1))
            groups = [midi.struck_first(midi.note(*n)) for n in notes]
            with self.subTest(seed):
                for start, tokens in self.windows(groups):
                    self.assertEqual(tokens, midi.tokens(notes, int(start)), start)

    def test_voices(self):
        notes = [(4 * i, 4 * i + 4, pitch) for i in range(8) for pitch in (60 + i, 80 - i, 70)]
        groups = [midi.note(*n) for n in notes]
        self.assertEqual(self.windows(groups, "--voice", "highest")[0][1], midi.tokens(notes, 0))
        self.assertEqual(self.windows(groups, "--voice", "lowest")[0][1], midi.tokens(notes, 0, best=min))
        latest = self.windows(groups, "--voice", "latest")[0][1]
        self.assertEqual(latest[::4], [70 - 19] * 8)

    def test_the_skyline_has_no_note_below_one_that_sounds(self):
        for seed in range(4):
            notes = random_notes(random.Random(seed), 150, 30 + 20 * seed)
            line = midi.skyline(notes)
            self.assertGreater(len(notes), len(line))
            groups = midi.on_free_channels(notes)
            for voice in ([], ["--voice", "skyline"]):  # it is the default
                with self.subTest(seed, voice=voice):
                    for start, tokens in self.windows(groups, *voice, "--hop", "step"):
                        self.assertEqual(tokens, midi.tokens(line, int(start)), start)

    def test_by_default_the_left_hand_stays_out_of_what_the_right_one_holds(self):
        right = [(0, 6, 72), (8, 14, 74), (16, 22, 76), (24, 30, 77)]
        left = [(2 * i, 2 * i + 1.5, 48 + 4 * (i % 3)) for i in range(16)]
        # Where the right hand rests, the left one is all that there is to hear.
        heard = right + [n for n in left if n[0] % 8 == 6]
        pedal = [midi.control(8 * i, 64, 127) + midi.control(8 * i + 7.9, 64, 0) for i in range(4)]
        expected = [t if t > 1 else 0 for t in midi.tokens(heard, 0)]
        for pedals in ([], pedal):  # it holds notes, but no keys
            tokens = self.windows([midi.note(*n) for n in right + left] + pedals)[0][1]
            self.assertEqual([t if t > 1 else 0 for t in tokens], expected)

    def test_the_pedal_moves_ends_to_where_it_goes_up(self):
        keys = [(0, 2, 60), (3, 4, 64), (9, 10, 62)]
        heard = [(0, 6, 60), (3, 6, 64), (9, 10, 62)]
        pedal = midi.control(1, 64, 127) + midi.control(4.5, 64, 80) + midi.control(6, 64, 0)
        groups = [midi.note(*n) for n in keys] + [pedal, midi.control(9.5, 64, 20)]
        for voice, line in (("highest", heard), ("skyline", midi.skyline(heard))):
            self.assertEqual(self.windows(groups, "--voice", voice), [(0, midi.tokens(line, 0))])
        # A pedal that stays down holds notes to the end of the file, or until all is silenced.
        down = midi.note(0, 1, 60) + midi.control(0, 64, 127) + [(64 * 120, midi.META, b"\xff\x06\x00")]
        self.assertEqual(len(self.windows([down])), 4)
        for controller in (120, 121):
            windows = self.windows([down, midi.control(5, controller, 0)])
            self.assertEqual(windows, [(0, midi.tokens([(0, 5, 60)], 0))])
        windows = self.windows([down, midi.control(5, 123, 0)])  # releases keys, but not the pedal
        self.assertEqual(len(windows), 4)

    def test_an_mpe_zone_makes_a_member_of_channel_10(self):
        groups = [midi.note(0, 4, 60, 2), midi.note(4, 8, 64, 10), midi.note(8, 12, 67, 12)]
        zone = midi.control(0, 101, 0) + midi.control(0, 100, 6) + midi.control(0, 6, 9)
        for extra, options, pitches in (
            ([], [], {60, 67}),
            ([zone], [], {60, 64, 67}),
            ([zone], ["--channel", "1"], {60, 64}),
            ([zone], ["--channel", "10"], {64}),
        ):
            with self.subTest(options):
                tokens = self.windows(groups + extra, *options)[0][1]
                self.assertEqual({t + 19 for t in tokens if t > 1}, pitches)

    def test_channels(self):
        groups = [midi.note(0, 4, 60, 1), midi.note(4, 8, 62, 2), midi.note(8, 12, 64, 10)]
        for options, pitches in (
            ([], {60, 62}),
            (["--channel", "0"], {60, 62}),
            (["--channel", "2"], {62}),
            (["--channel", "10"], {64}),
        ):
            with self.subTest(options):
                tokens = self.windows(groups, *options)[0][1]
                self.assertEqual({t + 19 for t in tokens if t > 1}, pitches)

    def test_hops(self):
        groups = [midi.note(*n) for n in SCALE]
        for hop, every in (("2bars", 32), ("bar", 16), ("half-bar", 8), ("beat", 4),
                           ("half-beat", 2), ("step", 1)):
            with self.subTest(hop):
                self.assertEqual(self.starts(groups, "--hop", hop), list(range(0, 64, every)))

    def test_bars_follow_the_metre(self):
        groups = [midi.note(*n) for n in SCALE]
        self.assertEqual(self.starts(groups + [midi.metre(0, 3, 4)]), [0, 12, 24, 36, 48, 60])
        self.assertEqual(self.starts(groups + [midi.metre(0, 7, 8)]), [0, 14, 28, 42, 56])
        self.assertEqual(self.starts(groups + [midi.metre(0, 6, 8)], "--hop", "beat")[:4], [0, 2, 4, 6])
        # A new metre in the middle of the file, on a bar line.
        change = midi.metre(0, 4, 4) + midi.metre(32, 3, 4)
        self.assertEqual(self.starts(groups + [change]), [0, 16, 32, 44, 56])
        self.assertEqual(self.starts(groups + [change], "--hop", "2bars"), [0, 32, 56])

    def test_a_metre_within_a_bar_starts_a_bar(self):
        change = midi.metre(0, 4, 4) + midi.metre(24, 3, 4)
        groups = [midi.note(*n) for n in SCALE]
        self.assertEqual(self.starts(groups + [change]), [0, 16, 24, 36, 48, 60])
        # A note in the half step before it makes no difference.
        groups.append(midi.note(23.75, 24, 40))
        self.assertEqual(self.starts(groups + [change]), [0, 16, 24, 36, 48, 60])
        self.assertEqual(self.starts(groups + [change], "--hop", "2bars"), [0, 24, 48])

    def test_a_metre_that_makes_no_sense_is_passed_over(self):
        groups = [midi.note(*n) for n in SCALE]
        for data in (b"\xff\x58\x04\x00\x02\x18\x08", b"\xff\x58\x04\x04\x07\x18\x08",
                     b"\xff\x58\x04\x04\xff\x18\x08", b"\xff\x58\x02\x03\x02"):
            with self.subTest(data):
                self.assertEqual(self.starts(groups + [[(0, midi.META, data)]]), [0, 16, 32, 48])

    def test_seconds_follow_the_tempo_map(self):
        groups = [midi.note(*n) for n in SCALE]
        for changes, seconds in (
            ([], [0, 2, 4, 6]),
            ([midi.tempo(0, 60)], [0, 4, 8, 12]),
            ([midi.tempo(0, 60), midi.tempo(16, 240), midi.tempo(40, 30)], [0, 4, 5, 9.5]),
        ):
            with self.subTest(seconds):
                records = self.records(midi.file(midi.track(*changes), midi.track(*groups)))
                for record, expected in zip(records, seconds, strict=True):
                    self.assertAlmostEqual(record["start_s"], expected, places=5)

    def test_windows_with_fewer_than_two_notes_are_not_scored(self):
        groups = [midi.note(0, 2, 60), midi.note(2, 4, 62), midi.note(100, 102, 64)]
        records = self.records(midi.file(midi.track(*groups)), "--latent")
        self.assertEqual(len(records), 7)
        for i, record in enumerate(records):
            self.assertEqual(len(record["tokens"]), 32)
            for field in ("musicality", "music_active", "noise_active", "noise_energy", "top", "mu", "sigma"):
                self.assertEqual(record[field] is None, i > 0, (i, field))

    def test_all_tracks_sound_and_running_status_is_understood(self):
        running = b"\x00\x90\x3c\x40\x60\x3c\x00\x81\x10\x3e\x40\x60\x3e\x00" + b"\x00" + midi.END_OF_TRACK
        records = self.records(midi.file(midi.raw_track(running), midi.track(midi.note(4, 6, 67))), "--track", "all")
        tokens = records[0]["tokens"]
        self.assertEqual((tokens[0], tokens[2], tokens[4]), (60 - 19, 62 - 19, 67 - 19))

    def test_events_of_other_kinds_do_not_matter(self):
        plain = [midi.note(*n) for n in SCALE]
        other = [
            b"\xf0\x05\x7e\x7f\x09\x01\xf7", b"\xf0\x03\x01\x02\x03", b"\xf7\x02\x04\xf7", b"\xf0\x00",
            b"\xff\x03\x04name", b"\xff\x01\x81\x48" + b"t" * 200, b"\xff\x7f\x00", b"\xc0\x05",
            b"\xd0\x05", b"\xe0\x00\x40", b"\xa0\x3c\x40", b"\xb0\x07\x7f",
        ]
        mixed = plain + [[(120 * i, midi.META, data)] for i, data in enumerate(other)]
        self.assertEqual(self.windows(plain), self.windows(mixed))

    def test_files_that_are_merely_untidy_are_read(self):
        notes = midi.track(*[midi.note(*n) for n in SCALE])
        expected = self.records(midi.file(notes))
        for name, data in (
            ("no end of track", midi.file(midi.track(*[midi.note(*n) for n in SCALE], end=b""))),
            ("format 0", midi.file(notes, form=0)),
            ("other chunks", midi.file(midi.chunk(b"XFIH", b"abc"), notes, count=1)),
            ("a longer header", midi.chunk(b"MThd", b"\0\1\0\1\1\xe0??") + notes),
            ("junk at the end", midi.file(notes) + b"junk"),
        ):
            with self.subTest(name):
                self.assertEqual(self.records(data), expected)

    def test_a_model_may_take_longer_windows(self):
        model = self.write(models.model_bytes(*models.small_model(steps=256)), "long.safetensors")
        notes = random_notes(random.Random(11), 600, 300)
        data = midi.file(midi.track(*midi.on_free_channels(notes)))
        for record in self.records(data, "--model", model, "--voice", "highest", "--hop", "half-bar"):
            start = int(record["start_beat"] * 4)
            self.assertEqual(record["tokens"], midi.tokens(notes, start, 256))

    def test_a_note_without_an_end_sounds_as_long_as_the_file(self):
        start = midi.note(0, 1, 60)[:1] + [(64 * 120, midi.META, b"\xff\x06\x00")]
        self.assertEqual(len(self.windows([start])), 4)

    def test_a_file_without_notes_says_so(self):
        path = self.write(midi.file(midi.track()))
        for form in ("text", "json"):
            result = run("analyze", "--model", self.model, "--format", form, path)
            self.assertEqual((result.returncode, result.stdout), (0, b""))
            self.assert_one_line(result)

    def test_formats_agree(self):
        groups = [midi.note(*n) for n in SCALE] + [midi.note(150, 152, 50)]
        path = self.write(midi.file(midi.track(*groups)))
        arguments = ["analyze", "--model", self.model, "--latent", path]
        objects = [json.loads(line) for line in self.good(*arguments, "--format", "json").splitlines()]
        rows = list(csv.DictReader(io.StringIO(self.good(*arguments, "--format", "csv"))))
        text = self.good(*arguments[:3], path).splitlines()
        self.assertEqual(len(rows), len(objects))
        self.assertEqual(len(text), len(objects) + 1)
        for o, row, line in zip(objects, rows, text[1:], strict=True):
            self.assertEqual(list(map(int, row["tokens"].split())), o["tokens"])
            self.assertEqual(line.split()[0], str(o["window"]))
            for field in ("window", "start_beat", "start_s", "musicality", "music_active",
                          "noise_active", "noise_energy"):
                self.assertEqual(float(row[field]) if row[field] else None, o[field])
            if o["top"] is None:
                self.assertTrue(all(not v for k, v in row.items() if k.startswith(("top", "mu_", "sigma_"))))
                continue
            towards_half = math.ceil if o["musicality"] < 0.5 else math.floor
            self.assertIn(f" {towards_half(100 * o['musicality']) / 100:.2f}  ", line)
            self.assertEqual([float(row[f"mu_{i}"]) for i in range(20)], o["mu"])
            self.assertEqual([float(row[f"sigma_{i}"]) for i in range(20)], o["sigma"])
            for name, values in (("axis", o["axes"]), ("neuron", o["neurons"])):
                self.assertEqual([row[f"{name}_{i + 1}"] for i in range(16) if f"{name}_{i + 1}" in row],
                                 [f"{value:.9g}" for value in values] if values else [""] * 8)
            self.assertEqual([float(bits) for bits in row["note_surprise"].split() if bits != "nan"],
                             [bits for bits in o["note_surprise"] if bits is not None])
            for i, top in enumerate(o["top"], 1):
                self.assertEqual((int(row[f"top_{i}_rank"]), row[f"top_{i}_label"]), (top["rank"], top["label"] or ""))
                for field in ("sigma", "percentile"):
                    self.assertEqual(float(row[f"top_{i}_{field}"]), top[field])
                self.assertEqual(int(row[f"top_{i}_neuron"]), top["neuron"])
                self.assertEqual(float(row[f"top_{i}_mu"]), top["mu"])

    def test_labels_say_what_the_sign_of_mu_means(self):
        info = json.loads(self.good("info", "--format", "json"))  # of the bundle's own model, which has labels
        rng, told = random.Random(17), set()
        path = self.write(midi.file(midi.track(*[midi.note(s, s + 2, rng.randrange(40, 90)) for s in range(0, 480, 2)])))
        objects = [json.loads(line) for line in self.good("analyze", "--format", "json", path).splitlines()]
        rows = list(csv.DictReader(io.StringIO(self.good("analyze", "--format", "csv", path))))
        for o, row in zip(objects, rows, strict=True):
            for i, t in enumerate(o["top"] or [], 1):
                words = info["labels"][t["rank"] - 1] if t["neuron"] in info["order"] else {"label": "", "opposite": ""}
                word = t["mu"] < 0 and words["opposite"] or words["label"]
                self.assertEqual(t["label"], None if word in ("", "mixed") else word)
                self.assertEqual(row[f"top_{i}_label"], t["label"] or "")
                told.add(t["label"])
        self.assertGreater(len(told), 3)

    def test_columns_are_called_as_the_ports(self):
        turtle = (pathlib.Path(PROGRAM).parent / "music-neurons.lv2" / "monitor.ttl").read_text()
        ports = set(re.findall(r'lv2:symbol "(\w+)"', turtle))
        path = self.write(midi.file(midi.track(midi.note(0, 1, 60))))
        header = self.good("analyze", "--format", "csv", path).splitlines()[0].split(",")
        named = {"musicality", "sense", "form", "music_active", "noise_active", "noise_energy",
                 *(f"neuron_{i}" for i in range(1, 17)), *(f"axis_{i}" for i in range(1, 9)),
                 *(f"top_{i}_neuron" for i in range(1, 9))}
        self.assertLessEqual(named, ports)
        self.assertLessEqual(named, set(header))
        self.assertEqual(len(header), len(set(header)))

    def test_the_top_are_the_largest(self):
        record = self.records(midi.file(midi.track(*[midi.note(*n) for n in SCALE])), "--latent")[0]
        order = sorted(range(20), key=lambda n: (-abs(record["mu"][n]), n))
        self.assertEqual([t["neuron"] for t in record["top"]], order[:8])
        music = json.loads(self.good("info", "--format", "json", self.model))["order"]
        for t in record["top"]:
            self.assertEqual((t["mu"], t["sigma"]), (record["mu"][t["neuron"]], record["sigma"][t["neuron"]]))
            self.assertEqual(t["rank"] <= len(music), t["neuron"] in music)
            self.assertTrue(0 <= t["percentile"] <= 1)

    def test_encode_gives_the_same_numbers(self):
        notes = random_notes(random.Random(9), 200, 90)
        records = self.records(midi.file(midi.track(*midi.on_free_channels(notes))), "--latent")
        records = [r for r in records if r["mu"]]
        self.assertGreater(len(records), 10)
        text = "".join(json.dumps(r["tokens"]) + "\n" for r in records)
        encoded = self.good("encode", "--model", self.model, data=text.encode()).splitlines()
        for r, line in zip(records, encoded, strict=True):
            self.assertEqual(json.loads(line), {k: r[k] for k in json.loads(line)})

    def test_every_kernel_gives_the_same_output(self):
        notes = random_notes(random.Random(10), 200, 90)
        data = midi.file(midi.track(*midi.on_free_channels(notes)))
        outputs = [self.records(data, "--latent", "--kernel", name) for name in self.kernels()["supported"]]
        self.assertTrue(all(output == outputs[0] for output in outputs))

    def test_progress_shows_on_a_terminal_and_goes_away(self):
        path = self.write(midi.file(midi.track(*[midi.note(*n) for n in SCALE])))
        text = on_terminal("analyze", "--model", self.model, path)
        self.assertIn("analyze: window 1 of ~", text)
        self.assertTrue(text.endswith("\r\x1b[K"), text)


class InfoAndBenchTest(ProgramTest):
    def test_info_tells_what_the_model_is(self):
        info = json.loads(self.good("info", "--format", "json", self.model))
        for field, value in (("name", "small"), ("steps", 32), ("hidden", 24), ("latent", 20),
                             ("music", 6), ("noise", 14), ("weights", "int16"), ("version", 1),
                             ("hidden_frac", 13), ("licence", "CC0-1.0"), ("path", str(self.model))):
            self.assertEqual(info[field], value, field)
        self.assertEqual(len(info["order"]), 6)
        self.assertIn(info["kernels"]["chosen"], info["kernels"]["supported"])
        self.assertIn("scalar", info["kernels"]["supported"])
        text = self.good("info", self.model)
        order = ", ".join(f"{rank} [{neuron}]" for rank, neuron in enumerate(info["order"], 1))
        for value in ("small", "drawn at random", "CC0-1.0", "nobody", order):
            self.assertIn(value, text)


if __name__ == "__main__":
    unittest.main()
