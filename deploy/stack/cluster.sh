# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A private PostgreSQL cluster: its own data directory, one unix socket in a directory only its user may enter, no TCP.

cluster_bin() {
	local bin
	bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
	[ -x "$bin/initdb" ] || fail "PostgreSQL's server programs are missing: run deploy/install-deps"
	printf '%s\n' "$bin"
}

# cluster_create DATA; a cluster that exists is left as it is
cluster_create() {
	[ ! -e "$1/PG_VERSION" ] || return 0
	"$(cluster_bin)/initdb" -D "$1" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions
	chmod 700 "$1"
}

# The server's arguments, one a line: cluster_arguments DATA SOCKET-DIR on|off (off: not durable, for tests that do not crash it)
cluster_arguments() {
	local data=$1 socket_dir=$2 durable=$3
	printf '%s\n' -D "$data" -c listen_addresses= -c "unix_socket_directories=$socket_dir" -c unix_socket_permissions=0700 \
		-c "fsync=$durable" -c "full_page_writes=$durable" -c max_connections=200 -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 \
		-c log_destination=stderr -c logging_collector=off -c 'log_line_prefix=%m [%p] %a ' -c timezone=UTC
}

cluster_answers() {
	psql -X -q -A -t -d "host=$1 user=postgres dbname=postgres" -c 'select 1'
}

# cluster_database SOCKET-DIR NAME; one that exists is left as it is
cluster_database() {
	local dsn="host=$1 user=postgres dbname=postgres"
	if [ -z "$(psql -X -q -A -t -d "$dsn" -c "select 1 from pg_database where datname = '$2'")" ]; then
		psql -X -q -d "$dsn" -c "create database $2"
	fi
}
