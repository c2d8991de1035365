/* SPDX-License-Identifier: ISC */
#include "api/routes.h"
#include "api_suites.h"

#include <string.h>

static void every_row_is_whole_and_stands_once(void)
{
	size_t i, j;

	CU_ASSERT(routes_count > 20);
	for (i = 0; i < routes_count; i++) {
		CU_ASSERT_PTR_NOT_NULL(routes[i].handle);
		CU_ASSERT(routes[i].path[0] != '/');
		for (j = 0; j < i; j++)
			CU_ASSERT(routes[i].method != routes[j].method || strcmp(routes[i].path, routes[j].path) != 0);
	}
}

static void no_row_changes_anything_by_get_or_for_nobody(void)
{
	size_t i;

	for (i = 0; i < routes_count; i++) {
		CU_ASSERT(routes[i].method == HTTP_GET || routes[i].method == HTTP_POST || routes[i].method == HTTP_PUT || routes[i].method == HTTP_DELETE);
		if (routes[i].method != HTTP_GET)
			CU_ASSERT(routes[i].who != WHO_PAGE && routes[i].who != WHO_SERVER);
	}
}

static void rows_of_one_path_are_all_for_customers_or_all_for_operators(void)
{
	size_t i, j;

	for (i = 0; i < routes_count; i++)
		for (j = 0; j < i; j++)
			if (strcmp(routes[i].path, routes[j].path) == 0)
				CU_ASSERT_EQUAL(routes[i].who < WHO_LOGIN, routes[j].who < WHO_LOGIN);
}

CU_TestInfo routes_tests[] = {
	{ "every row is whole and stands once", every_row_is_whole_and_stands_once },
	{ "no row changes anything by GET or for nobody", no_row_changes_anything_by_get_or_for_nobody },
	{ "rows of one path are all for customers or all for operators", rows_of_one_path_are_all_for_customers_or_all_for_operators },
	CU_TEST_INFO_NULL,
};
