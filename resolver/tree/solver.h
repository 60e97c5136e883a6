/* The context of one solve, shared by the files of this folder and by nobody else. Everything in
 * `work` dies with the solve; what the result points to is in `keep`. */
#ifndef CPM_RESOLVER_TREE_SOLVER_H
#define CPM_RESOLVER_TREE_SOLVER_H

#include "base/map.h"
#include "resolver/tree/node.h"
#include "resolver/tree/pairs.h"
#include "resolver/tree/queue.h"
#include "resolver/tree/tree.h"

struct cpm_by_name { /* side table of a name */
    const struct cpm_name *fold;
    struct cpm_node *root_kid;               /* of the ideal tree's root, of this fold */
    struct cpm_edge *first_edge, *last_edge; /* in the ideal tree, of this fold */
    struct cpm_node *first_node, *last_node; /* in the ideal tree, of exactly this name */
    uint32_t edge_count, node_count;         /* of those lists */
    uint32_t root_want; /* 1 + the place of this fold among the root's wishes; 0: it has none */
    const struct cpm_packument *packument;
    struct cpm_pkg *loaded;          /* its versions that were picked: few */
    const struct cpm_spec *like;     /* of a spec's text: the first one that asks a registry */
    const struct cpm_range *avoid;   /* vulnerable versions, or NULL */
    const struct cpm_error *failure; /* why there is no packument */
    bool asked, pending, update;     /* `update`: on the list of names to update */
};

enum { CPM_SOON = 8 }; /* at least CPM_PACKUMENT_STEPS */

struct cpm_solver {
    const struct cpm_tree_input *in;
    const struct cpm_tree_options *opts;
    const struct cpm_tree_source *source;
    struct cpm_tree_result *out;
    struct cpm_error *err;
    struct cpm_names *names;
    struct cpm_arena *keep;
    struct cpm_arena work;
    struct cpm_arena moment; /* of one placement: its checks and those of its peers */

    struct cpm_node *root; /* the ideal tree */
    const struct cpm_wants *root_wants;
    struct cpm_nodes tops;     /* of the ideal tree, except the root */
    struct cpm_nodes links;    /* whose targets may have to be visited */
    struct cpm_nodes failures; /* placed nodes that failed to load */
    struct cpm_queue queue;
    enum cpm_install_strategy strategy;

    struct cpm_by_name **by_name; /* by name id */
    size_t by_name_size;
    struct cpm_pairs kids;  /* (parent, fold) -> node, of parents with many but the root */
    struct cpm_pairs specs; /* (name, spec) -> parsed */
    struct cpm_map places;  /* "name@spec\0folder" -> parsed, for specs that depend on the folder */
    size_t loaded_count;    /* versions that were picked */
    struct cpm_map pins;    /* wish -> struct cpm_tree_pin, made when first asked for */
    struct cpm_map engines; /* raw engines -> whether they suit */
    struct cpm_map fetched; /* raw spec -> package, for what is in no packument */
    struct cpm_map replaced; /* guard (a): how often one version replaced another at a place */
    uint32_t generation;     /* of the sets being made */
    uint32_t bundle_search;  /* the number of the last search for a bundler */
    uint32_t serial;         /* of the last edge or node that came into the ideal tree */
    uint32_t required;       /* the number of the current required set */

    const struct cpm_override *overrides; /* of the root, or NULL */
    bool bundles;                         /* some package bundles others */
    bool from_disk;                       /* the tree began as a lock or as node_modules */
    bool mutated;                         /* something was placed or asked for */
    bool requested;                       /* the user asked for changes */

    const struct cpm_packument *soon[CPM_SOON]; /* a ring of those that are picked from soon */
    unsigned soon_count;                        /* that came into it */

    struct cpm_tree_need *needs;
    size_t need_count, need_cap;
    struct cpm_tree_warning *warnings;
    size_t warning_count, warning_cap;
    struct cpm_str *trace;
    size_t trace_count, trace_cap;

    int status;                    /* the first failure; from then on everything unwinds */
    bool pending;                  /* something was asked for that has not come */
    bool substitute;               /* guard (d): second pass */
    size_t placements;             /* guard (e) */
    size_t node_count;             /* of the ideal tree */
    struct cpm_node *spare_nodes;  /* zeroed, chained by next_kid */
    struct cpm_edge *spare_edges;  /* zeroed, chained by next_lazy */
    bool crashed;                  /* guard (d): the first pass came to where npm crashes */
    struct cpm_peer_frame *frames; /* guard (b): peer sets being loaded */
};

/* The order in which edges find nodes decides which rules count, and what is bundled among packages
 * that ask for each other. Otherwise nobody sees it. */
static inline bool cpm_solver_shows_order(const struct cpm_solver *s)
{
    return s->overrides || s->bundles;
}

/* wants.c */
const struct cpm_wants *cpm_root_wants(struct cpm_solver *s, const struct cpm_manifest *manifest);
/* The root has s->root_wants from now on, which are found by their name's side table. */
void cpm_root_take_wants(struct cpm_solver *s);
/* pkg.c: manifests, specs and what was picked for them. */
struct cpm_by_name *cpm_solver_new_name(struct cpm_solver *s, const struct cpm_name *name);
static inline struct cpm_by_name *cpm_solver_name(struct cpm_solver *s, const struct cpm_name *name)
{
    struct cpm_by_name *side = name->id < s->by_name_size ? s->by_name[name->id] : NULL;

    return side ? side : cpm_solver_new_name(s, name);
}
/* Is it on the list of names to update? */
static inline bool cpm_solver_updates(struct cpm_solver *s, const struct cpm_name *name)
{
    return s->in->update_count && cpm_solver_name(s, name)->update;
}
const struct cpm_name *cpm_solver_fold(struct cpm_solver *s, const struct cpm_name *name);
/* `text` (the edge's spec, or another for its name) as seen from the edge's requirer; NULL: it is
 * no spec. */
const struct cpm_spec *cpm_edge_parse(struct cpm_solver *s, const struct cpm_edge *e,
                                      const struct cpm_name *text, struct cpm_error *err);
/* The same of another name: one that differs in the case of its letters. */
const struct cpm_spec *cpm_edge_parse_as(struct cpm_solver *s, const struct cpm_edge *e,
                                         const struct cpm_name *name, const struct cpm_name *text,
                                         struct cpm_error *err);
struct cpm_pkg *cpm_pkg_new(struct cpm_solver *s, const struct cpm_manifest *m);
struct cpm_pkg *cpm_pkg_failed(struct cpm_solver *s, const struct cpm_error *err);
/* What npm would fetch for the spec; NULL: not here yet (s->pending). A registry spec is one that
 * cpm_edge_parse gave. */
const struct cpm_pkg *cpm_pkg_fetch(struct cpm_solver *s, const struct cpm_name *name,
                                    const struct cpm_spec *spec);
/* The package.json of a folder: 0, CPM_EAGAIN (the need is noted) or why it cannot be read. */
int cpm_folder_manifest(struct cpm_solver *s, const struct cpm_name *name,
                        const struct cpm_spec *spec, struct cpm_tree_manifest *out);
void cpm_need_contents(struct cpm_solver *s, const struct cpm_tree_tarball *tarball);
/* Asks for what a node still lacks, so that the next round has it. */
void cpm_pkg_ask(struct cpm_solver *s, const struct cpm_edge *e);

/* sets.c */
typedef bool cpm_edge_filter(struct cpm_solver *s, struct cpm_edge *e, const void *data);
/* gatherDepSet: what only the nodes of `set` need, by the edges that pass. `set` becomes that. */
void cpm_gather(struct cpm_solver *s, struct cpm_nodes *set, cpm_edge_filter *pass,
                const void *data);
struct cpm_entry_set { /* a peer set and the edge that brings it in */
    struct cpm_edge *edge;
    struct cpm_nodes peers;
    bool owner; /* of the list, which entries of one node share */
};
struct cpm_entry_sets {
    struct cpm_entry_set *v;
    size_t n;
};
void cpm_entry_sets(struct cpm_solver *s, struct cpm_node *node, struct cpm_entry_sets *out);
void cpm_entry_sets_release(struct cpm_entry_sets *sets);
/* Is `x` in what gathering from `old` alone would give, by valid edges? */
bool cpm_node_only_serves(struct cpm_solver *s, struct cpm_node *old, struct cpm_node *x);
/* Valid edges that do not point at the node `data`. */
bool cpm_pass_valid_elsewhere(struct cpm_solver *s, struct cpm_edge *e, const void *data);
/* Could `next` stand where `old` stands, for everyone who needs `old`? `set`: a virtual root whose
 * children come along, so that what their namesakes beside `old` want does not count; or NULL. */
bool cpm_node_can_replace(struct cpm_solver *s, struct cpm_node *next, struct cpm_node *old,
                          struct cpm_node *set);
struct cpm_node *cpm_deepest_target(struct cpm_solver *s, struct cpm_node *start,
                                    const struct cpm_name *fold);
/* The package that bundles this node, or NULL; the root counts. */
struct cpm_node *cpm_node_bundler(struct cpm_solver *s, struct cpm_node *n);
bool cpm_node_in_dep_bundle(struct cpm_solver *s, struct cpm_node *n);
bool cpm_node_in_shrinkwrap(const struct cpm_node *n);

/* peerset.c */
struct cpm_node *cpm_virtual_root(struct cpm_solver *s, struct cpm_node *source, bool reuse);
/* `dep` has been placed on behalf of `source`: it and its virtual root go, unless somebody may look
 * at them again. */
void cpm_virtual_forget(struct cpm_solver *s, struct cpm_node *source, struct cpm_node *dep);
/* The package an edge asks for and its peers, in `vr` (or a new virtual root). NULL: s->status or
 * s->pending says why. */
struct cpm_node *cpm_node_from_edge(struct cpm_solver *s, struct cpm_edge *edge,
                                    struct cpm_node *vr);

/* Nodes of exactly this name in the tree of `root`, in the order in which they came in. */
void cpm_nodes_of_name(struct cpm_solver *s, struct cpm_node *root, const struct cpm_name *name,
                       struct cpm_nodes *out);
/* Those of them below `top`, itself included. */
enum { CPM_FEW_NODES = 24 }; /* that are walked rather than looked up by name */
void cpm_nodes_named_below(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *name,
                           struct cpm_nodes *out);
/* dedupe.c */
void cpm_prune_dedupable(struct cpm_solver *s, struct cpm_node *n, bool descend, bool explicit_req);
/* solve.c: the root ("") or the workspace at a location; NULL: it is not in the tree. */
struct cpm_node *cpm_requirer_at(struct cpm_solver *s, struct cpm_str location);
/* contents.c */
bool cpm_contents_wanted(struct cpm_solver *s, struct cpm_node *n);
/* False: not here yet. */
bool cpm_contents_load(struct cpm_solver *s, struct cpm_node *n);
/* With opts->unpacks: all that is unpacked below bundling packages, once the tree stands. */
void cpm_contents_join(struct cpm_solver *s);
/* build.c */
/* Is there anything to do for it? */
bool cpm_edge_is_problem(struct cpm_solver *s, struct cpm_edge *e);
void cpm_queue_node(struct cpm_solver *s, struct cpm_node *n);
void cpm_build(struct cpm_solver *s);
/* flags.c */
void cpm_all_nodes(struct cpm_solver *s, struct cpm_nodes *out);
void cpm_prune_extraneous(struct cpm_solver *s);
void cpm_flags_clear_root(struct cpm_solver *s);
void cpm_flags_reset(struct cpm_solver *s);
void cpm_flags_compute(struct cpm_solver *s);
/* The same from a node on, whose own flags stand. */
void cpm_flags_flow(struct cpm_solver *s, struct cpm_node *top);
void cpm_optional_set_inert(struct cpm_solver *s, struct cpm_node *n);
/* load.c */
int cpm_load_lock(struct cpm_solver *s);
int cpm_inflate_old_lock(struct cpm_solver *s);
/* avoid.c */
bool cpm_node_is_vulnerable(struct cpm_solver *s, const struct cpm_node *n);
void cpm_avoid_apply(struct cpm_solver *s);
/* platform.c */
int cpm_check_platforms(struct cpm_solver *s);
/* npm's shouldOmit: --omit keeps it off the disk. */
bool cpm_node_is_omitted(struct cpm_solver *s, struct cpm_node *n);
/* override.c */
int cpm_overrides_load(struct cpm_solver *s, struct cpm_str raw);
int cpm_overrides_check_root(struct cpm_solver *s);
/* commit.c */
void cpm_commit(struct cpm_solver *s);
/* trace.c */
void cpm_solver_trace(struct cpm_solver *s, struct cpm_str line);
void cpm_solver_warn(struct cpm_solver *s, int code, struct cpm_str text);
int cpm_solver_fail(struct cpm_solver *s, int code, const char *fmt, ...) CPM_PRINTF(3, 4);

#endif
