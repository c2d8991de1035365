/* SPDX-License-Identifier: ISC */
/* Signatures of webhooks, as those who call us make them: Twilio, Meta, and the form of our own that everybody else may use. Each check compares in constant time
 * and tries every secret: while one takes over from the other two are good. A NULL or empty secret matches nothing. */
#ifndef SWITCHBOARD_BASE_SIGNATURE_H
#define SWITCHBOARD_BASE_SIGNATURE_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_SECRETS 2
#define SIGNATURE_TIMED_MAX 8 /* v1=… in one header */

/* A field of a form, decoded. */
struct signature_field {
	const char *name, *value;
};

/* What a signature is held against. */
struct signature_keys {
	const char *secrets[SIGNATURE_SECRETS];
};

/* Each gives back NULL when the signature is good (`*ret_slot`: whose, 0 or 1), else what is wrong with it, a constant for the log. `given` may be NULL. */

/* X-Twilio-Signature: base64 of HMAC-SHA1 over the URL as it was called and each field, sorted by name: name and value. Of a name that comes several times each distinct
 * value counts once. `url` is tried with and without the default port. Sorts `fields`
 * where `given` may be one at all. */
const char *signature_twilio(const struct signature_keys *keys, const char *url, struct signature_field *fields, size_t count, const char *given, size_t *ret_slot);

/* Of a body that is no form Twilio signs the URL alone, whose bodySHA256=HEX says what the body is. */
bool signature_body_is(const char *hex, const void *body, size_t len);

/* X-Hub-Signature-256: sha256=HEX of HMAC-SHA256 over the body as it came. */
const char *signature_hub(const struct signature_keys *keys, const void *body, size_t len, const char *given, size_t *ret_slot);

/* Switchboard-Signature: t=UNIX_SECONDS,v1=HEX of HMAC-SHA256 over "t.body"; v1 may come several times, one for each secret of the sender. More than `tolerance_s` old, or
 * ahead, it is refused. */
const char *signature_timed(const struct signature_keys *keys, const void *body, size_t len, const char *given, int64_t now_s, int64_t tolerance_s, size_t *ret_slot);

#endif
