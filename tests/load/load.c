/* SPDX-License-Identifier: ISC */
/* A load client that speaks chat.v1. Explained in tests/bench/README.md.
 *
 *   load --socket PATH --origin URL --pairs FILE [--operators PATH] [--idle FILE] [--storm] [--seconds 10] [--warm 2] [--rate 0] [--window 1] [--body 120]
 *        [--watch PID,PID,…]
 *
 * A line of --pairs is CHAT TOKEN TICKET: two sockets, the customer's and the operator's, each of which writes to the other. --operators: the relay of the
 * operators' sockets, where it is another one. A line of --idle is CHAT TOKEN: a customer who says nothing. --rate 0 is a closed loop: each socket has --window
 * messages under way and sends the next one when one is acknowledged (0: nobody writes); else so many messages a second leave, whatever comes back. --storm: when
 * half of the time is over all of --idle are cut and come back. --watch: processes whose computing time is counted while we measure, the relay first.
 * Prints one line of JSON. */
#include "crowd.h"
#include "link.h"
#include "times.h"
#include "watch.h"

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
#define DRAIN_NS (3 * (uint64_t)NS)
#define OPEN_NS (60 * (uint64_t)NS)
#define NS 1000000000

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
	const char *socket, *operators, *origin, *pairs, *idle;
	double seconds, warm, rate;
	unsigned window, body;
	struct watch watch;
	bool storm;
} given = { .seconds = 10, .warm = 2, .window = 1, .body = 120 };

static struct {
	struct person *persons;
	struct crowd crowd;
	size_t count;
	double crowd_kb; /* of the relay, for each of the crowd */
	int epoll;
	unsigned run;
	bool sending;
	uint64_t from_ns, to_ns; /* of the measuring */
	uint64_t sent, acked, heard, errors, gaps, closed, held_back;
	struct times ack, delivery, storm; /* the last: acks of what was sent while the crowd was apart */
	char body[BODY_MAX + 1];
} load;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

/* ---- figures ------------------------------------------------------------------------------------------------ */

static double per_100k(double seconds)
{
	return load.ack.count ? seconds / (double)load.ack.count * 100000 : 0;
}

static void print(const struct computed *computed)
{
	printf("{\"rate\":%.1f,\"messages\":%zu,\"relay_s\":%.3f,\"server_s\":%.3f", (double)load.ack.count / given.seconds, load.ack.count, computed->relay_s,
		   computed->server_s);
	times_print("ack", &load.ack);
	times_print("delivery", &load.delivery);
	if (load.crowd.count > 0)
		printf(",\"idle\":%zu,\"idle_kb\":%.3f,\"idle_lost\":%zu", load.crowd.back, load.crowd_kb, load.crowd.lost);
	if (given.storm) {
		printf(",\"storm_s\":%.3f", load.crowd.whole_ns > 0 ? (double)(load.crowd.whole_ns - load.crowd.cut_ns) / NS : -1);
		times_print("storm", &load.storm);
	}
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

static void measured(struct times *times, uint64_t from_ns)
{
	uint64_t to_ns = now_ns();

	if (to_ns >= load.from_ns && to_ns < load.to_ns)
		times_add(times, to_ns - from_ns);
}

static void take_ack(struct person *p, const char *text, size_t len)
{
	uint64_t at = sent_at(p, text, len);

	if (at == 0)
		return;
	p->acked++;
	load.acked++;
	if (load.crowd.cut_ns > 0 && at >= load.crowd.cut_ns && (load.crowd.whole_ns == 0 || at < load.crowd.whole_ns))
		measured(&load.storm, at);
	else
		measured(&load.ack, at);
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
	measured(&load.delivery, at);
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
		struct link *link = &load.persons[tag < load.count ? tag : 0].link;

		if (tag >= load.count) {
			crowd_event(&load.crowd, tag);
		} else if (link->fd >= 0 && !link_read(link, take_frame, &load.persons[tag])) {
			load.closed++;
			link_close(link);
		}
	}
	crowd_turn(&load.crowd, now_ns());
}

/* Whoever waits for room in the relay's queue looks again soon. */
static uint64_t soonest(uint64_t next_ns)
{
	uint64_t until_ns = next_ns < load.to_ns ? next_ns : load.to_ns, soon_ns = now_ns() + NS / 1000;

	return load.crowd.unopened < load.crowd.count && soon_ns < until_ns ? soon_ns : until_ns;
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
			watch_begin(&given.watch);
		}
		if (given.storm && load.crowd.cut_ns == 0 && now >= load.from_ns + (load.to_ns - load.from_ns) / 2)
			crowd_cut(&load.crowd, now);
		for (; given.rate > 0 && next <= now; next = start + (uint64_t)((double)turned * NS / given.rate))
			say(&load.persons[turned++ * 7919 % load.count]);
		turn(soonest(given.rate > 0 ? next : load.to_ns));
	}
	computed = watch_end(&given.watch);
	load.sending = false;
	while ((load.acked < load.sent || load.heard < load.sent) && now_ns() < load.to_ns + DRAIN_NS)
		turn(load.to_ns + DRAIN_NS);
	print(&computed);
}

/* ---- opening ------------------------------------------------------------------------------------------------ */

static size_t each_line(const char *path, void (*take)(size_t line, char words[4][64]))
{
	FILE *file = fopen(path, "re");
	char line[256], words[4][64];
	size_t count = 0;

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof line, file)) {
		memset(words, 0, sizeof words);
		if (sscanf(line, "%63s %63s %63s %63s", words[0], words[1], words[2], words[3]) < 2)
			errx(1, "%s: line %zu is not understood", path, count + 1);
		if (take)
			take(count, words);
		count++;
	}
	fclose(file);
	return count;
}

static void open_customer(struct link *link, const char *chat, const char *token, const char *last_seq)
{
	char hello[256];

	(void)snprintf(hello, sizeof hello, "{\"t\":\"hello\",\"token\":\"%s\",\"chat\":\"%s\",\"last_seq\":%s}", token, chat, last_seq);
	link_open(link, given.socket, given.origin, hello, "synced");
}

/* CHAT TOKEN TICKET LAST_SEQ: what earlier runs said is not told again, it would take longer than a socket may be silent. */
static void open_pair(size_t line, char words[4][64])
{
	struct person *customer = &load.persons[2 * line], *op = customer + 1;
	char hello[256];

	for (struct person *p = customer; p <= op; p++) {
		memcpy(p->chat, words[0], sizeof p->chat - 1);
		p->number = (unsigned)(p - load.persons);
		p->partner = p == customer ? op : customer;
	}
	open_customer(&customer->link, words[0], words[1], words[3]);
	(void)snprintf(hello, sizeof hello, "{\"t\":\"hello\",\"ticket\":\"%s\",\"cursors\":{\"%s\":%s}}", words[2], words[0], words[3]);
	link_open(&op->link, given.operators ? given.operators : given.socket, given.origin, hello, "synced");
	watch(&customer->link, 2 * line);
	watch(&op->link, 2 * line + 1);
}

static void add_idle(size_t line, char words[4][64])
{
	(void)line;
	crowd_add(&load.crowd, words[0], words[1]);
}

/* As quickly as the relay lets them in. */
static void open_idle(void)
{
	uint64_t give_up_ns = now_ns() + OPEN_NS;
	double before_kb = watch_resident_kb(&given.watch);

	(void)each_line(given.idle, add_idle);
	while (!crowd_is_whole(&load.crowd)) {
		if (now_ns() > give_up_ns || load.crowd.lost > 0)
			errx(1, "%zu of %zu who only wait have been let in", load.crowd.back, load.crowd.count);
		turn(now_ns() + NS / 1000);
	}
	load.crowd_kb = (watch_resident_kb(&given.watch) - before_kb) / (double)load.crowd.count;
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
	load.persons = calloc(load.count + 1, sizeof *load.persons);
	if (load.epoll < 0 || !load.persons)
		err(1, "memory");
	for (size_t i = 0; i < load.count; i++)
		load.persons[i].link.fd = -1;
	crowd_init(&load.crowd, given.socket, given.origin, load.epoll, load.count, given.idle ? each_line(given.idle, NULL) : 0);
	if (given.idle)
		open_idle();
	(void)each_line(given.pairs, open_pair);
}

static void close_all(void)
{
	for (size_t i = 0; i < load.count; i++)
		if (load.persons[i].link.fd >= 0)
			link_close(&load.persons[i].link);
	crowd_fini(&load.crowd);
	close(load.epoll);
	free(load.persons);
	times_free(&load.ack);
	times_free(&load.delivery);
	times_free(&load.storm);
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "operators", required_argument, NULL, 'x' },
		{ "origin", required_argument, NULL, 'o' },
		{ "pairs", required_argument, NULL, 'p' },
		{ "idle", required_argument, NULL, 'i' },
		{ "storm", no_argument, NULL, 'm' },
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
		case 'x':
			given.operators = optarg;
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
		case 'm':
			given.storm = true;
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
			watch_read(&given.watch, optarg);
			break;
		default:
			exit(64);
		}
	}
	if (!given.socket || !given.origin || !given.pairs || given.seconds <= 0 || given.window > RING || (given.storm && !given.idle) || given.body < 1 ||
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
