#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Import TensorFlow checkpoints of random weights, for the test that plays them.

python3 tests/import_models.py BUILD_DIR

Writes full-size.safetensors, of the published full size, and the small
two-layers.safetensors, of 16 bars, to BUILD_DIR. Skips, with exit 0, where numpy
is missing.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "cli"))
import checkpoints

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy")
    sys.exit(0)

HIDDEN, LATENT = 2048, 512
LANES = 1 << 12
TABLE = np.array(checkpoints.CRC_TABLE, np.uint32)


def crc_of_zeros(crc, count):
    """What a check sum becomes over `count` bytes of 0; linear in `crc`."""
    for _ in range(count):
        crc = crc >> np.uint32(8) ^ TABLE[crc & np.uint32(0xFF)]
    return crc


def masked_crc32c(data):
    """As checkpoints.masked_crc32c, many lanes at a time, for whole tensors."""
    body = len(data) // LANES
    lanes = np.frombuffer(data, np.uint8, LANES * body).reshape(LANES, body)
    crc = np.zeros(LANES, np.uint32)
    for column in np.ascontiguousarray(lanes.T):
        crc = crc >> np.uint32(8) ^ TABLE[(crc ^ column) & np.uint32(0xFF)]
    # A lane's sum moves on over the bytes of the next: by each bit of it alone.
    moved = crc_of_zeros(np.uint32(1) << np.arange(32, dtype=np.uint32), body).tolist()
    total = int(crc_of_zeros(np.array([0xFFFFFFFF], np.uint32), body)[0]) ^ int(crc[0])
    for lane in crc[1:].tolist():
        shifted = lane
        for bit in range(32):
            if total >> bit & 1:
                shifted ^= moved[bit]
        total = shifted
    for byte in data[LANES * body :]:
        total = total >> 8 ^ checkpoints.CRC_TABLE[(total ^ byte) & 0xFF]
    total ^= 0xFFFFFFFF
    return ((total >> 15 | total << 17) + 0xA282EAD8) & 0xFFFFFFFF


def tensors():
    rng = np.random.default_rng(1)

    def draw(*shape):
        return (rng.standard_normal(shape, np.float32) * np.float32(0.03)).astype("<f4")

    weights = {}
    for way in ("fw", "bw"):
        name = checkpoints.CELL.format(0, way)
        weights[name + "kernel"] = draw(checkpoints.CLASSES + HIDDEN, 4 * HIDDEN)
        weights[name + "bias"] = draw(4 * HIDDEN)
    for head in ("mu", "sigma"):
        weights[f"encoder/{head}/kernel"] = draw(2 * HIDDEN, LATENT)
        weights[f"encoder/{head}/bias"] = draw(LATENT)
    return weights


def convert(build, prefix, name):
    command = [build / "music-neurons", "import", prefix, "-o", build / name]
    print(subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120, check=True).stdout)


def main():
    build = pathlib.Path(sys.argv[1])
    some = bytes(range(256)) * 99
    assert masked_crc32c(some) == checkpoints.masked_crc32c(some)
    with tempfile.TemporaryDirectory() as folder:
        small = checkpoints.weights(24, 16, layers=2)
        prefix = checkpoints.write_bundle(pathlib.Path(folder) / "two.ckpt", small)
        convert(build, prefix, "two-layers.safetensors")

        big = pathlib.Path(folder) / "big.ckpt"
        checkpoints.write_bundle(big, tensors(), check_sum=masked_crc32c)
        start = time.monotonic()
        convert(build, big, "full-size.safetensors")
        print(f"measured: 1 x {HIDDEN}, z {LATENT} imported in {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
