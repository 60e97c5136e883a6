/* A dependency's spec, npm-package-arg: what `name@spec` asks for. Pure text work; paths are
 * resolved against `where` by text alone. */
#ifndef CPM_SEMVER_SPEC_H
#define CPM_SEMVER_SPEC_H

#include "semver/range.h"

enum cpm_spec_type {
    CPM_SPEC_VERSION,
    CPM_SPEC_RANGE,
    CPM_SPEC_TAG,
    CPM_SPEC_ALIAS, /* `sub` holds the target: version, range or tag */
    CPM_SPEC_GIT,
    CPM_SPEC_REMOTE, /* tarball by URL */
    CPM_SPEC_FILE,   /* tarball on disk */
    CPM_SPEC_DIRECTORY,
    CPM_SPEC_WORKSPACE, /* only a spec that the solver itself makes, or `workspace:` when asked for
                         */
};

struct cpm_hosted; /* hosted git: domain, user, project, committish … (semver/hosted.h) */

struct cpm_spec {
    enum cpm_spec_type type;
    bool registry;             /* version, range, tag, alias */
    struct cpm_str raw;        /* as given, with the name */
    struct cpm_str raw_spec;   /* the part behind name@; "*" for a bare name */
    struct cpm_str name;       /* "" when it has none */
    struct cpm_str scope;      /* "@scope" or "" */
    struct cpm_str fetch;      /* fetchSpec: version, range text, tag, URL or absolute path */
    struct cpm_str save;       /* saveSpec; "" when npm gives null */
    struct cpm_str committish; /* git: gitCommittish or "" */
    const struct cpm_range *git_range; /* git: #semver: or NULL */
    struct cpm_str git_subdir;         /* git: #path: or "" */
    const struct cpm_hosted *hosted;
    const struct cpm_range *range; /* range (and the range of a version spec: exactly it) */
    struct cpm_version version;    /* version */
    const struct cpm_spec *sub;    /* alias */
};

/* npa(arg, where). `where` is an absolute folder or NULL (then the spec stays relative to "/").
 * Errors: CPM_EINVALIDPACKAGENAME, CPM_EINVALIDTAGNAME, CPM_EUNSUPPORTEDPROTOCOL … with npm's
 * words. */
int cpm_spec_parse(struct cpm_arena *arena, struct cpm_str arg, const char *where,
                   struct cpm_spec *out, struct cpm_error *err);
/* npa.resolve(name, spec, where). */
int cpm_spec_resolve(struct cpm_arena *arena, struct cpm_str name, struct cpm_str spec,
                     const char *where, struct cpm_spec *out, struct cpm_error *err);

#endif
