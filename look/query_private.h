/* The parts of the query engine. Internal to look/. */
#ifndef CPM_LOOK_QUERY_PRIVATE_H
#define CPM_LOOK_QUERY_PRIVATE_H

#include "look/query.h"

struct cpm_query_missing {
    struct cpm_graph_node node; /* first: one stands for the other */
    struct cpm_json *package;   /* owned */
};

static inline void cpm_query_add(struct cpm_query *q, struct cpm_query_set *set,
                                 const struct cpm_graph_node *node)
{
    if (set->count == set->cap) {
        size_t cap = set->cap ? set->cap * 2 : 16;
        const struct cpm_graph_node **v =
            CPM_NEW_ARRAY(q->arena, const struct cpm_graph_node *, cap);
        if (set->count)
            memcpy(v, set->v, set->count * sizeof(*v));
        set->v = v;
        set->cap = cap;
    }
    set->v[set->count++] = node;
}

/* `root` where a selector stands inside :is or :not is nobody, as in npm. */
struct cpm_query_frame {
    const struct cpm_query_set *start; /* what the first part of a selector filters */
    const struct cpm_query_set *all;
    const struct cpm_graph_node *root, *scope;
};

/* query_kind.c: prod, dev, workspace … Error: CPM_EQUERYNODEPTYPE. */
int cpm_query_kind(struct cpm_query *q, struct cpm_str name, const struct cpm_query_set *in,
                   struct cpm_query_set *out, struct cpm_error *err);
/* query_walk.c: those of `next` that stand so to one of `from`. */
struct cpm_query_set cpm_query_combine(struct cpm_query *q, struct cpm_str combinator,
                                       const struct cpm_query_set *from,
                                       const struct cpm_query_set *next);
/* query_match.c: attributes, :attr and :semver. */
bool cpm_query_has_attribute(struct cpm_query *q, const struct cpm_selector_attribute *a,
                             const struct cpm_json *object);
const struct cpm_json *cpm_query_package(struct cpm_query *q, const struct cpm_graph_node *node);
int cpm_query_attr(struct cpm_query *q, const struct cpm_selector_part *part,
                   const struct cpm_query_set *in, struct cpm_query_set *out,
                   struct cpm_error *err);
/* Of an :attr and what it holds: the properties to follow and the attribute at their end. A
 * property without text flattens lists. */
struct cpm_query_lookup {
    struct cpm_str *properties;
    size_t count;
    struct cpm_selector_attribute attribute;
};
int cpm_query_lookup_read(struct cpm_query *q, const struct cpm_selector *args,
                          struct cpm_query_lookup *out, struct cpm_error *err);
/* The objects that the first `count` properties lead to, as a list without end mark. */
struct cpm_json_list {
    const struct cpm_json **v;
    size_t count, cap;
};
struct cpm_json_list cpm_query_follow(struct cpm_query *q, const struct cpm_query_lookup *lookup,
                                      size_t count, const struct cpm_json *package);
/* query_semver.c */
int cpm_query_semver(struct cpm_query *q, const struct cpm_selector_part *part,
                     const struct cpm_query_set *in, struct cpm_query_set *out,
                     struct cpm_error *err);
/* query_registry.c */
int cpm_query_outdated(struct cpm_query *q, const struct cpm_selector_part *part,
                       const struct cpm_query_set *in, struct cpm_query_set *out,
                       struct cpm_error *err);
int cpm_query_vuln(struct cpm_query *q, const struct cpm_selector_part *part,
                   const struct cpm_query_set *in, struct cpm_query_set *out,
                   struct cpm_error *err);
/* The context of a node of the graph, made if it has none. */
struct cpm_json *cpm_query_context(struct cpm_query *q, const struct cpm_graph_node *node);

#endif
