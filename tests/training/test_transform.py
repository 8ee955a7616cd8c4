#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What playing does to a melody, and the figures that hands practise.

Expectations are written by hand, from MusicVAE's rules, or come from a second, slow
renderer that works note by note.
"""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "engine" / "training"))

import numpy as np

import batches
import corpus
import practice
import transform

# A C major tune, C4 = token 41: a quarter, two eighths, a rest, a half note held to the end.
TUNE = [41, 0, 0, 0, 43, 0, 45, 1, 0, 0, 46, 0]


def tokens(*rows):
    return np.array(rows, np.uint8)


def one(function, row, *arguments):
    """Calls a function of many melodies with one."""
    return function(tokens(row), *(np.array([a]) for a in arguments))[0].tolist()


def played(row, change, steps=None):
    """The tokens of a melody after a change to its notes."""
    return transform.render(change(transform.notes(tokens(row))), steps or len(row))[0].tolist()


def is_valid(row):
    """A second version of the grammar, step by step."""
    sounds = False
    for token in row:
        if token > 89 or (token == 1 and not sounds):
            return False
        sounds = token >= 2 or (sounds and token == 0)
    return True


def render_slowly(notes, steps):
    """MusicVAE's rules, note by note: (token, start, end) in steps. Of equal notes the first stays."""
    quantised = []
    for token, start, end in notes:
        start, end = int(np.floor(start + 0.5)), int(np.floor(end + 0.5))
        quantised.append((start, -token, max(end, start + 1)))
    events = {}
    kept = []
    for start, token, end in sorted(quantised, key=lambda note: note[:2]):
        if not kept or kept[-1][0] != start:
            kept.append((start, token, end))
    for number, (start, token, end) in enumerate(kept):
        following = kept[number + 1][0] if number + 1 < len(kept) else steps
        events[start] = -token
        if end < following:
            events[end] = 1
    row = [events.get(step, 0) for step in range(steps)]
    first = next((step for step, token in enumerate(row) if token >= 2), steps)
    return [0 if step < first else token for step, token in enumerate(row)]


class Rendering(unittest.TestCase):
    def test_notes_of_a_tune(self):
        found = transform.notes(tokens(TUNE))
        columns = [0, 4, 6, 10]
        self.assertEqual(np.flatnonzero(found.token[0]).tolist(), columns)
        self.assertEqual(found.token[0, columns].tolist(), [41, 43, 45, 46])
        self.assertEqual(found.start[0, columns].tolist(), [0, 4, 6, 10])
        self.assertEqual(found.end[0, columns].tolist(), [4, 6, 7, 12])

    def test_a_tune_is_what_its_notes_render_to(self):
        self.assertEqual(played(TUNE, lambda notes: notes), TUNE)
        # A note-off where nothing sounds means nothing, so it disappears.
        self.assertEqual(played([1, 0, 41, 1, 1, 0, 43, 0], lambda notes: notes), [0, 0, 41, 1, 0, 0, 43, 0])

    def render(self, *notes, steps=8):
        columns = [np.array([column], float) for column in zip(*notes)]
        return transform.render(transform.Notes(columns[0].astype(int), *columns[1:]), steps)[0].tolist()

    def test_times_round_half_a_step_up(self):
        self.assertEqual(self.render((41, 1.49, 2.5)), [0, 41, 0, 1, 0, 0, 0, 0])
        self.assertEqual(self.render((41, 1.5, 2.49)), [0, 0, 41, 1, 0, 0, 0, 0])
        self.assertEqual(self.render((41, -0.5, 1)), [41, 1, 0, 0, 0, 0, 0, 0])

    def test_a_note_without_length_takes_a_step(self):
        self.assertEqual(self.render((41, 2, 2)), [0, 0, 41, 1, 0, 0, 0, 0])
        self.assertEqual(self.render((41, 2, 1)), [0, 0, 41, 1, 0, 0, 0, 0])

    def test_of_notes_on_a_step_the_highest_stays_with_its_own_end(self):
        self.assertEqual(self.render((41, 2, 6), (50, 2.2, 4), (45, 1.9, 8)), [0, 0, 50, 0, 1, 0, 0, 0])
        self.assertEqual(self.render((41, 2, 3), (41, 2, 6)), [0, 0, 41, 1, 0, 0, 0, 0])

    def test_a_later_note_cuts_an_earlier_one_whatever_their_columns(self):
        self.assertEqual(self.render((43, 4, 6), (41, 1, 7)), [0, 41, 0, 0, 43, 0, 1, 0])
        self.assertEqual(self.render((41, 1, 4), (43, 4, 8)), [0, 41, 0, 0, 43, 0, 0, 0])

    def test_what_starts_outside_leaves_neither_onset_nor_note_off(self):
        self.assertEqual(self.render((41, -1, 3), (43, 5, 9), (45, 8, 9)), [0, 0, 0, 0, 0, 43, 0, 0])

    def test_many_notes_are_as_rendered_one_by_one(self):
        rng = np.random.default_rng(1)
        shape = (300, 12)
        token = rng.integers(2, 12, shape) * (rng.random(shape) < 0.8)
        start = rng.uniform(-3, 19, shape)
        notes = transform.Notes(token, start, start + rng.uniform(-1, 6, shape))
        found = transform.render(notes, 16)
        for number in range(len(token)):
            own = [note for note in zip(*(column[number] for column in notes)) if note[0] and note[1] >= -0.5]
            self.assertEqual(found[number].tolist(), render_slowly(own, 16), number)
        self.assertTrue(transform.valid(found).all())

    def test_the_grammar_is_told(self):
        rows = tokens([0, 41, 0, 1], [0, 1, 41, 0], [41, 1, 1, 0], [41, 1, 0, 1], [0, 0, 0, 0], [89, 88, 1, 2],
                      [90, 0, 0, 0])
        self.assertEqual(transform.valid(rows).tolist(), [True, False, False, False, True, True, False])
        rng = np.random.default_rng(2)
        rows = rng.choice([0, 0, 1, 41], (500, 6))
        self.assertEqual(transform.valid(rows).tolist(), [is_valid(row) for row in rows.tolist()])


class Transformations(unittest.TestCase):
    def test_twice_as_slow_and_twice_as_fast(self):
        self.assertEqual(
            played(TUNE, lambda notes: transform.stretch(notes, [2]), 24),
            [41, 0, 0, 0, 0, 0, 0, 0, 43, 0, 0, 0, 45, 0, 1, 0, 0, 0, 0, 0, 46, 0, 0, 0],
        )
        # The eighth that ends in the middle of a step takes a whole one.
        self.assertEqual(played(TUNE, lambda notes: transform.stretch(notes, [0.5]), 8), [41, 0, 43, 45, 1, 46, 1, 0])

    def test_slow_and_fast_again_is_the_tune(self):
        def there_and_back(notes):
            return transform.stretch(transform.stretch(notes, [2]), [0.5])

        self.assertEqual(played(TUNE, there_and_back), TUNE)

    def test_notes_that_speed_would_lose_are_counted(self):
        # Notes on steps 1 and 2 both fall on step 1; steps 2 and 3 stay apart.
        self.assertEqual(transform._lost(tokens([0, 41, 43, 0], [0, 0, 41, 43])).tolist(), [0.5, 0])

    def test_another_phase_moves_every_note(self):
        early = [0, 45, 1, 0, 0, 46, 0, 1, 0, 0, 0, 0]
        late = [0, 0, 0, 41, 0, 0, 0, 43, 0, 45, 1, 0]
        self.assertEqual(played(TUNE, lambda notes: transform.move(notes, [-5])), early)
        self.assertEqual(played(TUNE, lambda notes: transform.move(notes, [3])), late)

    def test_staccato(self):
        self.assertEqual(
            played(TUNE, lambda notes: transform.shorten(notes, [0.5])), [41, 0, 1, 0, 43, 1, 45, 1, 0, 0, 46, 1]
        )
        self.assertEqual(
            played(TUNE, lambda notes: transform.shorten(notes, [0.25])), [41, 1, 0, 0, 43, 1, 45, 1, 0, 0, 46, 1]
        )
        self.assertEqual(played(TUNE, lambda notes: transform.shorten(notes, [1])), TUNE)

    def test_legato(self):
        joined = [41, 0, 0, 0, 43, 0, 45, 0, 0, 0, 46, 0]
        self.assertEqual(played(TUNE, lambda notes: transform.join(notes, [3])), joined)
        self.assertEqual(played(TUNE, lambda notes: transform.join(notes, [2])), TUNE)
        # The last note has nothing to be joined to.
        self.assertEqual(played([41, 1, 0, 0], lambda notes: transform.join(notes, [16])), [41, 1, 0, 0])

    def test_milliseconds_become_steps(self):
        # At 120 bpm a sixteenth takes 125 ms.
        self.assertAlmostEqual(transform.steps_of(25, 120), 0.2)
        self.assertAlmostEqual(transform.steps_of(40, 60), 0.16)

    def test_by_hand(self):
        rng = np.random.default_rng(1)
        notes = transform.notes(np.tile(tokens(TUNE), (4000, 1)))
        late, spread = np.full(4000, 0.3), np.full(4000, 0.2)
        moved = transform.by_hand(notes, late, spread, rng)
        for before, after in ((notes.start, moved.start), (notes.end, moved.end)):
            self.assertAlmostEqual((after - before).mean(), 0.3, delta=0.01)
            self.assertAlmostEqual((after - before).std(), 0.2, delta=0.01)
        still = transform.by_hand(notes, 0 * late, 0 * spread, rng)
        self.assertTrue((transform.render(still, 12) == tokens(TUNE)).all())
        # Late by 0.6 of a step is a step late; early by 0.6 is a step early.
        self.assertEqual(played(TUNE, lambda n: transform.by_hand(n, [0.6], [0], rng)), [0, *TUNE[:-1]])
        self.assertEqual(played([0, *TUNE], lambda n: transform.by_hand(n, [-0.6], [0], rng)), [*TUNE, 1])

    def test_a_pause_before_the_melody(self):
        self.assertEqual(one(transform.pause, TUNE, 5), [0, 0, 0, 0, 0, 0, 45, 1, 0, 0, 46, 0])
        # The note-off of an unheard note is silence, too.
        self.assertEqual(one(transform.pause, TUNE, 7), [0] * 10 + [46, 0])
        self.assertEqual(one(transform.pause, TUNE, 0), TUNE)

    def test_a_melody_stops(self):
        self.assertEqual(one(transform.stop, TUNE, 2), [41, 0, 1] + [0] * 9)
        self.assertEqual(one(transform.stop, TUNE, 4), [41, 0, 0, 0, 1] + [0] * 7)
        self.assertEqual(one(transform.stop, TUNE, 7), [41, 0, 0, 0, 43, 0, 45, 1] + [0] * 4)
        self.assertEqual(one(transform.stop, TUNE, 9), [41, 0, 0, 0, 43, 0, 45, 1] + [0] * 4)
        self.assertEqual(one(transform.stop, TUNE, 12), TUNE)

    def test_transposed_melodies_keep_their_range_and_rhythm(self):
        rows = np.array([[2, 0, 1, 40], [60, 1, 0, 89]])
        for shift in (-5, 5, -88, 88):
            moved = transform.transpose(rows, np.array([shift, shift]))
            self.assertTrue(((moved >= 2) == (rows >= 2)).all() and moved.max() <= 89)
        self.assertEqual(transform.transpose(rows, np.array([5, -3])).tolist(), [[7, 0, 1, 45], [57, 1, 0, 86]])

    def test_transpositions_reach_the_whole_keyboard_and_prefer_what_is_near(self):
        rows = np.tile(tokens(TUNE), (30000, 1))
        drawn = transform.draw_transposition(rows, np.random.default_rng(1))
        self.assertEqual((drawn.min(), drawn.max()), (2 - 41, 89 - 46))
        share = np.bincount(drawn + 39, minlength=83) / len(drawn)
        # Worked out from the rule, for the range of the keyboard.
        shift = np.arange(-89, 90)
        near = np.exp(-abs(shift) / 4)
        weight = 0.7 * near / near.sum() + 0.3 / 179
        weight = weight[(shift >= -39) & (shift <= 43)]
        np.testing.assert_allclose(share, weight / weight.sum(), atol=0.005)


class Windows(unittest.TestCase):
    def setUp(self):
        self.rng = np.random.default_rng(3)
        self.excerpts = practice.draw(np.random.default_rng(4), 600)

    def windows(self, **chances):
        return transform.windows(self.excerpts, self.rng, transform.NONE._replace(**chances))

    def test_nothing_happens_by_no_chance(self):
        lead = self.excerpts[:, transform.LEAD :][:, : corpus.STEPS]
        onset = np.cumsum(lead >= 2, 1) > 0
        np.testing.assert_array_equal(self.windows(), np.where(onset, lead, 0))

    def test_none_leaves_the_grammar_or_the_keyboard(self):
        for name in (*transform.Chances._fields, None):
            windows = self.windows(**{name: 1.0}) if name else transform.windows(self.excerpts, self.rng)
            self.assertEqual((windows.shape, windows.dtype), ((600, corpus.STEPS), np.uint8))
            self.assertTrue(all(map(is_valid, windows.tolist())), name)

    def test_each_chance_does_what_it_says(self):
        plain = self.windows()
        self.assertLess(transform.onsets(self.windows(slow=1.0)).mean(), 0.65 * transform.onsets(plain).mean())
        self.assertGreater(transform.onsets(self.windows(fast=1.0)).mean(), 1.1 * transform.onsets(plain).mean())
        self.assertGreater((self.windows(short=1.0) == 1).sum(), 1.3 * (plain == 1).sum())
        self.assertLess((self.windows(joined=1.0) == 1).sum(), 0.8 * (plain == 1).sum())
        # A pause or an end leaves at least two notes.
        for name in ("pause", "stop"):
            windows = self.windows(**{name: 1.0})
            self.assertGreaterEqual(transform.onsets(windows).min(), min(2, transform.onsets(plain).min()))
            self.assertLess(transform.onsets(windows).mean(), transform.onsets(plain).mean())
        np.testing.assert_array_equal(self.windows(transposed=1.0) >= 2, plain >= 2)

    def test_all_phases_come(self):
        # Quarters from a bar line on. Each bar begins with C.
        excerpt = np.zeros((1, transform.EXCERPT), np.uint8)
        excerpt[0, ::4] = 43
        excerpt[0, ::16] = 41
        excerpts = np.repeat(excerpt, 3200, 0)
        windows = transform.windows(excerpts, self.rng, transform.PHASES)
        first = (windows == 41).argmax(1)
        np.testing.assert_allclose(np.bincount(first, minlength=16) / 3200, 1 / 16, atol=0.02)
        self.assertEqual(first.max(), 15)

    def test_the_same_numbers_give_the_same_windows(self):
        found = [transform.windows(self.excerpts, np.random.default_rng(5)) for _ in range(2)]
        np.testing.assert_array_equal(*found)


class Lines(unittest.TestCase):
    def lines(self, *rows, styles=None):
        length = np.array([len(row) for row in rows])
        styles = np.zeros(len(rows), int) if styles is None else np.array(styles)
        start = np.cumsum(length) - length
        return corpus.Lines(np.concatenate(rows).astype(np.uint8), start, length, styles, 0 * styles, ["a", "b"], ["x"])

    def test_an_excerpt_has_silence_around_its_line(self):
        first, second = np.full(16, 50), np.arange(2, 50)
        excerpt = batches.excerpts(self.lines(first, second), np.array([1]), np.array([0]))[0]
        self.assertEqual(excerpt[:16].tolist(), [0] * 16)
        self.assertEqual(excerpt[16:64].tolist(), second.tolist())
        self.assertEqual(excerpt[64:].tolist(), [1] + [0] * (transform.EXCERPT - 65))
        later = batches.excerpts(self.lines(first, second), np.array([1]), np.array([1]))[0]
        self.assertEqual(later[:48].tolist(), second.tolist())

    def test_styles_are_drawn_by_the_square_root_of_their_size(self):
        # In a line of 11 bars, windows can begin with 10: 100 and 900 in all.
        rows = [np.full(11 * 16, 41)] * 10 + [np.full(11 * 16, 60)] * 90
        tunes = batches.Tunes(self.lines(*rows, styles=[0] * 10 + [1] * 90), 1, transform.NONE)
        self.assertEqual(len(tunes), 1000)
        drawn = tunes.draw(0, 4000)
        self.assertAlmostEqual((drawn[:, 0] == 41).double().mean().item(), 0.25, delta=0.03)
        self.assertTrue((tunes.draw(7, 5) == tunes.draw(7, 5)).all())

    def test_windows_of_less_than_two_notes_are_drawn_again(self):
        rows = [np.array(([41] + [0] * 31) if n % 2 else [41, 43] * 16) for n in range(40)]
        drawn = batches.Tunes(self.lines(*rows), 1, transform.NONE).windows(np.random.default_rng(1), 50)
        self.assertEqual(len(drawn), 50)
        self.assertEqual(transform.onsets(drawn).min(), 32)

    def test_a_share_is_figures(self):
        rows = [np.array([41, 43] * 160)]
        tunes = batches.Tunes(self.lines(*rows), 1, transform.NONE, 0.25)
        drawn = tunes.windows(np.random.default_rng(1), 80)
        same = (drawn == rows[0][:32]).all(1)
        self.assertEqual((len(drawn), int(same.sum())), (80, 60))


class Practice(unittest.TestCase):
    def pitches(self, figure, seed):
        """A figure's line, step by step, as pitches above the tonic."""
        line = figure(np.random.default_rng(seed))
        return [pitch for pitch in line.pitches if pitch is not None], line.steps

    def test_degrees_go_on_in_all_octaves(self):
        major = practice.SCALES[0]
        self.assertEqual([practice.degree(major, d) for d in (0, 1, 6, 7, 9, -1, -7)], [0, 2, 11, 12, 16, -1, -12])

    def test_every_figure_fills_an_excerpt_with_notes_of_the_keyboard(self):
        for figure in practice.FIGURES:
            excerpts = practice.draw(np.random.default_rng(1), 200, (figure,))
            self.assertTrue(all(map(is_valid, excerpts.tolist())), figure.__name__)
            self.assertGreaterEqual(transform.onsets(excerpts).min(), 16, figure.__name__)
            # There are twelve keys, so every pitch class is a first note.
            first = excerpts[np.arange(200), (excerpts >= 2).argmax(1)]
            self.assertEqual(len(set((first % 12).tolist())), 12, figure.__name__)
            self.assertLess(excerpts[excerpts >= 2].min(), 25, figure.__name__)
            self.assertGreater(excerpts.max(), 60, figure.__name__)

    def test_figures_keep_to_few_pitch_classes(self):
        # Two random bars have nearly all twelve. A scale that is not chromatic has eight at most.
        for figure in (practice.scale, practice.arpeggio, practice.fingers, practice.repeated, practice.blues):
            kinds = [len({pitch % 12 for pitch in self.pitches(figure, seed)[0]}) for seed in range(100)]
            self.assertGreater(np.mean(np.array(kinds) <= 8), 0.8, figure.__name__)

    def test_a_trill_takes_turns(self):
        for seed in range(40):
            pitches, _ = self.pitches(practice.trill, seed)
            higher = np.array(pitches[1::2]) - np.array(pitches[: len(pitches) // 2 * 2 : 2])[: len(pitches[1::2])]
            self.assertTrue((higher > 0).all(), seed)

    def test_walking_bass_has_a_note_on_every_quarter(self):
        excerpts = practice.draw(np.random.default_rng(1), 100, (practice.walking_bass,))
        self.assertTrue((excerpts[:, ::4] >= 2).all())

    def test_an_ostinato_repeats_its_rhythm(self):
        for excerpt in practice.draw(np.random.default_rng(1), 100, (practice.ostinato,)):
            bars = (excerpt >= 2).reshape(-1, 16)
            self.assertTrue((bars == bars[0]).all())

    def test_a_note_past_the_end_of_the_keyboard_moves_by_octaves(self):
        line = practice.Line([0, 90], [64, 64])
        tokens_ = practice.place(line, 60)
        self.assertEqual(tokens_[[0, 64]].tolist(), [2, 80])


if __name__ == "__main__":
    unittest.main()
