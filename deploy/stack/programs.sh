# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Switchboard itself in DIR: its database, its configuration, its services. DIR/installed holds the programs.
# shellcheck disable=SC2154 # stack_dir is set by whoever reads this file in

programs_dsn() {
	printf 'host=%s user=%s dbname=switchboard' "$1/run" "$2"
}

programs_migrate() {
	local dir=$1 log=$1/log/setup.log
	logged "$log" cluster_database "$dir/run" switchboard
	SWITCHBOARD_DATABASE=$(programs_dsn "$dir" postgres) logged "$log" "$dir/installed/bin/switchboard" migrate
}

# The small company of sql/demo.sql, and a password of their own for each of its operators, once; the shop's origin every time:
# programs_demo_company DIR SHOP-ORIGIN
programs_demo_company() {
	local dir=$1 log=$1/log/setup.log psql
	psql=(psql -X -q -1 -v ON_ERROR_STOP=1 -d "$(programs_dsn "$dir" postgres)")
	if [ ! -s "$dir/logins" ]; then
		logged "$log" "${psql[@]}" -f "$dir/installed/share/switchboard/sql/demo.sql" -f "$stack_dir/shop-habits.sql"
		(umask 077 && programs_passwords "$dir" "${psql[@]}" >"$dir/logins.new") || exit
		mv "$dir/logins.new" "$dir/logins"
	fi
	logged "$log" "${psql[@]}" -v "shop_origin=$2" -f "$stack_dir/shop-origin.sql"
}

# A generated password for each operator, printed as lines `operator password`
programs_passwords() {
	local dir=$1 operator password
	shift
	"$@" -A -t -c 'select operator from chat.operator where active order by role, operator' | while read -r operator; do
		password=$(SWITCHBOARD_DATABASE=$(programs_dsn "$dir" postgres) "$dir/installed/bin/switchboard" operator password "$operator" --generate </dev/null) ||
			fail "no password could be set for $operator"
		printf '%s %s\n' "$operator" "$password"
	done
}

# programs_configure DIR PUBLIC-URL
programs_configure() {
	local dir=$1 key=$1/etc/server.key
	mkdir -p "$dir/etc"
	if [ ! -s "$key" ]; then
		(umask 077 && head -c 48 /dev/urandom | base64 >"$key")
	fi
	cat >"$dir/etc/switchboard.conf" <<-END
		# Written by deploy/demo at every start.
		public_url = $2
		server_key_file = $key
		api_socket = $dir/run/api.sock
		api_socket_mode = 0600
		relay_socket = $dir/run/relay.sock
		relay_socket_mode = 0600
		# everybody is on this machine here, and no limit shall stand in the way of somebody who tries things
		messages_per_second = 0
		limit_exempt = 127.0.0.0/8 ::1
		sockets_per_second = 0
		chat_wait_max_ms = 0
	END
	printf '%s\n' "$2" >"$dir/url"
}

# The command of administrators with the configuration of this one: programs_command DIR writes DIR/switchboard
programs_command() {
	local dir=$1
	cat >"$dir/switchboard" <<-END
		#!/bin/sh
		# Written by deploy/demo at every start.
		SWITCHBOARD_DATABASE="$(programs_dsn "$dir" postgres)" exec "$dir/installed/bin/switchboard" "\$@" --config "$dir/etc/switchboard.conf"
	END
	chmod 755 "$dir/switchboard"
}

# programs_service DIR NAME PROGRAM [ARGUMENT...]
programs_service() {
	local dir=$1 name=$2 program=$3
	shift 3
	service_add "$dir" "$name" env "SWITCHBOARD_DATABASE=$(programs_dsn "$dir" "switchboard_$program")" \
		"$dir/installed/libexec/switchboard-$program" --config "$dir/etc/switchboard.conf" "$@"
}

# Defines every service, none started: programs_services DIR
programs_services() {
	local dir=$1 name arguments
	mapfile -t arguments < <(cluster_arguments "$dir/data" "$dir/run" on)
	service_add "$dir" postgres "$(cluster_bin)/postgres" "${arguments[@]}"
	service_stops_by_int "$dir" postgres
	service_add "$dir" nginx nginx -p "$dir/run" -e stderr -c "$dir/etc/nginx/stack.conf" -g 'daemon off;'
	service_clears_group "$dir" nginx
	for name in api relay router courier; do
		programs_service "$dir" $name $name
	done
	programs_service "$dir" router2 router --router_name stand-by
}

http_code() {
	curl -s -o /dev/null -m 5 -w '%{http_code}' "$@"
}

api_is_healthy() {
	[ "$(http_code "$1/api/v1/health")" = 200 ]
}

# The relay refuses a handshake without Origin itself; while it is down nginx says 503.
relay_answers() {
	case $(http_code -H 'Connection: Upgrade' -H 'Upgrade: websocket' "$1/relay") in
	000 | 5*) return 1 ;;
	esac
}

shop_answers() {
	[ "$(http_code "$1")" = 200 ]
}

# What does not come up is named, with the end of its log: must_come_up DIR NAME COMMAND...
must_come_up() {
	local dir=$1 name=$2
	shift 2
	wait_for 120 "$@" && return
	printf '\n--- last lines of %s\n' "$dir/log/$name/current" >&2
	tail -n 25 "$dir/log/$name/current" >&2
	fail "$name does not come up; its last lines are above"
}
