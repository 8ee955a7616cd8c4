# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Runs the program under test."""

import json
import os
import pathlib
import pty
import subprocess
import tempfile
import unittest

import models

PROGRAM = os.path.abspath(os.environ.get("MUSIC_NEURONS", "build/music-neurons"))
SECONDS = 120  # after that it hangs; before, the machine may just be busy


def run(*arguments, data=None):
    """Run to the end, with text in and out."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        input=data if data is not None else b"",
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


def on_terminal(*arguments, status=0, **environment):
    """Run to this status; return stderr, which is a terminal. Nobody reads it meanwhile, so keep it short."""
    ours, theirs = pty.openpty()
    try:
        result = subprocess.run(
            [PROGRAM, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=theirs, timeout=SECONDS, check=False,
            env={**os.environ, **environment},
        )
        if result.returncode != status:
            raise subprocess.CalledProcessError(result.returncode, PROGRAM)
    finally:
        os.close(theirs)
    text = b""
    while part := read_terminal(ours):
        text += part
    os.close(ours)
    return text.decode()


def read_terminal(file):
    """All there is to read. It comes in parts, as it was written, and on Linux it ends with an error."""
    try:
        return os.read(file, 4096)
    except OSError:
        return b""


class ProgramTest(unittest.TestCase):
    """A folder to work in, with a model."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.model = cls.folder / "small.safetensors"
        cls.model.write_bytes(models.model_bytes(*models.small_model()))

    def write(self, data, name="test.mid"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def assert_one_line(self, result):
        """stderr is exactly one line that ends in a newline."""
        text = result.stderr.decode()
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.endswith("\n"), text)
        self.assertTrue(text.startswith("music-neurons: "), text)

    def assert_refused(self, result, status=2):
        self.assertEqual(result.returncode, status, result)
        self.assert_one_line(result)

    def good(self, *arguments, data=None):
        """Run without a complaint; return stdout."""
        result = run(*arguments, data=data)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stderr, b"")
        return result.stdout.decode()

    def records(self, midi_bytes, *options):
        """The output of analyze for a file, as objects."""
        path = self.write(midi_bytes)
        text = self.good("analyze", "--model", self.model, "--format", "json", *options, path)
        return [json.loads(line) for line in text.splitlines()]

    def kernels(self):
        return json.loads(self.good("info", "--format", "json", self.model))["kernels"]
