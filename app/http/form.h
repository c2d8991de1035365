/* SPDX-License-Identifier: ISC */
/* A form as webhooks post it (application/x-www-form-urlencoded), read strictly: what does not decode in one way only is refused. */
#ifndef SWITCHBOARD_HTTP_FORM_H
#define SWITCHBOARD_HTTP_FORM_H

#include "base/signature.h"
#include "base/status.h"

#include <stddef.h>

#define FORM_FIELDS_MAX 128

struct form {
	char *text; /* owned; the fields are borrowed from it */
	struct signature_field fields[FORM_FIELDS_MAX];
	size_t count;
};

/* STATUS_BAD_REQUEST: a broken escape, a NUL, bytes that are to be escaped and are not, no UTF-8, an empty name or one that comes twice, too many fields.
 * form_fini() in any case. */
enum status MUST_CHECK form_parse(const char *data, size_t len, struct form *ret_form);
void form_fini(struct form *form);

const char *form_value(const struct form *form, const char *name); /* NULL when absent */

#endif
