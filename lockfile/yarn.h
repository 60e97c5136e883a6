/* yarn.lock of Yarn 1, as far as npm reads it: which version stood for which wish. The install flow
 * reads it where there is no lock of npm's own; the solver then asks for those versions. */
#ifndef CPM_LOCKFILE_YARN_H
#define CPM_LOCKFILE_YARN_H

#include "base/arena.h"

struct cpm_yarn_entry {
    struct cpm_str wish;    /* "name@^1.0.0", as a package.json says it */
    struct cpm_str wanted;  /* what to ask for instead: "1.0.2", "npm:other@1.0.2" or a URL */
    struct cpm_str version; /* what was locked */
    struct cpm_str integrity;
};

struct cpm_yarn {
    struct cpm_yarn_entry *entries;
    size_t count;
};

/* Reads up to the first line that is none of Yarn's, as npm does. `hosts`: NULL-ended, the
 * registries whose tarballs stand for their version; any other address is asked for itself.
 * Everything lives in `arena`; slices of `text` are kept. */
void cpm_yarn_read(struct cpm_str text, const char *const *hosts, struct cpm_arena *arena,
                   struct cpm_yarn *out);

#endif
