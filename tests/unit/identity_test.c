/* SPDX-License-Identifier: ISC */
#include "api/identity.h"
#include "api_suites.h"

#include <stdio.h>
#include <string.h>

#define NOW 1700000000
#define SECRET "sb_0123456789012345678901234567890123456789012"

static const char *sign(const char *payload)
{
	static const char header[] = "eyJhbGciOiJIUzI1NiJ9.";
	static char token[2048];
	uint8_t mac[SECRET_BYTES];

	snprintf(token, sizeof token, "%s", header);
	secret_base64url((const uint8_t *)payload, strlen(payload), token + strlen(header));
	secret_hmac_sha256((const uint8_t *)SECRET, strlen(SECRET), token, strlen(token), mac);
	snprintf(token + strlen(token), sizeof token - strlen(token), ".");
	secret_base64url(mac, sizeof mac, token + strlen(token));
	return token;
}

/* What is said of these claims: a person as JSON, or what is wrong. */
static const char *judge(const char *payload)
{
	const struct identity_terms terms = { .site = "shop", .secrets = { NULL, SECRET }, .now_s = NOW, .tolerance_s = 60 };
	static char said[512];
	struct json_object *person = NULL;
	const char *fault = identity_judge(sign(payload), &terms, &person);

	CU_ASSERT_EQUAL(fault != NULL, person == NULL);
	snprintf(said, sizeof said, "%s", fault ? fault : json_object_to_json_string_ext(person, JSON_C_TO_STRING_PLAIN));
	json_object_put(person);
	return said;
}

/* The same of a token made `ago` seconds ago for `life` seconds, with `more` in it. */
static const char *judge_times(int ago, int life, const char *more)
{
	char payload[512];

	snprintf(payload, sizeof payload, "{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":%d,\"exp\":%d%s}", NOW - ago, NOW - ago + life, more);
	return judge(payload);
}

#define GOOD "{\"sub\":\"7\",\"secret\":2}"
#define ASSERT_SAYS(said, words) CU_ASSERT_PTR_NOT_NULL(strstr(said, words))

static void a_token_says_who_it_is(void)
{
	CU_ASSERT_STRING_EQUAL(judge_times(0, 600, ""), GOOD);
	CU_ASSERT_STRING_EQUAL(judge_times(0, 300, ",\"name\":\" Zoë \",\"email\":\"z@example.com\",\"jti\":\"x\",\"roles\":[1]"),
						   "{\"sub\":\"7\",\"secret\":2,\"name\":\"Zoë\",\"email\":\"z@example.com\"}");
}

static void a_token_holds_for_minutes(void)
{
	CU_ASSERT_STRING_EQUAL(judge_times(600, 600, ""), GOOD); /* within the tolerance */
	CU_ASSERT_STRING_EQUAL(judge_times(659, 600, ""), GOOD);
	CU_ASSERT_STRING_EQUAL(judge_times(660, 600, ""), "expired");
	CU_ASSERT_STRING_EQUAL(judge_times(100000, 600, ""), "expired");
	CU_ASSERT_STRING_EQUAL(judge_times(-60, 600, ""), GOOD);
	ASSERT_SAYS(judge_times(-61, 600, ""), "not yet valid");
	ASSERT_SAYS(judge_times(0, 600, ",\"nbf\":1700000061"), "not yet valid");
	CU_ASSERT_STRING_EQUAL(judge_times(0, 600, ",\"nbf\":1700000060"), GOOD);
	ASSERT_SAYS(judge_times(0, 601, ""), "ten minutes");
	ASSERT_SAYS(judge_times(0, 0, ""), "ten minutes");
	ASSERT_SAYS(judge_times(0, -1, ""), "ten minutes");
}

static void a_token_is_for_one_site(void)
{
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop2\",\"iat\":1700000000,\"exp\":1700000300}"), "aud");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"Shop\",\"iat\":1700000000,\"exp\":1700000300}"), "aud");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":[\"shop\"],\"iat\":1700000000,\"exp\":1700000300}"), "aud");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"iat\":1700000000,\"exp\":1700000300}"), "aud");
}

static void every_claim_has_its_type(void)
{
	ASSERT_SAYS(judge("{\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300}"), "sub");
	ASSERT_SAYS(judge("{\"sub\":7,\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300}"), "sub");
	ASSERT_SAYS(judge("{\"sub\":\"\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300}"), "sub");
	ASSERT_SAYS(judge("{\"sub\":\"7 \",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300}"), "sub");
	ASSERT_SAYS(judge("{\"sub\":\"7\\n8\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300}"), "sub");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000}"), "exp");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":\"1700000300\"}"), "exp");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300.5}"), "exp");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":9223372036854775807}"), "exp");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":-1,\"exp\":1700000300}"), "iat");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"exp\":1700000300}"), "iat");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300,\"email\":\"nobody\"}"), "email");
	ASSERT_SAYS(judge("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300,\"name\":null}"), "name");
}

static void a_site_without_secrets_believes_nobody(void)
{
	const struct identity_terms terms = { .site = "shop", .now_s = NOW, .tolerance_s = 60 };
	struct json_object *person = NULL;

	ASSERT_SAYS(identity_judge(sign("{\"sub\":\"7\",\"aud\":\"shop\",\"iat\":1700000000,\"exp\":1700000300}"), &terms, &person), "no secret");
	CU_ASSERT_PTR_NULL(person);
}

CU_TestInfo identity_tests[] = {
	{ "D10 a token says who it is", a_token_says_who_it_is },
	{ "a token holds for minutes", a_token_holds_for_minutes },
	{ "a token is for one site", a_token_is_for_one_site },
	{ "every claim has its type", every_claim_has_its_type },
	{ "a site without secrets believes nobody", a_site_without_secrets_believes_nobody },
	CU_TEST_INFO_NULL,
};
