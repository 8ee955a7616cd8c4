# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# For scripts that build the same sources in another way. Tests name what they need from
# the repository's root (build/..., ../shared/...), so each such build has a root of its
# own, of links: a second build there costs only what has changed.

# link_tree FOLDER: the root is FOLDER/music-neurons. Run it from the repository's root.
link_tree() {
  local root=$PWD name
  mkdir -p "$1/music-neurons" || return 1
  for name in Makefile engine gui plugin presets tests ttl; do
    ln -sfn "$root/$name" "$1/music-neurons/$name" || return 1
  done
  ln -sfn "$root/../shared" "$1/shared"
}

# quietly LOG COMMAND...: what it says matters only if it fails.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log"; echo "FAILED: $*"; return 1; }
}

# plain_make ARGUMENT...: whatever the make that runs this was told, it is not told here.
plain_make() {
  env -u CI -u MAKEFLAGS -u MFLAGS -u MAKELEVEL nice make -s -j"$(nproc)" B=build "$@"
}
