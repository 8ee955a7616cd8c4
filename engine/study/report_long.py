# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tables of a second level, the neurons of 16 bars, for the report and for a model's card."""

import collections

from report_tables import LISTED, Table, feature_name, number, percent

KINDS = {"P": "pitch", "M": "melody", "R": "rhythm"}
# A neuron that the order of the windows hardly moves, and one that it does: correlation of mu.
ALIKE, ORDERED = 0.9, 0.5
PAPER_MELODY = "candidates at about 23, 30, 43, 62, 68, 72"


def _with_phik(feature):
    rho = "–" if feature["rho"] is None else f"{feature['rho']:+.2f}"
    return f"{feature_name(feature)} {number(feature['phik'], 3)} ({rho})"


def is_sure(neuron):
    """Whether the kind of its strongest feature is above chance, and the same in both halves of the tunes."""
    return neuron["kind"] != "-" and neuron["kind_of_halves"] == 2 * neuron["kind"]


def melody_neurons(long):
    return [neuron for neuron in long["neurons"] if neuron["kind"] == "M" and is_sure(neuron)]


def _strongest(neuron):
    """Its kind, and the feature of that kind."""
    if neuron["kind"] == "-":
        return "–"
    feature = neuron["kinds"][neuron["kind"]]
    return f"{KINDS[neuron['kind']]}: {feature_name(feature)}, phik {number(feature['phik'], 3)}"


def order_share(neuron):
    """The share of the variance of mu that the order of the windows makes."""
    return 1 if neuron["any_order"] is None else 1 - max(0, neuron["any_order"]) ** 2


def paper(study):
    long = study["long"]
    neurons = long["neurons"]
    first = {rank: _strongest(neuron) for rank, neuron in enumerate(neurons[:4], 1)}
    melody = ", ".join(str(neuron["rank"]) for neuron in melody_neurons(long)) or "none"
    above, sure = (
        collections.Counter(n["kind"] for n in neurons if n["kind"] != "-" and (not strict or is_sure(n)))
        for strict in (False, True)
    )
    order = [neuron["any_order"] or 0 for neuron in neurons]
    windows = sorted(neuron["windows"] or 0 for neuron in neurons)
    rows = [
        ("music neurons", "about 77 of 512", f"{long['music']} of {long['latent']} (mean KL above 1 nat)"),
        *((f"neuron {rank}", "pitch" if rank < 3 else "rhythm", first.get(rank, "–")) for rank in range(1, 5)),
        ("melody neurons", PAPER_MELODY, melody),
        (
            "strongest scalar is one of pitch / melody / rhythm",
            "–",
            " / ".join(str(above[kind]) for kind in KINDS) + "; in both halves of the tunes, too: "
            + " / ".join(str(sure[kind]) for kind in KINDS),
        ),
        (
            "look across bars: the order of the windows makes another mu / leaves it",
            "–",
            f"{sum(r < ORDERED for r in order)} / {sum(r > ALIKE for r in order)}",
        ),
        (
            "windows of eight that a neuron draws on: least / median",
            "–",
            f"{number(windows[0], 1)} / {number(windows[len(windows) // 2], 1)}" if windows else "–",
        ),
    ]
    note = (
        f"On {long['phrases']:,} held-out phrases of 16 bars, none of them with a silent window, and at most 250 of a"
        " style. The paper gives ranks of the 16-bar model of MusicVAE, whose encoder reads notes; this one reads what"
        " the first level says of eight windows. Scalars are jSymbolic's and nine of the form, with a letter alone:"
        " what comes again, sequence, the way of pitch and density. A neuron counts if its phik with a scalar is above"
        f" the largest that shuffled phrases have with it. Shuffled windows leave mu if it correlates above {ALIKE}"
        f" with that of the windows in order, and make another one if below {ORDERED}."
    )
    return Table("Sixteen bars", note, ("figure", "paper, 16-bar model", "this model"), rows)


def neurons(study, most=None):
    rows = [
        (
            str(neuron["rank"]),
            str(neuron["neuron"]),
            neuron["label"] or "–",
            *([_with_phik(feature) for feature in neuron["top"]] + 3 * ["–"])[:3],
            percent(order_share(neuron)),
            number(neuron["windows"], 1),
        )
        for neuron in study["long"]["neurons"][:most]
    ]
    shuffled = study["long"]["shuffled"]
    note = (
        "Features as in the table of the first level: phik, and rho in brackets. If the phrases are shuffled, 95 % of"
        f" all phik are at most {number(shuffled['p95'], 3)}. Order is the share of the variance of mu that the order"
        " of the windows makes, 1 − r² with r between mu of the windows in order and shuffled. Windows is how many of"
        " the eight mu draws on: 1 / Σp² of their shares in what changes if one is replaced by another phrase's."
    )
    header = ("rank", "neuron", "label", "first feature", "second", "third", "order", "windows")
    return Table("What neurons of 16 bars stand for", note, header, rows)


def melody(study):
    long = study["long"]
    chance = {
        (name["code"], name["name"]): value
        for name, value in zip(long["names"], long["shuffled"]["by_feature"])
    }
    rows = [
        (
            str(neuron["rank"]),
            str(neuron["neuron"]),
            _with_phik(neuron["kinds"]["M"]),
            number(chance[neuron["kinds"]["M"]["code"], neuron["kinds"]["M"]["feature"]], 3),
            _with_phik(neuron["kinds"]["P"]),
            _with_phik(neuron["kinds"]["R"]),
            percent(order_share(neuron)),
        )
        for neuron in melody_neurons(long)
    ]
    if not rows:
        return None
    note = (
        "Neurons whose strongest scalar is one of melody: over all phrases, over the tunes of even and over those of odd"
        " numbers, each time above chance. Chance is the largest phik of any shuffled neuron with the melody scalar."
    )
    header = ("rank", "neuron", "melody", "chance", "strongest of pitch", "strongest of rhythm", "order")
    return Table("Melody neurons", note, header, rows)


def styles(study):
    part = study["long"]["styles"]
    if not part:
        return None
    rows = [
        (
            words,
            *(percent(found[what][figure]) for what in ("phrases", "tunes") for figure in ("accuracy", "balanced")),
            number(found["reliability"]["error"], 3),
        )
        for key, words in (("model", "this model"), ("scalars", "jSymbolic's scalars, a linear discriminant"))
        if (found := part[key])
    ]
    rows.append(
        ("the label that most have", *(
            cell for what in ("phrases", "tunes") for cell in (percent(part["majority"][what]), percent(1 / len(part["labels"])))
        ), "–")
    )
    note = (
        f"{part['phrases']:,} held-out phrases of {part['tunes']:,} tunes whose style has a label. Balanced: each label"
        " counts as much. A tune is told by the product of its phrases' probabilities. The discriminant learnt from"
        f" phrases of the train part, up to 250 of a style. Reliability error: the mean gap, over ten bins, between the"
        " probability of the label that is told and the share that is right."
    )
    header = ("told by", "phrases", "balanced", "tunes", "balanced", "reliability error")
    return Table("Styles, told from 16 bars", note, header, rows)


def confusion(study):
    part = study["long"]["styles"]
    if not part:
        return None
    rows = [
        (label, *(f"{tunes:.0f} ({phrases:.0f})" if phrases else "" for tunes, phrases in zip(*both)))
        for label, *both in zip(
            part["labels"], part["model"]["tunes"]["confusion"], part["model"]["phrases"]["confusion"]
        )
    ]
    note = "Tunes, and phrases in brackets: a row for each label, a column for what this model told."
    return Table("Styles taken for others", note, ("", *part["labels"]), rows)


def tables(study, most=LISTED):
    """All of them; none without a second level."""
    if not study.get("long"):
        return []
    return [paper(study), neurons(study, most), melody(study), styles(study), confusion(study)]
