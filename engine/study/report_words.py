# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What a page says beside its figures: a summary for musicians, marks of labels that fail, and a glossary."""

import report_tables as tables
from report_tables import Table, number, percent

# Below this rho a label does not hold: MN_LABEL_LEAST, by which models get their labels.
LEAST = 0.15
FAILS = "✗"

GLOSSARY = (
    ("window", "What the model hears at once, two bars of one melody line as a rule, cut into sixteenths."),
    ("neuron", "One of the numbers by which the model describes a window. Its index is its place in the model's latent"
               " space (z), from 0; its rank is its place in the model's order, from 1, music neurons first."),
    ("mu, sigma", "The mean and the standard deviation that the encoder gives a neuron for a window. Where a neuron has"
                  " nothing to say, mu is 0 and sigma is 1."),
    ("KL", "Kullback-Leibler divergence, in nat: how far mu and sigma are from having nothing to say, on average over"
           " windows. A neuron with 0 carries nothing."),
    ("music neuron", "A neuron that carries music: its mean KL was above 0.03 nat where the model was calibrated."),
    ("noise neuron", "Any other. Real music leaves it silent; random notes may wake it."),
    ("active", "A neuron is active in a window if the absolute value of its mu is above a threshold, usually 0.1."),
    ("phik", "A correlation between 0 and 1 that also sees what is not linear: 0 for none, 1 for one that is complete."
             " Shuffled windows show how large it is by chance."),
    ("rho", "Spearman's rank correlation, from −1 to 1: whether one number rises where the other does."),
    ("AUC", "The share of pairs of a real and a random window in which the random one looks more random: 0.5 is a"
            " guess, 1 is perfect. It is the area under the ROC curve."),
    ("ROC curve", "How many random windows a detector finds (up) at how many false alarms on real music (right)."),
    ("score", "Musicality, from 0 to 1: the probability that a window is music and not random notes."),
    ("reliability error", "How far the score is from the share of real windows among those with this score."),
    ("Mahalanobis distance", "How far a window is from music in the space of the noise neurons, measured by how they"
                             " vary on music."),
    ("label", "Words for what a neuron rises with. A label holds where rho between neuron and feature is at least"
              f" {LEAST} in each style with {tables.PART} windows or more. {FAILS} marks one that does not hold here."),
    ("axis", "A direction in the latent space that was learnt to follow one feature of the music."),
    ("attribute vector", "Another such direction: what is more excited in windows that have most of a feature than in"
                         " those that have least."),
    ("held out", "Music that the model was not trained on, and nothing was fitted to."),
    ("free running, teacher-forced", "A decoder that hears its own last step, or that of the real melody."),
    ("P, M and R with a number", "The paper's features of pitch, melody and rhythm, by the numbers of jSymbolic:"
                                 " features without a number are ours. P11 to P15 and R15 to R23 are those in which the"
                                 " paper looked for pitch and rhythm."),
)

# By code; the others are said by their names.
FEATURES = {
    "P11": "the pitch that is heard most often",
    "P12": "the mean of all pitches",
    "P13": "the share of notes below G3",
    "P14": "the share of notes from G3 to C5",
    "P15": "the share of notes above C5",
    "R15": "notes a second, at 120 beats a minute",
    "R17": "the mean duration of a note",
    "R18": "how much durations differ: their standard deviation",
    "R19": "the longest duration",
    "R20": "the shortest duration",
    "R22": "the mean time from onset to onset",
    "R23": "how much these times differ: their standard deviation",
}


def failed(study):
    """The labels that do not hold in some style of this corpus."""
    return [row for row in study["labels"] if row["least"] is not None and row["least"] < LEAST]


def untested(study):
    """The labels for which no style has windows enough."""
    return [row for row in study["labels"] if row["least"] is None]


def marked(table, study, column):
    """A table whose second column is the neuron, with marks at labels that fail."""
    bad = {str(row["neuron"]) for row in failed(study)}
    rows = [
        tuple(f"{FAILS} {cell}" if i == column and row[1] in bad else cell for i, cell in enumerate(row))
        for row in table.rows
    ]
    return table._replace(rows=rows)


def meaning(study):
    return marked(tables.meaning(study), study, 2)


def labels(study):
    table = tables.labels(study)
    if not table:
        return None
    note = f"{table.note} {FAILS} marks a label whose rho falls below {LEAST} here, which is the least that a label needs."
    return marked(table, study, 2)._replace(note=note)


def _neuron(row):
    return f"{row['rank']} {row['label']} [{row['neuron']}]"


def _listed(rows):
    return ", ".join(_neuron(row) for row in rows)


def _neurons(study):
    about, activated = study["about"], study["activated"]
    real, random = (activated["noise"][kind]["quantiles"]["p50"] for kind in ("real", "random"))
    return (
        f"Of the {about['latent']} neurons {about['music']} carry music. Half of all windows of this music activate at"
        f" most {tables.count(real)} of the other {activated['noise_neurons']}, and half of the random ones"
        f" {tables.count(random)} or more."
    )


def _score(study):
    score = study["score"]
    return (
        f"Musicality is below one half in {percent(score['real']['below_half'])} of this music, and not below it in"
        f" {percent(1 - score['random']['below_half'])} of the random windows."
    )


def _styles(study):
    rows = [row for row in study["styles"] if row["count"] >= tables.PART and row["score"]["p10"] is not None]
    if not rows:
        return None
    least = min(rows, key=lambda row: row["score"]["p10"])
    return (
        f"Of the styles with {tables.PART} windows or more, {least['style']} scores least: a tenth of its windows are at"
        f" {number(least['score']['p10'], 2)} or below."
    )


def _labels(study):
    rows, bad, unknown = study["labels"], failed(study), untested(study)
    tested = len(rows) - len(unknown)
    if not rows:
        return None
    if not tested:
        return f"There are too few windows here to say whether the labels hold: it takes {tables.PART} of a style."
    text = f"{tested - len(bad)} of {tested} labels hold in every style of this corpus."
    if bad:
        text += f" Do not trust these here: {_listed(bad)}."
    return text + (f" Too little music to say: {_listed(unknown)}." if unknown else "")


def _axes(study):
    rows = [row for row in study["axes"] if row.get("all") is not None]
    if not rows:
        return None
    best, least = (pick(rows, key=lambda row: row["all"]) for pick in (max, min))
    return (
        f"The axes follow their features over all of this music with a rho from {number(least['all'], 2)}"
        f" ({least['name']}) to {number(best['all'], 2)} ({best['name']})."
    )


def _decoder(study):
    part = study["reconstruction"]
    return part and f"A decoder gets {percent(part['free']['steps'])} of the steps of a melody back from mu alone."


def summary(study):
    """What the figures say, in sentences for musicians."""
    return [text for text in (say(study) for say in (_neurons, _score, _styles, _labels, _axes, _decoder)) if text]


def glossary(study):
    """Words of the page, and the features that have a number in the paper."""
    rows = list(GLOSSARY)
    for feature in study["features"]["names"]:
        if feature["code"] in FEATURES:
            rows.append((f"{feature['code']} {feature['name']}", FEATURES[feature["code"]].capitalize() + "."))
    return Table("Words", "", ("word", "what it means"), rows)
