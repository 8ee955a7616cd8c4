# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A second implementation of phik (arXiv 1811.11440).

This code integrates the mass of a cell over one variable, with the conditional
distribution function of the other. The C code integrates over the correlation.
"""

import math

import numpy as np

BINS = 10
EDGE = 5
NODES = 160  # for a row of cells: enough for correlations up to 0.9999
HALVINGS = 32

_erf = np.frompyfunc(math.erf, 1, 1)


def _below(x):
    """The standard normal distribution function."""
    return (1 + _erf(x / math.sqrt(2)).astype(float)) / 2


def masses(rho, rows, columns):
    """[rows, columns] masses of the bivariate normal distribution, rho < 1."""
    node, weight = np.polynomial.legendre.leggauss(NODES)
    edges = np.linspace(-EDGE, EDGE, rows + 1)
    half = np.diff(edges)[:, None] / 2
    x = edges[:-1, None] + half * (1 + node)
    weight = half * weight * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    y = np.linspace(-EDGE, EDGE, columns + 1)
    below = _below((y - rho * x[..., None]) / math.sqrt(1 - rho**2))
    return (np.diff(below, axis=2) * weight[..., None]).sum(1)


def full_masses(rows, columns):
    """The same at rho = 1, where all mass lies at x = y."""
    x, y = np.linspace(-EDGE, EDGE, rows + 1), np.linspace(-EDGE, EDGE, columns + 1)
    low = np.maximum(x[:-1, None], y[:-1])
    high = np.maximum(np.minimum(x[1:, None], y[1:]), low)
    return _below(high) - _below(low)


def _distance(table, independent):
    return ((table - independent) ** 2 / independent).sum()


def correlation(rows, columns, share):
    """The rho at which the distance from independence is this share of the largest."""
    independent = masses(0, rows, columns)
    target = share * _distance(full_masses(rows, columns), independent)
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _distance(masses(middle, rows, columns), independent) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def binned(values):
    low, high = np.nanmin(values), np.nanmax(values)
    if low == high:
        return np.where(np.isnan(values), np.nan, 0)
    return np.minimum(np.floor((values - low) / (high - low) * BINS), BINS - 1)


def of_table(table):
    """Phik of a table of counts."""
    table = np.asarray(table, float)
    table = table[table.any(1)][:, table.any(0)]
    rows, columns = table.shape
    if rows < 2 or columns < 2:
        return 0.0
    total = table.sum()
    expected = np.outer(table.sum(1), table.sum(0)) / total
    chi = ((table - expected) ** 2 / expected).sum()
    pedestal = (rows - 1) * (columns - 1)
    largest = total * (min(rows, columns) - 1)
    if chi <= pedestal:
        return 0.0
    if chi >= largest:
        return 1.0
    return correlation(rows, columns, (chi - pedestal) / (largest - pedestal))


def phik(a, b):
    """Phik of two columns, NaN where a value is missing."""
    a, b = binned(np.asarray(a, float)), binned(np.asarray(b, float))
    both = np.isfinite(a) & np.isfinite(b)
    table = np.zeros((BINS, BINS))
    np.add.at(table, (a[both].astype(int), b[both].astype(int)), 1)
    return of_table(table)
