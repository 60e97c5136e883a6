/* Two sides as git would show them. Used by cmd_diff.c. */
#ifndef CPM_CLI_DIFF_FORMAT_H
#define CPM_CLI_DIFF_FORMAT_H

#include "cli/diff_files.h"

struct cpm_diff_format {
    const struct cpm_diff_side *from, *to;
    const char *from_prefix, *to_prefix; /* "a/", "b/" */
    const char *version_prefix;          /* "v" */
    size_t context;
    bool names_only, ignore_space, all_text, color;
};

/* Appends npm's text, with colours and sanitised when `color`; without a newline at the end. */
void cpm_diff_format(const struct cpm_diff_format *format, struct cpm_buf *out);

#endif
