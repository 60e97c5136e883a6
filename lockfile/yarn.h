/* yarn.lock of Yarn 1, as far as npm reads and writes it: which version stood for which wish.
 * install/yarn_file reads it for the flow: where there is no lock of npm's own the solver asks for
 * those versions, and what a tree on disk does not say of itself is taken from it. Every save of
 * the lock writes it anew from the tree. */
#ifndef CPM_LOCKFILE_YARN_H
#define CPM_LOCKFILE_YARN_H

#include "lockfile/manifest.h"

struct cpm_yarn_entry {
    struct cpm_str wish;     /* "name@^1.0.0", as a package.json says it */
    struct cpm_str wanted;   /* what to ask for instead: "1.0.2", "npm:other@1.0.2" or a URL */
    struct cpm_str version;  /* what was locked */
    struct cpm_str resolved; /* without Yarn's digest; the first of the hosts for any of them */
    struct cpm_str integrity;
};

struct cpm_yarn {
    struct cpm_yarn_entry *entries;
    size_t count;
};

/* Reads up to the first line that is none of Yarn's, as npm does. `hosts`: NULL-ended, the
 * registries whose tarballs stand for their version; any other address is asked for itself. They
 * are names of one registry: the first is put in the place of the others.
 * Everything lives in `arena`; slices of `text` are kept. */
void cpm_yarn_read(struct cpm_str text, const char *const *hosts, struct cpm_arena *arena,
                   struct cpm_yarn *out);

/* A package at one place of a tree, and who wants it: "name@spec" each, after overrides. */
struct cpm_yarn_package {
    const struct cpm_manifest *manifest;
    struct cpm_str resolved, integrity; /* "" when not known */
    struct cpm_str *wishes;             /* put in order by the writer */
    size_t wish_count;
};

/* Appends yarn.lock as npm writes it, from the packages of a tree level by level. Gives how many
 * entries there are: npm writes no file without any. */
size_t cpm_yarn_write(const struct cpm_yarn_package *packages, size_t count, struct cpm_buf *out);

#endif
