# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The plugin in Ardour, without a screen: ardour.py BUILD SCRATCH"""

import struct
import subprocess
import sys
import xml.etree.ElementTree as xml

import common
from common import PRESET, SCRATCH, TUNE

SESSION = SCRATCH / "ardour" / "session"
SCRIPT = common.HERE / "ardour.lua"

TICKS_PER_BEAT = 1920
SECONDS = 90

# On a busy machine Ardour 7.3 with its synth dies in some exports, and some sound
# different, be the plugin there or not: two that are equal count.
EXPORT_ATTEMPTS = 5

WINDOWS_AFTER = 12  # with a hop of a beat: up to beat 20, past the change of tempo

results = common.Results("ardour")


def ardour(command, *arguments):
    """Runs a command of ardour.lua. Returns its values by the names of lines."""
    done = subprocess.run(
        ["ardour7-lua", SCRIPT, command, SESSION, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=SECONDS,
    )
    told = {"outputs": [], "controls": []}
    for line in done.stdout.splitlines():
        words = line.split()
        if words and words[0] in told:
            pairs = (word.split("=") for word in words[1:])
            told[words[0]].append({name: float(value) for name, value in pairs})
    errors = [line for line in done.stdout.splitlines() if "rror" in line]
    if done.returncode or errors:
        raise RuntimeError(f"{command}: status {done.returncode}\n{done.stdout[-4000:]}")
    return told


def add_music(snapshot):
    """Puts the MIDI file on the track: Ardour's Lua has no way to import it."""
    tree = xml.parse(SESSION / f"{snapshot}.ardour")
    root = tree.getroot()
    ids = iter(range(int(root.get("id-counter")), sys.maxsize))

    folder = SESSION / "interchange" / SESSION.name / "midifiles"
    (folder / TUNE.name).write_bytes(TUNE.read_bytes())
    source = str(next(ids))
    xml.SubElement(root.find("Sources"), "Source", id=source, name=TUNE.name, type="midi", flags="")

    length = 4 * common.BARS * TICKS_PER_BEAT
    for place, whole in (("Regions", "1"), ("Playlists/Playlist[@name='tune']", "0")):
        region = {
            "id": str(next(ids)),
            "name": "tune",
            "type": "midi",
            "start": "b0",
            "length": f"b{length}@b0",
            "opaque": "1",
            "whole-file": whole,
            "source-0": source,
            "master-source-0": source,
        }
        xml.SubElement(root.find(place), "Region", region)
    session_range = {
        "id": str(next(ids)),
        "name": "session",
        "start": "b0",
        "end": f"b{length + 4 * TICKS_PER_BEAT}",
        "flags": "IsSessionRange",
    }
    xml.SubElement(root.find("Locations"), "Location", session_range)
    root.set("id-counter", str(next(ids)))
    save(tree, snapshot)


def remove_plugin(snapshot, without):
    """Makes a snapshot without the plugin."""
    tree = xml.parse(SESSION / f"{snapshot}.ardour")
    for route in tree.iter("Route"):
        for processor in route.findall(f"Processor[@unique-id='{common.PLUGIN}']"):
            route.remove(processor)
    save(tree, without)


def save(tree, snapshot):
    tree.write(SESSION / f"{snapshot}.ardour", encoding="UTF-8", xml_declaration=True)


def export(snapshot):
    """The samples of an exported snapshot; None if Ardour dies."""
    file = SCRATCH / "export.wav"
    done = subprocess.run(
        ["ardour7-export", "-b", "24", "-o", file, SESSION, snapshot],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
    )
    if done.returncode:
        return None
    data = file.read_bytes()
    at = 12
    while data[at : at + 4] != b"data":
        at += 8 + struct.unpack_from("<I", data, at + 4)[0]
    return data[at + 8 :]


def agreed_export(snapshot, seen=()):
    """The samples of an export that was seen before, here or in `seen`; or None."""
    seen = [*seen]
    for _ in range(EXPORT_ATTEMPTS):
        audio = export(snapshot)
        if audio and audio in seen:
            return audio
        seen.append(audio)
    return None


def samples_of(told):
    samples = common.Samples()
    for ports in told["outputs"]:
        samples.add(ports)
    return samples


def test_playing():
    samples = samples_of(ardour("play", common.WINDOWS))
    results.check_synced("is synced while the transport rolls", samples, 1)
    results.check_outputs(samples)
    results.check_windows(
        "windows follow bars through a tempo change", samples, common.expected()
    )


def test_reopening():
    """What was set before the session was saved is there when it is open again."""
    settings = {"hop": 3, "channel": 1, "voice": 2, "hold": 40, "glide": 0, "tempo": 99}
    ardour("change", PRESET, *(f"{name}={value}" for name, value in settings.items()))
    told = ardour("play", WINDOWS_AFTER)
    controls = told["controls"][0]
    kept = all(controls[name] == value for name, value in settings.items())
    results.check("controls survive saving and reopening", kept, str(controls))

    wanted = common.expected(
        "--hop", "beat", "--channel", "1", "--voice", "latest", model=common.OTHER_MODEL
    )
    wanted = {window: ports for window, ports in wanted.items() if window <= WINDOWS_AFTER}
    samples = samples_of(told)
    results.check_synced("is synced after reopening", samples, 1)
    results.check_windows("the model survives saving and reopening", samples, wanted)


def test_export():
    audio = agreed_export("synth")
    results.check("an export can be repeated", audio)
    results.check("an export sounds", audio and any(audio))
    remove_plugin("synth", "bare")
    same = audio and agreed_export("bare", [audio])
    results.check("a synth hears the same through the plugin", same)


def test():
    ardour("create", "synth")
    results.check("a MIDI track takes the plugin", True)
    for snapshot in ("session", "synth"):
        add_music(snapshot)
    test_playing()
    test_reopening()
    test_export()


if __name__ == "__main__":
    results.of(test)
