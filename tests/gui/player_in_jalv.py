# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The player's window in jalv.gtk3: player_in_jalv.py BUILD SCRATCH"""

from x11 import Display, Host, ask, wait_for

import common
import jalv

PROGRAM = "jalv.gtk3"
SIZE = (900, 540)
OFF = 0  # of the output `state`

results = common.Results("window")


def changes(host, symbol, act):
    """Whether an action changes the picture of a control."""
    rect = host.around(symbol)
    before = host.still(rect)
    act()
    try:
        return wait_for("a change", lambda: host.pixels(rect) != before, 5)
    except RuntimeError:
        return False


def check(host):
    results.check(f"{PROGRAM}: the player's window opens at its size", host.size() == SIZE, str(host.size()))
    host.leave()
    results.check(f"{PROGRAM}: a click moves the dot of its pad", changes(host, "player:pad", lambda: host.click("player:pad")))
    results.check(f"{PROGRAM}: so does a key", changes(host, "player:pad", lambda: ask("xdotool", "key", "Home")))
    before = wait_for("the state", lambda: host.printed("state") is not None) and host.printed("state")
    host.click("player:enabled")
    try:
        wait_for("the state", lambda: host.printed("state") == OFF, 10)
    except RuntimeError:
        pass
    now = host.printed("state")
    results.check(f"{PROGRAM}: a click turns the player off", before != OFF and now == OFF, f"state {before}, then {now}")


def test():
    with Display(), jalv.Server(jalv.BLOCK):
        player = {"plugin": common.PLAYER, "title": "Music Neurons Player"}
        with Host(PROGRAM, "--print-controls", "--jack-name=neurons", "-x", **player) as host:
            check(host)
        results.check(f"{PROGRAM}: ends well", host.status == 0, f"status {host.status}")
        results.check(f"{PROGRAM}: no complaints", not host.complaints(), host.complaints())


if __name__ == "__main__":
    results.of(test)
