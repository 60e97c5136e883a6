/* A line of an ignore file, compiled: minimatch's patterns with matchBase, dot, nocase and
 * flipNegate, as npm's ignore-walk reads them. Filled by cpm_pattern_parse, read by ignore.c. Lives
 * in the arena; views into the line's text. Pure. */
#ifndef CPM_REGISTRY_PUBLISH_PATTERN_H
#define CPM_REGISTRY_PUBLISH_PATTERN_H

#include "base/arena.h"

struct cpm_pattern_path {
    struct cpm_str *segments; /* "/a/" is "", "a", "" */
    size_t count;
};

struct cpm_pattern {
    bool negate;
    bool relative; /* some path is a single name (or a name and '/'): it counts at any depth */
    struct cpm_pattern_path *paths; /* what braces stand for */
    size_t count;
};

/* `line` is trimmed and neither empty nor a comment. It must outlive the pattern. */
void cpm_pattern_parse(struct cpm_arena *arena, struct cpm_str line, struct cpm_pattern *out);
/* `partial`: the path may also be the beginning of one that matches. */
bool cpm_pattern_match(const struct cpm_pattern *pattern, struct cpm_str path, bool partial);

#endif
