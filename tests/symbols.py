# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the built objects of engine/, plugin/, player/ and gui/ define and use, by nm."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def objects(build):
    """{source: (names that it defines, names that it uses)}, external ones, of each built source."""
    found = {}
    for top in ("engine", "plugin", "player", "gui"):
        for path in sorted((build / "obj" / top).rglob("*.o")):
            source = path.relative_to(build / "obj").with_suffix(".c")
            if (ROOT / source).exists():
                found[str(source)] = (set(), set(), path)
    if not found:
        sys.exit(f"FAILED: nothing is built in {build}")
    listing = subprocess.run(
        ["nm", "-A", "-P", "-g", *(str(path) for _, _, path in found.values())],
        capture_output=True, text=True, check=True,
    ).stdout
    by_path = {str(path): source for source, (_, _, path) in found.items()}
    for line in listing.splitlines():
        path, name, kind = line.replace(": ", " ", 1).split()[:3]
        defined, used, _ = found[by_path[path]]
        (used if kind in "Uw" else defined).add(name)
    return {source: (defined, used) for source, (defined, used, _) in found.items()}
