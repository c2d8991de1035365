# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# From a copy of the sources to programs, out of tree.

# build_configure SOURCE BUILD LOG [CONFIGURE-FLAG...]; keeps a build directory that was configured with the same flags
build_configure() {
	local source=$1 build=$2 log=$3
	shift 3
	mkdir -p "$build"
	if [ ! -e "$source/configure" ]; then
		(cd "$source" && logged "$log" autoreconf -fi) || exit
	fi
	if [ ! -e "$build/config.status" ] || [ "$(cat "$build/configured-with" 2>/dev/null)" != "$*" ]; then
		(cd "$build" && logged "$log" "$source/configure" "$@") || exit
		printf '%s' "$*" >"$build/configured-with"
	fi
}

# build_make BUILD LOG [TARGET...]; from there, for make goes back to where it was called, which may be a home that its user may not enter
build_make() {
	local build=$1 log=$2
	shift 2
	(cd "$build" && logged "$log" make -s -j"$(nproc)" "$@") || exit
}
