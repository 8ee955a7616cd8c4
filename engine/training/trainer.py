# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A training run's state, its steps, and its checkpoints."""

import contextlib
import math
import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch.nn import functional

import batches
import corpus
import environment
import evaluate
import origin
import safetensors
import vae

WARM_UP = 100
BLANKED = 0.25
# One step without a finite gradient is left out; this many in a row end the run.
UNUSABLE_MAX = 20


class RunError(Exception):
    """The run cannot go on."""


@contextlib.contextmanager
def replacing(path):
    """A name to write to; the file takes the place of `path` when it is whole."""
    new = path.with_name(path.name + ".new")
    yield new
    os.replace(new, path)


def take_step(run, norm):
    """Moves the weights of a run along their gradients, of this norm, if it is finite."""
    if math.isfinite(norm):
        for group in run.optimiser.param_groups:
            group["lr"] = run.rate()
        run.optimiser.step()
        run.unusable = 0
    else:
        run.unusable += 1
        if run.unusable == UNUSABLE_MAX:
            raise RunError(f"no finite gradient in {UNUSABLE_MAX} steps up to step {run.step}")
    run.step += 1


class Trainer:
    """Weights, optimiser and what a step needs; `args` is train.py's command line."""

    def __init__(self, args):
        self.args = args
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = environment.product_type(args.precision)
        workers = args.workers or (1 if self.device.type == "cuda" else os.cpu_count())
        # Each worker gets a window at least.
        self.workers = min(workers, max(args.batch, args.sampled_batch if args.mode == "magenta" else 0))
        self.pool = ThreadPoolExecutor(self.workers)
        self.step, self.elapsed, self.unusable = 0, 0.0, 0
        self._make_weights()
        self.optimiser = torch.optim.Adam(self.trained.values(), lr=args.rate)
        self._load_windows()

    def _make_weights(self):
        args, generator = self.args, torch.Generator().manual_seed(self.args.seed)
        fixed = {}
        if args.mode == "magenta":
            fixed = vae.load_decoder(args.decoder)
            latent = vae.decoder_sizes(fixed)[2]
            trained = vae.new_encoder(args.hidden, latent, generator)
        else:
            trained = vae.new_encoder(args.hidden, args.latent, generator)
            trained.update(vae.new_decoder(args.decoder_layers, args.decoder_hidden, args.latent, generator))
        self.before = 0
        if args.init:
            arrays, metadata = safetensors.read(args.init)
            self.before = int(metadata.get("steps_before", 0)) + int(metadata.get("training_steps", 0))
            # Kept weights are in half precision; training is in float32.
            start = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
            wrong = [k for k, v in trained.items() if k not in start or start[k].shape != v.shape]
            if wrong:
                raise vae.SizeError(f"{args.init} does not have these sizes: {', '.join(wrong)}")
            trained = {name: start[name] for name in trained}
        self.trained = {k: v.to(self.device).requires_grad_() for k, v in trained.items()}
        self.fixed = {k: v.to(self.device) for k, v in fixed.items()}
        self.tensors = {**self.trained, **self.fixed}
        self.decoder_layers, self.decoder_hidden, self.latent = vae.decoder_sizes(self.tensors)
        self._weigh(vae.unused(self.tensors))

    def _weigh(self, unused):
        """Which neurons were unused when training began, and so what each one's KL divergence weighs."""
        self.unused = unused.to(self.device)
        self.kl_weight = torch.where(self.unused, self.args.unused_weight, 1.0)

    def _load_windows(self):
        args = self.args
        lines, _ = batches.leave_out(corpus.lines(args.corpus, "train", args.without), args.hold_out_style)
        self.tunes = batches.Tunes(lines, args.seed, practice=args.practice, anywhere=args.anywhere)
        if not len(self.tunes):
            raise corpus.CorpusError(f"{args.corpus}: no windows left to train on")
        self.ours = origin.is_ours(args.mode, lines.sets)
        self.sets = {
            name: torch.from_numpy(windows.astype(np.int64)).to(self.device)
            for name, windows in evaluate.sets(args.corpus, args.evaluation_windows, args.hold_out_style).items()
        }
        self.dreams = None
        if args.mode == "magenta":
            self.dreams = batches.Dreams(
                self.fixed, args.pool, args.temperature, args.seed, self.dtype, self.pool, self.device
            )
            self.sets["sampled"] = evaluate.sampled(self.fixed, args.evaluation_windows)

    def progress(self):
        """Share of the run that is done, by steps or by time."""
        args = self.args
        return max(
            self.step / args.steps if args.steps else 0,
            self.elapsed / (60 * args.minutes) if args.minutes else 0,
        )

    def rate(self):
        args = self.args
        cosine = (1 + math.cos(math.pi * min(self.progress(), 1))) / 2
        return (args.rate_end + (args.rate - args.rate_end) * cosine) * min(1, (self.step + 1) / WARM_UP)

    def beta(self):
        args = self.args
        step = self.step - (args.sampled_first if args.mode == "magenta" else 0)
        return args.beta * min(1, max(0, step) / max(1, args.beta_steps))

    def schedule(self):
        """What changes while the run goes on."""
        return {"rate": self.rate(), "beta": self.beta()}

    def counts(self):
        """How many windows of tunes and of the decoder's melodies a step takes."""
        args = self.args
        if args.mode == "open":
            return args.batch, 0
        if self.step < args.sampled_first:
            return 0, args.batch + args.sampled_batch
        return args.batch, args.sampled_batch

    def _dreams_before(self):
        """Number of decoder's melodies used before this step."""
        args = self.args
        first = min(self.step, args.sampled_first)
        return first * (args.batch + args.sampled_batch) + (self.step - first) * args.sampled_batch

    def _share(self, number, real, z_true, dreamt, totals, beta):
        """Gradients and figures of one worker's windows; `totals` are all workers'."""
        generator = torch.Generator(self.device).manual_seed(batches.seed(self.args.seed, self.step, number))
        mu, sigma = vae.encode(self.tensors, torch.cat([real, dreamt]), self.dtype)
        first = self.step < self.args.sampled_first
        loss, figures = 0, {}
        for name, start, windows in (("", 0, real), ("sampled_", len(real), dreamt)):
            weight = (0 if first else self.args.sampled_entropy) if name else 1
            if not len(windows) or not weight:
                continue
            m, s = mu[start : start + len(windows)], sigma[start : start + len(windows)]
            z = m + s * torch.randn(m.shape, generator=generator, device=self.device)
            blank = None
            if self.args.mode == "open":
                blank = torch.rand(windows.shape, generator=generator, device=self.device) < BLANKED
            logits = vae.decode(self.tensors, z, windows, self.dtype, blank)
            target = windows.t().reshape(-1)
            entropy = functional.cross_entropy(logits.reshape(len(target), -1), target, reduction="sum")
            kl = vae.divergence(m, s)
            total = totals[1 if name else 0]
            loss = loss + weight * (entropy + beta * (kl * self.kl_weight).sum()) / total
            figures[name + "cross_entropy"] = entropy.item() / total
            figures[name + "kl"] = kl.sum().item() / total
        if len(dreamt):
            surprise = vae.surprise(mu[len(real) :], sigma[len(real) :], z_true).sum()
            loss = loss + (1 if first else self.args.sampled_weight) * surprise / totals[1]
            figures["surprise"] = surprise.item() / totals[1]
        return torch.autograd.grad(loss, list(self.trained.values())), figures

    def train_step(self):
        """One step; returns its figures."""
        real_count, dream_count = self.counts()
        real = self.tunes.draw(self.step, real_count).to(self.device)
        z, dreamt = torch.empty(0, self.latent), torch.empty(0, corpus.STEPS, dtype=torch.int64)
        if dream_count:
            z, dreamt = self.dreams.draw(self._dreams_before(), dream_count)
        # Each worker takes the same share of each kind, and gradients are added in
        # the workers' order: a run gives the same numbers each time.
        shares = zip(*(torch.tensor_split(x.to(self.device), self.workers) for x in (real, z, dreamt)))
        jobs = [
            self.pool.submit(self._share, i, *share, (real_count, dream_count), self.beta())
            for i, share in enumerate(shares)
        ]
        results = [job.result() for job in jobs]
        for number, weight in enumerate(self.trained.values()):
            weight.grad = sum(gradients[number] for gradients, _ in results)
        norm = torch.nn.utils.clip_grad_norm_(self.trained.values(), self.args.clip).item()
        take_step(self, norm)
        figures = {key: sum(f.get(key, 0) for _, f in results) for key in results[0][1]}
        return {**figures, "norm": norm}

    def evaluate(self):
        """Figures of each evaluation set."""
        return {
            name: evaluate.evaluate(self.tensors, self.tensors, windows, self.pool)
            for name, windows in self.sets.items()
        }

    def save(self, folder):
        state = {
            "trained": {k: v.detach().cpu() for k, v in self.trained.items()},
            "optimiser": self.optimiser.state_dict(),
            "unused": self.unused.cpu(),
            "before": self.before,
            "step": self.step,
            "elapsed": self.elapsed,
        }
        with replacing(folder / "checkpoint.pt") as path:
            torch.save(state, path)
        metadata = {
            "format": "musicvae-float",
            "steps": str(corpus.STEPS),
            "z_size": str(self.latent),
            "enc_rnn_size": str(self.args.hidden),
            "forget_bias": "1.0 added at run time",
            "mode": self.args.mode,
            "dec_rnn_size": " ".join(str(size) for size in [self.decoder_hidden] * self.decoder_layers),
            "seed": str(self.args.seed),
            "training_steps": str(self.step),
            "steps_before": str(self.before),
        }
        if self.ours:
            metadata.update(origin.texts(self.args.mode, self.step, self.args.seed, self.before))
        weights = {name: tensor.numpy() for name, tensor in state["trained"].items()}
        # The half precision file is for keeping: half the size, and finer than what import rounds to.
        for name, dtype in (("weights", np.float32), ("weights-half", np.float16)):
            with replacing(folder / f"{name}.safetensors") as path:
                safetensors.write(path, {k: w.astype(dtype) for k, w in weights.items()}, metadata)

    def load(self, folder):
        path = folder / "checkpoint.pt"
        try:
            state = torch.load(path, map_location=self.device)
            with torch.no_grad():
                for name, weight in self.trained.items():
                    weight.copy_(state["trained"][name])
            self.optimiser.load_state_dict(state["optimiser"])
            self._weigh(state["unused"])
            self.before = state["before"]
        except (RuntimeError, KeyError, EOFError, pickle.UnpicklingError) as error:
            raise RunError(f"{path} is damaged or of other sizes ({error})") from None
        self.step, self.elapsed = state["step"], state["elapsed"]
