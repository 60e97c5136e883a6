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
    struct cpm_str fetch;      /* fetchSpec: version, range text, tag, URL or absolute path; the
                                  part behind "workspace:" */
    struct cpm_str save;       /* saveSpec; "" when npm gives null */
    struct cpm_str committish; /* git: gitCommittish or "" */
    const struct cpm_range *git_range; /* git: #semver: or NULL; a text that is no range gives one
                                          that nothing satisfies */
    struct cpm_str git_range_text;     /* git: the text behind #semver:, decoded */
    struct cpm_str git_subdir;         /* git: #path: with a slash in front, or "" */
    const struct cpm_hosted *hosted;
    const struct cpm_range *range;     /* range (and the range of a version spec: exactly it) */
    const struct cpm_version *version; /* version */
    const struct cpm_spec *sub;        /* alias */
};

enum cpm_spec_flags {
    CPM_SPEC_ALLOW_WORKSPACE = 1, /* read workspace: instead of refusing it, as npm does */
};

struct cpm_spec_input {
    struct cpm_str arg;  /* "name@spec"; or, when `split` */
    struct cpm_str name; /* may be "" */
    struct cpm_str spec;
    bool split;
    const char *where; /* an absolute folder, or NULL for "/" */
    const char *home;  /* what ~ stands for, or NULL for $HOME */
    unsigned flags;
};

/* Errors: CPM_EINVALIDPACKAGENAME, CPM_EINVALIDTAGNAME, CPM_EUNSUPPORTEDPROTOCOL, CPM_EINVAL, with
 * npm's words. Texts of the result are views into the input, or new in the arena. */
int cpm_spec_read(struct cpm_arena *arena, const struct cpm_spec_input *input, struct cpm_spec *out,
                  struct cpm_error *err);
/* npa(arg, where). `where` is an absolute folder or NULL (then the spec stays relative to "/"). */
int cpm_spec_parse(struct cpm_arena *arena, struct cpm_str arg, const char *where,
                   struct cpm_spec *out, struct cpm_error *err);
/* npa.resolve(name, spec, where). */
int cpm_spec_resolve(struct cpm_arena *arena, struct cpm_str name, struct cpm_str spec,
                     const char *where, struct cpm_spec *out, struct cpm_error *err);
/* The same for another name and the text of `like`, which asks a registry and is no alias: the text
 * is not read again. */
int cpm_spec_resolve_like(struct cpm_arena *arena, struct cpm_str name, const struct cpm_spec *like,
                          struct cpm_spec *out, struct cpm_error *err);
/* "npm:NAME@SPEC" on a command line, where nobody gives it another name, is that package itself. */
static inline void cpm_spec_unalias(struct cpm_spec *spec)
{
    if (spec->type == CPM_SPEC_ALIAS && !spec->name.len)
        *spec = *spec->sub;
}
/* npm's word for a type: "version", "range", "tag", "alias", "git" … */
const char *cpm_spec_type_name(enum cpm_spec_type type);
/* Result.toString: "name@spec" as it would be saved. New in the arena. */
struct cpm_str cpm_spec_text(struct cpm_arena *arena, const struct cpm_spec *spec);
/* The package URL "pkg:npm/…" of a version spec; `registry` NULL for npm's own. Error:
 * CPM_EINVALIDPURLTYPE. */
int cpm_spec_purl(struct cpm_arena *arena, const struct cpm_spec *spec, const char *registry,
                  struct cpm_str *out, struct cpm_error *err);

/* True for what npm takes as a whole commit: 40 to 64 hex digits. */
bool cpm_spec_is_commit(struct cpm_str committish);

#endif
