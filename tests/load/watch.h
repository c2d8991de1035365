/* SPDX-License-Identifier: ISC */
/* Processes whose computing time is counted: the relay, which is the first, and all others together, the server. */
#ifndef SWITCHBOARD_LOAD_WATCH_H
#define SWITCHBOARD_LOAD_WATCH_H

#define WATCH_MAX 256

struct watch {
	long processes[WATCH_MAX];
	double began_s[WATCH_MAX];
	unsigned count;
};

struct computed {
	double relay_s, server_s;
};

void watch_read(struct watch *watch, const char *list); /* PID,PID,… */
void watch_begin(struct watch *watch);
/* Since watch_begin(). A session that has ended meanwhile counts nothing: what it had computed before is not to be taken off the others. */
struct computed watch_end(const struct watch *watch);
/* Memory of the relay. */
double watch_resident_kb(const struct watch *watch);

#endif
