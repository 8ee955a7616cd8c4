#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Many MIDI files in one call of analyze; MUSIC_NEURONS is the program, else build/music-neurons.

What is expected comes from calls with one file each.
"""

import csv
import io
import json
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import midi
from program import PROGRAM, SECONDS, ProgramTest, on_terminal, run

MIB = 1 << 20
JOBS = (1, 2, 7)
BAD, SILENT, LONG = "c bad.mid", "d no notes.mid", "e long.mid"
ODD = 'b "odd", name\nof two lines.mid'
TUNE = pathlib.Path(__file__).resolve().parents[1] / "playing" / "ode-to-joy.mid"


def tune(seed, bars):
    rng = random.Random(seed)
    return midi.file(midi.track(*[midi.note(s, s + 2, rng.randrange(48, 84)) for s in range(0, 16 * bars, 2)]))


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


class ManyFilesTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tunes = cls.folder / "tunes"
        (cls.tunes / "f sub").mkdir(parents=True)
        contents = {"a.mid": tune(1, 5), ODD: tune(2, 3), BAD: b"MThd", SILENT: midi.file(midi.track()),
                    LONG: tune(3, 125), "f sub/a.MIDI": tune(4, 2), "f sub/notes.txt": b"", ".hidden.mid": tune(5, 4),
                    **{f"g{i}.mid": tune(10 + i, 1 + i % 4) for i in range(8)}}
        for name, data in contents.items():
            (cls.tunes / name).write_bytes(data)
        os.symlink("..", cls.tunes / "f sub" / "up")  # leads in a circle
        cls.names = sorted(name for name in contents if name.endswith((".mid", ".MIDI")) and name[0] != ".")
        cls.paths = [f"{cls.tunes}/{name}" for name in cls.names]
        cls.options = ["--model", cls.model, "--hop", "half-beat"]
        cls.alone = {path: run("analyze", *cls.options, "--format", "json", path) for path in cls.paths}

    def analyze(self, *arguments, data=None):
        return run("analyze", *self.options, *arguments, data=data)

    def expected(self, paths):
        """The records of all files, and the lines on stderr."""
        records, lines = [], []
        for path in paths:
            records += [{"file": path, **json.loads(line)} for line in self.alone[path].stdout.splitlines()]
            lines += self.alone[path].stderr.decode().splitlines()
        return records, lines

    def check_json(self, result, paths, status=2, count=None):
        """Both streams are what calls with one file each print, and the number of failures comes last."""
        records, lines = self.expected(paths)
        failed = sum(self.alone[path].returncode != 0 for path in paths)
        if failed:
            lines.append(f"music-neurons: analyze: {failed} of {len(paths)} files failed")
        self.assertEqual((result.returncode, result.stderr.decode().splitlines()), (status, lines))
        self.assertEqual([json.loads(line) for line in result.stdout.splitlines()], records)

    def test_a_folder_gives_what_its_files_give_alone(self):
        self.assertEqual(self.alone[f"{self.tunes}/{BAD}"].returncode, 2)
        self.assertEqual(self.alone[f"{self.tunes}/{SILENT}"].returncode, 0)
        self.assertGreater(len(self.alone[f"{self.tunes}/{LONG}"].stdout), MIB)  # more than a turn holds
        self.check_json(self.analyze("--format", "json", self.tunes), self.paths)

    def test_the_order_is_that_of_the_arguments(self):
        paths = [*reversed(self.paths), self.paths[0]]  # one of them twice
        self.check_json(self.analyze("--format", "json", *paths), paths)
        good = [path for path in paths if not self.alone[path].returncode]
        self.check_json(self.analyze("--format", "json", *good), good, status=0)

    def test_the_number_of_jobs_changes_no_byte(self):
        for form in ("json", "csv", "text"):
            results = [self.analyze("--format", form, "--jobs", jobs, self.tunes) for jobs in JOBS]
            self.assertEqual(results[0].returncode, 2)
            for jobs, result in zip(JOBS, results, strict=True):
                with self.subTest(form=form, jobs=jobs):
                    self.assertEqual(result.stdout, results[0].stdout)
                    self.assertEqual(result.stderr, results[0].stderr)

    def test_csv_has_one_header_and_a_column_for_the_file(self):
        good = [path for path in self.paths if LONG not in path and not self.alone[path].returncode]
        header, *rows = rows_of(self.analyze("--format", "csv", *good).stdout.decode())
        expected = []
        for path in good:
            result = self.analyze("--format", "csv", path)
            first, *more = rows_of(result.stdout.decode())
            self.assertEqual(header, ["file", *first])
            expected += [[path, *row] for row in more]
        self.assertEqual(first[0], "window")  # the columns of one file are as they always were
        self.assertEqual(rows, expected)
        self.assertIn(ODD, "".join(row[0] for row in rows))

    def test_text_has_a_heading_for_each_file(self):
        result = self.analyze(self.paths[0], self.paths[1])
        tables = [self.analyze(path).stdout.decode() for path in self.paths[:2]]
        headings = [f"==> {path} <==\n".replace("\nof", "?of") for path in self.paths[:2]]
        self.assertEqual(result.stdout.decode(), headings[0] + tables[0] + "\n" + headings[1] + tables[1])

    def test_names_that_are_no_utf8_are_told_as_utf8(self):
        path = os.fsencode(self.folder) + b"/\xff\xc3\xa4\xe2\x82.mid"
        pathlib.Path(os.fsdecode(path)).write_bytes(tune(1, 1))
        for form in ("json", "csv"):
            text = run("analyze", *self.options, "--format", form, os.fsdecode(path), self.paths[0]).stdout.decode()
            self.assertIn("/\N{REPLACEMENT CHARACTER}\N{LATIN SMALL LETTER A WITH DIAERESIS}" +
                          2 * "\N{REPLACEMENT CHARACTER}" + ".mid", text)

    def test_one_file_is_not_named(self):
        record = json.loads(self.alone[self.paths[0]].stdout.splitlines()[0])
        self.assertNotIn("file", record)

    def test_standard_input_and_pipes_are_read(self):
        path = self.paths[0]
        data, alone = pathlib.Path(path).read_bytes(), self.alone[path].stdout
        self.assertEqual(self.analyze("--format", "json", "-", data=data).stdout, alone)
        with open(path, "rb") as file:
            result = subprocess.run([PROGRAM, "analyze", *map(str, self.options), "--format", "json", "-"], stdin=file,
                                    capture_output=True, timeout=SECONDS, check=True)
        self.assertEqual(result.stdout, alone)
        shell = f'"{PROGRAM}" analyze --model "{self.model}" --hop half-beat --format json <(cat "{path}")'
        result = subprocess.run(["bash", "-c", shell], capture_output=True, timeout=SECONDS, check=True)
        self.assertEqual(result.stdout, alone)
        both = self.analyze("--format", "json", path, "-", data=data)
        files = [json.loads(line)["file"] for line in both.stdout.splitlines()]
        self.assertEqual(files, sorted(files, reverse=True))
        self.assertEqual(set(files), {path, "-"})
        for bad in (b"", b"MThd", bytes(17 * MIB)):
            result = self.analyze("-", data=bad)
            self.assert_refused(result)
            self.assertIn(b"standard input: ", result.stderr)

    def test_a_list_names_files(self):
        names = [path for path in self.paths if "\n" not in path]
        listed = self.folder / "list"
        listed.write_text("\n".join(names[:5]) + "\n\n")
        rest = "\n".join(names[5:]).encode()  # no line feed at the end
        self.check_json(self.analyze("--format", "json", "--files-from", "-", data=rest), names[5:], status=0)
        self.check_json(self.analyze("--format", "json", *names[5:], "--files-from", listed), names[5:] + names[:5])
        one = self.analyze("--format", "json", "--files-from", "-", data=names[0].encode())
        self.check_json(one, names[:1], status=0)  # it is named, so that all parts of a list look the same
        for arguments, data in ((("--files-from", self.folder / "missing"), b""), (("--files-from", "-"), b"\n"),
                                (("--files-from", "-", "-"), b"a.mid\n")):
            self.assert_refused(self.analyze(*arguments, data=data))

    def test_what_is_missing_does_not_end_the_work(self):
        empty = self.folder / "empty"
        empty.mkdir()
        good = self.paths[0]
        result = self.analyze("--format", "json", self.folder / "missing.mid", empty, good)
        self.assertEqual(result.returncode, 2)
        lines = result.stderr.decode().splitlines()
        self.assertEqual(len(lines), 3, lines)
        self.assertIn("empty: no MIDI file (.mid, .midi, .kar, .rmi)", lines[0])
        self.assertIn("missing.mid: No such file", lines[1])
        self.assertIn("1 of 2 files failed", lines[2])
        self.assertEqual([json.loads(line) for line in result.stdout.splitlines()], self.expected([good])[0])
        self.assert_refused(self.analyze(empty))

    def test_an_output_file_is_whole_or_not_there(self):
        output = self.folder / "out" / "all.csv"
        output.parent.mkdir()
        result = self.analyze("--format", "csv", self.tunes, "-o", output)
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        printed = self.analyze("--format", "csv", self.tunes).stdout
        self.assertEqual(output.read_bytes(), printed)
        bad = f"{self.tunes}/{BAD}"
        for arguments, status in (((bad,), 2), ((bad, bad), 2), (("--model", bad, self.tunes), 2)):
            result = self.analyze("--format", "csv", *arguments, "-o", output)
            self.assertEqual(result.returncode, status)
        self.assert_refused(self.analyze(self.tunes, "-o", self.folder / "nowhere" / "a.csv"), status=1)

        def little():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error instead
            resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))

        command = [PROGRAM, "analyze", *self.options, "--format", "csv", self.paths[0], f"{self.tunes}/{LONG}", self.tunes,
                   "-o", output]
        for jobs in (1, 7):
            result = subprocess.run([*map(str, command), "--jobs", str(jobs)], capture_output=True, timeout=SECONDS,
                                    check=False, preexec_fn=little)
            self.assertEqual(result.returncode, 1, result)
            self.assertIn(b"all.csv: cannot write: ", result.stderr)
        self.assertEqual(output.read_bytes(), printed)
        self.assertEqual(list(output.parent.iterdir()), [output])

    def test_a_full_disk_is_a_failure(self):
        for arguments in ((self.paths[0],), (self.tunes,)):
            with open("/dev/full", "wb") as full:
                result = subprocess.run([PROGRAM, "analyze", *map(str, self.options), *map(str, arguments)], stdout=full,
                                        stderr=subprocess.PIPE, timeout=SECONDS, check=False)
            self.assertEqual(result.returncode, 1)
            self.assertIn(b"cannot write standard output", result.stderr)

    def test_a_bar_shows_progress_on_a_terminal(self):
        text = on_terminal("analyze", *self.options, "-o", self.folder / "shown.txt", *self.paths[:2], self.paths[5])
        self.assertRegex(text, r"analyze: \[#*\.*\] \d of 3 files, 0 failed")
        self.assertTrue(text.endswith("\r\x1b[K"), text)
        self.assertEqual(self.analyze(*self.paths[:2]).stderr, b"")

    def test_jobs_are_a_number(self):
        for jobs in ("0", "-1", "65", "two", ""):
            self.assert_refused(self.analyze("--jobs", jobs, self.tunes))


class BoundTest(ProgramTest):
    """Costs: memory does not grow with the files, and a file costs little."""

    def memory(self, *arguments, meanwhile=lambda _: None):
        """The most memory that a good run has in use, in bytes. Standard output is thrown away."""
        command = [PROGRAM, "analyze", "--model", self.model, *arguments]
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL)
        meanwhile(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.assertEqual(status, 0)
        return usage.ru_maxrss << 10

    @staticmethod
    def wait_until_idle(pid):
        """Until two threads or more have not been woken for a second."""
        end = time.monotonic() + SECONDS
        idle, before = 0, None
        while idle < 20 and time.monotonic() < end:
            time.sleep(0.05)
            now = sorted(re.findall(r"switches:\t(\d+)", (task / "status").read_text())
                         for task in pathlib.Path(f"/proc/{pid}/task").iterdir())
            idle = idle + 1 if now == before and len(now) > 1 else 0
            before = now

    def test_memory_does_not_grow_with_the_number_of_files(self):
        """Also where the first file comes late, so that all others have to wait for it."""
        path = self.write(tune(1, 60), "some.mid")
        options = ["--hop", "half-beat", "--latent", "--format", "json", "--jobs", 2]
        size = len(run("analyze", "--model", self.model, *options, path, path).stdout) // 2
        few, many, little = 8, 60, 10 * MIB
        self.assertTrue(3 * little < (many - few) * size and size < MIB, size)
        late = self.folder / "late.mid"
        os.mkfifo(late)
        held = os.open(late, os.O_RDWR)  # so that a reader waits for what comes

        def let_wait(pid):
            self.wait_until_idle(pid)
            os.write(held, path.read_bytes())
            os.close(held)

        least = self.memory(*options, *[path] * few)
        self.assertLess(self.memory(*options, *[path] * many), least + little)
        self.assertLess(self.memory(*options, late, *[path] * many, meanwhile=let_wait), least + little)

    def test_a_call_for_many_files_takes_a_quarter_of_the_time_of_many_calls(self):
        """In processor time, with the bundle's own model; there is a file for each call."""
        count = 20

        def seconds(*calls):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            for arguments in calls:
                self.good("analyze", "--format", "csv", *arguments)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        together, apart = seconds([TUNE] * count), seconds(*[[TUNE]] * count)
        print(f"measured: {count} files take {together:.2f} s of processor time together, {apart:.2f} s apart")
        self.assertLess(4 * together, apart)


if __name__ == "__main__":
    unittest.main()
