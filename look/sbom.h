/* npm sbom: the packages of a tree as a CycloneDX 1.5 or SPDX 2.3 document. `cpm sbom` fills it in
 * three steps: select, hand in what the packages say of themselves, write. Pure. */
#ifndef CPM_LOOK_SBOM_H
#define CPM_LOOK_SBOM_H

#include "base/buf.h"
#include "base/json.h"
#include "look/graph.h"

struct cpm_sbom {
    /* in, for the selection */
    struct cpm_graph *graph;
    const char *const *omit;       /* dev, optional, peer; NULL-ended */
    const char *const *workspaces; /* absolute folders, NULL-ended; NULL: not limited to some */
    bool no_workspaces;
    /* in, for the document */
    const struct cpm_json **packages; /* one a node: its package.json as it is; npm, too, takes
                                         authors, pages and repositories as they are written */
    bool lock_only;
    struct cpm_str type; /* library, application, framework */
    struct cpm_str version;
    const char *uuid;
    const char *time; /* ISO 8601 */
    /* out: in npm's order of locations, the root among them */
    const struct cpm_graph_node **nodes;
    size_t count;
    const bool *picked; /* the same, as a flag for each node of the graph */
};

/* The nodes that the options leave, in the graph's arena. What is missing or invalid among them is
 * appended to `problems`, a line each, as npm words it. */
void cpm_sbom_select(struct cpm_sbom *sbom, struct cpm_buf *problems);
/* The document, to be freed. Error: CPM_EINVALIDPURLTYPE for a package without a version. */
int cpm_sbom_cyclonedx(const struct cpm_sbom *sbom, struct cpm_json **out, struct cpm_error *err);
int cpm_sbom_spdx(const struct cpm_sbom *sbom, struct cpm_json **out, struct cpm_error *err);

#endif
