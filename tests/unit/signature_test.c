/* SPDX-License-Identifier: ISC */
#include "base/signature.h"
#include "base_suites.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_MAX 8
#define MAC "f8e1ecf549f3fdf251ac3118e090ac76d26397f6b5c54543102f144842ce99cc" /* of BODY at 1750000000 */
#define BODY "{\"id\":\"1\"}"

static const struct signature_keys of_12345 = { { "12345", NULL } };

/* One of the published vectors (tests of Twilio's own libraries). */
struct vector {
	const char *url;
	struct signature_field fields[FIELDS_MAX];
	size_t count;
	const char *signature;
};

static const struct vector vectors[] = {
	{ "https://mycompany.com/myapp.php?foo=1&bar=2",
	  { { "To", "+18005551212" }, { "CallSid", "CA1234567890ABCDE" }, { "Caller", "+14158675309" }, { "Digits", "1234" }, { "From", "+14158675309" } }, 5,
	  "RSOYDt4T1cUTdK1PDd93/VVr8B8=" },
	{ "https://mycompany.com/myapp.php?foo=1&bar=2",
	  { { "CallSid", "CA1234567890ABCDE" }, { "Caller", "+12349013030" }, { "Digits", "1234" }, { "From", "+12349013030" }, { "To", "+18005551212" } }, 5,
	  "0/KCTR6DLpKmkAf8muzZqo1nDgQ=" },
	{ "https://mycompany.com/myapp.php?foo=1&bar=2", { { "Sid", "CA123" }, { "SidAccount", "AC123" }, { "Digits", "5678" }, { "Digits", "1234" }, { "Digits", "1234" } }, 5,
	  "IK+Dwps556ElfBT0I3Rgjkr1wJU=" },
	{ "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", { { NULL, NULL } }, 0,
	  "a9nBmqA0ju/hNViExpshrM61xv4=" },
};
#define VECTOR_COUNT (sizeof vectors / sizeof vectors[0])

static const char *twilio(const struct signature_keys *keys, const char *url, const struct vector *vector, const char *signature)
{
	struct signature_field fields[FIELDS_MAX];
	size_t slot = 9;
	const char *fault;

	memcpy(fields, vector->fields, sizeof fields);
	fault = signature_twilio(keys, url, fields, vector->count, signature, &slot);
	CU_ASSERT_EQUAL(fault != NULL, slot == 9);
	return fault;
}

static void the_vectors_of_twilio_are_good(void)
{
	for (size_t i = 0; i < VECTOR_COUNT; i++)
		CU_ASSERT_PTR_NULL(twilio(&of_12345, vectors[i].url, &vectors[i], vectors[i].signature));
	CU_ASSERT_TRUE(signature_body_is("0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "{\"property\": \"value\", \"boolean\": true}", 38));
	CU_ASSERT_FALSE(signature_body_is("0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "{\"property\": \"value\", \"boolean\": trUe}", 38));
	CU_ASSERT_FALSE(signature_body_is(NULL, "", 0));
	CU_ASSERT_FALSE(signature_body_is("", "", 0));
}

/* Each byte of URL, fields and signature in turn. */
static void a_changed_byte_fails_each_of_twilio(void)
{
	char text[512];

	for (size_t i = 0; i < VECTOR_COUNT; i++) {
		const struct vector *vector = &vectors[i];

		for (size_t j = 0; j < strlen(vector->url); j++) {
			snprintf(text, sizeof text, "%s", vector->url);
			text[j] ^= 1;
			CU_ASSERT_PTR_NOT_NULL(twilio(&of_12345, text, vector, vector->signature));
		}
		for (size_t j = 0; j < strlen(vector->signature); j++) {
			snprintf(text, sizeof text, "%s", vector->signature);
			text[j] ^= 1;
			CU_ASSERT_PTR_NOT_NULL(twilio(&of_12345, vector->url, vector, text));
		}
		for (size_t f = 0; f < vector->count; f++)
			for (size_t j = 0; j < strlen(vector->fields[f].value); j++) {
				struct vector changed = *vector;

				snprintf(text, sizeof text, "%s", vector->fields[f].value);
				text[j] ^= 1;
				changed.fields[f].value = text;
				CU_ASSERT_PTR_NOT_NULL(twilio(&of_12345, vector->url, &changed, vector->signature));
			}
	}
}

static void the_default_port_may_stand_in_the_signed_url(void)
{
	struct vector none = { .count = 0 };

	/* that of the port is accepted for the URL without, not the other way round: what we are reached by has none where it is the default */
	CU_ASSERT_PTR_NOT_NULL(twilio(&of_12345, "https://example.com/x", &none, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
	CU_ASSERT_PTR_NULL(twilio(&of_12345, "https://example.com/x", &none, "v40UUQ1PM6NSGwhAjuqIlb3vRwM="));
	CU_ASSERT_PTR_NULL(twilio(&of_12345, "http://[::1]/x", &none, "tF63e1RqHhTPNXdGw9kr8NkTwe0="));
}

static void two_secrets_are_good_at_once_and_an_empty_one_never(void)
{
	const struct vector *vector = &vectors[0];
	struct signature_field fields[FIELDS_MAX];
	const struct signature_keys both = { { "another", "12345" } }, none = { { "", NULL } };
	size_t slot = 9;

	memcpy(fields, vector->fields, sizeof fields);
	CU_ASSERT_PTR_NULL(signature_twilio(&both, vector->url, fields, vector->count, vector->signature, &slot));
	CU_ASSERT_EQUAL(slot, 1);
	CU_ASSERT_PTR_NOT_NULL(twilio(&none, vector->url, vector, vector->signature));
	CU_ASSERT_PTR_NOT_NULL(twilio(&of_12345, vector->url, vector, NULL));
	CU_ASSERT_PTR_NOT_NULL(twilio(&of_12345, vector->url, vector, ""));
}

static const char *hub(const char *secret, const char *body, const char *signature)
{
	const struct signature_keys keys = { { NULL, secret } };
	size_t slot = 9;
	const char *fault = signature_hub(&keys, body, strlen(body), signature, &slot);

	CU_ASSERT_EQUAL(slot, fault ? 9 : 1);
	return fault;
}

static void the_vector_of_github_is_good_and_a_changed_byte_fails_it(void)
{
	static const char secret[] = "It's a Secret to Everybody", body[] = "Hello, World!";
	static const char signature[] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
	char text[128];

	CU_ASSERT_PTR_NULL(hub(secret, body, signature));
	CU_ASSERT_PTR_NULL(hub("Jefe", "what do ya want for nothing?", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")); /* RFC 4231, case 2 */
	for (size_t i = 0; i < strlen(body); i++) {
		snprintf(text, sizeof text, "%s", body);
		text[i] ^= 1;
		CU_ASSERT_PTR_NOT_NULL(hub(secret, text, signature));
	}
	for (size_t i = 0; i < strlen(signature); i++) {
		snprintf(text, sizeof text, "%s", signature);
		text[i] ^= 1;
		CU_ASSERT_PTR_NOT_NULL(hub(secret, body, text));
	}
	CU_ASSERT_PTR_NOT_NULL(hub(secret, body, NULL));
	CU_ASSERT_PTR_NOT_NULL(hub("", body, signature));
	CU_ASSERT_PTR_NOT_NULL(hub(secret, body, "sha256="));
	CU_ASSERT_PTR_NOT_NULL(hub(secret, body, "sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
	CU_ASSERT_PTR_NOT_NULL(hub(secret, body, "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17"));
}

static const char *timed(const char *body, const char *signature, int64_t now_s)
{
	const struct signature_keys keys = { { "a secret of the bridge", NULL } };
	size_t slot = 9;
	const char *fault = signature_timed(&keys, body, strlen(body), signature, now_s, 300, &slot);

	CU_ASSERT_EQUAL(slot, fault ? 9 : 0);
	return fault;
}

static void a_signature_with_a_time_is_good_for_a_while_only(void)
{
	static const char good[] = "t=1750000000,v1=" MAC;
	char text[1024];

	CU_ASSERT_PTR_NULL(timed(BODY, good, 1750000000));
	CU_ASSERT_PTR_NULL(timed(BODY, good, 1750000300));
	CU_ASSERT_PTR_NULL(timed(BODY, good, 1749999700));
	CU_ASSERT_PTR_NOT_NULL(timed(BODY, good, 1750000301));
	CU_ASSERT_PTR_NOT_NULL(timed(BODY, good, 1749999699));
	for (size_t i = 0; i < strlen(good); i++) {
		snprintf(text, sizeof text, "%s", good);
		text[i] ^= 1;
		CU_ASSERT_PTR_NOT_NULL(timed(BODY, text, 1750000000));
	}
	for (size_t i = 0; i < strlen(BODY); i++) {
		snprintf(text, sizeof text, "%s", BODY);
		text[i] ^= 1;
		CU_ASSERT_PTR_NOT_NULL(timed(text, good, 1750000000));
	}
	snprintf(text, sizeof text, "t=1750000000,v1=%064d,v1=" MAC, 0);
	CU_ASSERT_PTR_NULL(timed(BODY, text, 1750000000)); /* the sender is changing its secret */
}

static void a_signature_with_a_time_is_of_one_form(void)
{
	static const char *const odd[] = { NULL, "", "t=", "t=1750000000", "t=1750000000,v1=", "v1=" MAC ",t=1750000000", "t=1750000000, v1=" MAC,
									   "t=1750000000,v1=" MAC ",", "t=1750000000,v2=" MAC, "t=-1750000000,v1=" MAC, "t=1750000000000000000000,v1=" MAC,
									   "t=1750000000,v1=" MAC "00" };

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
		CU_ASSERT_PTR_NOT_NULL(timed(BODY, odd[i], 1750000000));
}

CU_TestInfo signature_tests[] = {
	{ "the vectors of Twilio are good", the_vectors_of_twilio_are_good },
	{ "a changed byte fails each vector of Twilio", a_changed_byte_fails_each_of_twilio },
	{ "the default port may stand in the signed URL", the_default_port_may_stand_in_the_signed_url },
	{ "two secrets are good at once, and an empty one never", two_secrets_are_good_at_once_and_an_empty_one_never },
	{ "the vector of GitHub is good, and a changed byte fails it", the_vector_of_github_is_good_and_a_changed_byte_fails_it },
	{ "a signature with a time is good for a while only", a_signature_with_a_time_is_good_for_a_while_only },
	{ "a signature with a time is of one form", a_signature_with_a_time_is_of_one_form },
	CU_TEST_INFO_NULL,
};
