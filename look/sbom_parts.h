/* What both documents of sbom.h say of a package. Internal to sbom*.c. */
#ifndef CPM_LOOK_SBOM_PARTS_H
#define CPM_LOOK_SBOM_PARTS_H

#include "base/digest.h"
#include "base/map.h"
#include "look/sbom.h"

const struct cpm_json *cpm_sbom_package(const struct cpm_sbom *sbom,
                                        const struct cpm_graph_node *node);
static inline struct cpm_str cpm_sbom_version(const struct cpm_graph_node *node)
{
    return cpm_name_str(node->manifest->version);
}
/* "null", as JavaScript writes it, when it has none. */
struct cpm_str cpm_sbom_name(const struct cpm_graph_node *node);
bool cpm_sbom_has(const struct cpm_sbom *sbom, const struct cpm_graph_node *node);
int cpm_sbom_purl(const struct cpm_sbom *sbom, const struct cpm_graph_node *node,
                  struct cpm_str *out, struct cpm_error *err);
/* `license`, or `licenses` joined with OR; to be freed, NULL when there is none. */
struct cpm_json *cpm_sbom_license(const struct cpm_json *package);
/* False when there is no integrity text. *hex is in the graph's arena. */
bool cpm_sbom_hash(const struct cpm_sbom *sbom, const struct cpm_graph_node *node,
                   struct cpm_str *algo, const char **hex);
/* Of the folder itself; "" for what did not come from a registry or an address. */
struct cpm_str cpm_sbom_resolved(const struct cpm_graph_node *node);
/* A member as it is when JavaScript calls it true. */
void cpm_sbom_copy(struct cpm_json *to, const char *key, const struct cpm_json *value);
/* One node for each id, the root first and links left out: the first in order counts. */
const struct cpm_graph_node **cpm_sbom_unique(const struct cpm_sbom *sbom,
                                              struct cpm_str (*id)(const struct cpm_sbom *,
                                                                   const struct cpm_graph_node *),
                                              size_t *count);

#endif
