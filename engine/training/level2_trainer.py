# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A run that trains level two: its state, its steps, its checkpoints.

All kinds have the same encoder, the same conductor and the same error; they differ
in what holds the latent space together. vae: the divergence from the prior. mixture:
that from a mixture with a component for each style. adversarial: a discriminator, as
in MusAE, that tells [z, style] from samples of such a mixture.
"""

import json
import math
import pathlib
import pickle

import numpy as np
import torch
from torch.nn import functional

import batches
import environment
import level2
import level2_axes
import level2_cache
import level2_evaluate
import level2_windows
import origin
import safetensors
import trainer
import vae
from level2_windows import PHRASE

# A phrase to train on has so many windows heard, and level one's sigma counts as this at least.
HEARD_MIN, SIGMA_MIN = 3, 0.05
# MusAE's weights of gradient penalty, and its Adam for adversaries.
PENALTY, ADVERSARY_BETAS = 10.0, (0.5, 0.9)


class Trainer:
    """Weights, optimisers and phrases; `args` is level2_train.py's command line."""

    def __init__(self, args):
        self.args = args
        self.dtype = environment.product_type(args.precision)
        self.step, self.elapsed, self.unusable, self.before = 0, 0.0, 0, 0
        self._load_phrases()
        self._make_weights()
        self.optimiser = torch.optim.Adam(self.trained.values(), lr=args.rate)
        if args.mode == "adversarial":
            self.adversary = torch.optim.Adam(self.judge.values(), lr=args.rate, betas=ADVERSARY_BETAS)

    def _as_read(self, found):
        """Latents of a cache as the weights to start from read them."""
        return level2_cache.for_weights(found, safetensors.read(self.args.init)[1]) if self.args.init else found

    def _load_phrases(self):
        args = self.args
        found = self._as_read(level2_cache.read_train(args.cache, args.parts or None))
        self.neurons, self.stretches = found.neurons, len(found.style)
        self.tokens = found.tokens
        self.mu = torch.from_numpy(found.mu)
        self.sigma = torch.from_numpy(np.maximum(found.sigma, np.float16(SIGMA_MIN)))
        self.heard, self.style = torch.from_numpy(found.heard), torch.from_numpy(found.style)
        windows = np.lib.stride_tricks.sliding_window_view(found.heard, PHRASE, 1)
        self.phrases = np.argwhere(windows.sum(2) >= HEARD_MIN)
        self.sets = {
            name: level2_evaluate.Set(self._as_read(level2_cache.read(pathlib.Path(args.cache) / f"{name}.npz")), count)
            for name, count in (("whole", args.evaluation_phrases), ("played", args.evaluation_phrases),
                                ("tunes", None))
        }

    def _make_weights(self):
        args, generator = self.args, torch.Generator().manual_seed(self.args.seed)
        styles = len(level2_windows.STYLES)
        self.kl_weight = torch.ones(args.latent)
        if args.neurons:
            self.kl_weight[args.neurons :] = args.rest_weight
        trained = level2.new(len(self.neurons), args.width, args.latent, generator, args.mode == "adversarial")
        self.judge = {}
        if args.mode == "adversarial":
            self.judge = level2.new_discriminator(args.latent, styles, args.judge, generator)
        if args.init:
            arrays, metadata = safetensors.read(args.init)
            self.before = int(metadata.get("training_steps", 0))
            start = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
            wrong = [k for k, v in trained.items() if k not in start or start[k].shape != v.shape]
            if wrong:
                raise vae.SizeError(f"{args.init} does not have these sizes: {', '.join(wrong)}")
            trained = {name: start[name] for name in trained}
        elif args.start == "axes":
            self._start_from_axes(trained)
        self.trained = {k: v.requires_grad_() for k, v in trained.items()}
        self.judge = {k: v.requires_grad_() for k, v in self.judge.items()}
        count = torch.bincount(self.style[self.style >= 0], minlength=styles) + 1
        self.mixture = level2.Mixture(styles, args.latent, args.distance, count)
        # Each style counts as much; the last is for phrases without one.
        self.style_weight = torch.cat([count.sum() / (styles * count), torch.ones(1)])
        self.decoder = level2.restrict(vae.load_decoder(args.decoder), self.neurons)

    def _start_from_axes(self, tensors):
        """The best linear level two; styles keep their axes free."""
        phrases = level2_axes.whole(*(part.numpy() for part in (self.mu, self.sigma, self.heard)))
        axes = level2_axes.axes(*phrases)
        beta = 0 * self.kl_weight if self.judge else self.args.beta * self.kl_weight
        if self.args.mode == "vae":
            level2_axes.start(tensors, axes, beta)
            return
        level2_axes.start(tensors, axes, beta, len(level2_windows.STYLES))
        row, first = self.phrases[self.style.numpy()[self.phrases[:, 0]] >= 0].T
        windows = first[:, None] + np.arange(PHRASE)
        with torch.no_grad():
            x = level2.inputs(self.mu[row[:, None], windows].float(), self.heard[row[:, None], windows])
            h = level2.trunk(tensors, level2.ENCODER, x, self.dtype).numpy().astype(np.float64)
        level2_axes.start_styles(tensors, h, self.style.numpy()[row], self.args.distance)

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
        return (args.rate_end + (args.rate - args.rate_end) * cosine) * min(1, (self.step + 1) / trainer.WARM_UP)

    def schedule(self):
        """What changes while the run goes on."""
        return {"rate": self.rate(), "beta": self.beta()}

    def beta(self):
        """Weight of the divergence, or of the discriminator: MusAE's are 0, then half, then all."""
        args = self.args
        share = min(1, self.step / max(1, args.beta_steps))
        if args.mode == "adversarial":
            share = math.floor(2 * share) / 2
        return args.beta * share

    def draw(self):
        """(tokens, mu, sigma, heard, style) of a step's phrases; they follow from seed and step alone."""
        rng = np.random.default_rng([self.args.seed, self.step])
        row, first = self.phrases[rng.integers(0, len(self.phrases), self.args.batch)].T
        windows = first[:, None] + np.arange(PHRASE)
        row = row[:, None]
        return (
            torch.from_numpy(self.tokens[row, windows].astype(np.int64)),
            self.mu[row, windows].float(),
            self.sigma[row, windows].float(),
            self.heard[row, windows],
            self.style[row[:, 0]],
        )

    def _encode(self, mu, heard, generator):
        """Posteriors of the phrases, and of the first of them where only the latest windows were heard."""
        count = round(self.args.partial * len(mu))
        kept = torch.randint(1, PHRASE, (count,), generator=generator)
        fewer = level2.latest(heard[:count], kept)
        both = level2.encode(self.trained, torch.cat([mu, mu[:count]]), torch.cat([heard, fewer]), self.dtype)
        return tuple(zip(*(part.split([len(mu), count]) for part in both)))

    def _partial(self, mu, sigma, z):
        """How much those that heard less leave to be said of z, in nats a phrase.

        They are to know z as well as can be, and how little they know of it.
        """
        if not len(mu):
            return torch.zeros(())
        z = z[: len(mu)].detach()
        return (((mu - z) ** 2).sum(1) / 2 if self.judge else vae.surprise(mu, sigma, z)).mean()

    def _decoded(self, answer, tokens, heard):
        """Cross-entropy of the notes of the first phrases' windows through level one's decoder."""
        count = self.args.decoded
        chosen = heard[:count]
        windows = tokens[:count][chosen]
        logits = vae.decode(self.decoder, answer[:count][chosen], windows, self.dtype)
        target = windows.t().reshape(-1)
        return functional.cross_entropy(logits.reshape(len(target), -1), target, reduction="sum") / count

    def _judge_step(self, z, style, generator):
        """One step of the discriminator; returns by how much it tells the prior from z."""
        real = self.mixture.sample(style, generator)
        share = torch.rand(len(z), 1, generator=generator)
        labels = self.mixture.one_hot(style)
        gap = (level2.discriminate(self.judge, real, labels) - level2.discriminate(self.judge, z, labels)).mean()
        penalty = level2.gradient_penalty(self.judge, real, z, labels, share).mean()
        for weight, gradient in zip(
            self.judge.values(), torch.autograd.grad(PENALTY * penalty - gap, list(self.judge.values()))
        ):
            weight.grad = gradient
        for group in self.adversary.param_groups:
            group["lr"] = self.rate()
        self.adversary.step()
        return gap.item()

    def loss(self, phrases, generator):
        """(loss, figures) of a batch of phrases; everything is in nats a phrase."""
        args = self.args
        tokens, mu, sigma, heard, style = phrases
        (own, width), fewer = self._encode(mu, heard, generator)
        figures = {}
        if args.mode == "adversarial":
            z = own
            for _ in range(args.judge_steps):
                figures["gap"] = self._judge_step(z.detach(), style, generator)
            held = -level2.discriminate(self.judge, z, self.mixture.one_hot(style)).mean()
        else:
            z = own + width * torch.randn(own.shape, generator=generator)
            kl = vae.divergence(own, width).mean(0)
            held = (kl * self.kl_weight).sum()
            if args.mode == "mixture":
                styled = self.mixture.divergence(own, width, style) - vae.divergence(own, width).sum(1)
                figures["style"] = styled.mean().item()
                held = held + args.style * (styled * self.style_weight[style]).mean()
            held = functional.relu(held - args.free_nats)
            figures["kl"] = kl.sum().item()
        answer = level2.conduct(self.trained, z, self.dtype)
        error = level2.error(answer, mu, sigma, heard).mean()
        partial = self._partial(*fewer, z)
        loss = args.error * error + self.beta() * held + args.partial_weight * partial
        figures.update(error=error.item(), partial=partial.item())
        if args.decoded:
            entropy = self._decoded(answer, tokens, heard)
            loss = loss + args.entropy * entropy
            figures["cross_entropy"] = entropy.item()
        return loss, figures

    def train_step(self):
        """One step; returns its figures."""
        generator = torch.Generator().manual_seed(batches.seed(self.args.seed, self.step))
        loss, figures = self.loss(self.draw(), generator)
        gradients = torch.autograd.grad(loss, list(self.trained.values()))
        for weight, gradient in zip(self.trained.values(), gradients):
            weight.grad = gradient
        norm = torch.nn.utils.clip_grad_norm_(self.trained.values(), self.args.clip).item()
        trainer.take_step(self, norm)
        return {**figures, "norm": norm}

    def evaluate(self):
        """Figures of each held-out set."""
        mixture = None if self.args.mode == "vae" else self.mixture
        return {
            name: level2_evaluate.evaluate(self.trained, self.decoder, phrases, mixture, name != "tunes", self.dtype)
            for name, phrases in self.sets.items()
        }

    def _optimisers(self):
        return {"optimiser": self.optimiser, **({"adversary": self.adversary} if self.judge else {})}

    def save(self, folder):
        weights = {**self.trained, **self.judge}
        state = {
            "weights": {k: v.detach() for k, v in weights.items()},
            **{name: optimiser.state_dict() for name, optimiser in self._optimisers().items()},
            "before": self.before,
            "step": self.step,
            "elapsed": self.elapsed,
        }
        with trainer.replacing(folder / "checkpoint.pt") as path:
            torch.save(state, path)
        with trainer.replacing(folder / "weights-half.safetensors") as path:
            arrays = {k: v.detach().numpy().astype(np.float16) for k, v in self.trained.items()}
            safetensors.write(path, arrays, self.metadata())

    def metadata(self):
        args = self.args
        texts = {
            "format": "music-neurons-long-float",
            "mode": args.mode,
            "level1_neurons": " ".join(map(str, self.neurons)),
            "level1_turned": "",  # none: caches have the signs of the float weights
            "windows": str(PHRASE),
            "z_size": str(args.latent),
            "width": str(args.width),
            "seed": str(args.seed),
            "training_steps": str(self.before + self.step),
        }
        source = pathlib.Path(args.cache) / "origin.json"
        if source.exists():
            source = json.loads(source.read_text())
            if source["model"] in origin.SETS and origin.is_ours(source["model"], source["sets"]):
                texts.update(origin.long_texts(source["model"], self.before + self.step, args.seed))
        if args.mode != "vae":
            texts.update(styles=", ".join(level2_windows.STYLES), distance=str(args.distance))
        return texts

    def load(self, folder):
        path = folder / "checkpoint.pt"
        try:
            state = torch.load(path)
            with torch.no_grad():
                for name, weight in {**self.trained, **self.judge}.items():
                    weight.copy_(state["weights"][name])
            for name, optimiser in self._optimisers().items():
                optimiser.load_state_dict(state[name])
            self.before = state["before"]
        except (RuntimeError, KeyError, EOFError, pickle.UnpicklingError) as error:
            raise trainer.RunError(f"{path} is damaged or of other sizes ({error})") from None
        self.step, self.elapsed = state["step"], state["elapsed"]
