# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Small random model files, good ones and bad ones."""

import array
import json
import random
import struct

CLASSES = 90
QUANTILES = 65
CODES = {"I8": "b", "I16": "h", "I32": "i", "F32": "f"}


def small_model(steps=32, hidden=24, latent=20, music=6, weights="I16", seed=1):
    """Return (tensors, metadata) of a model that any music excites in some way.

    Tensors are dtype, shape and values by name.
    """
    rng = random.Random(seed)

    def integers(dtype, shape, low, high):
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        return dtype, shape, [rng.randint(low, high) for _ in range(count)]

    tensors = {}
    largest = {"I16": 300, "I8": 127}[weights]
    for way in ("fw", "bw"):
        tensors[f"encoder/{way}/recurrent"] = integers(weights, [4 * hidden, hidden], -largest, largest)
        tensors[f"encoder/{way}/input"] = integers("I32", [CLASSES, 4 * hidden], -(2**21), 2**21)
        tensors[f"encoder/{way}/multiplier"] = integers("I32", [4 * hidden], 2**27, 2**28)
    for head in ("mu", "sigma"):
        tensors[f"encoder/{head}/weight"] = integers("I16", [latent, 2 * hidden], -300, 300)
        tensors[f"encoder/{head}/bias"] = integers("I32", [latent], -(2**19), 2**19)
        tensors[f"encoder/{head}/multiplier"] = integers("I32", [latent], 2**27, 2**28)
    quantiles = [-2 + 4 * i / (QUANTILES - 1) for i in range(QUANTILES)]
    tensors["readout/quantiles"] = ("F32", [latent, QUANTILES], quantiles * latent)
    tensors["readout/projection"] = (
        "F32",
        [4, latent],
        [rng.uniform(-1, 1) for _ in range(4 * latent)],
    )
    tensors["readout/center"] = ("F32", [latent], [0.0] * latent)
    order = list(range(latent))
    rng.shuffle(order)
    metadata = {
        "format": "music-neurons-model",
        "version": "1",
        "classes": str(CLASSES),
        "steps": str(steps),
        "hidden": str(hidden),
        "latent": str(latent),
        "hidden_frac": "13",
        "name": "small",
        "provenance": "drawn at random",
        "licence": "CC0-1.0",
        "attribution": "nobody",
        "readout": json.dumps(
            {
                "order": order,
                "music": music,
                "active": 0.1,
                "score": {"statistic": [0, 4, 40], "probability": [0.95, 0.5, 0.02]},
            }
        ),
    }
    return tensors, metadata


def model_bytes(tensors, metadata):
    """The file as bytes."""
    header = {"__metadata__": metadata}
    body = b""
    for name, (dtype, shape, values) in tensors.items():
        data = array.array(CODES[dtype], values).tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": shape,
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    return with_header(header, body)


def with_header(header, body):
    """A safetensors file with any header, right or wrong."""
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def split_file(data):
    """The header and the body of a safetensors file."""
    (length,) = struct.unpack_from("<Q", data)
    return json.loads(data[8 : 8 + length]), data[8 + length :]
