# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The exit status says what went wrong: 1 if the program fails, 2 if its input is bad."""

import resource
import subprocess
import unittest

import checkpoints
import midi
from program import PROGRAM, SECONDS, ProgramTest, run

MIB = 1 << 20
MOST_MEMORY = 512 * MIB
NOT_STARTED = 127  # from the dynamic linker
GOOD, FAILED = 0, 1


def run_within(memory, *arguments):
    """Run with this many bytes of address space."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )


class ExitStatusTest(ProgramTest):
    def check_memory(self, *arguments):
        """Give it more and more memory until it succeeds. Before, it may only fail for lack of memory."""
        if run_within(MOST_MEMORY, "--version").returncode:
            self.skipTest("this build needs more address space: a sanitizer's")
        failures = 0
        for memory in range(8 * MIB, MOST_MEMORY, 2 * MIB):
            result = run_within(memory, *arguments)
            if result.returncode == GOOD:
                break
            if result.returncode != NOT_STARTED:
                failures += 1
                self.assert_refused(result, status=FAILED)
                self.assertRegex(result.stderr, b"(?i)memory", result)
        self.assertEqual(result.returncode, GOOD, result)
        self.assertGreater(failures, 0)

    def test_a_lack_of_memory_for_a_model_is_a_failure(self):
        self.check_memory("analyze", self.tune())  # with the bundle's own model, which is large

    def test_a_lack_of_memory_for_an_import_is_a_failure(self):
        source = self.folder / "large.safetensors"
        source.write_bytes(checkpoints.safetensors(checkpoints.weights(192, 64)))
        self.check_memory("import", source, "-o", self.folder / "out.safetensors", "--windows", 8)

    def test_what_cannot_be_written_is_a_failure(self):
        path = self.tune()
        for arguments in (
            ("draw", "--model", self.model, path, "-o", self.folder / "nowhere" / "a.png"),
            ("import", self.source(), "-o", self.folder / "nowhere" / "a.safetensors", "--windows", 8),
            ("export", self.model, "--magenta-js", self.folder / "nowhere" / "a"),
            ("extract", self.folder, "-o", self.folder / "nowhere" / "a"),
        ):
            with self.subTest(arguments[0]):
                self.assert_refused(run(*arguments), status=FAILED)

    def test_what_is_missing_is_bad_input(self):
        missing = self.folder / "missing"
        for arguments in (
            ("analyze", "--model", self.model, missing),
            ("analyze", "--model", missing, self.tune()),
            ("import", missing, "-o", self.folder / "a.safetensors"),
            ("import", self.source(), "-o", self.folder / "a.safetensors", "--corpus", missing),
            ("export", missing, "--magenta-js", self.folder / "a"),
            ("extract", missing, "-o", self.folder / "a"),
            ("study", self.model, "--corpus", missing, "-o", self.folder / "b"),
            ("study", self.model, "--corpus", self.folder, "-o", self.folder / "b", "--decoder", missing),
        ):
            with self.subTest(arguments):
                self.assert_refused(run(*arguments))

    def tune(self):
        return self.write(midi.file(midi.track(*[midi.note(2 * i, 2 * i + 2, 60 + i) for i in range(16)])))

    def source(self):
        path = self.folder / "float.safetensors"
        if not path.exists():
            path.write_bytes(checkpoints.safetensors(checkpoints.weights(6, 5)))
        return path


if __name__ == "__main__":
    unittest.main()
