/* The actual (or locked) tree with its edges, as `cpm ls` walks it: made from a flat lock, read
 * only afterwards. Nodes and edges live in the arena. */
#ifndef CPM_CLI_LS_TREE_H
#define CPM_CLI_LS_TREE_H

#include "base/map.h"
#include "lockfile/lock.h"

struct cpm_ls_node;

enum cpm_ls_edge_type {
    CPM_LS_PROD,
    CPM_LS_DEV,
    CPM_LS_OPTIONAL,
    CPM_LS_PEER,
    CPM_LS_PEER_OPTIONAL,
    CPM_LS_WORKSPACE
};

struct cpm_ls_edge {
    struct cpm_ls_node *from;
    struct cpm_str name;
    struct cpm_str spec; /* after overrides */
    struct cpm_str raw;
    enum cpm_ls_edge_type type;
    struct cpm_ls_node *to; /* NULL: nothing of that name is in reach */
};

struct cpm_ls_node {
    const struct cpm_lock_entry *entry;
    const struct cpm_manifest *manifest; /* of the target for a link; never NULL */
    struct cpm_str name;                 /* of the folder, so an alias has its own */
    struct cpm_ls_node *parent;          /* owner of the node_modules it is in; NULL for tops */
    struct cpm_ls_node *fs_parent;       /* tops: the nearest node whose folder holds it */
    struct cpm_ls_node *target;          /* itself unless a link */
    struct cpm_map kids;                 /* by name */
    struct cpm_ls_edge *edges;
    size_t edge_count;
    const char *path; /* absolute */
    const char *real; /* of the target */
    const char *id;   /* npm's pkgid: name@version, alias@npm:name@version */
    bool is_root, extraneous, workspace, overridden;
};

struct cpm_ls_override {
    struct cpm_str name;
    struct cpm_str value;
};

struct cpm_ls_tree {
    struct cpm_arena *arena;
    const char *path;
    bool global;
    struct cpm_ls_node *root;
    struct cpm_ls_node *nodes;
    size_t count;
    const struct cpm_ls_override *overrides;
    size_t override_count;
};

/* A workspace of the root: name → absolute folder. */
struct cpm_ls_workspace {
    struct cpm_str name;
    const char *path;
};

struct cpm_ls_tree_input {
    const char *path; /* absolute */
    const struct cpm_lock *lock;
    const struct cpm_ls_workspace *workspaces;
    size_t workspace_count;
    bool global;
};

void cpm_ls_tree_build(struct cpm_arena *arena, const struct cpm_ls_tree_input *in,
                       struct cpm_ls_tree *out);
void cpm_ls_tree_release(struct cpm_ls_tree *tree);

static inline bool cpm_ls_edge_is_optional(const struct cpm_ls_edge *e)
{
    return e->type == CPM_LS_OPTIONAL || e->type == CPM_LS_PEER_OPTIONAL;
}
/* npm's words for an edge: missing, or there and not what was asked for. */
static inline bool cpm_ls_edge_is_missing(const struct cpm_ls_edge *e)
{
    return !e->to && !cpm_ls_edge_is_optional(e);
}
bool cpm_ls_edge_is_invalid(const struct cpm_ls_tree *tree, const struct cpm_ls_edge *e);
/* npm's depValid: does the node satisfy a spec that is read against the folder `where`? */
bool cpm_ls_node_satisfies(const struct cpm_ls_tree *tree, const struct cpm_ls_node *node,
                           struct cpm_str spec, const char *where);

#endif
