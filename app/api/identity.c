/* SPDX-License-Identifier: ISC */
#include "api/identity.h"

#include "base/jwt.h"
#include "base/log.h"
#include "chat/statements.h"

#include <string.h>

#define SUB_MAX 200
#define SECONDS_MAX 9007199254740991 /* what JSON numbers hold exactly */

struct claims {
	const char *sub, *aud, *name, *email;
	int64_t iat, exp, nbf;
};

/* Members that we do not know (iss, jti, what else a site puts in) are nobody's business here. */
static enum status read_claims(struct json_object *payload, struct claims *claims, struct problem *problem)
{
	/* clang-format off: a table to be read */
	const struct json_field fields[] = {
		{ "sub", JSON_NAME, true, 0, SUB_MAX, &claims->sub },        { "aud", JSON_TOKEN, true, 0, 64, &claims->aud },
		{ "iat", JSON_INT, true, 0, SECONDS_MAX, &claims->iat },     { "exp", JSON_INT, true, 0, SECONDS_MAX, &claims->exp },
		{ "nbf", JSON_INT, false, 0, SECONDS_MAX, &claims->nbf },    { "name", JSON_NAME, false, 0, 100, &claims->name },
		{ "email", JSON_EMAIL, false, 0, 254, &claims->email },
	};
	/* clang-format on */
	struct json_object *known = json_object_new_object(), *value;
	enum status status;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (json_object_object_get_ex(payload, fields[i].name, &value))
			json_object_object_add(known, fields[i].name, json_object_get(value));
	status = json_read(known, fields, ARRAY_SIZE(fields), problem);
	json_object_put(known); /* the values live on in the payload */
	return status;
}

static const char *claim_fault(const char *field)
{
	static const struct {
		const char *field, *fault;
	} faults[] = {
		{ "sub", "sub is missing or no line of 1 to 200 characters" },
		{ "aud", "aud is missing or no text" },
		{ "iat", "iat is missing or no whole number of seconds" },
		{ "exp", "exp is missing or no whole number of seconds" },
		{ "nbf", "nbf is no whole number of seconds" },
		{ "name", "name is no line of 1 to 100 characters" },
		{ "email", "email is no e-mail address of up to 254 characters" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		if (strcmp(faults[i].field, field) == 0)
			return faults[i].fault;
	return "a claim is not as it should be";
}

static const char *judge_claims(const struct claims *claims, const struct identity_terms *terms)
{
	if (strcmp(claims->aud, terms->site) != 0)
		return "aud is not the key of this site";
	if (claims->exp <= claims->iat || claims->exp - claims->iat > IDENTITY_LIFE_S)
		return "exp is not within ten minutes after iat";
	if (claims->exp <= terms->now_s - terms->tolerance_s)
		return "expired";
	if (claims->iat > terms->now_s + terms->tolerance_s || claims->nbf > terms->now_s + terms->tolerance_s)
		return "not yet valid: the clock of the site's server is ahead, or ours is behind";
	return NULL;
}

static struct json_object *describe(const struct claims *claims, size_t secret)
{
	struct json_object *person = json_object_new_object();

	json_object_object_add(person, "sub", json_object_new_string(claims->sub));
	json_object_object_add(person, "secret", json_object_new_int((int)secret + 1));
	if (claims->name)
		json_object_object_add(person, "name", json_object_new_string(claims->name));
	if (claims->email)
		json_object_object_add(person, "email", json_object_new_string(claims->email));
	return person;
}

const char *identity_judge(const char *token, const struct identity_terms *terms, struct json_object **ret_person)
{
	struct json_object *payload = NULL, *sub = NULL;
	struct claims claims = { 0 };
	struct problem problem = { 0 };
	const char *fault;
	size_t secret, given_len = 0;

	if (!terms->secrets[0] && !terms->secrets[1])
		return "the site has no secret yet: switchboard site secret add";
	fault = jwt_open(token, terms->secrets, ARRAY_SIZE(terms->secrets), &payload, &secret);
	if (fault)
		return fault;
	if (json_object_object_get_ex(payload, "sub", &sub) && json_object_is_type(sub, json_type_string))
		given_len = (size_t)json_object_get_string_len(sub);
	if (read_claims(payload, &claims, &problem) != STATUS_OK)
		fault = claim_fault(problem.field);
	else if (strlen(claims.sub) != given_len)
		fault = "sub begins or ends with white space"; /* trimmed it would be somebody else */
	else
		fault = judge_claims(&claims, terms);
	if (!fault)
		*ret_person = describe(&claims, secret);
	json_object_put(payload);
	return fault;
}

enum status identity_read(struct call *call, const char *widget, const char *token, struct json_object **ret_person)
{
	const struct param params[] = { PARAM_TEXT(widget), PARAM_TEXT(call->origin) };
	const char *fault;
	PGresult *result;
	enum status status;

	*ret_person = NULL;
	if (!token)
		return STATUS_OK;
	status = call_run(call, &STATEMENT_IDENTITY_TERMS, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;

	const struct identity_terms terms = {
		.site = result_str(result, 0, "site"),
		.secrets = { result_str(result, 0, "secret_1"), result_str(result, 0, "secret_2") },
		.now_s = result_int(result, 0, "now_s"),
		.tolerance_s = result_int(result, 0, "tolerance_s"),
	};

	fault = identity_judge(token, &terms, ret_person);
	if (fault) {
		log_event(LOG_LEVEL_WARN, "identity refused", "site", terms.site, "widget", widget, "reason", fault, NULL);
		status = call_fail(call, STATUS_UNAUTHORIZED, "identity");
	}
	PQclear(result);
	return status;
}
