#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Makes a page from the figures of `music-neurons study`.

report.py STUDY.json -o report.html   the page; needs matplotlib
report.py --card STUDY.json           the figures as Markdown, for a model's card
"""

import argparse
import html
import json
import os
import pathlib
import sys

# Python must write no files where the program is installed.
sys.dont_write_bytecode = True

import report_long as long_tables  # noqa: E402
import report_tables as tables  # noqa: E402
import report_words as words  # noqa: E402

STYLE = """
:root { color-scheme: light dark; --page: #fbfaf7; --ink: #1d2126; --faint: #6a717a; --line: #d9d5cb; --band: #f1eee6; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16191d; --ink: #e4e6e8; --faint: #98a0a9; --line: #353b42; --band: #1e2328; }
}
body { background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; margin: 0 auto;
       max-width: 62rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { border-top: 1px solid var(--line); font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1.25rem; }
p, li { margin: .5rem 0 1rem; max-width: 46rem; }
.faint { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; margin: 1rem 0 1.5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .9rem .35rem 0; text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; }
tbody tr:hover { background: var(--band); }
figure { margin: 1.25rem 0 1.75rem; }
figure svg { height: auto; max-width: 100%; }
figcaption { color: var(--faint); font-size: .9rem; max-width: 46rem; }
"""


class StudyError(Exception):
    """The file is no study."""


def read_study(path):
    try:
        study = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        if not isinstance(study, dict) or "about" not in study:
            raise ValueError("not the figures of a study")
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    return study


def table_html(table):
    note = f'<p class="faint">{html.escape(table.note)}</p>\n' if table.note else ""
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in table.header)
    rows = "\n".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return (
        f'{note}<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>\n'
    )


def figure_html(picture, caption):
    return f"<figure>{picture}\n<figcaption>{html.escape(caption)}</figcaption></figure>\n" if picture else ""


def section(title, *parts):
    return f'<section id="{title.lower().replace(" ", "-")}">\n<h2>{html.escape(title)}</h2>\n{"".join(parts)}</section>\n'


def sixteen_bars(study, plots):
    """The section of a second level."""
    figures = {
        "Sixteen bars": figure_html(
            plots.long_phik(study), "phik of each music neuron of 16 bars with scalars of pitch, melody and rhythm."
        ) + figure_html(plots.long_order(study), "Which neurons of 16 bars look across bars."),
        "Styles, told from 16 bars": figure_html(
            plots.long_reliability(study),
            "The share of phrases that are told right among those that are told with a probability.",
        ),
    }
    first, *others = filter(None, long_tables.tables(study, None))
    parts = [table_html(first), figures[first.title]]
    for table in others:
        parts += [f"<h3>{html.escape(table.title)}</h3>\n", figures.get(table.title, ""), table_html(table)]
    return section(first.title, *parts)


def sections(study):
    """The page from top to bottom."""
    import report_plots as plots  # pylint: disable=import-outside-toplevel; a card needs none

    yield section("In short", "<ul>\n", *(f"<li>{html.escape(text)}</li>\n" for text in words.summary(study)), "</ul>\n")
    yield section("The paper and this model", table_html(tables.paper(study)))
    yield section(
        "Neurons",
        figure_html(plots.ranks(study), "All neurons by rank. The music neurons are left of the dashed line."),
        table_html(tables.neurons(study)),
        figure_html(plots.correlation(study), "Correlation of mu among the music neurons."),
    )
    yield section(
        "What music neurons stand for",
        figure_html(
            plots.phik(study), "phik of each music neuron with the features that the music neurons go with most."
        ),
        table_html(words.meaning(study)),
    )
    yield section(
        "Real against random",
        figure_html(plots.histograms(study), "How many neurons a window activates."),
        figure_html(plots.roc(study, tables.DETECTORS), "ROC curves of all detectors. The right part shows the curves at few false alarms."),
        table_html(tables.detectors(study)),
    )
    yield section(
        "The score",
        figure_html(
            plots.reliability(study),
            "The share of real windows among those with a score, if half of all windows are real."
            " The size of a dot is the share of windows with that score.",
        ),
        table_html(tables.score(study)),
    )
    yield section("Styles", table_html(tables.styles(study)))
    for table in filter(None, (tables.axes(study), words.labels(study))):
        yield section(table.title, table_html(table))
    yield section(
        "Attribute vectors and single neurons",
        figure_html(plots.attributes(study), "Vectors and neurons were chosen on other tunes than those that they are measured on."),
        table_html(tables.attributes(study)),
    )
    decoded = tables.reconstruction(study)
    if decoded:
        yield section(
            "Reconstruction",
            table_html(decoded),
            figure_html(plots.reconstruction(study), "Steps reconstructed by style. The number of windows is in brackets."),
        )
    else:
        yield section("Reconstruction", "<p>Not measured, because no decoder was given.</p>\n")
    if study.get("long"):
        yield sixteen_bars(study, plots)
    yield section("Words", table_html(words.glossary(study)))


def page(study):
    about = study["about"]
    name = html.escape(about["name"])
    lead = (
        f"This report compares a model of {about['latent']} neurons, on windows of {about['steps']} steps, with what"
        " Barenboim, Del Debbio, Hirn and Sanz found in MusicVAE (Exploring how a Generative AI interprets music,"
        " arXiv 2308.00015)."
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Music neurons of {name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Music neurons of {name}</h1>\n<p>{lead}</p>\n{''.join(sections(study))}</body>\n</html>\n"
    )


def write(path, text):
    """Write a file that appears when it is complete."""
    part = pathlib.Path(f"{path}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description="Makes a page from the figures of music-neurons study.")
    parser.add_argument("study", metavar="STUDY.json")
    parser.add_argument("-o", "--output", metavar="FILE", help="the page (default: report.html beside STUDY.json)")
    parser.add_argument("--card", action="store_true", help="print the figures as Markdown instead")
    arguments = parser.parse_args()
    try:
        study = read_study(arguments.study)
        if arguments.card:
            sys.stdout.write(tables.card(study, long_tables.tables(study)))
            return 0
        output = arguments.output or pathlib.Path(arguments.study).with_name("report.html")
        write(output, page(study))
    except ImportError as error:
        print(f"report.py: {error} (Debian: python3-matplotlib)", file=sys.stderr)
        return 1
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        print(f"report.py: {arguments.study}: not the figures of a study ({error!r})", file=sys.stderr)
        return 2
    except (StudyError, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
