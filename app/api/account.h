/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_API_ACCOUNT_H
#define SWITCHBOARD_API_ACCOUNT_H

#include "api/call.h"
#include "base/password.h"

/* Who is logged in, and the hash of his password ("": he has none). */
struct owner {
	char hash[PASSWORD_HASH_SIZE];
	bool enrolling;
};

enum status MUST_CHECK account_owner(struct call *call, struct owner *ret_owner);

/* Is this his password? STATUS_INVALID with the field, and an audit row, when not; missing is wrong. */
enum status MUST_CHECK account_check_password(struct call *call, const struct owner *owner, const char *password);

/* A change of his account failed at `field` ("password" or "totp"): notes it and answers STATUS_INVALID. */
enum status account_refuse(struct call *call, const char *field);

#endif
