/* The rules of package.json's `overrides`. A set is a place in the tree of rules; which rules an
 * edge sees depends on the set of its node. */
#ifndef CPM_RESOLVER_TREE_OVERRIDE_H
#define CPM_RESOLVER_TREE_OVERRIDE_H

#include "resolver/tree/node.h"

/* Gives the edge the rule that its node's set has for it; true when that is another one than
 * before. */
bool cpm_edge_update_rule(struct cpm_solver *s, struct cpm_edge *e);
/* An edge with this set came to, or left, the node. */
void cpm_node_rules_added(struct cpm_solver *s, struct cpm_node *n, const struct cpm_override *set);
void cpm_node_rules_removed(struct cpm_solver *s, struct cpm_node *n,
                            const struct cpm_override *set);
/* The edge's spec by its rule; the raw one when the rule does not speak of it. */
const struct cpm_name *cpm_override_spec(struct cpm_solver *s, const struct cpm_edge *e);
/* "$NAME" when the spec is the root's wish for that name, else NULL. */
const struct cpm_name *cpm_override_reference(struct cpm_solver *s, const struct cpm_edge *e);
/* The rule's key spec; NULL for the root set. */
const struct cpm_name *cpm_override_key_spec(const struct cpm_override *set);
/* The rule speaks of this edge's name and has a value. */
bool cpm_override_applies(const struct cpm_override *set, const struct cpm_name *name);
bool cpm_overrides_equal(const struct cpm_override *a, const struct cpm_override *b);
bool cpm_overrides_conflict(struct cpm_solver *s, const struct cpm_override *a,
                            const struct cpm_override *b);
/* The set that a workspace's folder begins with when npm finds it on disk. */
const struct cpm_override *cpm_override_of_folder(struct cpm_solver *s,
                                                  const struct cpm_manifest *m);
/* npm's `overridden`: the node is what it is because of a rule. */
bool cpm_node_overridden(struct cpm_solver *s, struct cpm_node *n);

#endif
