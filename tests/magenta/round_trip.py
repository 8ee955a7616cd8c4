#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Export weights, let Magenta.js encode and decode melodies with them, and import
them back. tests/magenta/run calls this once Magenta.js is installed.

python3 tests/magenta/round_trip.py BUILD_DIR
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = ROOT.parent / "shared"
FLOATS = SHARED / "models" / "melody-2bar-256.float.safetensors"
sys.path[:0] = [str(HERE), str(ROOT / "engine" / "training"), str(HERE.parent / "cli")]

import corpus
import decoder
import midi
import reference
import safetensors
import vae
import shipped

ENCODER = ROOT / "engine" / "training" / "runs" / "magenta" / "weights-half.safetensors"
GOOGLE = SHARED / "checkpoints" / "mel_small"
SHIPPED = shipped.model("melody-2bar")
COUNT, SEED = 50, 11
SECONDS = 600

# Magenta.js computes in float32.
MU_ERROR = 1e-4


class Checks:
    """Counts what holds."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, text):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print(f"{'ok' if good else 'FAILED':7} {text}")


def call(*command, **options):
    """Run a command to its end; return stdout, or end with what it said."""
    command = [str(part) for part in command]
    result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, **options)
    if result.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr}")
    return result.stdout


def ask_magenta(build, folder, text, *options):
    """What magenta.cjs answers, as a dict of arrays."""
    environment = {**os.environ, "NODE_PATH": str(build / "magenta" / "node_modules")}
    text = call("node", HERE / "magenta.cjs", folder, *options, input=text, env=environment)
    return {key: np.array(value) for key, value in json.loads(text).items()}


def read_folder(folder):
    """The float32 tensors of a magenta.js folder, by name."""
    tensors = {}
    for group in json.loads((folder / "weights_manifest.json").read_text()):
        body = b"".join((folder / name).read_bytes() for name in group["paths"])
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"]))
            tensors[entry["name"]] = np.frombuffer(body, "<f4", count).reshape(entry["shape"])
            body = body[4 * count :]
    return tensors


def check_floats(checks, build, folder, windows):
    """A float checkpoint: Magenta.js must do what PyTorch does with the file."""
    tensors = safetensors.read(FLOATS)[0]
    mu, _ = reference.Encoder(reference.Weights(tensors, corpus.CLASSES)).encode(windows)
    answer = ask_magenta(build, folder, json.dumps(windows.tolist()))
    heard = (answer["heard"] == windows).all(1).sum()
    checks.check(heard == COUNT, f"melodies that Magenta.js hears as the same tokens: {heard} of {COUNT}")
    error = np.abs(answer["mu"] - mu).max()
    checks.check(error <= MU_ERROR, f"largest error of mu against float64: {error:.2e} <= {MU_ERROR}")

    played, lead = decoder.Decoder(tensors).decode(mu, corpus.STEPS)
    equal = (answer["played"] == played).all(1)
    checks.check(
        equal.all(),
        f"melodies decoded as in float64: {equal.sum()} of {COUNT}"
        f" (of the steps {(answer['played'] == played).mean():.4f}; least lead of a token {lead.min():.4f})",
    )
    print(f"        steps decoded as in the melodies: {(answer['played'] == windows).mean():.4f}")


def check_integers(checks, program, build, folder, windows):
    """Our own model: Magenta.js encodes with its integers, turned to floats."""
    weights = reference.Weights(read_folder(folder), corpus.CLASSES)
    mu, _ = reference.Encoder(weights).encode(windows)
    answer = ask_magenta(build, folder, json.dumps(windows.tolist()))
    error = np.abs(answer["mu"] - mu).max()
    checks.check(error <= MU_ERROR, f"integer model: largest error of mu against float64: {error:.2e} <= {MU_ERROR}")
    checks.check((answer["played"] != 0).any(), "integer model: it plays with the decoder of its file")

    lines = "".join(" ".join(map(str, window)) + "\n" for window in windows)
    ours = call(program, "encode", "--model", SHIPPED, input=lines).splitlines()
    # What goes out has the signs of the weights that the model was made from.
    error = np.abs(answer["mu"] - shipped.signs(SHIPPED) * [json.loads(line)["mu"] for line in ours])
    checks.check(
        error.max() <= 0.015,
        f"integer model: error of mu against the program, mean / largest: {error.mean():.6f} / {error.max():.4f}",
    )


def check_latent(checks, program, build, place):
    """What the program prints of a tune, Magenta.js plays through Google's own decoder."""
    if not GOOGLE.exists() or not ENCODER.exists():
        print("skipped: latents: Google's decoder, or our encoder for it, is not there")
        return
    # Magenta.js loads no decoder without an encoder.
    tensors = {name: array.astype("f4") for name, array in safetensors.read(ENCODER)[0].items()}
    tensors |= {name: tensor.numpy() for name, tensor in vae.load_decoder(GOOGLE).items()}
    safetensors.write(place / "both.safetensors", tensors, {})
    call(program, "export", place / "both.safetensors", "--magenta-js", place / "both")

    notes = midi.ode_to_joy()
    tune = place / "tune.mid"
    tune.write_bytes(midi.file(midi.track(*[midi.note(*n) for n in notes])))
    text = call(program, "latent", "--model", SHIPPED, "--format", "magenta-js", tune)
    played = ask_magenta(build, place / "both", text, "--decode")["played"]
    expected = np.array([midi.tokens(notes, 16 * i) for i in range(len(played))])
    share = (played == expected).mean()
    checks.check(share > 0.9, f"latents of a tune: steps that Magenta.js plays as they were: {share:.4f} > 0.9")


def check_import(checks, program, folder, place):
    """What went out comes back: the same model as from the file itself."""
    if subprocess.run([program, "import", "--help"], capture_output=True).returncode:
        print("skipped: import: this program has no such command")
        return
    models = []
    for number, source in enumerate((FLOATS, folder)):
        models.append(place / f"{number}.safetensors")
        call(program, "import", source, "-o", models[-1], "--name", "round trip")
    equal = models[0].read_bytes() == models[1].read_bytes()
    checks.check(equal, "import makes the same model of the folder and of the file")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    program = build / "music-neurons"
    heldout, _, _ = corpus.windows(SHARED / "corpus", "heldout")
    windows = heldout[np.random.default_rng(SEED).choice(len(heldout), COUNT, replace=False)]

    checks = Checks()
    with tempfile.TemporaryDirectory() as temporary:
        place = pathlib.Path(temporary)
        floats, integers = place / "floats", place / "integers"
        call(program, "export", FLOATS, "--magenta-js", floats)
        call(program, "export", SHIPPED, "--magenta-js", integers)
        check_floats(checks, build, floats, windows)
        check_integers(checks, program, build, integers, windows)
        check_latent(checks, program, build, place)
        check_import(checks, program, floats, place)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
