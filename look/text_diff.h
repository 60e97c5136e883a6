/* Two texts as the hunks of a unified patch. `cpm diff` hands in the texts and puts its own header
 * before. Pure, and bounded: texts that differ in very many lines are told as replaced, from the
 * first line that differs to the last. */
#ifndef CPM_LOOK_TEXT_DIFF_H
#define CPM_LOOK_TEXT_DIFF_H

#include "base/buf.h"

struct cpm_text_diff {
    struct cpm_str from, to;
    size_t context;    /* unchanged lines around a change */
    bool ignore_space; /* at both ends of a line */
};

/* Appends the hunks, "@@ -1,3 +1,4 @@" and its lines, each ended by a newline; nothing when the
 * texts are equal. */
void cpm_text_diff(const struct cpm_text_diff *diff, struct cpm_buf *out);

#endif
