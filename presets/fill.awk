# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# A preset names only the inputs that it is about. This adds all other inputs of
# its plugin at their defaults, so that nothing of the last settings is left.
# All values become decimals: Ardour takes no integers.
# awk -f presets/fill.awk monitor.ttl cv.ttl player.ttl presets/NAME.ttl

function decimal(number) {
	return number ~ /\./ ? number : number ".0"
}

function quoted(text) {
	match(text, /"[^"]*"/)
	return substr(text, RSTART + 1, RLENGTH - 2)
}

FILENAME == ARGV[ARGC - 1] {
	if (/lv2:appliesTo/)
		plugin = $2
	if (/lv2:symbol/)
		given[quoted($0)] = 1
	if (/^@OTHER_INPUTS@$/) {
		# The host or its user sets these, and triggers are for the moment.
		given["enabled"] = given["reset"] = given["freewheel"] = given["panic"] = given["clear"] = 1
		for (i = 0; i < inputs[plugin]; ++i)
			if (!(symbols[plugin, i] in given) && symbols[plugin, i] !~ /_send$|^capture_[a-d]$/)
				printf "\tlv2:port [ lv2:symbol \"%s\" ; pset:value %s ] ;\n", symbols[plugin, i], decimal(defaults[plugin, i])
		next
	}
	if (match($0, /pset:value [^ ]+/))
		sub(/pset:value [^ ]+/, "pset:value " decimal(substr($0, RSTART + 11, RLENGTH - 11)))
	print
	next
}

/^<.*>$/ { subject = $1 }
/lv2:InputPort/ { is_input = /lv2:ControlPort/ }
/lv2:OutputPort/ { is_input = 0 }
is_input && /lv2:symbol/ { symbol = quoted($0) }
is_input && /lv2:default/ {
	symbols[subject, inputs[subject] + 0] = symbol
	defaults[subject, inputs[subject]++] = $2
	is_input = 0
}
