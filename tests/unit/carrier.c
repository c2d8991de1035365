/* SPDX-License-Identifier: ISC */
/* What a relay says that was configured without NATS, in whatever tree: app/relay/courier_none.c. */
#include "base/log.h"
#include "capture.h"
#include "chat/options.h"
#include "relay/courier.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static struct capture err;

/* With `flag`, or without when it is NULL. */
static enum status open_with(const char *flag, struct courier **ret_courier)
{
	char program[] = "relay", config[] = "--config=/dev/null", url[] = "--public_url=http://localhost/chat", text[64] = "";
	char *argv[] = { program, config, url, flag ? text : NULL, NULL };
	struct options *options = NULL;
	bool leave = false;
	enum status status;

	(void)snprintf(text, sizeof text, "%s", flag ? flag : "");
	CU_ASSERT_EQUAL_FATAL(options_load(chat_options, chat_options_count, "relay", NULL, flag ? 4 : 3, argv, &options, &leave), STATUS_OK);
	status = courier_new(NULL, options, &(struct courier_events){ 0 }, ret_courier);
	options_free(&options);
	return status;
}

static void no_server_is_no_courier(void)
{
	struct courier *courier = (struct courier *)(void *)&err;

	CU_ASSERT_EQUAL(open_with(NULL, &courier), STATUS_OK);
	CU_ASSERT_PTR_NULL(courier);
	CU_ASSERT_FALSE(courier_send(courier, "x", 1));
	courier_free(&courier);
}

static void a_server_is_refused_with_the_reason(void)
{
	struct courier *courier;
	const char *said;

	capture_begin(&err, 2);
	CU_ASSERT_EQUAL(open_with("--nats_url=nats://localhost:4222", &courier), STATUS_INVALID);
	said = capture_end(&err);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "without NATS"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "--with-nats"));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "no_server_is_no_courier", no_server_is_no_courier },
		{ "a_server_is_refused_with_the_reason", a_server_is_refused_with_the_reason },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { "courier_none", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };

	log_init("unit", LOG_LEVEL_ERROR);
	return tap_run(suites);
}
