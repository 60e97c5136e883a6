/* The lifecycle of an install: the root's own scripts, and those of dependencies that the policy
 * allows. The flow calls it after linking; it prints nothing. */
#ifndef CPM_INSTALL_SCRIPTS_H
#define CPM_INSTALL_SCRIPTS_H

#include "install/allow.h"
#include "install/script.h"

/* preinstall, install, postinstall, prepublish, preprepare, prepare, postprepare of the project,
 * the terminal being theirs. `begin` is told of each before it runs (for the banner). */
struct cpm_scripts_root {
    const char *path;
    const struct cpm_script_options *opts;
    void (*begin)(void *data, const struct cpm_script *script); /* may be NULL */
    void *data;
    /* The one that failed: told before `package` goes away. May be NULL. */
    void (*failed)(void *data, const struct cpm_script_job *job);
};
/* 0 also when there are none or no package.json. Errors: CPM_ELIFECYCLE with npm's lines. */
int cpm_scripts_run_root(const struct cpm_scripts_root *in, struct cpm_error *err);

/* npm's rebuild: of all packages of the list preinstall, then install, then postinstall, each in
 * order of depth and path; afterwards the linked packages (workspaces, file: folders), which also
 * have `prepare`. Of the dependencies only what the policy allows. */
struct cpm_scripts_deps {
    const char *path; /* the project's folder */
    const struct cpm_lock *lock;
    const struct cpm_allow *allow;
    const struct cpm_script_options *opts;
    /* Which entries were added or changed; NULL: all. Links run at every install, unless
     * ask_for_links. */
    bool (*wanted)(void *data, const struct cpm_lock_entry *entry);
    bool ask_for_links;
    void (*begin)(void *data, const struct cpm_script *script);
    void (*failed)(void *data, const struct cpm_script_job *job);
    /* An optional dependency whose script failed: the flow removes it. May be NULL. */
    void (*dropped)(void *data, const struct cpm_lock_entry *entry);
    void *data;
    bool foreground;   /* foreground-scripts: one after another, the terminal is theirs */
    unsigned parallel; /* else so many at once, output kept */
};
int cpm_scripts_run_deps(const struct cpm_scripts_deps *in, struct cpm_error *err);

#endif
