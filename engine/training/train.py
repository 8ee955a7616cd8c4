#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Train the neurons.

magenta: an encoder for a decoder that stays as it is, such as Google's, from its
own melodies and from the corpus. open: a whole VAE on the corpus.

The folder given gets checkpoint.pt, weights.safetensors (floats for import),
log.jsonl and curves.png. The same command with --resume goes on.
"""

import argparse
import json
import pathlib
import signal
import sys
import time

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch

import corpus
import curves
import safetensors
import trainer as run
import vae

LOG_STEPS = 50
BAR = 20
DEFAULTS = {
    "magenta": {"hidden": 512, "batch": 72, "beta_steps": 1000, "without": []},
    # Data under terms that ask for more than a name does not go into it.
    "open": {"hidden": 256, "batch": 128, "beta_steps": 4000, "without": ["modern"]},
}
ERRORS = (OSError, ValueError, corpus.CorpusError, run.RunError, safetensors.FormatError, vae.SizeError)


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
            **trainer.schedule(),
            "windows_per_second": round(self.windows / seconds, 1),
            **{key: round(float(np.mean(values)), 4) for key, values in self.sums.items()},
        }
        self.write(entry)
        self.show(entry)
        self.sums, self.count, self.windows, self.since = {}, 0, 0, time.monotonic()

    def show(self, entry):
        done = self.trainer.progress()
        bar = "#" * int(BAR * min(done, 1))
        left = self.trainer.elapsed * (1 / done - 1) if 0 < done < 1 else 0
        losses = [f"{name} {entry[name]:.4g}" for name in curves.LOSSES if name in entry]
        line = (
            f"[{bar:{BAR}}] {100 * done:5.1f} %  step {entry['step']}  "
            f"{entry['windows_per_second']:.0f} windows/s  {left / 60:.0f} min left  {'  '.join(losses)}"
        )
        # On a terminal the line is written over, to its end.
        print("\r" + line + "\x1b[K" if sys.stdout.isatty() else line + "\n", end="", flush=True)


class Interrupt:
    """True once the user or the system has asked the program to stop."""

    def __init__(self):
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number, _frame):
        # A second signal ends the program as usual.
        self.asked = True
        signal.signal(number, signal.SIG_DFL)

    def __bool__(self):
        return self.asked


def open_folder(args):
    """The run's folder, with a run in it if and only if one is to be resumed."""
    folder = pathlib.Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "checkpoint.pt").exists() != args.resume:
        raise run.RunError(f"{folder} has {'no run to resume' if args.resume else 'a run: --resume goes on with it'}")
    return folder


def evaluate(trainer, folder, log):
    """Evaluate, save, draw."""
    figures = trainer.evaluate()
    log.write({"step": trainer.step, "minutes": round(trainer.elapsed / 60, 3), "evaluation": figures})
    for name, values in figures.items():
        print(f"\n{name}: " + ", ".join(f"{key} {value:g}" for key, value in values.items()), flush=True)
    trainer.save(folder)
    curves.draw(folder / "log.jsonl", folder / "curves.png")


def train(args):
    folder = open_folder(args)
    trainer = run.Trainer(args)
    if args.resume:
        trainer.load(folder)
    log = Log(folder, trainer)
    log.write(
        {
            "settings": vars(args),
            "workers": trainer.workers,
            "products": str(trainer.dtype),
            "device": str(trainer.device),
            "torch": torch.__version__,
            "environment": environment.settings(),
            "train_bars": len(trainer.tunes),
            "unused_neurons": int(trainer.unused.sum()),
            "step": trainer.step,
        }
    )
    interrupt = Interrupt()
    started = time.monotonic() - trainer.elapsed
    saved = evaluated = time.monotonic()
    while trainer.progress() < 1 and not interrupt:
        count = sum(trainer.counts())
        figures = trainer.train_step()
        now = time.monotonic()
        trainer.elapsed = now - started
        log.add(figures, count)
        if now - evaluated > 60 * args.evaluate_minutes and trainer.progress() < 1:
            evaluate(trainer, folder, log)
            saved = evaluated = time.monotonic()
        elif now - saved > 60 * args.save_minutes:
            trainer.save(folder)
            saved = time.monotonic()
    if log.count:
        log.flush()
    if interrupt:
        trainer.save(folder)
        print(f"\nStopped at step {trainer.step}; --resume goes on from here.")
    else:
        evaluate(trainer, folder, log)


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("mode", choices=("magenta", "open"))
    add("folder", help="where the run lives")
    add("--resume", action="store_true", help="go on with the run in the folder")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--hold-out-style", action="append", default=[], metavar="NAME", help="leave a whole style out")
    add("--without", action="append", metavar="SET", help="leave a file set out of training (default: open, modern)")
    add("--practice", type=float, default=0.2, metavar="SHARE",
        help="of figures that hands practise among the tunes (default: %(default)s)")
    add("--anywhere", type=float, default=0, metavar="SHARE",
        help="of these, anywhere on the keyboard instead of mostly near its middle (default: %(default)s)")
    add("--init", metavar="FILE", help="float weights to start from")
    add("--seed", type=int, default=1, help="default: %(default)s")
    group = parser.add_argument_group("sizes")
    group.add_argument("--hidden", type=int, help="of the encoder, a direction (default: magenta 512, open 256)")
    group.add_argument("--latent", type=int, default=512, help="open: neurons (default: %(default)s)")
    group.add_argument("--decoder-layers", type=int, default=1, help="open (default: %(default)s)")
    group.add_argument("--decoder-hidden", type=int, default=256, help="open (default: %(default)s)")
    group.add_argument("--decoder", default=vae.MAGENTA_DECODER, metavar="DIR", help="magenta (default: %(default)s)")
    group = parser.add_argument_group("schedule")
    group.add_argument("--steps", type=int, default=0, help="length of the run")
    group.add_argument("--minutes", type=float, default=0, help="the same in time; the first to be reached counts")
    group.add_argument("--batch", type=int, help="windows of tunes a step (default: magenta 72, open 128)")
    group.add_argument("--rate", type=float, default=1e-3, help="learning rate at first (default: %(default)s)")
    group.add_argument("--rate-end", type=float, default=1e-5, help="and at last, by a cosine (default: %(default)s)")
    group.add_argument("--clip", type=float, default=1.0, help="largest norm of the gradient (default: %(default)s)")
    group.add_argument("--beta", type=float, default=0.2, help="weight of the KL divergence (default: %(default)s)")
    group.add_argument("--unused-weight", type=float, default=1,
                       help="of the KL divergence of neurons that the decoder at the start of training hardly "
                       "listens to (default: %(default)s)")
    group.add_argument("--beta-steps", type=int, help="steps to reach it (default: magenta 1000, open 4000)")
    group = parser.add_argument_group("magenta: the decoder's melodies")
    group.add_argument("--sampled-batch", type=int, default=72, help="a step (default: %(default)s)")
    group.add_argument("--sampled-entropy", type=float, default=1,
                       help="weight of their cross-entropy and KL divergence (default: %(default)s)")
    group.add_argument("--sampled-weight", type=float, default=0,
                       help="weight of the density of the z they came from (default: %(default)s)")
    group.add_argument("--sampled-first", type=int, default=800,
                       help="steps with them and that density alone, at weight 1 (default: %(default)s)")
    group.add_argument("--temperature", type=float, nargs="+", default=[0.3, 0.5, 0.5, 0.7], metavar="T",
                       help="at which they are drawn, each as often (default: 0.3 0.5 0.5 0.7)")
    group.add_argument("--pool", type=int, default=65536, help="drawn at a time (default: %(default)s)")
    group = parser.add_argument_group("running")
    group.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto",
                       help="of large products (default: bfloat16 where the processor has it)")
    group.add_argument("--workers", type=int, default=0, help="threads (default: one a core)")
    group.add_argument("--evaluate-minutes", type=float, default=5, help="between evaluations (default: %(default)s)")
    group.add_argument("--evaluation-windows", type=int, default=512, help="of each set (default: %(default)s)")
    group.add_argument("--save-minutes", type=float, default=3, help="between checkpoints (default: %(default)s)")
    args = parser.parse_args(arguments)
    if args.steps <= 0 and args.minutes <= 0:
        parser.error("give --steps or --minutes")
    for name, value in DEFAULTS[args.mode].items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    if not args.sampled_batch:
        args.sampled_first = 0
    if args.batch < 0 or args.sampled_batch < 0 or not args.batch + args.sampled_batch * (args.mode == "magenta"):
        parser.error("a step needs windows: --batch, and for magenta --sampled-batch")
    return args


def main():
    args = parse()
    try:
        train(args)
    except ERRORS as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
