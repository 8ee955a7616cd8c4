#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Turn the noise neurons of a whole VAE so that what they carry lies on few of them.

Early in training, noise neurons share a few directions that lie across their axes:
each carries a little, none is silent. The prior is the same in all directions, so
the latent space may be turned. The model stays the same but for the sigmas, which
are approximated, and training goes on from there (train.py open --init).
"""

import argparse
import sys

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import corpus
import safetensors
import vae
from evaluate import MUSIC_SIGMA

BATCH = 1000


def turn(tensors, tokens):
    """(tensors turned, eigenvalues of the covariance of the noise neurons' mu over `tokens` [n, STEPS])."""
    with torch.no_grad():
        parts = [vae.encode(tensors, part) for part in tokens.split(BATCH)]
    mu, sigma = (torch.cat(values).double() for values in zip(*parts))
    noise = torch.nonzero(sigma.mean(0) >= MUSIC_SIGMA).ravel()
    values, vectors = torch.linalg.eigh(torch.cov(mu[:, noise].t()))
    values, vectors = values.flip(0), vectors.flip(1)
    turned = {name: tensor.clone() for name, tensor in tensors.items()}

    def write(name, axis, offset, matrix):
        """The noise neurons' part of a tensor, multiplied by `matrix` [old, new] along `axis`."""
        old = tensors[name].transpose(axis, -1)
        new = turned[name].transpose(axis, -1)
        new[..., noise + offset] = (old[..., noise + offset].double() @ matrix).to(old.dtype)

    for name in ("kernel", "bias"):
        write(f"encoder/mu/{name}", -1, 0, vectors)
        # The variance along an axis is a mean of the old ones, weighed by squares of cosines.
        write(f"encoder/sigma/{name}", -1, 0, vectors**2)
    write(vae.INITIAL + "kernel", 0, 0, vectors)
    write(vae.DECODER_CELL.format(0) + "kernel", 0, corpus.CLASSES, vectors)
    return turned, values


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", help="float weights of an encoder and a decoder")
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    parser.add_argument("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    parser.add_argument("--windows", type=int, default=20000, help="default: %(default)s")
    args = parser.parse_args()
    try:
        arrays, metadata = safetensors.read(args.weights)
        tokens, _, _ = corpus.windows(args.corpus, "train")
        chosen = np.random.default_rng(1).permutation(len(tokens))[: args.windows]
        tensors = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
        turned, values = turn(tensors, torch.from_numpy(tokens[chosen].astype(np.int64)))
        safetensors.write(args.output, {name: tensor.numpy() for name, tensor in turned.items()}, metadata)
    except (OSError, KeyError, corpus.CorpusError, safetensors.FormatError) as error:
        print(f"align.py: {error}", file=sys.stderr)
        return 2
    print("variances of mu along the new axes: " + " ".join(f"{value:.3g}" for value in values[:12].tolist()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
