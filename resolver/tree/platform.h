/* May a package be installed on the target platform? */
#ifndef CPM_RESOLVER_TREE_PLATFORM_H
#define CPM_RESOLVER_TREE_PLATFORM_H

#include "resolver/tree/tree.h"

/* By os, cpu and libc, as for optional packages. `scratch` holds what is parsed on the way. */
bool cpm_platform_suits(struct cpm_arena *scratch, const struct cpm_tree_options *opts,
                        const struct cpm_manifest *m);

/* By its engines and the versions of node and npm in the options; `force`: whatever node's is. */
bool cpm_engine_suits(struct cpm_arena *scratch, const struct cpm_tree_options *opts,
                      const struct cpm_manifest *m, bool force);

/* What this machine is called. */
struct cpm_platform {
    const char *os, *cpu, *libc;
};
struct cpm_platform cpm_platform_here(void);

#endif
