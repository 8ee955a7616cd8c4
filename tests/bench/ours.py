# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The program under test, and its models of random weights."""

import json
import os
import pathlib
import subprocess

import numpy as np
import weights
from process import Process

SHIPPED = ("magenta", "open")


class Ours:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        info = self.info()
        self.best = info["kernels"]["chosen"]
        # The plainest is only for comparison, if there is another.
        self.kernels = info["kernels"]["supported"][1:] or [self.best]
        self.shipped = {name: self.info(name)["hidden"] for name in SHIPPED}

    def run(self, *arguments, **more):
        command = [self.program, *map(str, arguments)]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **more).stdout

    def info(self, *model):
        return json.loads(self.run("info", "--format", "json", *model))

    def process(self, model, kernel):
        return Process([self.program, "bench", "--ask", "--model", model, "--kernel", kernel], dict(os.environ))

    def model(self, hidden, kind):
        """A file of random weights, imported again if the program is newer."""
        path = self.folder / f"{hidden}-{kind}.safetensors"
        source = pathlib.Path(weights.__file__)
        newest = max(self.program.stat().st_mtime, source.stat().st_mtime)
        if not path.exists() or path.stat().st_mtime < newest:
            floats = self.folder / f"{hidden}-float32.safetensors"
            if not floats.exists() or floats.stat().st_mtime < source.stat().st_mtime:
                weights.write(weights.make(hidden), floats)
            self.run("import", floats, "-o", path, "--weights", kind)
        return path

    def mu(self, model, tokens):
        """mu of windows, with the signs of the float weights."""
        lines = "".join(" ".join(map(str, window)) + "\n" for window in tokens)
        text = self.run("encode", "--model", model, input=lines)
        mu = np.array([json.loads(line)["mu"] for line in text.splitlines()])
        mu[:, self.info(model)["turned"]] *= -1
        return mu
