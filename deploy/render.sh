# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What deploy/nginx/render and deploy/apache/render share: options, placeholders, files.
# shellcheck disable=SC2154 # here is set by whoever reads this file in

fail() {
	printf 'render: %s\n' "$*" >&2
	exit 2
}

# What stands here before read_options are the web server's own defaults.
declare -A value

# A value goes into the configuration unquoted, so it must not be able to end a directive or open a block.
check_value() {
	[ "$1" != --set ] || return 0
	[[ $2 =~ ^[][A-Za-z0-9_./:@~+,=-]*$ ]] || fail "$1 holds a character that a web server's configuration cannot take here: $2"
}

read_public_url() {
	[[ $1 =~ ^(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:([0-9]+))?(/[^?#]*)?$ ]] || fail "--public-url must look like https://chat.example.com/chat"
	local scheme=${BASH_REMATCH[1]} port=${BASH_REMATCH[4]:-} path=${BASH_REMATCH[5]:-}
	value[HOST]=${BASH_REMATCH[2]}
	value[AUTHORITY]=${value[HOST]}${port:+:$port}
	value[PREFIX]=${path%/}
	value[PUBLIC_URL]=$scheme://${value[AUTHORITY]}${value[PREFIX]}
	value[WS_ORIGIN]=${scheme/http/ws}://${value[AUTHORITY]}
	value[HTTPS_PORT]=${port:-443}
	value[HSTS]=
	[ "$scheme" = http ] || value[HSTS]=max-age=31536000 # a year
}

# read_options "$@": into value[], relays[], exempt[], behind[], listen[], templates[] and output
read_options() {
	value+=([API_SOCKET]=/run/switchboard/api.sock [STATIC_DIR]=${here%/*}/www [CACHE_SECONDS]=1 [HTTP_PORT]=80 [CERTIFICATE]='' [CERTIFICATE_KEY]='')
	relays=() exempt=() behind=() listen=() templates=() output=
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) sed -n '3,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
		esac
		[ $# -ge 2 ] || fail "$1 needs a value"
		check_value "$1" "$2"
		case $1 in
		--public-url) read_public_url "$2" ;;
		--output) output=$2 ;;
		--static-dir) value[STATIC_DIR]=$2 ;;
		--api-socket) value[API_SOCKET]=$2 ;;
		--relay-socket) relays+=("$2") ;;
		--exempt) exempt+=("$2") ;;
		--behind) behind+=("$2") ;;
		--cache-seconds) value[CACHE_SECONDS]=$2 ;;
		--certificate) value[CERTIFICATE]=$2 ;;
		--certificate-key) value[CERTIFICATE_KEY]=$2 ;;
		--http-port) value[HTTP_PORT]=$2 ;;
		--listen) listen+=("$2:") ;;
		--log-dir) value[LOG_DIR]=$2 ;;
		--template) templates+=("$2") ;;
		--set) value[${2%%=*}]=${2#*=} ;;
		*) read_own_option "$1" "$2" || fail "unknown option $1" ;;
		esac
		shift 2
	done
	[ -n "${value[WS_ORIGIN]:-}" ] || fail "--public-url is needed"
	[ -n "$output" ] || fail "--output is needed"
	[[ ${value[CACHE_SECONDS]} =~ ^[0-9]+$ ]] || fail "--cache-seconds takes a number"
	[ ${#listen[@]} -gt 0 ] || listen=('' '[::]:')
	[ ${#relays[@]} -gt 0 ] || relays=(/run/switchboard/relay.sock)
	value[CONF_DIR]=$output
	value[CONSOLE_POLICY]="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self' ${value[WS_ORIGIN]};"
	value[CONSOLE_POLICY]+=" frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; require-trusted-types-for 'script';"
	value[CONSOLE_POLICY]+=" trusted-types lit-html switchboard"
}

# each FORMAT WORD...: the format filled with each word, nothing for none
each() {
	local format=$1
	shift
	# shellcheck disable=SC2059 # the format is ours
	[ $# -eq 0 ] || printf "$format" "$@"
}

render() {
	local text name
	text=$(<"$1")
	for name in "${!value[@]}"; do
		text=${text//"@$name@"/"${value[$name]}"}
	done
	if [[ $text =~ @[A-Z][A-Z_]*@ ]]; then
		fail "${1##*/}: nothing given for ${BASH_REMATCH[0]}"
	fi
	printf '%s\n' "$text" >"$2.new"
	mv "$2.new" "$2"
}

# render_all FILE...; the example of a whole site with TLS only for who names a certificate
render_all() {
	local file
	mkdir -p "$output"
	for file in "$@" ${templates[@]+"${templates[@]}"}; do
		case $file in
		*-tls.conf) [ -n "${value[CERTIFICATE]}${value[CERTIFICATE_KEY]}" ] || continue ;;
		esac
		render "$file" "$output/${file##*/}"
	done
}
