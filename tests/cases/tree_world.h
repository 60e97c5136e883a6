/* A registry in memory and a project, for tests of the tree solver: packuments come from JSON
 * through the registry's own reader; each is "not here yet" when it is first asked for, so that
 * every test also drives the rounds of needs. */
#ifndef TREE_WORLD_H
#define TREE_WORLD_H

#include "base/json.h"
#include "base/map.h"
#include "resolver/tree/tree.h"

struct world {
    struct cpm_names *names;
    struct cpm_arena arena;
    struct cpm_map packuments; /* name -> struct world_packument */
    struct cpm_map folders;    /* absolute path -> manifest */
    struct cpm_map given;      /* where a spec leads -> struct cpm_tree_manifest */
    struct cpm_map contents;   /* "a@1.0.0" -> lock of what its tarball holds */
    unsigned rounds;
    bool eager; /* everything is here at once */
};

void world_init(struct world *w);
void world_release(struct world *w);
/* The text must outlive the world. */
int world_add_packument(struct world *w, struct cpm_str name, struct cpm_str json,
                        struct cpm_error *err);
/* All packages of an object {"a@1.0.0": {manifest}, …}: the last listed version is latest. `base`:
 * where tarballs are said to lie, ends in '/'. `tags` (or NULL): {"a": {"next": "2.0.0"}}. */
int world_add_packages(struct world *w, const struct cpm_json *packages, const char *base,
                       const struct cpm_json *tags, struct cpm_error *err);
/* {"tarball": …, "integrity": …} of one version, as world_add_packages makes it; to be freed. */
struct cpm_json *world_dist(struct world *w, struct cpm_str name, struct cpm_str version,
                            const char *base);
const struct cpm_manifest *world_manifest(struct world *w, struct cpm_str json);
struct cpm_tree_source world_source(struct world *w);
/* Solves to the end: what is needed arrives between the rounds. */
int world_solve(struct world *w, struct cpm_tree_input *in, const struct cpm_tree_options *opts,
                struct cpm_tree_result *out, struct cpm_error *err);
/* "1.0.0 dev optional", as a lock's entry would say. New in the world's arena. */
const char *world_entry_text(struct world *w, const struct cpm_lock_entry *e);
struct cpm_str world_json_text(struct world *w, const struct cpm_json *value);

#endif
