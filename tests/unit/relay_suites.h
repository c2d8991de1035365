/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_TESTS_RELAY_SUITES_H
#define SWITCHBOARD_TESTS_RELAY_SUITES_H

#include "tap.h"

extern CU_TestInfo access_tests[], admission_tests[], batch_tests[], bus_tests[], client_tests[], crowding_tests[], departures_tests[], frame_tests[], hints_tests[], mailbox_tests[], marks_tests[],
	room_tests[], signals_tests[];

void relay_stage_begin(void);
void relay_stage_end(void);

#endif
