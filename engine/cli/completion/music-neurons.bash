# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# The program knows what may stand there; where it names nothing, a file may.
_music_neurons() {
  mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1)
}

complete -o bashdefault -o default -F _music_neurons music-neurons
