# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The float reference of level two in float64, which the engine's integers are held against."""

import numpy as np
import torch

import level2
import reference
from level2_windows import PHRASE


class Encoder:
    """Level two from the tensors of a file of float weights, in half or single precision."""

    def __init__(self, tensors):
        try:
            self.tensors = {
                name: torch.from_numpy(array.astype(np.float64))
                for name, array in tensors.items()
                if name.startswith((level2.ENCODER, level2.STYLE))
            }
            self.neurons, self.width, self.latent = level2.sizes(self.tensors)
        except KeyError as error:
            raise reference.WeightsError(f"no second level: no tensor {error}") from None

    def encode(self, mu, heard):
        """(mu, sigma) [n, latent] of phrases, as arrays.

        mu [n, PHRASE, neurons] is level one's of each window, oldest first, of the
        neurons and with the signs that the weights' metadata name; heard [n, PHRASE] says
        which windows were heard. Of others mu does not count.
        """
        found = level2.encode(self.tensors, *self._inputs(mu, heard), torch.float64)
        return tuple(part.numpy() for part in found)

    def labels(self, mu, heard):
        """Probabilities of the file's labels [n, labels] of the same phrases; None where it tells none."""
        if level2.STYLE + "output/bias" not in self.tensors:
            return None
        return torch.softmax(level2.labels(self.tensors, *self._inputs(mu, heard), dtype=torch.float64), 1).numpy()

    def _inputs(self, mu, heard):
        mu, heard = np.asarray(mu, np.float64), np.asarray(heard, bool)
        if mu.shape[1:] != (PHRASE, self.neurons) or heard.shape != mu.shape[:2]:
            raise ValueError(f"{mu.shape} and {heard.shape} are not phrases of {PHRASE} x {self.neurons}")
        return torch.from_numpy(mu), torch.from_numpy(heard)
