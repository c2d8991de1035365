/* SPDX-License-Identifier: ISC */
/* The second step of the login: what somebody typed (a code of his authenticator, or a recovery code) against what the database keeps of it. That a code is not
 * taken twice is the verb's business, which gets its parameters from here. */
#ifndef SWITCHBOARD_API_SECOND_STEP_H
#define SWITCHBOARD_API_SECOND_STEP_H

#include "api/call.h"
#include "base/seal.h"
#include "base/totp.h"

#include <stdbool.h>
#include <stdint.h>

#define SECOND_STEP_MAX 40                /* characters, with the blanks and dashes that people type */
#define SECOND_STEP_CODES 10              /* recovery codes of one person */
#define SECOND_STEP_CODE_SIZE (16 + 3 + 1) /* 80 bits as base32, in fours */
#define SECOND_STEP_SEALED (TOTP_SECRET_BYTES + SEAL_OVERHEAD)

/* Zero: none. */
struct second_step {
	char step[24]; /* the half minute, in digits; "" for a recovery code */
	bool recovers;
	uint8_t recovery[SECRET_BYTES];
};

/* `row` has secret (sealed), last_step and now_s. false: wrong, or no code at all. A recovery code is only taken apart here. A secret that the key before sealed is
 * sealed anew when its code is right; `ret_sealed` is what the table has then. */
bool second_step_read(const struct api *api, const PGresult *row, const char *code, struct second_step *ret_step, uint8_t ret_sealed[SECOND_STEP_SEALED]);

/* The two parameters of a verb that uses it up. */
struct param second_step_param(const struct second_step *step);
struct param second_step_recovery_param(const struct second_step *step);

void second_step_seal(const struct api *api, const uint8_t secret[TOTP_SECRET_BYTES], uint8_t ret_sealed[SECOND_STEP_SEALED]);

/* A new recovery code for the person, and what the table gets of it. */
void second_step_new_code(char ret_code[SECOND_STEP_CODE_SIZE], uint8_t ret_hash[SECRET_BYTES]);

#endif
