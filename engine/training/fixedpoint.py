# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The encoder in integers, bit for bit as the C engine computes it.

Everything is int64 here; the C engine uses int32 wherever the values fit.
"""

import numpy as np

import tables

TANH_Q16 = np.array(tables.tanh_q16(), np.int64)
SOFTPLUS_Q16 = np.array(tables.softplus_q16(), np.int64)
RANGE = 1 << 20  # tables end at an argument of 8 in Q17 and of 16 in Q16
BATCH = 512


def _interpolate(table, magnitude):
    index, fraction = magnitude >> 10, magnitude & 1023
    low = table[index]
    return low + (((table[index + 1] - low) * fraction + 512) >> 10)


def tanh_q16(x_q17):
    return np.sign(x_q17) * _interpolate(TANH_Q16, np.minimum(np.abs(x_q17), RANGE))


def sigmoid_q16(x_q16):
    # sigmoid(x) = (1 + tanh(x / 2)) / 2, and x in Q16 read as Q17 is x / 2.
    return (65537 + tanh_q16(x_q16)) >> 1


def softplus_q16(x_q16):
    magnitude = np.minimum(np.abs(x_q16), RANGE)
    return np.maximum(x_q16, 0) + _interpolate(SOFTPLUS_Q16, magnitude)


def _rescale(accumulator, multiplier):
    return (accumulator * multiplier + (1 << 31)) >> 32


class Encoder:
    """Encodes windows with the tensors of a model file."""

    def __init__(self, tensors, hidden_frac):
        self.tensors = tensors
        self.hidden_frac = hidden_frac
        self.hidden = tensors["encoder/fw/recurrent"].shape[1]
        # No partial sum exceeds 2^31 (the model's bound), so float64, for which
        # numpy has a fast matrix product, adds them exactly.
        self.matrix = {
            name: tensors[f"encoder/{name}"].T.astype(np.float64)
            for name in ("fw/recurrent", "bw/recurrent", "mu/weight", "sigma/weight")
        }
        # Extremes seen so far, in Q16.
        self.max_gate_q16 = 0
        self.max_cell_q16 = 0

    def _product(self, name, vector):
        return (vector.astype(np.float64) @ self.matrix[name]).astype(np.int64)

    def last_state(self, tokens, direction):
        """The last h of one direction, in Q hidden_frac."""
        table = self.tensors[f"encoder/{direction}/input"].astype(np.int64)
        multiplier = self.tensors[f"encoder/{direction}/multiplier"].astype(np.int64)
        h = np.zeros((len(tokens), self.hidden), np.int64)
        c_q16 = np.zeros_like(h)
        shift = 32 - self.hidden_frac
        steps = range(tokens.shape[1])
        for step in steps if direction == "fw" else reversed(steps):
            accumulator = table[tokens[:, step]] + self._product(f"{direction}/recurrent", h)
            gates = _rescale(accumulator, multiplier)
            i, j, f, o = np.split(gates, 4, 1)
            c_q16 = (sigmoid_q16(f) * c_q16 + sigmoid_q16(i) * tanh_q16(2 * j) + (1 << 15)) >> 16
            h = (sigmoid_q16(o) * tanh_q16(2 * c_q16) + (1 << (shift - 1))) >> shift
            self.max_gate_q16 = max(self.max_gate_q16, int(np.abs(gates).max()))
            self.max_cell_q16 = max(self.max_cell_q16, int(np.abs(c_q16).max()))
        return h

    def _head(self, name, states):
        bias = self.tensors[f"encoder/{name}/bias"].astype(np.int64)
        multiplier = self.tensors[f"encoder/{name}/multiplier"].astype(np.int64)
        return _rescale(bias + self._product(f"{name}/weight", states), multiplier)

    def encode_q16(self, tokens):
        """(mu, sigma) of windows [n, steps] in Q16."""
        parts = []
        for start in range(0, len(tokens), BATCH):
            batch = tokens[start : start + BATCH]
            states = np.concatenate([self.last_state(batch, d) for d in ("fw", "bw")], 1)
            parts.append((self._head("mu", states), softplus_q16(self._head("sigma", states))))
        return tuple(np.concatenate(part) for part in zip(*parts))

    def encode(self, tokens):
        """(mu, sigma) of windows [n, steps] as floats."""
        return tuple(value / 65536 for value in self.encode_q16(tokens))
