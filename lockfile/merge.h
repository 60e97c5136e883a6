/* Three-way merge of JSON documents as npm does it for conflicted locks: the change from parent to
 * ours, put on theirs. Internal to lockfile/. */
#ifndef CPM_LOCKFILE_MERGE_H
#define CPM_LOCKFILE_MERGE_H

#include "base/json.h"

/* Changes `theirs`. All three are objects or arrays. Where both sides changed a value, ours counts;
 * where theirs lacks what ours changes, the path is copied from ours. Paths with a name that
 * JavaScript objects inherit ("constructor" …) are left alone. */
void cpm_merge(const struct cpm_json *parent, const struct cpm_json *ours, struct cpm_json *theirs);

#endif
