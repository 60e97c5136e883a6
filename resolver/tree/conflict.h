/* Why a tree could not be built: npm's ERESOLVE explanation as data, and its words. Made by the
 * solver in the result's arena; read by the cli. */
#ifndef CPM_RESOLVER_TREE_CONFLICT_H
#define CPM_RESOLVER_TREE_CONFLICT_H

#include "resolver/tree/explained.h"

struct cpm_conflict {
    const char *summary; /* "unable to resolve dependency tree" or "could not resolve" */
    const struct cpm_explained_edge *edge, *current_edge;
    const struct cpm_explained_node *dep, *current;
    const struct cpm_explained_node *peer_current, *peer; /* the conflicting peer, or NULL */
    bool strict_peer_deps, force, is_mine;
};

/* npm's report to a depth (4 on a terminal, INT_MAX in a file): "While resolving: …", and what the
 * user can do. */
void cpm_conflict_explain(const struct cpm_conflict *c, int depth, struct cpm_buf *out);
/* Only the explanation; 2 for warnings. */
void cpm_conflict_describe(const struct cpm_conflict *c, int depth, struct cpm_buf *out);

/* For the solver: how it fails and warns. */
struct cpm_solver;
struct cpm_edge;
struct cpm_node;
struct cpm_placing;
/* While a peer set is loaded. Sets s->status. */
void cpm_conflict_unable(struct cpm_solver *s, struct cpm_edge *edge, struct cpm_edge *current);
/* While a package is placed. Sets s->status. */
void cpm_conflict_could_not(struct cpm_solver *s, struct cpm_placing *p);
/* "overriding peer dependency": the edge is given up, with a warning. */
void cpm_conflict_override(struct cpm_solver *s, struct cpm_placing *p, struct cpm_edge *edge,
                           struct cpm_node *dep);

#endif
