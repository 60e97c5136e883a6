/* What `cpx` makes of its arguments: those of `cpm exec`, with "--" put before the first word that
 * is no option, so that what stands behind the command is the command's. npm's npx does the same.
 */
#ifndef CPM_CLI_CPX_H
#define CPM_CLI_CPX_H

#include "base/arena.h"

struct cpm_cpx {
    int argc;
    char **argv;          /* NULL-ended, in the arena */
    const char **removed; /* options that npx once had and that are passed over; NULL-ended */
};

/* argv[0] is the program. */
void cpm_cpx_read(struct cpm_arena *arena, int argc, char **argv, struct cpm_cpx *out);

#endif
