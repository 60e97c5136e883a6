/* A JSON value as node's util.inspect shows it, which npm prints where a field is no plain text:
 * lists in columns, short objects on one line. Pure. */
#ifndef CPM_CLI_INSPECT_H
#define CPM_CLI_INSPECT_H

#include "base/arena.h"
#include "base/json.h"

/* Depth 5, as npm asks for. New in the arena. */
struct cpm_str cpm_inspect(struct cpm_arena *arena, const struct cpm_json *value);

#endif
