/* A tree of labels drawn with branches, as npm's archy draws it: `ls`, `fund`. */
#ifndef CPM_CLI_BRANCHES_H
#define CPM_CLI_BRANCHES_H

#include "base/buf.h"

struct cpm_branch {
    struct cpm_str label; /* sanitised, with colours of its own; may have several lines */
    struct cpm_branch *first_kid, *last_kid, *next;
};

static inline void cpm_branch_add(struct cpm_branch *parent, struct cpm_branch *kid)
{
    if (parent->last_kid)
        parent->last_kid->next = kid;
    else
        parent->first_kid = kid;
    parent->last_kid = kid;
}

/* Ends with a newline. */
void cpm_branches_write(const struct cpm_branch *root, bool unicode, struct cpm_buf *out);

#endif
