#include "lockfile/lock_conflict.h"

#include "base/buf.h"

enum { MARKER = 7 };

static bool has_run(struct cpm_str text, char c)
{
    size_t run = 0;

    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == c ? run + 1 : 0;
        if (run == MARKER)
            return true;
    }
    return false;
}

bool cpm_conflict_found(struct cpm_str text)
{
    return cpm_str_find(text, "<<<<<<<") != CPM_NPOS && cpm_str_find(text, ">>>>>>>") != CPM_NPOS &&
           cpm_str_find(text, "=======") != CPM_NPOS;
}

int cpm_conflict_merge(struct cpm_str text, const char *file, struct cpm_arena *arena,
                       struct cpm_str *out, struct cpm_error *err)
{
    (void)text, (void)arena, (void)out, (void)has_run;
    return cpm_error_set(err, CPM_EJSONPARSE, "%s: conflict", file);
}
