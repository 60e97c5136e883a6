/* May a dependency's install scripts run? The project's policy: package.json's `allowScripts` (npm
 * RFC 54: "name", "name@1.2.3 || 1.2.4", a git, remote or file spec → true or false), or the
 * configuration's allow-scripts. The flow makes it once; running scripts (install/scripts.h) and
 * the summary ask it. What nobody reviewed does not run. */
#ifndef CPM_INSTALL_ALLOW_H
#define CPM_INSTALL_ALLOW_H

#include "base/json.h"
#include "lockfile/lock.h"

enum cpm_allow_verdict { CPM_ALLOW_UNREVIEWED, CPM_ALLOW_YES, CPM_ALLOW_NO };

struct cpm_allow_input {
    const char *path;               /* the project's folder, absolute */
    const struct cpm_json *package; /* the root's package.json, or NULL */
    const char *const *config;      /* allow-scripts: texts with commas, NULL-ended; may be NULL */
    bool config_is_explicit;        /* … from the command line or the environment */
    bool global;                    /* -g, exec: no project whose package.json would count */
    bool allow_all;                 /* dangerously-allow-all-scripts */
    bool ignore;                    /* ignore-scripts: nothing runs, nothing waits for review */
};

struct cpm_allow; /* in the arena */

/* Errors: CPM_EALLOWSCRIPTS for an explicit list in a project, where package.json rules. */
int cpm_allow_new(struct cpm_arena *arena, const struct cpm_allow_input *in, struct cpm_allow **out,
                  struct cpm_error *err);
/* Entries that are no valid policy, and layers that do not count: for `cpm warn install-scripts`.
 * NULL-ended. */
const char *const *cpm_allow_warnings(const struct cpm_allow *allow);

/* Identity is what cannot be forged by a tarball: the name and version in the registry's URL, and
 * only when no requirer names the package by anything but a registry spec. A bundled package is
 * never allowed. */
enum cpm_allow_verdict cpm_allow_check(const struct cpm_allow *allow, const struct cpm_lock *lock,
                                       const struct cpm_lock_entry *entry);

/* A package with install scripts, for the summary. */
struct cpm_allow_row {
    struct cpm_str location;
    struct cpm_str name, version; /* the trusted ones where there are any */
    const char *scripts;          /* "postinstall: node x.js; install: node-gyp rebuild" */
    enum cpm_allow_verdict verdict;
};
/* Every package of the lock that has install scripts and could be reviewed (no link, workspace,
 * bundled or inert one), in its order. Scripts are read from node_modules; a package that is not
 * there has "install: (install scripts present)". */
void cpm_allow_review(const struct cpm_allow *allow, const struct cpm_lock *lock,
                      struct cpm_arena *arena, struct cpm_allow_row **rows, size_t *count);

#endif
