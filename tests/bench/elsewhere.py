# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Figures that other tests of the project measure. Runs those tests to get them."""

import json
import pathlib
import re
import shutil
import subprocess

from process import Missing

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 300


def run(command):
    """The output of a test, whether it passes or fails."""
    try:
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=SECONDS, cwd=ROOT
        ).stdout
    except subprocess.TimeoutExpired:
        raise Missing(f"not measured: {command[0]} takes more than {SECONDS} s") from None


def program(build, name):
    path = build / "tests" / name
    if not path.exists():
        raise Missing(f"not measured: {path.name} is not built")
    return path


def instructions(build):
    """Instructions of run() by callgrind: (median, worst) by kind of block."""
    program(build, "cost")
    if not shutil.which("valgrind"):
        raise Missing("not measured: no valgrind")
    text = run([ROOT / "tests" / "cost" / "run", build])
    found = re.findall(r"^(?:ok|TOO MANY) +(.*?) +median +(\d+) of +\d+, worst +(\d+) of", text, re.M)
    if not found:
        raise Missing(f"not measured: tests/cost/run {build} fails")
    return {what: (int(median), int(worst)) for what, median, worst in found}


def instance_kib(build):
    """Resident memory of each instance from the second to the 64th."""
    found = re.search(r"^measured: (\d+) KiB .* each of instances", run([program(build, "host_test_shared")]), re.M)
    if not found:
        raise Missing("not measured: host_test_shared fails")
    return int(found[1])


def latency(build):
    """The objects that tests/bench/latency.c prints, a line each."""
    text = run([program(build, "bench_latency"), "--json", build])
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    except ValueError:
        lines = []
    if not lines:
        raise Missing("not measured: bench_latency fails")
    return lines
