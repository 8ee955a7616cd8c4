# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Small MusicVAE encoders: random weights, their answers, and files of them."""

import array
import io
import json
import math
import random
import struct
import tarfile

CLASSES = 90
CELL = "encoder/cell_{}/bidirectional_rnn/{}/multi_rnn_cell/cell_0/lstm_cell/"
TABLE_MAGIC = 0xDB4775248B80FB57
DT_FLOAT, DT_INT64 = 1, 9


def floats(values):
    """The values, rounded to float32."""
    return array.array("f", values).tolist()


def weights(hidden, latent, layers=1, seed=1, music=None):
    """Shape and values by name; the first `music` neurons carry music (default: half)."""
    rng = random.Random(seed)
    music = latent // 2 if music is None else music

    def matrix(rows, columns, size):
        return [rows, columns], floats(rng.gauss(0, size) for _ in range(rows * columns))

    tensors = {}
    for layer in range(layers):
        inputs = 2 * hidden if layer else CLASSES
        for way in ("fw", "bw"):
            name = CELL.format(layer, way)
            tensors[name + "kernel"] = matrix(inputs + hidden, 4 * hidden, 0.9 / math.sqrt(hidden))
            tensors[name + "bias"] = [4 * hidden], floats(rng.gauss(0, 0.3) for _ in range(4 * hidden))
    shape, values = matrix(2 * hidden, latent, 1)
    tensors["encoder/mu/kernel"] = shape, floats(
        v * (1 if i % latent < music else 0.03) for i, v in enumerate(values)
    )
    tensors["encoder/mu/bias"] = [latent], floats(rng.gauss(0, 0.01) for _ in range(latent))
    tensors["encoder/sigma/kernel"] = matrix(2 * hidden, latent, 0.01)
    # softplus(0.5413) is 1.
    tensors["encoder/sigma/bias"] = [latent], floats(-1 if i < music else 0.5413 for i in range(latent))
    return tensors


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def _lstm(tensors, name, inputs):
    """All h of an LSTM. An input is a class or a list of numbers."""
    (rows, width), kernel = tensors[name + "kernel"]
    bias = tensors[name + "bias"][1]
    hidden = width // 4
    lines = [kernel[r * width : (r + 1) * width] for r in range(rows)]
    h, c, states = [0.0] * hidden, [0.0] * hidden, []
    for x in inputs:
        g = list(bias)
        x = {x: 1.0} if isinstance(x, int) else dict(enumerate(x))
        for r, value in (x | {rows - hidden + i: v for i, v in enumerate(h)}).items():
            line = lines[r]
            for k in range(width):
                g[k] += value * line[k]
        for u in range(hidden):
            i, j, f, o = g[u::hidden]
            c[u] = c[u] * sigmoid(f + 1) + sigmoid(i) * math.tanh(j)
            h[u] = sigmoid(o) * math.tanh(c[u])
        states.append(list(h))
    return states


def encode(tensors, tokens):
    """(mu, sigma) of a window."""
    layers = 2 if CELL.format(1, "fw") + "kernel" in tensors else 1
    inputs = list(tokens)
    for layer in range(layers):
        fw = _lstm(tensors, CELL.format(layer, "fw"), inputs)
        bw = _lstm(tensors, CELL.format(layer, "bw"), inputs[::-1])[::-1]
        inputs = [a + b for a, b in zip(fw, bw)]
    last = fw[-1] + bw[0]

    def head(name):
        latent = tensors[name + "bias"][0][0]
        kernel = tensors[name + "kernel"][1]
        return [
            b + sum(h * w for h, w in zip(last, kernel[n::latent]))
            for n, b in enumerate(tensors[name + "bias"][1])
        ]

    return head("encoder/mu/"), [math.log1p(math.exp(x)) for x in head("encoder/sigma/")]


def safetensors(tensors, metadata=None):
    header, body = {"__metadata__": metadata} if metadata else {}, b""
    for name, (shape, values) in tensors.items():
        data = array.array("f", values).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def _crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


CRC_TABLE = _crc_table()


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _varint(value):
    data = b""
    while value >= 0x80:
        data += bytes([value & 0x7F | 0x80])
        value >>= 7
    return data + bytes([value])


def _field(number, value):
    """A field of a protocol buffer: a number or a message."""
    if isinstance(value, bytes):
        return _varint(number << 3 | 2) + _varint(len(value)) + value
    return _varint(number << 3) + _varint(value)


def _block(entries):
    """A block of LevelDB's table format. Each key leaves out what it shares with the last."""
    data, last = b"", b""
    for key, value in entries:
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        data += _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        last = key
    data += struct.pack("<II", 0, 1)
    return data, data + b"\x00" + struct.pack("<I", masked_crc32c(data + b"\x00"))


def _shape_and_bytes(tensor):
    """Shape and values, of a pair of them or of a numpy array of float32."""
    if isinstance(tensor, (list, tuple)):
        return tensor[0], array.array("f", tensor[1]).tobytes()
    return tensor.shape, tensor.tobytes()


def bundle(tensors, counters=(), check_sum=masked_crc32c):
    """(index, data) of a TensorFlow checkpoint."""
    items, data = {}, bytearray()
    for name, tensor in sorted(tensors.items()):
        shape, part = _shape_and_bytes(tensor)
        items[name] = DT_FLOAT, shape, len(data), part
        data += part
    for name in counters:
        items[name] = DT_INT64, [], len(data), struct.pack("<q", 7)
        data += items[name][3]
    entries = [(b"", _field(1, 1) + _field(3, _field(1, 1)))]
    for name, (dtype, shape, offset, part) in sorted(items.items()):
        dimensions = b"".join(_field(2, _field(1, size)) for size in shape)
        entry = _field(1, dtype) + _field(2, dimensions) + _field(4, offset) + _field(5, len(part))
        entry += _varint(6 << 3 | 5) + struct.pack("<I", check_sum(part))
        entries.append((name.encode(), entry))

    table, handles = b"", []
    for content in (entries, []):
        plain, stored = _block(content)
        handles.append(_varint(len(table)) + _varint(len(plain)))
        table += stored
    plain, stored = _block([(entries[-1][0], handles[0])])
    footer = handles[1] + _varint(len(table)) + _varint(len(plain))
    return table + stored + footer.ljust(40, b"\x00") + struct.pack("<Q", TABLE_MAGIC), data


def write_bundle(prefix, tensors, counters=(), check_sum=masked_crc32c):
    index, data = bundle(tensors, counters, check_sum)
    prefix.with_name(prefix.name + ".index").write_bytes(index)
    prefix.with_name(prefix.name + ".data-00000-of-00001").write_bytes(data)
    return prefix


def write_tar(path, tensors):
    with tarfile.open(path, "w") as tar:
        for end, data in zip((".index", ".data-00000-of-00001"), bundle(tensors)):
            member = tarfile.TarInfo("model/big.ckpt" + end)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def write_magenta_folder(folder, tensors, shard=1000):
    """A folder for Magenta.js, cut into shards in the middle of tensors too."""
    folder.mkdir()
    data = b"".join(array.array("f", values).tobytes() for _, values in tensors.values())
    parts = [data[i : i + shard] for i in range(0, len(data), shard)]
    names = [f"group1-shard{i + 1}of{len(parts)}" for i in range(len(parts))]
    for name, part in zip(names, parts):
        (folder / name).write_bytes(part)
    listed = [{"name": n, "shape": s, "dtype": "float32"} for n, (s, _) in tensors.items()]
    (folder / "weights_manifest.json").write_text(json.dumps([{"paths": names, "weights": listed}]))
    (folder / "config.json").write_text(json.dumps({"type": "MusicVAE"}))
    return folder
