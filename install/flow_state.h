/* What the phases of one install share. Only install/flow*.c see it. */
#ifndef CPM_INSTALL_FLOW_STATE_H
#define CPM_INSTALL_FLOW_STATE_H

#include "base/map.h"
#include "install/allow.h"
#include "install/filter.h"
#include "install/flow.h"
#include "install/flow_audit.h"
#include "install/gather.h"
#include "install/import.h"
#include "install/isolate/isolate.h"
#include "install/project.h"
#include "install/yarn_file.h"

struct cpm_flow {
    const struct cpm_flow_options *opts;
    const struct cpm_flow_events *events;
    struct cpm_arena *arena;
    struct cpm_flow_result *out;
    uv_loop_t loop;
    bool loop_open;
    struct cpm_names *names;
    struct cpm_registry *registry;
    struct cpm_store *store;
    struct cpm_project project;
    uv_work_t warming;       /* the store's entries of the lock are read while the tree is solved */
    const char *fingerprint; /* of the project before anything was written */
    struct cpm_flow_request { /* what the user asked to add, once for each target */
        struct cpm_request request;
        struct cpm_target *target;
        bool is_optional;        /* it went into optionalDependencies */
        struct cpm_str optional; /* with this spec */
    } * requests;
    size_t request_count;
    bool removed;              /* something left package.json */
    size_t solved_count;       /* global: entries of the ideal tree that were solved for */
    struct cpm_lock actual;    /* global installs: what stands there */
    struct cpm_yarn_file yarn; /* the yarn.lock beside it */
    struct cpm_tree_pin *pins; /* of the yarn.lock, where there is no other lock */
    size_t pin_count;
    struct cpm_import import; /* opts->foreign */
    struct cpm_tree_input input;
    struct cpm_git_options git;
    struct cpm_gather gather; /* its result is the ideal tree */
    struct cpm_allow *allow;  /* which dependencies' scripts may run; NULL: none will */
    struct cpm_filter filter;
    struct cpm_install_request install;
    struct cpm_flow_audit *audit; /* NULL: not asked */
    struct cpm_map by_location;   /* entries of the ideal tree */
    struct cpm_isolate isolated;  /* with the linked strategy: what is laid out */
    struct cpm_map placed;        /* its entries, by location */
    bool installed;
    uv_signal_t signals[3];
    bool listening;         /* to them */
    struct cpm_map changed; /* locations that were added or changed */
    struct cpm_map early; /* integrity -> struct early: tarballs that were started while solving */
    size_t early_waiting;
    bool done; /* nothing is left to do for the phases that follow */
};

static inline struct cpm_lock *cpm_flow_ideal(struct cpm_flow *f)
{
    return &f->gather.result.lock;
}

/* What is to stand in node_modules: the ideal tree, with the linked strategy its isolated layout.
 */
static inline struct cpm_lock *cpm_flow_layout(struct cpm_flow *f)
{
    return f->isolated.ideal ? &f->isolated.layout : cpm_flow_ideal(f);
}

/* What stands there once the installer is done: of a part of the workspaces it is another tree. */
static inline struct cpm_lock *cpm_flow_standing(struct cpm_flow *f)
{
    return f->install.standing ? f->install.standing : cpm_flow_layout(f);
}

/* With -w or --no-workspaces; NULL: all of the tree is installed. */
const struct cpm_filter *cpm_flow_filter(struct cpm_flow *f);

/* The ideal tree's entry of one that stands in node_modules; NULL for the layout's own links and
 * folders, and for what a filter left as it was. */
const struct cpm_lock_entry *cpm_flow_origin(struct cpm_flow *f,
                                             const struct cpm_lock_entry *placed);

/* What `update` and `dedupe` put into the solver's input; names of the tree that goes in. */
int cpm_flow_choose_updates(struct cpm_flow *f, struct cpm_error *err);
/* `update --save`: the direct dependencies become requests, so that their ranges follow. */
int cpm_flow_request_updated(struct cpm_flow *f, struct cpm_error *err);

/* What a package.json asks of a name, whatever groups that stands in; NULL: nothing. */
const struct cpm_dep *cpm_flow_wish(const struct cpm_flow *f, const struct cpm_manifest *m,
                                    const struct cpm_name *name);

/* Reads the policy of scripts, and names the packages that scripts may change: these are copied. */
int cpm_flow_open_policy(struct cpm_flow *f, struct cpm_install_options *opts,
                         struct cpm_error *err);

/* Global folders: what `update` asks for; and, after solving, what stays as it stands there. */
void cpm_flow_request_globals(struct cpm_flow *f);
void cpm_flow_keep_globals(struct cpm_flow *f);

/* From here to the end of the run, a signal that ends the program lets the flow fail instead, which
 * then undoes what it did; a second one ends the program at once. */
void cpm_flow_listen(struct cpm_flow *f);
void cpm_flow_stop_listening(struct cpm_flow *f);
/* CPM_ECANCELED after a signal. */
int cpm_flow_check_signal(struct cpm_flow *f, struct cpm_error *err);

/* The phases, in order. Each gives 0 or the failure that ends the flow. */
int cpm_flow_load(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_request(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_resolve(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_check(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_audit(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_settle(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_install(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_complete(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_save(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_scripts(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_keep(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_remember(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_root_scripts(struct cpm_flow *f, struct cpm_error *err);
int cpm_flow_await_audit(struct cpm_flow *f, struct cpm_error *err);
/* When the registry is gone: frees the exchange. */
void cpm_flow_audit_end(struct cpm_flow *f);

/* The ideal tree with its edges; to be released. */
void cpm_flow_graph(struct cpm_flow *f, struct cpm_graph *out);

/* Will package.json and the lock follow? (The lock only with opts->package_lock.) */
bool cpm_flow_saves(const struct cpm_flow *f);

/* npm ci's refusal when there is no lock to begin with; `why` is "" or what is wrong with it. */
int cpm_flow_need_lock(struct cpm_error *err, const char *why);

/* The ideal tree's entry at a location, or NULL. The first call indexes the tree. */
const struct cpm_lock_entry *cpm_flow_entry(struct cpm_flow *f, struct cpm_str location);
/* The same for what stands in node_modules. */
const struct cpm_lock_entry *cpm_flow_placed(struct cpm_flow *f, struct cpm_str location);
void cpm_flow_tell(const struct cpm_flow *f, enum cpm_flow_step step, size_t done, size_t total,
                   struct cpm_str name);
void cpm_flow_warn(const struct cpm_flow *f, const char *prefix, struct cpm_str text);

#endif
