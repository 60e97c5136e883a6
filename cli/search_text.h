/* One result of `cpm search` as text: npm's lines for people and its columns for programs, and
 * which results --searchexclude leaves out. Pure. */
#ifndef CPM_CLI_SEARCH_TEXT_H
#define CPM_CLI_SEARCH_TEXT_H

#include "base/arena.h"
#include "base/json.h"

struct cpm_search_style {
    struct cpm_arena *arena;
    const struct cpm_str *words; /* what was asked for, in lower case, shortest first */
    size_t word_count;
    bool color, description;
};

/* `package` is the registry's object; missing and odd members count as empty. */
void cpm_search_write(const struct cpm_search_style *style, const struct cpm_json *package,
                      struct cpm_buf *out);
/* Name, description, date, version and keywords with tabs between. */
void cpm_search_write_columns(const struct cpm_search_style *style, const struct cpm_json *package,
                              struct cpm_buf *out);
/* `excludes` are texts, or patterns between slashes (POSIX, with \d), in lower case and parted by
 * blanks: does one of them occur in name, maintainers and keywords? */
bool cpm_search_is_excluded(struct cpm_arena *arena, const struct cpm_json *package,
                            struct cpm_str excludes);
/* ASCII letters only. New in the arena. */
struct cpm_str cpm_search_lower(struct cpm_arena *arena, struct cpm_str text);

#endif
