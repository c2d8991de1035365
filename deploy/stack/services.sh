# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The supervisor (runit): one directory a service under DIR/service, a log each under DIR/log, whichever dies is started again.
# A service writes its process id to DIR/run/NAME.pid and refreshes DIR/demo.json at every start, so that both are always true.

# shellcheck disable=SC2016 # what is written into scripts expands there
# shellcheck disable=SC2154 # stack_dir is set by whoever reads this file in

# service_add DIR NAME COMMAND...; environment by `env NAME=VALUE` in front of the command
service_add() {
	local dir=$1 name=$2 service=$1/service/$2
	shift 2
	mkdir -p "$service/log" "$dir/log/$name"
	{
		printf '#!/bin/bash\nexec 2>&1\necho $$ >%q\n' "$dir/run/$name.pid"
		printf '[ ! -e %q ] || %q %q\n' "$dir/ready" "$stack_dir/describe" "$dir"
		printf 'cd %q\nexec chpst -P' "$dir/run"
		printf ' %q' "$@"
		printf '\n'
	} >"$service/run"
	printf '#!/bin/sh\nexec svlogd %q\n' "$dir/log/$name" >"$service/log/run"
	chmod 755 "$service/run" "$service/log/run"
	touch "$service/down"
}

# PostgreSQL takes SIGINT for a quick and orderly stop; SIGTERM would wait for its clients.
service_stops_by_int() {
	mkdir -p "$1/service/$2/control"
	printf '#!/bin/sh\nexec kill -INT "$(cat %q)"\n' "$1/run/$2.pid" >"$1/service/$2/control/t"
	chmod 755 "$1/service/$2/control/t"
}

# Workers that outlive a killed parent would keep its port: what is left of the process group goes before the next start.
service_clears_group() {
	printf '#!/bin/bash\nkill -KILL -- "-$(cat %q)" 2>/dev/null\nexit 0\n' "$1/run/$2.pid" >"$1/service/$2/finish"
	chmod 755 "$1/service/$2/finish"
}

supervisor_start() {
	setsid runsvdir -P "$1/service" >"$1/log/supervisor.log" 2>&1 </dev/null &
	supervisor_pid=$!
	echo $supervisor_pid >"$1/run/supervisor.pid"
	wait_for 60 services_listen "$1" || fail "the supervisor (runsvdir) does not come up; see $1/log/supervisor.log"
}

services_listen() {
	local service
	for service in "$1"/service/*; do
		[ -p "$service/supervise/control" ] && sv status "$service" || return
	done
}

service_up() {
	sv up "$1/service/$2" >/dev/null
	rm -f "$1/service/$2/down"
}

services_stop() {
	local dir=$1 name children
	supervisor_pid=$(cat "$dir/run/supervisor.pid" 2>/dev/null) || return 0
	if [ "$(cat "/proc/$supervisor_pid/comm" 2>/dev/null)" != runsvdir ]; then
		return 0
	fi
	for name in courier router2 router relay api nginx postgres; do
		[ ! -d "$dir/service/$name" ] || sv -w 10 force-stop "$dir/service/$name" >/dev/null 2>&1 || true
	done
	children=$(pgrep -P "$supervisor_pid" || true)
	kill -HUP "$supervisor_pid"
	for name in $supervisor_pid $children; do
		wait_for 10 process_gone "$name" || kill -KILL "$name" 2>/dev/null || true
	done
}

process_gone() {
	[ ! -d "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}
