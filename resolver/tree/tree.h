/* The tree solver: manifests and packuments in, npm's ideal tree out, as a flat lock. Synchronous
 * and pure: it reads no file and no network; what it lacks it names. The install flow calls it
 * again when that has come. Deterministic. */
#ifndef CPM_RESOLVER_TREE_TREE_H
#define CPM_RESOLVER_TREE_TREE_H

#include "lockfile/lock.h"
#include "registry/packument.h"
#include "semver/spec.h"

enum cpm_install_strategy { CPM_HOISTED, CPM_NESTED, CPM_SHALLOW, CPM_LINKED };
/* Who may name packages of a kind: everybody, the project and its workspaces, nobody. */
enum cpm_tree_allow { CPM_ALLOW_ALL, CPM_ALLOW_ROOT, CPM_ALLOW_NONE };

struct cpm_tree_options {
    const char *path; /* the project's folder, absolute and real */
    bool legacy_peer_deps, strict_peer_deps, force, prefer_dedupe, engine_strict;
    bool global; /* -g: a tree of tops */
    bool save;   /* npm ci and --no-save runs: false (see npm.md 4.2 (3)) */
    bool install_links;
    /* What bundling and shrinkwrapped packages hold is part of the tree from the start
     * (--package-lock-only, --dry-run); or it joins the tree that stands, since it is unpacked. */
    bool complete, unpacks;
    bool prune;        /* default true */
    bool prune_always; /* npm prune: what is extraneous goes, however the tree began */
    bool update_all;   /* update without names: the lock's versions do not count */
    enum cpm_install_strategy strategy;
    struct cpm_pick_options pick;           /* tag, before, node and npm version */
    const char *os, *cpu, *libc;            /* target platform; NULL: this one */
    const char *node_version, *npm_version; /* for engines */
    const char *const *omit;                /* NULL-ended: "dev", "optional", "peer" */
    bool omit_registry_resolved;            /* omit-lockfile-registry-resolved */
    int lockfile_version;                   /* of the result; 0: the lock's own, 3 without one */
    enum cpm_tree_allow allow_git, allow_remote, allow_file, allow_directory;
    bool trace; /* keep the placement trace, npm's placeDep lines */
};
#define CPM_TREE_OPTIONS_INIT                                                                      \
    {                                                                                              \
        .save = true, .prune = true, .pick = CPM_PICK_INIT                                         \
    }

/* A manifest that is in no packument: from a folder, a tarball or a git repository. */
struct cpm_tree_manifest {
    const struct cpm_manifest *manifest;
    const struct cpm_lock *shrinkwrap; /* its own npm-shrinkwrap.json, or NULL */
    struct cpm_str resolved;           /* as the lock records it, absolute paths for files */
    struct cpm_str integrity;
};

/* A package as it is fetched: for what lies inside its tarball. */
struct cpm_tree_tarball {
    const struct cpm_manifest *manifest;
    struct cpm_str resolved, integrity;
};

/* Where the solver looks things up. Each answers 0, CPM_EAGAIN (asked for: solve again later) or
 * the failure, which the solver treats as npm treats a failed fetch of that edge. */
struct cpm_tree_source {
    void *data;
    int (*packument)(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                     struct cpm_error *err);
    /* git, remote tarball, tarball file, directory (`where` is the requirer's folder). */
    int (*manifest)(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                    struct cpm_error *err);
    /* What a package that bundles others (or has an npm-shrinkwrap.json) holds below itself: a lock
     * whose locations begin at the package. NULL: the tree goes without it. */
    int (*contents)(void *data, const struct cpm_tree_tarball *tarball, const struct cpm_lock **out,
                    struct cpm_error *err);
    /* Told of each version whose manifest is read; or NULL. */
    void (*reads)(void *data, const struct cpm_packument *p, uint32_t index);
};

struct cpm_tree_workspace {
    const struct cpm_name *name;
    struct cpm_str location; /* "packages/a" */
    const struct cpm_manifest *manifest;
};

/* `npm install spec…`: already named and made a spec of the root (or of a workspace) by the caller.
 */
struct cpm_tree_add {
    const struct cpm_name *name;
    struct cpm_str workspace; /* location of the workspace, "" for the root */
};

/* A foreign lock's word: where `wish` is asked for, ask for `wanted`. */
struct cpm_tree_pin {
    struct cpm_str wish;   /* "name@^1.0.0" */
    struct cpm_str wanted; /* "1.0.2", "npm:other@1.0.2", a URL */
    struct cpm_str integrity;
};

/* `audit fix`: versions that are not to be, where another will do. */
struct cpm_tree_avoid {
    const struct cpm_name *name;
    const struct cpm_range *range;
};

struct cpm_tree_input {
    const struct cpm_manifest
        *root; /* package.json after the user's adds and removals; never NULL */
    const struct cpm_manifest *root_before; /* as it is on disk; NULL: nobody changes it */
    const struct cpm_tree_workspace *workspaces;
    size_t workspace_count;
    const struct cpm_lock *lock; /* what to start from, or NULL */
    bool lock_is_actual;         /* it was read from node_modules, not from a lock */
    bool lock_passed_over; /* there is a lock, but nothing begins with it: extraneous nodes go */
    const struct cpm_str *asked; /* the workspaces (locations) that -w named; visited early */
    size_t asked_count;
    bool part, part_root; /* only what the asked workspaces need is unpacked; … and the root */
    const struct cpm_tree_add *adds; /* explicit requests */
    size_t add_count;
    bool has_removals;
    bool saves; /* package.json is written after this: what `$NAME` of a rule means may change, and
                   stays unsaid in the `requires` of the legacy section */
    bool has_dev_engines; /* package.json has devEngines: its engines are not looked at */
    const struct cpm_name *const *updates; /* `update NAME…` */
    size_t update_count;
    const struct cpm_tree_avoid *avoids;
    size_t avoid_count;
    const struct cpm_tree_pin *pins;
    size_t pin_count;
    struct cpm_names *names;
    struct cpm_arena *arena;     /* the result lives here */
    struct cpm_pairs *manifests; /* of versions that were read (picked.h), or NULL */
};

struct cpm_tree_need {
    const struct cpm_name *name;            /* a packument by this name; or … */
    const struct cpm_spec *spec;            /* … a manifest of this spec; or … */
    const struct cpm_tree_tarball *tarball; /* … the contents of this */
};

/* Why it failed: npm's ERESOLVE explanation as data (worded by the cli). See
 * resolver/tree/conflict.h. */
struct cpm_conflict;

struct cpm_tree_warning {
    int code;            /* CPM_ERESOLVE (overriding peer dependency), CPM_EBADENGINE, … */
    struct cpm_str text; /* npm's words, lines separated by \n */
};

struct cpm_tree_result {
    struct cpm_lock lock; /* the ideal tree: ready for the lock writer and for install */
    const struct cpm_tree_need *needs; /* with CPM_EAGAIN: fetch these and call again */
    size_t need_count;
    const struct cpm_conflict *conflict; /* with CPM_ERESOLVE */
    const struct cpm_tree_warning *warnings;
    size_t warning_count;
    const struct cpm_str *trace; /* "ROOT a@1.0.0 OK for: root@1.0.0 want: 1" … */
    size_t trace_count;
    bool changed;    /* something differs from input.lock */
    bool unfinished; /* what was unpacked has wishes that only the next solve looks at */
};

/* 0; CPM_EAGAIN (needs); CPM_ERESOLVE (conflict); E404, ETARGET, EBADENGINE, EBADPLATFORM,
 * EOVERRIDE, EMISSINGTARGET … */
int cpm_tree_solve(const struct cpm_tree_input *in, const struct cpm_tree_options *opts,
                   const struct cpm_tree_source *source, struct cpm_tree_result *out,
                   struct cpm_error *err);

/* A guess at what solving will need, to fetch early: the closure of picks over edges. The caller
 * feeds it; it is the walker of the packument graph while packuments arrive, so that the network
 * never waits for the solver. */
struct cpm_tree_closure;
struct cpm_tree_closure *cpm_tree_closure_new(const struct cpm_tree_input *in,
                                              const struct cpm_tree_options *opts);
void cpm_tree_closure_free(struct cpm_tree_closure *c);
/* The next package name to fetch, or NULL when nothing is known right now. Each name comes once. */
const struct cpm_name *cpm_tree_closure_next(struct cpm_tree_closure *c);
/* A packument arrived (NULL: it failed): its wanted versions' dependencies join the closure.
 * `picked` is called for each version that is likely to be installed, so that its tarball can be
 * fetched early; it may be NULL. The manifest lives in the input's arena. */
void cpm_tree_closure_feed(struct cpm_tree_closure *c, const struct cpm_name *name,
                           const struct cpm_packument *p,
                           void (*picked)(void *data, const struct cpm_manifest *m), void *data);

#endif
