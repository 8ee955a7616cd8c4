#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Writes what is measured into the models' cards, README.md beside this file.

Figures come from NAME.study.json, labels from NAME.safetensors, and go between the
marks that the README has for them. With --check nothing is written, and a card
that says something else is told.
"""

import argparse
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "study"), str(HERE.parent / "training")]
sys.dont_write_bytecode = True

import report_long as long_tables  # noqa: E402
import report_tables as tables  # noqa: E402
import safetensors  # noqa: E402

CARDS = HERE / "README.md"
MODELS = {"magenta": "melody-2bar", "open": "melody-2bar-open"}
LABELS = 16


class CardError(Exception):
    """A card and what it is made of do not fit."""


def readout(name):
    return json.loads(safetensors.read(HERE / f"{MODELS[name]}.safetensors")[1]["readout"])


def study(name):
    """The study's figures, if they are those of the model that is there."""
    figures = json.loads((HERE / f"{MODELS[name]}.study.json").read_text(encoding="utf-8"))
    model, neurons = readout(name), figures["neurons"]
    order = sorted(range(len(neurons["rank"])), key=neurons["rank"].__getitem__)
    labels = [neurons["label"][n] for n in order[: model["music"]]]
    if order != model["order"] or labels != [label["label"] for label in model["labels"]]:
        raise CardError(f"{MODELS[name]}.study.json is of another model: make study")
    return figures


def labels_table(name):
    model = readout(name)
    negated = set(model.get("turned", []))
    lines = ["| rank | neuron | label | strongest features |", "| --- | --- | --- | --- |"]
    for rank, label in enumerate(model["labels"][:LABELS]):
        neuron = model["order"][rank]
        sign = "−" if neuron in negated else ""
        lines.append(f"| {rank + 1} | {sign}{neuron} | {label['label']} | {label['features']} |")
    return "\n".join(lines) + "\n"


def study_tables(name):
    figures = study(name)
    return tables.card(figures, long_tables.tables(figures)).replace("### ", "#### ")


def fill(text):
    for name in MODELS:
        for kind, make in (("study", study_tables), ("labels", labels_table)):
            begin = re.escape(f"<!-- {kind}: begin {name} -->\n")
            end = re.escape(f"<!-- {kind}: end -->")
            text, count = re.subn(f"({begin}).*?({end})", lambda m: m[1] + make(name) + m[2], text, flags=re.S)
            if count != 1:
                raise CardError(f"README.md: no place for the {kind} of {name}")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only look")
    check = parser.parse_args().check
    try:
        old = CARDS.read_text(encoding="utf-8")
        new = fill(old)
    except (OSError, ValueError, LookupError, CardError, safetensors.FormatError) as error:
        print(f"cards.py: {error}", file=sys.stderr)
        return 1
    if check and new != old:
        print("cards.py: README.md does not say what was measured: run engine/models/cards.py", file=sys.stderr)
        return 1
    if not check:
        CARDS.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
