# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""MusicVAE's flat encoder and decoder on a dict of float32 tensors under its names."""

import json
import math
import pathlib

import numpy as np
import torch
from torch.nn import functional

import safetensors
from corpus import CLASSES, STEPS
from lstm import Gather, Sequence
from reference import CELL as ENCODER_CELL
from reference import FORGET_BIAS

DECODER_CELL = "decoder/multi_rnn_cell/cell_{}/lstm_cell/"
INITIAL = "decoder/z_to_initial_state/"
OUTPUT = "decoder/output_projection/"
# Google's decoder, for encoders that come without one.
MAGENTA_DECODER = "../shared/checkpoints/mel_small"
# As reference.py's: a sigma of 0 has no logarithm.
SIGMA_MIN = 1e-6


# A neuron is used where the norm of its rows is so many times the median of all.
USED_NORM = 1.3


class SizeError(Exception):
    """The tensors are not those of a flat MusicVAE decoder."""


def _matrix(rows, columns, generator, gain=1.0):
    """Glorot's uniform start, MusicVAE's too."""
    bound = gain * math.sqrt(6 / (rows + columns))
    return (torch.rand(rows, columns, generator=generator) * 2 - 1) * bound


def new_encoder(hidden, latent, generator):
    tensors = {}
    for direction in ("fw", "bw"):
        name = ENCODER_CELL.format(direction)
        tensors[name + "kernel"] = _matrix(CLASSES + hidden, 4 * hidden, generator)
        tensors[name + "bias"] = torch.zeros(4 * hidden)
    for head in ("mu", "sigma"):
        # Small heads: the posterior starts near the prior, and softplus(0.5413) is 1.
        tensors[f"encoder/{head}/kernel"] = _matrix(2 * hidden, latent, generator, 0.1)
        tensors[f"encoder/{head}/bias"] = torch.full((latent,), 0.5413 if head == "sigma" else 0.0)
    return tensors


def new_decoder(layers, hidden, latent, generator):
    tensors = {}
    inputs = CLASSES + latent
    for layer in range(layers):
        name = DECODER_CELL.format(layer)
        tensors[name + "kernel"] = _matrix(inputs + hidden, 4 * hidden, generator)
        tensors[name + "bias"] = torch.zeros(4 * hidden)
        inputs = hidden
    for name, rows, columns in ((INITIAL, latent, 2 * layers * hidden), (OUTPUT, hidden, CLASSES)):
        tensors[name + "kernel"] = _matrix(rows, columns, generator)
        tensors[name + "bias"] = torch.zeros(columns)
    return tensors


def load_decoder(folder):
    """The decoder of a folder with manifest.json and a raw float32 file a tensor, or of a file of float weights.

    The encoder's tensors there are not read.
    """
    folder = pathlib.Path(folder)
    if folder.is_file():
        arrays = safetensors.read(folder)[0]
        return {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items() if k.startswith("decoder/")}
    tensors = {}
    for name, entry in json.loads((folder / "manifest.json").read_text()).items():
        if name.startswith("decoder/"):
            array = np.fromfile(folder / entry["filename"], "<f4").reshape(entry["shape"])
            tensors[name] = torch.from_numpy(array)
    return tensors


def decoder_sizes(tensors):
    """(layers, hidden, latent)."""
    try:
        layers = sum(name.endswith("lstm_cell/kernel") for name in tensors if name.startswith("decoder/"))
        latent, states = tensors[INITIAL + "kernel"].shape
        hidden = states // (2 * layers)
        shapes = [tensors[DECODER_CELL.format(i) + "kernel"].shape for i in range(layers)]
        fit = all(s == ((hidden if i else CLASSES + latent) + hidden, 4 * hidden) for i, s in enumerate(shapes))
        if not fit or tensors[OUTPUT + "kernel"].shape != (hidden, CLASSES):
            raise SizeError(f"decoder kernels {[tuple(s) for s in shapes]} do not fit together")
    except (KeyError, ZeroDivisionError) as error:
        raise SizeError(f"not a flat decoder ({error})") from None
    return layers, hidden, latent


def unused(tensors):
    """A mask of the neurons that a decoder hardly listens to.

    Of each neuron, the norm of its rows in the two kernels that z enters by: the
    initial state's and the first cell's. Most neurons are unused, so the median is
    what unused ones keep of their random start, and a used one has USED_NORM times
    as much.
    """
    latent = decoder_sizes(tensors)[2]
    rows = torch.cat(
        [tensors[INITIAL + "kernel"], tensors[DECODER_CELL.format(0) + "kernel"][CLASSES : CLASSES + latent]], 1
    ).detach()
    norm = rows.norm(dim=1)
    return norm <= USED_NORM * norm.median()


def _forget_bias(bias):
    one = torch.zeros_like(bias)
    size = len(bias) // 4
    one[2 * size : 3 * size] = FORGET_BIAS
    return bias + one


def encode(tensors, tokens, dtype=torch.float32):
    """(mu, sigma) of windows [n, steps] of int64, with products in `dtype`."""
    last = []
    for direction in ("fw", "bw"):
        kernel = tensors[ENCODER_CELL.format(direction) + "kernel"]
        bias = _forget_bias(tensors[ENCODER_CELL.format(direction) + "bias"])
        index = tokens.t() if direction == "fw" else tokens.t().flip(0)
        pre = Gather.apply(kernel[:CLASSES] + bias, index.contiguous(), dtype)
        zeros = torch.zeros(len(tokens), len(bias) // 4, dtype=kernel.dtype, device=tokens.device)
        last.append(Sequence.apply(pre, kernel[CLASSES:], zeros, zeros)[-1])
    last = torch.cat(last, 1)
    mu = torch.addmm(tensors["encoder/mu/bias"], last, tensors["encoder/mu/kernel"])
    sigma = torch.addmm(tensors["encoder/sigma/bias"], last, tensors["encoder/sigma/kernel"])
    return mu, functional.softplus(sigma).clamp(min=SIGMA_MIN)


def _initial_states(tensors, z):
    """[(c, h) of each layer]."""
    layers, _, _ = decoder_sizes(tensors)
    flat = torch.tanh(torch.addmm(tensors[INITIAL + "bias"], z, tensors[INITIAL + "kernel"]))
    parts = flat.chunk(2 * layers, 1)
    return list(zip(parts[::2], parts[1::2]))


def decode(tensors, z, tokens, dtype=torch.float32, blank=None):
    """Logits [steps, n, CLASSES] of each step, given the true steps before it.

    Where `blank` [n, steps] is true, the decoder is shown zeros for that step.
    """
    previous = torch.full_like(tokens, CLASSES)
    previous[:, 1:] = tokens[:, :-1]
    if blank is not None:
        previous[blank] = CLASSES
    kernel = tensors[DECODER_CELL.format(0) + "kernel"]
    latent = z.shape[1]
    # z's product is the same at each step; the last row stands for "no input".
    table = torch.cat([kernel[:CLASSES], torch.zeros_like(kernel[:1])])
    constant = torch.addmm(
        _forget_bias(tensors[DECODER_CELL.format(0) + "bias"]), z, kernel[CLASSES : CLASSES + latent]
    )
    pre = (Gather.apply(table, previous.t().contiguous(), table.dtype) + constant).to(dtype)
    recurrent = kernel[CLASSES + latent :]
    for layer, (c, h) in enumerate(_initial_states(tensors, z)):
        if layer:
            kernel = tensors[DECODER_CELL.format(layer) + "kernel"]
            bias = _forget_bias(tensors[DECODER_CELL.format(layer) + "bias"])
            size = states.shape[2]
            flat = states.reshape(-1, size).to(dtype)
            pre = torch.addmm(bias.to(dtype), flat, kernel[:size].to(dtype))
            pre, recurrent = pre.view(*states.shape[:2], -1), kernel[size:]
        states = Sequence.apply(pre, recurrent, h, c)
    size = states.shape[2]
    logits = torch.addmm(tensors[OUTPUT + "bias"], states.reshape(-1, size), tensors[OUTPUT + "kernel"])
    return logits.view(STEPS, len(z), CLASSES)


@torch.no_grad()
def generate(tensors, z, dtype=torch.float32, temperature=None, generator=None, with_logits=False):
    """Windows [n, STEPS] decoded freely from z [n, latent].

    Each step is the most probable one, or drawn at `temperature` [n, 1]. `with_logits`
    asks for (windows, logits [n, STEPS, CLASSES]).
    """
    states = _initial_states(tensors, z)
    latent = z.shape[1]
    cells = []
    for layer in range(len(states)):
        kernel = tensors[DECODER_CELL.format(layer) + "kernel"]
        bias = _forget_bias(tensors[DECODER_CELL.format(layer) + "bias"])
        if layer == 0:
            constant = torch.addmm(bias, z, kernel[CLASSES : CLASSES + latent])
            table = torch.cat([kernel[:CLASSES], torch.zeros_like(kernel[:1])])
            kernel = kernel[CLASSES + latent :]
        cells.append((kernel.to(dtype), bias))
    previous = torch.full((len(z),), CLASSES, device=z.device)
    result = torch.empty(len(z), STEPS, dtype=torch.int64, device=z.device)
    said = []
    for step in range(STEPS):
        for layer, (kernel, bias) in enumerate(cells):
            c, h = states[layer]
            if layer == 0:
                gates = torch.index_select(table, 0, previous) + constant
                gates += torch.mm(h.to(dtype), kernel)
            else:
                gates = torch.mm(torch.cat([below, h], 1).to(dtype), kernel) + bias
            i, j, f, o = gates.chunk(4, 1)
            c = c * torch.sigmoid(f) + torch.sigmoid(i) * torch.tanh(j)
            below = torch.sigmoid(o) * torch.tanh(c)
            states[layer] = c, below
        logits = torch.addmm(tensors[OUTPUT + "bias"], below, tensors[OUTPUT + "kernel"])
        if with_logits:
            said.append(logits)
        if temperature is not None:
            uniform = torch.rand(logits.shape, generator=generator, device=z.device)
            # Adding Gumbel noise and taking the largest draws from the softmax.
            logits = logits / temperature - torch.log(-torch.log(uniform.clamp(1e-20, 1 - 1e-7)))
        previous = logits.argmax(1)
        result[:, step] = previous
    return (result, torch.stack(said, 1)) if with_logits else result


def divergence(mu, sigma):
    """KL divergence of each neuron from the prior N(0, 1), in nats."""
    return (mu * mu + sigma * sigma - 1) / 2 - torch.log(sigma)


def surprise(mu, sigma, z):
    """-ln of the density of z under N(mu, sigma), a value a window."""
    return (((z - mu) / sigma) ** 2 / 2 + torch.log(sigma)).sum(1) + z.shape[1] * math.log(2 * math.pi) / 2
