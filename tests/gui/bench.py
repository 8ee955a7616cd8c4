# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How much of a core an open window takes while music plays: bench.py BUILD SCRATCH"""

import subprocess
import sys
import time

import x11
from common import BUILD, SCRATCH

import common
import jalv
import tune

SECONDS = 20
STATED = "%-34s %6.2f %% of a core"


def in_our_own_host():
    """The calls into the user interface, and all work of the display for them."""
    for scale in (1, 2):
        print(f"At {900 * scale} x {540 * scale}, calls into the user interface:")
        sys.stdout.flush()
        with x11.Display() as display:
            before, start = x11.cpu_seconds(display.process.pid), time.monotonic()
            subprocess.run(
                [BUILD / "tests" / "gui_bench", str(SECONDS), str(scale)], check=True, cwd=SCRATCH
            )
            used = x11.cpu_seconds(display.process.pid) - before
            share = 100 * used / (time.monotonic() - start)
            print(STATED % ("the display (Xvfb) meanwhile", share))


def measure(process_seconds, name):
    """How much a host takes while a tune plays to it."""
    with tune.Tune(name, SECONDS):
        time.sleep(4)
        before, start = process_seconds(), time.monotonic()
        time.sleep(SECONDS)
        return 100 * (process_seconds() - before) / (time.monotonic() - start)


def in_jalv():
    """The whole process of a host, with and without a window."""
    print("jalv as a whole, while a tune plays:")
    with x11.Display(), jalv.Server(jalv.BLOCK):
        with jalv.Jalv(common.PLUGIN) as host:
            without = measure(lambda: x11.cpu_seconds(host.process.pid), host.name)
        with x11.Host("jalv.gtk3", f"--jack-name={host.name}", "-x") as host:
            with_window = measure(host.cpu_seconds, host.name)
    print(STATED % ("jalv, without a window", without))
    print(STATED % ("jalv.gtk3, with the window", with_window))


def bench():
    x11.common.exit_on_signals()
    (SCRATCH / "build").symlink_to(BUILD)
    in_our_own_host()
    in_jalv()


if __name__ == "__main__":
    bench()
