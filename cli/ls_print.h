/* The forms in which `cpm ls` shows its items. */
#ifndef CPM_CLI_LS_PRINT_H
#define CPM_CLI_LS_PRINT_H

#include "base/json.h"
#include "cli/ls_walk.h"

struct cpm_ls_style {
    bool color, unicode, is_long;
    bool has_manifest;     /* the root has a package.json */
    bool from_folders;     /* every package's own package.json was read: descriptions are known */
    const char *lock_file; /* else: the lock that the packages were read from */
};

/* The tree with branches, ready for the terminal. */
void cpm_ls_print_tree(const struct cpm_ls_walk *walk, const struct cpm_ls_style *style,
                       struct cpm_buf *out);
/* One path a line. */
void cpm_ls_print_parseable(const struct cpm_ls_walk *walk, bool is_long, struct cpm_buf *out);
/* npm's document; to be freed. */
struct cpm_json *cpm_ls_print_json(const struct cpm_ls_walk *walk,
                                   const struct cpm_ls_style *style);

#endif
