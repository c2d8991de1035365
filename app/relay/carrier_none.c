/* SPDX-License-Identifier: ISC */
/* In the place of carrier_nats.c in a relay that was configured without NATS. */
#include "relay/carrier.h"

#include "base/log.h"

enum status carrier_new(uv_loop_t *loop, const struct options *options, const struct carrier_events *events, struct carrier **ret_carrier)
{
	(void)loop;
	(void)events;
	*ret_carrier = NULL;
	if (!option_str(options, "nats_url") || option_str(options, "nats_url")[0] == '\0')
		return STATUS_OK;
	log_event(LOG_LEVEL_ERROR, "nats_refused", "option", "nats_url", "reason", "this relay was built without NATS: configure --with-nats, or take the option out", NULL);
	return STATUS_INVALID;
}

void carrier_subject(struct carrier *c, const char *subject)
{
	(void)c;
	(void)subject;
}

bool carrier_send(struct carrier *c, const char *payload, size_t len)
{
	(void)c;
	(void)payload;
	(void)len;
	return false;
}

void carrier_free(struct carrier **carrier)
{
	(void)carrier;
}
