# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

"""`music-neurons draw --piece`: a whole file on one sheet. What is drawn is read back from the SVG, and compared
with what `analyze` says of the file."""

import json
import random
import re

import midi
from program import ProgramTest, run
from test_draw import png_size

OPEN = ["--model", "open"]  # it has axes, labels, sense and surprise
SHADES = 12  # of the heat maps, on either side of the middle


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)]


def filled(svg):
    """What is filled but text, in order: (colour, opacity, boxes), a box being (x, y, width, height)."""
    for kind, attributes in re.findall(r"<(rect|path) ([^>]*)/>", svg[svg.index("</defs>"):]):
        style = re.search(r"fill:rgb\(([^)]*)\);fill-opacity:([\d.]+)", attributes)
        if not style:
            continue
        if kind == "rect":
            box = [float(re.search(rf'\b{name}="([^"]*)"', attributes)[1]) for name in ("x", "y", "width", "height")]
            boxes = [tuple(box)]
        else:
            boxes = []
            for part in re.search(r' d="([^"]*)"', attributes)[1].split("M")[1:]:
                x, y = numbers(part)[0::2], numbers(part)[1::2]
                if len(x) > 1:  # a path ends by moving to its start
                    boxes.append((min(x), min(y), max(x) - min(x), max(y) - min(y)))
        yield tuple(numbers(style[1])), float(style[2]), boxes


class Sheet:
    """A picture on white, read back."""

    def __init__(self, svg):
        fills = list(filled(svg))
        legend = [f for f in fills if len(f[2]) == 1 and f[2][0][3] == 12][-11:]  # a row of cells, at the end
        self.noise, self.panel, self.music = legend[0][0], legend[5][0], legend[10][0]
        assert self.music[2] > self.music[0] and self.noise[0] > self.noise[2]  # blue, orange
        grounds = [boxes for colour, opacity, boxes in fills if colour == self.panel and opacity == 1][:-1]
        self.columns = [(x, x + w) for x, _, w, _ in sorted(grounds[2])]  # of the surprise: all there are
        self.lanes = [(boxes[0][1], boxes[0][1] + boxes[0][3]) for boxes in grounds]
        self.boxes = [[(c, o, b) for c, o, boxes in fills for b in boxes
                       if low - 0.01 <= b[1] and b[1] + b[3] <= high + 0.01 and not (c == self.panel and o == 1)]
                      for low, high in self.lanes]

    def column(self, x):
        return next(i for i, (low, high) in enumerate(self.columns) if low - 0.01 <= x < high - 0.01)

    def notes(self, steps):
        """(start, end, row) of each, in steps; rows count semitones from the top."""
        left, right = self.columns[0][0], self.columns[-1][1]
        boxes = [b for c, o, b in self.boxes[0] if c == self.music and o == 1]
        scale = steps / (right - left)
        return sorted((round((x - left) * scale), round((x + w + 1 - left) * scale), y) for x, y, w, _ in boxes)

    def bars(self, lane, opacity):
        """Of each column, where its bar begins and ends, 0 to 1 from the bottom of the lane, and its colour."""
        low, high = self.lanes[lane]
        found = {}
        for colour, o, (x, y, _, h) in self.boxes[lane]:
            if o == opacity:
                found[self.column(x)] = ((high - y - h) / (high - low), (high - y) / (high - low), colour)
        return found

    def shade(self, colour):
        """-SHADES to SHADES."""
        def distance(shade):
            end = self.music if shade > 0 else self.noise
            part = abs(shade) / SHADES
            return sum(abs(c - p - part * (e - p)) for c, p, e in zip(colour, self.panel, end))
        return min(range(-SHADES, SHADES + 1), key=distance)

    def heat(self, lane):
        """Rows of the shades of all columns."""
        cells = [(colour, b) for colour, opacity, b in self.boxes[lane] if opacity == 1]
        rows = sorted({b[1] for _, b in cells})
        grid = {y: [0] * len(self.columns) for y in rows}
        for colour, (x, y, w, _) in cells:
            for i in range(self.column(x), len(self.columns)):
                if self.columns[i][0] < x + w - 0.01:
                    grid[y][i] = self.shade(colour)
        return [grid[y] for y in rows]


class DrawPieceTest(ProgramTest):
    def draw(self, data, name, *options):
        path, output = self.write(data), self.folder / name
        self.assertEqual(self.good("draw", path, "--piece", "-o", output, *options), "")
        return output.read_bytes()

    def sheet(self, data, *options):
        return Sheet(self.draw(data, "p.svg", "--light", *OPEN, *options).decode())

    def analyze(self, data, *options):
        return [json.loads(line) for line in self.good("analyze", self.write(data), "--format", "json", *OPEN, *options).splitlines()]

    def tune(self, bars, seed=1):
        """Rising and falling, with a rest of four bars after the eighth."""
        rng, notes, step, pitch = random.Random(seed), [], 0, 60
        while step < 16 * bars:
            length = rng.choice((1, 2, 2, 3, 4, 6))
            pitch = min(max(pitch + rng.choice((-4, -2, -1, 1, 2, 3)), 48), 84)
            if not 8 * 16 <= step < 12 * 16:
                notes.append((step, step + length - (length > 2), pitch))
            step += length
        return notes

    def file(self, notes, *groups):
        return midi.file(midi.track(*groups, *[midi.note(*n) for n in notes]))

    def test_each_kind_of_picture_has_one_page_of_any_length(self):
        for bars in (1, 8, 300):
            data = self.file(self.tune(bars))
            self.assertEqual(png_size(self.draw(data, "p.png", "--model", self.model)), (1414, 1000))
            self.assertIn(b'width="1414px"', self.draw(data, "p.svg", "--model", self.model)[:300])
            pdf = self.draw(data, "p.pdf", "--model", self.model)
            self.assertEqual((pdf[:5], len(re.findall(rb"/Type\s*/Page\b", pdf))), (b"%PDF-", 1))
        self.assertEqual(png_size(self.draw(data, "p.png", "--size", "600x360", "--scale", "2")), (1200, 720))

    def test_notes_are_where_they_sound(self):
        """Some end where a window begins, some last over it, and keys are struck again."""
        notes = [(0, 16, 60), (16, 40, 64), (40, 48, 67), (48, 56, 67), (64, 66, 60), (80, 112, 72), (112, 128, 72), (128, 176, 76),
                 (184, 192, 60)]
        for hop in ("bar", "2bars"):
            sheet = self.sheet(self.file(notes), "--hop", hop)
            found = sheet.notes(192)
            self.assertEqual([n[:2] for n in found], [n[:2] for n in notes])
            order = sorted(range(len(notes)), key=lambda i: -notes[i][2])
            self.assertEqual([notes[i][2] for i in order], sorted((n[2] for n in notes), reverse=True))
            self.assertEqual(sorted(found, key=lambda n: n[2]), [found[i] for i in order])

    def test_curves_are_those_of_analyze(self):
        data = self.file(self.tune(24))
        sheet, rows = self.sheet(data), self.analyze(data)
        self.assertEqual(len(sheet.columns), len(rows))
        music, surprise = sheet.bars(1, 0.6), sheet.bars(2, 0.75)
        self.assertEqual(set(music), {i for i, r in enumerate(rows) if r["musicality"] is not None})
        self.assertLess(len(music), len(rows))
        for i, (low, high, colour) in music.items():
            value = rows[i]["musicality"]
            self.assertAlmostEqual(low if value < 0.5 else high, value, delta=0.01)
            self.assertEqual(colour, sheet.noise if value < 0.5 else sheet.music)
        for i, r in enumerate(rows):
            own = len([t for t in r["tokens"][:16] if t > 1])  # notes of its first bar, up to the next window
            bits = r["note_surprise"][:own] if i + 1 < len(rows) else r["note_surprise"]
            mean = sum(b or 0 for b in bits) / max(len([b for b in bits if b is not None]), 1)
            self.assertAlmostEqual(surprise.get(i, (0, 0))[1], min(mean / self.scale(rows), 1), delta=0.01)

    def scale(self, rows):
        """Of the surprise: 8 bits, or 16 where a bar has more."""
        means = []
        for r in rows:
            bits = [b for b in r["note_surprise"][:len([t for t in r["tokens"][:16] if t > 1])] if b is not None]
            means.append(sum(bits) / max(len(bits), 1))
        return 16 if max(means) > 8 else 8

    def test_heat_maps_are_those_of_analyze(self):
        data = self.file(self.tune(24, seed=2))
        for hop in ("bar", "half-bar"):
            sheet, rows = self.sheet(data, "--hop", hop), self.analyze(data, "--hop", hop)
            expected = [[0 if r["axes"] is None else round((2 * r["axes"][axis] - 1) * SHADES) for r in rows]
                        for axis in range(8)]
            self.assertEqual(sheet.heat(3), expected)
            labels = self.good("info", *OPEN[1:], "--format", "json")
            named = [n for n in json.loads(labels)["labels"] if n["label"] not in ("", "mixed")]
            self.assertEqual(len(sheet.heat(4)), len(named))

    def test_a_long_piece_has_means_in_columns_that_can_be_seen(self):
        data = self.file(self.tune(700))
        sheet, rows = self.sheet(data, "--hop", "half-bar"), self.analyze(data, "--hop", "half-bar")
        each = -(-len(rows) // len(sheet.columns))
        self.assertGreater(each, 1)
        self.assertGreaterEqual(sheet.columns[-1][1] - sheet.columns[0][0], 3 * (len(sheet.columns) - 1))
        axes = [[r["axes"][0] for r in rows[i:i + each] if r["axes"]] for i in range(0, len(rows), each)]
        expected = [(2 * sum(a) / len(a) - 1) * SHADES if a else 0 for a in axes]
        for shade, value in zip(sheet.heat(3)[0], expected, strict=True):
            self.assertAlmostEqual(shade, value, delta=0.51)

    def test_bars_follow_the_metre_and_time_the_tempo(self):
        notes = self.tune(16)
        whole = self.draw(self.file(notes), "p.svg")
        for group in (midi.metre(0, 3, 4), midi.metre(64, 7, 8), midi.tempo(64, 60)):
            self.assertNotEqual(self.draw(self.file(notes, group), "p.svg"), whole)
        # 16 bars in 4/4: each column as wide as a sixteenth of the line.
        sheet = self.sheet(self.file(notes))
        width = (sheet.columns[-1][1] - sheet.columns[0][0]) / 16
        for low, high in sheet.columns:
            self.assertAlmostEqual(high - low, width, delta=1)

    def test_a_picture_depends_on_the_music_its_name_and_the_options_alone(self):
        data = self.file(self.tune(8))
        first = self.draw(data, "p.png", "--model", self.model)
        for kernel in self.kernels()["supported"]:
            self.assertEqual(self.draw(data, "p.png", "--model", self.model, "--kernel", kernel), first)
        others = [first]
        for options in (["--light"], ["--hop", "beat"], ["--voice", "lowest"], ["--channel", "1"], OPEN):
            picture = self.draw(data, "p.png", "--model", self.model, *options)
            self.assertNotIn(picture, others)
            others.append(picture)

    def test_what_cannot_be_drawn_is_refused_in_one_line(self):
        path, output = self.write(self.file(self.tune(4))), self.folder / "refused.png"
        silence = self.write(midi.file(midi.track()), name="silence.mid")
        for words, *arguments in ((b"leave out --window", path, "-o", output, "--window", "1"),
                                  (b"no notes", silence, "-o", output),
                                  (b"no --output", path),
                                  (b".pdf", path, "-o", self.folder / "p.jpg"),
                                  (b"--size", path, "-o", output, "--size", "599x400"),
                                  (b"not a standard MIDI file", self.model, "-o", output)):
            with self.subTest(words):
                result = run("draw", "--piece", "--model", self.model, *arguments)
                self.assert_refused(result)
                self.assertIn(words, result.stderr)
                self.assertFalse(output.exists())
