# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A display for this test alone, hosts on it, and what they show."""

import os
import pathlib
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "hosts"))

import common
from common import BUILD, PLUGIN, SCRATCH

WAIT_SECONDS = 30
STILL_SECONDS = 0.3  # ten pictures of the window
RING = 6  # pixels
SCREEN = "1920x1200x24"

# Ids of windows of different clients differ in the bits above these.
CLIENT_MASK = 0x1FFFFF


def ask(*command):
    """The output of a command."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def wait_for(what, condition, seconds=WAIT_SECONDS):
    """The first true value of a condition. Raises an error when it takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise RuntimeError(f"{what} does not come")


def cpu_seconds(pid):
    """Processor time of a process and its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Display:
    """An X server without a screen."""

    def __enter__(self):
        reading, writing = os.pipe()
        self.log = open(SCRATCH / "xvfb.log", "w")
        self.process = subprocess.Popen(
            # Without -noreset it would restart when its last client leaves.
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN]
            + ["-nolisten", "tcp", "-noreset"],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            self.__exit__()
            raise RuntimeError((SCRATCH / "xvfb.log").read_text())
        os.environ["DISPLAY"] = f":{number}"
        return self

    def __exit__(self, *_):
        common.end(self.process)
        self.log.close()
        os.environ.pop("DISPLAY", None)


def list_windows():
    try:
        return ask("xwininfo", "-root", "-tree")
    except subprocess.CalledProcessError:
        return None  # a window has gone in the meantime


def windows():
    """All windows: (id, name, width, height, x, y on the screen), outer ones first."""
    name = r'(\(has no name\)|".*?")'
    size = r"(\d+)x(\d+)\S+ +\+(-?\d+)\+(-?\d+)"
    pattern = rf"^ +(0x[0-9a-f]+) {name}: \(.*?\) +{size}$"
    tree = wait_for("a list of windows", list_windows)
    found = re.findall(pattern, tree, re.M)
    return [
        (int(number, 16), name.strip('"'), *map(int, rest)) for number, name, *rest in found
    ]


def focus(window):
    """Gives a window the keyboard. False if the window is not on the screen yet."""
    return not subprocess.run(["xdotool", "windowfocus", str(window)], stderr=subprocess.DEVNULL).returncode


def crop_to(rect):
    """The options that make `import` take only part of a window."""
    return ["-crop", "%dx%d+%d+%d" % (*rect[2:], *rect[:2])] if rect else []


def pixels(window, crop=()):
    """The colours of a window, pixel by pixel."""
    data = subprocess.run(
        ["import", "-silent", "-window", str(window), *crop, "-depth", "8", "rgb:-"],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    return [data[i : i + 3] for i in range(0, len(data), 3)]


def still(window, crop=()):
    """The colours of a window once they no longer change."""
    last, since = pixels(window, crop), time.monotonic()

    def has_rested():
        nonlocal last, since
        now = pixels(window, crop)
        if now != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since > STILL_SECONDS

    wait_for("a picture that stays", has_rested)
    return last


class Host:
    """jalv with a window, and the plugin's window in it."""

    def __init__(self, program, *arguments, name="neurons", plugin=PLUGIN, title="Music Neurons"):
        self.name = name
        self.title = title
        self.lines = []
        self.errors = []
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", program, *arguments, plugin],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.readers = [
            threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True),
            threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True),
        ]

    def __enter__(self):
        for reader in self.readers:
            reader.start()
        try:
            wait_for("the plugin's window", self.has_window)
            wait_for("a picture", self.has_picture)
        except BaseException:
            self.__exit__()
            sys.stdout.write("".join(self.errors))
            raise
        return self

    def __exit__(self, *_):
        self.status = common.end(self.process)
        for reader in self.readers:
            reader.join(5)

    def has_window(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the host ended: {''.join(self.errors)}")
        everything = windows()
        self.outer = next((w for w in everything if w[1] == self.title), None)
        if not self.outer:
            return False
        client = self.outer[0] & ~CLIENT_MASK
        # It belongs to another client, since the plugin has its own connection.
        own = [w for w in everything if w[0] & ~CLIENT_MASK != client and w[2] > 10]
        self.window = own[0] if len(own) == 1 else None
        return self.window

    def has_picture(self):
        try:
            return len(set(self.pixels())) > 16
        except subprocess.CalledProcessError:
            return False  # not on the screen yet

    def size(self):
        self.has_window()
        return self.window[2:4]

    def resize(self, width, height):
        """Resizes the host's window. Returns the size that is left for ours."""
        self.has_window()
        across, down = (self.outer[i] - self.window[i] for i in (2, 3))
        ask("xdotool", "windowsize", str(self.outer[0]), str(width + across), str(height + down))

    def where(self, symbol):
        """A control's rectangle in the window."""
        width, height = self.size()
        text = ask(BUILD / "tests" / "gui_where", str(width), str(height), symbol)
        return tuple(map(int, text.split()))

    def around(self, symbol):
        """The same with the ring around it, which marks the control that has the keyboard."""
        x, y, width, height = self.where(symbol)
        return x - RING, y - RING, width + 2 * RING, height + 2 * RING

    def pixels(self, rect=None):
        """The colours of a part of the window, pixel by pixel."""
        return pixels(self.window[0], crop_to(rect))

    def still(self, rect=None):
        """The same, once they no longer change."""
        return still(self.window[0], crop_to(rect))

    def point_at(self, symbol):
        x, y, width, height = self.where(symbol)
        self.has_window()
        left, top = self.window[4:6]
        ask("xdotool", "mousemove", str(left + x + width // 2), str(top + y + height // 2))

    def click(self, symbol, button=1):
        self.point_at(symbol)
        ask("xdotool", "click", str(button))

    def click_nowhere(self):
        """Takes the keyboard, without a marked control."""
        self.has_window()
        ask("xdotool", "mousemove", str(self.window[4] + 2), str(self.window[5] + 2), "click", "1")

    def leave(self):
        ask("xdotool", "mousemove", "1900", "1190")

    def printed(self, port):
        """The last value of a port that the host printed."""
        found = [line.split(" = ")[1] for line in self.lines if line.startswith(f"{port} = ")]
        return float(found[-1]) if found else None

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def complaints(self):
        # On a bare display GTK and Qt print much, and jalv prints what it loads.
        pattern = re.compile("x error|badwindow|baddrawable|lilv|suil|music-neurons|lv2", re.I)
        loads = ("UI: ", "Plugin: ")
        lines = [line for line in self.errors if not line.startswith(loads)]
        return "".join(line for line in lines if pattern.search(line))
