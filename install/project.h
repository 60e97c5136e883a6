/* A project as it stands on disk: package.json, its workspaces and its lock, read once. The flow
 * loads it; requests change its package document; saving puts it back whole or not at all. */
#ifndef CPM_INSTALL_PROJECT_H
#define CPM_INSTALL_PROJECT_H

#include "install/workspaces.h"
#include "lockfile/lock.h"
#include "lockfile/package.h"

/* A package.json that requests change: the root's, or that of a workspace chosen with -w. */
struct cpm_target {
    struct cpm_package *package;
    struct cpm_package own;               /* of a workspace */
    struct cpm_str location;              /* "" for the root */
    const char *path;                     /* its folder */
    const struct cpm_manifest **manifest; /* what cpm_project_refresh replaces */
};

struct cpm_project {
    const char *path;           /* absolute */
    struct cpm_names *names;    /* borrowed */
    struct cpm_arena *arena;    /* borrowed: everything read lives there */
    struct cpm_package package; /* the document; may be edited, then cpm_project_refresh */
    const struct cpm_manifest *root;
    struct cpm_workspaces workspaces;
    const char
        *lock_file; /* absolute: npm-shrinkwrap.json when it is there, else package-lock.json */
    struct cpm_target *targets;
    size_t target_count;
    bool ignore;              /* a global folder: no package.json is read */
    struct cpm_str lock_text; /* "" when there is none */
    bool has_lock;
    struct cpm_lock lock;         /* with has_lock */
    struct cpm_error broken_lock; /* code 0, or why the lock's text is no lock */
};

/* Reads package.json (a missing one is {}) and the workspaces. */
int cpm_project_load(struct cpm_project *p, struct cpm_error *err);
/* Chooses what requests change: these folders (absolute, NULL-ended), or the root for NULL. */
int cpm_project_choose(struct cpm_project *p, const char *const *folders, struct cpm_error *err);
/* Reads the lock, if there is one. lockfile_version: as configured, 0 when not. A text that is no
 * JSON object counts as none, as for npm; broken_lock says so. */
int cpm_project_load_lock(struct cpm_project *p, int lockfile_version, struct cpm_error *err);
/* True when a lock stands there, read or not. */
bool cpm_project_has_lock_file(const struct cpm_project *p);
void cpm_project_release(struct cpm_project *p);
/* Reads the targets' manifests again from their edited documents. */
int cpm_project_refresh(struct cpm_project *p, struct cpm_error *err);

/* Everything outside that decides what an install does, as text: the options' own, and the stat of
 * package.json, of the lock and of each workspace's package.json. Reads no file. */
const char *cpm_project_fingerprint(const struct cpm_project *p, const char *options);

#endif
