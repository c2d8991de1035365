/* SPDX-License-Identifier: ISC */
/* Webhooks: a line with the signature's header, a line with the URL, then the body, read as a form and held against each kind of signature. Nothing a stranger makes
 * up is good; what the form lets through is what signatures and JSON make of it. */
#include "base/signature.h"
#include "fuzz.h"
#include "http/form.h"

#include <string.h>

#define NOW_S 1750000000
#define TWILIO_LEN 28 /* of a signature; what is none is compared with nothing */

static void form_is_plain(const struct form *form)
{
	fuzz_holds(form->count <= FORM_FIELDS_MAX);
	for (size_t i = 0; i < form->count; i++) {
		fuzz_holds(*form->fields[i].name && form_value(form, form->fields[i].name) == form->fields[i].value);
		for (size_t j = 0; j < i; j++)
			fuzz_holds(strcmp(form->fields[i].name, form->fields[j].name) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* nobody knows these, and the corpus holds nothing that was signed with them */
	const struct signature_keys keys = { { "of the account and of nobody else", "the one that was there before" } }, none = { { "", NULL } };
	char *given = fuzz_take(&data, &size, '\n'), *url = fuzz_take(&data, &size, '\n');
	struct form form;
	size_t slot = 9;

	if (form_parse((const char *)data, size, &form) == STATUS_OK) {
		form_is_plain(&form);
		fuzz_holds(signature_twilio(&keys, url, form.fields, form.count, given, &slot) != NULL);
		fuzz_holds(signature_twilio(&none, url, form.fields, form.count, given, &slot) != NULL);
		for (size_t i = 1; i < form.count && strlen(given) == TWILIO_LEN; i++)
			fuzz_holds(strcmp(form.fields[i - 1].name, form.fields[i].name) < 0);
	}
	form_fini(&form);
	fuzz_holds(signature_hub(&keys, data, size, given, &slot) != NULL && signature_hub(&none, data, size, given, &slot) != NULL);
	fuzz_holds(signature_timed(&keys, data, size, given, NOW_S, 300, &slot) != NULL && signature_timed(&none, data, size, given, NOW_S, 300, &slot) != NULL);
	(void)signature_body_is(given, data, size);
	fuzz_holds(slot == 9);
	free(given);
	free(url);
	return 0;
}
