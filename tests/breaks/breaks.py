# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What is broken on purpose, and which command has to notice: see run.

They are slips as people make them, in places that seldom change. A break that can no
longer be made is to be replaced by one that breaks the same promise.
"""

import engine
import packages
import player
import plugin
import program
import window

BREAKS = [*engine.BREAKS, *program.BREAKS, *plugin.BREAKS, *player.BREAKS, *window.BREAKS, *packages.BREAKS]

# Promises, or parts of them, that nothing here breaks, and why.
LEFT_OUT = {
    "it works in jalv on JACK and in Ardour 7": "Ardour, which fails at times of its own accord and takes minutes",
}
