# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Float weights to the integer tensors of a model file.

A row r of a matrix has one scale s_r: weight = q * s_r. Its accumulator counts
in units of s_r * 2^-hidden_frac, and multiplier / 2^32 takes it to Q16.
"""

import numpy as np

import fixedpoint
import reference

LIMIT = {"int16": 32767, "int8": 127}
ACCUMULATOR_MAX = 2**31 - 1
# Rounding the weights may lengthen a row's sum of magnitudes; leave it room.
HEADROOM = 0.98
# From 15 bits on, an h of exactly 1 would not fit int16.
HIDDEN_FRACS = range(11, 15)
DIRECTIONS = ("fw", "bw")
HEADS = ("mu", "sigma")


class RangeError(Exception):
    """The weights do not fit the fixed-point format."""


def _multiplier(scale, hidden_frac):
    """The smallest multiplier whose exact scale is no less than `scale`."""
    multiplier = np.maximum(np.ceil(scale * 2.0 ** (48 - hidden_frac)), 1)
    if multiplier.max() >= 2**31:
        raise RangeError(f"a row scale of {scale.max():.3g} is too large for hidden_frac {hidden_frac}")
    return multiplier.astype(np.int32)


def _scale_of(multiplier, hidden_frac):
    return multiplier / 2.0 ** (48 - hidden_frac)


def _smallest_scale(matrix, constants, hidden_frac):
    """Scales at which no accumulator can overflow; constants [n, rows] are added once."""
    reach = np.abs(constants).max(0) + np.abs(matrix).sum(1)
    return reach * 2.0**hidden_frac / (2**31 * HEADROOM)


def _round_rows(matrix, scale, limit):
    return np.clip(np.rint(matrix / scale[:, None]), -limit, limit)


def _compensated_round(matrix, scale, limit, moments):
    """Round column by column, each error made good by the columns still to come.

    `moments` [H, H] is the mean of h h^T. Minimising (q s - w) moments (q s - w)^T
    greedily: with U the upper Cholesky factor of moments^-1, a column's error
    moves the later columns by U's row (Frantar et al., arXiv 2210.17323).
    """
    size = len(moments)
    ridge = 0.01 * np.trace(moments) / size
    # Columns with much activity first: their errors find the most columns to
    # move to.
    order = np.argsort(-np.diag(moments), kind="stable")
    moments = moments[np.ix_(order, order)] + ridge * np.eye(size)
    upper = np.linalg.cholesky(np.linalg.inv(moments)).T
    rest = matrix[:, order]
    result = np.empty_like(rest)
    for k in range(size):
        result[:, k] = np.clip(np.rint(rest[:, k] / scale), -limit, limit)
        error = (rest[:, k] - result[:, k] * scale) / upper[k, k]
        rest[:, k + 1 :] -= error[:, None] * upper[k, k + 1 :]
    return result[:, np.argsort(order)]


def _quantise_rows(matrix, constants, weights, hidden_frac, moments=None):
    """(q, constants in accumulator units, multiplier) of one matrix [rows, columns]."""
    limit = LIMIT[weights]
    floor = _smallest_scale(matrix, constants, hidden_frac)
    scale = np.maximum(np.abs(matrix).max(1) / limit, floor)
    # The engine knows a scale by its multiplier only: quantise with that.
    multiplier = _multiplier(scale, hidden_frac)
    scale = _scale_of(multiplier, hidden_frac)
    if moments is None:
        q = _round_rows(matrix, scale, limit)
    else:
        q = _compensated_round(matrix, scale, limit, moments)
    units = np.rint(constants / scale * 2.0**hidden_frac)
    reach = np.abs(units).max(0) + np.abs(q).sum(1) * 2.0**hidden_frac
    if reach.max() > ACCUMULATOR_MAX:
        raise RangeError("an accumulator could overflow")
    return q.astype(np.int16 if weights == "int16" else np.int8), units.astype(np.int32), multiplier


def state_moments(weights, tokens):
    """The mean of h h^T that enters the recurrent matrix, per direction."""
    encoder = reference.Encoder(weights)
    moments = {}
    for direction in DIRECTIONS:
        states = encoder.states(tokens, direction)[:-1].reshape(-1, weights.hidden).numpy()
        moments[direction] = states.T @ states / len(states)
    return moments


def encoder_tensors(weights, recurrent_type, hidden_frac, moments=None):
    """The encoder/ tensors of the model file.

    The heads are int16 always: they are read once a window, the recurrent
    matrices at every step.
    """
    tensors = {}
    for direction in DIRECTIONS:
        q, units, multiplier = _quantise_rows(
            weights.recurrent[direction],
            weights.input[direction],
            recurrent_type,
            hidden_frac,
            moments and moments[direction],
        )
        tensors[f"encoder/{direction}/recurrent"] = q
        tensors[f"encoder/{direction}/input"] = units
        tensors[f"encoder/{direction}/multiplier"] = multiplier
    for head in HEADS:
        q, units, multiplier = _quantise_rows(
            weights.weight[head], weights.bias[head][None], "int16", hidden_frac
        )
        tensors[f"encoder/{head}/weight"] = q
        tensors[f"encoder/{head}/bias"] = units[0]
        tensors[f"encoder/{head}/multiplier"] = multiplier
    return tensors


def quantise(weights, recurrent_type, sample, hidden_frac=None):
    """Quantise, with the hidden_frac that is best on the windows `sample` if none is given.

    Returns (tensors, hidden_frac, figures for the model's provenance).
    """
    exact, _ = reference.Encoder(weights).encode(sample)
    moments = state_moments(weights, sample) if recurrent_type == "int8" else None
    trials = []
    for trial in HIDDEN_FRACS if hidden_frac is None else [hidden_frac]:
        tensors = encoder_tensors(weights, recurrent_type, trial, moments)
        encoder = fixedpoint.Encoder(tensors, trial)
        error = np.abs(encoder.encode(sample)[0] - exact)
        trials.append((float(error.mean()), float(error.max()), trial, tensors, encoder))
    mean, largest, best, tensors, encoder = min(trials, key=lambda trial: trial[0])
    figures = {
        "hidden_frac_trials": {str(t[2]): [round(t[0], 6), round(t[1], 5)] for t in trials},
        "mean_error": mean,
        "max_error": largest,
        "max_cell": encoder.max_cell_q16 / 65536,
        "max_gate": encoder.max_gate_q16 / 65536,
        "max_q": {
            name.removeprefix("encoder/"): int(np.abs(tensors[name].astype(np.int64)).max())
            for name in sorted(tensors)
            if name.endswith(("recurrent", "weight"))
        },
    }
    return tensors, best, figures
