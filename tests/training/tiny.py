# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A corpus and a decoder small enough to train on in seconds, and tests that have them on disk."""

import json
import lzma
import pathlib
import struct
import tempfile
import unittest

import numpy as np
import torch

import corpus
import vae

STYLES = ("reel", "hymn", "song")


class InFolder(unittest.TestCase):
    """Tests that share what is in a folder."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)


def write_corpus(folder, split, pieces, bars, seed, styles=STYLES, packed=True, name="tiny"):
    """Random walks along a scale. Each style has its own rhythm."""
    rng = np.random.default_rng(seed)
    segments, steps = [], []
    for piece in range(pieces):
        style = piece % len(styles)
        tokens = np.zeros(bars * corpus.BAR, np.uint8)
        walk = 12 + np.cumsum(rng.integers(-2, 3, len(tokens)))
        onsets = np.arange(0, len(tokens), 2 ** (1 + style % 2))
        tokens[onsets] = 41 + np.array([0, 2, 4, 5, 7, 9, 11])[walk[onsets] % 7] + rng.integers(-4, 5)
        segments.append((piece, len(steps) * bars * corpus.BAR, len(tokens), 0, style, 0))
        steps.append(tokens)
    data = b"MELCORP1" + struct.pack("<4I", 1, len(styles), pieces, pieces * bars * corpus.BAR)
    data += b"".join(name.encode().ljust(32, b"\0") for name in ("walks", *styles))
    data += np.array(segments, corpus.SEGMENT).tobytes() + b"".join(s.tobytes() for s in steps)
    path = folder / (f"{name}-{split}.bin" + (".xz" if packed else ""))
    path.write_bytes(lzma.compress(data) if packed else data)


def write_decoder(folder, layers=2, hidden=8, latent=24, heard=4, seed=3):
    """A decoder with random weights that reads the first `heard` of z, in files like Magenta's.

    Returns its tensors.
    """
    tensors = vae.new_decoder(layers, hidden, latent, torch.Generator().manual_seed(seed))
    tensors[vae.INITIAL + "kernel"][heard:] = 0
    tensors[vae.DECODER_CELL.format(0) + "kernel"][corpus.CLASSES + heard : corpus.CLASSES + latent] = 0
    tensors = {name: 4 * tensor for name, tensor in tensors.items()}
    manifest = {}
    for number, (name, tensor) in enumerate(tensors.items()):
        manifest[name] = {"filename": str(number), "shape": list(tensor.shape)}
        (folder / str(number)).write_bytes(tensor.numpy().tobytes())
    # Nobody may read its encoder, so that file is missing.
    manifest["encoder/mu/kernel"] = {"filename": "missing", "shape": [1, 1]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return tensors
