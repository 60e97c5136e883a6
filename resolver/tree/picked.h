/* The manifest of a picked version. The closure reads it first and every solve of the input after
 * it: with a table in the input it is made once for all of them. Names and memory are the
 * input's. */
#ifndef CPM_RESOLVER_TREE_PICKED_H
#define CPM_RESOLVER_TREE_PICKED_H

#include "resolver/tree/tree.h"

const struct cpm_manifest *cpm_tree_manifest(const struct cpm_tree_input *in,
                                             const struct cpm_packument *p, uint32_t index);

#endif
