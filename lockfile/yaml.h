/* The part of YAML that package managers write into their locks: block maps and lists, flow maps
 * and lists on one line, plain and quoted scalars, literal blocks, "? " keys. No anchors, tags or
 * documents: these are errors. Every scalar is text. Read by lockfile/foreign_*.c. */
#ifndef CPM_LOCKFILE_YAML_H
#define CPM_LOCKFILE_YAML_H

#include "base/arena.h"
#include "base/error.h"

enum cpm_yaml_type { CPM_YAML_TEXT, CPM_YAML_MAP, CPM_YAML_LIST };

struct cpm_yaml {
    enum cpm_yaml_type type;
    struct cpm_str key;            /* of a map's member */
    struct cpm_str text;           /* of a scalar; null is "" */
    struct cpm_yaml *first, *next; /* members or elements, in order */
};

#define CPM_YAML_DEPTH 64
#define CPM_YAML_MAX   (64u << 20) /* bytes of a text */

/* The document lives in the arena; slices of `text` are kept. Errors: CPM_EINVAL with file and
 * line, CPM_ETOOBIG. */
int cpm_yaml_parse(struct cpm_str text, const char *file, struct cpm_arena *arena,
                   struct cpm_yaml **out, struct cpm_error *err);
/* The member, NULL when there is none or `map` is none (or NULL). Of equal keys the first. */
const struct cpm_yaml *cpm_yaml_get(const struct cpm_yaml *map, const char *key);
/* Its text when it is a scalar, else CPM_STR_NONE. */
struct cpm_str cpm_yaml_text(const struct cpm_yaml *map, const char *key);
#define CPM_YAML_EACH(container, v)                                                                \
    for (const struct cpm_yaml *v = (container) ? (container)->first : NULL; v; v = v->next)

#endif
