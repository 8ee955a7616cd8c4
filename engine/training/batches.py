# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What training is fed with: windows of tunes, and melodies drawn from a decoder.

What a step gets depends on the seed and the step's number alone, so that a
resumed run goes on as if it had not stopped.
"""

import numpy as np
import torch

import corpus
import vae

TRANSPOSE = 5
NOTE_MIN, NOTE_MAX = 2, corpus.CLASSES - 1
POOL_CHUNK = 512


def seed(*numbers):
    """One number for torch's generators out of several."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def transpose(tokens, shift):
    """Windows moved by `shift` [n] semitones, as far as all notes stay in range."""
    notes = tokens >= NOTE_MIN
    lowest = np.where(notes, tokens, NOTE_MAX).min(1)
    highest = np.where(notes, tokens, NOTE_MIN).max(1)
    shift = np.clip(shift, NOTE_MIN - lowest.astype(int), NOTE_MAX - highest.astype(int))
    return np.where(notes, tokens + shift[:, None], tokens)


def leave_out(tokens, styles, names, left_out):
    """(windows kept, their styles, windows left out)."""
    unknown = set(left_out) - set(names)
    if unknown:
        raise corpus.CorpusError(f"no style {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    out = np.isin(styles, [names.index(name) for name in left_out])
    return tokens[~out], styles[~out], tokens[out]


class Tunes:
    """Windows of the corpus, a style as likely as the square root of its size."""

    def __init__(self, tokens, styles, seed):
        self.seed = seed
        order = np.argsort(styles, kind="stable")
        self.tokens = tokens[order]
        self.sizes = np.bincount(styles)
        self.sizes = self.sizes[self.sizes > 0]
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.weights = np.sqrt(self.sizes) / np.sqrt(self.sizes).sum()

    def draw(self, step, count):
        rng = np.random.default_rng([self.seed, step])
        style = rng.choice(len(self.sizes), count, p=self.weights)
        windows = self.tokens[self.starts[style] + rng.integers(0, self.sizes[style])]
        shift = rng.integers(-TRANSPOSE, TRANSPOSE + 1, count)
        return torch.from_numpy(transpose(windows, shift).astype(np.int64))


class Dreams:
    """Melodies drawn from a decoder, with their z from the prior.

    A pool is used up in order and then drawn anew.
    """

    def __init__(self, decoder, size, temperatures, seed, dtype, pool, device):
        self.decoder, self.size, self.seed = decoder, size, seed
        self.temperatures = torch.tensor(temperatures, device=device)
        self.dtype, self.pool, self.device = dtype, pool, device
        self.latent = vae.decoder_sizes(decoder)[2]
        self.generation = None

    def _chunk(self, number):
        generator = torch.Generator(self.device).manual_seed(seed(self.seed, self.generation, number))
        z = torch.randn(POOL_CHUNK, self.latent, generator=generator, device=self.device)
        kind = torch.randint(len(self.temperatures), (POOL_CHUNK, 1), generator=generator, device=self.device)
        return z, vae.generate(self.decoder, z, self.dtype, self.temperatures[kind], generator)

    def draw(self, first, count):
        """(z, windows) of number `first` and on."""
        generation = first // self.size
        if generation != self.generation:
            self.generation = generation
            chunks = list(self.pool.map(self._chunk, range(-(-self.size // POOL_CHUNK))))
            self.z, self.tokens = (torch.cat(parts)[: self.size] for parts in zip(*chunks))
        start = first % self.size
        end = min(start + count, self.size)
        z, tokens = self.z[start:end], self.tokens[start:end]
        if len(z) == count:
            return z, tokens
        rest = self.draw(first + len(z), count - len(z))
        return torch.cat([z, rest[0]]), torch.cat([tokens, rest[1]])
