# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Read and write safetensors files with numpy alone."""

import json
import struct

import numpy as np

DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I8": "|i1", "I16": "<i2", "I32": "<i4"}
NAMES = {np.dtype(v): k for k, v in DTYPES.items()}

# Readers map the file and use the tensors in place, so the data begins on a
# cache line and so does every tensor whose predecessors fill whole lines.
ALIGNMENT = 64


class FormatError(Exception):
    """The file is not a safetensors file that this reader understands."""


def read(path):
    """Return (tensors by name, metadata by name)."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        body = memoryview(data)[8 + length :]
        tensors = {}
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            flat = np.frombuffer(body[start:end], DTYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(f"{path}: not a usable safetensors file ({error})") from None
    return tensors, metadata


def _alignment(array):
    """The largest power of two, up to ALIGNMENT, that divides the byte size."""
    size = array.nbytes or ALIGNMENT
    return min(size & -size, ALIGNMENT)


def write(path, tensors, metadata):
    """Write tensors (a dict of arrays) and metadata (a dict of strings)."""
    # The format forbids gaps: odd sizes go last, where they misalign few.
    names = sorted(tensors, key=lambda name: (-_alignment(tensors[name]), name))
    header = {"__metadata__": metadata}
    offset = 0
    for name in names:
        array = tensors[name]
        header[name] = {
            "dtype": NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in names:
            file.write(np.ascontiguousarray(tensors[name]).tobytes())
