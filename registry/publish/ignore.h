/* Which entries of a folder are left out: the rule sets of the folder and of those above it, by
 * ignore-walk's rules. The packlist (and whoever walks a tree with ignore files) makes one for each
 * folder that it enters. Pure; memory is the arena's of the walk. */
#ifndef CPM_REGISTRY_PUBLISH_IGNORE_H
#define CPM_REGISTRY_PUBLISH_IGNORE_H

#include "registry/publish/pattern.h"

struct cpm_ignore_rules { /* one file's lines; count 0 with v NULL: no such file */
    struct cpm_pattern *v;
    size_t count;
};

/* Lines of an ignore file; empty ones and comments are dropped. `text` must outlive the rules. */
void cpm_ignore_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_ignore_rules *out);

struct cpm_ignore {
    const struct cpm_ignore *parent; /* NULL at the top of the walk */
    struct cpm_str name;             /* of this folder in its parent */
    bool exact;                      /* a rule of a parent names it: its own rules may take back in
                                        what the parent leaves out */
    const struct cpm_ignore_rules *const *rules; /* weaker first; NULL-ended */
};

enum cpm_ignore_as {
    CPM_IGNORE_FILE,  /* as a file */
    CPM_IGNORE_DIR,   /* as a folder, in which something may stay */
    CPM_IGNORE_EXACT, /* as a folder that is named with its slash */
};

/* False when the entry of `dir` is left out. */
bool cpm_ignore_keeps(const struct cpm_ignore *dir, struct cpm_arena *arena, struct cpm_str entry,
                      enum cpm_ignore_as as);

#endif
