# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""Many windows at once: the same answers as for each alone, in order, and in time."""

import json
import os
import random
import select
import statistics
import subprocess

import midi
from program import PROGRAM, SECONDS, ProgramTest, run

# More windows than one processor collects before it answers, and no whole batches.
MANY = 205

# The longest line, in bytes.
MAX_LINE = 65536


def windows(count, seed=1):
    rng = random.Random(seed)
    return [" ".join(str(rng.randrange(90)) for _ in range(32)) for _ in range(count)]


class Conversation:
    """The program on open pipes. Reading gives up only when nothing comes."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        self.read = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def say(self, text):
        self.process.stdin.write(text.encode())

    def answer(self):
        """The next line of output, while standard input stays open."""
        while b"\n" not in self.read:
            ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
            if not ready:
                raise TimeoutError("no answer")
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            if not data:
                raise EOFError("no more answers")
            self.read += data
        line, _, self.read = self.read.partition(b"\n")
        return line.decode()

    def end(self):
        """Close standard input; return the exit status."""
        self.process.stdin.close()
        return self.process.wait(SECONDS)


class ManyWindowsTest(ProgramTest):
    def encode(self, lines, *options):
        text = "".join(line + "\n" for line in lines)
        return self.good("encode", "--model", self.model, *options, data=text.encode()).splitlines()

    def on_one_processor(self):
        ours = os.sched_getaffinity(0)
        self.addCleanup(os.sched_setaffinity, 0, ours)
        os.sched_setaffinity(0, {min(ours)})

    def conversation(self):
        return Conversation("encode", "--model", self.model)

    def test_many_lines_are_answered_as_each_alone(self):
        lines = windows(MANY)
        with self.conversation() as program:
            alone = []
            for line in lines:
                program.say(line + "\n")
                alone.append(program.answer())
            self.assertEqual(program.end(), 0)
        self.assertEqual(len(set(alone)), MANY)
        self.assertEqual(self.encode(lines), alone)
        self.on_one_processor()
        self.assertEqual(self.encode(lines), alone)

    def test_it_answers_before_it_waits_for_more(self):
        first, second, third = windows(3)
        expected = self.encode([first, second, third])
        with self.conversation() as program:
            program.say(f"{first}\n{second[:20]}")  # the next line has begun
            self.assertEqual(program.answer(), expected[0])
            program.say(second[20:] + "\n")
            self.assertEqual(program.answer(), expected[1])
            program.say(f"\n{third}\n\n{first}\n{second}\n")  # several at once
            self.assertEqual([program.answer() for _ in range(3)], [expected[i] for i in (2, 0, 1)])
            program.say(third)  # the end of the input ends this line
            program.process.stdin.close()
            self.assertEqual(program.answer(), expected[2])
            self.assertRaises(EOFError, program.answer)

    def test_what_comes_before_a_bad_line_is_answered(self):
        lines = windows(MANY)
        expected = self.encode(lines)
        for good in (1, 8, MANY):
            text = "\n".join([*lines[:good], "1 2 3", lines[0], ""])
            result = run("encode", "--model", self.model, data=text.encode())
            self.assert_refused(result)
            self.assertEqual(result.stdout.decode().splitlines(), expected[:good])
            self.assertIn(f"standard input:{good + 1}: 3 tokens".encode(), result.stderr)

    def test_a_bad_line_is_told_at_once(self):
        good = windows(1)[0]
        with self.conversation() as program:
            program.say(f"{good}\n1 2 3\n")
            program.answer()
            self.assertEqual(program.process.wait(SECONDS), 2)  # although more could come

    def test_lines_may_be_long(self):
        lines = windows(5)
        expected = self.encode(lines)
        long = [line + " " * (MAX_LINE - len(line)) for line in lines]
        self.assertEqual(self.encode(long), expected)
        self.assertEqual(self.encode([lines[0], long[1], "", long[2], *lines[3:]]), expected)
        text = "\n".join(long[:3])  # the last without a newline
        self.assertEqual(self.good("encode", "--model", self.model, data=text.encode()).splitlines(), expected[:3])

        longer = long[1] + " "
        for end in ("", "\n", "\n" + lines[0] + "\n"):
            result = run("encode", "--model", self.model, data=f"{long[0]}\n{longer}{end}".encode())
            self.assert_refused(result)
            self.assertIn(b"standard input:2: the line is too long", result.stderr)
            self.assertEqual(result.stdout.decode().splitlines(), expected[:1])

    def test_input_that_cannot_be_read_is_a_failure(self):
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        result = subprocess.run([PROGRAM, "encode", "--model", str(self.model)], stdin=folder,
                                capture_output=True, timeout=SECONDS, check=False)
        self.assert_refused(result, status=1)
        self.assertIn(b"standard input: ", result.stderr)

    def tune(self):
        """A file with a window at each step, more than the program collects. Some have too few notes."""
        rng = random.Random(7)
        notes = [midi.note(start, start + 1, rng.randrange(40, 90))
                 for start in range(0, MANY + 50, 2) if start % 100 < 50]
        return self.write(midi.file(midi.track(*notes)), "many.mid")

    def test_analyze_tells_many_windows_in_order(self):
        arguments = ["analyze", "--model", self.model, "--hop", "step", "--latent", self.tune()]
        text = self.good(*arguments, "--format", "json")
        records = [json.loads(line) for line in text.splitlines()]
        self.assertGreater(len(records), MANY)
        self.assertEqual([r["window"] for r in records], list(range(1, len(records) + 1)))
        scored = [r for r in records if r["mu"]]
        self.assertTrue(MANY / 2 < len(scored) < len(records))
        encoded = self.encode([" ".join(map(str, r["tokens"])) for r in scored])
        alone = [json.loads(line) for line in encoded]
        scores = [one.pop("musicality") for one in alone]
        for i, (r, one) in enumerate(zip(scored, alone, strict=True)):
            self.assertEqual(one, {k: r[k] for k in one})
            bar = [scores[j] for j in range(i + 1) if r["window"] - scored[j]["window"] < 16]
            self.assertAlmostEqual(r["musicality"], statistics.median(bar), places=6)
        self.assertGreater(len(set(scores)), MANY / 8)
        outputs = [self.good(*arguments, "--format", name) for name in ("text", "csv")]
        self.on_one_processor()
        self.assertEqual(self.good(*arguments, "--format", "json"), text)
        self.assertEqual([self.good(*arguments, "--format", name) for name in ("text", "csv")], outputs)

    def test_latent_and_draw_do_not_depend_on_processors(self):
        tune, picture = self.tune(), self.folder / "many.svg"

        def outputs():
            common = ["--model", self.model, "--hop", "step", tune]
            self.good("draw", *common, "-o", picture)
            return self.good("latent", *common), self.good("latent", "--sigma", "--format", "json", *common), \
                picture.read_bytes()

        all_processors = outputs()
        self.assertGreater(all_processors[0].count("\n"), MANY)
        self.on_one_processor()
        self.assertEqual(outputs(), all_processors)
