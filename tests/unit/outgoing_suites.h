/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_TESTS_OUTGOING_SUITES_H
#define SWITCHBOARD_TESTS_OUTGOING_SUITES_H

#include "tap.h"

extern CU_TestInfo outgoing_signature_tests[], outgoing_target_tests[], outgoing_reason_tests[], outgoing_mail_tests[];

#endif
