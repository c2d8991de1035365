/* SPDX-License-Identifier: ISC */
#include "api/canonical.h"
#include "api_suites.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	uint8_t hash_a[SECRET_BYTES], hash_b[SECRET_BYTES];
	struct json_object *tree_a = NULL, *tree_b = NULL;

	CU_ASSERT_EQUAL_FATAL(json_parse(a, strlen(a), &tree_a), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(json_parse(b, strlen(b), &tree_b), STATUS_OK);
	canonical_hash(tree_a, hash_a);
	canonical_hash(tree_b, hash_b);
	json_object_put(tree_a);
	json_object_put(tree_b);
	return memcmp(hash_a, hash_b, SECRET_BYTES) == 0;
}

static void what_means_the_same_has_one_hash(void)
{
	CU_ASSERT(same("{\"a\":1,\"b\":{\"c\":[1,2],\"d\":null}}", " { \"b\" : {\"d\":null,\"c\":[1, 2]}, \"a\":1 }"));
	CU_ASSERT(same("{\"a\":\"\\u00e9\\/\"}", "{\"a\":\"\xc3\xa9/\"}"));
	CU_ASSERT(same("{}", "{ }"));
}

static void what_differs_has_another(void)
{
	CU_ASSERT(!same("{\"a\":1}", "{\"a\":2}"));
	CU_ASSERT(!same("{\"a\":1}", "{\"a\":\"1\"}"));
	CU_ASSERT(!same("{\"a\":null}", "{}"));
	CU_ASSERT(!same("{\"a\":[1,2]}", "{\"a\":[2,1]}"));
	CU_ASSERT(!same("{\"a\":[]}", "{\"a\":{}}"));
	CU_ASSERT(!same("{\"a\":\"b\",\"c\":\"d\"}", "{\"a\":\"b\\\",\\\"c\\\":\\\"d\"}"));
	CU_ASSERT(!same("{\"a\":true}", "{\"a\":\"true\"}"));
}

CU_TestInfo canonical_tests[] = {
	{ "what means the same has one hash", what_means_the_same_has_one_hash },
	{ "what differs has another", what_differs_has_another },
	CU_TEST_INFO_NULL,
};
