/* npm's words for an audit report, made from its document. */
#ifndef CPM_CLI_AUDIT_TEXT_H
#define CPM_CLI_AUDIT_TEXT_H

#include "base/json.h"
#include "cli/term.h"

/* For a terminal's colours, in the name under which the program was called. Everything: each
 * vulnerable package, who depends on it, what to do. No newline at the end. */
void cpm_audit_text_detail(const struct cpm_json *report, const struct cpm_term *term,
                           struct cpm_buf *out);
/* What install says at its end: the counts and where to read on. */
void cpm_audit_text_install(const struct cpm_json *report, const struct cpm_term *term,
                            struct cpm_buf *out);
/* 1 when something is at least as bad as `level` (NULL: low). */
int cpm_audit_exit_code(const struct cpm_json *report, const char *level);

#endif
