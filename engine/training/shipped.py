# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The models that ship, and the float weights that each was made from."""

import json
import pathlib

import numpy as np

import safetensors

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNS = ROOT / "engine" / "training" / "runs"

# By the name of the model's file, without its ending.
FLOATS = {
    "melody-2bar": RUNS / "magenta-broad" / "weights-half.safetensors",
    "melody-2bar-open": RUNS / "open-broad" / "weights-half.safetensors",
}


def model(name):
    """Path of a model's file."""
    return ROOT / "engine" / "models" / f"{name}.safetensors"


def golden(name):
    """Path of what the float encoder makes of some windows."""
    return ROOT / "tests" / "golden" / f"{name}.json"


def signs(path):
    """Of each neuron of a model's file, -1 where its mu has not the sign of the weights."""
    metadata = safetensors.read(path)[1]
    signs = np.ones(int(metadata["latent"]))
    signs[json.loads(metadata["readout"]).get("turned", [])] = -1
    return signs
