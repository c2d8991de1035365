/* SPDX-License-Identifier: ISC */
/* How much of us one address may have, and what the security log hears of those who want more or something else. What the workers know of it together lies in
 * memory that they share, made before they are forked; what must hold for all hosts together (chat requests of a site, open chats of an address, failed logins)
 * is judged in the database.
 *
 * An address is that of REMOTE_ADDR; of IPv6 the /64, which is what one customer of a provider has. Where the web server gives none (it was asked over a unix
 * socket) all such requests count as one address: who cannot be told apart cannot be limited apart. `limit_exempt` names those who are not counted. */
#ifndef SWITCHBOARD_API_GUARD_H
#define SWITCHBOARD_API_GUARD_H

#include "base/network.h"
#include "base/options.h"
#include "base/seats.h"
#include "base/shared_buckets.h"
#include "base/status.h"

struct call;

struct guard {
	struct shared_buckets *buckets;
	struct networks exempt;
	struct rate requests, chats, webhooks;
	struct rate seldom; /* of chats, too: who asks for no more has all of what a site has */
	int64_t chat_wait_ms; /* 0 = any */
	struct seats hashes; /* passwords that are hashed at this moment */
	struct seats reports; /* and reports that are made */
};

/* What went wrong is logged. */
enum status MUST_CHECK guard_init(struct guard *guard, const struct options *options);
void guard_fini(struct guard *guard);

/* Nobody counts him. */
bool guard_exempts(const struct call *call);

/* Judge one more request, one more chat request: STATUS_OK, or STATUS_RATE_LIMITED with the problem set. STATUS_UNAVAILABLE: the chat request has waited too long for
 * a worker. Webhooks of channels are counted for themselves. When there is more to do than can be done, new chats are given up first, quickly, so that the chats that run find a worker. */
enum status MUST_CHECK guard_request(struct call *call);
enum status MUST_CHECK guard_chat(struct call *call);

/* Counts one more chat request: is it one of an address that asks often? The second half of what a site has (site_chats_per_minute) is kept for the others, so that one
 * address cannot use up a site. Often is more than a quarter of what an address may. */
bool guard_asks_often(struct call *call);

/* Judges one more webhook of an account, after its signature: forged ones use up nobody's allowance but that of their address. */
enum status MUST_CHECK guard_account(struct call *call, const char *account);

/* Writes into the security log what `status` says of this call, when it is one that stands there: not allowed, over a limit. At most one line of a kind each ten
 * seconds for one address, so that who sends many requests does not fill it. */
void guard_note(struct call *call, enum status status);

#endif
