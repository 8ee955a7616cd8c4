# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# Fills a template with the repeated ports, the parts that both plugins share, and
# the given values: awk -v lib_ext=.so -f ttl/fill.awk ttl/monitor.ttl.in

function port(index_, symbol, name, comment, group, more) {
	printf "\t[\n\t\ta lv2:OutputPort , lv2:ControlPort ;\n"
	printf "\t\tlv2:index %d ;\n\t\tlv2:symbol \"%s\" ;\n\t\tlv2:name \"%s\" ;\n", index_, symbol, name
	printf "\t\trdfs:comment \"%s\" ;\n\t\tpg:group mn:%s ;\n%s\n\t] ,\n", comment, group, more
}

function range(default_, low, high) {
	return "\t\tlv2:default " default_ " ;\n\t\tlv2:minimum " low " ;\n\t\tlv2:maximum " high
}

/^@NEURON_PORTS@$/ {
	for (i = 1; i <= 16; ++i)
		port(12 + i, "neuron_" i, "Neuron " i,
			"Where music neuron " i " of the ranking lies among its values on real music. 0: lowest; 1: highest; 0.5: neutral",
			"neurons", range("0.5", "0.0", "1.0") " ;\n\t\tlv2:portProperty pprop:continuousCV ;\n" \
			"\t\tpprop:displayPriority " 80 - i " ;\n\t\tunits:unit units:coef")
	next
}

function cc_port(slot, offset, symbol, name, comment, more) {
	printf " , [\n\t\ta lv2:InputPort , lv2:ControlPort ;\n"
	printf "\t\tlv2:index %d ;\n\t\tlv2:symbol \"cc_%d_%s\" ;\n", 54 + 11 * (slot - 1) + offset, slot, symbol
	printf "\t\tlv2:name \"CC %d %s\" ;\n\t\tlv2:shortName \"%s\" ;\n", slot, name, name
	printf "\t\trdfs:comment \"%s\" ;\n\t\tpg:group mn:cc_%d ;\n%s\n\t]", comment, slot, more
}

function integer(more) {
	return " ;\n\t\tlv2:portProperty lv2:integer" more
}

function toggle() {
	return range(0, 0, 1) " ;\n\t\tlv2:portProperty lv2:toggled"
}

/^@CC_GROUPS@$/ {
	for (i = 1; i <= 8; ++i) {
		printf "mn:cc_%d\n\ta pg:Group ;\n\tlv2:name \"MIDI CC %d\" ;\n\tlv2:symbol \"cc_%d\" ;\n", i, i, i
		printf "\trdfs:comment \"One value, sent as a MIDI controller\" .\n\n"
	}
	next
}

/^@CC_PORTS@$/ {
	for (i = 1; i <= 8; ++i) {
		sources = "\t\tlv2:scalePoint [ rdfs:label \"Off\" ; rdf:value 0 ] ,\n" \
			"\t\t\t[ rdfs:label \"Musicality\" ; rdf:value 1 ] ,\n" \
			"\t\t\t[ rdfs:label \"Noise excitation\" ; rdf:value 2 ] ,\n" \
			"\t\t\t[ rdfs:label \"Most excited neuron\" ; rdf:value 3 ]"
		for (n = 1; n <= 16; ++n)
			sources = sources " ,\n\t\t\t[ rdfs:label \"Neuron " n "\" ; rdf:value " 3 + n " ]"
		cc_port(i, 0, "source", "source", "What is sent. The most excited neuron sends the size of its activation, up to 4", \
			range(0, 0, 19) integer(" , lv2:enumeration") " ;\n" sources)
		cc_port(i, 1, "controller", "controller", "The number of the MIDI controller", range(19 + i, 0, 119) integer(""))
		cc_port(i, 2, "channel", "channel", "The MIDI channel", range(1, 1, 16) integer(""))
		cc_port(i, 3, "low", "low", "The controller's value at the low end", range("0.0", "0.0", "127.0"))
		cc_port(i, 4, "high", "high", "The controller's value at the high end", range("127.0", "0.0", "127.0"))
		cc_port(i, 5, "invert", "invert", "Swaps low and high", toggle())
		cc_port(i, 6, "curve", "curve", "Bends the values. Above 0: fine at the low end; below 0: fine at the high end", \
			range("0.0", "-1.0", "1.0"))
		cc_port(i, 7, "glide", "glide", "The time that it takes to reach a new value", \
			range("50.0", "0.0", "5000.0") " ;\n\t\tunits:unit units:ms")
		cc_port(i, 8, "threshold", "threshold", "The smallest change that is sent, in units of the controller", \
			range("1.0", "0.0", "64.0"))
		cc_port(i, 9, "rate", "rate", "The most messages a second; a pair of 14 bits counts as one", \
			range("50.0", "1.0", "1000.0") " ;\n\t\tunits:unit units:hz")
		cc_port(i, 10, "wide", "14 bits", "Sends 14 bits, as two controllers (number and number + 32). For numbers 0 to 31", toggle())
	}
	print " ."
	next
}

function cv_port(index_, symbol, name, comment, default_) {
	printf "%s[\n\t\ta lv2:OutputPort , lv2:CVPort , mod:CVPort ;\n", (index_ == 11 ? "\t" : " , ")
	printf "\t\tlv2:index %d ;\n\t\tlv2:symbol \"%s\" ;\n\t\tlv2:name \"%s\" ;\n", index_, symbol, name
	printf "\t\trdfs:comment \"%s\" ;\n\t\tpg:group mn:cv ;\n%s\n\t]", comment, range(default_, "0.0", "10.0")
}

/^@CV_PORTS@$/ {
	cv_port(11, "musicality", "Musicality", \
		"The probability that the last window is real music, not random notes. 10: surely music; 5: neutral", "5.0")
	for (i = 1; i <= 8; ++i)
		cv_port(11 + i, "neuron_" i, "Neuron " i, \
			"Where music neuron " i " of the ranking lies among its values on real music. 0: lowest; 10: highest; 5: neutral", "5.0")
	cv_port(20, "noise", "Noise excitation", "The share of the noise neurons that the last window excites. 10: all", "0.0")
	cv_port(21, "window", "Window done", "A gate of 10 for 10 ms when a window is done, otherwise 0", "0.0")
	cv_port(22, "top", "Top changed", "A gate of 10 for 10 ms when another neuron becomes the most excited, otherwise 0", "0.0")
	print " ."
	next
}

# @INCLUDE name@, or @INCLUDE name FROM n@ for ports whose first index is n.
/^@INCLUDE / {
	gsub(/@/, "")
	file = "ttl/" $2 ".ttl.part"
	next_index = $4
	while ((status = (getline line < file)) > 0) {
		if (sub(/@INDEX@/, next_index, line))
			++next_index
		print line
	}
	close(file)
	if (status < 0) {
		print "fill.awk: cannot read " file > "/dev/stderr"
		exit 1
	}
	next
}

/^@TOP_PORTS@$/ {
	for (i = 1; i <= 8; ++i) {
		port(27 + 2 * i, "top_" i "_neuron", "Top " i " neuron",
			"Index of the neuron whose activation is number " i " by size. -1: none",
			"top", range("-1", "-1", "2047") " ;\n\t\tlv2:portProperty lv2:integer ;\n" \
			"\t\tlv2:scalePoint [ rdfs:label \"None\" ; rdf:value -1 ]")
		port(28 + 2 * i, "top_" i "_activation", "Top " i " activation",
			"Its mean (mu), in standard deviations of the prior",
			"top", range("0.0", "-16.0", "16.0"))
	}
	next
}

{
	gsub(/@LIB_EXT@/, lib_ext)
	print
}
