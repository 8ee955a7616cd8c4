# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The window in jalv.gtk3 and jalv.qt5: in_jalv.py BUILD SCRATCH"""

import os
import time

import x11
from x11 import Display, Host, ask, wait_for

import common
import jalv

SIZE = (900, 540)
LEAST = (600, 360)
NEUTRAL = 0.5

results = common.Results("window")


def changes(host, symbol, act):
    """Whether an action changes the picture of a control."""
    rect = host.around(symbol)
    host.leave()
    before = host.still(rect)
    act()
    try:
        return wait_for("a change", lambda: host.pixels(rect) != before, 5)
    except RuntimeError:
        return False


def click_and_leave(host, symbol):
    host.click(symbol)
    host.leave()


def check_sizes(host, program):
    results.check(f"{program}: opens at its size", host.size() == SIZE, str(host.size()))
    for wanted in ((1100, 700), LEAST, (1500, 900)):
        host.resize(*wanted)
        try:
            wait_for("the size", lambda: host.size() == wanted, 5)
        except RuntimeError:
            pass
        results.check(f"{program}: is resized to {wanted}", host.size() == wanted, str(host.size()))
    try:
        wait_for("a picture", lambda: len(set(host.pixels((0, 0, 1500, 200)))) > 16, 5)
        drawn = True
    except RuntimeError:
        drawn = False
    results.check(f"{program}: draws its new size", drawn)


def check_clicks(host, program):
    results.check(
        f"{program}: a click moves a control",
        changes(host, "enabled", lambda: click_and_leave(host, "enabled")),
    )
    results.check(
        f"{program}: and another one back",
        changes(host, "enabled", lambda: click_and_leave(host, "enabled")),
    )
    results.check(
        f"{program}: the wheel moves a control",
        changes(host, "tempo", lambda: host.click("tempo", 4)),
    )
    # The window takes the keyboard first, and draws the mark later.
    results.check(
        f"{program}: a click marks what keys move",
        changes(host, "hold", lambda: click_and_leave(host, "hold")),
    )
    results.check(
        f"{program}: keys move a control",
        changes(host, "hold", lambda: ask("xdotool", "key", "Up", "Up", "Up")),
    )
    ask("xdotool", "key", "Delete", "Escape")


def check_end(host, program):
    results.check(f"{program}: ends well", host.status == 0, f"status {host.status}")
    results.check(f"{program}: no complaints", not host.complaints(), host.complaints())


def test_gtk():
    program = "jalv.gtk3"
    options = ["--print-controls", "-c", "glide=0"]
    with Host(program, *options, "--jack-name=neurons", "-x") as host:
        check_sizes(host, program)
        host.resize(*SIZE)
        wait_for("the size", lambda: host.size() == SIZE)
        check_clicks(host, program)
        default_hold = host.pixels(host.where("hold"))
        tempos = (common.BPM, common.CHANGE_BEAT, common.BPM)
        with jalv.Music(host, tempos, timebase=True):
            wait_for("a window", lambda: (host.printed("window") or 0) >= 2)
            musical = host.printed("musicality")
            host.click("enabled")
            try:
                wait_for("neutral", lambda: host.printed("musicality") == NEUTRAL, 5)
            except RuntimeError:
                pass
        now = host.printed("musicality")
        good = musical != NEUTRAL and now == NEUTRAL
        results.check(
            f"{program}: a click turns the plugin off", good, f"musicality {musical}, then {now}"
        )
    check_end(host, program)

    with Host(program, "-c", "hold=200") as host:
        shown = host.pixels(host.where("hold"))
        results.check(f"{program}: the host's value moves a control", shown != default_hold)
        check_model(host, program)
    check_end(host, program)


def check_model(host, program):
    """The host asks for a file, and the plugin confirms it."""
    rect = host.where("model")
    host.click_nowhere()
    results.check(
        f"{program}: Tab marks the model's button",
        changes(host, "model", lambda: ask("xdotool", "key", "Tab")),
    )
    before = host.still(rect)
    known = {w[0] for w in x11.windows()}
    ask("xdotool", "key", "Return", "End", "Return")  # the last item of its menu

    def dialog():
        new = [w for w in x11.windows() if w[0] not in known and w[2] > 200 and w[3] > 100]
        return new[0] if new else None

    try:
        window = wait_for("the host's dialog", dialog, 10)
        wait_for("the dialog on the screen", lambda: x11.focus(window[0]), 10)
        shown = x11.still(window[0])
        ask("xdotool", "key", "slash")  # opens the line for a path in the dialog
        wait_for("the line for a path", lambda: x11.pixels(window[0]) != shown, 10)
        x11.still(window[0])
        ask("xdotool", "key", "ctrl+a")
        ask("xdotool", "type", "--delay", "20", str(common.OTHER_MODEL))

        def accept():
            # The first one may only accept what the dialog suggests.
            time.sleep(1)
            return not dialog() or (ask("xdotool", "key", "Return"), False)[1]

        wait_for("the end of the host's dialog", accept, 15)
        wait_for("the new model", lambda: host.pixels(rect) != before, 10)
        good = True
    except RuntimeError as error:
        good = str(error)
    results.check(f"{program}: the host chooses a model", good is True, str(good))


def test_qt():
    program = "jalv.qt5"
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    with Host(program) as host:
        check_sizes(host, program)
        check_clicks(host, program)
    check_end(host, program)


def test():
    with Display(), jalv.Server(jalv.BLOCK):
        test_gtk()
        test_qt()


if __name__ == "__main__":
    results.of(test)
