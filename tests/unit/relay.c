/* SPDX-License-Identifier: ISC */
/* Tests of app/relay: its modules on a stage of recorders instead of sockets and a database (relay_stage.h). */
#include "base/log.h"
#include "relay_suites.h"

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "frame", NULL, NULL, NULL, NULL, frame_tests },
		{ "admission", NULL, NULL, NULL, NULL, admission_tests },
		{ "client", NULL, NULL, relay_stage_begin, relay_stage_end, client_tests },
		{ "crowding", NULL, NULL, relay_stage_begin, relay_stage_end, crowding_tests },
		{ "departures", NULL, NULL, NULL, NULL, departures_tests },
		{ "room", NULL, NULL, relay_stage_begin, relay_stage_end, room_tests },
		{ "marks", NULL, NULL, relay_stage_begin, relay_stage_end, marks_tests },
		{ "signals", NULL, NULL, relay_stage_begin, relay_stage_end, signals_tests },
		{ "batch", NULL, NULL, relay_stage_begin, relay_stage_end, batch_tests },
		{ "access", NULL, NULL, relay_stage_begin, relay_stage_end, access_tests },
		{ "mailbox", NULL, NULL, NULL, NULL, mailbox_tests },
		{ "bus", NULL, NULL, relay_stage_begin, relay_stage_end, bus_tests },
		{ "hints", NULL, NULL, relay_stage_begin, relay_stage_end, hints_tests },
		CU_SUITE_INFO_NULL,
	};

	log_init("unit", LOG_LEVEL_ERROR);
	return tap_run(suites);
}
