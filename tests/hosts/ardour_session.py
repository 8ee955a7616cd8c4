# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Ardour's session files and its exports, where its Lua does not help."""

import base64
import pathlib
import struct
import sys
import xml.etree.ElementTree as xml

import common

TICKS_PER_BEAT = 1920


class Snapshot:
    """A snapshot of a session, to be changed and saved under any name."""

    def __init__(self, session, name):
        self.session = session
        self.tree = xml.parse(session / f"{name}.ardour")
        self.root = self.tree.getroot()

    def save(self, name):
        file = self.session / f"{name}.ardour"
        self.tree.write(file, encoding="UTF-8", xml_declaration=True)

    def add_music(self, file=common.TUNE, bars=common.BARS):
        """Puts a MIDI file on the track: Ardour's Lua has no way to import it."""
        ids = iter(range(int(self.root.get("id-counter")), sys.maxsize))
        folder = self.session / "interchange" / self.session.name / "midifiles"
        (folder / file.name).write_bytes(file.read_bytes())
        source = str(next(ids))
        xml.SubElement(
            self.root.find("Sources"),
            "Source",
            id=source,
            name=file.name,
            type="midi",
            flags="",
        )
        length = 4 * bars * TICKS_PER_BEAT
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
            xml.SubElement(self.root.find(place), "Region", region)
        session_range = {
            "id": str(next(ids)),
            "name": "session",
            "start": "b0",
            "end": f"b{length + 4 * TICKS_PER_BEAT}",
            "flags": "IsSessionRange",
        }
        xml.SubElement(self.root.find("Locations"), "Location", session_range)
        self.root.set("id-counter", str(next(ids)))

    def remove_tempo_change(self):
        tempos = self.root.find("TempoMap/Tempos")
        tempos.remove(tempos[1])

    def set_scripts(self, state):
        self.root.find("Script").text = base64.b64encode(b"scripts = {} " + state).decode()

    def scripts(self):
        return base64.b64decode(self.root.find("Script").text)

    def plugins(self, uri):
        for route in self.root.iter("Route"):
            for processor in route.findall(f"Processor[@unique-id='{uri}']"):
                yield route, processor

    def remove_plugin(self):
        for route, processor in self.plugins(common.PLUGIN):
            route.remove(processor)

    def bypass_plugin(self):
        for _, processor in self.plugins(common.PLUGIN):
            processor.set("active", "0")

    def automation(self):
        """The points of the gain's Level, as (time, value)."""
        for _, processor in self.plugins(common.GAIN):
            for events in processor.iter("events"):
                words = events.text.split()
                return list(zip(words[::2], words[1::2]))
        return []

    def forget_automation(self):
        for _, processor in self.plugins(common.GAIN):
            processor.remove(processor.find("Automation"))


def write_export_format(home):
    """Adds a format of exports to Ardour: floats, which need no dither."""
    shared = pathlib.Path("/usr/share/ardour7/export")
    floats = xml.parse(shared / "BWAV 32float Export.format").getroot()
    preset = xml.parse(shared / "wav.preset")
    preset.getroot().set("id", "00000000-0000-4000-8000-000000000001")
    preset.getroot().set("name", "floats")
    preset.find("ExportFormat").set("id", floats.get("id"))
    folder = home / ".config" / "ardour7" / "export"
    folder.mkdir(parents=True, exist_ok=True)
    preset.write(folder / "floats.preset", encoding="UTF-8", xml_declaration=True)


def samples(file):
    """The samples of a WAV file of floats, as (left, right)."""
    data = file.read_bytes()
    at = 12
    while data[at : at + 4] != b"data":
        at += 8 + struct.unpack_from("<I", data, at + 4)[0]
    size = struct.unpack_from("<I", data, at + 4)[0]
    return list(struct.iter_unpack("<ff", data[at + 8 : at + 8 + size]))
