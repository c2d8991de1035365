/* SPDX-License-Identifier: ISC */
#include "courier/signature.h"
#include "outgoing_suites.h"

#define SECRET "sb_secret_of_a_webhook_0123456789abcdef"
#define BODY "{\"event\":\"chat.started\"}"
/* printf '1767225600.{"event":"chat.started"}' | openssl dgst -sha256 -hmac SECRET */
#define MAC "cbcd2de8f0f7ec44cba44d8f2fddddd7e6f30c3cf592c60c8141441cd1cf67f8"

static const char *written(struct buf *value, const char *secret, const char *other, const char *body)
{
	buf_init(value, 512);
	signature_write(value, 1767225600, secret, other, body);
	CU_ASSERT_FALSE(value->overflow);
	return value->data;
}

static void it_is_what_the_manual_says(void)
{
	struct buf value;

	CU_ASSERT_STRING_EQUAL(written(&value, SECRET, NULL, BODY), "t=1767225600,v1=" MAC);
	buf_fini(&value);
	/* printf '1767225600.' | openssl dgst -sha256 -hmac k2 */
	CU_ASSERT_STRING_EQUAL(written(&value, "k2", NULL, NULL), "t=1767225600,v1=828c384b8afc1a6c773d7f516271cc87a8b54d14477a7420811eac19484a3d9f");
	buf_fini(&value);
}

static void a_changed_byte_changes_it(void)
{
	struct buf value, other;

	CU_ASSERT_STRING_NOT_EQUAL(written(&value, SECRET, NULL, BODY), written(&other, SECRET, NULL, "{\"event\":\"chat.starter\"}"));
	buf_fini(&other);
	CU_ASSERT_STRING_NOT_EQUAL(value.data, written(&other, "sb_secret_of_a_webhook_0123456789abcdeg", NULL, BODY));
	buf_fini(&other);
	buf_fini(&value);
}

static void two_secrets_give_two(void)
{
	struct buf value;

	CU_ASSERT_STRING_EQUAL(written(&value, SECRET, SECRET, BODY), "t=1767225600,v1=" MAC ",v1=" MAC);
	buf_fini(&value);
}

CU_TestInfo outgoing_signature_tests[] = {
	{ "it is what the manual says", it_is_what_the_manual_says },
	{ "a changed byte changes it", a_changed_byte_changes_it },
	{ "two secrets give two", two_secrets_give_two },
	CU_TEST_INFO_NULL,
};
