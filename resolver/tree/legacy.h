/* The tree in the form of locks of version 1, which version 2 has beside its own. */
#ifndef CPM_RESOLVER_TREE_LEGACY_H
#define CPM_RESOLVER_TREE_LEGACY_H

#include "resolver/tree/solver.h"

/* The `dependencies` object as JSON text; "" when nothing is installed. */
struct cpm_str cpm_legacy_section(struct cpm_solver *s);

#endif
