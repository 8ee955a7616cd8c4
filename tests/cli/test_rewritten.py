# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Files that someone else writes while the program reads them: a result or a line, never a signal."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

import checkpoints
from program import PROGRAM, SECONDS, ProgramTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "engine" / "models" / "melody-2bar.safetensors"
WINDOW = b"45 " + b"0 " * 31 + b"\n"
RUNS = 150
IMPORTS = 30


@contextlib.contextmanager
def rewritten(path):
    """A copy of a file that is cut to nothing and written again, over and over."""
    copy = path.with_name("rewritten-" + path.name)
    shutil.copy(path, copy)
    loop = subprocess.Popen(["sh", "-c", 'while :; do cp "$1" "$2"; done', "sh", path, copy],
                            start_new_session=True)
    try:
        yield copy
    finally:
        os.killpg(loop.pid, signal.SIGKILL)  # cp, too
        loop.wait()


class RewrittenTest(ProgramTest):
    def check(self, runs, *arguments, data=b""):
        """Each run either succeeds or says in a line why not."""
        died = 0
        for _ in range(runs):
            result = subprocess.run([PROGRAM, *map(str, arguments)], input=data, capture_output=True,
                                    timeout=SECONDS, check=False)
            died += result.returncode < 0
            if result.returncode > 0:
                self.assert_one_line(result)
        self.assertEqual(died, 0, f"of {runs} runs died by a signal")

    def test_a_model_that_is_rewritten_kills_no_program(self):
        shutil.copy(MODEL, self.folder / "large.safetensors")
        with rewritten(self.folder / "large.safetensors") as model:
            self.check(RUNS, "encode", "--model", model, data=WINDOW)

    def test_a_checkpoint_that_is_rewritten_kills_no_program(self):
        checkpoints.write_bundle(self.folder / "float.ckpt", checkpoints.weights(128, 32))
        with rewritten(self.folder / "float.ckpt.data-00000-of-00001") as data:
            index = data.with_name("rewritten-float.ckpt.index")
            shutil.copy(self.folder / "float.ckpt.index", index)
            self.check(IMPORTS, "import", index, "-o", self.folder / "out.safetensors", "--windows", 8)


if __name__ == "__main__":
    unittest.main()
