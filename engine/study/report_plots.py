# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The pictures of a study, as SVG in the colour of the text around it."""

import io
import re

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402 - the backend is chosen first
import numpy as np  # noqa: E402

import report_long  # noqa: E402
import report_tables as tables  # noqa: E402

# Marks what becomes the colour of the page's text.
INK = "#010203"
REAL, RANDOM, THIRD = "#2a78c8", "#d9662b", "#4c9f70"
MANY_FEATURES = 24
# The pixels of a figure's inch on the page.
PIXELS = 96

STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}


def _svg(figure, name):
    """The figure as an element that can stand in a page."""
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    # As wide as drawn, or as the page where that is narrower.
    width = figure.get_figwidth() * PIXELS
    text = re.sub(r' width="[^"]*pt" height="[^"]*pt"', f' style="width: {width:.0f}px"', text, count=1)
    # Names in a page are shared by all its pictures.
    text = re.sub(r'(id="|url\(#|xlink:href="#)', rf"\g<1>{name}-", text)
    return text.replace(INK, "currentColor")


def _drawn(name, width, height, columns, draw):
    with matplotlib.rc_context(STYLE):
        figure, axes = plt.subplots(1, columns, figsize=(width, height), squeeze=False)
        draw(figure, *axes[0])
        return _svg(figure, name)


def _by_rank(study, column):
    values = np.array(study["neurons"][column], float)
    return values[np.argsort(study["neurons"]["rank"])]


def ranks(study):
    """Sigma and abs(mu) of each neuron, and the KL spectrum."""
    music = study["about"]["music"]
    rank = np.arange(1, study["about"]["latent"] + 1)

    def draw(_, left, right):
        left.plot(rank, _by_rank(study, "sigma"), ".", color=REAL, label="mean sigma")
        left.plot(rank, _by_rank(study, "mu_abs"), ".", color=THIRD, label="mean |mu|, real")
        left.plot(rank, _by_rank(study, "mu_abs_random"), ".", color=RANDOM, label="mean |mu|, random", ms=3)
        left.set(xlabel="rank", ylim=(0, None), title="sigma near 1 and mu near 0: noise")
        right.semilogy(rank, np.maximum(_by_rank(study, "kl"), 1e-5), ".", color=REAL)
        right.axhline(0.03, color=INK, lw=0.8, ls=":")
        right.set(xlabel="rank", ylabel="mean KL, nats", title="KL spectrum; dotted: 0.03 nat")
        for axes in (left, right):
            axes.axvline(music + 0.5, color=INK, lw=0.8, ls="--")
        left.legend()

    return _drawn("ranks", 10, 3.6, 2, draw)


def correlation(study):
    matrix = np.array(study["correlation"]["matrix"], float)

    def draw(figure, axes):
        size = len(matrix)
        image = axes.imshow(
            matrix, vmin=-1, vmax=1, cmap="RdBu_r", extent=(0.5, size + 0.5, size + 0.5, 0.5), interpolation="nearest"
        )
        axes.set(xlabel="rank", ylabel="rank")
        figure.colorbar(image, ax=axes, label="correlation of mu", shrink=0.8)

    return _drawn("correlation", 5.6, 4.6, 1, draw) if matrix.size else ""


def _phik(name, table, features, chance):
    """phik of neurons by rank with the features that any of them goes with most."""
    table = np.array(table, float)
    if not table.size:
        return ""
    above = table.max(0) - np.array(chance)
    shown = np.sort(np.argsort(-above, kind="stable")[:MANY_FEATURES])

    def draw(figure, axes):
        image = axes.imshow(
            table[:, shown].T,
            vmin=0,
            vmax=1,
            cmap="magma",
            aspect="auto",
            extent=(0.5, len(table) + 0.5, len(shown) - 0.5, -0.5),
            interpolation="nearest",
        )
        words = [f"{features[i]['code']} {features[i]['name']}".strip() for i in shown]
        axes.set_yticks(range(len(shown)), words, fontsize=8)
        axes.set(xlabel="rank of the neuron")
        figure.colorbar(image, ax=axes, label="phik")

    return _drawn(name, 10, 0.9 + 0.2 * len(shown), 1, draw)


def phik(study):
    part = study["features"]
    return _phik("phik", part["phik"], part["names"], part["shuffled"]["by_feature"])


def long_phik(study):
    """Of a second level, with scalars of pitch, melody and rhythm alone."""
    part = study["long"]
    kept = [i for i, feature in enumerate(part["names"]) if feature["code"]]
    kept.sort(key=lambda i: "PMR".index(part["names"][i]["code"][0]))
    table = np.array(part["phik"], float).reshape(part["music"], -1)[:, kept]
    chance = [part["shuffled"]["by_feature"][i] for i in kept]
    return _phik("long-phik", table, [part["names"][i] for i in kept], chance)


def long_order(study):
    """What the order of the windows does to the neurons of a second level, and how many they draw on."""
    neurons = study["long"]["neurons"]
    colours = {"P": REAL, "M": RANDOM, "R": THIRD}

    def draw(_, left, right):
        for kind, colour in colours.items():
            own = [neuron for neuron in neurons if neuron["kind"] == kind]
            share = [100 * report_long.order_share(neuron) for neuron in own]
            left.plot([n["rank"] for n in own], share, ".", color=colour, label=report_long.KINDS[kind])
            windows = [np.nan if n["windows"] is None else n["windows"] for n in own]
            right.plot([n["rank"] for n in own], windows, ".", color=colour)
        left.set(xlabel="rank", ylabel="% of the variance of mu", ylim=(-3, 103), title="what the order of the windows makes")
        right.set(xlabel="rank", ylim=(0, 8.3), title="windows that mu draws on, of 8")
        left.legend(title="strongest scalar", loc="center right")

    return _drawn("long-order", 10, 3.6, 2, draw)


def histograms(study):
    def draw(_, left, right):
        for axes, kind in ((left, "music"), (right, "noise")):
            for what, color in (("real", REAL), ("random", RANDOM)):
                times = np.array(study["activated"][kind][what]["histogram"], float)
                # As many bars as the eye takes in.
                width = max(1, len(times) // 60)
                padded = np.pad(times, (0, -len(times) % width)).reshape(-1, width).sum(1)
                axes.bar(
                    np.arange(len(padded)) * width,
                    padded / times.sum(),
                    width=width,
                    align="edge" if width > 1 else "center",
                    alpha=0.65,
                    color=color,
                    label=what,
                )
            neurons = study["activated"][f"{kind}_neurons"]
            axes.set(xlabel=f"activated {kind} neurons, of {neurons}", ylabel="share of windows")
        left.legend()

    return _drawn("histograms", 10, 3.4, 2, draw)


def roc(study, names):
    def draw(_, left, right):
        for axes, log in ((left, False), (right, True)):
            for name, words in names.items():
                found = study["detectors"][name]["roc"]
                alarms = np.linspace(0, 1, len(found))
                part = slice(1 if log else 0, None)
                axes.plot(alarms[part], np.array(found)[part], label=words.split(" (")[0], lw=1.5)
            axes.set(xlabel="real windows taken for random", ylabel="random sequences found", ylim=(0, 1.01))
        left.plot([0, 1], [0, 1], color=INK, lw=0.6, ls=":")
        right.set_xscale("log")
        right.legend(fontsize=8, loc="lower right")

    return _drawn("roc", 10, 4, 2, draw)


def _reliability(name, curves, said_words, real_words):
    """Curves as (bins, words), of which the second figure is what came true."""
    def draw(_, axes):
        axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=":")
        for (bins, key, words), color in zip(curves, (REAL, RANDOM)):
            bins = [b for b in bins if b["weight"] > 0]
            said, real = ([b[k] for b in bins] for k in ("said", key))
            axes.plot(said, real, "-", color=color, lw=1, label=words)
            axes.scatter(said, real, [20 + 400 * b["weight"] for b in bins], color=color, alpha=0.5, lw=0)
        axes.set(xlabel=said_words, ylabel=real_words, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend()

    return _drawn(name, 5, 4.2, 1, draw)


def reliability(study):
    part = study["score"]
    curves = [
        (part[key]["bins"], "real", words)
        for key, words in (("reliability", "all windows"), ("reliability_8_onsets", "8 onsets or more"))
    ]
    return _reliability("reliability", curves, "score", "share that is real")


def long_reliability(study):
    """Of the styles that a second level tells, and of a classifier of scalars."""
    part = study["long"]["styles"]
    if not part:
        return ""
    curves = [
        (part[key]["reliability"]["bins"], "right", words)
        for key, words in (("model", "this model"), ("scalars", "jSymbolic's scalars"))
        if part[key]
    ]
    return _reliability("long-reliability", curves, "probability of the label told", "share that is right")


def attributes(study):
    rows = tables.compared_attributes(study)
    if not rows:
        return ""

    def draw(_, axes):
        place = np.arange(len(rows))
        axes.barh(place - 0.2, [r["vector"]["auc"] for r in rows], 0.38, color=THIRD, label="attribute vector")
        axes.barh(place + 0.2, [r["single"]["auc"] for r in rows], 0.38, color=REAL, label="best single neuron")
        axes.set_yticks(place, [f"{r['code']} {r['feature']}" for r in rows])
        axes.invert_yaxis()
        axes.set(xlabel="AUC of the top against the bottom quarter", xlim=(0.5, 1))
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2)

    return _drawn("attributes", 8, 1 + 0.4 * len(rows), 1, draw)


def reconstruction(study):
    rows = sorted(study["reconstruction"]["styles"], key=lambda row: -row["free"]["steps"])

    def draw(_, axes):
        place = np.arange(len(rows))
        axes.barh(place, [r["free"]["steps"] for r in rows], 0.7, color=REAL, label="free running")
        axes.plot([r["free_without_noise"]["steps"] for r in rows], place, "|", color=RANDOM, ms=12, mew=2,
                  label="noise neurons set to 0")  # fmt: skip
        axes.set_yticks(place, [f"{r['style']} ({r['count']:,})" for r in rows])
        axes.invert_yaxis()
        least = min(min(r["free"]["steps"], r["free_without_noise"]["steps"]) for r in rows)
        axes.set(xlabel="share of steps", xlim=(max(0, np.floor(10 * least - 0.5) / 10), 1))
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2)

    return _drawn("reconstruction", 8, 1 + 0.34 * len(rows), 1, draw)
