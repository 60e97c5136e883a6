/* The actual (or locked) tree with its edges: made from a flat lock, read only afterwards. Filled
 * by the cli (cli/graph_load.h); read by `ls` and by everything else in this folder. Nodes and
 * edges live in the arena. */
#ifndef CPM_LOOK_GRAPH_H
#define CPM_LOOK_GRAPH_H

#include "base/map.h"
#include "lockfile/lock.h"
#include "semver/range.h"

struct cpm_graph_node;
struct cpm_override; /* a place in package.json's overrides (resolver/tree/rules.h) */

enum cpm_graph_edge_type {
    CPM_GRAPH_PROD,
    CPM_GRAPH_DEV,
    CPM_GRAPH_OPTIONAL,
    CPM_GRAPH_PEER,
    CPM_GRAPH_PEER_OPTIONAL,
    CPM_GRAPH_WORKSPACE
};

struct cpm_graph_edge {
    struct cpm_graph_node *from;
    struct cpm_str name;
    struct cpm_str spec; /* after overrides */
    struct cpm_str raw;
    struct cpm_str accept; /* another spec that will do; ptr NULL: none */
    const struct cpm_override *rule;
    enum cpm_graph_edge_type type;
    struct cpm_graph_node *to; /* NULL: nothing of that name is in reach */
};

struct cpm_graph_node {
    const struct cpm_lock_entry *entry;
    const struct cpm_manifest *manifest; /* of the target for a link; never NULL */
    struct cpm_str name;                 /* of the folder, so an alias has its own */
    struct cpm_graph_node *parent;       /* owner of the node_modules it is in; NULL for tops */
    struct cpm_graph_node *fs_parent;    /* tops: the nearest node whose folder holds it */
    struct cpm_graph_node *target;       /* itself unless a link */
    struct cpm_map kids;                 /* by name */
    struct cpm_graph_edge *edges;
    size_t edge_count;
    struct cpm_graph_edge **edges_in; /* those that lead here, in npm's order */
    size_t edge_in_count;
    const char *path; /* absolute */
    const char *real; /* of the target */
    const char *id;   /* npm's pkgid: name@version, alias@npm:name@version */
    bool is_root, workspace, overridden;
    const struct cpm_override *rules; /* which count here; NULL without overrides */
    unsigned rule_changes;
    bool arrived; /* while rules are given out */
    /* npm's: wanted by nobody; only by ways that are dev, optional, one of both, peer */
    bool extraneous, dev, optional, dev_optional, peer;
};

struct cpm_graph {
    struct cpm_arena *arena;
    struct cpm_names *names; /* of the rules */
    const char *path;
    bool global;
    struct cpm_graph_node *root;
    struct cpm_graph_node *nodes;
    size_t count;
};

/* A workspace of the root: name → absolute folder. */
struct cpm_graph_workspace {
    struct cpm_str name;
    const char *path;
};

struct cpm_graph_input {
    const char *path; /* absolute */
    const struct cpm_lock *lock;
    const struct cpm_graph_workspace *workspaces;
    size_t workspace_count;
    bool global;
    bool legacy_peer_deps; /* peers are no edges */
};

void cpm_graph_build(struct cpm_arena *arena, const struct cpm_graph_input *in,
                     struct cpm_graph *out);
void cpm_graph_release(struct cpm_graph *tree);
/* The nodes' flags as they stand (the root has none) lose what the edges take away. */
void cpm_graph_flags_lower(struct cpm_graph *tree);
/* Internal: the flags of all nodes (graph_flags.c), and who wants them (graph_in.c). */
void cpm_graph_flags(struct cpm_graph *tree);
void cpm_graph_edges_in(struct cpm_graph *tree);

static inline size_t cpm_graph_index(const struct cpm_graph *tree,
                                     const struct cpm_graph_node *node)
{
    return (size_t)(node - tree->nodes);
}
/* The first node of a path of parents: of a project, a workspace, a link's target. */
const struct cpm_graph_node *cpm_graph_top(const struct cpm_graph_node *node);
/* npm's shouldOmit: `omit` is a NULL-ended list of dev, optional, peer. */
bool cpm_graph_node_is_omitted(const struct cpm_graph_node *node, const char *const *omit);
/* A set of nodes, one flag for each of tree->nodes: what these workspaces (absolute folders,
 * NULL-ended) depend on, with them; or what the root depends on when workspaces are left out. In
 * the arena. */
bool *cpm_graph_of_workspaces(struct cpm_graph *tree, const char *const *paths, bool with_root);
bool *cpm_graph_without_workspaces(struct cpm_graph *tree);

static inline bool cpm_graph_edge_is_optional(const struct cpm_graph_edge *e)
{
    return e->type == CPM_GRAPH_OPTIONAL || e->type == CPM_GRAPH_PEER_OPTIONAL;
}
/* npm's words for an edge: missing, or there and not what was asked for. */
static inline bool cpm_graph_edge_is_missing(const struct cpm_graph_edge *e)
{
    return !e->to && !cpm_graph_edge_is_optional(e);
}
bool cpm_graph_edge_is_invalid(const struct cpm_graph *tree, const struct cpm_graph_edge *e);
/* npm's depValid: does the node satisfy a spec that is read against the folder `where`? */
bool cpm_graph_node_satisfies(const struct cpm_graph *tree, const struct cpm_graph_node *node,
                              struct cpm_str spec, const char *where);

#endif
