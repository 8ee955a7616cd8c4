# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the readout must know about the neurons: order, labels, quantiles and the score."""

import numpy as np
import torch

import corpus
import features
import reference

# arXiv 2308.00015: a neuron is active where |mu| is above this.
ACTIVE = 0.1
# A music neuron carries more than this on average, in nats.
MUSIC_KL = 0.1
# softplus reaches 0 in float32, the logarithm must not.
SIGMA_MIN = 1e-6
QUANTILES = 65
RANDOM_COUNT, RANDOM_SEED = 50_000, 1
TEST_COUNT, TEST_SEED = 20_000, 2
HARDER_COUNT = 3000
LABEL_COUNT, LABEL_SEED = 20_000, 3

# The ridge keeps directions with next to no variance (down to 4e-8) from
# amplifying the encoder's rounding errors, about 1.5e-4.
RIDGE = 1e-4
DIRECTIONS = 32
KNOTS = 33
CLAMP = 0.005
NEWTON_STEPS = 30
MANY_ONSETS = 8
NOT_EXCITED = "random sequences do not excite the noise neurons more than music does"


def mean_kl(mu, sigma):
    """Mean KL divergence of each neuron from the prior N(0, 1), in nats."""
    total = np.zeros(mu.shape[1])
    for m, s in zip(np.array_split(mu, 64), np.array_split(sigma, 64)):
        m, s = m.astype(np.float64), np.maximum(s.astype(np.float64), SIGMA_MIN)
        total += ((m * m + s * s - 1) / 2 - np.log(s)).sum(0)
    return total / len(mu)


def _ranks(values):
    """Ranks from 0, ties by position."""
    return values.argsort(kind="stable").argsort()


def spearman(a, b):
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def rank_neurons(mu, sigma):
    """(order from most to least KL, number of music neurons, figures)."""
    kl = mean_kl(mu, sigma)
    order = np.argsort(-kl, kind="stable")
    music = int((kl > MUSIC_KL).sum())
    measures = {"kl": kl, "sigma": -sigma.mean(0, np.float64), "variance": mu.var(0, np.float64)}
    head = order[:music]
    figures = {
        "music": music,
        "kl": [round(float(v), 4) for v in kl[order[: music + 3]]],
        "sigma_below_0.9": int((-measures["sigma"] < 0.9).sum()),
        "same_music_set": all(set(np.argsort(-m)[:music]) == set(head) for m in measures.values()),
    }
    for a, b in (("kl", "sigma"), ("kl", "variance"), ("sigma", "variance")):
        figures[f"spearman {a}/{b}, all and music"] = [
            round(spearman(measures[a], measures[b]), 4),
            round(spearman(measures[a][head], measures[b][head]), 4),
        ]
    if music > 1:
        correlation = np.abs(np.corrcoef(mu[:, head].astype(np.float64), rowvar=False))
        figures["mean_abs_correlation_music"] = round(float(correlation[~np.eye(music, dtype=bool)].mean()), 4)
    return order, music, figures


def quantiles(mu):
    """[z, QUANTILES] of each neuron's mu, ascending."""
    table = [np.quantile(column, np.linspace(0, 1, QUANTILES)) for column in np.ascontiguousarray(mu.T)]
    return np.round(table, 4).astype(np.float32)


def _moments(mu, neurons):
    """Mean and covariance of some neurons."""
    values = mu[:, neurons].astype(np.float64)
    return values.mean(0), np.atleast_2d(np.cov(values, rowvar=False))


def fit_projection(real, random, noise):
    """(rows [K, z], center [z]) whose squared projections tell random from real.

    The noise neurons are whitened by their covariance over real music. There the
    eigenvectors of the random sequences' second moments, sorted, are the
    directions in which random exceeds real most; a row is weighted by the log of
    its ratio.
    """
    center, covariance = _moments(real, noise)
    variance, axes = np.linalg.eigh(covariance)
    whiten = axes / np.sqrt(np.maximum(variance, 0) + RIDGE)
    whitened = (random[:, noise] - center) @ whiten
    ratio, rotation = np.linalg.eigh(whitened.T @ whitened / len(whitened))
    kept = np.flatnonzero(ratio > 1)[::-1][:DIRECTIONS]
    rows = (whiten @ rotation[:, kept] * np.sqrt(np.log(ratio[kept]))).T
    if not len(rows):
        raise ValueError(NOT_EXCITED)
    # A direction has no sign of its own: choose one, so that files compare.
    largest = np.abs(rows).argmax(1)
    rows *= np.sign(rows[np.arange(len(rows)), largest])[:, None]
    projection = np.zeros((len(rows), real.shape[1]), np.float32)
    projection[:, noise] = np.round(rows, 4)
    full_center = np.zeros(real.shape[1], np.float32)
    full_center[noise] = np.round(center, 6)
    return projection, full_center


def statistic(mu, projection, center):
    return np.square((mu - center) @ projection.T.astype(np.float64)).sum(1)


def fit_probability(real, random):
    """(statistic knots, P(real) at each), with as much real music as random.

    A logistic curve on the logarithm of the statistic, by Newton's method. The
    knots are even in the logarithm, from one clamped end to the other.
    """
    inputs = np.stack([np.ones(len(real) + len(random)), np.log(np.concatenate([real, random]))], 1)
    truth = np.concatenate([np.ones(len(real)), np.zeros(len(random))])
    weight = np.where(truth, 0.5 / len(real), 0.5 / len(random))
    curve = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        guess = 1 / (1 + np.exp(-inputs @ curve))
        gradient = inputs.T @ (weight * (truth - guess))
        hessian = inputs.T @ (inputs * (weight * guess * (1 - guess))[:, None])
        curve += np.linalg.solve(hessian, gradient)
    if curve[1] >= 0:
        raise ValueError(NOT_EXCITED)
    logit = np.linspace(1, -1, KNOTS) * np.log((1 - CLAMP) / CLAMP)
    knots = np.exp((logit - curve[0]) / curve[1])
    return [float(f"{knot:.5g}") for knot in knots], np.round(1 / (1 + np.exp(-logit)), 4).tolist()


def probability(values, knots, table):
    return np.interp(values, knots, table)


def auc(real, random):
    """P(a random window's statistic exceeds a real one's); a tie counts half."""
    real = np.sort(real)
    below = np.searchsorted(real, random, "left") + np.searchsorted(real, random, "right")
    return float(below.mean() / (2 * len(real)))


def reliability_error(real, random):
    """Mean gap between probability and share of real, over ten bins, equal priors."""
    values = np.concatenate([real, random])
    truth = np.concatenate([np.ones(len(real)), np.zeros(len(random))])
    weight = np.where(truth, 0.5 / len(real), 0.5 / len(random))
    bins = np.minimum((values * 10).astype(int), 9)
    return float(sum(abs((weight * (truth - values))[bins == b].sum()) for b in range(10)))


def compare_scores(train, real, random, noise, score):
    """AUC of each candidate statistic, real windows against random ones."""
    center, covariance = _moments(train, noise)
    whiten = np.linalg.cholesky(np.linalg.inv(covariance + RIDGE * np.eye(len(noise))))
    candidates = {
        "count": lambda mu: (np.abs(mu[:, noise]) > ACTIVE).sum(1),
        "energy": lambda mu: np.square(mu[:, noise]).sum(1),
        "mahalanobis": lambda mu: np.square((mu[:, noise] - center) @ whiten).sum(1),
        "projection": score,
    }
    return {name: round(auc(f(real), f(random)), 4) for name, f in candidates.items()}


def auc_harder(encoder, tokens, score):
    """AUC of the score against sequences that are closer to music than the paper's."""
    count = min(HARDER_COUNT, len(tokens))
    some = tokens[np.random.default_rng(TEST_SEED).choice(len(tokens), count, replace=False)]
    harder = {
        "pitches 55..79": corpus.random_windows(HARDER_COUNT, TEST_SEED, range(55, 80)),
        "C major 60..84": corpus.random_windows(
            HARDER_COUNT, TEST_SEED, [p for p in range(60, 85) if p % 12 in (0, 2, 4, 5, 7, 9, 11)]
        ),
        "real, pitches shuffled": corpus.shuffle_pitches(some, TEST_SEED),
    }
    real = score(encoder.encode(some)[0])
    return {name: round(auc(real, score(encoder.encode(t)[0])), 4) for name, t in harder.items()}


def label(weights, tokens, readout):
    """Labels of the music neurons by rank, from a sample of windows [n, STEPS]."""
    count = min(LABEL_COUNT, len(tokens))
    some = tokens[np.sort(np.random.default_rng(LABEL_SEED).choice(len(tokens), count, replace=False))]
    mu, _ = reference.Encoder(weights, torch.float32).encode(some, "music, to label")
    music = readout["order"][: readout["music"]]
    return [features.label(rho) for rho in features.spearman(mu[:, music], features.compute(some))]


def calibrate(weights, folder):
    """(readout for the metadata, readout/ tensors, figures) over all train windows."""
    encoder = reference.Encoder(weights, torch.float32)
    train_tokens, _, _ = corpus.windows(folder, "train")
    test_tokens, test_styles, style_names = corpus.windows(folder, "heldout")
    random_tokens = corpus.random_windows(TEST_COUNT, TEST_SEED)
    train, sigma = encoder.encode(train_tokens, "music")
    test, _ = encoder.encode(test_tokens, "held-out music")
    random_fit, _ = encoder.encode(corpus.random_windows(RANDOM_COUNT, RANDOM_SEED), "random")
    random, _ = encoder.encode(random_tokens, "random, to test")

    order, music, figures = rank_neurons(train, sigma)
    noise = np.sort(order[music:])
    if not len(noise):
        raise ValueError("no noise neurons: there is nothing to score with")
    projection, center = fit_projection(train, random_fit, noise)

    def score(mu):
        return statistic(mu, projection, center)

    knots, table = fit_probability(score(train), score(random_fit))
    p_real, p_random = (probability(score(mu), knots, table) for mu in (test, random))
    many_real, many_random = ((t >= 2).sum(1) >= MANY_ONSETS for t in (test_tokens, random_tokens))
    figures.update(
        {
            "train_windows": len(train),
            "heldout_windows": len(test),
            "active_music_neurons_median": float(np.median((np.abs(test[:, order[:music]]) > ACTIVE).sum(1))),
            "active_noise_neurons_median_real_random": [
                float(np.median((np.abs(mu[:, noise]) > ACTIVE).sum(1))) for mu in (test, random)
            ],
            "auc": compare_scores(train, test, random, noise, score),
            "auc_8_onsets": compare_scores(train, test[many_real], random[many_random], noise, score),
            "auc_harder": auc_harder(encoder, test_tokens, score),
            "reliability_error": round(reliability_error(p_real, p_random), 4),
            "reliability_error_8_onsets": round(reliability_error(p_real[many_real], p_random[many_random]), 4),
            "score_quartiles_real": np.quantile(p_real, [0.25, 0.5, 0.75]).round(3).tolist(),
            "score_quartiles_random": np.quantile(p_random, [0.25, 0.5, 0.75]).round(3).tolist(),
            "score_below_half_real": round(float((p_real < 0.5).mean()), 4),
            "score_above_half_random": round(float((p_random > 0.5).mean()), 4),
            "score_median_and_10th_percentile_by_style": {
                style_names[s]: np.quantile(p_real[test_styles == s], [0.5, 0.1]).round(3).tolist()
                for s in np.unique(test_styles)
            },
        }
    )
    readout = {
        "order": order.tolist(),
        "music": music,
        "active": ACTIVE,
        "score": {"statistic": knots, "probability": table},
    }
    tensors = {
        "readout/quantiles": quantiles(train),
        "readout/projection": projection,
        "readout/center": center,
    }
    return readout, tensors, figures
