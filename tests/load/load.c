/* SPDX-License-Identifier: ISC */
/* A load client that speaks chat.v1. Explained in tests/bench/README.md.
 *
 *   load --socket PATH --origin URL --pairs FILE [--idle FILE] [--seconds 10] [--warm 2] [--rate 0] [--window 1] [--body 120] [--watch PID,PID,…]
 *
 * A line of --pairs is CHAT TOKEN TICKET: two sockets, the customer's and the operator's, each of which writes to the other. A line of --idle is
 * CHAT TOKEN: a customer who says nothing. --rate 0 is a closed loop: each socket has --window messages under way and sends the next one when one is
 * acknowledged; else so many messages a second leave, whatever comes back. --watch: processes whose computing time is counted while we measure, the relay first.
 * Prints one line of JSON. */
#include "link.h"

#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define RING 1024 /* messages of one socket that may be under way */
#define BODY_MAX 2000
#define EVENTS 256
#define WATCH_MAX 256
#define DRAIN_NS (3 * (uint64_t)NS)
#define NS 1000000000

struct times {
	uint32_t *us;
	size_t count, size;
};

struct person {
	struct link link;
	struct person *partner;
	unsigned number;
	char chat[37];
	uint64_t sent, acked, heard; /* messages of this person: sent, acknowledged, come to the partner */
	uint64_t seq;                /* of the last event this person has seen */
	uint64_t sent_ns[RING];
};

static struct {
	const char *socket, *origin, *pairs, *idle;
	double seconds, warm, rate;
	unsigned window, body;
	long watch[WATCH_MAX];
	unsigned watched;
} given = { .seconds = 10, .warm = 2, .window = 1, .body = 120 };

static struct {
	struct person *persons;
	struct link *idle;
	size_t count, idle_count;
	int epoll;
	unsigned run;
	bool sending;
	uint64_t from_ns, to_ns; /* of the measuring */
	uint64_t sent, acked, heard, errors, gaps, closed, held_back;
	struct times ack, delivery;
	char body[BODY_MAX + 1];
} load;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

/* ---- figures ------------------------------------------------------------------------------------------------ */

static void times_add(struct times *times, uint64_t from_ns, uint64_t to_ns)
{
	if (to_ns < load.from_ns || to_ns >= load.to_ns)
		return;
	if (times->count == times->size) {
		times->size = times->size ? times->size * 2 : 65536;
		times->us = reallocarray(times->us, times->size, sizeof *times->us);
		if (!times->us)
			err(1, "memory");
	}
	times->us[times->count++] = (uint32_t)((to_ns - from_ns) / 1000);
}

static int compare_times(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double quantile_ms(const struct times *times, double share)
{
	size_t at = (size_t)((double)times->count * share);

	return times->count ? times->us[at < times->count ? at : times->count - 1] / 1000.0 : 0;
}

struct computed {
	double relay_s, server_s;
};

static double computed_by(long process)
{
	char path[64];
	uint64_t ns = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%ld/schedstat", process);
	file = fopen(path, "re");
	if (!file)
		return 0; /* it has ended */
	if (fscanf(file, "%" SCNu64, &ns) != 1)
		ns = 0;
	fclose(file);
	return (double)ns / NS;
}

static double began_s[WATCH_MAX];

static void begin_count(void)
{
	for (unsigned i = 0; i < given.watched; i++)
		began_s[i] = computed_by(given.watch[i]);
}

/* Since begin_count(). A session that has ended meanwhile counts nothing: what it had computed before is not to be taken off the others. */
static struct computed end_count(void)
{
	struct computed sum = { 0 };

	for (unsigned i = 0; i < given.watched; i++) {
		double now_s = computed_by(given.watch[i]);

		if (now_s > began_s[i])
			*(i == 0 ? &sum.relay_s : &sum.server_s) += now_s - began_s[i];
	}
	return sum;
}

static double per_100k(double seconds)
{
	return load.ack.count ? seconds / (double)load.ack.count * 100000 : 0;
}

static void print_times(const char *name, struct times *times)
{
	qsort(times->us, times->count, sizeof *times->us, compare_times);
	printf(",\"%s_p50_ms\":%.3f,\"%s_p99_ms\":%.3f", name, quantile_ms(times, 0.5), name, quantile_ms(times, 0.99));
}

static void print(const struct computed *computed)
{
	printf("{\"rate\":%.1f,\"messages\":%zu", (double)load.ack.count / given.seconds, load.ack.count);
	print_times("ack", &load.ack);
	print_times("delivery", &load.delivery);
	printf(",\"cpu_s_per_100k\":%.3f,\"relay_s_per_100k\":%.3f,\"server_s_per_100k\":%.3f", per_100k(computed->relay_s + computed->server_s), per_100k(computed->relay_s),
		   per_100k(computed->server_s));
	printf(",\"sent\":%" PRIu64 ",\"acked\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"gaps\":%" PRIu64 ",\"closed\":%" PRIu64
		   ",\"held_back\":%" PRIu64 "}\n",
		   load.sent, load.acked, load.heard, load.errors, load.gaps, load.closed, load.held_back);
}

/* ---- messages ----------------------------------------------------------------------------------------------- */

static void say(struct person *p)
{
	char text[BODY_MAX + 256];
	int len;

	if (p->link.fd < 0 || p->sent - p->acked >= RING || p->sent - p->heard >= RING) {
		load.held_back++;
		return;
	}
	len = snprintf(text, sizeof text, "{\"t\":\"send\",\"chat\":\"%s\",\"cid\":\"%08x-%04x-4000-8000-%012" PRIx64 "\",\"body\":\"%s\"}", p->chat,
				   load.run, p->number & 0xffff, p->sent, load.body);
	p->sent_ns[p->sent++ % RING] = now_ns();
	load.sent++;
	link_send(&p->link, text, (size_t)len);
}

static const char *find(const char *text, size_t len, const char *what)
{
	const char *at = memmem(text, len, what, strlen(what));

	return at ? at + strlen(what) : NULL;
}

/* When the message was sent that this frame is about; 0: not one of this run. */
static uint64_t sent_at(const struct person *author, const char *text, size_t len)
{
	const char *cid = find(text, len, "\"cid\":\"");
	unsigned run, number;
	uint64_t n;

	if (!cid || sscanf(cid, "%8x-%4x-4000-8000-%12" SCNx64, &run, &number, &n) != 3 || run != load.run || number != (author->number & 0xffff) ||
		n >= author->sent)
		return 0;
	return author->sent_ns[n % RING];
}

static void take_ack(struct person *p, const char *text, size_t len)
{
	uint64_t at = sent_at(p, text, len);

	if (at == 0)
		return;
	p->acked++;
	load.acked++;
	times_add(&load.ack, at, now_ns());
	if (load.sending && given.rate <= 0)
		say(p);
}

static void take_event(struct person *p, const char *text, size_t len)
{
	uint64_t at = p->partner ? sent_at(p->partner, text, len) : 0;

	if (at == 0)
		return;
	p->partner->heard++;
	load.heard++;
	times_add(&load.delivery, at, now_ns());
}

/* Events and the acks that stand in their place: each one more than the last (a relay that numbers nothing says no seq). */
static void take_seq(struct person *p, const char *text, size_t len)
{
	const char *at = find(text, len, "\"seq\":");
	uint64_t seq = at ? strtoull(at, NULL, 10) : 0;

	if (seq > 0 && p->seq > 0 && seq != p->seq + 1)
		load.gaps++;
	if (seq > 0)
		p->seq = seq;
}

static void take_frame(void *arg, const char *text, size_t len)
{
	struct person *p = arg;

	if (len > 11 && memcmp(text, "{\"t\":\"event\"", 12) == 0) {
		take_seq(p, text, len);
		take_event(p, text, len);
	} else if (len > 9 && memcmp(text, "{\"t\":\"ack\"", 10) == 0) {
		take_seq(p, text, len);
		take_ack(p, text, len);
	} else if (len > 11 && memcmp(text, "{\"t\":\"error\"", 12) == 0) {
		if (load.errors++ == 0)
			warnx("%.*s", (int)len, text);
	}
}

static void ignore_frame(void *arg, const char *text, size_t len)
{
	(void)arg;
	(void)text;
	(void)len;
}

/* ---- the loop ----------------------------------------------------------------------------------------------- */

static void watch(struct link *link, uint64_t tag)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = tag };

	link_settle(link);
	if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, link->fd, &event) < 0)
		err(1, "epoll");
}

static void turn(uint64_t until_ns)
{
	struct epoll_event events[EVENTS];
	uint64_t now = now_ns(), wait = until_ns > now ? until_ns - now : 0;
	const struct timespec timeout = { .tv_sec = (time_t)(wait / NS), .tv_nsec = (long)(wait % NS) };
	int count = epoll_pwait2(load.epoll, events, EVENTS, &timeout, NULL);

	for (int i = 0; i < count; i++) {
		uint64_t tag = events[i].data.u64;
		struct link *link = tag < load.count ? &load.persons[tag].link : &load.idle[tag - load.count];

		if (link->fd < 0)
			continue;
		if (tag < load.count ? link_read(link, take_frame, &load.persons[tag]) : link_read(link, ignore_frame, NULL))
			continue;
		load.closed++;
		link_close(link);
	}
}

static void run(void)
{
	uint64_t start = now_ns(), turned = 0, next = start;
	struct computed computed;
	bool measuring = false;

	load.from_ns = start + (uint64_t)(given.warm * NS);
	load.to_ns = load.from_ns + (uint64_t)(given.seconds * NS);
	load.sending = true;
	for (unsigned i = 0; given.rate <= 0 && i < given.window; i++)
		for (size_t p = 0; p < load.count; p++)
			say(&load.persons[p]);
	for (uint64_t now = start; now < load.to_ns; now = now_ns()) {
		if (!measuring && now >= load.from_ns) {
			measuring = true;
			begin_count();
		}
		for (; given.rate > 0 && next <= now; next = start + (uint64_t)((double)turned * NS / given.rate))
			say(&load.persons[turned++ * 7919 % load.count]);
		turn(given.rate > 0 && next < load.to_ns ? next : load.to_ns);
	}
	computed = end_count();
	load.sending = false;
	while ((load.acked < load.sent || load.heard < load.sent) && now_ns() < load.to_ns + DRAIN_NS)
		turn(load.to_ns + DRAIN_NS);
	print(&computed);
}

/* ---- opening ------------------------------------------------------------------------------------------------ */

static size_t each_line(const char *path, void (*take)(size_t line, char words[3][64]))
{
	FILE *file = fopen(path, "re");
	char line[256], words[3][64];
	size_t count = 0;

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof line, file)) {
		memset(words, 0, sizeof words);
		if (sscanf(line, "%63s %63s %63s", words[0], words[1], words[2]) < 2)
			errx(1, "%s: line %zu is not understood", path, count + 1);
		if (take)
			take(count, words);
		count++;
	}
	fclose(file);
	return count;
}

static void open_customer(struct link *link, const char *chat, const char *token)
{
	char hello[256];

	(void)snprintf(hello, sizeof hello, "{\"t\":\"hello\",\"token\":\"%s\",\"chat\":\"%s\",\"last_seq\":0}", token, chat);
	link_open(link, given.socket, given.origin, hello, "synced");
}

static void open_pair(size_t line, char words[3][64])
{
	struct person *customer = &load.persons[2 * line], *op = customer + 1;
	char hello[256];

	for (struct person *p = customer; p <= op; p++) {
		memcpy(p->chat, words[0], sizeof p->chat - 1);
		p->number = (unsigned)(p - load.persons);
		p->partner = p == customer ? op : customer;
	}
	open_customer(&customer->link, words[0], words[1]);
	(void)snprintf(hello, sizeof hello, "{\"t\":\"hello\",\"ticket\":\"%s\",\"cursors\":{\"%s\":0}}", words[2], words[0]);
	link_open(&op->link, given.socket, given.origin, hello, "synced");
	watch(&customer->link, 2 * line);
	watch(&op->link, 2 * line + 1);
}

static void open_idle(size_t line, char words[3][64])
{
	open_customer(&load.idle[line], words[0], words[1]);
	watch(&load.idle[line], load.count + line);
	if (line % 100 == 0)
		turn(0); /* who was asked whether he is there says so */
}

static void open_all(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.count = 2 * each_line(given.pairs, NULL);
	load.idle_count = given.idle ? each_line(given.idle, NULL) : 0;
	load.persons = calloc(load.count + 1, sizeof *load.persons);
	load.idle = calloc(load.idle_count + 1, sizeof *load.idle);
	if (load.epoll < 0 || !load.persons || !load.idle)
		err(1, "memory");
	for (size_t i = 0; i < load.count; i++)
		load.persons[i].link.fd = -1;
	for (size_t i = 0; i < load.idle_count; i++)
		load.idle[i].fd = -1;
	if (given.idle)
		(void)each_line(given.idle, open_idle);
	(void)each_line(given.pairs, open_pair);
}

static void close_all(void)
{
	for (size_t i = 0; i < load.count; i++)
		if (load.persons[i].link.fd >= 0)
			link_close(&load.persons[i].link);
	for (size_t i = 0; i < load.idle_count; i++)
		if (load.idle[i].fd >= 0)
			link_close(&load.idle[i]);
	close(load.epoll);
	free(load.persons);
	free(load.idle);
	free(load.ack.us);
	free(load.delivery.us);
}

static void read_watch(const char *list)
{
	char *end;

	for (const char *at = list; *at && given.watched < WATCH_MAX; at = *end ? end + 1 : end)
		given.watch[given.watched++] = strtol(at, &end, 10);
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "origin", required_argument, NULL, 'o' },
		{ "pairs", required_argument, NULL, 'p' },
		{ "idle", required_argument, NULL, 'i' },
		{ "seconds", required_argument, NULL, 't' },
		{ "warm", required_argument, NULL, 'a' },
		{ "rate", required_argument, NULL, 'r' },
		{ "window", required_argument, NULL, 'w' },
		{ "body", required_argument, NULL, 'b' },
		{ "watch", required_argument, NULL, 'c' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			given.socket = optarg;
			break;
		case 'o':
			given.origin = optarg;
			break;
		case 'p':
			given.pairs = optarg;
			break;
		case 'i':
			given.idle = optarg;
			break;
		case 't':
			given.seconds = strtod(optarg, NULL);
			break;
		case 'a':
			given.warm = strtod(optarg, NULL);
			break;
		case 'r':
			given.rate = strtod(optarg, NULL);
			break;
		case 'w':
			given.window = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'b':
			given.body = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'c':
			read_watch(optarg);
			break;
		default:
			exit(64);
		}
	}
	if (!given.socket || !given.origin || !given.pairs || given.seconds <= 0 || given.window < 1 || given.window > RING || given.body < 1 ||
		given.body > BODY_MAX)
		errx(64, "usage: load --socket PATH --origin URL --pairs FILE [...]");
}

int main(int argc, char **argv)
{
	struct timespec now;

	read_options(argc, argv);
	clock_gettime(CLOCK_REALTIME, &now);
	load.run = (unsigned)now.tv_sec ^ (unsigned)now.tv_nsec;
	memset(load.body, 'x', given.body);
	for (unsigned i = 8; i < given.body; i += 9)
		load.body[i] = ' ';
	open_all();
	run();
	close_all();
	return 0;
}
