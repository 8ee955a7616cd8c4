# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""What is broken in what is made of the rest: presets, Turtle, packages."""

from change import Break

BREAKS = [
    Break(
        "hosts are told what the window knows of each port",
        "the short name of a port leaves out its set",
        "ttl/fill.awk",
        "string(short_name(label))",
        "string(short_name(said[r, \"label\"]))",
        "build/tests/host_test_controls",
    ),
    Break(
        "presets are whole",
        "a preset sends two neurons on one controller",
        "presets/eight-neurons.ttl",
        'lv2:symbol "cc_8_controller" ; pset:value 27',
        'lv2:symbol "cc_8_controller" ; pset:value 26',
        "build/tests/host_test_presets",
    ),
    Break(
        "it works in jalv on JACK and in Ardour 7",
        "the manifest looks for presets by other names than they have",
        "presets/manifest.awk",
        "<preset-%s>",
        "<%s>",
        "tests/hosts/run build jalv",
        r"^FAILED +(.*)",
    ),
    Break(
        "the tarball builds",
        "the package of the program does without that of the plugin",
        "debian/control",
        "music-neurons-lv2 (= ${binary:Version}), ",
        "",
        "tests/install",
        r"^FAILED: (.*)",
    ),
    Break(
        "the tarball builds",
        "no package has the manual",
        "debian/music-neurons.install",
        "usr/share/man\n",
        "",
        "tests/install",
        r"^dh_missing: error: (.*)",
    ),
]
