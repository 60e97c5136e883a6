/* Who of the tree looks for funding: npm's document, made by walking what is wanted from the root
 * down. Made for `cpm fund`, which prints it. */
#ifndef CPM_LOOK_FUND_H
#define CPM_LOOK_FUND_H

#include "base/json.h"
#include "look/graph.h"

/* {length, name, version, funding, dependencies: {name: {version, funding, dependencies}}}; to be
 * freed. Each name@version counts once, where it is met first. Dependencies of a package without
 * funding stand where that would. `only` is a flag for each node, or NULL for all. */
struct cpm_json *cpm_fund_tree(struct cpm_graph *graph, const bool *only);

#endif
