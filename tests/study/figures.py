# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A second implementation of a study's figures, in numpy."""

import numpy as np

STEPS, BAR = 32, 16
RIDGE, USUAL = 1e-4, 0.95
RANDOM_SEED, HARDER_SEED = 2, 10
MASK = (1 << 64) - 1


class Dice:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def roll(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, limit):
        return ((self.roll() >> 32) * limit) >> 32


def random_windows(count, seed):
    """The paper's recipe: 2 to 32 onsets anywhere, pitches 30 to 100, each note held to the next."""
    dice, windows = Dice(seed), np.zeros((count, STEPS), np.uint8)
    for window in windows:
        onsets = 2 + dice.below(STEPS - 1)
        for step in range(STEPS):
            if dice.below(STEPS - step) < onsets:
                window[step] = 30 + dice.below(71) - 19
                onsets -= 1
    return windows


def narrow_windows(count, seed, pitches):
    """The same rhythms with other pitches, from another seed."""
    dice = Dice(seed)
    windows = random_windows(count, dice.roll())
    flat = windows.reshape(-1)
    for i in np.flatnonzero(flat > 1):
        flat[i] = pitches[dice.below(len(pitches))] - 19
    return windows


def shuffled_windows(real, count, seed):
    """Evenly spread windows with their notes in another order (Fisher and Yates)."""
    dice = Dice(seed)
    windows = real[np.arange(count) * len(real) // count].copy()
    for window in windows:
        at = np.flatnonzero(window > 1)
        for last in range(len(at) - 1, 0, -1):
            other = dice.below(last + 1)
            window[[at[last], at[other]]] = window[[at[other], at[last]]]
    return windows


def harder(real):
    white = [p for p in range(60, 85) if p % 12 in (0, 2, 4, 5, 7, 9, 11)]
    return {
        "pitches_55_79": narrow_windows(3000, HARDER_SEED, range(55, 80)),
        "c_major_60_84": narrow_windows(3000, HARDER_SEED + 1, white),
        "real_pitches_shuffled": shuffled_windows(real, min(3000, len(real)), HARDER_SEED + 2),
    }


def ranks(values):
    """Ranks from 0; equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[inverse]


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def auc(real, random):
    """The share of all pairs in which the random value is larger. A tie counts half."""
    real, random = np.asarray(real, float), np.asarray(random, float)
    total = sum((r > real).sum() + (r == real).sum() / 2 for r in random)
    return total / (len(real) * len(random))


def roc_area(points):
    return np.trapezoid(points, dx=1 / (len(points) - 1)) if hasattr(np, "trapezoid") else np.trapz(
        points, dx=1 / (len(points) - 1)
    )


def divergence(mu, sigma):
    sigma = np.maximum(sigma, 1e-6)
    return ((mu**2 + sigma**2 - 1) / 2 - np.log(sigma)).mean(0)


class Yardstick:
    """Statistics of noise neurons on the train part."""

    def __init__(self, mu, noise):
        self.noise, values = noise, mu[:, noise]
        self.center = values.mean(0)
        covariance = np.cov(values, rowvar=False, ddof=0) + RIDGE * np.eye(len(noise))
        self.inverse = np.linalg.inv(covariance)
        self.threshold = np.quantile(np.abs(values), USUAL, axis=0)

    def distance(self, mu):
        off = mu[:, self.noise] - self.center
        return np.einsum("ij,jk,ik->i", off, self.inverse, off)

    def unusual(self, mu):
        return (np.abs(mu[:, self.noise]) > self.threshold).sum(1)


def reliability(real, random):
    """(error, [(weight, mean score, share of real)]) in ten bins, real and random equally likely."""
    score = np.concatenate([real, random])
    truth = np.repeat([1.0, 0.0], [len(real), len(random)])
    weight = np.repeat([0.5 / len(real), 0.5 / len(random)], [len(real), len(random)])
    bins, error = [], 0
    for low in range(10):
        part = np.minimum(np.floor(score * 10), 9) == low
        total = weight[part].sum()
        said, share = (weight * score)[part].sum(), (weight * truth)[part].sum()
        error += abs(share - said)
        bins.append((total, said / total, share / total) if part.any() else (0, None, None))
    return error, bins


def attribute(values, mu, half):
    """(AUC and rho of the vector, of the best neuron, that neuron), learnt on half 0, measured on half 1."""
    first, second = half == 0, half == 1
    low, high = np.nanquantile(values[first], [0.25, 0.75])
    many, few = values >= high, values <= low
    vector = mu[first & many].mean(0) - mu[first & few].mean(0)
    found = np.array([auc(mu[first & few, n], mu[first & many, n]) for n in range(mu.shape[1])])
    neuron = int(np.abs(found - 0.5).argmax())

    def skill(projected):
        there = second & ~np.isnan(values)
        area, rho = auc(projected[second & few], projected[second & many]), spearman(values[there], projected[there])
        return (1 - area, -rho) if area < 0.5 else (area, rho)

    return skill(mu @ vector), skill(mu[:, neuron]), neuron
