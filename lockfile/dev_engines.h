/* `devEngines` of package.json: what the developers of a project ask of the machine, compared with
 * what is there. The cli fills struct cpm_dev_engines_here and words the answer. Pure. */
#ifndef CPM_LOCKFILE_DEV_ENGINES_H
#define CPM_LOCKFILE_DEV_ENGINES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

enum cpm_dev_engine {
    CPM_DEV_ENGINE_PACKAGE_MANAGER,
    CPM_DEV_ENGINE_RUNTIME,
    CPM_DEV_ENGINE_CPU,
    CPM_DEV_ENGINE_LIBC,
    CPM_DEV_ENGINE_OS,
    CPM_DEV_ENGINES,
};

struct cpm_dev_engines_here {
    struct {
        struct cpm_str name, version; /* "" where not known */
    } v[CPM_DEV_ENGINES];
};

/* One engine of which no alternative suits. */
struct cpm_dev_engine_failure {
    enum cpm_dev_engine engine;
    enum { CPM_DEV_ENGINE_IGNORE, CPM_DEV_ENGINE_WARN, CPM_DEV_ENGINE_ERROR } on_fail;
    struct cpm_str reasons; /* one line for each alternative */
    size_t reason_count;
    const struct cpm_json *required; /* as written; borrowed */
};

struct cpm_dev_engine_failures {
    struct cpm_dev_engine_failure v[CPM_DEV_ENGINES];
    size_t count;
};

const char *cpm_dev_engine_name(enum cpm_dev_engine engine);
/* Compares. Errors, without a code of npm's: `wanted` is not of the form that devEngines has. */
int cpm_dev_engines_check(struct cpm_arena *arena, const struct cpm_json *wanted,
                          const struct cpm_dev_engines_here *here,
                          struct cpm_dev_engine_failures *out, struct cpm_error *err);

#endif
