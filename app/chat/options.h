/* SPDX-License-Identifier: ISC */
/* Every option of every program: name, type, default, range, help. `switchboard-api --print-config` prints the example file from this table. */
#ifndef SWITCHBOARD_CHAT_OPTIONS_H
#define SWITCHBOARD_CHAT_OPTIONS_H

#include "base/options.h"

extern const struct option_def chat_options[];
extern const size_t chat_options_count;

#endif
