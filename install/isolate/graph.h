/* The ideal tree with its edges, as the isolated layout needs them. Internal to install/isolate/.
 */
#ifndef CPM_INSTALL_ISOLATE_GRAPH_H
#define CPM_INSTALL_ISOLATE_GRAPH_H

#include "base/map.h"
#include "install/isolate/isolate.h"

struct cpm_iso_node {
    const struct cpm_lock_entry *entry;
    struct cpm_iso_node *target; /* of a link; NULL when it leads nowhere */
    struct cpm_str asked;        /* of a top: the first link's name */
    /* Of a top that somebody may do without: npm takes it for a package then, which counts for the
     * key and is laid nowhere. */
    struct cpm_iso_node *package;
    bool unlaid; /* it is one of these */
    bool workspace;
    bool top;    /* the root, a workspace, a link's target */
    bool stored; /* gets a place in .store */
    bool seen;   /* of the walk that finds what is stored */
    /* Who stands beside it as links, in the order of the key: stored packages, folders, optional
     * packages. Set by cpm_iso_graph_make for tops and for what is stored. */
    struct cpm_iso_node **deps;
    size_t dep_count;
    const char *key; /* stored: "name@1.0.0-HASH" */
    unsigned mark;   /* of the walk that makes a key */
};

struct cpm_iso_graph {
    const struct cpm_isolate *in;
    struct cpm_iso_node *nodes; /* one an entry of the ideal tree */
    size_t count;
    struct cpm_iso_node *root;
    struct cpm_map at; /* by location; to be released */
};

void cpm_iso_graph_make(const struct cpm_isolate *in, struct cpm_iso_graph *out);
/* What the node itself or a link stands for. */
struct cpm_iso_node *cpm_iso_target(struct cpm_iso_node *node);
/* The package's own name; where it has none, its folder's. */
struct cpm_str cpm_iso_package_name(const struct cpm_iso_node *node);
/* What a folder is called by who needs it: the package's own name, else the name asked for. */
struct cpm_str cpm_iso_link_name(const struct cpm_iso_node *top);
/* True when the project itself lists the name, but for groups that are omitted. */
bool cpm_iso_declared(const struct cpm_iso_graph *g, struct cpm_str name);

/* Sets the keys of all that is stored. CPM_EUNSUPPORTED without libcrypto. */
int cpm_iso_keys(struct cpm_iso_graph *g, struct cpm_error *err);

#endif
