# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Encoders as .onnx files, for ONNX Runtime.

The file is a protocol buffer. This module writes the few fields that are needed, with
their numbers from onnx.proto. Input x [STEPS][1][CLASSES], outputs mu and sigma
[1][latent].
"""

import numpy as np
from weights import CLASSES, STEPS, checkpoints

# onnx.proto: TensorProto.DataType, and AttributeProto.AttributeType.
TYPES = {np.dtype("float32"): 1, np.dtype("int8"): 3, np.dtype("int64"): 7}
INT, STRING, INTS = 2, 3, 7

# A field of a protocol buffer: its number, and a number or bytes.
_field = checkpoints._field

IR_VERSION, OPSET, MICROSOFT_OPSET = 8, 14, 1
MICROSOFT = "com.microsoft"


def tensor(name, array):
    dims = b"".join(_field(1, size) for size in array.shape)
    return dims + _field(2, TYPES[array.dtype]) + _field(8, name.encode()) + _field(9, array.tobytes())


def value(name, shape):
    """The type of an input or output of float32."""
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    kind = _field(1, _field(1, TYPES[np.dtype("float32")]) + _field(2, dims))
    return _field(1, name.encode()) + _field(2, kind)


def attribute(name, content):
    data = _field(1, name.encode())
    if isinstance(content, int):
        return data + _field(3, content) + _field(20, INT)
    if isinstance(content, str):
        return data + _field(4, content.encode()) + _field(20, STRING)
    return data + b"".join(_field(8, number) for number in content) + _field(20, INTS)


def node(kind, inputs, outputs, domain="", **attributes):
    data = b"".join(_field(1, name.encode()) for name in inputs)
    data += b"".join(_field(2, name.encode()) for name in outputs)
    data += _field(4, kind.encode()) + _field(7, domain.encode())
    return data + b"".join(_field(5, attribute(name, content)) for name, content in attributes.items())


def model(nodes, constants, inputs, outputs):
    graph = b"".join(_field(1, n) for n in nodes) + _field(2, b"encoder")
    graph += b"".join(_field(5, tensor(name, array)) for name, array in constants.items())
    graph += b"".join(_field(11, value(*v)) for v in inputs)
    graph += b"".join(_field(12, value(*v)) for v in outputs)
    opsets = (("", OPSET), (MICROSOFT, MICROSOFT_OPSET))
    sets = b"".join(_field(8, _field(1, domain.encode()) + _field(2, version)) for domain, version in opsets)
    return _field(1, IR_VERSION) + sets + _field(7, graph)


def quantised(matrix):
    """int8, symmetric, with one scale for a matrix. ONNX Runtime's own tool does so by
    default, and it is a little faster there than one scale for each column."""
    scale = np.abs(matrix).max(axis=(-2, -1), keepdims=True) / np.float32(127)
    return np.round(matrix / scale).astype(np.int8), scale.reshape(-1)


def float_lstm(stacks):
    """The operator LSTM, whose weights are [directions][gates][inputs]."""
    w, r, bias = stacks
    constants = {"w": w.transpose(0, 2, 1), "r": r.transpose(0, 2, 1), "b": bias}
    return constants, node(
        "LSTM", ["x", "w", "r", "b"], ["", "h"], direction="bidirectional", hidden_size=r.shape[1]
    )


def int8_lstm(stacks):
    """ONNX Runtime's operator for integers, whose weights are [directions][inputs][gates]."""
    w, r, bias = stacks
    constants, inputs = {"b": bias}, ["x", "w", "r", "b", "", "", "", ""]
    for name, matrix in (("w", w), ("r", r)):
        constants[name], constants[name + "_scale"] = quantised(matrix)
        constants[name + "_zero"] = np.zeros_like(constants[name + "_scale"], np.int8)
        inputs += [name + "_scale", name + "_zero"]
    return constants, node(
        "DynamicQuantizeLSTM", inputs, ["", "h"], MICROSOFT, direction="bidirectional", hidden_size=r.shape[1]
    )


def float_head(name, kernel, bias):
    constants = {name + "_k": kernel, name + "_b": bias}
    return constants, [node("Gemm", ["last", name + "_k", name + "_b"], [name + "_sum"])]


def int8_head(name, kernel, bias):
    weight, scale = quantised(kernel)
    constants = {
        name + "_k": weight,
        name + "_scale": scale,
        name + "_zero": np.zeros_like(scale, np.int8),
        name + "_b": bias,
    }
    inputs = ["last"] + [name + end for end in ("_k", "_scale", "_zero", "_b")]
    return constants, [node("DynamicQuantizeMatMul", inputs, [name + "_sum"], MICROSOFT)]


def write(encoder, path, int8):
    # b has the biases of the input product and those of the recurrent product, which are 0.
    parts = [direction.gates("iofj") for direction in encoder.directions]
    w, r, bias = (np.stack(part) for part in zip(*parts))
    stacks = w, r, np.concatenate([bias, np.zeros_like(bias)], axis=1)
    constants, lstm = (int8_lstm if int8 else float_lstm)(stacks)
    # h is [directions][1][hidden].
    constants["both"] = np.array([1, 2 * encoder.hidden], np.int64)
    nodes = [
        lstm,
        node("Transpose", ["h"], ["turned"], perm=[1, 0, 2]),
        node("Reshape", ["turned", "both"], ["last"]),
    ]
    for name, (kernel, head_bias) in encoder.heads.items():
        more, head = (int8_head if int8 else float_head)(name, kernel, head_bias)
        constants |= more
        nodes += head
    nodes += [node("Identity", ["mu_sum"], ["mu"]), node("Softplus", ["sigma_sum"], ["sigma"])]
    constants = {name: np.ascontiguousarray(array) for name, array in constants.items()}
    shape = [1, encoder.latent]
    path.write_bytes(model(nodes, constants, [("x", [STEPS, 1, CLASSES])], [("mu", shape), ("sigma", shape)]))
