# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Paired rounds over everything that encodes windows of one size. A round measures each
once, and ratios are those within a round."""

import statistics
import time

import numpy as np
import weights
from process import Missing, Subject

LEAST_ROUNDS = 5
PARTS = ("encoder", "floor", "read", "lookup", "product", "gates", "heads")

# For a larger model a batch takes too long for each round. So do weights of 16 bits, which
# import gives to small models only.
SMALL = 512

TORCH, ONNX, ONNX_INT8 = "PyTorch float32", "ONNX Runtime float32", "ONNX Runtime int8"
PEERS = (TORCH, ONNX, ONNX_INT8)

# A peer whose mu differs by more than this part of the mean size of mu computes something
# else.
MOST_DIFFERENCE = 0.1
AGREEMENT_WINDOWS = 4


class Disagreement(Exception):
    """A peer does not compute what it should."""


def spread(values):
    ordered = sorted(values)
    quarter = (len(ordered) - 1) // 4
    return {
        "median": statistics.median(ordered),
        "quartiles": [ordered[quarter], ordered[-1 - quarter]],
        "least": ordered[0],
    }


def ours_key(kind, kernel, part):
    return f"{kind} {kernel} {part}"


class Size:
    """All subjects of one size by name, and why others are absent."""

    def __init__(self, hidden, ours, peers):
        self.hidden, self.ours = hidden, ours
        self.subjects, self.absent, self.agreement, self.about = {}, {}, {}, set()
        self.processes = []
        self.tokens = weights.windows(AGREEMENT_WINDOWS)
        model = ours.model(hidden, "int8")
        batch = ("batch",) if hidden <= SMALL else ()
        for kernel in ours.kernels:
            parts = PARTS + batch if kernel == ours.best else PARTS[:2]
            self._add_ours("int8", model, kernel, parts)
        if hidden <= SMALL:
            self._add_ours("int16", ours.model(hidden, "int16"), ours.best, PARTS[:2] + batch)
        for name, shipped in ours.shipped.items():
            if shipped == hidden:
                self._add_ours(name, name, ours.best, PARTS[:2])
        self.mu = ours.mu(model, self.tokens)
        self._add_peer(TORCH, lambda: peers.torch(hidden))
        self._add_peer(ONNX, lambda: peers.onnx(hidden, int8=False))
        self._add_peer(ONNX_INT8, lambda: peers.onnx(hidden, int8=True))

    def best(self, part):
        return ours_key("int8", self.ours.best, part)

    def _add_ours(self, kind, model, kernel, parts):
        process = self.ours.process(model, kernel)
        self.processes.append(process)
        for part in parts:
            self.subjects[ours_key(kind, kernel, part)] = Subject(process, part)

    def _add_peer(self, name, start):
        try:
            process = start()
            self.processes.append(process)
            self.about.add(process.ask("about"))
            self._check(name, process)
            self.subjects[name] = Subject(process, "window", " ".join(map(str, self.tokens[0])))
        except Missing as missing:
            self.absent[name] = str(missing)

    def _check(self, name, process):
        """Compares the peer's mu with ours, to see that it does the same work."""
        answers = [process.ask("mu " + " ".join(map(str, window))) for window in self.tokens]
        mu = np.array([answer.split() for answer in answers], float)
        size, difference = np.abs(self.mu).mean(), np.abs(mu - self.mu).mean()
        self.agreement[name] = {"mean_abs_difference": difference, "mean_abs_mu": size}
        if not difference < MOST_DIFFERENCE * size:
            raise Disagreement(
                f"{name}, hidden {self.hidden}: mu differs from ours by {difference:.4f} on average,"
                f" where its size is {size:.4f}: that is another encoder"
            )

    def run(self, seconds):
        """Every other round goes backwards, so that a drift favours nobody."""
        end, rounds = time.monotonic() + seconds, 0
        while rounds < LEAST_ROUNDS or time.monotonic() < end:
            subjects = list(self.subjects.values())
            for subject in subjects[:: -1 if rounds % 2 else 1]:
                subject.measure()
            rounds += 1
        return rounds

    def close(self):
        for process in self.processes:
            process.close()

    def ratio(self, above, below):
        """The ratios of two subjects, one for each round. None if one is absent."""
        if above not in self.subjects or below not in self.subjects:
            return None
        pairs = zip(self.subjects[above].seconds, self.subjects[below].seconds)
        return spread([a / b for a, b in pairs])

    def milliseconds(self):
        return {
            name: spread([1e3 * seconds for seconds in subject.seconds])
            for name, subject in self.subjects.items()
        }
