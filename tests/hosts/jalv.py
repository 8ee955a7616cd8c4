# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The plugin in jalv on a dummy JACK server: jalv.py BUILD SCRATCH"""

import os
import pathlib
import re
import secrets
import select
import subprocess
import sys
import threading
import time

import common
from common import PLUGIN, RATE, SCRATCH, STEPS_PER_BEAT

PLAYER = SCRATCH / "player"

BLOCK, SMALL_BLOCK = 256, 64
POLL_SECONDS = 0.04
START_SECONDS = 20
FREE_TEMPOS = (common.BPM, 0, common.BPM)
QUICK = 480  # a bar in half a second

results = common.Results("jalv")


class Server:
    """A JACK server for this test alone."""

    def __init__(self, block):
        self.block = block

    def __enter__(self):
        self.name = f"mn-{os.getpid()}-{secrets.token_hex(3)}"
        os.environ["JACK_DEFAULT_SERVER"] = self.name
        # Synchronous, with a patient server: on a busy machine cycles come late, but
        # none is missing.
        self.log = open(SCRATCH / "jackd.log", "w")
        self.process = subprocess.Popen(
            ["jackd", "--no-realtime", "--no-mlock", "--sync", "--timeout", "5000"]
            + ["-n", self.name, "-d", "dummy", "-r", str(RATE), "-p", str(self.block)],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        try:
            subprocess.run(
                ["jack_wait", "-w", "-t", str(START_SECONDS)],
                check=True,
                capture_output=True,
                timeout=2 * START_SECONDS,
            )
        except BaseException:
            self.__exit__()
            sys.stdout.write((SCRATCH / "jackd.log").read_text())
            raise
        return self

    def __exit__(self, *_):
        # It waits for clients that have died. If it were killed, it would keep one of the
        # eight places that JACK has for servers.
        common.end(self.process, START_SECONDS)
        self.log.close()
        # A server that had to be killed leaves its shared memory behind.
        for leftover in pathlib.Path("/dev/shm").glob(f"jack*{self.name}*"):
            leftover.unlink(missing_ok=True)


class Jalv:
    """jalv with its console on pipes."""

    def __init__(self, *arguments):
        self.name = "neurons"
        self.lines = []
        self.errors = []
        self.process = subprocess.Popen(
            # Writing to a pipe, jalv would keep its answers in a buffer.
            ["stdbuf", "-oL", "jalv", "-t", "-x", "-n", self.name, *arguments],
            stdin=subprocess.PIPE,
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
        return self

    def __exit__(self, *_):
        try:
            self.process.stdin.close()  # jalv leaves at the end of its input
            self.process.wait(3)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.status = common.end(self.process)
        for reader in self.readers:
            reader.join(5)

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def ask(self, command, last, seconds=START_SECONDS):
        """The values that a command prints, up to and including `last`."""
        start = len(self.lines)
        self.say(command)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            values = {}
            for line in self.lines[start:]:
                match = re.match(r"[> ]*(\w+) = (\S+)$", line)
                if match:
                    values[match[1]] = float(match[2])
                    if match[1] == last:
                        return values
            time.sleep(0.005)
        raise RuntimeError(f"jalv does not answer: {''.join(self.errors)}")

    def says(self, texts, seconds=START_SECONDS):
        """Whether it prints all of these."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            said = "".join(self.lines)
            if all(text in said for text in texts):
                return True
            time.sleep(0.05)
        return False

    def monitors(self):
        return self.ask("monitors", "bars_heard")

    def at_rest(self, seconds=START_SECONDS):
        """The outputs once the plugin knows that the transport stands still, or at the timeout."""
        deadline = time.monotonic() + seconds
        while True:
            ports = self.monitors()
            if ports["synced"] == 0 or time.monotonic() > deadline:
                return ports
            time.sleep(POLL_SECONDS)

    def controls(self, last="span"):
        return self.ask("controls", last)

    def complaints(self):
        pattern = re.compile("error|warning|fail|lilv|music-neurons", re.I)
        return "".join(line for line in self.errors if pattern.search(line))


class Music:
    """The player with the music, and the time in it.

    Listens to the MIDI that comes back, or to a port of voltages.
    """

    def __init__(self, jalv, tempos, timebase, beats=common.BEATS_TO_PLAY, more=(), port=None,
                 notes=None):
        self.events = [
            (common.frame_of(step / STEPS_PER_BEAT, tempos), status, pitch, velocity)
            for start, end, pitch in notes or common.music()
            for step, status, velocity in ((end, 0x80, 0), (start, 0x90, 100))
            if end / STEPS_PER_BEAT < beats
        ] + list(more)
        # On one frame, notes end before others start.
        self.events.sort(key=lambda event: event[:2])
        self.passed_file = SCRATCH / "passed"
        self.passed_file.unlink(missing_ok=True)
        notes = SCRATCH / "notes"
        notes.write_text("".join("%d %d %d %d\n" % event for event in self.events))
        end = common.frame_of(beats, tempos)
        self.deadline = time.monotonic() + START_SECONDS + 3 * end / RATE
        self.process = subprocess.Popen(
            [PLAYER, f"{jalv.name}:{port or 'out'}", notes, self.passed_file, str(end)]
            + [str(number) for number in tempos if timebase],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.status = common.end(self.process)
        self.process.stdout.close()

    def is_stopped(self):
        """Whether the player has stopped the transport, or is about to: it announces that."""
        return bool(select.select([self.process.stdout], [], [], 0)[0])

    def plays(self):
        if time.monotonic() > self.deadline:
            raise RuntimeError("the music does not end")
        time.sleep(POLL_SECONDS)
        return self.process.poll() is None

    def passed(self):
        text = self.passed_file.read_text() if self.passed_file.exists() else ""
        return [tuple(map(int, line.split())) for line in text.splitlines()]


def listen(jalv, music, at_window=None, act=None):
    """Reads the outputs until the music ends. Calls `act` once, at some window."""
    samples = common.Samples()
    with music:
        while music.plays():
            ports = jalv.monitors()
            if music.is_stopped():
                continue
            samples.add(ports)
            if act and ports["window"] >= at_window:
                act()
                act = None
    samples.at_rest = jalv.at_rest()
    return samples


def check_thru(what, music, slots=()):
    """MIDI passes unchanged. CC slots may add to it."""
    passed = [event for event in music.passed() if not is_controller(event, slots)]
    at = next((i for i, pair in enumerate(zip(passed, music.events)) if pair[0] != pair[1]), None)
    detail = f"{len(passed)} of {len(music.events)} messages"
    if at is not None:
        detail += f", {passed[at]} for {music.events[at]}"
    results.check(what, passed == music.events and music.status == 0, detail)


def is_controller(event, numbers):
    return event[1] & 0xF0 == 0xB0 and event[2] in numbers


def check_slot(music, samples):
    """Controller 20 is neuron 1, once a window."""
    sent = [event[3] for event in music.passed() if is_controller(event, [20])]
    windows = sorted(samples.by_window().items())
    wanted = [int(127 * ports["neuron_1"] + 0.5) for w, ports in windows if w >= 1]
    # A window without a change sends nothing, and some windows are not seen.
    missing = [value for value in wanted if value not in sent]
    good = len(sent) >= len(set(wanted)) > 3 and not missing
    results.check("neuron 1 comes as a CC", good, f"{sent}, not {wanted}")


def test_timebase(wanted):
    """The transport has bars and beats, and changes its tempo."""
    tempos = (common.BPM, common.CHANGE_BEAT, common.BPM_AFTER)
    with Jalv("-c", "cc_1_source=4", "-c", "cc_1_glide=0", PLUGIN) as jalv:
        jalv.say("set glide 0")
        before = jalv.monitors()
        results.check("waits for music", before["window"] == 0 and before["top_1_neuron"] == -1)
        music = Music(jalv, tempos, timebase=True)
        samples = listen(jalv, music)
    results.check("loads, plays and leaves in peace", not jalv.complaints(), jalv.complaints())
    results.check("ends well", jalv.status == 0, f"status {jalv.status}")
    results.check_synced("is synced to a timebase master", samples, 1)
    results.check_at_rest(samples)
    results.check_outputs(samples)
    results.check_windows("windows follow bars through a tempo change", samples, wanted)
    check_slot(music, samples)
    check_thru("MIDI passes on its frames", music, slots=[20])


def test_free(wanted):
    """The transport rolls, but has no bars. Model and controls come from the state."""
    state = SCRATCH / "state"
    state.mkdir()
    settings = {"tempo": common.BPM, "glide": 0, "hold": 33, "hop": 2, "channel": 1}
    (state / "state.ttl").write_text(common.state_of("", settings))
    with Jalv("-l", str(state)) as jalv:
        controls = jalv.controls()
        music = Music(jalv, FREE_TEMPOS, timebase=False)
        samples = listen(jalv, music)
    kept = all(controls[name] == value for name, value in settings.items())
    results.check("controls come from saved state", kept, str(controls))
    results.check_synced("runs free without a timebase master", samples, 0)
    results.check_windows("windows follow the tempo port, model from saved state", samples, wanted)
    check_thru("MIDI passes while running free", music)
    results.check("saved state loads in peace", not jalv.complaints(), jalv.complaints())


def test_preset(wanted, wanted_after):
    """A preset chooses the bundle's other model while the music plays."""
    preset = common.factory_presets()[common.SECOND_PRESET]
    tempos = (common.BPM, common.CHANGE_BEAT, common.BPM)
    beats = 25
    # Every block has a message, so that a pause of the plugin would show.
    wheel = [
        (frame, 0xB0, 1, frame // SMALL_BLOCK % 128)
        for frame in range(0, common.frame_of(beats, tempos), SMALL_BLOCK)
    ]
    with Jalv("-c", "glide=0", PLUGIN) as jalv:
        jalv.say("presets")  # it loads only what its console has listed
        jalv.says([preset.uri])
        music = Music(jalv, tempos, timebase=True, beats=beats, more=wheel)
        samples = listen(jalv, music, 2, lambda: jalv.say(f"preset {preset.uri}"))
    seen = samples.by_window()
    first = {w: p for w, p in seen.items() if w <= 2}
    last = {w: p for w, p in seen.items() if w >= 4}
    found = common.difference(first, wanted) or common.difference(last, wanted_after)
    results.check(
        "a preset changes the model in mid-play", first and last and not found, found or str(seen)
    )
    check_thru("MIDI passes while the model changes", music)
    results.check("a preset loads in peace", not jalv.complaints(), jalv.complaints())


def as_state(preset):
    """A folder with a preset as state. Its console cannot set ports in jalv 1.6."""
    folder = SCRATCH / "preset"
    folder.mkdir(exist_ok=True)
    text = preset.text.replace(f"<{preset.uri}>", "<>")
    # Its model lies beside it in the bundle.
    text = text.replace(f"<{common.SECOND_MODEL.name}>", f"<{common.SECOND_MODEL.as_uri()}>")
    (folder / "state.ttl").write_text(text)
    return str(folder)


def is_loaded(preset, controls):
    return all(abs(controls[name] - value) < 1e-6 for name, value in preset.values.items())


def test_factory_presets():
    presets = common.factory_presets()
    wrong, complaints = [], ""
    for label, preset in presets.items():
        with Jalv("-l", as_state(preset)) as jalv:
            if not is_loaded(preset, jalv.controls()):
                wrong.append(label)
        complaints += jalv.complaints()
    results.check("loads all presets", len(presets) >= 8 and not wrong, " ".join(wrong))
    with Jalv(PLUGIN) as jalv:
        jalv.say("presets")
        listed = jalv.says([f"{preset.uri} ({label})" for label, preset in presets.items()])
    results.check("lists all presets", listed, "".join(jalv.lines))
    results.check("presets load in peace", not complaints, complaints)


def test_voltages():
    """The sibling outputs neuron 1 on an audio port: 0..10."""
    preset = common.factory_presets(common.CV)["Steps and gates on the beat"]
    with Jalv("-l", as_state(preset)) as jalv:
        controls = jalv.controls()
        music = Music(jalv, FREE_TEMPOS, timebase=True, port="neuron_1")
        with music:
            while music.plays():
                pass
    results.check("the sibling loads a preset", is_loaded(preset, controls), str(controls))
    told = [value / 1e6 for _, value in music.passed()]
    windows = common.expected("--hop", "beat").items()
    # The windows that end while the music plays. A window has 8 beats.
    heard = [ports for w, ports in windows if w - 1 + 8 <= common.BEATS_TO_PLAY]
    wanted = [10 * ports["neuron_1"] for ports in heard]
    missing = [v for v in wanted if not any(abs(v - t) < 1e-4 for t in told)]
    good = len(wanted) > common.WINDOWS and not missing
    results.check("the sibling's voltage is neuron 1", good, f"{missing} not in {told}")
    results.check("the sibling plays in peace", not jalv.complaints(), jalv.complaints())


def test_player():
    """The player answers two bars with two bars, in time with a timebase master."""
    state = SCRATCH / "player-state"
    state.mkdir(exist_ok=True)
    settings = {"mode": 0, "amount": 0, "temperature": 1, "thru": 0, "channel": 3, "lead": 1}
    model = common.decoding_model()
    (state / "state.ttl").write_text(common.state_of("", settings, common.PLAYER, model))
    with Jalv("-l", str(state)) as jalv:
        music = Music(jalv, FREE_TEMPOS, timebase=True)
        with music:
            while music.plays():
                pass
        ports = jalv.ask("monitors", "played_axis_8")
    sounding, wrong, starts = None, [], []
    for event in music.passed():
        frame, status, pitch, _ = event
        step = frame * common.BPM * STEPS_PER_BEAT / 60 / RATE
        if status == 0x92 and sounding is None and abs(step - round(step)) < 1e-3:
            sounding = pitch
            starts.append(round(step))
        elif status == 0x82 and sounding == pitch:
            sounding = None
        else:
            wrong.append(event)
    answered = {step // 32 for step in starts}
    good = not wrong and sounding is None and answered == {1, 3} and ports["turns"] == 2
    results.check("the player answers in its bars, and no note hangs", good,
                  f"{wrong} {sounding} {starts} {ports}")
    results.check("the player is in time", ports["late"] == 0, str(ports["late"]))
    results.check("the player plays in peace", not jalv.complaints(), jalv.complaints())


def test_styles():
    """The likeliest style follows a reel, and then a hymn."""
    notes, hymn, bars = common.two_tunes()
    names, wanted = common.expected_styles()
    state = SCRATCH / "styles-state"
    state.mkdir(exist_ok=True)
    text = common.state_of("", {"glide": 0, "hold": 64}, model=common.SECOND_MODEL)
    (state / "state.ttl").write_text(text)
    with Jalv("-l", str(state)) as jalv:
        beats = 4 * (bars + 1)
        music = Music(jalv, (QUICK, 0, QUICK), timebase=True, beats=beats, notes=notes)
        samples = listen(jalv, music)
    results.check_windows("styles and bars heard are the program's", samples, wanted)
    # A window of two bars has the number of its last bar.
    tops = {w: ports["style_top"] for w, ports in samples.by_window().items()}
    reel = [top for w, top in sorted(tops.items()) if w <= hymn - 1]
    results.check_styles(names, reel[-1], tops[max(w for w in tops if w in wanted)])


def test():
    other = common.OTHER_MODEL
    with Server(BLOCK):
        test_timebase(common.expected())
        test_free(common.expected("--hop", "half-bar", model=other))
        test_factory_presets()
        test_voltages()
        test_player()
        test_styles()
    with Server(SMALL_BLOCK):
        test_preset(common.expected(), common.expected(model=common.SECOND_MODEL))


if __name__ == "__main__":
    results.of(test)
