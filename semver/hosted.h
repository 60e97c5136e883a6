/* A repository on a known git host, hosted-git-info: github, gitlab, bitbucket, gist, sourcehut.
 * Made from a spec or from package.json's repository; asked for the addresses that lead to it. */
#ifndef CPM_SEMVER_HOSTED_H
#define CPM_SEMVER_HOSTED_H

#include "semver/url.h"

enum cpm_hosted_url {
    CPM_HOSTED_SSH,    /* git@github.com:user/project.git#x */
    CPM_HOSTED_SSHURL, /* git+ssh://git@github.com/… */
    CPM_HOSTED_HTTPS,  /* git+https://… */
    CPM_HOSTED_GIT,    /* git://… */
    CPM_HOSTED_SHORTCUT /* github:user/project#x */,
    CPM_HOSTED_PATH, /* user/project#x */
    CPM_HOSTED_TARBALL,
    CPM_HOSTED_BROWSE,
    CPM_HOSTED_BROWSE_TREE, /* with a path */
    CPM_HOSTED_BROWSE_FILE, /* with a path */
    CPM_HOSTED_DOCS,
    CPM_HOSTED_BUGS,
    CPM_HOSTED_FILE, /* raw contents of a path */
    CPM_HOSTED_EDIT,
    CPM_HOSTED_URLS
};

/* One host. */
struct cpm_host {
    const char *name; /* "github" */
    const char *domain;
    const char *protocols[8]; /* "git+ssh:" …, as far as not NULL */
    const char *treepath, *blobpath, *editpath;
    /* The third or fourth segment of an address's path that makes it no repository's. */
    const char *refused;
    enum { CPM_HOST_PLAIN, CPM_HOST_GITHUB, CPM_HOST_GITLAB, CPM_HOST_GIST } shape;
    const char *templates[CPM_HOSTED_URLS]; /* NULL: the common one; "" none */
};

struct cpm_hosted {
    const struct cpm_host *host;
    bool has_user, has_auth, has_committish; /* false: npm's null */
    struct cpm_str user, auth, project, committish;
    const char *by; /* how it was written: "shortcut", "sshurl", "https", "git" … */
};

struct cpm_hosted_options {
    bool no_git_plus;   /* without "git+" in front */
    bool no_committish; /* without "#x" */
    struct cpm_str path, fragment;
};

/* NULL when the text names no repository on a known host. `more` are `count` further hosts of the
 * caller; they live as long as the result. New in the arena. */
const struct cpm_hosted *cpm_hosted_parse(struct cpm_arena *arena, struct cpm_str text,
                                          const struct cpm_host *more, size_t count);
/* The address, or CPM_STR_NONE when the host has none of the kind. options may be NULL. */
struct cpm_str cpm_hosted_url(struct cpm_arena *arena, const struct cpm_hosted *hosted,
                              enum cpm_hosted_url kind, const struct cpm_hosted_options *options);
/* In the form in which it was written (toString). */
struct cpm_str cpm_hosted_text(struct cpm_arena *arena, const struct cpm_hosted *hosted,
                               const struct cpm_hosted_options *options);
/* package.json's repository address: its repository, or NULL and in *unknown an address to browse
 * for what stands on another host ("" when it is no address). */
const struct cpm_hosted *cpm_hosted_repository(struct cpm_arena *arena, struct cpm_str address,
                                               struct cpm_str *unknown);
/* An address as git takes it: a URL, or scp's user@host:path, which is read as git+ssh. */
bool cpm_hosted_address(struct cpm_arena *arena, struct cpm_str text, struct cpm_url *out);
/* The row of a built-in host; NULL beyond the last. */
const struct cpm_host *cpm_host_row(size_t i);
/* A common template, for hosts that have none of their own. */
const char *cpm_host_template(const struct cpm_host *host, enum cpm_hosted_url kind);

#endif
