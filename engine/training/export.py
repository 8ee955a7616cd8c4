#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Make a model file for the engine from the float weights of a 2-bar VAE.

Quantises the encoder, calibrates the readout on the corpus, and prints what was
measured on the way as JSON.
"""

import argparse
import json
import sys

import numpy as np

import calibrate
import corpus
import quantise
import reference
import safetensors

SAMPLE_COUNT, SAMPLE_SEED = 1000, 1
READOUT_TENSORS = ("readout/quantiles", "readout/projection", "readout/center")

ERRORS = (
    OSError,
    ValueError,
    corpus.CorpusError,
    quantise.RangeError,
    reference.WeightsError,
    safetensors.FormatError,
)

# By the mode of training, which the float weights' metadata names.
ORIGINS = {
    "open": (
        "The weights are our own training on the corpus that the attribution names; nothing comes from "
        "another model's checkpoint."
    ),
    "magenta": (
        "Our own encoder for Google's decoder, that of Magenta's 2-bar melody model mel_2bar_small: trained from "
        "a random start, through the fixed decoder, on melodies drawn from it and on the corpus that the "
        "attribution names. The latent space is Google's; nothing of the checkpoint is copied into the encoder."
    ),
}
LICENCE = "ISC, as the rest of Music Neurons. For the training data see attribution."
ATTRIBUTION = (
    "Trained and calibrated on melodies reduced to single lines on a sixteenth grid, from: "
    '"Polish Music Heritage in Open Access. Copyright 2019-2022 The Fryderyk Chopin Institute '
    "(https://nifc.pl). Website: https://polishscores.org. Digital scores: "
    "https://github.com/pl-wnifc/humdrum-polish-scores. License: "
    'https://creativecommons.org/licenses/by/4.0" (CC BY 4.0; changed: reduced to single lines on a '
    "sixteenth grid). OpenScore Lieder and OpenScore StringQuartets (CC0 1.0). Hauptstimme, scores "
    "only (CC0 1.0). Open Hymnal, tunes marked as public domain. From the music21 corpus, public-domain "
    "tunes whose encodings carry no licence text: Ryan's Mammoth Collection (1883), O'Neill's Music of "
    "Ireland (1903), Aird's Airs (1782-1801), and J. S. Bach's chorales."
)
# The attribution's second half, by mode.
READ_IN_TRAINING = {
    "magenta": (
        " The decoder that the encoder was trained through is Google Magenta's, under Apache-2.0 "
        "(googlecreativelab/melody-mixer, mel_small); it was read in training and is not in this file."
    ),
}


def provenance(args, weights, metadata, hidden_frac, figures, windows, sample):
    """The story of the file in plain text."""
    origin = ", ".join(f"{k} {v}" for k, v in sorted(metadata.items()))
    return (
        f"{args.origin or ORIGINS[metadata.get('mode', 'open')]} Float model: bidirectional LSTM 1 x {weights.hidden}, "
        f"{weights.latent} latent neurons ({origin}). "
        f"Readout calibrated on {windows} distinct 2-bar windows of the train part. "
        f"Quantised: recurrent {args.weights}, heads int16, one symmetric scale a row, h in Q{hidden_frac}; "
        f"on {sample} train windows mean and largest error of mu {figures['mean_error']:.6f} and "
        f"{figures['max_error']:.4f}, largest |c| {figures['max_cell']:.3f}, largest |gate pre-activation| "
        f"{figures['max_gate']:.3f}, largest |q| "
        + ", ".join(f"{name} {q}" for name, q in figures["max_q"].items())
        + "."
    )


def reuse(path, latent):
    """(readout, readout/ tensors, calibration windows) of another model file."""
    tensors, metadata = safetensors.read(path)
    try:
        readout = json.loads(metadata["readout"])
        kept = {name: tensors[name] for name in READOUT_TENSORS}
        windows = metadata["calibration_windows"]
    except (KeyError, ValueError):
        raise safetensors.FormatError(f"{path}: no readout to reuse") from None
    if len(readout["order"]) != latent:
        raise safetensors.FormatError(f"{path}: its readout has {len(readout['order'])} neurons, not {latent}")
    return readout, kept, windows


def export(args):
    floats, float_metadata = safetensors.read(args.float)
    weights = reference.Weights(floats, corpus.CLASSES)
    train, _, _ = corpus.windows(args.corpus, "train")
    rng = np.random.default_rng(SAMPLE_SEED)
    sample = train[rng.choice(len(train), min(SAMPLE_COUNT, len(train)), replace=False)]
    tensors, hidden_frac, figures = quantise.quantise(weights, args.weights, sample, args.hidden_frac)
    report = {"quantised": figures}
    if args.calibration:
        readout, extra, windows = reuse(args.calibration, weights.latent)
    else:
        readout, extra, report["readout"] = calibrate.calibrate(weights, args.corpus)
        windows = str(len(train))
    if "labels" not in readout:
        readout["labels"] = calibrate.label(weights, train, readout)
    report["labels"] = readout["labels"]
    tensors.update(extra)
    metadata = {
        "format": "music-neurons-model",
        "version": "1",
        "name": args.name,
        "steps": str(corpus.STEPS),
        "classes": str(corpus.CLASSES),
        "hidden": str(weights.hidden),
        "latent": str(weights.latent),
        "hidden_frac": str(hidden_frac),
        "readout": json.dumps(readout, separators=(",", ":")),
        "calibration_windows": windows,
        "provenance": provenance(args, weights, float_metadata, hidden_frac, figures, windows, len(sample)),
        "licence": LICENCE,
        "attribution": ATTRIBUTION + READ_IN_TRAINING.get(float_metadata.get("mode"), ""),
    }
    safetensors.write(args.output, tensors, metadata)
    print(json.dumps(report, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("float", metavar="FLOAT.safetensors", help="weights under MusicVAE's names")
    add("-o", "--output", required=True, metavar="FILE", help="model file to write")
    add("--corpus", default="../shared/corpus", metavar="DIR", help="default: %(default)s")
    add("--weights", choices=("int16", "int8"), default="int16", help="default: %(default)s")
    add("--hidden-frac", type=int, choices=quantise.HIDDEN_FRACS, metavar="N", help="11..14 (default: the best)")
    add("--calibration", metavar="FILE", help="take the readout from this model file")
    add("--name", default="melody-2bar", help="name of the model (default: %(default)s)")
    add("--origin", metavar="TEXT", help="where the weights come from, if they are not ours")
    args = parser.parse_args()
    try:
        export(args)
    except ERRORS as error:
        print(f"export.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
