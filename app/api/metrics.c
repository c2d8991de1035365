/* SPDX-License-Identifier: ISC */
/* The counters of all programs as Prometheus text, for who may read them (authorise.c). Each program writes a row every five seconds. */
#include "api/handlers.h"
#include "chat/metrics.h"
#include "chat/statements.h"

#include "base/alloc.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

static void read_source(const PGresult *result, int row, struct metrics_source *ret_source)
{
	const char *text = result_str(result, row, "metrics");

	*ret_source = (struct metrics_source){ .program = result_str(result, row, "program"), .instance = result_str(result, row, "instance") };
	if (json_parse(text, strlen(text), &ret_source->values) != STATUS_OK)
		log_event(LOG_LEVEL_ERROR, "bad metrics", "of", ret_source->program ? ret_source->program : "database", NULL);
}

enum status metrics_show(struct call *call)
{
	struct metrics_source *sources;
	PGresult *result;
	int count;
	enum status status = call_run(call, &STATEMENT_METRICS, NULL, 0, &result);

	if (status != STATUS_OK)
		return status;
	count = PQntuples(result);
	sources = alloc_zero((size_t)count, sizeof *sources);
	for (int i = 0; i < count; i++)
		read_source(result, i, &sources[i]);
	metrics_render(&call->response.body, chat_metrics, METRIC_COUNT, sources, (size_t)count);
	call->response.code = HTTP_OK;
	call->response.content_type = CONTENT_TYPE;
	for (int i = 0; i < count; i++)
		json_object_put(sources[i].values);
	free(sources);
	PQclear(result);
	return STATUS_OK;
}
