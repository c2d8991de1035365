/* SPDX-License-Identifier: ISC */
/* What a relay says that was configured without NATS, in whatever tree: app/relay/carrier_none.c. */
#include "base/log.h"
#include "capture.h"
#include "chat/options.h"
#include "relay/carrier.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static struct capture err;

/* With `flag`, or without when it is NULL. */
static enum status open_with(const char *flag, struct carrier **ret_carrier)
{
	char program[] = "relay", config[] = "--config=/dev/null", url[] = "--public_url=http://localhost/chat", text[64] = "";
	char *argv[] = { program, config, url, flag ? text : NULL, NULL };
	struct options *options = NULL;
	bool leave = false;
	enum status status;

	(void)snprintf(text, sizeof text, "%s", flag ? flag : "");
	CU_ASSERT_EQUAL_FATAL(options_load(chat_options, chat_options_count, "relay", NULL, flag ? 4 : 3, argv, &options, &leave), STATUS_OK);
	status = carrier_new(NULL, options, &(struct carrier_events){ 0 }, ret_carrier);
	options_free(&options);
	return status;
}

static void no_server_is_no_carrier(void)
{
	struct carrier *carrier = (struct carrier *)(void *)&err;

	CU_ASSERT_EQUAL(open_with(NULL, &carrier), STATUS_OK);
	CU_ASSERT_PTR_NULL(carrier);
	CU_ASSERT_FALSE(carrier_send(carrier, "x", 1));
	carrier_free(&carrier);
}

static void a_server_is_refused_with_the_reason(void)
{
	struct carrier *carrier;
	const char *said;

	capture_begin(&err, 2);
	CU_ASSERT_EQUAL(open_with("--nats_url=nats://localhost:4222", &carrier), STATUS_INVALID);
	said = capture_end(&err);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "without NATS"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "--with-nats"));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "no_server_is_no_carrier", no_server_is_no_carrier },
		{ "a_server_is_refused_with_the_reason", a_server_is_refused_with_the_reason },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { "carrier_none", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };

	log_init("unit", LOG_LEVEL_ERROR);
	return tap_run(suites);
}
