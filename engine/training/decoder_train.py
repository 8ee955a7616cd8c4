#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Train a decoder of our own for neurons that have another's: it learns to write what that one writes.

From a random start, by what the teacher says of places in its latent space: where an
encoder puts music, as it is and with its sigma, and places from the prior. There the
teacher writes a melody freely, and its logits along it are what the student learns.
Nothing else of the teacher is looked at.

The folder given gets checkpoint.pt, weights.safetensors, weights-half.safetensors (for
`music-neurons import --decoder`), log.jsonl and curves.png. The same command with
--resume goes on.
"""

import argparse
import math
import pickle
import sys
import time

import environment

if __name__ == "__main__":
    environment.prepare()

import numpy as np
import torch
from torch.nn import functional

import batches
import corpus
import evaluate
import origin
import safetensors
import train
import trainer
import vae

MODE = "magenta-decoder"
ENCODER = "engine/training/runs/magenta-broad/weights-half.safetensors"
CHUNK = 512
EVALUATION_SEED = 1
EVALUATED = ("heldout", "phases", "played", "practice")


def load(path):
    """Float weights as float32 tensors."""
    return {name: torch.from_numpy(value.astype(np.float32)) for name, value in safetensors.read(path)[0].items()}


class Lessons:
    """What the teacher writes at places of the latent space.

    A pool of them is used several times, each time in another order, and then made
    anew. What a step gets depends on the seed and the step's number alone.
    """

    def __init__(self, teacher, encoder, tunes, args, dtype):
        self.teacher, self.encoder, self.tunes, self.args, self.dtype = teacher, encoder, tunes, args, dtype
        self.latent = vae.decoder_sizes(teacher)[2]
        self.generation = self.epoch = None

    def _places(self, number):
        """[CHUNK, latent]: first those of music, half of them as they are, then the prior's."""
        generator = torch.Generator().manual_seed(batches.seed(self.args.seed, self.generation, number))
        z = torch.randn(CHUNK, self.latent, generator=generator)
        music = CHUNK - round(CHUNK * self.args.prior)
        rng = np.random.default_rng([self.args.seed, self.generation, number])
        mu, sigma = vae.encode(
            self.encoder, torch.from_numpy(self.tunes.windows(rng, music).astype(np.int64)), self.dtype
        )
        z[:music] = mu + sigma * z[:music] * (torch.arange(music) % 2)[:, None]
        return z

    @torch.no_grad()
    def _make(self):
        parts = []
        for number in range(self.args.pool // CHUNK):
            z = self._places(number)
            tokens, logits = vae.generate(self.teacher, z, self.dtype, with_logits=True)
            parts.append((z, tokens, logits.half()))
        self.lessons = [torch.cat(part) for part in zip(*parts)]

    def draw(self, step):
        """(z, tokens, logits [n, STEPS, CLASSES]) of a step."""
        batch, pool = self.args.batch, self.args.pool
        epoch, place = divmod(step * batch, pool - pool % batch)
        generation = epoch // self.args.uses
        if generation != self.generation:
            self.generation = generation
            self._make()
        if epoch != self.epoch:
            self.epoch = epoch
            self.order = torch.from_numpy(np.random.default_rng([self.args.seed, epoch]).permutation(pool))
        chosen = self.order[place : place + batch]
        z, tokens, logits = (part[chosen] for part in self.lessons)
        return z, tokens, logits.float()


def divergence(taught, said, temperature):
    """KL divergence of what is said from what is taught, logits [n, CLASSES], in nats: a sum over n.

    At a temperature above 1 the teacher tells more of classes that it does not choose; the
    square keeps gradients as large (G. Hinton et al., "Distilling the Knowledge in a Neural
    Network", 2015).
    """
    taught, said = (functional.log_softmax(x / temperature, 1) for x in (taught, said))
    return functional.kl_div(said, taught, reduction="sum", log_target=True) * temperature**2


class DecoderTrainer:
    """A run's weights, optimiser and lessons; `args` is the command line."""

    def __init__(self, args):
        self.args = args
        self.dtype = environment.product_type(args.precision)
        self.step, self.elapsed, self.unusable = 0, 0.0, 0
        self.teacher, encoder = vae.load_decoder(args.decoder), load(args.encoder)
        latent = vae.decoder_sizes(self.teacher)[2]
        if encoder["encoder/mu/bias"].shape != (latent,):
            raise vae.SizeError(f"{args.encoder} has not the {latent} neurons of {args.decoder}")
        student = vae.new_decoder(args.layers, args.hidden, latent, torch.Generator().manual_seed(args.seed))
        self.before = self._start_from(student, args.init) if args.init else 0
        self.trained = {name: weight.requires_grad_() for name, weight in student.items()}
        self.optimiser = torch.optim.Adam(self.trained.values(), lr=args.rate)
        lines = corpus.lines(args.corpus, "train")
        self.ours = origin.is_ours(MODE, lines.sets)
        tunes = batches.Tunes(lines, args.seed, practice=args.practice)
        self.lessons = Lessons(self.teacher, encoder, tunes, args, self.dtype)
        self._load_places(encoder, latent)

    @staticmethod
    def _start_from(student, path):
        """The weights of another run in place of the random start; returns the steps that it took."""
        arrays, metadata = safetensors.read(path)
        weights = {name: torch.from_numpy(value.astype(np.float32)) for name, value in arrays.items()}
        if {n: w.shape for n, w in weights.items()} != {n: w.shape for n, w in student.items()}:
            raise vae.SizeError(f"{path} is not a decoder of these sizes")
        student.update(weights)
        return int(metadata.get("training_steps", 0))

    @torch.no_grad()
    def _load_places(self, encoder, latent):
        """Places to evaluate at, by name, and what the teacher writes there."""
        places = {
            name: vae.encode(encoder, torch.from_numpy(windows.astype(np.int64)))[0]
            for name, windows in evaluate.sets(self.args.corpus, self.args.evaluation_windows).items()
            if name in EVALUATED
        }
        generator = torch.Generator().manual_seed(EVALUATION_SEED)
        places["prior"] = torch.randn(self.args.evaluation_windows, latent, generator=generator)
        self.places = {name: (z, vae.generate(self.teacher, z)) for name, z in places.items()}

    def progress(self):
        return self.elapsed / (60 * self.args.minutes)

    def rate(self):
        cosine = (1 + math.cos(math.pi * min(self.progress(), 1))) / 2
        rate = self.args.rate_end + (self.args.rate - self.args.rate_end) * cosine
        return rate * min(1, (self.step + 1) / trainer.WARM_UP)

    def schedule(self):
        return {"rate": self.rate()}

    def train_step(self):
        """One step; returns its figures."""
        z, tokens, taught = self.lessons.draw(self.step)
        generator = torch.Generator().manual_seed(batches.seed(self.args.seed, self.step))
        blank = torch.rand(tokens.shape, generator=generator) < self.args.blank
        said = vae.decode(self.trained, z, tokens, self.dtype, blank)
        loss = divergence(taught.transpose(0, 1).flatten(0, 1), said.flatten(0, 1), self.args.temperature) / len(z)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.trained.values(), self.args.clip).item()
        trainer.take_step(self, norm)
        return {"kl": loss.item(), "norm": norm}

    @torch.no_grad()
    def evaluate(self):
        """How far the student, running freely, writes what the teacher does."""
        figures = {}
        for name, (z, tokens) in self.places.items():
            same = vae.generate(self.trained, z) == tokens
            figures[name] = {
                "free_steps": round(same.double().mean().item(), 5),
                "free_windows": round(same.all(1).double().mean().item(), 5),
            }
        return figures

    def save(self, folder):
        weights = {name: weight.detach() for name, weight in self.trained.items()}
        state = {
            "trained": weights,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
        }
        with trainer.replacing(folder / "checkpoint.pt") as path:
            torch.save(state, path)
        metadata = {
            "format": "musicvae-float",
            "steps": str(corpus.STEPS),
            "z_size": str(self.lessons.latent),
            "forget_bias": "1.0 added at run time",
            "mode": MODE,
            "dec_rnn_size": " ".join([str(self.args.hidden)] * self.args.layers),
            "seed": str(self.args.seed),
            "training_steps": str(self.before + self.step),
        }
        if self.ours:
            metadata.update(origin.texts(MODE, self.before + self.step, self.args.seed))
        for name, dtype in (("weights", np.float32), ("weights-half", np.float16)):
            with trainer.replacing(folder / f"{name}.safetensors") as path:
                safetensors.write(path, {k: w.numpy().astype(dtype) for k, w in weights.items()}, metadata)

    def load(self, folder):
        path = folder / "checkpoint.pt"
        try:
            state = torch.load(path)
            with torch.no_grad():
                for name, weight in self.trained.items():
                    weight.copy_(state["trained"][name])
            self.optimiser.load_state_dict(state["optimiser"])
        except (RuntimeError, KeyError, EOFError, pickle.UnpicklingError) as error:
            raise trainer.RunError(f"{path} is damaged or of other sizes ({error})") from None
        self.step, self.elapsed = state["step"], state["elapsed"]


def run(args):
    folder = train.open_folder(args)
    student = DecoderTrainer(args)
    if args.resume:
        student.load(folder)
    log = train.Log(folder, student)
    log.write({"settings": vars(args), "products": str(student.dtype), "torch": torch.__version__, "step": student.step})
    interrupt = train.Interrupt()
    started = time.monotonic() - student.elapsed
    saved = evaluated = time.monotonic()
    while student.progress() < 1 and not interrupt:
        figures = student.train_step()
        now = time.monotonic()
        student.elapsed = now - started
        log.add(figures, args.batch)
        if now - evaluated > 60 * args.evaluate_minutes and student.progress() < 1:
            train.evaluate(student, folder, log)
            saved = evaluated = time.monotonic()
        elif now - saved > 60 * args.save_minutes:
            student.save(folder)
            saved = time.monotonic()
    if log.count:
        log.flush()
    if interrupt:
        student.save(folder)
        print(f"\nStopped at step {student.step}; --resume goes on from here.")
    else:
        train.evaluate(student, folder, log)


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("folder", help="where the run lives")
    add("--resume", action="store_true", help="go on with the run in the folder")
    add("--init", metavar="FILE", help="float weights of another run to start from (default: a random start)")
    add("--minutes", type=float, required=True, help="length of the run")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--decoder", default=vae.MAGENTA_DECODER, metavar="DIR", help="the teacher (default: %(default)s)")
    add("--encoder", default=ENCODER, metavar="FILE", help="float weights that say where music lies "
        "(default: %(default)s)")
    add("--layers", type=int, default=2, help="default: %(default)s")
    add("--hidden", type=int, default=256, help="default: %(default)s")
    add("--batch", type=int, default=64, help="default: %(default)s")
    add("--rate", type=float, default=2e-3, help="learning rate at first (default: %(default)s)")
    add("--rate-end", type=float, default=1e-5, help="and at last, by a cosine (default: %(default)s)")
    add("--clip", type=float, default=1.0, help="largest norm of the gradient (default: %(default)s)")
    add("--temperature", type=float, default=2.0, help="at which logits are compared (default: %(default)s)")
    add("--blank", type=float, default=0.2, metavar="SHARE", help="of steps whose step before the student does not "
        "see (default: %(default)s)")
    add("--prior", type=float, default=1 / 3, metavar="SHARE", help="of places from the prior (default: a third)")
    add("--practice", type=float, default=0.2, metavar="SHARE", help="of figures that hands practise among the music "
        "(default: %(default)s)")
    add("--pool", type=int, default=16384, help="places made at a time (default: %(default)s)")
    add("--uses", type=int, default=4, help="how often each is used (default: %(default)s)")
    add("--seed", type=int, default=1, help="default: %(default)s")
    add("--precision", choices=("auto", "float32", "bfloat16"), default="auto", help="of large products (default: "
        "bfloat16 where the processor has it)")
    add("--evaluate-minutes", type=float, default=5, help="between evaluations (default: %(default)s)")
    add("--evaluation-windows", type=int, default=256, help="of each set (default: %(default)s)")
    add("--save-minutes", type=float, default=3, help="between checkpoints (default: %(default)s)")
    args = parser.parse_args(arguments)
    if args.pool % CHUNK or args.batch > args.pool:
        parser.error(f"--pool is a multiple of {CHUNK}, and --batch at most as large")
    return args


def main():
    try:
        run(parse())
    except train.ERRORS as error:
        print(f"decoder_train.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
