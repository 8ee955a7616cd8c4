# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

"""`music-neurons draw`: pictures of the window."""

import pathlib
import struct
import zlib

import midi
from program import ProgramTest, run

TUNE = [(2 * i, 2 * i + 2, 60 + i % 12) for i in range(64)]  # 8 bars of eighths


def png_size(data):
    """Width and height of a PNG whose image data is sound."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += 12 + length
    assert len(zlib.decompress(packed)) == height * (1 + 3 * width)
    return width, height


class DrawTest(ProgramTest):
    def setUp(self):
        self.path = self.write(midi.file(midi.track(*[midi.note(*n) for n in TUNE])))

    def draw(self, name, *options):
        output = self.folder / name
        self.assertEqual(self.good("draw", "--model", self.model, self.path, "-o", output, *options), "")
        self.assertEqual(list(self.folder.glob(f"{name}?*")), [])
        return output.read_bytes()

    def refuse(self, *arguments, status=2):
        result = run("draw", "--model", self.model, *arguments)
        self.assert_refused(result, status=status)
        self.assertEqual(result.stdout, b"")
        return result.stderr

    def test_each_kind_of_picture(self):
        self.assertEqual(png_size(self.draw("p.png")), (900, 540))
        self.assertIn(b"<svg", self.draw("p.svg")[:200])
        self.assertEqual(self.draw("p.PDF")[:5], b"%PDF-")

    def test_sizes_and_scales(self):
        self.assertEqual(png_size(self.draw("p.png", "--size", "600x360")), (600, 360))
        self.assertEqual(png_size(self.draw("p.png", "--size", "700x400", "--scale", "1.5")), (1050, 600))
        self.assertIn(b'width="1800px"', self.draw("p.svg", "--scale", "2")[:300])

    def test_a_picture_depends_on_the_music_and_the_options_alone(self):
        first = self.draw("a.png")
        for name in self.kernels()["supported"]:
            self.assertEqual(self.draw("b.png", "--kernel", name), first)
        others = [first]
        for options in (["--light"], ["--window", "2"], ["--hop", "beat"], ["--window", "1", "--hop", "step"]):
            picture = self.draw("b.png", *options)
            self.assertNotIn(picture, others)
            others.append(picture)

    def test_the_default_is_the_last_window_that_is_scored(self):
        rows = self.records(pathlib.Path(self.path).read_bytes())
        last = max(r["window"] for r in rows if r["musicality"] is not None)
        self.assertEqual(self.draw("a.png"), self.draw("b.png", "--window", str(last)))

    def test_windows_that_are_not_scored_can_be_drawn(self):
        self.path = self.write(midi.file(midi.track(midi.note(3, 5, 60))), name="one.mid")
        self.assertEqual(png_size(self.draw("p.png")), (900, 540))

    def test_longer_windows_and_odd_metres(self):
        notes = [midi.note(*n) for n in TUNE]
        self.path = self.write(midi.file(midi.track(midi.metre(0, 7, 8), midi.tempo(0, 93), *notes)))
        self.assertEqual(png_size(self.draw("p.png", "--channel", "1", "--voice", "lowest")), (900, 540))

    def test_peaks_fall_with_time_as_in_the_window(self):
        """At 12 bpm a beat lasts 5 s, in which peaks fall all the way. At 240 bpm they hold for six beats."""
        def ticks(bpm):
            notes = [midi.note(*n) for n in TUNE]
            self.path = self.write(midi.file(midi.track(midi.tempo(0, bpm), *notes)))
            return [line for line in self.draw("p.svg", "--hop", "beat").splitlines() if b"fill-opacity:0.8;" in line]

        self.assertEqual(ticks(10), ticks(12))
        self.assertNotEqual(ticks(240), ticks(12))

    def test_what_cannot_be_drawn_is_refused_in_one_line(self):
        output = self.folder / "refused.png"
        silence = self.write(midi.file(midi.track()), name="silence.mid")
        for arguments in (
            [self.path],
            [self.path, "-o"],
            ["-o", output],
            [self.path, "-o", self.folder / "p"],
            [self.path, "-o", self.folder / "p.jpg"],
            [self.path, "-o", self.folder / "png"],
            [self.path, "-o", output, "--window", "0"],
            [self.path, "-o", output, "--window", "999"],
            [self.path, "-o", output, "--window", "last"],
            [self.path, "-o", output, "--size", "900"],
            [self.path, "-o", output, "--size", "900x"],
            [self.path, "-o", output, "--size", "599x400"],
            [self.path, "-o", output, "--size", "900x99999"],
            [self.path, "-o", output, "--size", "900x540x3"],
            [self.path, "-o", output, "--scale", "0.5"],
            [self.path, "-o", output, "--scale", "nan"],
            [self.path, "-o", output, "--hop", "3bars"],
            [self.folder / "no such file", "-o", output],
            [silence, "-o", output],
            [self.model, "-o", output],
        ):
            with self.subTest(arguments):
                self.refuse(*arguments)
                self.assertFalse(output.exists())
        self.assertIn(b"the last is", self.refuse(self.path, "-o", output, "--window", "999"))
        self.assertIn(b"no notes", self.refuse(silence, "-o", output))

    def test_a_picture_that_cannot_be_written_is_a_failure(self):
        self.refuse(self.path, "-o", self.folder / "no such folder" / "p.png", status=1)
        folder = self.folder / "is a folder.png"
        folder.mkdir()
        self.refuse(self.path, "-o", folder, status=1)
        self.assertEqual(list(folder.iterdir()), [])
        device = self.folder / "device.png"
        device.symlink_to("/dev/full")
        self.refuse(self.path, "-o", device, status=1)
        self.assertTrue(device.is_char_device())
        self.assertEqual(list(self.folder.glob(f"{folder.name}?*")), [])
