# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Runs a command on a display of its own: display.py BUILD SCRATCH COMMAND..."""

import subprocess
import sys

command = sys.argv[3:]
del sys.argv[3:]

import x11

if __name__ == "__main__":
    x11.common.exit_on_signals()
    with x11.Display():
        status = subprocess.run(command).returncode
    sys.exit(status)
