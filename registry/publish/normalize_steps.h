/* The steps of normalize.h, for the files that do them. */
#ifndef CPM_REGISTRY_PUBLISH_NORMALIZE_STEPS_H
#define CPM_REGISTRY_PUBLISH_NORMALIZE_STEPS_H

#include "registry/publish/normalize.h"

/* Notes a change. */
void cpm_normalize_changed(struct cpm_normalize *n, const char *fmt, ...) CPM_PRINTF(2, 3);
/* normalize_bin.c */
void cpm_normalize_bin(struct cpm_normalize *n);
void cpm_normalize_man(struct cpm_normalize *n);
/* Rooted in the package, so that no path leads out of it; "" when nothing is left. */
struct cpm_str cpm_normalize_inside(struct cpm_arena *arena, struct cpm_str path);
void cpm_normalize_bin_files(struct cpm_normalize *n);
/* normalize_deps.c: bundledDependencies under its right name, then as a list ("false" is an empty
 * one when `keep_false`); no dependency that is optional too; groups as objects of texts. */
void cpm_normalize_bundled_name(struct cpm_normalize *n);
void cpm_normalize_bundle(struct cpm_normalize *n, bool keep_false);
void cpm_normalize_optional(struct cpm_normalize *n);
void cpm_normalize_dependencies(struct cpm_normalize *n);
void cpm_normalize_overrides(struct cpm_normalize *n);
/* normalize_data.c: description, files, bugs, homepage, keywords, people. */
void cpm_normalize_data(struct cpm_normalize *n);
/* normalize_disk.c: readme, authors, manual pages, git's head, types, scripts that files stand for.
 * Errors: a `main` that is no text. */
int cpm_normalize_disk(struct cpm_normalize *n, struct cpm_error *err);
/* `bin` of directories.bin, where there is none. */
void cpm_normalize_disk_bins(struct cpm_normalize *n);
/* Only readme, types and scripts. */
int cpm_normalize_disk_init(struct cpm_normalize *n, struct cpm_error *err);

#endif
