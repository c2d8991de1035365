/* SPDX-License-Identifier: ISC */
/* Metrics on their way: a program writes its values into a row, a JSON object by name; whoever is asked renders the rows of all programs as one
 * Prometheus text. What there is, is one table of struct metric_def (the product's: chat/metrics.c); a name in a row that the table does not
 * know, or a value that does not fit its type, is left out, so that programs of two versions can stand beside each other and nothing a
 * row says but numbers and escaped label values ever reaches the text.
 *
 *   {"x_total": 3, "x_connections": {"customer": 2, "operator": 1}, "x_seconds": {"counts": [0, 4, 1], "sum": 0.7}} */
#ifndef SWITCHBOARD_BASE_METRICS_H
#define SWITCHBOARD_BASE_METRICS_H

#include "base/buf.h"
#include "base/histogram.h"

#include <stddef.h>

#define METRICS_ROW_MAX (64 * 1024)

struct json_object;

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_def {
	const char *name;
	enum metric_type type;
	const char *label;             /* what tells its values apart; NULL: it has one */
	const struct buckets *buckets; /* of a histogram */
	const char *help;              /* one sentence */
};

/* A row into `b`: begin, each metric once, end. */
void metrics_begin(struct buf *b);
void metrics_value(struct buf *b, const struct metric_def *def, double value);
void metrics_values(struct buf *b, const struct metric_def *def, const char *const *labels, const double *values, size_t count);
void metrics_histogram(struct buf *b, const struct metric_def *def, const struct histogram *h);
void metrics_end(struct buf *b);

/* One row, parsed (json_parse); `program` and `instance` become labels, NULL: it has none. All borrowed. */
struct metrics_source {
	const char *program, *instance;
	struct json_object *values;
};

/* Prometheus text exposition, version 0.0.4: in the order of the table, HELP and TYPE once before the values of all sources; a metric without any is left out. */
void metrics_render(struct buf *out, const struct metric_def *defs, size_t def_count, const struct metrics_source *sources, size_t source_count);

#endif
