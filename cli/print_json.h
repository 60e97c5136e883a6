/* One JSON document on stdout, as npm prints it: indented by two. */
#ifndef CPM_CLI_PRINT_JSON_H
#define CPM_CLI_PRINT_JSON_H

#include "base/json.h"
#include "cli/term.h"

/* Frees the document. */
static inline void cpm_print_json(struct cpm_term *term, struct cpm_json *doc)
{
    struct cpm_buf text = CPM_BUF_INIT(1u << 30);
    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_term_out(term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    cpm_json_free(doc);
}

#endif
