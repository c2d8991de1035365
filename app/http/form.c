/* SPDX-License-Identifier: ISC */
#include "http/form.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *found = c ? strchr(digits, c) : NULL;

	return found ? (int)((found - digits) % 16) : -1;
}

/* In place. */
static bool decode(char *text)
{
	char *in = text, *out = text;

	for (; *in; in++, out++) {
		if (*in == '%') {
			int high = hex_digit(in[1]), low = high < 0 ? -1 : hex_digit(in[2]);

			if (low < 0 || high * 16 + low == 0)
				return false;
			*out = (char)(high * 16 + low);
			in += 2;
		} else if (*in <= ' ' || *in >= 0x7f) {
			return false;
		} else {
			*out = *in == '+' ? ' ' : *in;
		}
	}
	*out = '\0';
	return u8_check((const uint8_t *)text, strlen(text)) == NULL;
}

static bool add_field(struct form *form, char *name)
{
	char *value = strchr(name, '=');

	if (!value || form->count == FORM_FIELDS_MAX)
		return false;
	*value++ = '\0';
	if (!decode(name) || !decode(value) || *name == '\0' || form_value(form, name))
		return false;
	form->fields[form->count++] = (struct signature_field){ name, value };
	return true;
}

enum status form_parse(const char *data, size_t len, struct form *ret_form)
{
	char *next;

	ret_form->count = 0;
	ret_form->text = alloc_zero(len + 1, 1);
	memcpy(ret_form->text, data, len);
	if (memchr(data, '\0', len))
		return STATUS_BAD_REQUEST;
	for (char *at = ret_form->text; at && len > 0; at = next) {
		next = strchr(at, '&');
		if (next)
			*next++ = '\0';
		if (!add_field(ret_form, at))
			return STATUS_BAD_REQUEST;
	}
	return STATUS_OK;
}

void form_fini(struct form *form)
{
	free(form->text);
	form->text = NULL;
	form->count = 0;
}

const char *form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value;
	return NULL;
}
