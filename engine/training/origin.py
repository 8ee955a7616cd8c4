# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a file of float weights tells of itself; `music-neurons import` takes it over."""

import corpus

# The file sets of our corpus that a mode trains on.
OPEN = (*corpus.FIRST, "parts", "keys", "hands")
SETS = {"open": OPEN, "magenta": (*OPEN, "modern")}
SETS["magenta-decoder"] = SETS["magenta"]

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
    "magenta-decoder": (
        "Our own decoder for the latent space of Magenta's 2-bar melody model mel_2bar_small: trained from a random "
        "start to write what Google's decoder writes at places of the prior and where our encoder puts the corpus "
        "that the attribution names. Nothing of the checkpoint is copied."
    ),
}
LICENCE = "ISC, as the rest of Music Neurons. For the training data see attribution."
ATTRIBUTION = (
    "Trained on melodies reduced to single lines on a sixteenth grid, from: "
    '"Polish Music Heritage in Open Access. Copyright 2019-2022 The Fryderyk Chopin Institute '
    "(https://nifc.pl). Website: https://polishscores.org. Digital scores: "
    "https://github.com/pl-wnifc/humdrum-polish-scores. License: "
    'https://creativecommons.org/licenses/by/4.0" (CC BY 4.0; changed: reduced to single lines on a '
    "sixteenth grid). OpenScore Lieder and OpenScore StringQuartets (CC0 1.0). Hauptstimme, scores "
    "only (CC0 1.0). Open Hymnal, tunes marked as public domain. From the music21 corpus, public-domain "
    "tunes whose encodings carry no licence text: Ryan's Mammoth Collection (1883), O'Neill's Music of "
    "Ireland (1903), Aird's Airs (1782-1801), and J. S. Bach's chorales. From The Mutopia Project "
    "(https://www.mutopiaproject.org), with thanks to its typesetters, 867 pieces that their files put in "
    "the public domain or under CC BY 2.5, 3.0 or 4.0 (https://creativecommons.org/licenses/by/4.0; changed: "
    "reduced to single lines on a sixteenth grid)."
)
# The attribution's second half, by mode.
_MODERN = (
    " POP909 (Wang et al., ISMIR 2020; Copyright (c) 2020 Music X Lab, MIT licence). Solos from jazzodata "
    "(Copyright (c) 2022 Klaus Frieler, Martin Pfleiderer, Wolf-Georg Zaddach, Jakob Abesser, MIT licence): "
    "contains information from the Weimar Jazz Database, made available under the Open Database License (ODbL)."
)
READ_IN_TRAINING = {
    "magenta": _MODERN + (
        " The decoder that the encoder was trained through is Google Magenta's, under Apache-2.0 "
        "(googlecreativelab/melody-mixer, mel_small); it was read in training and is not in this file."
    ),
    "magenta-decoder": _MODERN + (
        " What it learnt to write comes from Google Magenta's decoder, under Apache-2.0 "
        "(googlecreativelab/melody-mixer, mel_small), which was run in training and is not in this file."
    ),
}


def texts(mode, step, seed, before=0):
    """Metadata of weights that a mode of training made, on our corpus, in so many steps.

    `before` is how many steps the weights had had that training began with.
    """
    earlier = f"{before:,} steps, then " if before else ""
    return {
        "origin": f"{ORIGINS[mode]} {earlier}{step:,} steps, seed {seed}.",
        "licence": LICENCE,
        "attribution": ATTRIBUTION + READ_IN_TRAINING.get(mode, ""),
    }


def is_ours(mode, sets):
    """Whether the file sets that a mode was trained on are those that the texts above name."""
    return sorted(sets) == sorted(SETS[mode])


# What level two's file says of itself, beside licence and attribution.
LONG = (
    "Level two of the model {}: from the best linear solution, trained on what level one says of the corpus that the "
    "attribution names. Nothing of another model's checkpoint is in it. {:,} steps, seed {}."
)


def long_texts(mode, step, seed):
    """Metadata of level two's weights on our corpus, for the model that a mode of training made."""
    return {**texts(mode, step, seed), "origin": LONG.format(mode, step, seed)}
