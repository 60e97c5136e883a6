/* The way from one text to another, and its hunks. Internal to text_diff.h. */
#ifndef CPM_LOOK_TEXT_HUNKS_H
#define CPM_LOOK_TEXT_HUNKS_H

#include "base/arena.h"
#include "base/buf.h"

enum cpm_text_kind { CPM_TEXT_SAME, CPM_TEXT_REMOVED, CPM_TEXT_ADDED };

struct cpm_text_run {
    enum cpm_text_kind kind;
    size_t count; /* lines */
};

struct cpm_text_runs {
    struct cpm_text_run *v;
    size_t count;
};

struct cpm_text_side {
    struct cpm_str *v; /* lines with their newline, which the last may lack */
    const void **ids;  /* equal for equal lines */
    size_t count;
};

struct cpm_text_lines {
    struct cpm_text_side from, to;
};

void cpm_text_hunks(const struct cpm_text_lines *lines, const struct cpm_text_runs *runs,
                    size_t context, struct cpm_buf *out);

#endif
