#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The C decoder against the training's, with Google's own weights.

python3 tests/study/test_decoder.py BUILD_DIR

Skips, with exit 0, where PyTorch or the weights are missing.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = ROOT.parent / "shared" / "checkpoints" / "mel_small"
sys.path.append(str(ROOT / "engine" / "training"))

try:
    import torch
except ImportError as error:
    print(f"decoder: skipped ({error})")
    sys.exit(0)
if not WEIGHTS.exists():
    print(f"decoder: skipped ({WEIGHTS} is not there)")
    sys.exit(0)

import vae

STEPS, COUNT = 32, 300
# Within this distance, in logits, rounding to float32 may choose between two classes.
TIE = 1e-3
program = ROOT / "build" / "tests" / "study_decode"


def run(z, *arguments):
    """The tokens of latents, [n, STEPS]."""
    command = [program, WEIGHTS, str(STEPS), *arguments]
    data = subprocess.run(command, input=z.numpy().tobytes(), stdout=subprocess.PIPE, check=True).stdout
    return torch.frombuffer(bytearray(data), dtype=torch.uint8).view(-1, STEPS).long()


class DecoderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        tensors = vae.load_decoder(WEIGHTS)
        cls.exact = {name: tensor.double() for name, tensor in tensors.items()}
        # Around the prior, where melodies are, and far from it.
        scale = torch.tensor([0.3, 1.0, 3.0]).repeat(COUNT // 3)[:, None]
        cls.z = scale * torch.randn(COUNT, 256, generator=torch.Generator().manual_seed(1))

    def leads(self, tokens):
        """The lead of the likeliest class over the next, and that class, given the steps before."""
        best = vae.decode(self.exact, self.z.double(), tokens, torch.float64).topk(2, 2)
        return (best.values[..., 0] - best.values[..., 1]).t(), best.indices[..., 0].t()

    def test_melodies_are_those_of_the_second_implementation(self):
        expected = vae.generate(self.exact, self.z.double(), torch.float64)
        tokens = run(self.z)
        self.assertGreater(len(expected.unique()), 40)
        clear = (self.leads(expected)[0] > TIE).all(1)
        self.assertGreater(clear.float().mean(), 0.9)
        self.assertTrue(torch.equal(tokens[clear], expected[clear]))

    def test_each_step_can_be_told_the_truth(self):
        truth = torch.randint(0, 90, (COUNT, STEPS), generator=torch.Generator().manual_seed(2))
        with tempfile.NamedTemporaryFile() as file:
            file.write(truth.byte().numpy().tobytes())
            file.flush()
            tokens = run(self.z, file.name)
        leads, expected = self.leads(truth)
        clear = leads > TIE
        self.assertGreater(clear.float().mean(), 0.99)
        self.assertTrue(torch.equal(tokens[clear], expected[clear]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        program = pathlib.Path(sys.argv.pop(1)) / "tests" / "study_decode"
    unittest.main()
