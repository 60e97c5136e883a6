/* Who wants a package, as data, and npm's words for it. Made by the solver when it fails
 * (resolver/tree/conflict.c) and for a tree that stands (look/explain.c); read by the cli. What
 * would go round in a circle ends in a node that has only name and version. */
#ifndef CPM_RESOLVER_TREE_EXPLAINED_H
#define CPM_RESOLVER_TREE_EXPLAINED_H

#include "base/buf.h"
#include "base/name.h"

struct cpm_explained_edge;

struct cpm_explained_node {
    struct cpm_str name, version; /* both empty: the root project */
    struct cpm_str location;      /* "node_modules/a"; "" when it stands nowhere */
    bool workspace;
    struct cpm_str installing_name, installing_version; /* while resolving whom; "" when nobody */
    const struct cpm_explained_edge *const *dependents;
    size_t dependent_count;
    const struct cpm_explained_node *const *links; /* links to it */
    size_t link_count;
    /* It was asked for, so its flags are told. */
    bool asked, extraneous, dev, optional, dev_optional, peer, bundled, overridden;
    const char *nameless; /* folder of a package that lacks name or version; or NULL */
};

struct cpm_explained_edge {
    struct cpm_str type; /* "prod", "dev", "optional", "peer", "peerOptional", "workspace" */
    struct cpm_str name, spec, raw_spec;
    bool overridden, bundled;
    const char *error;       /* "INVALID", "PEER LOCAL"; NULL when it is valid */
    struct cpm_str relative; /* workspace: from the requirer to the folder */
    const struct cpm_explained_node *from;
};

/* What a piece of text is, for whoever colours it. */
enum cpm_explained_part {
    CPM_PART_TEXT,
    CPM_PART_LOCATION,
    CPM_PART_WORKSPACE, /* name@version of a workspace */
    CPM_PART_FOLDER,    /* of a workspace, seen from its root */
    CPM_PART_KIND,      /* "dev", "extraneous", "overridden" … */
};

struct cpm_explained_style {
    int depth; /* levels of requirers; INT_MAX: all */
    /* Appends the text; NULL: as it is. */
    void (*paint)(enum cpm_explained_part part, struct cpm_str text, struct cpm_buf *out);
};

/* npm's words; lines of requirers are indented by two a level. Ends early where `out` is full. */
void cpm_explained_node_write(const struct cpm_explained_node *n,
                              const struct cpm_explained_style *style, struct cpm_buf *out);
void cpm_explained_edge_write(const struct cpm_explained_edge *e,
                              const struct cpm_explained_style *style, struct cpm_buf *out);

#endif
