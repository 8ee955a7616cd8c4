# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

"""`music-neurons render`: a MIDI file with the plugin's controllers. What the plugin sends is compared with
the built plugin in tests/host/test_render.c; here it is what the file holds, and one value by hand."""

import random
import struct

import midi
from program import ProgramTest, run

TUNE = [midi.note(*n) for n in midi.ode_to_joy()]
ONE = ["--set", "cc_1_source=musicality", "--set", "cc_1_glide=0"]
TURTLE = """@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
@prefix atom: <http://lv2plug.in/ns/ext/atom#> .
<> a pset:Preset ; lv2:appliesTo <urn:music-neurons:monitor> ;
   lv2:port [ lv2:symbol "cc_1_source" ; pset:value 1.0 ] , [ pset:value 50 ; lv2:symbol "cc_1_controller" ]{more} ."""


def read_number(data, at):
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def read_track(data):
    """The events of a track, (tick, bytes), by the standard alone."""
    events, at, tick, status = [], 0, 0, 0
    while at < len(data):
        delta, at = read_number(data, at)
        tick += delta
        if data[at] >= 0x80:
            status = data[at]
            at += 1
        if status in (0xF0, 0xF7, 0xFF):
            kind = data[at:at + 1] if status == 0xFF else b""
            length, end = read_number(data, at + len(kind))
            events.append((tick, bytes([status]) + kind + data[end:end + length]))
            at = end + length
        else:
            size = 1 if 0xC0 <= status < 0xE0 else 2
            events.append((tick, bytes([status]) + data[at:at + size]))
            at += size
    return events


def read_file(data):
    """Format, division and tracks of a file without a fault."""
    form, count, division = struct.unpack(">4xIHHH", data[:14])[1:]
    tracks, at = [], 14
    while at < len(data):
        length = struct.unpack(">I", data[at + 4:at + 8])[0]
        tracks.append(read_track(data[at + 8:at + 8 + length]))
        at += 8 + length
    assert len(tracks) == count
    return form, division, tracks


class RenderTest(ProgramTest):
    def render(self, data, *options, errors=rb"^$"):
        """The file that comes out; its last track without its name and end, as (tick, controller, value)."""
        path, output = self.write(data), self.folder / "out.mid"
        result = run("render", "--model", self.model, path, "-o", output, *options)
        self.assertEqual((result.returncode, result.stdout), (0, b""), result)
        self.assertRegex(result.stderr, errors)
        form, division, tracks = read_file(output.read_bytes())
        name, *sent, end = tracks.pop()
        self.assertEqual((form, name), (1, (0, b"\xff\x03Music Neurons")))
        self.assertEqual(end, (sent[-1][0], b"\xff\x2f"))
        self.assertEqual({message[:1] for _, message in sent}, {b"\xb0"})
        return division, tracks, [(tick, *message[1:]) for tick, message in sent]

    def test_every_event_stays_as_it_was(self):
        first = midi.track(midi.metre(0, 3, 4), midi.tempo(0, 97), midi.tempo(40, 133), [
            (0, midi.META, b"\xff\x01\x03abc"), (7, midi.META, b"\xf0\x04\x43\x12\x00\xf7"), (9, midi.META, b"\xff\x59\x02\x02\x00"),
            (9, midi.META, b"\xff\x20\x01\x05"), (90, midi.META, b"\xff\x05\x02la"), (99, midi.META, b"\xf7\x02\xf3\x01")])
        second = midi.track(*TUNE, midi.control(5, 64, 127), midi.control(9, 64, 0), [
            (0, midi.META, b"\xc0\x05"), (50, midi.META, b"\xd0\x22"), (60, midi.META, b"\xe0\x00\x41"), (61, midi.META, b"\xa0\x40\x41")])
        data = midi.file(first, second)
        division, tracks, sent = self.render(data, *ONE)
        self.assertEqual((1, division, tracks), read_file(data))
        self.assertGreater(len(sent), 1)

    def test_running_status_and_format_0_are_the_same_events(self):
        body = b"\x00\x90\x3c\x40\x60\x3e\x40\x60\x3c\x00\x00\x3e\x00\x00\xff\x01\x01a\x00\x90\x40\x40\x60\x40\x00\x00\xff\x2f\x00"
        data = midi.file(midi.raw_track(body), form=0, division=96)
        division, tracks, _ = self.render(data, *ONE)
        self.assertEqual((0, division, tracks), read_file(data))

    def test_musicality_comes_when_its_window_is_complete(self):
        """A note rounds to the nearest step: a window is known half a step after its last one. CC 20 goes from 0 to 127."""
        rng = random.Random(3)
        steps = [step for step in range(256) if rng.random() < (step + 64) / 512]
        data = midi.file(midi.track(*[midi.note(step, step + 1, rng.randint(40, 90)) for step in steps]))
        expected = [(0, 20, 64)]  # 0.5, before anything was heard
        for r in self.records(data):
            value = int(127 * r["musicality"] + 0.5) if r["musicality"] is not None else expected[-1][2]
            tick = round((4 * r["start_beat"] + 31.5) * midi.TICKS_PER_STEP)
            if value != expected[-1][2]:
                expected.append((tick, 20, value))
        self.assertGreater(len(expected), 3)
        self.assertEqual(self.render(data, *ONE)[2], expected)

    def test_ticks_follow_the_tempo_and_the_division(self):
        """A line of two seconds, a message each 50th of a second: so many ticks."""
        line = ["--set", "cc_1_source=musicality", "--set", "cc_1_glide=2000", "--set", "cc_1_rate=5", "--set", "cc_1_wide=on",
                "--set", "glide=0"]
        for bpm in (60, 150):
            _, _, sent = self.render(midi.file(midi.track(midi.tempo(0, bpm), *TUNE)), *line)
            ticks = [tick for tick, controller, _ in sent if controller == 20][1:9]
            self.assertEqual({b - a for a, b in zip(ticks, ticks[1:])}, {bpm / 60 * 480 / 5}, bpm)
        division = 0xE728  # 25 frames of 40 ticks: milliseconds
        notes = [(tick * 1000 // 960, kind, message) for group in TUNE for tick, kind, message in group]
        data = midi.file(midi.track(notes), division=division)
        kept, tracks, sent = self.render(data, *line)
        self.assertEqual((1, kept, tracks), read_file(data))
        ticks = [tick for tick, controller, _ in sent if controller == 20][1:9]
        self.assertEqual({b - a for a, b in zip(ticks, ticks[1:])}, {200})

    def test_the_same_file_gives_the_same_bytes_also_in_its_own_place(self):
        path = self.write(midi.file(midi.track(*TUNE)))
        outputs = []
        for output in (self.folder / "a.mid", self.folder / "b.mid", path):
            self.assertEqual(self.good("render", "--model", self.model, path, "-o", output), "")
            outputs.append(output.read_bytes())
        self.assertEqual(outputs, [outputs[0]] * 3)
        self.assertEqual(list(self.folder.glob("*.mid?*")), [])

    def test_notes_are_analyzed_as_before(self):
        data = midi.file(midi.track(midi.metre(0, 7, 8), midi.tempo(0, 133), *TUNE))
        before = self.records(data)
        self.render(data)
        self.assertEqual(self.records((self.folder / "out.mid").read_bytes()), before)

    def test_presets_and_settings(self):
        data = midi.file(midi.track(*TUNE))

        def controllers(*options):
            return {controller for _, controller, _ in self.render(data, *options)[2]}

        self.assertEqual(controllers(), set(range(20, 28)))
        self.assertEqual(controllers("--preset", "slow-drift"), {20, 21, 22, 23, 52, 53, 54, 55})
        self.assertEqual(controllers("--preset", "slow-drift", "--set", "cc_4_wide=OFF", "--set", "cc_3_source=off"),
                         {20, 21, 23, 52, 53})
        self.assertEqual(controllers("--set", "cc_2_source=neuron 3", "--set", "cc_2_controller=99"), {99})
        saved = self.write(TURTLE.format(more="").encode(), "saved.ttl")
        self.assertEqual(controllers("--preset", saved), {50})

    def test_a_preset_that_a_host_saved_has_its_model(self):
        path, output = self.write(midi.file(midi.track(*TUNE))), self.folder / "out.mid"
        self.good("render", path, "-o", output, "--model", self.model, *ONE, "--set", "cc_1_controller=50")
        expected = output.read_bytes()
        for model in (f"<{self.model.name}>", f'"{self.model.name}"^^atom:Path', f'"{self.model}"^^atom:Path'):
            state = f" ; state:state [ <urn:music-neurons:monitor#model> {model} ]"
            saved = self.write(TURTLE.format(more=state).encode(), "saved.ttl")
            self.good("render", path, "-o", output, "--preset", saved, "--set", "cc_1_glide=0")
            self.assertEqual(output.read_bytes(), expected)

    def test_a_control_that_is_not_there_is_passed_over_with_a_warning(self):
        saved = self.write(TURTLE.format(more=', [ lv2:symbol "old" ; pset:value 1 ]').encode(), "saved.ttl")
        _, _, sent = self.render(midi.file(midi.track(*TUNE)), "--preset", saved, errors=rb"saved.ttl: no control is called 'old'\n$")
        self.assertEqual({controller for _, controller, _ in sent}, {50})

    def test_a_file_with_faults_is_mended(self):
        whole = midi.file(midi.track(*TUNE))
        _, tracks, sent = self.render(whole[:-4], *ONE, errors=rb"^music-neurons: warning: .*\n$")
        self.assertEqual((tracks, sent), self.render(whole, *ONE)[1:])

    def test_what_cannot_be_rendered_is_refused_in_one_line(self):
        path, output = self.write(midi.file(midi.track(*TUNE))), self.folder / "refused.mid"
        cut = self.write(midi.file(midi.track(*TUNE))[:-4], "cut.mid")
        apart = self.write(midi.file(midi.track(*TUNE), midi.track(*TUNE), form=2), "apart.mid")
        two = self.write(TURTLE.format(more=" . <b> lv2:appliesTo <urn:music-neurons:monitor>").encode(), "two.ttl")
        other = self.write(TURTLE.replace("neurons:monitor", "neurons:cv").format(more="").encode(), "other.ttl")
        empty = self.write(b"# nothing\n", "empty.ttl")
        for words, *arguments in (
            (b"no --output", path),
            (b"no MIDI file", "-o", output),
            (b"standard input", "-", "-o", output),
            (b"format 2", apart, "-o", output),
            (b"cut off", cut, "-o", output, "--strict"),
            (b"not a standard MIDI file", self.model, "-o", output),
            (b"no such file, and not one of bass-follower, ", path, "-o", output, "--preset", "drift"),
            (b"No such file", path, "-o", output, "--preset", self.folder / "no.ttl"),
            (b"no Turtle", path, "-o", output, "--preset", path),
            (b"no preset in it", path, "-o", output, "--preset", empty),
            (b"more than one preset", path, "-o", output, "--preset", two),
            (b"not of urn:music-neurons:monitor", path, "-o", output, "--preset", other),
            (b"no controller is sent", path, "-o", output, "--preset", "model-open"),
            (b"not SYMBOL=VALUE", path, "-o", output, "--set", "hop"),
            (b"no control is called 'hop '", path, "-o", output, "--set", "hop =1"),
            (b"no control is called 'freewheel'", path, "-o", output, "--set", "freewheel=0"),
            (b"no control is called 'sense'", path, "-o", output, "--set", "sense=0"),
            (b"not a number from 0 to 5, nor the name of a choice", path, "-o", output, "--set", "hop=6"),
            (b"not a number from 0 to 127", path, "-o", output, "--set", "cc_8_high=nan"),
            (b"not a number from 0 to 127", path, "-o", output, "--set", "cc_8_high="),
        ):
            with self.subTest(words):
                result = run("render", "--model", self.model, *arguments)
                self.assert_refused(result)
                self.assertIn(words, result.stderr)
                self.assertFalse(output.exists())

    def test_a_file_that_cannot_be_written_is_a_failure(self):
        path = self.write(midi.file(midi.track(*TUNE)))
        self.assert_refused(run("render", "--model", self.model, path, "-o", self.folder / "none" / "out.mid"), status=1)
