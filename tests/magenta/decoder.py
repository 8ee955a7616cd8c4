# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""MusicVAE's flat decoder in float64, which takes the likeliest token each step."""

import itertools

import torch

CLASSES = 90
FORGET_BIAS = 1.0


class Decoder:
    """Runs batches of latent vectors."""

    def __init__(self, tensors):
        def layer(name):
            return tuple(
                torch.from_numpy(tensors[f"decoder/{name}/{part}"].copy()).double() for part in ("kernel", "bias")
            )

        self.initial = layer("z_to_initial_state")
        self.output = layer("output_projection")
        names = (f"multi_rnn_cell/cell_{i}/lstm_cell" for i in itertools.count())
        self.cells = [layer(name) for name in itertools.takewhile(lambda n: f"decoder/{n}/kernel" in tensors, names)]

    def decode(self, z, steps):
        """Tokens [n, steps] of vectors [n, z], as arrays, and how far the
        likeliest was ahead of the next at least, in logits."""
        z = torch.from_numpy(z).double()
        state = torch.tanh(z @ self.initial[0] + self.initial[1]).chunk(2 * len(self.cells), 1)
        c, h = list(state[::2]), list(state[1::2])
        token = torch.zeros(len(z), CLASSES, dtype=torch.float64)  # no step came before the first
        tokens, leads = [], []
        for _ in range(steps):
            x = torch.cat([token, z], 1)
            for layer, (kernel, bias) in enumerate(self.cells):
                i, j, f, o = (torch.cat([x, h[layer]], 1) @ kernel + bias).chunk(4, 1)
                c[layer] = c[layer] * torch.sigmoid(f + FORGET_BIAS) + torch.sigmoid(i) * torch.tanh(j)
                h[layer] = x = torch.sigmoid(o) * torch.tanh(c[layer])
            best = (x @ self.output[0] + self.output[1]).topk(2, 1)
            leads.append(best.values[:, 0] - best.values[:, 1])
            tokens.append(best.indices[:, 0])
            token = torch.nn.functional.one_hot(tokens[-1], CLASSES).double()
        return torch.stack(tokens, 1).numpy(), torch.stack(leads, 1).amin(1).numpy()
