#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What gcov counted in a folder of objects: lines and branches of each file, those with
the fewest lines first, and totals.

Fails where the tests run fewer lines of the engine and the plugin than they have to.
With --missing it prints the lines that never ran."""

import collections
import json
import pathlib
import subprocess
import sys

LEAST_LINES = 95.0  # percent, of the engine and the plugin together

# Groups of folders; the least is of the first one.
ENGINE_AND_PLUGIN = (
    "engine/base", "engine/notes", "engine/model", "engine/encoder", "engine/readout",
    "engine/checkpoint", "engine/study", "plugin", "plugin/protocol", "player",
)
CLI = ("engine/cli", "engine/cli/common", "engine/cli/midi", "engine/cli/corpus", "engine/cli/bench", "engine/cli/import", "engine/cli/analyze")
GROUPS = (("engine and plugin", ENGINE_AND_PLUGIN), ("program", CLI), ("window", ("gui",)))


class File:
    """Counts by line, and by branch; a header's add up over all that include it."""

    def __init__(self):
        self.lines = collections.Counter()
        self.branches = collections.Counter()

    def add(self, line):
        number = line["line_number"]
        self.lines[number] += line["count"]
        for i, branch in enumerate(line["branches"]):
            self.branches[number, line.get("function_name"), i] += branch["count"]


def read(objects):
    """What the counters of all objects say, by file: those without any never ran."""
    files = collections.defaultdict(File)
    for notes in sorted(pathlib.Path(objects).rglob("*.gcno")):
        out = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", notes],
                             check=True, capture_output=True).stdout
        for text in out.splitlines():
            for file in json.loads(text)["files"]:
                for line in file["lines"]:
                    files[file["file"]].add(line)
    return files


def hit(counts):
    return sum(count > 0 for count in counts.values())


def count(file):
    return hit(file.lines), len(file.lines), hit(file.branches), len(file.branches)


def percent(some, of_all):
    return 100 * some / of_all if of_all else 100.0


def row(name, lines, all_lines, branches, all_branches):
    print(f"{name:36} {percent(lines, all_lines):6.1f} % of {all_lines:5} lines "
          f"{percent(branches, all_branches):6.1f} % of {all_branches:5} branches")


def main():
    missing = "--missing" in sys.argv
    files = read(sys.argv[1])
    totals = []
    for title, folders in GROUPS:
        inside = [name for name in files if str(pathlib.PurePath(name).parent) in folders]
        counts = {name: count(files[name]) for name in inside}
        for name in sorted(inside, key=lambda name: (percent(*counts[name][:2]), name)):
            row(name, *counts[name])
            if missing:
                print("   never:", *(n for n, times in sorted(files[name].lines.items()) if not times))
        totals.append((title, [sum(column) for column in zip(*counts.values())] or [0] * 4))
        print()
    for title, total in totals:
        row(title, *total)
    lines, all_lines = totals[0][1][:2]
    if percent(lines, all_lines) < LEAST_LINES or not all_lines:
        print(f"FAILED: tests must run {LEAST_LINES:g} % of the lines of engine and plugin")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
