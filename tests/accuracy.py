#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Hold the program's integer encoder against float64 on held-out melodies.

python3 tests/accuracy.py [--program build/music-neurons]

Encodes 2,000 windows with the shipped int16 model and with an int8 export of
the same weights. Skips, with exit 0, where the corpus or PyTorch is missing.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRAINING = ROOT / "engine" / "training"
SHARED = ROOT.parent / "shared"
FLOATS = SHARED / "models" / "melody-2bar-256.float.safetensors"
CORPUS = SHARED / "corpus"
SHIPPED = ROOT / "engine" / "models" / "melody-2bar.safetensors"
COUNT, SEED = 2000, 7
TOP = 8

# figure: (limit, whether it is an upper one)
LIMITS = {
    "int16": {
        "mean error of mu": (0.0005, True),
        "largest error of mu": (0.015, True),
        "top-8 neurons equal": (0.985, False),
        "active noise neurons within 2": (0.99, False),
        "mean error of sigma": (0.0005, True),
        "largest error of sigma": (0.015, True),
        "largest error of musicality": (0.002, True),
    },
    "int8": {
        "mean error of mu": (0.003, True),
        "largest error of mu": (0.07, True),
    },
}


def skip(reason):
    print(f"accuracy: skipped ({reason})")
    sys.exit(0)


def encode(program, windows, model=None):
    """The program's answers, as a dict of arrays."""
    command = [program, "encode"] + (["--model", str(model)] if model else [])
    lines = "".join(" ".join(map(str, tokens)) + "\n" for tokens in windows)
    result = subprocess.run(command, input=lines, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"accuracy: {' '.join(command)} failed: {result.stderr.strip()}")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    if len(answers) != len(windows):
        sys.exit(f"accuracy: {len(answers)} answers to {len(windows)} windows")
    return {key: np.array([answer[key] for answer in answers]) for key in answers[0]}


def figures(answers, mu, sigma, model):
    """What LIMITS names, measured against the reference mu and sigma."""
    tensors, metadata = safetensors.read(model)
    readout = json.loads(metadata["readout"])
    noise = readout["order"][readout["music"] :]
    mu_error, sigma_error = np.abs(answers["mu"] - mu), np.abs(answers["sigma"] - sigma)

    def top(values):
        return np.sort(np.argsort(-np.abs(values), 1, kind="stable")[:, :TOP], 1)

    noise_active = (np.abs(mu[:, noise]) > readout["active"]).sum(1)
    statistic = calibrate.statistic(answers["mu"], tensors["readout/projection"], tensors["readout/center"])
    score = readout["score"]
    musicality = calibrate.probability(statistic, score["statistic"], score["probability"])
    return {
        "mean error of mu": mu_error.mean(),
        "largest error of mu": mu_error.max(),
        "top-8 neurons equal": (top(answers["mu"]) == top(mu)).all(1).mean(),
        "active noise neurons within 2": (np.abs(answers["noise_active"] - noise_active) <= 2).mean(),
        "mean error of sigma": sigma_error.mean(),
        "largest error of sigma": sigma_error.max(),
        "largest error of musicality": np.abs(answers["musicality"] - musicality).max(),
    }


def report(kind, measured):
    """Print the figures of one model; return how many pass and fail."""
    passed = failed = 0
    for name, value in measured.items():
        if name not in LIMITS[kind]:
            print(f"{kind:6} {name:30} {value:9.6f}")
            continue
        limit, upper = LIMITS[kind][name]
        good = value <= limit if upper else value >= limit
        passed, failed = passed + good, failed + (not good)
        print(f"{kind:6} {name:30} {value:9.6f} {'<=' if upper else '>='} {limit:<7} {'ok' if good else 'FAILED'}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build" / "music-neurons"), help="default: %(default)s")
    args = parser.parse_args()
    if not pathlib.Path(args.program).exists():
        print(f"accuracy: {args.program}: not built", file=sys.stderr)
        return 2

    weights = reference.Weights(safetensors.read(FLOATS)[0], corpus.CLASSES)
    heldout, _, _ = corpus.windows(CORPUS, "heldout")
    windows = heldout[np.random.default_rng(SEED).choice(len(heldout), COUNT, replace=False)]
    mu, sigma = reference.Encoder(weights).encode(windows, "reference")

    counts = [report("int16", figures(encode(args.program, windows), mu, sigma, SHIPPED))]
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "int8.safetensors"
        export = [sys.executable, TRAINING / "export.py", FLOATS, "-o", model, "--corpus", CORPUS]
        start = time.monotonic()
        made = subprocess.run(
            export + ["--weights", "int8", "--calibration", SHIPPED], capture_output=True, text=True
        )
        if made.returncode:
            sys.exit(f"accuracy: {made.stderr.strip()}")
        print(f"int8   exported in {time.monotonic() - start:.0f} s")
        counts.append(report("int8", figures(encode(args.program, windows, model), mu, sigma, model)))
    passed, failed = map(sum, zip(*counts))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if not FLOATS.exists() or not CORPUS.exists():
    skip("no ../shared with the float weights and the corpus")
sys.path.insert(0, str(TRAINING))
try:
    import numpy as np

    import calibrate
    import corpus
    import reference
    import safetensors
except ImportError as error:
    skip(f"{error}")

if __name__ == "__main__":
    sys.exit(main())
