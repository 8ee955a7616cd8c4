# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Other programs that encode the same windows, and how to find or fetch each."""

import os
import pathlib
import shutil
import subprocess

import onnx_file
import weights
from process import Missing, Process

HERE = pathlib.Path(__file__).resolve().parent
NPM_SECONDS, APT_SECONDS = 240, 60


def run(command, folder, seconds):
    """Runs a command. Raises Missing if it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Missing(f"not installed: {command[0]} takes too long") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise Missing(f"not installed: {lines[0][:100]}")


def fetch_onnx_runtime(place):
    """The folder of node's modules that has ONNX Runtime."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise Missing(f"not installed: no {tool}")
    wanted, installed = HERE / "package.json", place / "installed.json"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        print("fetching ONNX Runtime by npm", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copy(wanted, place / "package.json")
        options = "--no-audit --no-fund --no-package-lock --ignore-scripts --no-update-notifier".split()
        run(["npm", "install", *options, "--fetch-retries", "1"], place, NPM_SECONDS)
        # This copy shows that the installation is complete, and of what.
        (place / "package.json").rename(installed)
    return place / "node_modules"


def fetch_openblas(place):
    """A folder with OpenBLAS, or None. Debian's PyTorch is several times as slow with its
    default libraries. A wheel of PyTorch has its own."""
    if not place.exists() and shutil.which("apt-get") and shutil.which("dpkg"):
        new = place.with_name(place.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        try:
            run(["apt-get", "download", "libopenblas0-pthread"], new, APT_SECONDS)
            for package in new.glob("*.deb"):
                run(["dpkg", "-x", package.name, "."], new, APT_SECONDS)
        except Missing:
            return None
        new.rename(place)
    return next((path.parent for path in place.glob("usr/lib/*/openblas-pthread/libblas.so.3")), None)


class Peers:
    """Makes processes of peers. What it fetches goes below a folder."""

    def __init__(self, folder, python):
        self.folder, self.python = folder, python
        self.environment = dict(os.environ)
        blas = fetch_openblas(folder / "openblas")
        if blas:
            paths = [str(blas.resolve()), os.environ.get("LD_LIBRARY_PATH", "")]
            self.environment["LD_LIBRARY_PATH"] = ":".join(filter(None, paths))

    def torch(self, hidden):
        return Process([self.python, HERE / "peer_torch.py", hidden], self.environment)

    def onnx(self, hidden, int8):
        modules = fetch_onnx_runtime(self.folder / "npm")
        path = self.folder / f"{hidden}-{'int8' if int8 else 'float32'}.onnx"
        source = max((HERE / name).stat().st_mtime for name in ("weights.py", "onnx_file.py"))
        if not path.exists() or path.stat().st_mtime < source:
            new = path.with_suffix(".new")
            onnx_file.write(weights.make(hidden), new, int8)
            new.rename(path)
        return Process(["node", HERE / "peer_onnx.cjs", modules, path], dict(os.environ))
