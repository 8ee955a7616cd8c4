# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Training of a decoder by another, with tiny ones of both (run by test_training.py)."""

import contextlib
import io
import pathlib
import tempfile

import numpy as np
import tiny
import torch

import decoder_train
import safetensors
import vae

LATENT = 24
SMALL = "--layers 2 --hidden 16 --batch 64 --pool 1024 --uses 2 --rate 0.01 --precision float32".split()


class Taught(tiny.InFolder):
    """Tests with a corpus, an encoder and a teacher on disk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiny.write_corpus(cls.folder, "train", 30, 20, 1)
        tiny.write_corpus(cls.folder, "heldout", 12, 20, 2)
        cls.teacher = cls.folder / "teacher"
        cls.teacher.mkdir()
        cls.tensors = tiny.write_decoder(cls.teacher, latent=LATENT)
        encoder = vae.new_encoder(12, LATENT, torch.Generator().manual_seed(5))
        cls.encoder = cls.folder / "encoder.safetensors"
        safetensors.write(cls.encoder, {name: tensor.numpy() for name, tensor in encoder.items()}, {})

    def student(self, *more):
        folder = tempfile.mkdtemp(dir=self.folder)
        given = ["--minutes", "1", "--corpus", self.folder, "--decoder", self.teacher, "--encoder", self.encoder]
        args = decoder_train.parse([*map(str, [folder, *given, "--evaluation-windows", 64, *SMALL, *more])])
        return decoder_train.DecoderTrainer(args), pathlib.Path(folder)


class Lessons(Taught):
    def test_are_what_the_teacher_writes_there(self):
        lessons = self.student()[0].lessons
        z, tokens, logits = lessons.draw(3)
        self.assertEqual(z.shape, (64, LATENT))
        self.assertTrue(torch.equal(vae.generate(self.tensors, z), tokens))
        told = vae.decode(self.tensors, z, tokens).transpose(0, 1)
        torch.testing.assert_close(logits, told, rtol=2e-3, atol=2e-3)

    def test_a_share_is_from_the_prior(self):
        for share in (0.25, 0.75):
            places = self.student("--prior", share)[0].lessons
            places.generation = 0
            music = decoder_train.CHUNK - round(decoder_train.CHUNK * share)
            # The encoder's answers are close to 0: its weights are small.
            spread = places._places(0)[::2].std(1)
            self.assertLess(spread[: music // 2].max(), 0.5)
            self.assertGreater(spread[music // 2 :].min(), 0.5)

    def test_divergence_is_torchs(self):
        taught, said = torch.randn(2, 5, 90).unbind()
        p, q = (torch.distributions.Categorical(logits=x / 2) for x in (taught, said))
        expected = 4 * torch.distributions.kl_divergence(p, q).sum()
        torch.testing.assert_close(decoder_train.divergence(taught, said, 2.0), expected)


class Runs(Taught):
    def test_a_student_learns_and_goes_on_where_it_was(self):
        student, folder = self.student()
        first = np.mean([student.train_step()["kl"] for _ in range(5)])
        before = student.evaluate()["prior"]["free_steps"]
        for _ in range(115):
            last = student.train_step()["kl"]
        self.assertLess(last, 0.5 * first)
        self.assertGreater(student.evaluate()["prior"]["free_steps"], before)
        student.save(folder)
        again = self.student()[0]
        again.load(folder)
        self.assertEqual(again.train_step(), student.train_step())

    def test_it_can_start_from_weights(self):
        student, folder = self.student()
        student.train_step()
        student.save(folder)
        halves, metadata = safetensors.read(folder / "weights-half.safetensors")
        self.assertEqual((metadata["dec_rnn_size"], metadata["training_steps"]), ("16 16", "1"))
        started = self.student("--init", folder / "weights-half.safetensors")[0]
        for name, weight in started.trained.items():
            self.assertEqual(weight.dtype, torch.float32)
            self.assertTrue(np.array_equal(weight.detach().numpy(), halves[name].astype(np.float32)))
        self.assertTrue(np.isfinite(started.train_step()["norm"]))
        started.save(folder)
        self.assertEqual(safetensors.read(folder / "weights.safetensors")[1]["training_steps"], "2")
        with self.assertRaises(vae.SizeError):
            self.student("--hidden", 13, "--init", folder / "weights-half.safetensors")

    def test_an_encoder_of_other_neurons_is_refused(self):
        other = self.folder / "other.safetensors"
        encoder = vae.new_encoder(12, LATENT + 1, torch.Generator())
        safetensors.write(other, {name: tensor.numpy() for name, tensor in encoder.items()}, {})
        with self.assertRaises(vae.SizeError):
            self.student("--encoder", other)

    def test_the_command_writes_weights_and_a_log(self):
        folder = self.folder / "run"
        given = ["--minutes", "0.02", "--corpus", self.folder, "--decoder", self.teacher, "--encoder", self.encoder]
        with contextlib.redirect_stdout(io.StringIO()) as output:
            decoder_train.run(
                decoder_train.parse([*map(str, [folder, *given, "--evaluation-windows", 16, *SMALL])])
            )
        self.assertIn("prior", output.getvalue())
        self.assertGreater((folder / "log.jsonl").stat().st_size, 0)
        self.assertEqual(vae.decoder_sizes(vae.load_decoder(folder / "weights-half.safetensors")), (2, 16, LATENT))
