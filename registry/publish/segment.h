/* One segment of a path against one segment of a pattern, by minimatch's syntax with `dot` and
 * `nocase`: ? * [..] and extglob; a backslash takes the next character as it is. Case is folded for
 * ASCII. Pure; read by pattern.c. */
#ifndef CPM_REGISTRY_PUBLISH_SEGMENT_H
#define CPM_REGISTRY_PUBLISH_SEGMENT_H

#include "base/str.h"

bool cpm_segment_match(struct cpm_str glob, struct cpm_str name);

#endif
