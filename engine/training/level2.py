# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Level two on a dict of float32 tensors: an encoder of phrases, a conductor, a discriminator.

The encoder reads what level one says of PHRASE windows, [n, PHRASE * neurons], and
PHRASE flags that say which of them were heard. The conductor says of a latent vector
what level one would say of each window. Both are
    h = x W + b; twice h = h + relu(h W + b) W + b; answer = h W + b
and all but the sizes is the same. Kernels are [inputs, outputs].
"""

import math

import torch
from torch.nn import functional

import corpus
import vae
from level2_windows import PHRASE

BLOCKS = 2
ENCODER, CONDUCTOR, DISCRIMINATOR = "long/encoder/", "long/conductor/", "long/discriminator/"
STYLE = "long/style/"
# softplus of it is 1: the posterior starts at the prior.
SIGMA_BIAS = 0.5413
# What a block adds is small at the start, and so are mu and the conductor's answer.
SMALL = 0.1


def add_layer(tensors, name, rows, columns, generator, gain=1.0, bias=0.0):
    bound = gain * math.sqrt(6 / (rows + columns))
    tensors[name + "/kernel"] = (torch.rand(rows, columns, generator=generator) * 2 - 1) * bound
    tensors[name + "/bias"] = torch.full((columns,), bias)


def _add_trunk(tensors, name, rows, width, generator):
    add_layer(tensors, name + "input", rows, width, generator)
    for block in range(BLOCKS):
        add_layer(tensors, f"{name}block_{block}/in", width, width, generator)
        add_layer(tensors, f"{name}block_{block}/out", width, width, generator, SMALL)


def new(neurons, width, latent, generator, sure=False):
    """Encoder and conductor for level one's so many music neurons; a `sure` encoder has no sigma."""
    tensors = {}
    _add_trunk(tensors, ENCODER, PHRASE * (neurons + 1), width, generator)
    add_layer(tensors, ENCODER + "mu", width, latent, generator, SMALL)
    if not sure:
        add_layer(tensors, ENCODER + "sigma", width, latent, generator, SMALL, SIGMA_BIAS)
    _add_trunk(tensors, CONDUCTOR, latent, width, generator)
    add_layer(tensors, CONDUCTOR + "output", width, PHRASE * neurons, generator, SMALL)
    return tensors


def new_discriminator(latent, styles, hidden, generator):
    """Of [z, style]; MusAE's: two layers of tanh."""
    tensors = {}
    add_layer(tensors, DISCRIMINATOR + "layer_0", latent + styles, hidden, generator)
    add_layer(tensors, DISCRIMINATOR + "layer_1", hidden, hidden, generator)
    add_layer(tensors, DISCRIMINATOR + "output", hidden, 1, generator)
    return tensors


def sizes(tensors):
    """(level one's music neurons, width, latent)."""
    rows, width = tensors[ENCODER + "input/kernel"].shape
    return rows // PHRASE - 1, width, len(tensors[ENCODER + "mu/bias"])


def linear(tensors, name, x, dtype):
    kernel, bias = tensors[name + "/kernel"], tensors[name + "/bias"]
    return torch.mm(x.to(dtype), kernel.to(dtype)).to(kernel.dtype).add_(bias)


def trunk(tensors, name, x, dtype):
    h = linear(tensors, name + "input", x, dtype)
    for block in range(BLOCKS):
        inner = torch.relu(linear(tensors, f"{name}block_{block}/in", h, dtype))
        h = h + linear(tensors, f"{name}block_{block}/out", inner, dtype)
    return h


def inputs(mu, heard):
    """What the encoder reads: level one's mu [n, PHRASE, neurons] where heard [n, PHRASE], and that."""
    flags = heard.to(mu.dtype)
    return torch.cat([(mu * flags[..., None]).flatten(1), flags], 1)


def encode(tensors, mu, heard, dtype=torch.float32):
    """(mu, sigma) of phrases, of level one's mu [n, PHRASE, neurons] and which were heard [n, PHRASE].

    A sure encoder's sigma is 0.
    """
    h = trunk(tensors, ENCODER, inputs(mu, heard), dtype)
    answer = linear(tensors, ENCODER + "mu", h, dtype)
    if ENCODER + "sigma/kernel" not in tensors:
        return answer, torch.zeros_like(answer)
    sigma = functional.softplus(linear(tensors, ENCODER + "sigma", h, dtype))
    return answer, sigma.clamp(min=vae.SIGMA_MIN)


def conduct(tensors, z, dtype=torch.float32):
    """Level one's z [n, PHRASE, neurons] of each window, of level two's z [n, latent]."""
    answer = linear(tensors, CONDUCTOR + "output", trunk(tensors, CONDUCTOR, z, dtype), dtype)
    return answer.view(len(z), PHRASE, -1)


def pooled(tensors, mu, heard, dtype=torch.float32):
    """Mean and largest over the windows heard [n, PHRASE] of what two layers make of level one's mu of each.

    mu [n, PHRASE, neurons]; the layers are the same for all windows.
    """
    h = mu.flatten(0, 1).to(tensors[STYLE + "output/bias"].dtype)
    for layer in range(2):
        h = torch.relu(linear(tensors, f"{STYLE}window_{layer}", h, dtype))
    flags = heard.to(h.dtype)[..., None]
    h = h.view(*heard.shape, -1) * flags
    return torch.cat([h.sum(1) / flags.sum(1).clamp(min=1), h.amax(1)], 1)


def told(tensors, both, drop=lambda h: h, dtype=torch.float32):
    """Logits of labels of what is `pooled`, by two layers. `drop` is what training leaves out."""
    h = torch.relu(linear(tensors, STYLE + "phrase", drop(both), dtype))
    return linear(tensors, STYLE + "output", drop(h), dtype)


def labels(tensors, mu, heard, dtype=torch.float32):
    """Logits of labels of phrases, of level one's mu [n, PHRASE, neurons] and which were heard [n, PHRASE]."""
    return told(tensors, pooled(tensors, mu, heard, dtype), dtype=dtype)


def discriminate(tensors, z, style):
    """A number for each z [n, latent] with its style [n, styles]: large for the prior's."""
    h = torch.cat([z, style], 1)
    for layer in range(2):
        h = torch.tanh(linear(tensors, f"{DISCRIMINATOR}layer_{layer}", h, h.dtype))
    return linear(tensors, DISCRIMINATOR + "output", h, h.dtype)[:, 0]


def gradient_penalty(tensors, real, made, style, share):
    """WGAN-GP's: (the norm of the gradient - 1)^2 between real and made z, at a `share` [n, 1] of the way."""
    between = (share * real + (1 - share) * made).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminate(tensors, between, style).sum(), between, create_graph=True)
    return (gradient.norm(dim=1) - 1) ** 2


def error(answer, mu, sigma, heard):
    """By how much answers for windows miss level one's mu, in nats a phrase.

    The divergence of level one's posterior from one of its own width around the
    answer: what a neuron is not sure of counts little. Windows not heard do not count.
    """
    nats = ((answer - mu) / sigma) ** 2 / 2
    return (nats.sum(2) * heard).sum(1)


def latest(heard, count):
    """Of the windows heard [n, PHRASE] those among the `count` [n] latest."""
    return heard & (torch.arange(PHRASE) >= PHRASE - count[:, None])


def restrict(decoder, neurons):
    """A flat decoder that reads some of level one's neurons alone."""
    latent = vae.decoder_sizes(decoder)[2]
    neurons = torch.as_tensor(neurons)
    cell = vae.DECODER_CELL.format(0) + "kernel"
    kernel, initial = decoder[cell], decoder[vae.INITIAL + "kernel"]
    rows = kernel[corpus.CLASSES : corpus.CLASSES + latent][neurons]
    return {
        **decoder,
        vae.INITIAL + "kernel": initial[neurons],
        cell: torch.cat([kernel[: corpus.CLASSES], rows, kernel[corpus.CLASSES + latent :]]),
    }


class Mixture:
    """A prior with a Gaussian of unit width for each style.

    Each has its mean `distance` along an axis of its own: the first of the latent
    axes. A phrase without a style may be from any.
    """

    def __init__(self, styles, latent, distance, weights):
        self.means = torch.zeros(styles, latent)
        self.means[torch.arange(styles), torch.arange(styles)] = distance
        self.weights = torch.as_tensor(weights, dtype=torch.float32)

    def one_hot(self, style):
        """Rows of 0 and 1 [n, styles]; of NO_STYLE all 0."""
        return functional.one_hot(style + 1, len(self.means) + 1)[:, 1:].float()

    def sample(self, style, generator):
        """z from the component of each style [n]."""
        drawn = torch.multinomial(self.weights, len(style), True, generator=generator)
        mean = self.means[torch.where(style < 0, drawn, style)]
        return mean + torch.randn(mean.shape, generator=generator)

    def divergence(self, mu, sigma, style):
        """KL divergence of each posterior [n] from the component of its style.

        Of one without a style, a bound of that from the mixture: what is least if
        the posterior is shared out among the components.
        """
        # The means differ along few axes: (mu - m)^2 = mu^2 - 2 mu m + m^2.
        common = vae.divergence(mu, sigma).sum(1, keepdim=True)
        each = common - mu @ self.means.t() + (self.means**2).sum(1) / 2
        shared = -torch.logsumexp(torch.log(self.weights / self.weights.sum()) - each, 1)
        own = each.gather(1, style.clamp(min=0)[:, None])[:, 0]
        return torch.where(style < 0, shared, own)

    def logits(self, z):
        """Logarithms of the posterior over styles [n, styles], but for a constant; styles are equally likely."""
        return z @ self.means.t() - (self.means**2).sum(1) / 2
