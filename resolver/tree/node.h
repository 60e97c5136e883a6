/* The tree while it is built: packages (what a manifest says), nodes (a package at a place) and
 * edges (a wish of one node for a name). Made by the solver only, in its work arena; nothing of it
 * outlives a solve.
 *
 * A tree is a root node with everything whose `root` points to it. There are three kinds: the ideal
 * tree (solver->root; indexed by name), virtual roots (a copy of a requirer in which a package and
 * its peers are tried out; the edges of their root are made when first asked for), and what was cut
 * off another tree. Invariant at rest: edge->to is what resolving edge's name from edge->from
 * gives, and `to` has the edge in its list. */
#ifndef CPM_RESOLVER_TREE_NODE_H
#define CPM_RESOLVER_TREE_NODE_H

#include "base/mem.h"
#include "lockfile/lock.h"
#include "semver/version.h"

struct cpm_solver;
struct cpm_override;
struct cpm_parsed;

enum cpm_edge_type {
    CPM_EDGE_PROD,
    CPM_EDGE_DEV,
    CPM_EDGE_OPTIONAL,
    CPM_EDGE_PEER,
    CPM_EDGE_PEER_OPTIONAL,
    CPM_EDGE_WORKSPACE,
};

struct cpm_want {                       /* one dependency as a manifest lists it */
    const struct cpm_name *name, *fold; /* `fold`: the name in lower case, as disks may see it */
    const struct cpm_name *spec;
    const struct cpm_name *accept; /* a second spec that will do, or NULL */
    enum cpm_edge_type type;
    bool replaced;             /* by a later one; overrides notice that it was there */
    struct cpm_parsed *parsed; /* the spec, once somebody asked for it (pkg.c) */
};

struct cpm_wants { /* all of them, in npm's edge order; shared by all nodes of a package */
    struct cpm_want *v;
    uint32_t n;
    uint32_t peers;  /* how many are peer or peerOptional */
    uint32_t *index; /* by fold, sorted; NULL when there are few */
    struct cpm_want
        *all; /* the replaced ones too, `all_n`, before npm drops them; NULL: none was */
    uint32_t all_n;
};

struct cpm_pkg {                           /* immutable */
    const struct cpm_manifest *manifest;   /* NULL: it failed to load */
    const struct cpm_name *name, *version; /* NULL when it has none */
    struct cpm_version parsed;
    bool parsed_ok; /* the version is one */
    struct cpm_str resolved, integrity;
    struct cpm_wants *wants[2]; /* without and with devDependencies; made on demand */
    const struct cpm_lock *shrinkwrap;
    const struct cpm_error *failure;
    struct cpm_pkg *next_loaded; /* of the same packument */
    uint32_t index;              /* there */
};

enum cpm_edge_state {
    CPM_EDGE_UNKNOWN, /* to be computed */
    CPM_EDGE_VALID,
    CPM_EDGE_MISSING,
    CPM_EDGE_PEER_LOCAL,
    CPM_EDGE_INVALID,
};

struct cpm_edge {
    struct cpm_node *from, *to;
    const struct cpm_want *want;
    struct cpm_edge *prev_in, *next_in; /* in to's list */
    union {
        struct cpm_edge *prev_named; /* edges of one name in the ideal tree */
        struct cpm_edge *next_lazy;  /* made edges of a virtual root */
    };
    struct cpm_edge *next_named;
    uint32_t serial;           /* rises along next_named */
    unsigned char type;        /* enum cpm_edge_type, as `want` has it */
    unsigned char state;       /* enum cpm_edge_state */
    bool peer_conflicted : 1;  /* npm gave up on it, with a warning */
    bool explicit_request : 1; /* the user asked for it by name */
    bool indexed : 1;
    const struct cpm_override *overrides;
};

/* What resolving and walking look at comes first: they go over the whole tree again and again. */
struct cpm_node {
    const struct cpm_name *fold; /* of `name` */
    struct cpm_node *next_kid, *first_kid, *first_fs_kid;
    struct cpm_node *parent, *fs_parent;
    struct cpm_node *target; /* not NULL: a link, without kids and edges of its own */
    bool dev, optional, dev_optional, peer, extraneous;
    bool inert, kids_indexed, has_shrinkwrap;
    struct cpm_edge *edges; /* in the order of `wants`; NULL: lazy or not loaded */
    uint32_t edge_count;    /* 0 without `edges` */
    uint32_t mark[3];       /* membership of the sets being made */
    uint32_t asked;         /* the last search for a bundler that came by */
    bool queued, seen, load_failure;
    bool of_wish; /* a link that is tried out: npm made its target anew, by the wish's name */
    const struct cpm_name *name; /* of the folder, so an alias has its own */
    const struct cpm_pkg *pkg;
    struct cpm_node *root; /* itself for roots */
    struct cpm_edge *first_in, *last_in;
    struct cpm_str location; /* in the ideal tree */
    struct cpm_str resolved, integrity;
    const struct cpm_wants *wants;
    bool lazy_edges, edges_later; /* made one by one; made before anybody else comes in */
    struct cpm_node *last_kid, *prev_kid, *next_fs_kid;
    struct cpm_node *prev_named, *next_named; /* nodes of one name in the ideal tree */
    uint32_t kid_count, link_kids;
    uint32_t serial;                 /* rises along next_named */
    uint32_t required;               /* in the current required set when it equals its number */
    struct cpm_edge *lazy;           /* virtual roots */
    struct cpm_node *source;         /* what a virtual root (or its satellite) is a copy of */
    struct cpm_node *latest_virtual; /* the last virtual root made for it */
    struct cpm_str path; /* absolute; given to tops and their virtual roots, else on demand */
    const struct cpm_override *overrides;
    const struct cpm_lock_entry *entry; /* the lock's, while nothing changed it */
};

struct cpm_nodes { /* a growable list; release it */
    struct cpm_node **v;
    size_t n, cap;
};
void cpm_nodes_add(struct cpm_nodes *list, struct cpm_node *node);
/* Most lists stay empty. */
static inline void cpm_nodes_release(struct cpm_nodes *list)
{
    if (list->v)
        cpm_free(list->v);
    *list = (struct cpm_nodes){NULL, 0, 0};
}

static inline bool cpm_edge_is_peer(const struct cpm_edge *e)
{
    return e->type == CPM_EDGE_PEER || e->type == CPM_EDGE_PEER_OPTIONAL;
}
static inline bool cpm_edge_is_optional(const struct cpm_edge *e)
{
    return e->type == CPM_EDGE_OPTIONAL || e->type == CPM_EDGE_PEER_OPTIONAL;
}
static inline struct cpm_node *cpm_node_above(const struct cpm_node *n)
{
    return n->parent ? n->parent : n->fs_parent;
}

/* edge.c */
/* Resolves again; `hard` also forgets whether it was valid. */
void cpm_edge_reload(struct cpm_solver *s, struct cpm_edge *e, bool hard);
/* It resolves to this now; without overrides. The caller forgets whether it was valid. */
void cpm_edge_turn(struct cpm_edge *e, struct cpm_node *to);
/* The first time. */
void cpm_edge_begin(struct cpm_solver *s, struct cpm_edge *e);
/* Ends it: what it led to loses the rules that came with it. */
void cpm_edge_detach(struct cpm_solver *s, struct cpm_edge *e);
enum cpm_edge_state cpm_edge_error(struct cpm_solver *s, struct cpm_edge *e);
static inline bool cpm_edge_valid(struct cpm_solver *s, struct cpm_edge *e)
{
    return (e->state != CPM_EDGE_UNKNOWN ? (enum cpm_edge_state)e->state : cpm_edge_error(s, e)) ==
           CPM_EDGE_VALID;
}
/* Would this node do? */
bool cpm_edge_accepts(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *n);
/* What is asked for after overrides. */
const struct cpm_name *cpm_edge_spec(struct cpm_solver *s, const struct cpm_edge *e);
/* The node's own wish for a name, or NULL. Virtual roots make it now. */
struct cpm_edge *cpm_edge_find(struct cpm_solver *s, struct cpm_node *from,
                               const struct cpm_name *fold);
/* All edges of a node begin. */
void cpm_node_load_edges(struct cpm_solver *s, struct cpm_node *n);
/* The same after the node's package was replaced. */
void cpm_node_reload_edges(struct cpm_solver *s, struct cpm_node *n);
/* wants.c: the wishes of a package; of tops with devDependencies. */
const struct cpm_wants *cpm_pkg_wants(struct cpm_solver *s, const struct cpm_pkg *pkg, bool dev);

/* node.c */
struct cpm_node *cpm_node_new(struct cpm_solver *s, const struct cpm_name *name,
                              const struct cpm_pkg *pkg);
/* Its memory, and that of its lazy edges, serves the next node. Nothing may point to it. */
void cpm_node_recycle(struct cpm_solver *s, struct cpm_node *n);
/* A link; it has its target's package. */
struct cpm_node *cpm_link_new(struct cpm_solver *s, const struct cpm_name *name,
                              struct cpm_node *target);
struct cpm_node *cpm_node_child(const struct cpm_solver *s, const struct cpm_node *n,
                                const struct cpm_name *fold);
struct cpm_node *cpm_node_resolve(const struct cpm_solver *s, const struct cpm_node *from,
                                  const struct cpm_name *fold);
bool cpm_node_within(const struct cpm_node *n, const struct cpm_node *top);
bool cpm_node_is_top(const struct cpm_solver *s, const struct cpm_node *n);
bool cpm_node_is_global_top(const struct cpm_solver *s, const struct cpm_node *n);
bool cpm_node_is_workspace(struct cpm_solver *s, struct cpm_node *n);
/* The project root or a workspace: whose conflicts are the user's own. */
bool cpm_node_is_ours(struct cpm_solver *s, struct cpm_node *n);
unsigned cpm_node_depth(const struct cpm_solver *s, const struct cpm_node *n);
struct cpm_str cpm_node_path(struct cpm_solver *s, struct cpm_node *n);
/* The top of the ideal tree with this absolute path, or NULL. */
struct cpm_node *cpm_top_at(const struct cpm_solver *s, struct cpm_str path);
/* All nodes of the tree below `top`, itself first, parents before children. */
void cpm_node_walk(struct cpm_node *top, struct cpm_nodes *out);
/* The same when they are few; false: there are more than `most`. Without order. */
bool cpm_node_walk_few(struct cpm_node *top, size_t most, struct cpm_nodes *out);
/* npm's word: are these the same thing at two places? */
bool cpm_node_matches(const struct cpm_node *a, const struct cpm_node *b);
struct cpm_str cpm_node_version(const struct cpm_node *n);

/* attach.c */
/* Into the tree that `parent` is in; what stands there by that name is cut off. */
void cpm_node_attach(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent);
/* Into the ideal tree as a top: below the nearest node whose folder holds its path, if any. */
void cpm_node_attach_top(struct cpm_solver *s, struct cpm_node *n);
/* Cuts it off, with all below it, into a tree of its own. */
void cpm_node_detach(struct cpm_solver *s, struct cpm_node *n);
/* `n` takes the place and the children of `old`. */
void cpm_node_replace(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *old);

#endif
