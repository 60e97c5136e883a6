/* The workspaces of a project: package.json's `workspaces` patterns, read against the disk by npm's
 * rule
 * (@npmcli/map-workspaces). The project loader fills the list; the solver and the commands with -w
 * read it. */
#ifndef CPM_INSTALL_WORKSPACES_H
#define CPM_INSTALL_WORKSPACES_H

#include "base/error.h"
#include "resolver/tree/tree.h"

struct cpm_workspaces {
    struct cpm_tree_workspace *v; /* in pattern order, then npm's collation */
    size_t count;
};

/* `root` is the project's absolute folder, `patterns` the raw JSON of package.json's `workspaces`
 * ("" for none). A workspace without a name is called after its folder. Errors:
 * CPM_EDUPLICATEWORKSPACE, CPM_ECONFIG (not an array), CPM_EJSONPARSE. */
int cpm_workspaces_read(const char *root, struct cpm_str patterns, struct cpm_names *names,
                        struct cpm_arena *arena, struct cpm_workspaces *out, struct cpm_error *err);

/* Whether the folder at this location of the tree is one of them. */
bool cpm_workspaces_hold(const struct cpm_workspaces *workspaces, struct cpm_str location);

/* The name npm gives a folder: its last part, with the part before it when that is a scope. */
struct cpm_str cpm_name_from_folder(struct cpm_arena *arena, const char *path);

#endif
