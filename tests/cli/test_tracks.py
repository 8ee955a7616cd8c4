# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Which notes of a MIDI file the program hears: track, channel, upbeat, pedal."""

import csv
import io
import json
import pathlib
import random
import unittest

import midi
from program import ProgramTest, run

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "midi"
MAJOR = [60, 62, 64, 65, 67, 69, 71, 72]


def name(text):
    return [(0, midi.META, b"\xff\x03" + midi.number(len(text)) + text)]


def program(number, channel=1):
    return [(0, midi.META, bytes([0xBF + channel, number - 1]))]


def notes(pitches, length=2, start=0):
    return [(start + i * length, start + (i + 1) * length, pitch) for i, pitch in enumerate(pitches)]


def part(tune, channel=1, *more):
    return midi.track(*[midi.note(*n, channel) for n in tune], *more)


TUNE = notes(MAJOR * 4)
CHORDS = [(s, s + 8, p) for s in range(0, 64, 8) for p in (76, 79, 84)]
BASS = notes([36, 43, 36, 43] * 4, 4)
DRUMS = notes([36, 38] * 16)
SONG = midi.file(midi.track(midi.metre(0, 4, 4)), part(CHORDS, 2, name(b"Pad")), part(TUNE, 1, name(b" Tune 1 ")),
                 part(BASS, 3), part(DRUMS, 10, name(b"Drums")))


class TracksTest(ProgramTest):
    def tracks(self, data):
        return [json.loads(line) for line in self.good("tracks", "--json", self.write(data)).splitlines()]

    def tokens(self, data, *options):
        return self.records(data, *options)[0]["tokens"]

    def assert_hears(self, tune, data, *options):
        self.assertEqual(self.tokens(data, *options), midi.tokens(tune, 0), options)

    def test_parts_are_listed_with_what_they_play(self):
        wanted = [
            (2, [2], None, "Pad", False, 24, 24, 76, 84, 3), (3, [1], None, "Tune 1", False, 32, 32, 60, 72, 1),
            (4, [3], None, "", False, 16, 16, 36, 43, 1), (5, [10], None, "Drums", True, 32, 0, 36, 38, 1),
        ]
        fields = "track", "channels", "program", "name", "drums", "notes", "heard", "lowest", "highest", "polyphony"
        listed = self.tracks(SONG)
        self.assertEqual([tuple(record[field] for field in fields) for record in listed], wanted)
        self.assertEqual([record["melody"] for record in listed], [False, True, False, False])
        text = self.good("tracks", self.write(SONG)).splitlines()
        self.assertEqual(len(text), 5)
        self.assertRegex(text[2], r"^ +3 +1 +- +32 +60-72 +1 +1\.00\* +Tune 1$|^ +3 .*\* +Tune 1$")

    def test_channels_of_one_program_are_one_part(self):
        """As the strings of a guitar are; other instruments in the same track are others."""
        strings = [midi.note(2 * i, 2 * i + 2, p, 1 + i % 6) for i, p in enumerate(MAJOR * 4)]
        flute = [midi.note(*n, 8) for n in notes([60, 61], 32)]
        guitar = [program(25, channel) for channel in range(1, 7)]
        data = midi.file(midi.track(*guitar, program(74, 8), *strings, *flute), form=0)
        listed = self.tracks(data)
        self.assertEqual([(r["channels"], r["program"], r["notes"]) for r in listed], [([1, 2, 3, 4, 5, 6], 25, 32), ([8], 74, 2)])
        self.assert_hears(TUNE, data)
        self.assert_hears(notes([60, 61], 32), data, "--channel", 8)
        # without programs all is one part
        plain = midi.file(midi.track(*strings, *flute), form=0)
        self.assertEqual([r["channels"] for r in self.tracks(plain)], [[1, 2, 3, 4, 5, 6, 8]])

    def test_a_program_from_another_track_counts(self):
        setup = midi.track(program(25, 1), program(74, 2))
        both = midi.track(*[midi.note(*n, 1) for n in TUNE], *[midi.note(*n, 2) for n in CHORDS])
        self.assertEqual([r["program"] for r in self.tracks(midi.file(setup, both))], [25, 74])

    def test_the_likeliest_melody_is_heard_and_named(self):
        self.assert_hears(TUNE, SONG)
        path = self.write(SONG)
        first = self.good("analyze", "--model", self.model, path).splitlines()[0]
        self.assertEqual(first, "hears track 3, channel 1 (Tune 1): the likeliest melody of 3 parts")
        result = run("latent", "--model", self.model, path)
        self.assertEqual(result.stderr.decode(), f"music-neurons: {path}: {first}\n")
        for record in self.records(SONG):
            self.assertEqual((record["track"], record["channel"]), (3, 1))
        table = self.good("analyze", "--model", self.model, "--format", "csv", path)
        for row in csv.DictReader(io.StringIO(table)):
            self.assertEqual((row["track"], row["channel"]), ("3", "1"))

    def test_a_name_counts(self):
        a, b = notes(MAJOR * 4), notes([72, 71, 69, 67, 65, 64, 62, 60] * 4)
        self.assert_hears(a, midi.file(part(a), part(b)))
        for word in (b"MELODY", b"Vocals", b"lead synth", b"Voice 1"):
            with self.subTest(word):
                self.assert_hears(b, midi.file(part(a), part(b, 1, name(word))))

    def test_a_single_part_is_no_choice(self):
        data = midi.file(midi.track(midi.metre(0, 4, 4)), part(TUNE), part(DRUMS, 10))
        record = self.records(data)[0]
        self.assertEqual((record["track"], record["channel"]), (None, None))
        self.assertNotIn("hears", self.good("analyze", "--model", self.model, self.write(data)))

    def test_tracks_of_format_2_are_no_choice(self):
        """They follow one another; but one can be chosen."""
        data = midi.file(part(notes(MAJOR[:4])), part(notes(MAJOR[4:])), form=2)
        self.assert_hears(notes(MAJOR), data)
        self.assert_hears(notes(MAJOR[4:], start=8), data, "--track", 2)

    def test_tracks_and_channels_can_be_chosen(self):
        for options, tune in ((("--track", 2), CHORDS), (("--track", "pad"), CHORDS), (("--track", "Tune 1"), TUNE),
                              (("--track", 4), BASS), (("--channel", 3), BASS), (("--channel", 10), DRUMS),
                              (("--track", "Drums", "--channel", 10), DRUMS), (("--track", 5, "--channel", 10), DRUMS)):
            self.assert_hears(tune, SONG, *options)
        for options in (("--track", "all"), ("--channel", 0)):
            self.assert_hears(TUNE + CHORDS + BASS, SONG, *options, "--voice", "highest")

    def test_tracks_on_one_channel_are_apart(self):
        """Also at the same pitch, at which a channel has one note, and under a pedal of the other."""
        a, b = [(s, s + 2, p) for s, _, p in notes([60, 62] * 8, 4)], notes([62, 60] * 8, 4)
        data = midi.file(part(a, 1, name(b"A")), part(b, 1, name(b"B"), midi.control(0, 64, 127)))
        self.assert_hears(a, data, "--track", "A")
        self.assert_hears(b, data, "--track", "B")

    def test_a_track_that_is_not_there_is_refused(self):
        path = self.write(SONG)
        for wanted in (0, 1, 6, "", "Violin", 10**30):
            for command in (("analyze",), ("latent",), ("draw", "-o", self.folder / "a.png")):
                with self.subTest((wanted, command)):
                    result = run(*command, "--model", self.model, "--track", wanted, path)
                    self.assert_refused(result)
                    self.assertIn(f"{path}: no track '{wanted}'".encode(), result.stderr)

    def test_names_may_be_anything(self):
        for data, said in ((b"\xff\xfe", "\ufffd\ufffd"), (b"a\nb\x1b[1m", "a\nb\x1b[1m"), (b"x" * 200, "x" * 47),
                           ("\u00e9".encode() * 40, "\u00e9" * 23), (b"\0secret", ""), (b"  ", ""), (b"\"\\", "\"\\")):
            with self.subTest(data):
                song = midi.file(part(TUNE, 1, name(data)))
                self.assertEqual(self.tracks(song)[0]["name"], said)
                result = run("tracks", self.write(song))
                self.assertEqual((result.returncode, result.stdout.count(b"\n"), result.stderr), (0, 2, b""))

    def test_why_there_are_no_notes(self):
        drums, low = part(DRUMS, 10), part(notes([12, 110]))
        for data, options, words in (
            (midi.file(midi.track()), (), "no notes"),
            (midi.file(drums), (), "no notes but on channel 10, where the drums are; --channel 10 hears them"),
            (midi.file(low), (), "no notes but below or above the piano's keys, 21 to 108"),
            (midi.file(drums, low), (), "no notes but on channel 10, where the drums are, and below or above the piano's keys, 21 to 108"),
            (SONG, ("--channel", 7), "no notes on channel 7"),
            (SONG, ("--track", 5), "no notes but on channel 10, where the drums are; --channel 10 hears them"),
        ):
            path = self.write(data)
            for command, status in ((("analyze",), 0), (("latent",), 0), (("draw", "-o", self.folder / "a.png"), 2)):
                with self.subTest((words, command)):
                    result = run(*command, "--model", self.model, *options, path)
                    self.assertEqual((result.returncode, result.stderr.decode()), (status, f"music-neurons: {path}: {words}\n"))

    def windows(self, data, *options):
        return [(r["start_beat"], r["tokens"]) for r in self.records(data, *options)]

    def test_an_upbeat_moves_the_bars(self):
        rng = random.Random(1)
        for upbeat, metre in ((1, (4, 4)), (0.5, (4, 4)), (1.5, (6, 8)), (2.25, (3, 4)), (15, (4, 4)), (3, None)):
            with self.subTest((upbeat, metre)):
                tune = notes([rng.randrange(50, 80) for _ in range(100)])
                data = midi.file(part(tune, 1, *([midi.metre(0, *metre)] if metre else [])))
                bar = 16 * metre[0] // metre[1] if metre else 16
                first = round(4 * upbeat)
                starts = [0] + list(range(first, 200, bar))
                self.assertEqual(self.windows(data, "--offset", upbeat), [(s / 4, midi.tokens(tune, s)) for s in starts])
                self.assertEqual(self.windows(data, "--offset", 0), self.windows(data))
                pairs = [start for start, _ in self.windows(data, "--offset", upbeat, "--hop", "2bars")]
                self.assertEqual(pairs, [s / 4 for s in range(first, 200, 2 * bar)])

    def test_an_upbeat_keeps_later_metres(self):
        tune = notes(MAJOR * 8)
        data = midi.file(part(tune, 1, midi.metre(0, 3, 4), midi.metre(4 + 24, 4, 4)))
        wanted = [0, 4, 16] + list(range(28, 128, 16))
        self.assertEqual([start for start, _ in self.windows(data, "--offset", 1)], [s / 4 for s in wanted])

    def guess(self, tune, numerator, denominator, *more):
        """An independent reading of the rule. None of the tunes here has two phases that are equally likely."""
        bar = 16 * numerator // denominator
        half = bar // 2 if numerator % 4 == 0 or numerator in (2, 6) else bar
        starts = [start for start, _, _ in tune]
        weight = [0] * bar
        for this, following in zip(starts, starts[1:]):
            weight[this % bar] += 2 + min(following - this, bar / 2)
        likelihood = {phase: weight[phase] / sum(weight) * bar / 2 + 0.5 * ((starts[-1] - phase) % half == 0)
                      + (phase <= bar / 2) + 0.25 * (phase == 0) for phase in range(0, bar, 2)}
        guess = max(likelihood, key=likelihood.get)
        data = midi.file(part(tune, 1, midi.metre(0, numerator, denominator), *more))
        self.assertEqual(self.windows(data, "--offset", "auto"), self.windows(data, "--offset", guess / 4))
        return guess

    def test_an_upbeat_can_be_guessed(self):
        ode = midi.ode_to_joy()
        self.assertEqual(self.guess(ode, 4, 4), 0)
        for upbeat in (2, 4, 6):
            tune = notes([60 + i for i in range(upbeat // 2)]) + [(s + upbeat, e + upbeat, p) for s, e, p in ode]
            self.assertEqual(self.guess(tune, 4, 4), upbeat)
        rng = random.Random(3)
        guesses = set()
        for metre in ((4, 4), (3, 4), (6, 8), (2, 4), (9, 8), (3, 2)) * 2:
            tune, step = [], 0
            for _ in range(60):
                length = rng.choice((2, 2, 2, 4, 4, 6, 8))
                tune.append((step, step + length, rng.randrange(55, 80)))
                step += length
            guesses.add(self.guess(tune, *metre))
        self.assertGreater(len(guesses), 3)

    def test_nothing_is_guessed_where_the_metre_changes_or_makes_no_steps(self):
        tune = [(s + 4, e + 4, p) for s, e, p in midi.ode_to_joy()]
        for metres in ((midi.metre(0, 4, 4), midi.metre(64, 3, 4)), (midi.metre(4, 4, 4),), (midi.metre(0, 7, 32),),
                       (midi.metre(0, 40, 4),)):
            data = midi.file(part([(0, 4, 60), *tune], 1, *metres))
            self.assertEqual(self.windows(data, "--offset", "auto"), self.windows(data))

    def test_bad_upbeats_and_pedals_are_refused(self):
        path = self.write(SONG)
        for options in (("--offset", -1), ("--offset", 0.3), ("--offset", 16), ("--offset", "nan"), ("--offset", "1x"),
                        ("--pedal", "up"), ("--pedal", "")):
            self.assert_refused(run("analyze", "--model", self.model, *options, path))

    def test_the_pedal_can_be_ignored(self):
        """MusicVAE's own reading of files leaves it out."""
        tune = [(s, s + 1, p) for s, _, p in notes(MAJOR, 4)]
        down = [midi.control(s, 64, 127) for s, _, _ in tune]
        up = [midi.control(s + 3, 64, 0) for s, _, _ in tune]
        data = midi.file(part(tune, 1, *down, *up))
        self.assert_hears([(s, s + 3, p) for s, _, p in tune], data)
        self.assert_hears(tune, data, "--pedal", "ignore")
        self.assert_hears([(s, s + 3, p) for s, _, p in tune], data, "--pedal", "hold")

    def test_files_that_rebuild_what_people_report(self):
        if not SHARED.is_dir():
            self.skipTest("no folder of them here")

        def read(file, *options):
            return [r["tokens"] for r in self.records((SHARED / file).read_bytes(), *options)]

        scale = midi.tokens(notes(MAJOR * 2), 0)
        for file in ("two_tracks_one_channel.mid", "pop_melody_below_pads.mid"):
            self.assertEqual(read(file)[0], scale)
            self.assertEqual(read(file, "--track", "melody")[0], scale)
        harmony = midi.tokens(notes([84, 88] * 8), 0)
        self.assertEqual(read("two_tracks_one_channel.mid", "--track", "Harm")[0], harmony)
        self.assertEqual(read("melody_on_channel_10.mid", "--channel", 10)[0], scale)
        for file in ("repeated_note_on_before_off.mid", "repeated_note_off_before_on.mid"):
            self.assertEqual(read(file)[0], [41, 0] * 16)
        short, held = read("pedal_each_note.mid", "--pedal", "ignore")[0], read("pedal_each_note.mid")[0]
        self.assertEqual([t for t in short if t > 1], [41, 43, 45, 46, 48, 50, 52, 53])
        self.assertLess(short.index(1), held.index(1))
        quarters = read("abc2midi_upbeat.mid", "--offset", 1)
        self.assertEqual(quarters[0][:8], [48, 0, 0, 0, 53, 0, 0, 0])  # the upbeat, and the first bar
        self.assertEqual(quarters[1][:28], quarters[0][4:])
        self.assertEqual(read("abc2midi_upbeat.mid", "--offset", "auto"), quarters)


if __name__ == "__main__":
    unittest.main()
