# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# Fills the repeated ports and the given values into a template:
# awk -v lib_ext=.so -f ttl/fill.awk ttl/monitor.ttl.in

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
			"Where music neuron " i " of the ranking lies among its values on real music: 0 lowest, 1 highest, 0.5 neutral",
			"neurons", range("0.5", "0.0", "1.0") " ;\n\t\tlv2:portProperty pprop:continuousCV ;\n" \
			"\t\tpprop:displayPriority " 80 - i " ;\n\t\tunits:unit units:coef")
	next
}

/^@TOP_PORTS@$/ {
	for (i = 1; i <= 8; ++i) {
		port(27 + 2 * i, "top_" i "_neuron", "Top " i " neuron",
			"Index of the neuron with the activation of rank " i " by size; -1 is none",
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
