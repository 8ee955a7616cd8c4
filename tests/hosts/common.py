# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What the tests of all hosts share: the music, the expected values, results."""

import array
import bisect
import collections
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import traceback

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "cli"))

import midi
import models

BUILD, SCRATCH = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
PROGRAM = BUILD / "music-neurons"
TUNE = SCRATCH / "tune.mid"
TWO_TUNES = SCRATCH / "two-tunes.mid"
BUNDLE = BUILD / "music-neurons.lv2"
OWN_MODEL = BUNDLE / "melody-2bar-open.safetensors"
SECOND_MODEL, SECOND_PRESET = BUNDLE / "melody-2bar.safetensors", "Model: magenta"
OTHER_MODEL = SCRATCH / "other.safetensors"

PLUGIN = "urn:music-neurons:monitor"
CV = "urn:music-neurons:cv"
PLAYER = "urn:music-neurons:player"
GAIN = "urn:music-neurons:test-gain"
RATE = 48000
STEPS_PER_BEAT = 4

# The tempo changes on a bar line in the middle of the music.
BPM, CHANGE_BEAT, BPM_AFTER = 240, 16, 180

MELODY = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, None]
NOISE_STEPS = 48

BARS = 7
WINDOWS = BARS  # of two bars, one a bar; the last is half empty
BEATS_TO_PLAY = 4 * (BARS + 1) + 1  # until the last one has surely arrived

TOP = 8
RANKED = 16


def music():
    """Four bars of a tune, then three of random notes: (start, end, pitch) in steps."""
    notes = [(4 * i, 4 * i + 4, p) for i, p in enumerate(MELODY) if p]
    rng = random.Random(5)
    first = 4 * len(MELODY)
    notes += [(first + i, first + i + 1, rng.randint(30, 100)) for i in range(NOISE_STEPS)]
    return notes


def two_tunes():
    """A reel and then a hymn, as `music`, the bar where the hymn begins, and how many there are."""
    text = (HERE.parent / "host" / "tunes.h").read_text()
    notes, bars = [], [0]
    for name in ("reel", "hymn"):
        numbers = [int(n) for n in re.search(rf"{name}\[\] = {{([^}}]*)}}", text)[1].split(",")]
        at = 4 * STEPS_PER_BEAT * bars[-1]
        for pitch, steps in zip(numbers[::2], numbers[1::2]):
            notes += [(at, at + steps, pitch)] if pitch else []
            at += steps
        bars.append(-(-at // (4 * STEPS_PER_BEAT)))
    return notes, bars[1], bars[2]


def frame_of(beat, tempos=(BPM, CHANGE_BEAT, BPM_AFTER)):
    """The transport frame of a beat."""
    bpm, change, bpm_after = tempos
    before = min(beat, change)
    return round((before * 60 / bpm + (beat - before) * 60 / bpm_after) * RATE)


def write_files():
    """The music, and a model that gives other values for it."""
    for file, notes in ((TUNE, music()), (TWO_TUNES, two_tunes()[0])):
        file.write_bytes(midi.file(midi.track(*(midi.note(*n) for n in notes)), form=0))
    other = models.small_model(hidden=256, latent=40, music=RANKED)
    OTHER_MODEL.write_bytes(models.model_bytes(*other))


def decoding_model():
    """A small model with a decoder, both random: that of the program's tests."""
    os.environ["MUSIC_NEURONS"] = str(PROGRAM)
    import checkpoints
    import test_decode

    model, source = SCRATCH / "decoding.safetensors", SCRATCH / "floats.safetensors"
    weights = checkpoints.weights(8, test_decode.LATENT, music=8) | test_decode.decoder()
    source.write_bytes(checkpoints.safetensors(weights))
    command = [PROGRAM, "import", source, "--decoder", source, "-o", model, "--windows", "400"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return model


def state_of(subject, controls, plugin=PLUGIN, model=OTHER_MODEL):
    """Turtle of control values and a model, the other one by default."""
    ports = "".join(
        f' lv2:port [ lv2:symbol "{name}" ; pset:value {float(value)} ] ;\n'
        for name, value in controls.items()
    )
    return (
        "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
        "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
        f"<{subject}> a pset:Preset ; lv2:appliesTo <{plugin}> ;\n"
        f' rdfs:label "Other" ;\n{ports}'
        f" state:state [ <{PLUGIN}#model> <{model.as_uri()}> ] .\n"
    )


Preset = collections.namedtuple("Preset", "uri values text")


def factory_presets(plugin=PLUGIN):
    """The presets that the bundle has for a plugin, by their labels."""
    presets = {}
    for file in sorted(BUNDLE.glob("preset-*.ttl")):
        text = file.read_text()
        if f"lv2:appliesTo <{plugin}>" in text:
            values = re.findall(r'lv2:symbol "(\w+)" ; pset:value (\S+)', text)
            uri = re.search(r"^<(.+)>$", text, re.MULTILINE)[1]
            label = re.search(r'rdfs:label "(.+)"', text)[1]
            presets[label] = Preset(uri, {name: float(value) for name, value in values}, text)
    return presets


def analyzed(file, *options):
    """What the program says of each window of a file."""
    command = [PROGRAM, "analyze", "--format", "json", *options, file]
    text = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=60
    ).stdout
    return list(map(json.loads, text.splitlines()))


def expected(*options, model=OWN_MODEL):
    """What each window must show, by the symbols of the ports."""
    ranked = quantiles_of(model)
    windows = analyzed(TUNE, "--latent", "--model", model, *options)
    return {w["window"]: ports_of(w, ranked) for w in windows}


def expected_styles():
    """The names of the styles, and what windows of the two tunes must show of them."""
    windows = [w for w in analyzed(TWO_TUNES, "--model", SECOND_MODEL) if w["styles"]]
    names = [style["name"] for style in windows[0]["styles"]]
    values = {
        w["window"]: {
            **{name: w[name] for name in ("bars_heard", "style_top", "style_confidence")},
            **{f"style_{i}": s["probability"] for i, s in enumerate(w["styles"], 1)},
        }
        for w in windows
    }
    return names, values


def quantiles_of(model):
    """The first neurons in the model's order, and the quantiles of each."""
    header, body = models.split_file(model.read_bytes())
    order = json.loads(header["__metadata__"]["readout"])["order"][:RANKED]
    values = array.array("f", body[slice(*header["readout/quantiles"]["data_offsets"])])
    return [(n, values[n * models.QUANTILES : (n + 1) * models.QUANTILES]) for n in order]


def percentile(quantiles, mu):
    """The place of mu among them, 0..1: in the middle of those equal to it."""
    below, upto = bisect.bisect_left(quantiles, mu), bisect.bisect_right(quantiles, mu)
    last = len(quantiles) - 1
    if upto > below:
        return (below + upto - 1) / 2 / last
    if below in (0, last + 1):
        return float(below > 0)
    low, high = quantiles[below - 1 : below + 1]
    return (below - 1 + (mu - low) / (high - low)) / last


def ports_of(window, ranked):
    names = ("musicality", "music_active", "noise_active", "noise_energy")
    ports = {name: window[name] for name in names}
    for place, top in enumerate(window["top"], 1):
        ports[f"top_{place}_neuron"] = top["neuron"]
        ports[f"top_{place}_activation"] = top["mu"]
    for rank, (neuron, quantiles) in enumerate(ranked, 1):
        ports[f"neuron_{rank}"] = percentile(quantiles, window["mu"][neuron])
    return ports


# Hosts print floats with 6 decimals.
TOLERANCE = 2e-6


def difference(seen, wanted):
    """The first port of the first window with a difference, as text, or None."""
    for window, ports in sorted(seen.items()):
        for name, value in wanted.get(window, {}).items():
            if abs(ports[name] - value) > TOLERANCE:
                return f"window {window}: {name} is {ports[name]}, not {value}"
    return None


class Samples:
    """Values of the outputs that a test read before the transport stopped.

    `at_rest` has the values at a standstill.
    """

    def __init__(self):
        self.all = []
        self.at_rest = None

    def add(self, ports):
        self.all.append(ports)

    def by_window(self):
        """The settled values of each window.

        A reading may fall into the middle of a block, so only values that were read twice
        count.
        """
        windows = {}
        for before, after in zip(self.all, self.all[1:]):
            ports = {k: v for k, v in after.items() if k not in ("progress", "encode_ms")}
            if all(before.get(name) == value for name, value in ports.items()):
                windows[int(after["window"])] = after
        return windows

    def values(self, name):
        return [ports[name] for ports in self.all]

    def range_of(self, name):
        values = self.values(name)
        return max(values) - min(values)


class Results:
    """Prints a line for each check."""

    def __init__(self, host):
        self.host = host
        self.passed = 0
        self.failed = 0

    def check(self, what, good, detail=""):
        if good:
            self.passed += 1
            print(f"ok      {self.host}: {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {self.host}: {what}{': ' if detail else ''}{detail}", flush=True)

    def check_windows(self, what, samples, wanted):
        """All windows seen are as expected, and most expected windows were seen."""
        seen = {w: p for w, p in samples.by_window().items() if w in wanted}
        found = difference(seen, wanted)
        if not found and len(seen) < 3 * len(wanted) / 4:
            found = f"only windows {sorted(seen)} of {len(wanted)} were seen"
        self.check(what, not found, found)

    def check_synced(self, what, samples, synced):
        # Readings begin before the transport starts.
        values = [ports["synced"] for ports in samples.all if ports["window"] >= 1]
        wrong = sum(value != synced for value in values)
        self.check(what, values and not wrong, f"{wrong} of {len(values)} are not {synced}")

    def check_styles(self, names, first, last):
        """What the study says: the reel is told as a folk dance, and the hymn as a hymn."""
        told = [names[int(top) - 1] if top else None for top in (first, last)]
        good = told == ["folk dance", "hymn"]
        self.check("a reel is a folk dance, and the hymn after it a hymn", good, str(told))

    def check_at_rest(self, samples):
        synced = samples.at_rest and samples.at_rest["synced"]
        self.check("is not synced once the transport stands", synced == 0, str(synced))

    def check_outputs(self, samples):
        counted = samples.values("window")
        good = counted == sorted(counted) and counted[0] == 0 and counted[-1] >= WINDOWS
        self.check("windows count up", good, f"{counted[0]} to {counted[-1]}")
        names = ["musicality"] + [f"neuron_{i}" for i in range(1, RANKED + 1)]
        still = [name for name in names if samples.range_of(name) < 0.05]
        self.check("musicality and all neurons move", not still, " ".join(still))
        self.check("a tune is more musical than noise", samples.range_of("musicality") > 0.5)
        self.check("no window is late", samples.all[-1]["late"] == 0)

    def of(self, test):
        """Runs the test. An exception is a failure. Leaves the counts for `run`."""
        exit_on_signals()
        try:
            write_files()
            test()
        except Exception as error:
            traceback.print_exc()
            self.check("the test runs to its end", False, repr(error))
        (SCRATCH / "counts").write_text(f"{self.passed} {self.failed}\n")


def exit_on_signals():
    """Turns a signal into an exception, so that the hosts end."""

    def leave(number, _):
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)


def end(process, seconds=5):
    """Ends a process that this test started. Returns its exit status."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
