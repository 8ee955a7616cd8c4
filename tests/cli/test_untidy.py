# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The program reads MIDI files with faults as players do, and says what it mended."""

import concurrent.futures
import json
import os
import pathlib
import unittest

import bad_midi
import midi
import untidy
from program import ProgramTest, run

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "midi"
STRICT_EVERY = 4  # of many files, to save time
AT_ONCE = 2 * (os.cpu_count() or 1)
WARNING = "music-neurons: warning: "

# Files with the scale, and how many warnings their faults are worth.
SCALES = {
    "running_status_after_text.mid": 0, "controller_value_255.mid": 1, "active_sensing_in_track.mid": 0, "riff_rmid.rmi": 0,
    "format2_one_track.mid": 0, "smpte_25x40.mid": 0, "last_byte_missing.mid": 1, "track_length_too_long_last.mid": 1,
    "no_end_of_track.mid": 0, "header_says_3_tracks_2_there.mid": 1, "vendor_chunk_counted.mid": 1,
    "header_of_8_bytes.mid": 0, "bytes_after_end_in_chunk.mid": 0,
}
READ_BY_THE_STRICT = {"no_end_of_track.mid", "header_of_8_bytes.mid", "bytes_after_end_in_chunk.mid"}


class UntidyMidiTest(ProgramTest):
    def analyze(self, path, *options):
        return run("analyze", "--model", self.model, "--format", "json", *options, path)

    def hear(self, path):
        """The tokens of the first window, and the warnings without their start."""
        result = self.analyze(path)
        self.assertEqual(result.returncode, 0, result)
        lines = result.stderr.decode().splitlines()
        for line in lines:
            self.assertTrue(line.startswith(f"{WARNING}{path}: "), line)
        start = len(f"{WARNING}{path}: ")
        return json.loads(result.stdout.splitlines()[0])["tokens"], [line[start:] for line in lines]

    def test_what_is_certain_is_read_without_a_word(self):
        for name, data in untidy.certain_files():
            with self.subTest(name):
                path = self.write(data)
                self.assertEqual(self.hear(path), (untidy.SCALE, []))
                self.assert_refused(self.analyze(path, "--strict"))

    def test_what_is_mended_has_the_right_notes_and_a_warning(self):
        def outcome(case):
            number, (name, data, expected) = case
            path = self.write(data, f"mended-{number}.mid")
            strict = None if number % STRICT_EVERY else self.analyze(path, "--strict")
            return name, expected, self.hear(path), strict

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for name, expected, (tokens, warnings), strict in pool.map(outcome, enumerate(untidy.mended_files())):
                with self.subTest(name):
                    self.assertEqual(tokens, untidy.SCALE)
                    self.assertTrue(1 <= len(warnings) <= 4, warnings)
                    if expected is not None:
                        self.assertEqual(len(warnings), len(expected), warnings)
                        for line, words in zip(warnings, expected, strict=True):
                            self.assertRegex(line, words)
                    if strict and not strict.returncode:  # a length that leaves out whole events, and no more
                        self.assertTrue(name.startswith("a last track of"))

    def test_files_that_rebuild_what_people_report(self):
        if not SHARED.is_dir():
            self.skipTest("no folder of them here")
        for name, warnings in SCALES.items():
            with self.subTest(name):
                tokens, told = self.hear(SHARED / name)
                self.assertEqual((tokens, len(told)), (untidy.SCALE, warnings), told)
                strict = self.analyze(SHARED / name, "--strict")
                self.assertEqual(strict.returncode, 0 if name in READ_BY_THE_STRICT else 2)

    def test_strict_is_the_same_for_files_without_a_fault(self):
        for name, data in bad_midi.good_files().items():
            with self.subTest(name):
                path = self.write(data)
                results = [self.analyze(path), self.analyze(path, "--strict")]
                for result in results:
                    self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertEqual(results[0].stdout, results[1].stdout)

    def test_tracks_of_format_2_follow_one_another(self):
        tracks = [midi.track(midi.note(0, 2, pitch), midi.metre(16, 4, 4)) for pitch in (60, 62, 64)]
        records = self.records(midi.file(*tracks, form=2))
        tokens = [41, 0, 1] + 13 * [0] + [43, 0, 1] + 13 * [0]
        self.assertEqual(records[0]["tokens"], tokens)

    def test_seconds_follow_each_tempo(self):
        """A second at 60 bpm is a quarter note; then half of one is."""
        ms = 0xE728
        body = (b"\x00\xff\x51\x03\x0f\x42\x40" + b"\x00\x90\x3c\x50" + midi.number(1000) + b"\x80\x3c\x00"
                + b"\x00\xff\x51\x03\x07\xa1\x20" + b"\x00\x90\x3e\x50" + midi.number(1000) + b"\x80\x3e\x00"
                + b"\x00\x90\x40\x50" + midi.number(500) + b"\x80\x40\x00")
        record = self.records(untidy.one_track(body, division=ms))[0]
        self.assertEqual(record["tokens"], [41, 0, 0, 0, 43] + 7 * [0] + [45, 0, 0, 0, 1] + 15 * [0])

    def test_a_file_that_is_cut_off_is_read_up_to_there(self):
        data = bad_midi.song()
        read = 0
        for size in range(0, len(data), 9):
            with self.subTest(size):
                self.assert_refused(self.analyze(self.write(data[:size]), "--strict"))
                result = self.analyze(self.write(data[:size], "cut.mid"))
                if result.returncode == 2:
                    self.assert_one_line(result)
                    self.assertLess(size, 40)
                    continue
                read += 1
                self.assertTrue(result.stderr.startswith(WARNING.encode()), result)
                self.assertEqual(result.stdout, self.analyze(self.write(untidy.tidy(data[:size]))).stdout)
        self.assertGreater(read, 20)

    def test_every_command_warns_and_may_be_strict(self):
        bad = self.folder / "tunes"
        bad.mkdir()
        path = bad / "a.mid"
        path.write_bytes(untidy.one_track(b"\x00\xb0\x07\xff" + untidy.scale()))
        for arguments, refusal in ((("analyze", "--model", self.model, path), 2), (("latent", "--model", self.model, path), 2),
                                   (("draw", "--model", self.model, path, "-o", self.folder / "a.png"), 2),
                                   (("extract", bad, "-o", self.folder / "a"), 2)):
            with self.subTest(arguments[0]):
                result = run(*arguments)
                self.assertEqual(result.returncode, 0, result)
                self.assert_one_line(result)
                self.assertTrue(result.stderr.startswith(f"{WARNING}{path}: track 1: ".encode()), result)
                result = run(*arguments, "--strict")
                self.assertEqual(result.returncode, refusal)
                self.assertIn(f"{path}: track 1: ".encode(), result.stderr)


if __name__ == "__main__":
    unittest.main()
