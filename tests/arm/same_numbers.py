#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The same music gives the same bytes of output on x86-64 and on emulated ARM64.

python3 tests/arm/same_numbers.py PROGRAM ARM_PROGRAM

QEMU_LD_PREFIX says where ARM_PROGRAM's libraries are.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cli"))
import midi
import models

# The kernels that each can run, of which it takes the last: one has no dot products.
PROCESSORS = {
    "cortex-a53": ["scalar", "neon"],
    "cortex-a76": ["scalar", "neon", "neon-dot"],
}
STEPS = 32
BARS = 24


def run(command, *arguments, data=b""):
    result = subprocess.run([*command, *map(str, arguments)], input=data, capture_output=True, check=False)
    if result.returncode or result.stderr:
        sys.exit(f"{command} {arguments}: exit {result.returncode}, {result.stderr.decode()}")
    return result.stdout


def windows(count):
    """Lines of random tokens."""
    rng = random.Random(count)
    lines = [
        " ".join(str(rng.choice([0, rng.randrange(models.CLASSES)])) for _ in range(STEPS))
        for _ in range(count)
    ]
    return "\n".join(lines).encode()


def song():
    """A random melody off the grid, in changing tempi and metres."""
    rng = random.Random(2)
    notes, at = [], 0.0
    while at < 16 * BARS:
        length = rng.choice([0.5, 1, 1.3, 2, 2.7, 4, 8])
        notes.append(midi.note(at, at + length, rng.randint(30, 90)))
        at += length * rng.choice([1, 1, 1, 2])
    changes = [midi.tempo(0, 97), midi.metre(64, 3, 4), midi.tempo(100, 131.5), midi.metre(112, 4, 4)]
    return midi.file(midi.track(*changes, *notes))


def kernels(command, model):
    """Those that were built and that this processor can run."""
    built = json.loads(run(command, "info", "--format", "json", model))["kernels"]["built"]
    tried = [subprocess.run([*command, "encode", "--model", model, "--kernel", k],
                            input=b"", capture_output=True, check=False).returncode == 0 for k in built]
    return [k for k, good in zip(built, tried) if good]


def works(folder):
    """What is computed: arguments and input; the model last in them."""
    path = folder / "song.mid"
    path.write_bytes(song())
    shipped = ROOT / "engine" / "models"
    yield "encode", windows(100), [], shipped / "melody-2bar-open.safetensors"
    yield "encode", windows(20), [], shipped / "melody-2bar.safetensors"
    yield "analyze", b"", [path, "--latent", "--format", "json"], shipped / "melody-2bar-open.safetensors"
    for weights in ("I8", "I16"):
        for hidden in (35, 96):
            model = folder / f"{weights}-{hidden}.safetensors"
            model.write_bytes(models.model_bytes(*models.small_model(hidden=hidden, latent=40, weights=weights)))
            yield "encode", windows(100), [], model
            yield "latent", b"", [path, "--sigma"], model


def main():
    native, arm = [sys.argv[1]], sys.argv[2]
    emulated = {name: ["qemu-aarch64", "-cpu", name, arm] for name in PROCESSORS}
    compared = 0
    with tempfile.TemporaryDirectory() as temporary:
        for command, data, arguments, model in works(pathlib.Path(temporary)):
            arguments = [command, *arguments, "--model", model]
            expected = run(native, *arguments, "--kernel", "scalar", data=data)
            assert len(expected) > 1000, "hardly a number"
            others = [("x86-64", native, "auto")]
            others += [(name, emulated[name], "auto") for name in PROCESSORS]
            for name, program, kernel in others:
                if run(program, *arguments, "--kernel", kernel, data=data) != expected:
                    sys.exit(f"{name}, kernel {kernel}: {arguments} gives other numbers")
                compared += len(expected)
        for name, program in emulated.items():
            found = kernels(program, model)
            if found != PROCESSORS[name]:
                sys.exit(f"{name} runs the kernels {found}, not {PROCESSORS[name]}")
    print(f"measured: {compared} bytes of output are the same")


if __name__ == "__main__":
    main()
