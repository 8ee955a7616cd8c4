#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Train level two: the neurons of 16 bars, on what level one says of eight 2-bar windows.

vae: a latent space held together by its divergence from the prior. mixture: by that
from a mixture with a component for each style. adversarial: by a discriminator and
such a mixture. level2_cache.py writes what they train on. The folder given gets
checkpoint.pt, weights-half.safetensors, log.jsonl and curves.png. The same command
with --resume goes on.
"""

import argparse
import sys
import time

import environment

if __name__ == "__main__":
    environment.prepare()

import torch

import corpus
import level2_curves
import level2_evaluate
import level2_trainer
import safetensors
import train
import trainer as run
import vae

DEFAULTS = {
    "vae": {"latent": 512, "beta": 1.0, "beta_steps": 500},
    "mixture": {"latent": 512, "beta": 1.0, "beta_steps": 500},
    "adversarial": {"latent": 128, "beta": 10.0, "beta_steps": 1000},
}
ERRORS = (OSError, ValueError, KeyError, corpus.CorpusError, run.RunError, safetensors.FormatError, vae.SizeError)


def evaluate(trainer, folder, log):
    """Evaluate, save, draw."""
    figures = trainer.evaluate()
    log.write({"step": trainer.step, "minutes": round(trainer.elapsed / 60, 3), "evaluation": figures})
    for name, values in figures.items():
        print(f"\n{name}: " + ", ".join(f"{key} {value:g}" for key, value in values.items()), flush=True)
    trainer.save(folder)
    level2_curves.draw(folder / "log.jsonl", folder / "curves.png")


def go(args):
    folder = train.open_folder(args)
    trainer = level2_trainer.Trainer(args)
    if args.resume:
        trainer.load(folder)
    log = train.Log(folder, trainer)
    log.write(
        {
            "settings": vars(args),
            "products": str(trainer.dtype),
            "torch": torch.__version__,
            "stretches": trainer.stretches,
            "phrases": len(trainer.phrases),
            "step": trainer.step,
        }
    )
    interrupt = train.Interrupt()
    started = time.monotonic() - trainer.elapsed
    saved = evaluated = time.monotonic()
    while trainer.progress() < 1 and not interrupt:
        figures = trainer.train_step()
        now = time.monotonic()
        trainer.elapsed = now - started
        log.add(figures, args.batch)
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
    add("mode", choices=tuple(DEFAULTS))
    add("folder", help="where the run lives")
    add("--cache", required=True, metavar="DIR", help="as level2_cache.py writes it")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="PATH", help="of level one, a folder or weights (default: %(default)s)")
    add("--resume", action="store_true", help="go on with the run in the folder")
    add("--start", choices=("axes", "random"), default="axes",
        help="from the best linear level two, or at random (default: %(default)s)")
    add("--init", metavar="FILE", help="weights to start from")
    add("--parts", type=int, default=0, help="of the cache (default: all that there are)")
    add("--seed", type=int, default=1, help="default: %(default)s")
    group = parser.add_argument_group("sizes")
    group.add_argument("--width", type=int, default=512, help="of encoder and conductor (default: %(default)s)")
    group.add_argument("--latent", type=int, help="neurons (default: adversarial 128, else 512)")
    group.add_argument("--judge", type=int, default=512, help="width of the discriminator (default: %(default)s)")
    group = parser.add_argument_group("loss")
    group.add_argument("--error", type=float, default=1, help="weight of level one's mu (default: %(default)s)")
    group.add_argument("--beta", type=float,
                       help="weight of the KL divergence, or of the discriminator (default: adversarial 10, else 1)")
    group.add_argument("--beta-steps", type=int, help="steps to reach it (default: adversarial 1000, else 500)")
    group.add_argument("--free-nats", type=float, default=0,
                       help="of the KL divergence that cost nothing (default: %(default)s)")
    group.add_argument("--neurons", type=int, default=0, help="those that may speak cheaply (default: all)")
    group.add_argument("--rest-weight", type=float, default=8,
                       help="of the KL divergence of the others (default: %(default)s)")
    group.add_argument("--distance", type=float, default=4,
                       help="of the styles' means from 0 (default: %(default)s)")
    group.add_argument("--style", type=float, default=1,
                       help="mixture: weight of a style's own prior (default: %(default)s)")
    group.add_argument("--judge-steps", type=int, default=1, help="of the discriminator a step (default: %(default)s)")
    group.add_argument("--partial", type=float, default=0.25,
                       help="share of the phrases that are heard in part, too (default: %(default)s)")
    group.add_argument("--partial-weight", type=float, default=0.25, help="default: %(default)s")
    group.add_argument("--decoded", type=int, default=0,
                       help="phrases a step whose notes count, through level one's decoder (default: %(default)s)")
    group.add_argument("--entropy", type=float, default=1, help="weight of these (default: %(default)s)")
    group = parser.add_argument_group("running")
    group.add_argument("--steps", type=int, default=0, help="length of the run")
    group.add_argument("--minutes", type=float, default=0, help="the same in time; the first to be reached counts")
    group.add_argument("--batch", type=int, default=256, help="phrases a step (default: %(default)s)")
    group.add_argument("--rate", type=float, default=1e-3, help="learning rate at first (default: %(default)s)")
    group.add_argument("--rate-end", type=float, default=1e-5, help="and at last, by a cosine (default: %(default)s)")
    group.add_argument("--clip", type=float, default=200.0,
                       help="largest norm of the gradient (default: %(default)s)")
    group.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto",
                       help="of large products (default: bfloat16 where the processor has it)")
    group.add_argument("--evaluate-minutes", type=float, default=5, help="between evaluations (default: %(default)s)")
    group.add_argument("--evaluation-phrases", type=int, default=200, help="of each set (default: %(default)s)")
    group.add_argument("--save-minutes", type=float, default=3, help="between checkpoints (default: %(default)s)")
    args = parser.parse_args(arguments)
    if args.steps <= 0 and args.minutes <= 0:
        parser.error("give --steps or --minutes")
    for name, value in DEFAULTS[args.mode].items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    return args


def main():
    args = parse()
    try:
        go(args)
    except ERRORS as error:
        print(f"level2_train.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
