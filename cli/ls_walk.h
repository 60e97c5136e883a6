/* The walk of `cpm ls`: breadth first over the edges, each package shown in full once. Makes a tree
 * of items, which the printers (cli/ls_print.h) put into words. */
#ifndef CPM_CLI_LS_WALK_H
#define CPM_CLI_LS_WALK_H

#include "look/graph.h"
#include "semver/spec.h"

struct cpm_ls_item {
    const struct cpm_graph_node *node; /* NULL: what is missing */
    struct cpm_ls_item *parent;
    const char *name; /* of the folder or the wish */
    const char *id;
    const char *missing;           /* id of who requires it, NULL when it is there */
    const char *required;          /* spec, of what is missing */
    const char *invalid;           /* "\"^1\" from the root project", NULL when valid */
    bool invalid_at_last;          /* … after all edges were seen, for --parseable */
    enum cpm_graph_edge_type type; /* of the edge by which it was met last */
    unsigned depth;
    bool copy;    /* shown elsewhere in full, or missing: has no children */
    bool include; /* to be shown: it or something below it was asked for */
    bool match;   /* itself asked for */
    const char *problems[3];
    size_t problem_count;
    struct cpm_ls_item *next; /* in order of visiting */
    struct cpm_ls_item *first_kid, *last_kid, *next_kid;
};

struct cpm_ls_walk {
    /* in */
    struct cpm_graph *tree;
    const struct cpm_spec *specs; /* what was asked for by name */
    size_t spec_count;
    double depth;            /* edges deeper than that are not followed */
    bool link;               /* only links below the root */
    const char *const *omit; /* NULL-ended */
    const char *const *only; /* paths of the picked workspaces, NULL-ended; or NULL */
    bool with_root, no_workspaces;
    /* out, in the tree's arena */
    struct cpm_ls_item *root;   /* and with `next` all in order of visiting */
    struct cpm_ls_item **shown; /* each package once, in order of meeting */
    size_t shown_count;
    struct cpm_map problems; /* set of texts in order; to be released */
};

void cpm_ls_walk(struct cpm_ls_walk *walk);

#endif
