/* SPDX-License-Identifier: ISC */
/* In the place of courier_nats.c in a relay that was configured without NATS. */
#include "relay/courier.h"

#include "base/log.h"

enum status courier_new(uv_loop_t *loop, const struct options *options, const struct courier_events *events, struct courier **ret_courier)
{
	(void)loop;
	(void)events;
	*ret_courier = NULL;
	if (!option_str(options, "nats_url") || option_str(options, "nats_url")[0] == '\0')
		return STATUS_OK;
	log_event(LOG_LEVEL_ERROR, "nats_refused", "option", "nats_url", "reason", "this relay was built without NATS: configure --with-nats, or take the option out", NULL);
	return STATUS_INVALID;
}

void courier_subject(struct courier *c, const char *subject)
{
	(void)c;
	(void)subject;
}

bool courier_send(struct courier *c, const char *payload, size_t len)
{
	(void)c;
	(void)payload;
	(void)len;
	return false;
}

void courier_free(struct courier **courier)
{
	(void)courier;
}
