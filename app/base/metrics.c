/* SPDX-License-Identifier: ISC */
#include "base/metrics.h"

#include <assert.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXACT_MAX 9007199254740992.0 /* 2^53: up to here a double holds every whole number */
#define NUMBER_SIZE 32

static const char *write_number(double value, char ret_text[NUMBER_SIZE])
{
	bool whole = value > -EXACT_MAX && value < EXACT_MAX && (double)(int64_t)value == value;

	(void)snprintf(ret_text, NUMBER_SIZE, whole ? "%.0f" : "%.9g", value);
	return ret_text;
}

static void add_number(struct buf *b, double value)
{
	char text[NUMBER_SIZE];

	buf_add_str(b, write_number(value, text));
}

/* ---- a row -------------------------------------------------------------------------------------------------- */

void metrics_begin(struct buf *b)
{
	buf_add_str(b, "{");
}

static void add_name(struct buf *b, const struct metric_def *def)
{
	if (b->len > 0 && b->data[b->len - 1] != '{')
		buf_add_str(b, ",");
	buf_addf(b, "\"%s\":", def->name);
}

void metrics_value(struct buf *b, const struct metric_def *def, double value)
{
	assert(def->type != METRIC_HISTOGRAM && !def->label);
	add_name(b, def);
	add_number(b, value);
}

void metrics_values(struct buf *b, const struct metric_def *def, const char *const *labels, const double *values, size_t count)
{
	assert(def->type != METRIC_HISTOGRAM && def->label);
	add_name(b, def);
	buf_add_str(b, "{");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_str(b, ",");
		buf_add_json_str(b, labels[i], strlen(labels[i]));
		buf_add_str(b, ":");
		add_number(b, values[i]);
	}
	buf_add_str(b, "}");
}

void metrics_histogram(struct buf *b, const struct metric_def *def, const struct histogram *h)
{
	assert(def->type == METRIC_HISTOGRAM && def->buckets == h->buckets);
	add_name(b, def);
	buf_add_str(b, "{\"counts\":[");
	for (size_t i = 0; i <= h->buckets->count; i++)
		buf_addf(b, "%s%llu", i > 0 ? "," : "", (unsigned long long)h->counts[i]);
	buf_add_str(b, "],\"sum\":");
	add_number(b, h->sum);
	buf_add_str(b, "}");
}

void metrics_end(struct buf *b)
{
	buf_add_str(b, "}");
}

/* ---- the text of all rows ----------------------------------------------------------------------------------- */

static const char *const type_names[] = { [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram" };

/* The metric being rendered, and whether its head stands there yet. */
struct rendering {
	struct buf *out;
	const struct metric_def *def;
	const struct metrics_source *source;
	bool has_head;
};

static void add_label(struct buf *out, const char *name, const char *value)
{
	buf_add_str(out, out->data[out->len - 1] == '{' ? "" : ",");
	buf_addf(out, "%s=\"", name);
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			buf_add_str(out, "\\n");
		else if (*p == '"' || *p == '\\')
			buf_addf(out, "\\%c", *p);
		else
			buf_add(out, p, 1);
	}
	buf_add_str(out, "\"");
}

static void add_sample(struct rendering *r, const char *suffix, const char *label, const char *label_value, double value)
{
	if (!r->has_head)
		buf_addf(r->out, "# HELP %s %s\n# TYPE %s %s\n", r->def->name, r->def->help, r->def->name, type_names[r->def->type]);
	r->has_head = true;
	buf_addf(r->out, "%s%s", r->def->name, suffix);
	if (r->source->program || label) {
		buf_add_str(r->out, "{");
		if (r->source->program)
			add_label(r->out, "program", r->source->program);
		if (r->source->program && r->source->instance)
			add_label(r->out, "instance", r->source->instance);
		if (label)
			add_label(r->out, label, label_value);
		buf_add_str(r->out, "}");
	}
	buf_add_str(r->out, " ");
	add_number(r->out, value);
	buf_add_str(r->out, "\n");
}

static bool is_number(const struct json_object *value)
{
	return json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
}

static void render_labelled(struct rendering *r, struct json_object *values)
{
	if (!json_object_is_type(values, json_type_object))
		return;
	json_object_object_foreach(values, label_value, value)
		if (is_number(value))
			add_sample(r, "", r->def->label, label_value, json_object_get_double(value));
}

/* Buckets of another version than ours would add up to nonsense. */
static bool read_counts(const struct json_object *counts, size_t expected, double *ret_counts)
{
	if (!json_object_is_type(counts, json_type_array) || json_object_array_length(counts) != expected)
		return false;
	for (size_t i = 0; i < expected; i++) {
		struct json_object *count = json_object_array_get_idx(counts, i);

		if (!is_number(count))
			return false;
		ret_counts[i] = json_object_get_double(count);
	}
	return true;
}

static void render_histogram(struct rendering *r, struct json_object *value)
{
	const struct buckets *buckets = r->def->buckets;
	double counts[HISTOGRAM_BUCKETS_MAX + 1];
	struct json_object *list, *sum;
	double total = 0;
	char bound[NUMBER_SIZE];

	if (!json_object_is_type(value, json_type_object) || !json_object_object_get_ex(value, "counts", &list) ||
	    !json_object_object_get_ex(value, "sum", &sum) || !is_number(sum) || !read_counts(list, buckets->count + 1, counts))
		return;
	for (size_t i = 0; i < buckets->count; i++) {
		total += counts[i];
		add_sample(r, "_bucket", "le", write_number(buckets->bounds[i], bound), total);
	}
	total += counts[buckets->count];
	add_sample(r, "_bucket", "le", "+Inf", total);
	add_sample(r, "_sum", NULL, NULL, json_object_get_double(sum));
	add_sample(r, "_count", NULL, NULL, total);
}

static void render_source(struct rendering *r)
{
	struct json_object *value;

	if (!json_object_object_get_ex(r->source->values, r->def->name, &value))
		return;
	if (r->def->type == METRIC_HISTOGRAM)
		render_histogram(r, value);
	else if (r->def->label)
		render_labelled(r, value);
	else if (is_number(value))
		add_sample(r, "", NULL, NULL, json_object_get_double(value));
}

void metrics_render(struct buf *out, const struct metric_def *defs, size_t def_count, const struct metrics_source *sources, size_t source_count)
{
	for (size_t d = 0; d < def_count; d++) {
		struct rendering r = { .out = out, .def = &defs[d] };

		for (size_t s = 0; s < source_count; s++) {
			r.source = &sources[s];
			render_source(&r);
		}
	}
}
