/* A tsconfig.json as resolution needs it: its paths and baseUrl, those of what it extends, and the
 * projects that it refers to. Read once for a resolver and kept. */
#ifndef CPM_RESOLVER_MODULE_TSCONFIG_H
#define CPM_RESOLVER_MODULE_TSCONFIG_H

#include "resolver/module/bundler.h"

/* What holds for the files below one folder. */
struct cpm_tsconfig_project {
    struct cpm_place *folder;
    struct cpm_alias_rules alias;
    struct cpm_words modules; /* absolute folders */
};

struct cpm_tsconfig {
    struct cpm_tsconfig *next;
    struct cpm_place *file;
    const char *fault; /* why it could not be read, or NULL */
    struct cpm_tsconfig_project *projects;
    size_t count;
};

/* Every "${configDir}" replaced. */
struct cpm_str cpm_tsconfig_substitute(struct cpm_arena *arena, struct cpm_str text,
                                       const struct cpm_place *folder);

/* Never NULL. */
const struct cpm_tsconfig *cpm_tsconfig_at(struct cpm_search *s, struct cpm_place *file);

/* tsconfig_read.c: compilerOptions after all that it extends. Everything in the arena. */
struct cpm_tsconfig_options {
    const struct cpm_value *paths;      /* an object, or NULL */
    struct cpm_place *paths_folder;     /* of the file that has the paths */
    struct cpm_str base_url;            /* ptr NULL: none */
    const struct cpm_value *references; /* of the file itself */
};
/* False when a file cannot be read; *fault says why. */
bool cpm_tsconfig_read(struct cpm_search *s, struct cpm_arena *arena, struct cpm_place *file,
                       struct cpm_tsconfig_options *out, const char **fault);

#endif
