/* What `git ls-remote` lists, and which of it a spec means: npm's rules for branches, tags and
 * #semver:. Pure text; the clone asks. */
#ifndef CPM_INSTALL_GIT_REFS_H
#define CPM_INSTALL_GIT_REFS_H

#include "base/arena.h"
#include "semver/spec.h"

enum cpm_git_ref_type { CPM_REF_HEAD, CPM_REF_BRANCH, CPM_REF_TAG, CPM_REF_OTHER };

struct cpm_git_ref {
    struct cpm_str sha;  /* of a tag: of the commit that it points to */
    struct cpm_str name; /* "main", "v1.0.0", "pull/7", "HEAD" */
    struct cpm_str raw;  /* "refs/heads/main" */
    enum cpm_git_ref_type type;
    bool gone; /* "TAG^{}", whose commit went into TAG */
};

struct cpm_git_refs {
    struct cpm_git_ref *v;
    size_t count;
};

/* Lines that are none are left out. Views into the text. */
void cpm_git_refs_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_git_refs *out);
/* By short or full name, else by whole commit; NULL when it is not listed. Empty: HEAD. */
const struct cpm_git_ref *cpm_git_refs_find(const struct cpm_git_refs *refs,
                                            struct cpm_str committish);
/* The tag that the range picks: what HEAD is tagged with when that satisfies, else the highest.
 * NULL when none does. */
const struct cpm_git_ref *cpm_git_refs_pick(const struct cpm_git_refs *refs,
                                            const struct cpm_range *range);

#endif
