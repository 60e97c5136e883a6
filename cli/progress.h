/* The progress line of one terminal: what stands on it and when it was drawn. The terminal
 * (cli/term.c) owns it, shows it and erases it before anything else is written. */
#ifndef CPM_CLI_PROGRESS_H
#define CPM_CLI_PROGRESS_H

#include "cli/term.h"

struct cpm_progress_line {
    bool enabled;
    bool unicode;
    bool drawn;          /* something stands on the line */
    unsigned frame;      /* of the spinner */
    uint64_t begun;      /* ms, monotonic; 0 before the first call */
    uint64_t last;       /* ms, of the last redraw */
    uint64_t rate_time;  /* ms: begin of the window over which the rate is taken */
    uint64_t rate_bytes; /* bytes at that time */
    double rate;         /* bytes a second */
};

void cpm_progress_line_show(struct cpm_progress_line *line, const struct cpm_progress *p);
void cpm_progress_line_erase(struct cpm_progress_line *line);
/* Appends the line's text, at most `columns` wide. */
void cpm_progress_line_text(const struct cpm_progress_line *line, const struct cpm_progress *p,
                            size_t columns, struct cpm_buf *out);

#endif
