#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the decoder of a model file writes, on held-out music: tables for the models' README.

agreement: how far it writes what its float weights and, where it learnt from one, its
teacher write, and what was heard. morph: ways between tunes, against mixing their notes by
chance. moves: how far moves along axes, attribute vectors and single neurons change the
features of what is written. styles: how often phrases of 16 bars sound like a style after a
pull towards it, as the model's style network says. The program encodes and decodes (named by $MUSIC_NEURONS, else
the build's).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "engine" / "training"))

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import corpus
import evaluate
import features
import level2
import level2_morph
import level2_windows
import safetensors
import transform
import vae

SEED = 5
# The key in features.py of what each axis is fitted to, by name in the model file.
KEYS = {"mean pitch": "P12", "notes": "R15", "range": "P10"}
PARTS = 8  # of a way
SIGMAS = 2  # that places are moved by
OWN, LEAK = 1.0, 1 / 3  # the goals
QUARTER = 0.25  # of windows that an attribute vector points from and to
TRIED = 16  # single neurons, by rank
PULLS = (0, 1, 2, 3)  # towards a style


class Model:
    """A model file, and what the program makes of windows and places with it."""

    def __init__(self, path, program):
        self.path, self.program = path, program
        metadata = safetensors.read(path)[1]
        readout = json.loads(metadata["readout"])
        self.latent = int(metadata["latent"])
        self.music = readout["order"][: readout["music"]]
        self.signs = np.ones(self.latent)
        self.signs[readout.get("turned", [])] = -1
        self.labels = [label.get("label", "") for label in readout.get("labels", [])]
        self.axes = [(axis["name"], KEYS.get(axis["feature"], axis["feature"])) for axis in readout["axes"]]

    def _run(self, command, lines, *more):
        return subprocess.run(
            [self.program, command, "--model", self.path, *more],
            input="\n".join(lines) + "\n", capture_output=True, text=True, check=True,
        ).stdout.splitlines()

    def hear(self, windows):
        """(mu [n, latent], musicality [n])."""
        found = [json.loads(line) for line in self._run("encode", [" ".join(map(str, w)) for w in windows])]
        return np.array([f["mu"] for f in found]), np.array([f["musicality"] for f in found])

    def write(self, mu, *more):
        """Windows [n, STEPS] for places with the signs of the model."""
        lines = self._run("decode", [json.dumps({"mu": place}) for place in mu.tolist()], *more)
        return np.array([[int(token) for token in line.split()] for line in lines])

    def silenced(self, mu):
        """Places without their noise neurons."""
        kept = np.zeros_like(mu)
        kept[:, self.music] = mu[:, self.music]
        return kept


def values(model, windows):
    """The axes' features [n, 8] of windows; NAN where one is not defined."""
    found = [features.compute(window) for window in windows]
    return np.array([[f.get(key, np.nan) for _, key in model.axes] for f in found], float)


def tensors(path):
    """A decoder's float weights, in float64."""
    if pathlib.Path(path).is_dir():
        return {name: tensor.double() for name, tensor in vae.load_decoder(path).items()}
    return {name: torch.from_numpy(value.astype(np.float64)) for name, value in safetensors.read(path)[0].items()}


def same(a, b):
    return f"{(a == b).mean():.4f}, {(a == b).all(1).mean():.4f}"


def agreement(model, args, tunes):
    rng = np.random.default_rng(SEED)
    places = {"held-out tunes": model.hear(tunes[: args.windows])[0],
              "prior": rng.standard_normal((args.windows, model.latent))}
    print("| steps, whole windows | " + " | ".join(places) + " |\n| --- |" + " --- |" * len(places))
    written = {name: model.write(mu) for name, mu in places.items()}
    for name, path in (("float64", args.float), ("the teacher", args.teacher)):
        if path:
            decoder = tensors(path)
            cells = []
            for place, mu in places.items():
                z = torch.from_numpy(mu * model.signs)
                said = torch.cat([vae.generate(decoder, part, torch.float64) for part in z.split(256)]).numpy()
                said = transform.render(transform.notes(said))  # no note-off where nothing sounds
                cells.append(same(said, written[place]))
            print(f"| as {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"| as heard | {same(tunes[: args.windows], written['held-out tunes'])} | |")


def arc(a, b, share):
    """As mn_place_mix()."""
    cosine = (a * b).sum(1) / np.sqrt((a * a).sum(1) * (b * b).sum(1))
    angle = np.arccos(np.clip(cosine, -0.999, 1))[:, None]
    return (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)


def is_valid(window):
    """Two notes or more, and no note-off while nothing sounds."""
    sounds = False
    for token in window:
        if token == 1 and not sounds:
            return False
        sounds = token > 1 or (sounds and token == 0)
    return (window > 1).sum() >= 2


def along(model, name, line):
    """A row about windows [PARTS + 1][n, STEPS] on the way between two tunes."""
    heard = [model.hear(windows)[1] for windows in line]
    found = [values(model, windows) for windows in line]
    pitch, notes = ([f[:, i] for f in found] for i in (0, 1))

    def step(parts):
        return np.nanmean([np.abs(b - a) for a, b in zip(parts, parts[1:])])

    def whole(parts):
        return np.nanmean(np.abs(parts[-1] - parts[0]))

    medians = [np.median(h) for h in heard]
    steps = np.mean([(a != b).mean() for a, b in zip(line, line[1:])])
    print(f"| {name} | {np.mean([is_valid(w) for windows in line for w in windows]):.4f} "
          f"| {medians[0]:.3f}, {medians[-1]:.3f} | {min(medians):.3f} "
          f"| {step(pitch):.2f} of {whole(pitch):.2f} | {step(notes) * 4:.2f} of {whole(notes) * 4:.2f} "
          f"| {np.mean([level2_morph.overlap(a, b).mean() for a, b in zip(line, line[1:])]):.3f}, "
          f"{level2_morph.overlap(line[0], line[-1]).mean():.3f} | {steps * corpus.STEPS:.1f} of "
          f"{(line[0] != line[-1]).mean() * corpus.STEPS:.1f} |", flush=True)


def morph(model, args, tunes):
    rng = np.random.default_rng(SEED)
    a, b = tunes[: args.pairs], tunes[args.pairs : 2 * args.pairs]
    here, there = (model.silenced(model.hear(windows)[0]) for windows in (a, b))
    line = [model.write(arc(here, there, k / PARTS)) for k in range(PARTS + 1)]
    print("| way | valid | musicality, ends | least on the way | semitones | notes | same onsets | steps |")
    print("| --- |" + " --- |" * 7)
    along(model, "neurons", line)
    along(model, "notes by chance", [level2_morph.mixed(line[0], line[-1], k / PARTS, rng) for k in range(PARTS + 1)])


def response(model, spread, before, move):
    """How many standard deviations each feature goes with a move up and down: [2, 8]."""
    return np.array([np.nanmean(values(model, move(way)) - before, 0) / spread * way for way in (1, -1)])


def cells(model, own, moved):
    """(text, whether the goals are met) of responses [2, 8]: the mean up and down, and the other that goes farthest."""
    mean = moved.mean(0)
    others = np.where(np.arange(len(mean)) == own, 0, np.abs(mean))
    met = mean[own] >= OWN and others.max() <= LEAK
    return (f"{mean[own]:.2f} ({moved[0, own]:.2f}, {moved[1, own]:.2f}) | "
            f"{others.max():.2f} {model.axes[others.argmax()][0]}", met)


def moves(model, args, music):
    mu = model.silenced(model.hear(music)[0])
    all_values = values(model, music)
    spread, neurons = np.nanstd(all_values, 0), mu.std(0)
    start = mu[: args.places]
    before = values(model, model.write(start))
    unit = np.eye(model.latent) * SIGMAS * neurons
    single = {n: response(model, spread, before, lambda way, n=n: model.write(start + way * unit[n]))
              for n in model.music[:TRIED]}
    print("| feature | axis: own (up, down) | worst other | vector: own (up, down) | worst other "
          "| best neuron: own (up, down) | worst other |")
    print("| --- |" + " --- |" * 6)
    count = np.zeros(3, int)
    for own, (axis, _) in enumerate(model.axes):
        column = all_values[:, own]
        low, high = np.nanquantile(column, QUARTER), np.nanquantile(column, 1 - QUARTER)
        vector = mu[column >= high].mean(0) - mu[column <= low].mean(0)
        vector *= SIGMAS * (mu @ vector).std() / (vector @ vector)
        results = [cells(model, own, moved) for moved in (
            response(model, spread, before, lambda way: model.write(start, "--move", f"{axis}={way * SIGMAS}")),
            response(model, spread, before, lambda way: model.write(start + way * vector)),
            max(single.values(), key=lambda moved: moved[:, own].mean()),
        )]
        count += [met for _, met in results]
        print(f"| {axis} | " + " | ".join(text for text, _ in results) + " |", flush=True)
    print("| goals met | " + " | | ".join(map(str, count)) + " | |", flush=True)


class Styles:
    """The float weights of level two, which tell styles of phrases."""

    def __init__(self, path, signs):
        arrays, metadata = safetensors.read(path)
        self.names = metadata["labels"].split(", ")
        self._tensors = {name: torch.from_numpy(value.astype(np.float32)) for name, value in arrays.items()}
        self._neurons = np.array(metadata["level1_neurons"].split(), int)
        own = np.ones(len(signs))
        own[np.array(metadata.get("level1_turned", "").split(), int)] = -1
        self._signs = signs * own if "level1_turned" in metadata else np.ones(len(signs))

    def likeliest(self, mu, windows):
        """The likeliest style of each phrase, of mu [n, PHRASE, latent] and windows [n, PHRASE, STEPS]."""
        read = torch.from_numpy((mu * self._signs)[:, :, self._neurons].astype(np.float32))
        heard = torch.from_numpy(level2_windows.heard(windows))
        return level2.labels(self._tensors, read, heard).argmax(1).numpy()


def styles(model, args, _):
    network = Styles(args.long, model.signs)
    found = level2_windows.whole(corpus.lines(args.corpus, "heldout"), np.random.default_rng(SEED), args.phrases)
    shape = found.tokens.shape
    mu = model.silenced(model.hear(found.tokens.reshape(-1, corpus.STEPS))[0])
    plain = model.write(mu)
    print("| pull | all | " + " | ".join(network.names) + " | musicality, least median | steps as before |")
    print("| --- |" + " --- |" * (len(network.names) + 3))
    for pull in PULLS:
        shares, music, kept = [], [], []
        for number, name in enumerate(network.names):
            written = model.write(mu, "--move", f"{name}={pull}")
            heard, score = model.hear(written)
            told = network.likeliest(heard.reshape(*shape[:2], -1), written.reshape(shape))
            shares.append((told == number).mean())
            music.append(np.median(score))
            kept.append((written == plain).mean())
        print(f"| {pull} | {np.mean(shares):.2f} | " + " | ".join(f"{share:.2f}" for share in shares)
              + f" | {min(music):.3f} | {np.mean(kept):.2f} |", flush=True)


def report(args):
    torch.set_num_threads(1)
    model = Model(args.model, args.program)
    sets = evaluate.sets(args.corpus, max(args.windows, 2 * args.pairs))
    for part in args.parts:
        {"agreement": agreement, "morph": morph, "moves": moves, "styles": styles}[part](
            model, args, sets["played" if part == "moves" else "heldout"])
        print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("model", metavar="MODEL.safetensors")
    add("--parts", nargs="+", default=["agreement", "morph", "moves"], choices=["agreement", "morph", "moves", "styles"])
    add("--float", metavar="FILE", help="the decoder's float weights")
    add("--teacher", metavar="DIR", help="the decoder that it learnt from")
    add("--long", metavar="FILE", help="level two's float weights, for the part styles")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--windows", type=int, default=2000, help="default: %(default)s")
    add("--pairs", type=int, default=200, help="of tunes to go between (default: %(default)s)")
    add("--places", type=int, default=200, help="that are moved (default: %(default)s)")
    add("--phrases", type=int, default=100, help="that are pulled (default: %(default)s)")
    add("--program", default=os.environ.get("MUSIC_NEURONS", str(corpus.PROGRAM)), help="default: %(default)s")
    try:
        report(parser.parse_args())
    except (*evaluate.ERRORS, subprocess.CalledProcessError) as error:
        print(f"decoder_table.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
