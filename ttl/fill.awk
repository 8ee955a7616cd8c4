# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# Fills the ports, the parts that the plugins share, and the given values into a template:
# awk -v lib_ext=.so -f ttl/fill.awk plugin/protocol/port_table.def ttl/monitor.ttl.in

# Splits a row of the table at its commas into column[]. Strings lose their quotes; a list
# in parentheses becomes one column, with a line for each. Returns how many there are, or 0
# if the row goes on in the next line.
function split_row(text,    at, c, columns, depth, quoted) {
	split("", column)
	columns = 1
	for (at = index(text, "("); at <= length(text); ++at) {
		c = substr(text, at, 1)
		if (c == "\"")
			quoted = !quoted
		else if (quoted || c ~ /[A-Z0-9_.-]/)
			column[columns] = column[columns] c
		else if (c == "," && depth == 1)
			column[++columns] = ""
		else if (c == ",")
			column[columns] = column[columns] "\n"
		else if (c == "(" && ++depth == 2)
			column[columns] = ""
		else if (c == ")" && --depth == 0)
			return columns
	}
	return 0
}

BEGIN {
	# What LV2 has no unit for.
	unit["BITS"] = "bits"
	unit["NEURONS"] = "neurons"
	unit["SD"] = "sd"
	unit["SEMITONES"] = "semitones"
	unit["VOLT"] = "V"
	unit["WINDOWS"] = "windows"
	control = "name symbol label kind low high initial unit points group comment turtle short step"
	atom = "name symbol label kind comment turtle"
	repeat = "set count constant symbol label"
}

# The table: the macro of each row, and what its columns say.
FNR == NR {
	if (row == "" && !/^[A-Z_]+\(/)
		next
	row = row $0
	if (split_row(row)) {
		macro[++rows] = substr(row, 1, index(row, "(") - 1)
		columns = split(macro[rows] ~ /ATOM$/ ? atom : macro[rows] ~ /REPEAT$/ ? repeat : control, name)
		for (i = 1; i <= columns; ++i)
			said[rows, name[i]] = column[i] ~ /^[0-9]+$/ ? column[i] + 0 : column[i]
		if (macro[rows] == "REPEAT")
			sets[said[rows, "set"]] = said[rows, "count"]
		row = ""
	}
	next
}

# A text of a set's row, with the set's number in it: %u is the number, and 80-%u what it
# leaves of 80.
function numbered(text, number) {
	if (match(text, /[0-9]+-%u/))
		sub(/[0-9]+-%u/, substr(text, RSTART, RLENGTH - 3) - number, text)
	gsub(/%u/, number, text)
	return text
}

function predicate(name, object) {
	if (object != "")
		printf " ;\n\t\t%s %s", name, object
}

function string(text) {
	return text == "" ? "" : "\"" text "\""
}

function unit_of(word) {
	if (word == "NONE")
		return ""
	if (word == "MIDINOTE")
		return "units:midiNote"
	return !(word in unit) ? "units:" tolower(word) : \
		"[ a units:Unit ; rdfs:label " string(unit[word]) " ; units:symbol " string(unit[word]) " ; units:render " string("%f " unit[word]) " ]"
}

function scale_points(names, low,    count, i, name, text) {
	count = names == "NO_POINTS" ? 0 : split(names, name, "\n")
	for (i = 1; i <= count; ++i)
		text = text (i > 1 ? " ,\n\t\t\t" : "") "[ rdfs:label \"" name[i] "\" ; rdf:value " \
			(i == 1 ? low : low + i - 1) " ]"
	return text
}

# A toggle's default is a number, though LV2 allows true: hosts by lilv get NaN for that.
function control_predicates(r, number,    kind) {
	kind = said[r, "kind"]
	predicate("lv2:default", said[r, "step"] > 0 ? said[r, "initial"] + said[r, "step"] * (number - 1) : said[r, "initial"])
	predicate("lv2:minimum", said[r, "low"])
	predicate("lv2:maximum", said[r, "high"])
	predicate("lv2:portProperty", kind == "INT" ? "lv2:integer" : kind == "CHOICE" ? "lv2:integer , lv2:enumeration" : \
		kind == "TOGGLE" ? "lv2:toggled" : kind == "TRIGGER" ? "lv2:toggled , pprop:trigger" : "")
	predicate("lv2:scalePoint", scale_points(said[r, "points"], said[r, "low"]))
	predicate("units:unit", unit_of(said[r, "unit"]))
}

# A name for little room: at most 16 characters, and those of a set with their number first.
function short_name(label) {
	if (match(label, / [0-9]+/))
		label = substr(label, 1, RSTART - 1) substr(label, RSTART + 1)
	if (length(label) > 16) {
		print "fill.awk: the name of a port is too long: " label > "/dev/stderr"
		exit 1
	}
	return label
}

# Writes the port of row `r`, which begins with what its set does.
function port(r, number, symbol, label,    is_atom, is_input) {
	is_atom = macro[r] ~ /ATOM$/
	is_input = macro[r] ~ /INPUT$/ || is_atom && said[r, "kind"] == "INPUT"
	label = label (said[r, "short"] == "" ? said[r, "label"] : said[r, "short"])
	printf "%s [\n\t\ta lv2:%sPort , %s", next_index ? " ," : "", is_input ? "Input" : "Output", \
		is_atom ? "atom:AtomPort" : macro[r] ~ /^CV_.*OUTPUT$/ ? "lv2:CVPort , mod:CVPort" : "lv2:ControlPort"
	predicate("lv2:index", next_index++)
	predicate("lv2:symbol", string(symbol said[r, "symbol"]))
	predicate("lv2:name", string(label))
	predicate("lv2:shortName", string(short_name(label)))
	if (is_atom) {
		predicate("rdfs:comment", string(said[r, "comment"]))
		predicate("atom:bufferType", "atom:Sequence ;\n\t\t" said[r, "turtle"])
	} else {
		predicate("rdfs:comment", string(numbered(said[r, "comment"], number)))
		predicate("pg:group", said[r, "group"] == "" ? "" : "mn:" numbered(said[r, "group"], number))
		control_predicates(r, number)
		if (said[r, "turtle"] != "")
			printf " ;\n\t\t%s", numbered(said[r, "turtle"], number)
	}
	printf "\n\t]"
}

/^@PORTS (monitor|cv|player)@$/ {
	others = /player/ ? "^$" : /cv/ ? "^(MONITOR_|OUTPUT|NEURON_|AXIS_|STYLE_|TOP_|CC_|SEND_|REPEAT)" : "^CV_"
	printf "\tlv2:port"
	for (r = 1; r <= rows; ++r) {
		if (macro[r] ~ others)
			continue
		if (macro[r] !~ /REPEAT$/) {
			port(r, 0, "", "")
			continue
		}
		set = "^" said[r, "set"] "_(INPUT|OUTPUT)$"
		for (last = r; macro[last + 1] ~ set; ++last)
			;
		for (number = 1; number <= said[r, "count"]; ++number)
			for (i = r + 1; i <= last; ++i)
				port(i, number, numbered(said[r, "symbol"], number), numbered(said[r, "label"], number))
		r = last
	}
	print " ."
	next
}

/^@CC_GROUPS@$/ {
	for (i = 1; i <= sets["CC"]; ++i) {
		printf "mn:cc_%d\n\ta pg:Group ;\n\tlv2:name \"MIDI CC %d\" ;\n\tlv2:symbol \"cc_%d\" ;\n", i, i, i
		printf "\trdfs:comment \"One value, sent as a MIDI controller\" .\n\n"
	}
	next
}

/^@INCLUDE / {
	gsub(/@/, "")
	file = "ttl/" $2 ".ttl.part"
	while ((status = (getline line < file)) > 0)
		print line
	close(file)
	if (status < 0) {
		print "fill.awk: cannot read " file > "/dev/stderr"
		exit 1
	}
	next
}

{
	gsub(/@LIB_EXT@/, lib_ext)
	print
}
