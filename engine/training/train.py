#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Train the neurons.

magenta: an encoder for a decoder that stays as it is, such as Google's, from its
own melodies and from the corpus. open: a whole VAE on the corpus.

The folder given gets checkpoint.pt, weights.safetensors (floats for export.py),
log.jsonl and curves.png. The same command with --resume goes on.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch
from torch.nn import functional

import batches
import corpus
import curves
import evaluate
import safetensors
import vae

WARM_UP = 100
LOG_STEPS = 50
BLANKED = 0.25
# Windows and z of the evaluation are the same in every run.
EVALUATION_SEED = 1
EVALUATION_TEMPERATURE = 0.5
MAGENTA_DECODER = "../shared/checkpoints/mel_small"


class Trainer:
    """Weights, optimiser and what a step needs."""

    def __init__(self, args):
        self.args = args
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = environment.product_type(args.precision)
        self.workers = args.workers or (1 if self.device.type == "cuda" else os.cpu_count())
        self.pool = ThreadPoolExecutor(self.workers)
        self.step, self.elapsed = 0, 0.0
        self._make_weights()
        self.names = list(self.trained)
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
        if args.init:
            start = {k: torch.from_numpy(v.copy()) for k, v in safetensors.read(args.init)[0].items()}
            wrong = [k for k, v in trained.items() if k not in start or start[k].shape != v.shape]
            if wrong:
                raise vae.SizeError(f"{args.init} does not have these sizes: {', '.join(wrong)}")
            trained = {name: start[name] for name in trained}
        self.trained = {k: v.to(self.device).requires_grad_() for k, v in trained.items()}
        self.fixed = {k: v.to(self.device) for k, v in fixed.items()}
        self.tensors = {**self.trained, **self.fixed}
        self.latent = len(self.trained["encoder/mu/bias"])

    def _load_windows(self):
        args = self.args
        tokens, styles, names = corpus.windows(args.corpus, "train")
        tokens, styles, _ = batches.leave_out(tokens, styles, names, args.hold_out_style)
        self.tunes = batches.Tunes(tokens, styles, args.seed)
        tokens, styles, names = corpus.windows(args.corpus, "heldout")
        tokens, styles, left_out = batches.leave_out(tokens, styles, names, args.hold_out_style)
        self.sets = {"heldout": tokens, "styles_left_out": left_out}
        rng = np.random.default_rng(EVALUATION_SEED)
        for name, windows in self.sets.items():
            chosen = rng.permutation(len(windows))[: args.evaluation_windows]
            self.sets[name] = torch.from_numpy(windows[chosen].astype(np.int64)).to(self.device)
        self.sets = {name: windows for name, windows in self.sets.items() if len(windows)}
        self.dreams = None
        if args.mode == "magenta":
            self.dreams = batches.Dreams(
                self.fixed, args.pool, args.temperature, args.seed, self.dtype, self.pool, self.device
            )
            generator = torch.Generator(self.device).manual_seed(EVALUATION_SEED)
            z = torch.randn(args.evaluation_windows, self.latent, generator=generator, device=self.device)
            self.sets["sampled"] = vae.generate(
                self.fixed, z, temperature=EVALUATION_TEMPERATURE, generator=generator
            )

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

    def _counts(self):
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

    def _share(self, number, real, dream, totals, beta):
        """Gradients and figures of one worker's windows."""
        generator = torch.Generator(self.device).manual_seed(
            (self.args.seed << 40) + self.step * self.workers + number
        )
        z_true, dreamt = dream
        mu, sigma = vae.encode(self.tensors, torch.cat([real, dreamt]), self.dtype)
        loss, figures = 0, {}
        for name, start, windows in (("", 0, real), ("sampled_", len(real), dreamt)):
            weight = self.args.sampled_entropy if name else 1
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
            kl = vae.divergence(m, s).sum()
            total = totals[1 if name else 0]
            loss = loss + weight * (entropy + beta * kl) / total
            figures[name + "cross_entropy"] = entropy.item() / total
            figures[name + "kl"] = kl.item() / total
        if len(dreamt):
            surprise = vae.surprise(mu[len(real) :], sigma[len(real) :], z_true).sum()
            loss = loss + self.args.sampled_weight * surprise / totals[1]
            figures["surprise"] = surprise.item() / totals[1]
        return torch.autograd.grad(loss, list(self.trained.values())), figures

    def train_step(self):
        """One step; returns its figures."""
        real_count, dream_count = self._counts()
        real = self.tunes.draw(self.step, real_count).to(self.device)
        z, dreamt = torch.empty(0, self.latent), torch.empty(0, corpus.STEPS, dtype=torch.int64)
        if dream_count:
            z, dreamt = self.dreams.draw(self._dreams_before(), dream_count)
        shares = zip(*(torch.tensor_split(x.to(self.device), self.workers) for x in (real, z, dreamt)))
        jobs = [
            self.pool.submit(self._share, i, r, (zz, d), (real_count, dream_count), self.beta())
            for i, (r, zz, d) in enumerate(shares)
        ]
        results = [job.result() for job in jobs]
        for number, weight in enumerate(self.trained.values()):
            weight.grad = results[0][0][number]
            for gradients, _ in results[1:]:
                weight.grad += gradients[number]
        norm = torch.nn.utils.clip_grad_norm_(self.trained.values(), self.args.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.optimiser.step()
        self.step += 1
        figures = {key: sum(f[key] for _, f in results) for key in results[0][1]}
        return {**figures, "norm": norm.item()}

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
            "seed": str(self.args.seed),
            "training_steps": str(self.step),
        }
        with replacing(folder / "weights.safetensors") as path:
            safetensors.write(path, {k: v.numpy() for k, v in state["trained"].items()}, metadata)

    def load(self, folder):
        state = torch.load(folder / "checkpoint.pt", map_location=self.device)
        with torch.no_grad():
            for name, weight in self.trained.items():
                weight.copy_(state["trained"][name])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.elapsed = state["step"], state["elapsed"]


@contextlib.contextmanager
def replacing(path):
    """A name to write to; the file takes the place of `path` when it is whole."""
    new = path.with_name(path.name + ".new")
    yield new
    os.replace(new, path)


class Log:
    """log.jsonl, and a line of progress on a terminal."""

    def __init__(self, folder, trainer):
        self.path, self.trainer = folder / "log.jsonl", trainer
        self.sums, self.count, self.windows = {}, 0, 0
        self.since = time.monotonic()

    def write(self, entry):
        with open(self.path, "a") as file:
            file.write(json.dumps(entry) + "\n")

    def add(self, figures, windows):
        for key, value in figures.items():
            self.sums.setdefault(key, []).append(value)
        self.windows += windows
        self.count += 1
        if self.count == LOG_STEPS:
            self.flush()

    def flush(self):
        trainer, seconds = self.trainer, time.monotonic() - self.since
        entry = {
            "step": trainer.step,
            "minutes": round(trainer.elapsed / 60, 3),
            "rate": trainer.rate(),
            "beta": trainer.beta(),
            "windows_per_second": round(self.windows / seconds, 1),
            **{key: round(float(np.mean(values)), 4) for key, values in self.sums.items()},
        }
        self.write(entry)
        self.show(entry)
        self.sums, self.count, self.windows, self.since = {}, 0, 0, time.monotonic()

    def show(self, entry):
        done = self.trainer.progress()
        bar = "#" * int(20 * min(done, 1))
        left = self.trainer.elapsed * (1 / done - 1) if done > 0 else 0
        parts = [f"{key} {entry[key]:.4g}" for key in curves.LOSSES if key in entry]
        print(
            f"[{bar:20}] {100 * done:5.1f} %  step {entry['step']}  {entry['windows_per_second']:.0f} windows/s  "
            f"{left / 60:.0f} min left  {'  '.join(parts)}",
            end="\r" if sys.stdout.isatty() else "\n",
            flush=True,
        )


def train(args):
    folder = pathlib.Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "checkpoint.pt").exists() != args.resume:
        raise FileExistsError(f"{folder}: {'no run to resume' if args.resume else 'has a run; --resume goes on'}")
    trainer = Trainer(args)
    if args.resume:
        trainer.load(folder)
    log = Log(folder, trainer)
    log.write({"settings": vars(args), "workers": trainer.workers, "products": str(trainer.dtype),
               "device": str(trainer.device), "torch": torch.__version__, "environment": environment.settings(),
               "train_windows": len(trainer.tunes.tokens), "step": trainer.step})

    def evaluate_and_save():
        figures = trainer.evaluate()
        log.write({"step": trainer.step, "minutes": round(trainer.elapsed / 60, 3), "evaluation": figures})
        for name, values in figures.items():
            print(f"\n{name}: " + ", ".join(f"{k} {v:g}" for k, v in values.items()), flush=True)
        trainer.save(folder)
        curves.draw(folder / "log.jsonl", folder / "curves.png")

    started = time.monotonic() - trainer.elapsed
    saved = evaluated = time.monotonic()
    while trainer.progress() < 1:
        figures = trainer.train_step()
        now = time.monotonic()
        trainer.elapsed = now - started
        log.add(figures, sum(trainer._counts()))
        if now - evaluated > 60 * args.evaluate_minutes and trainer.progress() < 1:
            evaluate_and_save()
            saved = evaluated = time.monotonic()
        elif now - saved > 60 * args.save_minutes:
            trainer.save(folder)
            saved = time.monotonic()
    evaluate_and_save()


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("mode", choices=("magenta", "open"))
    add("folder", help="where the run lives")
    add("--resume", action="store_true", help="go on with the run in the folder")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--hold-out-style", action="append", default=[], metavar="NAME", help="leave a whole style out")
    add("--init", metavar="FILE", help="float weights to start from")
    add("--seed", type=int, default=1, help="default: %(default)s")
    group = parser.add_argument_group("sizes")
    group.add_argument("--hidden", type=int, help="of the encoder, a direction (default: magenta 512, open 256)")
    group.add_argument("--latent", type=int, default=512, help="open: neurons (default: %(default)s)")
    group.add_argument("--decoder-layers", type=int, default=1, help="open (default: %(default)s)")
    group.add_argument("--decoder-hidden", type=int, default=256, help="open (default: %(default)s)")
    group.add_argument("--decoder", default=MAGENTA_DECODER, metavar="DIR", help="magenta (default: %(default)s)")
    group = parser.add_argument_group("schedule")
    group.add_argument("--steps", type=int, default=0, help="length of the run")
    group.add_argument("--minutes", type=float, default=0, help="the same in time; the first to be reached counts")
    group.add_argument("--batch", type=int, default=128, help="windows of tunes a step (default: %(default)s)")
    group.add_argument("--rate", type=float, default=1e-3, help="learning rate at first (default: %(default)s)")
    group.add_argument("--rate-end", type=float, default=1e-5, help="and at last, by a cosine (default: %(default)s)")
    group.add_argument("--clip", type=float, default=1.0, help="largest norm of the gradient (default: %(default)s)")
    group.add_argument("--beta", type=float, default=0.2, help="weight of the KL divergence (default: %(default)s)")
    group.add_argument("--beta-steps", type=int, default=4000, help="steps to reach it (default: %(default)s)")
    group = parser.add_argument_group("magenta: the decoder's melodies")
    group.add_argument("--sampled-batch", type=int, default=64, help="a step (default: %(default)s)")
    group.add_argument("--sampled-weight", type=float, default=1.0, help="of their loss (default: %(default)s)")
    group.add_argument("--sampled-entropy", type=float, default=0,
                       help="weight of their cross-entropy through the decoder (default: %(default)s)")
    group.add_argument("--temperature", type=float, nargs="+", default=batches.TEMPERATURES, metavar="T",
                       help="at which they are drawn, each as often (default: 0.2 0.5 0.8 1)")
    group.add_argument("--sampled-first", type=int, default=500, help="steps with them alone (default: %(default)s)")
    group.add_argument("--pool", type=int, default=65536, help="drawn at a time (default: %(default)s)")
    group = parser.add_argument_group("running")
    group.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto",
                       help="of large products (default: bfloat16 where the processor has it)")
    group.add_argument("--workers", type=int, default=0, help="threads (default: one a core)")
    group.add_argument("--evaluate-minutes", type=float, default=5, help="between evaluations (default: %(default)s)")
    group.add_argument("--evaluation-windows", type=int, default=2048, help="default: %(default)s")
    group.add_argument("--save-minutes", type=float, default=3, help="between checkpoints (default: %(default)s)")
    args = parser.parse_args(arguments)
    if not args.steps and not args.minutes:
        parser.error("give --steps or --minutes")
    args.hidden = args.hidden or (512 if args.mode == "magenta" else 256)
    return args


def main():
    args = parse()
    try:
        train(args)
    except (OSError, ValueError, corpus.CorpusError, safetensors.FormatError, vae.SizeError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
