/* The main job as a list of phases: read, resolve, install, save, run scripts. install, ci,
 * uninstall and update are one flow with other options. The cli fills the options and words what
 * comes back; the flow prints nothing.
 *
 *     package.json ─► load ─► request ─► resolve ─► check ─► settle ─► install ─► complete ─►
 * scripts ─► save ─► keep ─► remember
 *
 * A fault before `keep` leaves the project as it was.
 *
 * Synchronous: it runs the loop while it waits, so that downloads that were started early go on. */
#ifndef CPM_INSTALL_FLOW_H
#define CPM_INSTALL_FLOW_H

#include "install/flow_audit.h"
#include "install/install.h"
#include "install/request.h"
#include "install/script.h"
#include "install/summary.h"
#include "lockfile/foreign.h"
#include "resolver/tree/tree.h"

enum cpm_flow_mode {
    CPM_FLOW_INSTALL,
    CPM_FLOW_CI,
    CPM_FLOW_UNINSTALL,
    CPM_FLOW_UPDATE, /* specs: names, none means all */
    CPM_FLOW_DEDUPE,
    CPM_FLOW_PRUNE,
};

enum cpm_flow_step { CPM_STEP_RESOLVE, CPM_STEP_FETCH, CPM_STEP_LINK, CPM_STEP_SCRIPTS };

struct cpm_flow_progress {
    enum cpm_flow_step step;
    size_t done, total;
    uint64_t bytes;
    struct cpm_str name;
};

struct cpm_flow_events {
    void *data;
    /* The threads are at work: what `late` will wait for is best begun now. Or NULL. */
    void (*ahead)(void *data);
    /* The project was read: options for tree, registry and scripts that take time to find out are
     * filled in now. Or NULL. */
    void (*late)(void *data);
    void (*progress)(void *data, const struct cpm_flow_progress *p);
    /* A warning, in npm's words; `prefix` is what stands behind "cpm warn" ("deprecated",
     * "EBADENGINE", …). */
    void (*warning)(void *data, const char *prefix, struct cpm_str text);
    /* With tree.trace: one placement, in the words of npm's placeDep. */
    void (*placed)(void *data, struct cpm_str line);
    /* A script begins and owns the terminal until the next event. */
    void (*script)(void *data, const struct cpm_script *script);
    /* A script failed; what it wrote is in the job if it was captured. */
    void (*script_failed)(void *data, const struct cpm_script_job *job);
};

struct cpm_flow_options {
    struct cpm_names *names; /* the caller's: conflicts speak in them */
    enum cpm_flow_mode mode;
    const char *path;         /* the project's folder, absolute */
    const char *cwd;          /* what relative specs of the user start from */
    const char *const *specs; /* NULL-ended: to add, or names to remove or update */
    /* NULL-ended absolute folders that -w selected, whose package.json is changed; NULL: root */
    const char *const *workspaces;
    bool no_workspaces; /* --no-workspaces: node_modules gets what the root asks for */
    bool global;
    const char *global_bin; /* folder of global bins */
    bool save; /* write package.json and the lock; update and dedupe write the lock anyway */
    bool package_lock; /* read and write the lock */
    bool lock_only;    /* --package-lock-only */
    bool dry_run;
    const struct cpm_tree_avoid *avoids; /* audit fix */
    size_t avoid_count;
    bool audit; /* ask the registry for advisories */
    bool ignore_scripts;
    bool format_lock;     /* false: the lock on one line */
    int lockfile_version; /* 0: keep, or 3 */
    struct cpm_request_options request;
    struct cpm_tree_options tree;
    struct cpm_install_options install;
    struct cpm_registry_options registry;
    struct cpm_script_options scripts; /* shell and environment */
    const char *git;                   /* the program; NULL: in PATH */
    bool foreground_scripts;
    const char *const *allow_scripts; /* config allow-scripts */
    bool allow_scripts_explicit;      /* … from the command line or the environment */
    bool allow_all_scripts;           /* dangerously-allow-all-scripts */
    bool strict_allow_scripts;
    const struct cpm_foreign *foreign; /* `import`: whose versions the lock gets; or NULL */
    const char *write_case;            /* file that gets the solve as a test case; or NULL */
    const char *fingerprint; /* of every option that changes the result: part of the O(1) check */
};

struct cpm_flow_result {
    struct cpm_summary summary;
    bool current;                        /* nothing had to be looked at: the state file answered */
    const struct cpm_conflict *conflict; /* with CPM_ERESOLVE */
    struct cpm_str mismatch;             /* with CPM_ELOCKVERIFY: the lines of what differs */
    int script_exit;                     /* with CPM_ELIFECYCLE: the script's exit code */
    int script_signal;                   /* … and the signal that killed it, or 0 */
    int signal; /* with CPM_ECANCELED: it came while node_modules changed, and all is as before */
    const struct cpm_str *names; /* install: the package that each spec turned out to be */
    /* Asked for and not current; to be released with cpm_flow_audit_release */
    struct cpm_flow_audit *audit;
};

/* Results live in `arena`. */
int cpm_flow_run(const struct cpm_flow_options *opts, const struct cpm_flow_events *events,
                 struct cpm_arena *arena, struct cpm_flow_result *out, struct cpm_error *err);

#endif
