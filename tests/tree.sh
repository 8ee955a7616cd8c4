# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# For scripts that build the same sources with other flags. Tests name files from the
# repository's root (build/..., ../shared/...), so each such build has a root of its own,
# made of links. It stays, and the next build there compiles only what has changed.

# link_tree FOLDER: the root is FOLDER/music-neurons. Run it from the repository's root.
link_tree() {
  local root=$PWD name
  mkdir -p "$1/music-neurons" || return 1
  for name in Makefile engine gui player plugin presets tests ttl; do
    ln -sfn "$root/$name" "$1/music-neurons/$name" || return 1
  done
  ln -sfn "$root/../shared" "$1/shared"
}

# quietly LOG COMMAND...: shows the output only if the command fails.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log"; echo "FAILED: $*"; return 1; }
}

# plain_make ARGUMENT...: make, without the settings of a make that runs this script.
plain_make() {
  env -u CI -u MAKEFLAGS -u MFLAGS -u MAKELEVEL nice make -s -j"$(nproc)" B=build "$@"
}
