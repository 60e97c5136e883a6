/* What the corpora's drivers share. A case is a JSON object {fn, args, result | error}, recorded
 * from the reference; a driver computes the same and compares. */
#ifndef CPM_TESTS_CORPUS_H
#define CPM_TESTS_CORPUS_H

#include "base/arena.h"
#include "base/json.h"

struct corpus {
    const char *dir;  /* …/corpora */
    const char *file; /* being read */
    size_t line;
    size_t passed, total;
    size_t foreign; /* cases that only JavaScript can have, or that were recorded under a mock */
    struct cpm_arena arena;
};

/* A driver's verdict on one case. */
enum verdict { FAILED, PASSED, FOREIGN };
typedef enum verdict corpus_case_fn(struct corpus *c, const struct cpm_json *test);

/* Runs every line, or every element of a file that is one array. False when it cannot be read. */
bool corpus_run(struct corpus *c, const char *file, corpus_case_fn *run);
/* Reads a whole JSON file; to be freed. NULL when it cannot. */
struct cpm_json *corpus_read(struct corpus *c, const char *file);
void corpus_count(struct corpus *c, enum verdict verdict, struct cpm_str text);

/* The i-th element, or NULL. */
const struct cpm_json *corpus_at(const struct cpm_json *array, size_t i);
struct cpm_str corpus_str(const struct cpm_json *array, size_t i);
/* node-semver's options argument as flags. */
unsigned corpus_flags(const struct cpm_json *options);
/* True when `expected` is that text; null, undefined and absent stand for have.ptr == NULL. */
bool corpus_same(const struct cpm_json *expected, struct cpm_str have);

int corpus_semver(struct corpus *c);
int corpus_npm_package_arg(struct corpus *c);
int corpus_hosted_git_info(struct corpus *c);
int corpus_package_name(struct corpus *c);
int corpus_package_json(struct corpus *c);
int corpus_package_data(struct corpus *c);
int corpus_package_bin(struct corpus *c);
int corpus_ssri(struct corpus *c);
int corpus_install_checks(struct corpus *c);

#endif
