# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Processes that measure on request, one request a line. All stay alive side by side."""

import statistics
import subprocess
import tempfile

# What takes longer than this never finds its weights in a cache. One run a round measures
# it.
LONG = 0.02

# Everything else runs for this many seconds, and at most this often, after a first run
# that does not count.
SLICE, MOST_RUNS = 0.004, 50

# One thread each.
ONE_THREAD = {name + "_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


class Missing(Exception):
    """The reason why something cannot be measured here, in a few words."""


class Process:
    def __init__(self, command, environment):
        self.errors = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=environment | ONE_THREAD,
        )

    def ask(self, question):
        """The answer to a line. Raises Missing with the program's last output."""
        try:
            self.child.stdin.write(question + "\n")
            self.child.stdin.flush()
            answer = self.child.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.child.wait()
            self.errors.seek(0)
            lines = self.errors.read().split("\n")[:-1] or ["it ended without a word"]
            raise Missing(lines[-1])
        return answer.rstrip("\n")

    def close(self):
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass
        self.child.wait()
        self.child.stdout.close()
        self.errors.close()


class Subject:
    """One thing that is measured, by a question "NAME COUNT ..." to a process."""

    def __init__(self, process, name, rest=""):
        self.process, self.name, self.rest = process, name, rest
        self.seconds = []  # one for each round
        took = self._runs(2)[1]
        self.runs = 1 if took > LONG else max(1, min(MOST_RUNS, round(SLICE / took)))
        self.warm = 0 if took > LONG else 1

    def _runs(self, count):
        return list(map(float, self.process.ask(f"{self.name} {count} {self.rest}").split()))

    def measure(self):
        """One round: the median of its runs."""
        self.seconds.append(statistics.median(self._runs(self.warm + self.runs)[self.warm :]))
