/* What a solve says besides its tree: the first failure, warnings, placements. */
#include "base/mem.h"
#include "resolver/tree/solver.h"
#include <stdio.h>

int cpm_solver_fail(struct cpm_solver *s, int code, const char *fmt, ...)
{
    char text[CPM_ERROR_TEXT];
    va_list args;

    if (s->status)
        return s->status;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    s->status = cpm_error_set(s->err, code, "%s", text);
    return s->status;
}

void cpm_solver_warn(struct cpm_solver *s, int code, struct cpm_str text)
{
    if (s->warning_count == s->warning_cap) {
        s->warning_cap = s->warning_cap ? s->warning_cap * 2 : 16;
        s->warnings = cpm_realloc(s->warnings, s->warning_cap, sizeof(*s->warnings));
    }
    s->warnings[s->warning_count++] = (struct cpm_tree_warning){code, text};
}

void cpm_solver_trace(struct cpm_solver *s, struct cpm_str line)
{
    if (s->trace_count == s->trace_cap) {
        s->trace_cap = s->trace_cap ? s->trace_cap * 2 : 64;
        s->trace = cpm_realloc(s->trace, s->trace_cap, sizeof(*s->trace));
    }
    s->trace[s->trace_count++] = line;
}
