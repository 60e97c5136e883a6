/* The version that some text holds: semver.coerce. "v3.4 replaces v3.3.1" is 3.4.0. */
#ifndef CPM_SEMVER_COERCE_H
#define CPM_SEMVER_COERCE_H

#include "semver/version.h"

/* `rightmost`: the last version in the text instead of the first. CPM_SEMVER_INCLUDE_PRERELEASE
 * keeps prerelease and build. False when the text holds none. *out refers to the arena. */
bool cpm_version_coerce(struct cpm_arena *arena, struct cpm_str text, bool rightmost,
                        unsigned flags, struct cpm_version *out);

#endif
