# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The web server's part: a free port, nginx's configuration, the shop's pages.

# shellcheck disable=SC2154 # stack_dir is set by whoever reads this file in

port_taken() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The port asked for, or the first free one from 8080 upwards.
port_choose() {
	local port
	if [ -n "$1" ]; then
		! port_taken "$1" || fail "port $1 is taken; choose another with --port, or leave --port out for a free one"
		printf '%s\n' "$1"
		return
	fi
	for port in {8080..8279}; do
		if ! port_taken "$port"; then
			printf '%s\n' "$port"
			return
		fi
	done
	fail "no free port between 8080 and 8279; choose one with --port"
}

loopback_has_ipv6() {
	grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null
}

# web_configure DIR PORT PUBLIC-URL STATIC-DIR
web_configure() {
	local dir=$1 port=$2 listen_ipv6=
	! loopback_has_ipv6 || listen_ipv6="listen [::1]:$port;"
	"$stack_dir/../nginx/render" --public-url "$3" --output "$dir/etc/nginx" --static-dir "$4" \
		--api-socket "$dir/run/api.sock" --relay-socket "$dir/run/relay.sock" --exempt 127.0.0.0/8 --exempt ::1 \
		--cache-dir "$dir/run/nginx-cache" --template "$stack_dir/../nginx/stack.conf" --template "$stack_dir/../nginx/stack-site.conf" \
		--set SITE=stack-site --set "PORT=$port" --set "LISTEN_IPV6=$listen_ipv6" \
		--set "RUN_DIR=$dir/run" --set "LOG_DIR=$dir/log" --set "SHOP_DIR=$dir/shop"
	logged "$dir/log/setup.log" nginx -t -q -p "$dir/run" -e stderr -c "$dir/etc/nginx/stack.conf"
}

# shop_pages SOURCE TARGET PUBLIC-URL WIDGET
shop_pages() {
	rm -rf "$2"
	cp -R "$1" "$2"
	find "$2" -name '*.html' -exec sed -i -e "s|@SERVER_URL@|$3|g" -e "s|@WIDGET@|$4|g" {} +
}
