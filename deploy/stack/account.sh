# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Whose the stack is, and which files it is made of. PostgreSQL refuses to run as root, and nothing here needs to: root only installs packages,
# then the scripts start themselves anew, from a copy of the tree, as an unprivileged user.

# The user who shall run everything when root calls: the one named, else who called sudo, else PostgreSQL's own.
account_choose() {
	local wanted=${1:-${SUDO_USER:-postgres}}
	[ "$wanted" != root ] || wanted=postgres
	id -u "$wanted" >/dev/null 2>&1 || fail "there is no user $wanted (name another with --user)"
	[ "$(id -u "$wanted")" -ne 0 ] || fail "--user must not be root"
	printf '%s\n' "$wanted"
}

# Replaces this process: account_become USER HOME COMMAND...
account_become() {
	local user=$1 home=$2
	shift 2
	exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
		env --default-signal=INT,QUIT -i PATH="$PATH" LANG=C.UTF-8 HOME="$home" USER="$user" ${account_pass[@]+"${account_pass[@]}"} "$@"
}

# Variables that go along: what reaches a package registry from here.
account_environment() {
	local name
	account_pass=()
	for name in TERM http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS \
		npm_config_registry NPM_CONFIG_REGISTRY; do
		[ -z "${!name:-}" ] || account_pass+=("$name=${!name}")
	done
}

# A copy of what belongs to the project, as it is on disk: tracked files and new ones that are not ignored. Over an earlier copy: times are kept,
# so that make does only what it must, and what has gone since goes. TO.files lists the copy. A release brings its built front end along.
tree_copy() {
	local from=$1 to=$2
	mkdir -p "$to"
	(cd "$from" && tests/lint/files | LC_ALL=C sort) >"$to.files.new"
	if [ -e "$to.files" ]; then
		(cd "$to" && LC_ALL=C comm -23 "$to.files" "$to.files.new" | xargs -r -d '\n' rm -f)
	fi
	tar -C "$from" -cf - --no-recursion -T "$to.files.new" | tar -xf - -C "$to" --no-same-owner
	mv "$to.files.new" "$to.files"
	if [ -e "$from/www/dist/RELEASE" ]; then
		rm -rf "$to/www/dist"
		cp -R "$from/www/dist" "$to/www/dist"
	fi
}
