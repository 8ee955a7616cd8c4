# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Tables of the figures of a study, for the report and for a model's card."""

from typing import NamedTuple

DETECTORS = {
    "count": "count of active noise neurons (the paper's)",
    "energy": "their energy",
    "mahalanobis": "Mahalanobis distance in their space",
    "own_thresholds": "count above each neuron's own threshold",
    "statistic": "the score's statistic, before its curve",
    "score": "the score",
}
HARDER = {
    "pitches_55_79": "random pitches in 55 to 79",
    "c_major_60_84": "random notes of C major, 60 to 84",
    "real_pitches_shuffled": "real windows, their pitches shuffled",
}
# How many neurons a card lists.
LISTED = 16
# The fewest windows whose correlation says something: MN_GROUP_LEAST.
PART = 200


class Table(NamedTuple):
    title: str
    note: str
    header: tuple
    rows: list


def number(value, digits=4):
    """A figure, or a dash if there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def count(value):
    """A count, or a median of counts, which may be a half."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def percent(value):
    return "–" if value is None else f"{100 * value:.1f} %"


def feature_name(feature):
    return f"{feature['code']} {feature['feature']}".strip()


def _pair(best):
    """A neuron and the feature that it goes with."""
    if best is None:
        return "–"
    return f"{number(best['phik'], 3)} (rank {best['rank']}, neuron {best['neuron']}, {feature_name(best)})"


def _spread(quantiles):
    return f"{count(quantiles['p50'])} ({count(quantiles['p25'])} to {count(quantiles['p75'])})"


def _first_features(study, rank):
    for row in study["features"]["top"]:
        if row["rank"] == rank and row["features"]:
            return f"{feature_name(row['features'][0])}, phik {number(row['features'][0]['phik'], 3)}"
    return "–"


def _best_melody(study):
    """The largest phik of a neuron with an M scalar, and what that neuron goes with most."""
    features = study["features"]
    melody = [i for i, feature in enumerate(features["names"]) if feature["code"].startswith("M")]
    chance = features["shuffled"]["by_feature"]
    pairs = [(row[i], rank, i) for rank, row in enumerate(features["phik"]) for i in melody if row[i] > chance[i]]
    if not pairs:
        return "–"
    phik, rank, feature = max(pairs, key=lambda pair: (pair[0], -pair[1], -pair[2]))
    name = features["names"][feature]
    first = feature_name(features["top"][rank]["features"][0])
    return f"{number(phik, 3)} with {name['code']} {name['name']} (rank {rank + 1}, which goes most with {first})"


def compared_attributes(study):
    """The features of which both quarters have windows enough to measure on."""
    return [row for row in study["attributes"] if None not in (row["single"]["auc"], row["vector"]["auc"])]


def paper(study):
    about, activated = study["about"], study["activated"]
    music, noise = activated["music"], activated["noise"]
    compared = compared_attributes(study)
    better = sum(row["single"]["auc"] > row["vector"]["auc"] for row in compared)
    rows = [
        ("music neurons", "about 37 of 512", f"{about['music']} of {about['latent']}"),
        ("noise neurons", "about 475 of 512", f"{activated['noise_neurons']} of {about['latent']}"),
        (
            "correlation among music neurons",
            "small",
            f"{number(study['correlation']['mean_abs'])} (mean of the absolute values)",
        ),
        ("neuron 1", "pitch", _first_features(study, 1)),
        ("neuron 2", "rhythm", _first_features(study, 2)),
        ("best phik with a pitch scalar (P11 to P15)", "neuron 1", _pair(study["features"]["best_pitch"])),
        ("best phik with a rhythm scalar (R15 to R23)", "neuron 2", _pair(study["features"]["best_rhythm"])),
        ("melody neuron", "none of its own", _best_melody(study)),
        (
            "activated music neurons, median: real / random",
            "34 to 35 of 37, both",
            f"{count(music['real']['quantiles']['p50'])} / {count(music['random']['quantiles']['p50'])}"
            f" of {activated['music_neurons']}",
        ),
        (
            "activated noise neurons, median and quartiles: real / random",
            "under 100 / often over 100, of 475",
            f"{_spread(noise['real']['quantiles'])} / {_spread(noise['random']['quantiles'])}"
            f" of {activated['noise_neurons']}",
        ),
        (
            "attribute vectors against single neurons",
            "single neurons did better",
            f"single neurons better on {better} of {len(compared)} features",
        ),
    ]
    note = (
        f"Activated: abs(mu) above {about['active']:g}. On {about['heldout_windows']:,} held-out windows"
        f" and {about['random_windows']:,} random sequences by the paper's recipe."
    )
    return Table("The paper and this model", note, ("figure", "paper, 2-bar model", "this model"), rows)


def neurons(study):
    orders = study["orders"]
    rules, first, agree = orders["rules"], orders["first_by"], orders["spearman"]
    rows = [
        ("music neurons of the model (mean KL above 0.03 nat where it was calibrated)", str(orders["music"])),
        *(
            (f"{name} on held-out windows", f"{rule['neurons']}, {rule['also_music']} of them the model's")
            for name, rule in (
                ("mean KL above 0.03 nat", rules["kl_above_0.03"]),
                ("mean sigma below 0.9", rules["sigma_below_0.9"]),
            )
        ),
        (
            f"the model's among the first {orders['music']} by KL / sigma / variance of mu",
            f"{first['kl']} / {first['sigma']} / {first['mu_variance']}",
        ),
        *(
            (f"Spearman of {name}, all / music neurons", f"{number(agree[key]['all'])} / {number(agree[key]['music'])}")
            for key, name in (
                ("kl_sigma", "KL and sigma"),
                ("kl_mu_variance", "KL and variance of mu"),
                ("sigma_mu_variance", "sigma and variance of mu"),
            )
        ),
        ("mean absolute correlation of mu among music neurons", number(study["correlation"]["mean_abs"])),
    ]
    named = (study["decoder_neurons"] or {}).get("named")
    if named:
        rows.append(
            (
                "neurons that the decoder's weights name",
                f"{named['count']}, {named['also_music']} of them music (Jaccard {number(named['jaccard'])})",
            )
        )
    note = (
        "The decoder's weights name a neuron where its rows in the initial state's and the first cell's kernel"
        " have a norm above 1.5 and its column in the sigma head one above 1.1."
        if named
        else ""
    )
    return Table("Neurons", note, ("figure", "value"), rows)


def meaning(study, most=None):
    labels = {rank: label for rank, label in zip(study["neurons"]["rank"], study["neurons"]["label"])}
    shuffled = study["features"]["shuffled"]
    rows = [
        (
            str(top["rank"]),
            str(top["neuron"]),
            labels[top["rank"]] or "–",
            *([f"{feature_name(f)} {number(f['phik'], 3)} ({f['rho']:+.2f})" for f in top["features"]] + 3 * ["–"])[:3],
        )
        for top in study["features"]["top"][:most]
    ]
    note = (
        "The figure after a feature is phik; Spearman's rho, which has a sign, is in brackets. If the windows are"
        f" shuffled, 95 % of all phik are at most {number(shuffled['p95'], 3)}, and the largest is"
        f" {number(shuffled['largest'], 3)}. The table names a feature only if its phik is above the largest that"
        " the feature has with shuffled windows."
    )
    return Table(
        "What music neurons stand for", note, ("rank", "neuron", "label", "first feature", "second", "third"), rows
    )


def detectors(study):
    rows = [
        (words, number(study["detectors"][name]["auc"]), number(study["detectors"][name]["auc_8_onsets"]))
        for name, words in DETECTORS.items()
    ]
    rows += [(f"the score against: {words}", number(study["harder"][name]), "–") for name, words in HARDER.items()]
    note = (
        "AUC is how often a random sequence looks more random than a real window. The distance and the thresholds"
        f" were learnt from {study['about']['train_windows']:,} windows of the train part."
    )
    return Table("Real against random", note, ("detector", "AUC", "8 onsets or more"), rows)


def score(study):
    part = study["score"]
    rows = [
        ("reliability error, ten bins", number(part["reliability"]["error"])),
        ("the same, windows with 8 onsets or more", number(part["reliability_8_onsets"]["error"])),
        ("real windows scored under 0.5", percent(part["real"]["below_half"])),
        ("random sequences scored 0.5 or more", percent(1 - part["random"]["below_half"])),
        *(
            (
                f"score of {kind}: quartiles",
                " / ".join(number(part[key]["quantiles"][q], 3) for q in ("p25", "p50", "p75")),
            )
            for key, kind in (("real", "real windows"), ("random", "random sequences"))
        ),
    ]
    return Table("The score", "", ("figure", "value"), rows)


def styles(study):
    decoded = {row["style"]: row for row in (study["reconstruction"] or {}).get("styles", [])}
    header = ("style", "windows", "AUC", "score, 10 %", "25 %", "50 %", "75 %")
    rows = []
    for row in study["styles"]:
        cells = [row["style"], f"{row['count']:,}", number(row["auc"])]
        cells += [number(row["score"][q], 3) for q in ("p10", "p25", "p50", "p75")]
        if decoded:
            cells.append(number(decoded[row["style"]]["free"]["steps"]))
        rows.append(tuple(cells))
    if decoded:
        header += ("steps reconstructed",)
    note = "AUC compares the score of real windows with that of all random sequences."
    return Table("Styles", note, header, rows)


def _least(rows):
    """The part in which a correlation is least, of those with windows enough."""
    some = [row for row in rows if row["count"] >= PART and row["rho"] is not None]
    if not some:
        return "–"
    least = min(some, key=lambda row: row["rho"])
    return f"{number(least['rho'], 3)} ({least['name']})"


def _nearest(names, values, axis):
    """The other axis with the largest value, either sign."""
    other = max((i for i in range(len(values)) if i != axis), key=lambda i: abs(values[i] or 0))
    return f"{number(values[other], 2)} ({names[other]})"


def axes(study):
    part = study["axes"]
    if not part:
        return None
    names = [row["name"] for row in part]
    rows = [
        (
            str(i + 1),
            row["name"],
            row["feature"],
            number(row["all"], 3),
            number(row["parts"]["jazz"], 3),
            _least(row["parts"]["styles"]),
            _least(row["parts"]["registers"]),
            _nearest(names, row["axes"]["rho"], i),
            _nearest(names, row["axes"]["cosine"], i),
        )
        for i, row in enumerate(part)
        if "all" in row
    ]
    note = (
        "Spearman's rho of each axis with its feature, over all held-out windows, over jazz, and in the style and the"
        f" register where it is least (of those with {PART} windows or more). The last columns name the axis that it"
        " goes with most over these windows, and the one whose direction in the latent space is nearest: the cosine of"
        " the mean gradients, in standard deviations of the neurons."
    )
    header = (
        "axis", "name", "feature", "all", "jazz", "least style", "least register", "most like", "nearest direction"
    )
    return Table("Axes", note, header, rows)


def labels(study, most=None):
    rows = [
        (
            str(row["rank"]),
            str(row["neuron"]),
            row["label"],
            number(row["stability"], 2),
            f"{number(row['least'], 2)} ({row['style']})" if row["style"] else "–",
        )
        for row in study["labels"]
        if most is None or row["rank"] <= most
    ]
    if not rows:
        return None
    note = (
        "The least of Spearman's rhos of a neuron with what its label says: where the model was calibrated, over styles,"
        f" registers and places in the beat; and over styles of held-out windows with {PART} or more in the label's range."
    )
    return Table("How labels hold", note, ("rank", "neuron", "label", "calibrated", "held out"), rows)


def attributes(study):
    rows = [
        (
            feature_name(row),
            number(row["vector"]["auc"]),
            number(row["single"]["auc"]),
            number(row["vector"]["rho"], 3),
            number(row["single"]["rho"], 3),
            f"{row['neuron']} (rank {row['rank']})",
        )
        for row in study["attributes"]
    ]
    note = (
        "An attribute vector is the mean mu of the windows in a feature's top quarter minus that of its bottom"
        " quarter. The vector and the best neuron were chosen on one half of the tunes and measured on the other:"
        " AUC of the top against the bottom quarter, and Spearman's rho with the feature over all its windows."
    )
    header = ("feature", "AUC, vector", "AUC, neuron", "rho, vector", "rho, neuron", "neuron")
    return Table("Attribute vectors and single neurons", note, header, rows)


def reconstruction(study):
    part = study["reconstruction"]
    if not part:
        return None
    names = {
        "free": "free running",
        "taught": "teacher-forced",
        "free_without_noise": "free running, noise neurons set to 0",
        "taught_without_noise": "teacher-forced, noise neurons set to 0",
    }
    rows = [(words, number(part[key]["steps"]), number(part[key]["windows"])) for key, words in names.items()]
    rows.append(("cost of noise neurons set to 0, free running", number(part["noise_costs"]["free"]), "–"))
    note = "The decoder takes mu and gives the most probable class at each step."
    return Table("Reconstruction", note, ("decoder", "share of steps", "share of whole windows"), rows)


def card(study, more=()):
    """All tables as Markdown, and some more."""
    tables = [
        paper(study),
        neurons(study),
        meaning(study, LISTED),
        detectors(study),
        score(study),
        styles(study),
        axes(study),
        labels(study, LISTED),
        attributes(study),
        reconstruction(study),
        *more,
    ]
    text = []
    for table in filter(None, tables):
        text += [f"### {table.title}"]
        text += [table.note, ""] if table.note else []
        text += [_row(table.header), _row(["---"] * len(table.header))]
        text += [_row(row) for row in table.rows]
        text += [""]
    return "\n".join(text)


def _row(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
