/* SPDX-License-Identifier: ISC */
#include "api/accent.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RATIO 4.5

struct colour {
	int part[3]; /* red, green, blue: 0 to 255 */
};

/* Where the colour is written: the surface, and the ground that is hardest for it (bubbles). */
struct ground {
	struct colour surface, hardest;
	double soft; /* how much of the colour a soft fill has */
};

static const struct colour WHITE = { { 255, 255, 255 } }, BLACK = { { 0, 0, 0 } }, DARK_INK = { { 0x10, 0x15, 0x1d } };
static const struct ground LIGHT = { { { 255, 255, 255 } }, { { 0xe6, 0xeb, 0xf2 } }, 0.10 };
static const struct ground DARK = { { { 0x16, 0x1a, 0x22 } }, { { 0x2a, 0x31, 0x40 } }, 0.16 };

static bool parse(const char *hex, struct colour *ret_colour)
{
	unsigned long value;

	if (!hex || hex[0] != '#' || strlen(hex) != 7 || strspn(hex + 1, "0123456789abcdefABCDEF") != 6)
		return false;
	value = strtoul(hex + 1, NULL, 16);
	for (size_t i = 0; i < 3; i++)
		ret_colour->part[i] = (int)(value >> (16 - 8 * i) & 0xff);
	return true;
}

static double luminance(const struct colour *colour)
{
	static const double WEIGHT[3] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (size_t i = 0; i < 3; i++) {
		double c = colour->part[i] / 255.0;

		sum += WEIGHT[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(const struct colour *a, const struct colour *b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static struct colour mix(const struct colour *from, const struct colour *to, double share)
{
	struct colour mixed;

	for (size_t i = 0; i < 3; i++)
		mixed.part[i] = (int)lround(from->part[i] + (to->part[i] - from->part[i]) * share);
	return mixed;
}

/* The colour, moved towards black or white only as far as needed. */
static struct colour readable(const struct colour *colour, const struct colour *ground)
{
	struct colour end = luminance(ground) > 0.4 ? BLACK : WHITE;

	for (int step = 0; step < 25; step++) {
		struct colour candidate = mix(colour, &end, step * 0.04);

		if (contrast(&candidate, ground) >= RATIO)
			return candidate;
	}
	return end;
}

static void add(struct buf *out, const char *name, const struct colour *colour)
{
	buf_addf(out, "--%s:#%02x%02x%02x;", name, (unsigned)colour->part[0], (unsigned)colour->part[1], (unsigned)colour->part[2]);
}

/* The colour as text, and as a soft fill under such text. */
static void add_on(struct buf *out, const struct colour *colour, const struct ground *ground)
{
	struct colour text = readable(colour, &ground->hardest), soft = mix(&ground->surface, colour, ground->soft);

	text = readable(&text, &soft);
	add(out, "accent-text", &text);
	add(out, "accent-soft", &soft);
}

void accent_rules(const char *hex, struct buf *out)
{
	struct colour colour, ink = WHITE, solid, strong;

	if (!parse(hex, &colour))
		return;
	if (contrast(&colour, &WHITE) < RATIO && contrast(&colour, &WHITE) < contrast(&colour, &DARK_INK))
		ink = DARK_INK;
	solid = readable(&colour, &ink);
	strong = mix(&solid, luminance(&ink) > 0.4 ? &BLACK : &WHITE, 0.16);
	buf_add_str(out, ":root{");
	add(out, "accent", &solid);
	add(out, "on-accent", &ink);
	add(out, "accent-strong", &strong);
	add_on(out, &colour, &LIGHT);
	buf_add_str(out, "}@media (prefers-color-scheme:dark){:root{");
	add_on(out, &colour, &DARK);
	buf_add_str(out, "}}");
}
