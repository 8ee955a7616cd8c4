#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Write what level one says of many stretches of music, for level two to be trained on.

The integer encoder of a model file encodes them, by the program `music-neurons`. Of
its music neurons, mu and sigma are kept in half precision, mu with the signs of the
float weights: those of a model file change when it is calibrated anew. The folder gets
train-NNN.npz, as many as asked for (those that are there stay), of held-out lines
whole.npz, played.npz and tunes.npz, and origin.json, which says of which sets of the
corpus and by which model.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import typing

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np

import corpus
import level2_windows
import safetensors
import shipped

SEED_HELDOUT = 1 << 20
ERRORS = (OSError, ValueError, KeyError, corpus.CorpusError, safetensors.FormatError, subprocess.CalledProcessError)


class Latents(typing.NamedTuple):
    """Level one's answers to n rows of windows."""

    tokens: np.ndarray  # [n, windows, STEPS]
    mu: np.ndarray  # [n, windows, music neurons], 0 where a window was not heard
    sigma: np.ndarray  # as mu, 1 there
    style: np.ndarray  # [n]
    line: np.ndarray  # [n]
    neurons: np.ndarray  # the numbers of the music neurons, by rank

    @property
    def heard(self):
        return level2_windows.heard(self.tokens)


def music_neurons(model):
    """The numbers of a model file's music neurons, by rank."""
    readout = json.loads(safetensors.read(model)[1]["readout"])
    return np.array(readout["order"][: readout["music"]])


def encode(tokens, model, program=corpus.PROGRAM):
    """(mu, sigma) [n, latent] of windows [n, STEPS], by the integer encoder."""
    text = "\n".join(" ".join(map(str, row)) for row in tokens.tolist())
    command = [os.environ.get("MUSIC_NEURONS", program), "encode", "--model", model, "--format", "csv"]
    output = subprocess.run(list(map(str, command)), input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
    values = np.fromstring(output.replace(b"\n", b",").decode(), np.float64, sep=",")
    return np.split(values.reshape(len(tokens), -1), 2, 1)


def latents(windows, model):
    """Latents of level2_windows.Windows."""
    neurons = music_neurons(model)
    heard = level2_windows.heard(windows.tokens)
    mu = np.zeros((*heard.shape, len(neurons)), np.float16)
    sigma = np.ones_like(mu)
    if heard.any():
        found = encode(windows.tokens[heard], model)
        signs = shipped.signs(model)[neurons]
        mu[heard], sigma[heard] = found[0][:, neurons] * signs, found[1][:, neurons]
    return Latents(windows.tokens, mu, sigma, windows.style, windows.line, neurons)


def write(path, found):
    new = path.with_name("new-" + path.name)
    np.savez(new, **found._asdict())
    os.replace(new, path)


def read(path):
    with np.load(path) as file:
        return Latents(*(file[name] for name in Latents._fields))


def by_neurons(found, numbers):
    """The latents of these neurons, in this order."""
    place = {number: column for column, number in enumerate(found.neurons.tolist())}
    missing = [number for number in numbers if number not in place]
    if missing:
        raise ValueError(f"neuron {missing[0]} of level one is no music neuron of the model that wrote the cache")
    columns = [place[number] for number in numbers]
    return found._replace(mu=found.mu[..., columns], sigma=found.sigma[..., columns], neurons=np.array(numbers))


def for_weights(found, metadata):
    """The latents as level two's weights read them, by their metadata."""
    return by_neurons(found, list(map(int, metadata["level1_neurons"].split())))


def read_train(folder, parts=None):
    """All parts of the train split that a cache has, or the first few."""
    paths = sorted(pathlib.Path(folder).glob("train-*.npz"))[:parts]
    if not paths:
        raise corpus.CorpusError(f"{folder}: no train-NNN.npz; level2_cache.py writes them")
    found = [read(path) for path in paths]
    return Latents(*(np.concatenate(part) for part in list(zip(*found))[:-1]), found[0].neurons)


def heldout(lines, args):
    """What held-out sets there are, each as a function that draws it."""
    def generator(number):
        return np.random.default_rng([args.seed, SEED_HELDOUT + number])

    return {
        "tunes": lambda: level2_windows.tunes(lines, generator(2), args.tunes),
        "whole": lambda: level2_windows.whole(lines, generator(0), args.heldout),
        "played": lambda: level2_windows.whole(lines, generator(1), args.heldout, level2_windows.CHANCES),
    }


def run(args):
    folder = pathlib.Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    train = corpus.lines(args.corpus, "train", args.without)
    metadata = safetensors.read(args.model)[1]
    origin = {"sets": train.sets, "model": metadata.get("name", "")}
    (folder / "origin.json").write_text(json.dumps(origin) + "\n")
    for number in range(args.parts):
        path = folder / f"train-{number:03}.npz"
        if not path.exists():
            windows = level2_windows.draw(train, np.random.default_rng([args.seed, number]), args.part)
            write(path, latents(windows, args.model))
            print(f"{path}: {args.part} stretches", flush=True)
    for name, draw in heldout(corpus.lines(args.corpus, "heldout", args.without), args).items():
        path = folder / f"{name}.npz"
        if not path.exists():
            found = latents(draw(), args.model)
            write(path, found)
            print(f"{path}: {len(found.style)} phrases", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("folder")
    add("--model", required=True, metavar="MODEL.safetensors", help="the model file with level one")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--without", action="append", default=[], metavar="SET", help="leaves a set of the corpus out")
    add("--parts", type=int, default=20, help="of the train split (default: %(default)s)")
    add("--part", type=int, default=1000, help="stretches of a part (default: %(default)s)")
    add("--heldout", type=int, default=1000, help="phrases of each held-out set (default: %(default)s)")
    add("--tunes", type=int, default=60, help="held-out lines of each style (default: %(default)s)")
    add("--seed", type=int, default=1, help="default: %(default)s")
    try:
        run(parser.parse_args())
    except ERRORS as error:
        print(f"level2_cache.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
