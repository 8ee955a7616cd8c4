#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Hold the program's integer encoder against float64 on held-out melodies.

python3 tests/accuracy.py [--program build/music-neurons]

Encodes 2,000 windows with each shipped model, and with the same weights as int8 rounded
to nearest, whose readout is rough. Skips, with exit 0, where the corpus or PyTorch is
missing.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRAINING = ROOT / "engine" / "training"
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
COUNT, SEED = 2000, 7
TOP = 8

# figure: (limit, whether it is an upper one)
INT16 = {
    "mean error of mu": (0.0005, True),
    "largest error of mu": (0.015, True),
    "top-8 neurons equal": (0.985, False),
    "active noise neurons within 2": (0.99, False),
    "mean error of sigma": (0.0005, True),
    "largest error of sigma": (0.015, True),
    "largest error of musicality": (0.002, True),
}
LIMITS = {
    "int16": INT16,
    # Rounded so that errors make up for each other.
    "int8": INT16 | {"mean error of mu": (0.0006, True), "largest error of mu": (0.15, True)},
    # What import does without a corpus.
    "nearest": {"mean error of mu": (0.004, True), "largest error of mu": (0.15, True)},
}


def skip(reason):
    print(f"accuracy: skipped ({reason})")
    sys.exit(0)


def encode(program, windows, model):
    """The program's answers, as a dict of arrays."""
    command = [program, "encode", "--model", str(model)]
    lines = "".join(" ".join(map(str, tokens)) + "\n" for tokens in windows)
    result = subprocess.run(command, input=lines, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"accuracy: {' '.join(command)} failed: {result.stderr.strip()}")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    if len(answers) != len(windows):
        sys.exit(f"accuracy: {len(answers)} answers to {len(windows)} windows")
    return {key: np.array([answer[key] for answer in answers]) for key in answers[0]}


def log2(sigma):
    """Straight between powers of 2, as the program takes it from Q16."""
    octave = np.floor(np.log2(np.maximum(sigma, 2.0**-16)))
    return octave + np.maximum(sigma, 2.0**-16) / 2.0**octave - 1


def register(windows):
    """The mean pitch of each window's notes, in steps of two octaves from E4."""
    notes = np.asarray(windows) >= 2
    mean = (np.asarray(windows) * notes).sum(1) / np.maximum(notes.sum(1), 1) - corpus.PITCH_TO_TOKEN
    return np.where(notes.any(1), (mean - 64) / 24, 0)


def musicality(mu, sigma, windows, tensors, score):
    """The score, as engine/models/README.md defines it."""
    inputs = mu
    if len(tensors["readout/center"]) > mu.shape[1]:
        high = register(windows)[:, None]
        inputs = np.concatenate([mu, log2(sigma), high, high**2], 1)
    off = inputs - tensors["readout/center"]
    statistic = np.square(off @ tensors["readout/projection"].T.astype(float)).sum(1)
    rows = score["probability"]
    onsets = (np.asarray(windows) >= 2).sum(1)
    return np.array([
        np.interp(s, score["statistic"], rows[min(n, len(rows) - 1)]) for s, n in zip(statistic, onsets)
    ])


def figures(answers, windows, mu, sigma, model):
    """What LIMITS names, measured against the float weights' mu and sigma."""
    tensors, metadata = safetensors.read(model)
    mu = mu * shipped.signs(model)
    readout = json.loads(metadata["readout"])
    noise = readout["order"][readout["music"] :]
    mu_error, sigma_error = np.abs(answers["mu"] - mu), np.abs(answers["sigma"] - sigma)

    def top(values):
        return np.sort(np.argsort(-np.abs(values), 1, kind="stable")[:, :TOP], 1)

    noise_active = (np.abs(mu[:, noise]) > readout["active"]).sum(1)
    score = musicality(answers["mu"], answers["sigma"], windows, tensors, readout["score"])
    return {
        "mean error of mu": mu_error.mean(),
        "largest error of mu": mu_error.max(),
        "top-8 neurons equal": (top(answers["mu"]) == top(mu)).all(1).mean(),
        "active noise neurons within 2": (np.abs(answers["noise_active"] - noise_active) <= 2).mean(),
        "mean error of sigma": sigma_error.mean(),
        "largest error of sigma": sigma_error.max(),
        "largest error of musicality": np.abs(answers["musicality"] - score).max(),
    }


def report(name, kind, measured):
    """Print the figures of one model; return how many pass and fail."""
    passed = failed = 0
    for figure, value in measured.items():
        line = f"{kind:7} {name:16} {figure:30} {value:9.6f}"
        if figure not in LIMITS[kind]:
            print(line)
            continue
        limit, upper = LIMITS[kind][figure]
        good = value <= limit if upper else value >= limit
        passed, failed = passed + good, failed + (not good)
        print(f"{line} {'<=' if upper else '>='} {limit:<7} {'ok' if good else 'FAILED'}")
    return passed, failed


def kind_of(model):
    """The type of a model's weights, as LIMITS has it."""
    return str(safetensors.read(model)[0]["encoder/fw/recurrent"].dtype)


def import_int8(program, floats, model):
    """A model of the same weights, calibrated on the few melodies that the program knows."""
    command = [program, "import", str(floats), "-o", str(model), "--weights", "int8"]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        sys.exit(f"accuracy: {made.stderr.strip()}")


def check(program, name, windows):
    """Measure a shipped model and its twin rounded to nearest; return the counts of each."""
    weights = reference.Weights(safetensors.read(shipped.FLOATS[name])[0], corpus.CLASSES)
    mu, sigma = reference.Encoder(weights).encode(windows, "reference")
    model = shipped.model(name)
    counts = [report(name, kind_of(model), figures(encode(program, windows, model), windows, mu, sigma, model))]
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "int8.safetensors"
        import_int8(program, shipped.FLOATS[name], model)
        counts.append(report(name, "nearest", figures(encode(program, windows, model), windows, mu, sigma, model)))
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build" / "music-neurons"), help="default: %(default)s")
    args = parser.parse_args()
    if not pathlib.Path(args.program).exists():
        print(f"accuracy: {args.program}: not built", file=sys.stderr)
        return 2

    heldout, _, _ = corpus.windows(CORPUS, "heldout")
    windows = heldout[np.random.default_rng(SEED).choice(len(heldout), COUNT, replace=False)]
    counts = [count for name in shipped.FLOATS for count in check(args.program, name, windows)]
    passed, failed = map(sum, zip(*counts))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if not CORPUS.exists():
    skip("no ../shared with the corpus")
sys.path.insert(0, str(TRAINING))
try:
    import numpy as np

    import corpus
    import reference
    import safetensors
    import shipped
except ImportError as error:
    skip(f"{error}")

if __name__ == "__main__":
    sys.exit(main())
