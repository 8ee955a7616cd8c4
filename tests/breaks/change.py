# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""A break, and what tests say that fail."""

import dataclasses

CMOCKA = r"^\[  FAILED  \] ([a-z]\w+)"
HELL = r"^hell: (.*)"
SANITIZER = r"^SUMMARY: (.*)"


@dataclasses.dataclass
class Break:
    promise: str  # words of the promise's row in tests/README.md
    words: str  # what is wrong now
    file: str
    old: str  # there exactly once
    new: str
    command: str
    says: str = CMOCKA  # what the test says that fails: its group, or all of it
