# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Encoders of random float weights, the same in every process that asks for them."""

import json
import math
import pathlib
import struct
import sys
from dataclasses import dataclass

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import checkpoints  # noqa: F401, for onnx_file too
from checkpoints import CELL, CLASSES

STEPS = 32
WAYS = ("fw", "bw")
HEADS = ("mu", "sigma")

# Neurons by units of a direction: the two shipped models, and the published full size.
LATENT = {256: 512, 512: 256, 2048: 512}


@dataclass
class Direction:
    """One LSTM. Rows of kernels are inputs, columns are the gates i, j, f, o."""

    input: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray

    def gates(self, order, forget_bias=1):
        """All three with the gates in another order, such as "iofj", and with the bias that
        TensorFlow adds to f."""
        units = self.recurrent.shape[0]
        bias = self.bias.copy()
        bias[2 * units : 3 * units] += np.float32(forget_bias)
        columns = np.concatenate([np.arange(units) + "ijfo".index(gate) * units for gate in order])
        return self.input[:, columns], self.recurrent[:, columns], bias[columns]


@dataclass
class Encoder:
    hidden: int
    latent: int
    directions: tuple  # forward and backward
    heads: dict  # by name: kernel [2 hidden][latent] and bias


def make(hidden):
    """An LSTM that neither dies out nor saturates, so that each weight affects mu."""
    rng = np.random.default_rng(hidden)
    latent = LATENT[hidden]

    def draw(size, *shape):
        return rng.standard_normal(shape, np.float32) * np.float32(size)

    def direction():
        return Direction(
            draw(1, CLASSES, 4 * hidden),
            draw(0.9 / math.sqrt(hidden), hidden, 4 * hidden),
            draw(0.3, 4 * hidden),
        )

    directions = tuple(direction() for _ in WAYS)
    heads = {name: (draw(1 / math.sqrt(hidden), 2 * hidden, latent), draw(0.1, latent)) for name in HEADS}
    return Encoder(hidden, latent, directions, heads)


def windows(count):
    """Random windows of tokens, [count][STEPS]."""
    return np.random.default_rng(1).integers(0, CLASSES, (count, STEPS))


def one_hot(tokens):
    return np.eye(CLASSES, dtype=np.float32)[np.asarray(tokens)]


def write(encoder, path):
    """A file that `music-neurons import` reads."""
    tensors = {}
    for way, direction in zip(WAYS, encoder.directions):
        name = CELL.format(0, way)
        tensors[name + "kernel"] = np.concatenate([direction.input, direction.recurrent])
        tensors[name + "bias"] = direction.bias
    for name, (kernel, bias) in encoder.heads.items():
        tensors[f"encoder/{name}/kernel"] = kernel
        tensors[f"encoder/{name}/bias"] = bias
    header, at = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.astype("<f4").tobytes())
