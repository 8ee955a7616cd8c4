# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What training is fed with: windows of tunes, and melodies drawn from a decoder.

What a step gets depends on the seed and the step's number alone, so that a
resumed run goes on as if it had not stopped.
"""

import functools

import numpy as np
import torch

import corpus
import practice
import transform
import vae

POOL_CHUNK = 512
# So often a batch's windows of less than two notes are drawn anew.
TRIES_MAX = 200


def seed(*numbers):
    """One number for torch's generators out of several."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def excerpts(lines, number, bar, steps=transform.EXCERPT):
    """Excerpts [n, steps] of lines: of each its `number` and the bar that the window begins with.

    Before and after the line there is silence.
    """
    step = bar[:, None] * corpus.BAR - transform.LEAD + np.arange(steps)
    length = lines.length[number][:, None]
    inside = (step >= 0) & (step < length)
    place = np.where(inside, step, 0) + lines.start[number][:, None]
    # A note-off where no note sounds is dropped by whoever reads notes.
    return np.where(inside, lines.tokens[place], np.where(step == length, transform.OFF, 0)).astype(np.uint8)


def leave_out(lines, left_out):
    """(lines kept, lines of the styles that are left out)."""
    unknown = set(left_out) - set(lines.names)
    if unknown:
        raise corpus.CorpusError(f"no style {', '.join(sorted(unknown))}; there are {', '.join(lines.names)}")
    out = np.isin(lines.style, [lines.names.index(name) for name in left_out])
    return lines.select(~out), lines.select(out)


class Tunes:
    """Windows played from lines, a style as likely as the square root of its size.

    A share `practice` of them is figures that hands practise instead, of these a
    share `anywhere` anywhere on the keyboard.
    """

    def __init__(self, lines, seed, chances=transform.Chances(), practice=0.0, anywhere=0.0):
        self.seed, self.chances, self.practice, self.anywhere = seed, chances, practice, anywhere
        # A window begins with any bar but the last.
        bars = lines.length // corpus.BAR - 1
        lines = lines.select(bars > 0)
        order = np.argsort(lines.style, kind="stable")
        self.lines = lines.select(order)
        self.bars = np.concatenate([[0], np.cumsum(self.lines.length // corpus.BAR - 1)])
        first = np.flatnonzero(np.diff(self.lines.style, prepend=-1))
        self.starts = self.bars[first]
        self.sizes = np.diff(self.bars[np.append(first, len(order))])
        self.weights = np.sqrt(self.sizes) / np.sqrt(self.sizes).sum()

    def __len__(self):
        """How many bars a window can begin with."""
        return int(self.bars[-1])

    def _excerpts(self, rng, count):
        style = rng.choice(len(self.sizes), count, p=self.weights)
        bar = self.starts[style] + rng.integers(0, self.sizes[style])
        number = np.searchsorted(self.bars, bar, "right") - 1
        return excerpts(self.lines, number, bar - self.bars[number])

    def windows(self, rng, count):
        """Windows [count, STEPS] of two notes at least."""
        practised = round(count * self.practice)
        found = []
        figures = functools.partial(practice.draw, anywhere=self.anywhere)
        for missing, draw in ((practised, figures), (count - practised, self._excerpts)):
            tries = 0
            while missing:
                windows = transform.windows(draw(rng, missing), rng, self.chances)
                windows = windows[transform.onsets(windows) >= transform.ONSETS_MIN]
                found.append(windows)
                missing -= len(windows)
                tries += 1
                if tries > TRIES_MAX:
                    raise corpus.CorpusError("the lines are next to silent: hardly a window has two notes")
        return np.concatenate(found) if found else np.zeros((0, corpus.STEPS), np.uint8)

    def draw(self, step, count):
        rng = np.random.default_rng([self.seed, step])
        return torch.from_numpy(self.windows(rng, count).astype(np.int64))


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
