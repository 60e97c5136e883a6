/* A solve of a real run as a test case: one JSON file with all that the solver was asked and told,
 * and what it answered. `cpm install --write-case FILE` writes it; tests/cases/recorded_runner.c
 * plays it without a network. Hosts, credentials and folders of this machine are replaced; names
 * and versions of packages stay, since the case is about them. */
#ifndef CPM_INSTALL_CASE_H
#define CPM_INSTALL_CASE_H

#include "base/json.h"
#include "base/map.h"
#include "resolver/tree/tree.h"

/* What the solver read. It lives as long as `arena` and what it read; release it. */
struct cpm_case_record {
    struct cpm_arena *arena;
    const struct cpm_tree_source *inner;
    struct cpm_map packuments; /* name -> what was read of it */
    struct cpm_map manifests;  /* place -> struct cpm_tree_manifest */
    struct cpm_map contents;   /* "name@version" -> struct cpm_lock */
};

void cpm_case_record_init(struct cpm_case_record *r, struct cpm_arena *arena);
void cpm_case_record_release(struct cpm_case_record *r);
/* A source that asks `inner` and remembers the answers in `record`, a struct cpm_case_record. */
struct cpm_tree_source cpm_case_source(void *record, const struct cpm_tree_source *inner);

struct cpm_case {
    const struct cpm_case_record *record;
    const struct cpm_tree_input *input;
    const struct cpm_tree_options *options;
    struct cpm_str lock_text; /* of input.lock as it stood on disk, or "" */
    const char *registry;     /* address, ends in '/' */
    /* what came out */
    const struct cpm_tree_result *result;
    const struct cpm_error *error; /* code 0: it was solved */
};

int cpm_case_write(const struct cpm_case *c, const char *file, struct cpm_error *err);

/* The solver's switches by name: read and written by this table. */
struct cpm_case_flag {
    const char *name;
    size_t at; /* of a bool in struct cpm_tree_options */
};
extern const struct cpm_case_flag cpm_case_flags[]; /* ends with a NULL name */

/* Internal (case_json.c, case_scrub.c). */
struct cpm_case_packument {
    const struct cpm_packument *packument;
    bool *read; /* by index: its manifest was read */
};
struct cpm_json *cpm_case_manifest_json(const struct cpm_manifest *m);
struct cpm_json *cpm_case_packument_json(const struct cpm_case_packument *p,
                                         struct cpm_names *names, struct cpm_arena *arena);
/* A text as an array of its lines. */
struct cpm_json *cpm_case_lines(struct cpm_str text);
/* Replaces addresses and folders in every text below `doc`; gives the new document, frees the old.
 */
struct cpm_json *cpm_case_scrub(struct cpm_json *doc, const char *registry, const char *project);
#define CPM_CASE_PROJECT  "/home/user/code/project"
#define CPM_CASE_REGISTRY "https://registry.example.org/"

#endif
