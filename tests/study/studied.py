# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A study of a tiny model, on a tiny corpus with a tiny decoder, which several tests share.

MUSIC_NEURONS is the program's path. Skips, with exit 0, where numpy, PyTorch or
matplotlib is missing.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("engine/training", "tests/training", "tests/cli", "tests/study"):
    sys.path.insert(0, str(ROOT / folder))

try:
    import matplotlib  # noqa: F401 - the report's
    import numpy as np
    import torch  # noqa: F401 - the decoder's
except ImportError as error:
    print(f"study: skipped ({error})")
    sys.exit(0)

import models
import tiny
from program import PROGRAM, ProgramTest

REPORT = ROOT / "engine" / "study" / "report.py"
LATENT, MUSIC, RANDOM = 20, 6, 600
TURNED = [2, 7, 11]
SECONDS = 120

SECTIONS = (
    "The paper and this model",
    "Neurons",
    "What music neurons stand for",
    "Real against random",
    "The score",
    "Styles",
    "Axes",
    "How labels hold",
    "Attribute vectors and single neurons",
    "Reconstruction",
)


def study(model, folder, *options, environment=None):
    """Run the program."""
    return subprocess.run(
        [PROGRAM, "study", model, "-o", folder, *map(str, options)],
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env=environment,
    )


def write_sigma_head(folder, norms):
    """Gives a decoder's folder a sigma head with columns of these norms."""
    kernel = np.array([[0.6], [0.8]]) * norms
    (folder / "head").write_bytes(kernel.astype("<f4").tobytes())
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["encoder/sigma/kernel"] = {"filename": "head", "shape": list(kernel.shape)}
    (folder / "manifest.json").write_text(json.dumps(manifest))


AXES, BENDS, QUANTILES = 8, 3, 65
FEATURES = ("mean pitch", "notes", "syncopation", "rise", "range", "gap variation", "legato", "no such feature")


class StudyTest(ProgramTest):
    """A study of a small model with turned neurons and a label."""

    @classmethod
    def add_axes(cls, tensors, readout):
        """Axes of random weights."""
        rng = np.random.default_rng(6)
        shapes = {"axes": (AXES + BENDS, LATENT), "axes_offset": (AXES + BENDS,), "axes_bend": (AXES, BENDS)}
        cls.axes = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
        for name, values in cls.axes.items():
            tensors[f"readout/{name}"] = ("F32", list(values.shape), values.ravel().tolist())
        ramp = [float(i) for i in range(QUANTILES)]
        tensors["readout/axes_quantiles"] = ("F32", [AXES, QUANTILES], ramp * AXES)
        readout["axes"] = [{"name": f"axis {i}", "feature": feature} for i, feature in enumerate(FEATURES)]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus, cls.decoder = cls.folder / "corpus", cls.folder / "decoder"
        cls.corpus.mkdir()
        cls.decoder.mkdir()
        tiny.write_corpus(cls.corpus, "train", 40, 30, 1)
        tiny.write_corpus(cls.corpus, "heldout", 16, 20, 2)
        cls.tensors = tiny.write_decoder(cls.decoder, latent=LATENT, heard=7)
        write_sigma_head(cls.decoder, np.where(np.arange(LATENT) % 3, 1.3, 0.9))
        tensors, metadata = models.small_model(latent=LATENT, music=MUSIC)
        readout = json.loads(metadata["readout"])
        readout["turned"] = TURNED
        readout["labels"] = [
            {"label": 'more "swing", less'},
            {"label": "more notes, C4 to C6", "feature": "notes", "stability": 0.25, "pitches": [60, 84]},
        ]
        cls.add_axes(tensors, readout)
        metadata["readout"] = json.dumps(readout)
        cls.order = readout["order"]
        cls.model = cls.folder / "turned.safetensors"
        cls.model.write_bytes(models.model_bytes(tensors, metadata))
        cls.output = cls.folder / "study"
        cls.options = ("--corpus", cls.corpus, "--random", RANDOM, "--decoder", cls.decoder)
        cls.result = study(cls.model, cls.output, *cls.options)
        cls.study = json.loads((cls.output / "study.json").read_text())
