/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_API_FRAME_H
#define SWITCHBOARD_API_FRAME_H

#include "http/response.h"

/* Puts a page for people in the place of a JSON error; its code and headers stay. */
void frame_problem(struct response *response);

#endif
