/* npm's `query`: which nodes of a graph a selector names. What the engine must know beyond the tree
 * it asks of its world, and only where a selector needs it. Made for `cpm query`. */
#ifndef CPM_LOOK_QUERY_H
#define CPM_LOOK_QUERY_H

#include "base/json.h"
#include "look/graph.h"
#include "look/ptrs.h"
#include "look/selector.h"
#include "registry/packument.h"

struct cpm_query_world {
    /* A node's package.json as npm reads it; never NULL, lives as long as the query. Of a missing
     * node it is never asked. */
    const struct cpm_json *(*package)(void *data, const struct cpm_graph_node *node);
    /* :outdated: the packuments of these names are asked for next. Faults stand in `packument`. */
    int (*fetch)(void *data, const struct cpm_str *names, size_t count, struct cpm_error *err);
    const struct cpm_packument *(*packument)(void *data, struct cpm_str name); /* NULL: none */
    /* :vuln: the registry's answer to {name: [versions]}, which lives as long as the query. */
    int (*advisories)(void *data, const struct cpm_json *question, const struct cpm_json **answer,
                      struct cpm_error *err);
    void (*warn)(void *data, const char *text);
    void *data;
    int64_t before;            /* ms, CPM_TIME_NONE: versions of any age count for :outdated */
    const char *const *always; /* packages without that limit, NULL-ended, or NULL */
};

/* In the order of npm's walk; may name a node twice. */
struct cpm_query_set {
    const struct cpm_graph_node **v;
    size_t count, cap;
};

struct cpm_query {
    /* in */
    struct cpm_graph *graph;
    const struct cpm_graph_node *scope; /* :scope */
    struct cpm_query_world world;
    uint64_t max_steps; /* nodes looked at, over all runs; init sets a default */
    /* out */
    struct cpm_query_set found; /* by location, each once; missing ones have no entry */
    /* What pseudo classes tell of a node (npm's queryContext), NULL for nothing; by index, to be
     * released. */
    struct cpm_json **contexts;

    uint64_t steps;
    struct cpm_arena *arena;            /* the graph's, or of a part of the run */
    struct cpm_ptrs missing;            /* struct cpm_query_missing: what was made */
    const struct cpm_json *vulnerables; /* the answer, once asked */
};

void cpm_query_init(struct cpm_query *q, struct cpm_graph *graph);
void cpm_query_release(struct cpm_query *q);
/* May be run again, with another scope or selector. Errors: CPM_EQUERY…,
 * CPM_ETOOBIG, those of the world. */
int cpm_query_run(struct cpm_query *q, const struct cpm_selector *selector, struct cpm_error *err);

/* Missing nodes are made by :missing and are no part of the graph: they have a name, a manifest and
 * one edge that leads to them. */
static inline bool cpm_query_is_missing(const struct cpm_graph_node *node)
{
    return !node->entry;
}
/* The package.json that npm makes of what is missing: name and spec. */
const struct cpm_json *cpm_query_missing_package(const struct cpm_graph_node *node);
/* npm's inBundle: it lies in a package that brings it along. */
bool cpm_query_is_bundled(const struct cpm_query *q, const struct cpm_graph_node *node);

#endif
