# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What a person sees of the stack: steps, failures, the end of a log.

say() {
	printf '%s\n' "$*"
}

# A step and the seconds it took: step "building" make all
step() {
	local title=$1 start=$SECONDS
	shift
	printf '  %-38s' "$title"
	"$@" || return
	printf '%4d s\n' $((SECONDS - start))
}

fail() {
	printf '\n%s: %s\n' "${program:-stack}" "$*" >&2
	exit 1
}

# The command's output goes to a log, of which the last lines are shown if it fails: logged FILE COMMAND...
logged() {
	local log=$1
	shift
	if ! "$@" >>"$log" 2>&1 </dev/null; then
		printf '\n--- last lines of %s\n' "$log" >&2
		tail -n 40 "$log" >&2
		fail "failed: $*"
	fi
}

# Waits for a condition: wait_for SECONDS COMMAND...
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.1
	done
}
