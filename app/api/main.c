/* SPDX-License-Identifier: ISC */
/* switchboard-api: the HTTP API and the widget's page, over FastCGI. */
#include "api/dispatch.h"
#include "base/log.h"
#include "base/options.h"
#include "chat/options.h"
#include "http/listener.h"
#include "http/master.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* -1 for what is no octal mode */
static long parse_mode(const char *text)
{
	char *end;
	long mode = strtol(text, &end, 8);

	return *text && !*end && mode >= 0 && mode <= 0777 ? mode : -1;
}

/* Browsers keep "__Host-" cookies only over https; on this machine plain http must do. */
static void name_cookie(struct api *api)
{
	api->cookie_secure = api->url.secure || !api->url.loopback;
	api->cookie_name = api->cookie_secure ? "__Host-sid" : "sid";
	if (!api->url.secure && !api->url.loopback)
		log_event(LOG_LEVEL_WARN, "public_url is plain http: operators cannot log in", "public_url", api->url.origin, NULL);
}

/* Who may log in, and how. NULL, or what is wrong. */
static const char *choose_ways(struct api *api, const struct options *options)
{
	const char *param = option_str(options, "sso_param");

	api->password_login = option_bool(options, "password_login");
	api->sso_param = param && *param ? param : NULL;
	api->sso_totp = option_bool(options, "sso_totp");
	if (api->sso_param && !request_user_param_is_good(api->sso_param))
		return "sso_param is no FastCGI parameter that only the web server can set: capitals, digits and _, not HTTP_...";
	if (!api->sso_param && !api->password_login)
		return "password_login is off and sso_param is not set: nobody could log in";
	return NULL;
}

static enum status configure(struct api *api, const struct options *options)
{
	const char *static_dir = option_str(options, "static_dir");
	const char *key_file = option_str(options, "server_key_file");
	const char *fault;

	if (public_url_parse(option_str(options, "public_url"), &api->url) != STATUS_OK) {
		log_event(LOG_LEVEL_ERROR, "public_url is no URL that we can use", "public_url", option_str(options, "public_url"), NULL);
		return STATUS_INVALID;
	}
	if (!key_file) {
		log_event(LOG_LEVEL_ERROR, "server_key_file is not set: there is no default secret", NULL);
		return STATUS_INVALID;
	}
	if (parse_mode(option_str(options, "api_socket_mode")) < 0) {
		log_event(LOG_LEVEL_ERROR, "api_socket_mode is no octal number up to 0777", NULL);
		return STATUS_INVALID;
	}
	if (networks_parse(option_str(options, "monitor_from"), &api->monitors) != STATUS_OK) {
		log_event(LOG_LEVEL_ERROR, "monitor_from is no list of addresses and networks", "monitor_from", option_str(options, "monitor_from"), NULL);
		return STATUS_INVALID;
	}
	fault = choose_ways(api, options);
	if (fault) {
		log_event(LOG_LEVEL_ERROR, fault, NULL);
		return STATUS_INVALID;
	}
	if (!log_security_to(option_str(options, "security_log"))) {
		log_event(LOG_LEVEL_ERROR, "security_log cannot be written", "path", option_str(options, "security_log"), "reason", strerror(errno), NULL);
		return STATUS_INVALID;
	}
	if (guard_init(&api->guard, options) != STATUS_OK)
		return STATUS_INVALID;
	name_cookie(api);
	api->database = option_str(options, "database");
	api->socket_path = option_str(options, "api_socket");
	api->slow_statement_ms = (int)option_int(options, "slow_statement_ms");
	assets_init(&api->assets, static_dir ? static_dir : SWITCHBOARD_WWW_DIR);
	return secret_load_keys(key_file, &api->server_keys);
}

static int serve(struct api *api, const struct options *options)
{
	const struct worker_program program = {
		.open = dispatch_open, .coming = dispatch_coming, .serve = dispatch_serve, .between = dispatch_between, .close = dispatch_close, .arg = api,
	};
	struct listener listener;
	int code;

	if (listener_open(&listener, option_str(options, "api_socket"), (mode_t)parse_mode(option_str(options, "api_socket_mode"))) != STATUS_OK)
		return 1;
	if (listener_is_spawned(&listener))
		code = worker_run_alone(&program, listener.fd, (int)option_int(options, "api_request_timeout_s"));
	else
		code = master_run(&program, listener.fd, (int)option_int(options, "api_workers"), (int)option_int(options, "api_request_timeout_s"));
	listener_close(&listener);
	return code;
}

int main(int argc, char **argv)
{
	struct options *options = NULL;
	struct api api = { .guard = { .hashes.fd = -1, .reports.fd = -1 } };
	bool done = false;
	int code = 1;

	log_init("api", LOG_LEVEL_INFO);
	if (options_load(chat_options, chat_options_count, "api", SWITCHBOARD_CONFIG_FILE, argc, argv, &options, &done) != STATUS_OK)
		return 1;
	if (done)
		return 0;
	log_init("api", log_level_from_name(option_str(options, "log_level")));
	if (configure(&api, options) == STATUS_OK)
		code = serve(&api, options);
	guard_fini(&api.guard);
	OPENSSL_cleanse(&api.server_keys, sizeof api.server_keys);
	options_free(&options);
	return code;
}
