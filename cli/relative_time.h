/* A moment as npm tells it beside the present: "just now", "3 days ago", "tomorrow", "over a year
 * ago". Read by `view`. */
#ifndef CPM_CLI_RELATIVE_TIME_H
#define CPM_CLI_RELATIVE_TIME_H

#include "base/arena.h"

#include <stdint.h>

/* Both in milliseconds since 1970; days begin at midnight of the local time zone. */
const char *cpm_relative_time(struct cpm_arena *arena, int64_t then, int64_t now);

#endif
