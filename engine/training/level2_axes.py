# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A start for level two: the best linear one, on the principal axes of level one's answers.

With error in units of level one's own width, a linear VAE with KL weight beta has a
closed form (Lucas et al., NeurIPS 2019, "Don't blame the ELBO"): along an axis of
variance v above beta, the posterior has the variance beta / v, and the decoder a
column of length sqrt(v - beta). Along the others nothing is said.
"""

import numpy as np
import torch

import level2
from level2_windows import PHRASE

# Of the variance, so that axes of next to none do no harm.
LEAST = 1e-3
# A posterior of at least this width: softplus of a bias.
SIGMA_LEAST = 0.02
# Of the variance of h, which is 1, in the regression on styles.
RIDGE = 0.01
# What is left of the random start of sigma.
SMALL = 0.1


def whole(mu, sigma, heard):
    """(mu, sigma) of all phrases in stretches that are heard from end to end."""
    row, first = np.argwhere(np.lib.stride_tricks.sliding_window_view(heard, PHRASE, 1).all(2)).T
    windows, row = first[:, None] + np.arange(PHRASE), row[:, None]
    return mu[row, windows], sigma[row, windows]


def axes(mu, sigma):
    """(mean, weight, variances, axes as columns) of phrases heard as a whole [n, PHRASE, neurons].

    `weight` is what a unit of each number is in level one's own widths.
    """
    x = mu.reshape(len(mu), -1).astype(np.float64)
    weight = np.sqrt((1 / sigma.reshape(len(mu), -1).astype(np.float64) ** 2).mean(0))
    mean = x.mean(0)
    variance, vectors = np.linalg.eigh(np.cov((x - mean).T * weight[:, None]))
    return mean, weight, variance[::-1], vectors[:, ::-1]


def start(tensors, found, beta, first=0):
    """Writes the linear solution of axes `found` into new tensors; the blocks add nothing yet.

    beta [latent] is each neuron's. The neurons before the `first` say nothing yet.
    """
    mean, weight, variance, vectors = found
    neurons, width, latent = level2.sizes(tensors)
    used = min(width, latent - first, PHRASE * neurons)
    variance, vectors = np.maximum(variance[:used], LEAST), vectors[:, :used]
    beta = np.asarray(beta, np.float64)[first : first + used]
    said = np.sqrt(np.maximum(0, 1 - beta / variance))
    spread = np.sqrt(np.minimum(1, beta / variance)).clip(SIGMA_LEAST)
    read = weight[:, None] * vectors / np.sqrt(variance)
    # A window that was not heard counts as the mean.
    flags = -(mean[:, None] * read).reshape(PHRASE, neurons, used).sum(1)
    written = (said * np.sqrt(variance))[:, None] * vectors.T / weight

    def put(name, row, column, values):
        place = tensors[name][row : row + values.shape[0], column : column + values.shape[1]]
        place.copy_(torch.from_numpy(np.ascontiguousarray(values)))

    with torch.no_grad():
        for name in tensors:
            if not name.endswith(("/in/kernel", "sigma/bias", "sigma/kernel")):
                tensors[name].zero_()
        put(level2.ENCODER + "input/kernel", 0, 0, np.concatenate([read, flags]))
        put(level2.ENCODER + "mu/kernel", 0, first, np.diag(said))
        put(level2.CONDUCTOR + "input/kernel", first, 0, np.eye(used))
        put(level2.CONDUCTOR + "output/kernel", 0, 0, written)
        tensors[level2.CONDUCTOR + "output/bias"].copy_(torch.from_numpy(mean))
        if level2.ENCODER + "sigma/bias" in tensors:
            bias = torch.from_numpy(np.log(np.expm1(spread)))
            tensors[level2.ENCODER + "sigma/bias"][first : first + used].copy_(bias)
            tensors[level2.ENCODER + "sigma/kernel"].mul_(SMALL)


def start_styles(tensors, h, style, distance):
    """Writes into the first rows of mu what tells styles best, linearly: each one's mean on an axis of its own.

    h [n, width] is what the encoder's trunk makes of phrases with a style [n]; each style counts as much.
    """
    count = np.bincount(style)
    weight = 1 / count[style]
    x = np.concatenate([h, np.ones((len(h), 1))], 1)
    target = distance * np.eye(len(count))[style]
    ridge = RIDGE * weight.sum() * np.eye(x.shape[1])
    found = np.linalg.solve(x.T @ (x * weight[:, None]) + ridge, x.T @ (target * weight[:, None]))
    with torch.no_grad():
        tensors[level2.ENCODER + "mu/kernel"][:, : len(count)] = torch.from_numpy(found[:-1])
        tensors[level2.ENCODER + "mu/bias"][: len(count)] = torch.from_numpy(found[-1])
