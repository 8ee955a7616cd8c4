# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# Writes what the manifest says of presets: awk -f presets/manifest.awk presets/*.ttl

BEGIN { print "\n@prefix pset: <http://lv2plug.in/ns/ext/presets#> ." }

FNR == 1 {
	file = FILENAME
	sub(/^.*\//, "", file)
}
/^<.*>$/ { printf "\n%s\n\ta pset:Preset ;\n", $1 }
/lv2:appliesTo|rdfs:label/ { print }
/rdfs:label/ { printf "\trdfs:seeAlso <preset-%s> .\n", file }
