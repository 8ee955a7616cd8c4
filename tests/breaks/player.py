# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What is broken in the player."""

from change import HELL, Break

BREAKS = [
    Break(
        "the player tells its window the model",
        "what was played before a jump stays",
        "player/player_turns.c",
        "  mn_part_log_clear(&p->part.log);\n",
        "",
        "build/tests/host_test_player_window",
    ),
    Break(
        "the player tells its window the model",
        "what is to come is not told",
        "player/part.c",
        "while (step < part->steps && used < 3 * MN_PART_NOTES)",
        "while (false)",
        "build/tests/host_test_player_window",
    ),
    Break(
        "the player answers, varies",
        "each note begins a step late",
        "player/part.c",
        "? part->start + part->next :",
        "? part->start + part->next + 1 :",
        "build/tests/host_test_player",
    ),
    Break(
        "the player answers, varies",
        "the walk goes on from the same place in each turn",
        "player/move.c",
        "(double)(move->number - from * pace) / (double)pace;",
        "0.5;",
        "build/tests/test_move",
    ),
    Break(
        "a pull towards a style",
        "the player pulls towards the first style, whichever is asked for",
        "player/move.c",
        "mn_place_pull(model, move->style,",
        "mn_place_pull(model, 0,",
        "build/tests/host_test_player_places",
    ),
    Break(
        "a pull towards a style",
        "the maps are fitted without the way back",
        "engine/study/style_parts.c",
        "multiply(n, r->back, r->other, r->again);",
        "multiply(n, r->root, r->other, r->again);",
        "build/tests/test_place_style",
    ),
    Break(
        "the player moves the least way",
        "with the rhythm, the pitch is locked, too",
        "player/move.c",
        "? all & ~pitch_axes",
        "? all",
        "build/tests/test_move",
    ),
    Break(
        "no note of the player hangs",
        "a jump forgets the note that sounds",
        "player/player_turns.c",
        "mn_part_end_note(&p->part, &p->out, p->at, mn_player_position(p));\n  mn_part_rest(&p->part);\n  mn_part_log_clear(&p->part.log);",
        "p->part.sounds = false;\n  mn_part_rest(&p->part);\n  mn_part_log_clear(&p->part.log);",
        "build/tests/host_test_player_notes",
    ),
    Break(
        "no note of the player hangs",
        "a note-off that has no room is lost",
        "player/part.c",
        "    part->note_end = -INFINITY; // overdue",
        "    part->sounds = part->blocked = false;",
        "build/tests/hell 1 20000 player",
        HELL,
    ),
    Break(
        "the demo of the player can be heard",
        "no note begins",
        "player/part.c",
        "  if (part->sounds || !has_room(out)) {",
        "  if (out) {",
        "python3 tests/playing/test_demo.py build",
        r"^FAILED: (turns are silent)",
    ),
]
