# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The float encoder: MusicVAE's bidirectional LSTM, from weights under its names."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

CELL = "encoder/cell_0/bidirectional_rnn/{}/multi_rnn_cell/cell_0/lstm_cell/"
FORGET_BIAS = 1.0
BATCH = 1024


class WeightsError(Exception):
    """The weights are not those of a one-layer MusicVAE encoder."""


class Weights:
    """The encoder's tensors in float64, with both biases folded into `input`.

    input[direction]      [classes, 4H], what a class adds to the pre-activations
    recurrent[direction]  [4H, H], rows in gate order i, j, f, o
    weight[head], bias[head]  [z, 2H] and [z], head "mu" or "sigma"
    """

    def __init__(self, tensors, classes):
        if any(name.startswith("encoder/cell_1/") for name in tensors):
            raise WeightsError("more than one encoder layer; only flat encoders are supported")
        try:
            self.input, self.recurrent = {}, {}
            for direction in ("fw", "bw"):
                kernel = tensors[CELL.format(direction) + "kernel"].astype(np.float64)
                bias = tensors[CELL.format(direction) + "bias"].astype(np.float64)
                self.hidden = len(kernel) - classes
                if self.hidden < 1 or kernel.shape[1] != 4 * self.hidden or bias.shape != (4 * self.hidden,):
                    raise WeightsError(f"{direction} kernel {kernel.shape} does not fit {classes} classes")
                bias[2 * self.hidden : 3 * self.hidden] += FORGET_BIAS
                self.input[direction] = kernel[:classes] + bias
                self.recurrent[direction] = np.ascontiguousarray(kernel[classes:].T)
            self.weight, self.bias = {}, {}
            for head in ("mu", "sigma"):
                self.weight[head] = np.ascontiguousarray(tensors[f"encoder/{head}/kernel"].T, np.float64)
                self.bias[head] = tensors[f"encoder/{head}/bias"].astype(np.float64)
        except KeyError as error:
            raise WeightsError(f"no tensor {error}") from None
        self.latent = len(self.bias["mu"])
        for head in ("mu", "sigma"):
            if self.weight[head].shape != (self.latent, 2 * self.hidden):
                raise WeightsError(f"{head} kernel does not fit hidden size {self.hidden}")


class Encoder:
    """Runs batches of windows."""

    def __init__(self, weights, dtype=torch.float64):
        def convert(array):
            return torch.from_numpy(array).to(dtype)

        self.dtype = dtype
        self.hidden = weights.hidden
        self.input = {k: convert(v) for k, v in weights.input.items()}
        self.recurrent = {k: convert(v).T.contiguous() for k, v in weights.recurrent.items()}
        self.weight = {k: convert(v).T.contiguous() for k, v in weights.weight.items()}
        self.bias = {k: convert(v) for k, v in weights.bias.items()}

    def states(self, tokens, direction):
        """The h of each step [steps, n, H] in the order the direction reads them."""
        tokens = torch.from_numpy(tokens.astype(np.int64))
        h = torch.zeros(len(tokens), self.hidden, dtype=self.dtype)
        c = torch.zeros_like(h)
        states = []
        steps = range(tokens.shape[1])
        for step in steps if direction == "fw" else reversed(steps):
            gates = torch.addmm(self.input[direction][tokens[:, step]], h, self.recurrent[direction])
            i, j, f, o = gates.chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(j)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        return torch.stack(states)

    def batch(self, tokens):
        """(mu, sigma) of windows [n, steps], as arrays."""
        last = torch.cat([self.states(tokens, "fw")[-1], self.states(tokens, "bw")[-1]], 1)
        mu = torch.addmm(self.bias["mu"], last, self.weight["mu"])
        sigma = torch.addmm(self.bias["sigma"], last, self.weight["sigma"])
        return mu.numpy(), torch.nn.functional.softplus(sigma).numpy()

    def encode(self, tokens, label=None):
        """(mu, sigma) of windows [n, steps], as arrays."""
        # One thread a batch: the sums are the same on any number of cores.
        torch.set_num_threads(1)
        batches = [tokens[start : start + BATCH] for start in range(0, len(tokens), BATCH)]
        results = []
        with ThreadPoolExecutor() as pool:
            for result in pool.map(self.batch, batches):
                results.append(result)
                if label and sys.stderr.isatty():
                    print(f"\r{label}: {len(results)} of {len(batches)} batches", end="", file=sys.stderr)
        if label and sys.stderr.isatty():
            print(file=sys.stderr)
        return tuple(np.concatenate(parts) for parts in zip(*results))
