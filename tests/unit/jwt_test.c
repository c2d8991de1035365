/* SPDX-License-Identifier: ISC */
#include "base/jwt.h"
#include "base/secret.h"
#include "base_suites.h"

#include <stdio.h>
#include <string.h>

#define SECRET "a secret of the site, of 32 characters and more"
#define OTHER "another secret of the site, which was there before"
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static char token[2 * JWT_MAX_BYTES];

static char *add_base64url(char *at, const void *data, size_t len)
{
	secret_base64url(data, len, at);
	return at + strlen(at);
}

static const char *sign(const char *header, const char *payload, const char *secret)
{
	uint8_t mac[SECRET_BYTES];
	char *at = add_base64url(token, header, strlen(header));

	*at++ = '.';
	at = add_base64url(at, payload, strlen(payload));
	secret_hmac_sha256((const uint8_t *)secret, strlen(secret), token, (size_t)(at - token), mac);
	*at++ = '.';
	add_base64url(at, mac, sizeof mac);
	return token;
}

/* What is wrong with it, "" when nothing is. */
static const char *fault_of(const char *text)
{
	const char *const secrets[] = { SECRET, OTHER };
	struct json_object *claims = NULL;
	size_t secret = 9;
	const char *fault = jwt_open(text, secrets, 2, &claims, &secret);

	CU_ASSERT_EQUAL(fault != NULL, claims == NULL);
	CU_ASSERT_EQUAL(fault != NULL, secret == 9);
	json_object_put(claims);
	return fault ? fault : "";
}

#define ASSERT_FAULT(text, words) CU_ASSERT_PTR_NOT_NULL(strstr(fault_of(text), words))

static void the_example_of_rfc_7515_is_read(void)
{
	static const char example[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
								  ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
								  ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
	static const char jwk[] = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
	char key[65] = "";
	const char *const secrets[] = { NULL, key };
	struct json_object *claims = NULL;
	size_t len, secret = 0;

	CU_ASSERT_EQUAL_FATAL(secret_base64url_decode(jwk, strlen(jwk), (uint8_t *)key, 64, &len), STATUS_OK);
	CU_ASSERT_EQUAL(len, 64);
	CU_ASSERT_PTR_NULL_FATAL(jwt_open(example, secrets, 2, &claims, &secret));
	CU_ASSERT_EQUAL(secret, 1);
	CU_ASSERT_STRING_EQUAL(json_object_get_string(json_object_object_get(claims, "iss")), "joe");
	CU_ASSERT_EQUAL(json_object_get_int64(json_object_object_get(claims, "exp")), 1300819380);
	json_object_put(claims);
}

/* RFC 7515, appendix A.5, and what attackers make of that. */
static void no_other_algorithm_is_believed(void)
{
	static const char unsecured[] =
		"eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

	ASSERT_FAULT(unsecured, "alg");
	ASSERT_FAULT(sign("{\"alg\":\"none\"}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{\"alg\":\"hs256\"}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{\"alg\":\"HS512\"}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{\"alg\":\"RS256\"}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{\"alg\":[\"HS256\"]}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{\"alg\":null}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{}", "{}", SECRET), "alg");
	ASSERT_FAULT(sign("{\"alg\":\"none\",\"alg\":\"HS256\"}", "{}", SECRET), "header");
	ASSERT_FAULT(sign("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", "{}", SECRET), "crit");
	CU_ASSERT_STRING_EQUAL(fault_of(sign("{\"alg\":\"HS256\",\"kid\":\"1\",\"jwk\":{\"k\":\"eA\"}}", "{}", SECRET)), "");
}

static void either_secret_signs_and_no_other(void)
{
	const char *const none[] = { NULL, "" };
	struct json_object *claims = NULL;
	size_t secret;

	CU_ASSERT_STRING_EQUAL(fault_of(sign(HS256, "{\"a\":1}", SECRET)), "");
	CU_ASSERT_STRING_EQUAL(fault_of(sign(HS256, "{\"a\":1}", OTHER)), "");
	ASSERT_FAULT(sign(HS256, "{}", "a secret that nobody knows, in 32 characters"), "signature");
	ASSERT_FAULT(sign(HS256, "{}", ""), "signature");
	/* signed with nothing, against a site that has nothing */
	CU_ASSERT_PTR_NOT_NULL(jwt_open(sign(HS256, "{}", ""), none, 2, &claims, &secret));
	CU_ASSERT_PTR_NULL(claims);
}

static void every_byte_counts(void)
{
	char changed[256];
	size_t len;

	snprintf(changed, sizeof changed, "%s", sign(HS256, "{\"sub\":\"1\"}", SECRET));
	CU_ASSERT_STRING_EQUAL(fault_of(changed), "");
	len = strlen(changed);
	for (size_t i = 0; i < len; i++) {
		char was = changed[i];

		changed[i] = was == 'A' ? 'B' : 'A';
		CU_ASSERT_STRING_NOT_EQUAL(fault_of(changed), "");
		changed[i] = was;
	}
}

/* The last character of 32 bytes has two bits that say nothing: of its four spellings one is the token. */
static void bits_left_over_are_refused(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char changed[256];
	char *last;
	int good = 0;

	snprintf(changed, sizeof changed, "%s", sign(HS256, "{}", SECRET));
	last = changed + strlen(changed) - 1;
	for (const char *c = alphabet; *c; c++) {
		*last = *c;
		good += *fault_of(changed) == '\0';
	}
	CU_ASSERT_EQUAL(good, 1);
}

static void what_is_no_token_is_refused(void)
{
	static char huge[8 * JWT_MAX_BYTES];
	static const char *const shapes[] = { "", ".", "..", "...", "a.b", "a.b.c.d", "eyJhbGciOiJIUzI1NiJ9..", ".e30.", "eyJhbGciOiJIUzI1NiJ9.e30.", "eyJhbGciOiJIUzI1NiJ9 .e30.x",
										  "eyJhbGciOiJIUzI1NiJ9=.e30.AAAA", "\xc3\xa9\xc3\xa9.e30.AAAA", "eyJhbGciOiJIUzI1NiJ9\n.e30.AAAA", "bnVsbA.e30.AAAA" };

	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		CU_ASSERT_STRING_NOT_EQUAL(fault_of(shapes[i]), "");
	memset(huge, 'a', sizeof huge - 1);
	ASSERT_FAULT(huge, "longer than");
	huge[JWT_MAX_BYTES] = '\0';
	ASSERT_FAULT(huge, "three segments");
	memset(huge, '.', JWT_MAX_BYTES);
	ASSERT_FAULT(huge, "three segments");
	ASSERT_FAULT(sign(HS256, "[]", SECRET), "payload");
	ASSERT_FAULT(sign(HS256, "{\"sub\":\"a\",\"sub\":\"b\"}", SECRET), "payload");
	ASSERT_FAULT(sign(HS256, "{\"sub\":\"\xff\"}", SECRET), "payload");
	ASSERT_FAULT(sign(HS256, "{} {}", SECRET), "payload");
	ASSERT_FAULT(sign("HS256", "{}", SECRET), "header");
}

static void base64url_is_read_strictly(void)
{
	uint8_t bytes[8];
	size_t len;

	CU_ASSERT_EQUAL(secret_base64url_decode("Zm9vYg", 6, bytes, sizeof bytes, &len), STATUS_OK);
	CU_ASSERT_EQUAL(len, 4);
	CU_ASSERT_NSTRING_EQUAL(bytes, "foob", 4);
	CU_ASSERT_EQUAL(secret_base64url_decode("", 0, bytes, sizeof bytes, &len), STATUS_OK);
	CU_ASSERT_EQUAL(len, 0);
	CU_ASSERT_EQUAL(secret_base64url_decode("-_-_", 4, bytes, sizeof bytes, &len), STATUS_OK);
	CU_ASSERT_EQUAL(secret_base64url_decode("+/+/", 4, bytes, sizeof bytes, &len), STATUS_INVALID);
	CU_ASSERT_EQUAL(secret_base64url_decode("Zm8=", 4, bytes, sizeof bytes, &len), STATUS_INVALID);
	CU_ASSERT_EQUAL(secret_base64url_decode("Zm9=", 4, bytes, sizeof bytes, &len), STATUS_INVALID);
	CU_ASSERT_EQUAL(secret_base64url_decode("Zm9", 3, bytes, sizeof bytes, &len), STATUS_INVALID); /* the last two bits are not zero */
	CU_ASSERT_EQUAL(secret_base64url_decode("Zm9vY", 5, bytes, sizeof bytes, &len), STATUS_INVALID);
	CU_ASSERT_EQUAL(secret_base64url_decode(" Zm9", 4, bytes, sizeof bytes, &len), STATUS_INVALID);
	CU_ASSERT_EQUAL(secret_base64url_decode("Zm9vZm9vZm9v", 12, bytes, sizeof bytes, &len), STATUS_INVALID); /* nine bytes */
}

CU_TestInfo jwt_tests[] = {
	{ "the example of RFC 7515 is read", the_example_of_rfc_7515_is_read },
	{ "no other algorithm is believed", no_other_algorithm_is_believed },
	{ "D11 either secret signs and no other", either_secret_signs_and_no_other },
	{ "every byte counts", every_byte_counts },
	{ "bits left over are refused", bits_left_over_are_refused },
	{ "what is no token is refused", what_is_no_token_is_refused },
	{ "base64url is read strictly", base64url_is_read_strictly },
	CU_TEST_INFO_NULL,
};
