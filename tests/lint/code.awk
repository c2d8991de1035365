# SPDX-License-Identifier: ISC
# C without its comments, and as mode asks without its strings: awk -v mode=code|strings -f code.awk FILE...
# Prints FILE:LINE:TEXT. mode=code empties the strings; mode=strings prints only their contents, one string a line.

function emit(text) {
	print FILENAME ":" FNR ":" text
}

FNR == 1 { state = "code" }

{
	out = ""
	literal = ""
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		two = substr($0, i, 2)
		if (state == "comment") {
			if (two == "*/") { state = "code"; i++ }
		} else if (state == "string") {
			if (c == "\\") { literal = literal substr($0, i, 2); i++ }
			else if (c == "\"") { state = "code"; out = out "\""; if (mode == "strings") emit(literal); literal = "" }
			else literal = literal c
		} else if (two == "/*") { state = "comment"; i++ }
		else if (two == "//") break
		else if (c == "'") {
			out = out "''"
			i++
			if (substr($0, i, 1) == "\\") i++
			i++
		} else if (c == "\"") { state = "string"; out = out c }
		else out = out c
	}
	if (state == "string") state = "code"
	if (mode == "code" && out ~ /[^ \t]/) emit(out)
}
