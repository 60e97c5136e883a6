/* The tree solver: from a package.json and packuments to npm's ideal tree, as a lock.
 *
 * It asks nobody: where it lacks a packument it says so, and the caller fetches it however he
 * likes.
 *
 *     struct cpm_tree_solver *s = cpm_tree_solver_new(text, length, NULL, &err);
 *     while ((rc = cpm_tree_solver_run(s, &err)) == CPM_EAGAIN)
 *         for (size_t i = 0; i < cpm_tree_solver_need_count(s); i++)
 *             … cpm_tree_solver_need(s, i) … cpm_tree_solver_give(s, name, json, length, &err) …
 *     if (rc == 0)
 *         … cpm_tree_solver_lock(s) …
 *
 * Deterministic: the same texts give the same lock, byte for byte. One solver is used by one thread
 * at a time; several may run beside each other. */
#ifndef CPM_TREE_H
#define CPM_TREE_H

#include "cpm/error.h"
#include "cpm/lockfile.h"

#include <stdbool.h>
#include <stddef.h>

CPM_BEGIN_DECLS

struct cpm_tree_solver;

struct cpm_tree_solver_options {
    size_t size;      /* sizeof(struct cpm_tree_solver_options): set by the INIT */
    const char *path; /* the project's folder, absolute; NULL: "/" */
    const char *lock; /* text of the lock to start from, or NULL */
    size_t lock_length;
    const char *const *omit;                /* NULL-ended: "dev", "optional", "peer"; or NULL */
    const char *os, *cpu, *libc;            /* what to install for; NULL: this machine */
    const char *node_version, *npm_version; /* for `engines`; NULL: not looked at */
    bool legacy_peer_deps, strict_peer_deps, force, prefer_dedupe;
};
#define CPM_TREE_SOLVER_OPTIONS_INIT                                                               \
    {                                                                                              \
        sizeof(struct cpm_tree_solver_options), NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, \
            false, false, false, false                                                             \
    }

/* From the text of a package.json; all texts are copied. NULL and err: CPM_EJSONPARSE, CPM_EINVAL,
 * and what reading a lock fails with. */
CPM_API struct cpm_tree_solver *cpm_tree_solver_new(const char *package_json, size_t length,
                                                    const struct cpm_tree_solver_options *options,
                                                    struct cpm_error *err);
CPM_API void cpm_tree_solver_free(struct cpm_tree_solver *solver);

/* 0: the tree stands. CPM_EAGAIN: give what is needed and run again. Otherwise it cannot be had:
 * CPM_ERESOLVE, CPM_ETARGET, CPM_E404, CPM_EBADENGINE, … with npm's words in err. */
CPM_API int cpm_tree_solver_run(struct cpm_tree_solver *solver, struct cpm_error *err);

/* Names of packuments that the last run lacked; valid until the next run. */
CPM_API size_t cpm_tree_solver_need_count(const struct cpm_tree_solver *solver);
CPM_API const char *cpm_tree_solver_need(const struct cpm_tree_solver *solver, size_t index);

/* A packument as the registry sent it (an abbreviated one knows no licenses, so the lock lacks
 * them); the text is not kept. One that was given before is replaced, and the last run forgotten.
 */
CPM_API int cpm_tree_solver_give(struct cpm_tree_solver *solver, const char *name,
                                 const char *packument, size_t length, struct cpm_error *err);
/* There is none: what asks for it fails with this code (CPM_E404, CPM_ENETWORK, …), unless it is
 * optional. */
CPM_API void cpm_tree_solver_refuse(struct cpm_tree_solver *solver, const char *name, int code);

/* After a run that gave 0: the tree, which belongs to the solver; else NULL. */
CPM_API const struct cpm_lockfile *cpm_tree_solver_lock(const struct cpm_tree_solver *solver);
/* npm's warnings of the last run (a peer that was overridden, an engine that does not fit). */
CPM_API size_t cpm_tree_solver_warning_count(const struct cpm_tree_solver *solver);
CPM_API const char *cpm_tree_solver_warning(const struct cpm_tree_solver *solver, size_t index);

CPM_END_DECLS

#endif
