/* The refs are listed first: a branch or tag is cloned alone, and shallow where the host is known
 * to give that; what is not listed (an abbreviated commit, HEAD~3, a commit that no ref points to)
 * needs the whole repository. Known hosts are asked by https first, then by ssh. */
#include "install/git/clone.h"

#include "base/fs.h"
#include "install/git/refs.h"
#include "semver/hosted.h"

struct cloning {
    const struct cpm_git_tool *git;
    const struct cpm_spec *spec;
    const char *repository, *folder;
};

static int run(const struct cloning *c, const char *const *args, struct cpm_str *out,
               struct cpm_error *err)
{
    const struct cpm_git_call call = {.args = args, .cwd = c->folder};

    return cpm_git_tool_run(c->git, &call, out, err);
}

/* Other hosts may refuse a shallow clone, and failing costs more than the whole. */
static bool may_be_shallow(const struct cloning *c)
{
    static const char *const hosts[] = {"github.com", "gist.github.com", "gitlab.com",
                                        "bitbucket.com", "bitbucket.org"};
    struct cpm_url url;

    if (!cpm_url_parse(c->git->arena, cpm_str(c->repository), &url))
        return false;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        if (cpm_str_is(url.hostname, hosts[i]))
            return true;
    return false;
}

static int update_submodules(const struct cloning *c, struct cpm_error *err)
{
    static const char *const args[] = {"submodule", "update", "-q", "--init", "--recursive", NULL};

    if (!cpm_fs_exists(cpm_arena_printf(c->git->arena, "%s/.gitmodules", c->folder)))
        return 0;
    return run(c, args, NULL, err);
}

static int clone_branch(const struct cloning *c, const struct cpm_git_ref *ref,
                        struct cpm_error *err)
{
    struct cpm_arena *arena = c->git->arena;
    const char *args[10] = {"clone", "-q", "--recurse-submodules"};
    size_t n = 3;

    if (ref->type != CPM_REF_HEAD)
        args[n++] = cpm_arena_printf(arena, "--branch=%.*s", CPM_STR_ARG(ref->name));
    if (may_be_shallow(c))
        args[n++] = "--depth=1";
    args[n++] = "--";
    args[n++] = c->repository;
    args[n++] = ".";
    return run(c, args, NULL, err);
}

static int checkout(const struct cloning *c, const char *commit, struct cpm_error *err)
{
    const char *const args[] = {"checkout", "-q", "--detach", commit, "--", NULL};
    int rc = run(c, args, NULL, err);

    return rc < 0 ? rc : update_submodules(c, err);
}

/* A pull request, or another ref that is no branch. */
static int fetch_ref(const struct cloning *c, const struct cpm_git_ref *ref, struct cpm_error *err)
{
    const char *raw = cpm_arena_printf(c->git->arena, "+%.*s", CPM_STR_ARG(ref->raw));
    const char *const init[] = {"init", "-q", NULL};
    const char *const fetch[] = {
        "fetch", "-q", may_be_shallow(c) ? "--depth=1" : "-q", "--", c->repository, raw, NULL};
    int rc = run(c, init, NULL, err);

    if (rc == 0)
        rc = run(c, fetch, NULL, err);
    return rc < 0 ? rc : checkout(c, "FETCH_HEAD", err);
}

static int fetch_all(const struct cloning *c, struct cpm_error *err)
{
    struct cpm_arena *arena = c->git->arena;
    struct cpm_str wanted = c->spec->committish, sha = CPM_STR_NONE;
    const char *const mirror[] = {"clone", "--mirror", "-q", "--", c->repository, ".git", NULL};
    const char *const init[] = {"init", "-q", NULL};
    const char *name = cpm_arena_printf(arena, "%.*s^{commit}", CPM_STR_ARG(wanted));
    const char *const parse[] = {"rev-parse", "-q", "--verify", "--end-of-options", name, NULL};
    const struct cpm_git_call call = {.args = parse, .cwd = c->folder, .quiet = true};
    int rc = run(c, mirror, NULL, err);

    if (rc == 0)
        rc = run(c, init, NULL, err);
    if (rc < 0)
        return rc;
    if (cpm_git_tool_run(c->git, &call, &sha, err) < 0 || !sha.len) {
        cpm_error_set(err, CPM_EGIT,
                      "The git reference could not be found\n'%.*s' is not in '%.*s'",
                      CPM_STR_ARG(wanted), CPM_STR_ARG(c->spec->raw_spec));
        if (err)
            err->sys = 1;
        return CPM_EGIT;
    }
    return checkout(c, sha.ptr, err);
}

static int find_ref(const struct cloning *c, const struct cpm_git_ref **out, struct cpm_error *err)
{
    const char *const args[] = {"ls-remote", "--", c->repository, NULL};
    const struct cpm_spec *spec = c->spec;
    struct cpm_git_refs refs;
    struct cpm_str lines;
    int rc = run(c, args, &lines, err);

    if (rc < 0)
        return rc;
    cpm_git_refs_parse(c->git->arena, lines, &refs);
    *out = spec->git_range ? cpm_git_refs_pick(&refs, spec->git_range)
                           : cpm_git_refs_find(&refs, spec->committish);
    if (!*out && spec->git_range)
        return cpm_error_set(err, CPM_ETARGET, "No matching version found for %.*s@%.*s.",
                             CPM_STR_ARG(spec->name), CPM_STR_ARG(spec->git_range_text));
    if (!*out && !spec->committish.len)
        return cpm_error_set(err, CPM_EGIT, "'%.*s' has no commits", CPM_STR_ARG(spec->raw));
    return 0;
}

static int clone_from(struct cloning *c, struct cpm_str repository, struct cpm_str *sha,
                      struct cpm_error *err)
{
    static const char *const head[] = {"rev-parse", "--verify", "HEAD", NULL};
    const struct cpm_git_ref *ref;
    int rc;

    c->repository = cpm_arena_str(c->git->arena, repository).ptr;
    rc = find_ref(c, &ref, err);
    if (rc < 0)
        return rc;
    if (!ref)
        rc = fetch_all(c, err);
    else if (ref->type == CPM_REF_OTHER)
        rc = fetch_ref(c, ref, err);
    else
        rc = clone_branch(c, ref, err);
    return rc < 0 ? rc : run(c, head, sha, err);
}

static int clone_hosted(struct cloning *c, struct cpm_str *sha, struct cpm_error *err)
{
    static const struct cpm_hosted_options plain = {.no_git_plus = true, .no_committish = true};
    struct cpm_arena *arena = c->git->arena;
    const struct cpm_hosted *hosted = c->spec->hosted;
    struct cpm_str https = cpm_hosted_url(arena, hosted, CPM_HOSTED_HTTPS, &plain);
    struct cpm_str ssh = cpm_hosted_url(arena, hosted, CPM_HOSTED_SSHURL, &plain);
    struct cpm_error first = CPM_ERROR_INIT;
    int rc = CPM_EGIT;

    if (https.len)
        rc = clone_from(c, https, sha, &first);
    /* With credentials in the address it stays at https; a ref that is missing is missing there
     * too. */
    if (rc == 0 || !ssh.len || hosted->has_auth || rc != CPM_EGIT || first.sys == 1) {
        if (rc < 0 && err)
            *err = first;
        return rc;
    }
    rc = cpm_fs_remove(c->folder, err);
    if (rc == 0)
        rc = cpm_fs_mkdirs(c->folder, 0700, err);
    return rc < 0 ? rc : clone_from(c, ssh, sha, err);
}

int cpm_git_clone(const struct cpm_git_tool *git, const struct cpm_spec *spec, const char *folder,
                  struct cpm_str *sha, struct cpm_error *err)
{
    struct cloning c = {.git = git, .spec = spec, .folder = folder};
    int rc = spec->hosted ? clone_hosted(&c, sha, err) : clone_from(&c, spec->fetch, sha, err);

    if (rc < 0)
        return rc;
    if (cpm_spec_is_commit(spec->committish) && !cpm_str_eq_nocase(spec->committish, *sha))
        return cpm_error_set(err, CPM_EGITCHECKOUT,
                             "Commit mismatch: expected SHA %.*s and cloned HEAD %.*s",
                             CPM_STR_ARG(spec->committish), CPM_STR_ARG(*sha));
    return 0;
}

struct cpm_str cpm_git_resolved(struct cpm_arena *arena, const struct cpm_spec *spec,
                                struct cpm_str sha)
{
    bool pinned = cpm_spec_is_commit(spec->committish);
    struct cpm_hosted hosted;
    size_t hash;

    if (!spec->hosted) {
        hash = cpm_str_chr(spec->raw_spec, '#');
        return pinned
                   ? cpm_arena_str(arena, spec->raw_spec)
                   : cpm_str(cpm_arena_printf(arena, "%.*s#%.*s",
                                              (int)(hash == CPM_NPOS ? spec->raw_spec.len : hash),
                                              spec->raw_spec.ptr, CPM_STR_ARG(sha)));
    }
    hosted = *spec->hosted;
    if (!pinned) {
        hosted.has_committish = true;
        hosted.committish = sha;
    }
    return cpm_hosted_url(arena, &hosted, hosted.has_auth ? CPM_HOSTED_HTTPS : CPM_HOSTED_SSHURL,
                          NULL);
}
