# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The program refuses bad MIDI files and model files in one line."""

import collections
import copy
import json
import math
import os
import random
import struct
import subprocess

import bad_midi
import midi
import models
import untidy
from program import ProgramTest, run

MUTANTS = 200
STRICT_EVERY = 3  # of the bad files, to save time
AT_ONCE = 64  # files of a run


class HostileMidiTest(ProgramTest):
    def analyze(self, data, *options):
        return run("analyze", "--model", self.model, "--format", "json", *options, self.write(data))

    def assert_survived(self, result):
        """The program reads it, perhaps without notes, or refuses it in one line."""
        self.assertIn(result.returncode, (0, 2), result)
        *warnings, last = (result.stderr or b"music-neurons: warning: ").splitlines()
        self.assertLessEqual(len(warnings), 4)
        for line in (*warnings, last):
            self.assertTrue(line.startswith(b"music-neurons: "))
        for line in warnings:
            self.assertIn(b": warning: ", line)
        if result.returncode == 2:
            self.assert_one_line(result)
            self.assertEqual(result.stdout, b"")
        for line in result.stdout.splitlines():
            self.assertEqual(len(json.loads(line)["tokens"]), 32)

    def test_flipped_bits_do_no_harm(self):
        data = bad_midi.song()
        rng = random.Random(20260101)
        outcomes = set()
        for mutant in range(MUTANTS):
            changed = bytearray(data)
            for _ in range(1 + mutant % 8):
                changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            options = ("--strict",) if mutant % 2 else ()
            with self.subTest(mutant, options=options):
                result = self.analyze(bytes(changed), *options)
                self.assert_survived(result)
                outcomes.add((options, result.returncode))
        self.assertEqual(len(outcomes), 4)

    def check_refusal(self, path, result):
        self.assert_survived(result)
        self.assertNotIn(b"libsmf", result.stderr)
        if result.returncode == 2:
            self.assertTrue(result.stderr.startswith(f"music-neurons: {path}: ".encode()), result)

    def check_strict(self, path, data, refused, result, strict):
        """What is read without a warning is read as the strict or as a plain reader read it."""
        self.check_refusal(path, strict)
        self.assertIn(strict.returncode, (2,) if refused else (0, 2), strict)
        if strict.returncode == 0:
            self.assertEqual(result.returncode, 0, result)
        if result.returncode == 0 and b": warning: " not in result.stderr:
            known = strict if strict.returncode == 0 else self.analyze(untidy.tidy(data))
            self.assertEqual(*([json.loads(line) for line in of.stdout.splitlines()] for of in (result, known)))

    @staticmethod
    def is_no_refusal(line):
        return b": warning: " in line or b": no notes" in line

    def analyze_each(self, paths, *options):
        """What a run for each file gives, out of one run for all.

        If that run dies, each file has a run of its own.
        """
        command = ["analyze", "--model", self.model, "--format", "json", *options]
        together = run(*command, *paths)
        if together.returncode not in (0, 1, 2):
            return [run(*command, path) for path in paths]
        lines = {str(path): [] for path in paths}
        for line in together.stdout.splitlines(keepends=True):
            record = json.loads(line)
            lines[record.pop("file")].append(json.dumps(record).encode() + b"\n")
        said = {str(path): [] for path in paths}
        for line in together.stderr.splitlines(keepends=True):
            program, path, *_ = line.decode().replace("warning: ", "", 1).split(": ")
            self.assertEqual(program, "music-neurons")
            if path != "analyze":  # which tells how many files failed
                said[path].append(line)
        refused = {path: any(not self.is_no_refusal(line) for line in of) for path, of in said.items()}
        self.assertEqual(together.returncode != 0, any(refused.values()))
        return [
            subprocess.CompletedProcess(
                [*command, path], 2 if refused[path] else 0, b"".join(lines[path]), b"".join(said[path])
            )
            for path in lines
        ]

    def outcomes(self):
        """(name, path, data, refused, what it gives, what --strict gives or None) of each bad file."""
        files = [
            (name, self.folder / f"bad-{number}.mid", data, refused)
            for number, (name, data, refused) in enumerate(bad_midi.all_files())
        ]
        for begin in range(0, len(files), AT_ONCE):
            some = files[begin : begin + AT_ONCE]
            paths = [self.write(data, path.name) for _, path, data, _ in some]
            asked = paths[-begin % STRICT_EVERY :: STRICT_EVERY]
            strict = dict(zip(asked, self.analyze_each(asked, "--strict")))
            for (name, path, data, refused), result in zip(some, self.analyze_each(paths)):
                yield name, path, data, refused, result, strict.get(path)
                path.unlink()

    def test_all_bad_files_are_survived(self):
        kinds = collections.Counter()
        for name, path, data, refused, result, strict in self.outcomes():
            with self.subTest(name):
                self.check_refusal(path, result)
                if strict:
                    self.check_strict(path, data, refused, result, strict)
                    kinds["refused by the strict"] += strict.returncode == 2
                kinds["refused" if result.returncode else
                      "read with a warning" if b": warning: " in result.stderr else "read"] += 1
        self.assertEqual(len(kinds), 4)
        self.assertGreater(min(kinds.values()), 100, kinds)
        print(f"measured: bad MIDI files: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}"
              f" (which one in {STRICT_EVERY} is given to)")

    def test_the_files_that_bad_ones_are_made_of_are_good(self):
        for name, data in bad_midi.good_files().items():
            with self.subTest(name):
                self.good("analyze", "--model", self.model, self.write(data))

    def test_structures_that_make_no_sense_are_refused(self):
        end = b"\x00" + midi.END_OF_TRACK
        body = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
        good = midi.raw_track(body + end)
        whole = midi.file(good)
        late = b"\x60\x80\x3c\x00" + end
        for name, data in (
            ("empty", b""),
            ("other file", b"RIFF" + whole),
            ("text", b"hello, world\n" * 20),
            ("no header", good),
            ("zero division", midi.file(good, division=0)),
            ("SMPTE", midi.file(good, division=0xE728)),
            ("format 2", midi.file(good, form=2)),
            ("format 77", midi.file(good, form=77)),
            ("no tracks", midi.file()),
            ("fewer tracks than declared", midi.file(good, count=2)),
            ("65535 tracks", midi.file(good, count=65535)),
            ("short header", midi.chunk(b"MThd", b"\x00\x01") + good),
            ("huge header", b"MThd\xff\xff\xff\xff" + whole[8:]),
            ("huge track", whole[:14] + b"MTrk\xff\xff\xff\xff" + body),
            ("huge other chunk", whole[:14] + b"Junk\xff\xff\xff\xf0" + good),
            ("track of one byte", midi.file(midi.raw_track(b"\x00"))),
            ("endless number", midi.file(midi.raw_track(b"\xff" * 50))),
            ("number of 5 bytes",
             midi.file(midi.raw_track(b"\x81\x80\x80\x80\x00" + body[1:] + end))),
            ("huge text", midi.file(midi.raw_track(b"\x00\xff\x01\xff\xff\xff\x7fabc"))),
            ("huge sysex", midi.file(midi.raw_track(b"\x00\xf0\xff\xff\xff\x7fabc"))),
            ("no status", midi.file(midi.raw_track(b"\x00\x3c\x40" + end))),
            ("running status after meta",
             midi.file(midi.raw_track(body + b"\x00\xff\x01\x00\x00\x3c\x00" + end))),
            ("status in message", midi.file(midi.raw_track(b"\x00\x90\x90\x40" + end))),
            ("real-time message", midi.file(midi.raw_track(b"\x00\xf8" + end))),
            ("song position", midi.file(midi.raw_track(b"\x00\xf2\x00\x00" + end))),
            ("endless time", midi.file(midi.raw_track(b"\xff\xff\xff\x7f\xb0\x01\x01" * 9 + end))),
            ("too long a note",
             midi.file(midi.raw_track(body[:4] + b"\x8f\xff\xff\x7f" + late[1:]), division=1)),
            ("too late a note",
             midi.file(midi.raw_track(b"\xff\xff\xff\x7f" + body[1:] + end), division=96)),
        ):
            with self.subTest(name):
                self.assert_refused(self.analyze(data, "--strict"))
        for name, data in (
            ("empty", b""),
            ("other file", b"RIFF" + whole[1:]),
            ("RIFF of another kind", b"RIFF\x40\0\0\0WAVEdata\x38\0\0\0" + whole[1:]),
            ("RIFF of nothing", b"RIFF\x04\0\0\0RMID"),
            ("text", b"hello, world\n" * 20),
            ("no header", good),
            ("zero division", midi.file(good, division=0)),
            ("no frames", midi.file(good, division=0x8001)),
            ("7 frames", midi.file(good, division=0xF928)),
            ("no ticks in a frame", midi.file(good, division=0xE700)),
            ("no tracks", midi.file()),
            ("other chunks", midi.file(midi.chunk(b"Junk", b"abc"))),
            ("track of one byte", midi.file(midi.raw_track(b"\x00"))),
            ("no status", midi.file(midi.raw_track(b"\x00\x3c\x40" + end))),
            ("endless tracks of format 2",
             midi.file(*[midi.raw_track(b"\xff\xff\xff\x7f\xb0\x01\x01" * 7 + end)] * 3, form=2)),
            ("too late a note",
             midi.file(midi.raw_track(b"\xff\xff\xff\x7f" + body[1:] + end), division=96)),
            ("too late in seconds",
             midi.file(midi.raw_track(b"\x00\xff\x51\x03\x00\x00\x01\xff\xff\xff\x7f" + body[1:] + end), division=0xE801)),
        ):
            with self.subTest(name):
                self.assert_refused(self.analyze(data))

    def test_a_late_end_of_track_does_no_harm(self):
        body = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
        late = b"\xff\xff\xff\x7f" + midi.END_OF_TRACK
        result = self.analyze(midi.file(midi.raw_track(body + late)))
        self.assertEqual((result.returncode, result.stdout.count(b"\n")), (0, 1))

    def test_extremes_that_are_legal_are_read(self):
        on, off = b"\x90\x3c\x40", b"\x80\x3c\x00"
        end = b"\x00" + midi.END_OF_TRACK
        body = b"\x00" + on + b"\x60" + off + end
        for name, data in (
            ("fastest tempo", midi.file(midi.raw_track(b"\x00\xff\x51\x03\x00\x00\x00" + body))),
            ("shortest bar", midi.file(midi.raw_track(b"\x00\xff\x58\x04\x01\x06\x18\x08" + body))),
            ("longest bar", midi.file(midi.raw_track(b"\x00\xff\x58\x04\xff\x00\x18\x08" + body))),
            ("finest division", midi.file(midi.raw_track(body), division=32767)),
            ("coarsest division", midi.file(midi.raw_track(body), division=1)),
            ("many metres", midi.file(midi.raw_track(
                b"".join(b"\x07\xff\x58\x04" + bytes([1 + i % 9, i % 7, 24, 8]) for i in range(500))
                + body))),
            ("many notes at once", midi.file(midi.raw_track((b"\x00" + on) * 20000 + body))),
            ("many tracks", midi.file(*[midi.raw_track(body)] * 2000)),
        ):
            with self.subTest(name):
                result = self.analyze(data)
                self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_what_is_no_file_is_refused(self):
        os.mkfifo(self.folder / "fifo")
        (self.folder / "no files").mkdir()
        for path in (self.folder / "no files", self.folder / "fifo", "/dev/zero", ""):
            with self.subTest(path):
                self.assert_refused(run("analyze", "--model", self.model, path))

    def test_a_file_that_may_not_be_read_is_refused(self):
        path = self.write(bad_midi.song(), "secret.mid")
        path.chmod(0)
        if os.geteuid() == 0:  # who may read everything
            path.unlink()
            path.symlink_to(path.name)
        self.assert_refused(run("analyze", "--model", self.model, path))

    def test_a_huge_file_is_refused(self):
        path = self.write(bad_midi.song(), "huge.mid")
        os.truncate(path, 2**40)
        self.assert_refused(run("analyze", "--model", self.model, path))


class HostileModelTest(ProgramTest):
    def assert_bad(self, data):
        path = self.write(data, "bad.safetensors")
        for arguments in (["info", path], ["encode", "--model", path]):
            self.assert_refused(run(*arguments, data=b"0 " * 32))

    def test_a_model_that_is_cut_off_is_refused(self):
        data = models.model_bytes(*models.small_model())
        length = 8 + struct.unpack_from("<Q", data)[0]
        for size in (0, 1, 7, 8, 9, length // 2, length - 1, length, length + 1,
                     len(data) // 2, len(data) - 1):
            with self.subTest(size):
                self.assert_bad(data[:size])
        self.assert_bad(data + b"\x00")

    def test_headers_that_lie_are_refused(self):
        header, body = models.split_file(models.model_bytes(*models.small_model()))

        def overlap(h):
            h["encoder/mu/bias"]["data_offsets"] = h["encoder/sigma/bias"]["data_offsets"]

        def shift(h):
            h["encoder/mu/bias"]["data_offsets"] = [len(body) - 40, len(body) + 40]

        def negative(h):
            h["encoder/mu/bias"]["data_offsets"][0] = -4

        def shape(h):
            h["encoder/fw/recurrent"]["shape"].reverse()

        def flat(h):
            h["encoder/fw/recurrent"]["shape"] = [96 * 24]

        def dtype(h):
            h["encoder/mu/bias"]["dtype"] = "F32"

        def missing(h):
            h["encoder/mu/other"] = h.pop("encoder/mu/bias")

        def more_steps(h):
            h["__metadata__"]["steps"] = "257"

        def more_neurons(h):
            h["__metadata__"]["latent"] = "21"

        def other_format(h):
            h["__metadata__"]["format"] = "pt"

        def newer(h):
            h["__metadata__"]["version"] = "2"

        def no_metadata(h):
            del h["__metadata__"]

        def bad_readout(h):
            h["__metadata__"]["readout"] = "{"

        def newline_in_name(h):
            h["a\nb\nc"] = {"dtype": "?\n?", "shape": [1], "data_offsets": [0, 1]}

        for change in (overlap, shift, negative, shape, flat, dtype, missing, more_steps, more_neurons,
                       other_format, newer, no_metadata, bad_readout, newline_in_name):
            with self.subTest(change.__name__):
                changed = copy.deepcopy(header)
                change(changed)
                self.assert_bad(models.with_header(changed, body))

    def test_values_that_make_no_sense_are_refused(self):
        for name, value in (("readout/quantiles", math.nan), ("readout/quantiles", math.inf),
                            ("readout/quantiles", 1e9), ("readout/projection", math.nan),
                            ("readout/center", -math.inf), ("encoder/fw/multiplier", 0),
                            ("encoder/bw/multiplier", -1), ("encoder/fw/input", 2**31 - 1)):
            with self.subTest((name, value)):
                tensors, metadata = models.small_model()
                tensors[name][2][5] = value
                self.assert_bad(models.model_bytes(tensors, metadata))

    def test_a_readout_that_makes_no_sense_is_refused(self):
        for field, value in (("order", [0] * 20), ("order", list(range(19))), ("music", 21), ("music", -1),
                             ("active", 0), ("active", "x"), ("score", {}), ("score", 5),
                             ("score", {"statistic": [1, 0], "probability": [0, 1]}),
                             ("score", {"statistic": [0, 1], "probability": [0, 2]})):
            with self.subTest((field, value)):
                tensors, metadata = models.small_model()
                readout = json.loads(metadata["readout"])
                readout[field] = value
                metadata["readout"] = json.dumps(readout)
                self.assert_bad(models.model_bytes(tensors, metadata))
